// Every way to wait for an operation, and to end one: what its destructor does, callbacks that throw, futures, queues.
#include "check.hpp"

#include <poll.h>

using namespace std::chrono_literals;

static void waits() {
    const tiro::client client = scripted(R"({"statuses": [{"status": "queued"}, {"status": "ready", "after_ms": 50}]})");
    auto operation = client.transcribe(some_bytes());
    CHECK(!operation.done() && !operation.wait_for(0ms) && !operation.wait_for(-5s));
    operation.wait();
    CHECK(operation.done() && operation.wait_for(0s) && operation.wait_for(std::chrono::hours::max()));
    CHECK(operation.get().text() == "Hello world.");
    CHECK(client.transcribe(some_bytes()).wait_for(std::chrono::duration<double>(30.5)));
    // How it ended is no error of the wait.
    const tiro::client failing = scripted(R"({"errors": {"upload": {"code": "TIRO_E_QUOTA"}}})");
    auto failed = failing.upload(some_bytes());
    failed.wait();
    CHECK(failed.wait_for(1ms));
    CHECK_THROWS(failed.get(), TIRO_E_QUOTA);
}

static void progress() {
    const tiro::client client = scripted(R"({"upload_bytes_per_second": 100000})");
    std::vector<tiro::progress_state> seen;
    const auto recording = client.upload(tiro::source::from_bytes(std::string(20000, 'x')))
                               .get([&](const tiro::progress_state &now) { seen.push_back(now); }, 10ms);
    CHECK(recording.size() == 20000 && !seen.empty());
    for (std::size_t i = 1; i < seen.size(); i++)
        CHECK(seen[i] != seen[i - 1]);
    CHECK(seen.back().fraction().value_or(0) <= 1);
    auto operation = client.upload(tiro::source::from_bytes(std::string(2000000, 'x')));
    try {
        operation.get([](const tiro::progress_state &) { throw std::logic_error("enough"); }, 1ms);
        check_failed(__FILE__, __LINE__, "nothing was thrown");
    } catch (const std::logic_error &) {
    }
    operation.cancel(); // it goes on until somebody ends it
    CHECK_THROWS(operation.get(), TIRO_E_CANCELLED);
}

static void cancelled() {
    const tiro::client client = scripted(never_ready);
    auto operation = pending(client);
    operation.cancel();
    operation.cancel();
    CHECK_THROWS(operation.get(), TIRO_E_CANCELLED);
    auto other = pending(client);
    const tiro::canceller cancel = other.canceller();
    std::thread([cancel] { cancel(); }).join();
    CHECK_THROWS(other.get(), TIRO_E_CANCELLED);
    cancel(); // the operation is gone: nothing happens
    auto first = pending(client), second = pending(client);
    CHECK(client.cancel_all(30s));
    CHECK_THROWS(first.get(), TIRO_E_CANCELLED);
    CHECK_THROWS(second.get(), TIRO_E_CANCELLED);
}

// The destructor of a running one cancels it, does not wait, and still calls its callbacks.
static void destroyed() {
    const tiro::client client = scripted(never_ready);
    std::atomic<tiro_status> ended{0};
    {
        auto operation = pending(client);
        operation.on_done([&](tiro_status status) { ended = status; });
    }
    WAIT_UNTIL(ended == TIRO_E_CANCELLED);
    auto operation = pending(client);
    ended = 0;
    operation.on_done([&](tiro_status status) { ended = status; });
    operation = pending(client); // as assigning another one does
    WAIT_UNTIL(ended == TIRO_E_CANCELLED);
    // Detached, it goes on.
    const tiro::client quick = scripted(R"({"statuses": [{"status": "queued"}, {"status": "ready", "after_ms": 30}]})");
    auto detached = pending(quick);
    ended = 1;
    detached.on_done([&](tiro_status status) { ended = status; });
    detached.detach();
    CHECK(!detached);
    WAIT_UNTIL(ended == TIRO_OK);
}

static std::atomic<int> unhandled{0};

static void callbacks_that_throw() {
    const tiro::client client = scripted();
    tiro::set_unhandled([](std::exception_ptr exception) {
        try {
            std::rethrow_exception(exception);
        } catch (const std::logic_error &error) {
            CHECK(std::string(error.what()) == "mine");
        }
        unhandled++;
    });
    auto operation = client.transcribe(some_bytes());
    operation.on_done([](tiro_status) { throw std::logic_error("mine"); });
    std::atomic<bool> second{false};
    operation.on_done([&](tiro_status) { second = true; });
    CHECK(operation.get().text() == "Hello world.");
    WAIT_UNTIL(unhandled == 1 && second);
    client.transcribe(some_bytes()).then([](auto) { throw std::logic_error("mine"); });
    WAIT_UNTIL(unhandled == 2);
    tiro::queue queue;
    queue.set_wakeup([] { throw std::logic_error("mine"); });
    auto attached = client.transcribe(some_bytes());
    queue.attach(attached);
    WAIT_UNTIL(unhandled == 3);
    queue.set_wakeup(nullptr);
    CHECK(tiro::set_unhandled(nullptr) != nullptr);
    operation = client.transcribe(some_bytes());
    operation.on_done([](tiro_status) { throw 1; }); // dropped
    operation.wait();
    tiro::shutdown(30s);
}

static void a_wait_in_a_callback() {
    const tiro::client slow = scripted(never_ready), quick = scripted();
    auto waited = pending(slow);
    std::atomic<tiro_status> got{0}, wait{0};
    auto operation = quick.transcribe(some_bytes());
    operation.on_done([&](tiro_status) {
        wait = waited.try_wait_for(1s).error().code();
        got = waited.try_get().error().code();
    });
    WAIT_UNTIL(got != 0);
    CHECK_CODE(got, TIRO_E_DEADLOCK);
    CHECK_CODE(wait, TIRO_E_DEADLOCK);
    CHECK(waited && !waited.done()); // it stays
    waited.cancel();
    CHECK_THROWS(waited.get(), TIRO_E_CANCELLED);
}

static void then() {
    const tiro::client client = scripted();
    std::promise<std::string> text;
    client.transcribe(some_bytes()).then([&, only = std::make_unique<int>(7)](tiro::result<tiro::transcript> result) {
        CHECK(*only == 7);
        text.set_value(std::string(result->text()));
    });
    CHECK(text.get_future().get() == "Hello world.");
    bool here = false;
    client.recording("").then([&, thread = std::this_thread::get_id()](tiro::result<tiro::recording> result) {
        CHECK_CODE(result.error().code(), TIRO_E_ARGUMENT);
        here = thread == std::this_thread::get_id();
    });
    CHECK(here); // what could not be started is told at once
    tiro::client().purge().then([&](tiro::result<void> result) { CHECK_CODE(result.error().code(), TIRO_E_NULL); });
    tiro::operation<void>().then([&](tiro::result<void> result) { CHECK_CODE(result.error().code(), TIRO_E_NULL); });
}

static void futures() {
    const tiro::client client = scripted();
    std::vector<std::future<tiro::transcript>> all;
    for (int i = 0; i < 10; i++)
        all.push_back(client.transcribe(some_bytes()).future());
    for (auto &each : all)
        CHECK(each.get().text() == "Hello world.");
    std::future<void> nothing = client.purge().future();
    nothing.get();
    CHECK_THROWS(client.recording("no such id").future().get(), TIRO_E_NOT_FOUND);
    CHECK_THROWS(client.recording("").future().get(), TIRO_E_ARGUMENT);
    CHECK_CODE(client.recording("no such id").try_future().get().error().code(), TIRO_E_NOT_FOUND);
    CHECK(client.purge().try_future().get().has_value());
    const tiro::client slow = scripted(never_ready);
    auto operation = pending(slow);
    const auto cancel = operation.canceller();
    auto future = std::move(operation).future();
    cancel();
    CHECK_THROWS(future.get(), TIRO_E_CANCELLED);
}

static void queues() {
    const tiro::client client = scripted(), slow = scripted(never_ready);
    tiro::queue queue;
    CHECK(!queue.next(0s));
    std::vector<tiro::operation<tiro::transcript>> all;
    int numbers[5] = {};
    for (int &number : numbers) {
        all.push_back(client.transcribe(some_bytes()));
        queue.attach(all.back(), &number);
    }
    CHECK_CODE(queue.try_attach(all[0]).error().code(), TIRO_E_STATE);
    int done = 0;
    pollfd descriptor{queue.fd(), POLLIN, 0};
    while (done < 5) {
        CHECK(poll(&descriptor, 1, 30000) == 1);
        while (const auto event = queue.next(0s)) {
            if (event->kind != tiro::event_kind::done)
                continue;
            CHECK_CODE(event->status, TIRO_OK);
            const auto index = static_cast<std::size_t>(static_cast<int *>(event->tag) - numbers);
            CHECK(event->op == all[index].native_handle() && all[index].get().text() == "Hello world.");
            numbers[index]++, done++;
        }
    }
    for (const int number : numbers)
        CHECK(number == 1);
    auto late = pending(slow);
    queue.attach(late);
    late.cancel();
    auto ended = queue.next();
    while (ended->kind != tiro::event_kind::done)
        ended = queue.next();
    CHECK_CODE(ended->status, TIRO_E_CANCELLED);
    std::atomic<int> woken{0};
    queue.set_wakeup([&] { woken++; });
    auto last = client.transcribe(some_bytes());
    queue.attach(last);
    WAIT_UNTIL(woken > 0);
    CHECK(queue.next(30s));
    CHECK_CODE(queue.try_attach(client.recording("")).error().code(), TIRO_E_ARGUMENT);
}

static void events() {
    const tiro::client client = scripted(R"({"events": [{"kind": "recording_changed", "recording_id": "r1",
        "detail": {"a": 1}}, {"kind": "list_changed", "after_ms": 5}]})");
    tiro::event_stream stream = client.events();
    const auto first = stream.next(30s);
    CHECK(first && first->kind() == tiro::service_event_kind::recording_changed && first->recording_id() == "r1");
    CHECK(first->detail().find("\"a\"") != std::string::npos && !first->recording());
    CHECK(stream.next(30s)->kind() == tiro::service_event_kind::list_changed);
    CHECK(!stream.next(1ms));
    stream.cancel();
    CHECK_THROWS(stream.next(30s), TIRO_E_CANCELLED);
}

static void a_shutdown_is_not_the_end() {
    const tiro::client slow = scripted(never_ready), client = scripted();
    auto operation = pending(slow);
    auto future = pending(slow).future();
    CHECK(tiro::shutdown(30s));
    CHECK_THROWS(operation.get(), TIRO_E_CANCELLED);
    CHECK_THROWS(future.get(), TIRO_E_CANCELLED);
    CHECK(client.transcribe(some_bytes()).get().text() == "Hello world.");
    auto in_callback = client.transcribe(some_bytes());
    std::atomic<tiro_status> code{0};
    in_callback.on_done([&](tiro_status) { code = tiro::try_shutdown(1s).error().code(); });
    WAIT_UNTIL(code == TIRO_E_DEADLOCK);
    CHECK(tiro::shutdown(30s));
}

int main() {
    RUN(waits);
    RUN(progress);
    RUN(cancelled);
    RUN(destroyed);
    RUN(callbacks_that_throw);
    RUN(a_wait_in_a_callback);
    RUN(then);
    RUN(futures);
    RUN(queues);
    RUN(events);
    RUN(a_shutdown_is_not_the_end);
}
