// A fork: what was the parent's says so in the child, what is only read stays, new clients work, and destructors return.
#include "check.hpp"

#include <sys/wait.h>

using namespace std::chrono_literals;

static void in_a_child() {
    const tiro::client client = scripted(), slow = scripted(never_ready);
    const tiro::transcript transcript = client.transcribe(some_bytes()).get();
    auto operation = pending(slow);
    std::atomic<int> called{0};
    operation.on_done([&](tiro_status) { called++; });
    tiro::queue queue;
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        alarm(60);
        const auto error = thrown(__FILE__, __LINE__, [&] { client.transcribe(some_bytes()).get(); });
        CHECK_CODE(error.code(), TIRO_E_FORKED);
        CHECK(std::string(error.what()).find("parent process") != std::string::npos);
        CHECK(error.hint().find("after the fork") != std::string::npos);
        CHECK_THROWS(operation.wait(), TIRO_E_FORKED);
        CHECK_THROWS(operation.on_done([](tiro_status) {}), TIRO_E_FORKED);
        CHECK_THROWS(operation.get(), TIRO_E_FORKED);
        CHECK_THROWS(queue.next(1s), TIRO_E_FORKED);
        bool told = false;
        pending(scripted(never_ready)).detach();
        slow.transcribe(some_bytes()).then([&](auto result) { told = result.error().code() == TIRO_E_FORKED; });
        CHECK(told && transcript.text() == "Hello world." && transcript.words().size() == 2);
        CHECK(scripted().transcribe(some_bytes()).get().text() == "Hello world.");
        { // destructors of the parent's
            auto gone = std::move(operation);
            tiro::queue other = std::move(queue);
        }
        CHECK(tiro::shutdown(30s) && called == 0);
        _exit(0);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK(!operation.done() && called == 0);
    operation.cancel();
    CHECK_THROWS(operation.get(), TIRO_E_CANCELLED);
    CHECK(client.transcribe(some_bytes()).get().text() == "Hello world.");
    tiro::shutdown(30s);
    CHECK(called == 1);
}

int main() {
    RUN(in_a_child);
}
