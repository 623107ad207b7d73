// Without exceptions: results alone. One program with no_exceptions_other.cpp, which has them: the two do not mix up.
#include "check.hpp"

using namespace std::chrono_literals;

static_assert(!TIRO_EXCEPTIONS);

int with_exceptions(tiro_client *client);

static void results() {
    auto made = tiro::client::make({{"service", "scripted"}});
    CHECK(made);
    const tiro::client client = *std::move(made);
    const auto transcript = client.transcribe(some_bytes()).try_get();
    CHECK(transcript && transcript->text() == "Hello world." && transcript->try_find("world")->size() == 1);
    CHECK(transcript->try_to("srt")->find("Hello") != std::string::npos);
    CHECK_CODE(client.recording("no such id").try_get().error().code(), TIRO_E_NOT_FOUND);
    const auto refused = tiro::client::make({{"servic", "scripted"}});
    CHECK(!refused && refused.error().hint().find("service") != std::string::npos);
    tiro::options options;
    CHECK(options.try_set("threads", 2) && !options.try_set("threads", "many"));
    CHECK(options.try_get("threads").value() == "2");
}

static void waits() {
    const tiro::client client = scripted();
    auto operation = client.transcribe(some_bytes());
    CHECK(*operation.try_wait_for(30s));
    std::atomic<int> called{0};
    CHECK(operation.try_on_done([&](tiro_status) { called++; }));
    WAIT_UNTIL(called == 1);
    CHECK(client.transcribe(some_bytes()).try_future().get()->text() == "Hello world.");
    tiro::queue queue;
    auto queued = client.transcribe(some_bytes());
    CHECK(queue.try_attach(queued) && *queue.try_fd() >= 0);
    CHECK(queue.try_next(30s)->has_value());
    std::atomic<int> text{0};
    client.transcribe(some_bytes()).then([&](tiro::result<tiro::transcript> result) { text = result.has_value(); });
    WAIT_UNTIL(text == 1);
    CHECK(*tiro::try_shutdown(30s));
}

static void sources() {
    tiro::source_functions functions;
    functions.read = [](void *, std::size_t cap) { return cap + 1; };
    const auto failed = scripted().upload(tiro::source::from_functions(functions)).try_get();
    CHECK_CODE(failed.error().code(), TIRO_E_SOURCE);
}

static void beside_exceptions() {
    const tiro::client client = scripted();
    CHECK(with_exceptions(client.native_handle()) == TIRO_E_NOT_FOUND);
}

int main() {
    RUN(results);
    RUN(waits);
    RUN(sources);
    RUN(beside_exceptions);
}
