// What the programs in this folder share: checks that end the program, scripted clients, a case that leaves no handle behind.
// A case is a function; RUN calls it and prints "ok" and its name.
#ifndef CHECK_HPP
#define CHECK_HPP

#include <tiro.hpp>

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>

// A recording that never becomes ready: whatever waits for it is pending until somebody ends it.
inline constexpr const char *never_ready = R"({"statuses": [{"status": "queued"}]})";

[[noreturn]] inline void check_failed(const char *file, int line, const char *what) {
    std::fprintf(stderr, "%s:%d: failed: %s\n", file, line, what);
    std::fflush(nullptr);
    _exit(1);
}

#define CHECK(...) \
    do { \
        if (!(__VA_ARGS__)) \
            check_failed(__FILE__, __LINE__, #__VA_ARGS__); \
    } while (0)

inline void check_code(const char *file, int line, tiro_status got, tiro_status wanted) {
    if (got != wanted) {
        std::fprintf(stderr, "%s, not %s\n", tiro_status_name(got), tiro_status_name(wanted));
        check_failed(file, line, "another code");
    }
}

#define CHECK_CODE(got, wanted) check_code(__FILE__, __LINE__, (got), (wanted))

#if TIRO_EXCEPTIONS
// The error that it throws.
template <class F>
tiro::error thrown(const char *file, int line, F &&f) {
    try {
        f();
    } catch (const tiro::error &error) {
        return error;
    }
    check_failed(file, line, "nothing was thrown");
}

#define CHECK_THROWS(call, wanted) CHECK_CODE(thrown(__FILE__, __LINE__, [&] { (void)(call); }).code(), (wanted))
#endif

// Waits for something that another thread brings about; half a minute is more than the slowest tool needs.
template <class Condition>
void wait_until(const char *file, int line, Condition &&condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline)
            check_failed(file, line, "waited in vain");
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

#define WAIT_UNTIL(...) wait_until(__FILE__, __LINE__, [&] { return (__VA_ARGS__); })

inline tiro::client scripted(const char *script = "{}") {
    return tiro::client::make({{"service", "scripted"}, {"script", script}}).value();
}

inline tiro::source some_bytes() { return tiro::source::from_bytes(std::string("bytes"), "a.wav"); }

// An operation that waits until somebody ends it.
inline tiro::operation<tiro::transcript> pending(const tiro::client &client) {
    auto operation = client.transcribe(some_bytes());
    CHECK(!operation.done());
    return operation;
}

inline void run_case(const char *name, void (*body)()) {
    body();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    // What a callback holds goes a moment after it has returned.
    while (tiro_live_handles(TIRO_HANDLE_ANY) != 0 && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (tiro_live_handles(TIRO_HANDLE_ANY) != 0)
        check_failed(name, 0, "the case left handles behind");
    std::printf("ok %s\n", name);
    std::fflush(stdout);
}

#define RUN(name) run_case(#name, name)

#endif
