/*
 * Transcribes several recordings at once, each in a coroutine of C++20: the words of each as soon as they are there, an
 * error for each that fails.
 *
 *     c++ -std=c++20 many.cpp $(pkg-config --cflags --libs tiro) -o many
 *     ./many *.wav
 *
 * In C++17: start all, then `operation.get()` of one after the other, or `std::move(operation).future()`.
 */
#include <tiro.hpp>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <latch>

/* A coroutine that nobody waits for: it starts at once, and its frame goes when it has ended. */
struct started {
    struct promise_type {
        started get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::abort(); }
    };
};

/* Up to co_await it runs on the caller's thread, then on the library's callback thread, unless the operation had ended. */
static started transcribe(const tiro::client &client, const char *recording, std::atomic<int> &failed, std::latch &left) {
    const auto transcript = co_await client.transcribe(recording).as_result();
    if (transcript) {
        std::cout << recording << ": " << transcript->text() << std::endl;
    } else {
        std::cerr << recording << ": " << transcript.error().what() << std::endl;
        failed++;
    }
    left.count_down();
}

int main(int argc, char **argv) {
    std::atomic<int> failed{0};
    try {
        const tiro::client client{tiro::options()}; // nothing set: the local service
        std::latch left(argc - 1);
        for (int i = 1; i < argc; i++)
            transcribe(client, argv[i], failed, left);
        left.wait();
    } catch (const tiro::error &error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
    return failed == 0 ? 0 : 1;
}
