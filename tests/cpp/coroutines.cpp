// co_await: results and errors, on the callback thread and elsewhere; coroutines that are destroyed while they wait.
#include "check.hpp"

#include <condition_variable>
#include <deque>
#include <stop_token>

using namespace std::chrono_literals;

static_assert(TIRO_COROUTINES);

// The least that a coroutine needs: it starts at once and its frame is its owner's.
struct task {
    struct promise_type {
        std::atomic<bool> ended{false};
        std::exception_ptr threw;

        task get_return_object() { return task(std::coroutine_handle<promise_type>::from_promise(*this)); }
        std::suspend_never initial_suspend() noexcept { return {}; }
        auto final_suspend() noexcept {
            struct told : std::suspend_always {
                void await_suspend(std::coroutine_handle<promise_type> coroutine) noexcept { coroutine.promise().ended = true; }
            };
            return told();
        }
        void return_void() {}
        void unhandled_exception() { threw = std::current_exception(); }
    };

    explicit task(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}
    task(task &&other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
    ~task() {
        if (coroutine_)
            coroutine_.destroy();
    }
    void join() {
        WAIT_UNTIL(coroutine_.promise().ended.load());
        if (coroutine_.promise().threw)
            std::rethrow_exception(coroutine_.promise().threw);
    }

private:
    std::coroutine_handle<promise_type> coroutine_;
};

static std::atomic<bool> go_on{false};

static task transcribe(const tiro::client &client, std::string &text) {
    tiro::transcript transcript = co_await client.transcribe(some_bytes());
    text = transcript.text();
}

static void a_result() {
    const tiro::client client = scripted();
    std::string text;
    transcribe(client, text).join();
    CHECK(text == "Hello world.");
    std::vector<std::string> texts(20);
    std::vector<task> all;
    for (std::string &each : texts)
        all.push_back(transcribe(client, each));
    for (task &each : all)
        each.join();
    for (const std::string &each : texts)
        CHECK(each == "Hello world.");
}

static task one_after_the_other(const tiro::client &client, std::string &text) {
    tiro::recording recording = co_await client.upload(some_bytes());
    recording = co_await client.wait(recording.id());
    auto operation = client.transcript(recording.id());
    text = (co_await operation).text();
    CHECK(!operation);
    co_await client.delete_recording(recording.id());
}

static void several() {
    const tiro::client client = scripted(R"({"answer_ms": 5})");
    std::string text;
    one_after_the_other(client, text).join();
    CHECK(text == "Hello world.");
}

static task failing(const tiro::client &client, int &caught) {
    try {
        co_await client.recording("no such id");
    } catch (const tiro::error &error) {
        caught += error.code() == TIRO_E_NOT_FOUND;
    }
    try {
        co_await client.recording(""); // could not be started
    } catch (const tiro::error &error) {
        caught += error.code() == TIRO_E_ARGUMENT;
    }
    tiro::operation<void> empty;
    try {
        co_await empty;
    } catch (const tiro::error &error) {
        caught += error.code() == TIRO_E_NULL;
    }
    const auto result = co_await client.recording("no such id").as_result();
    caught += !result && result.error().code() == TIRO_E_NOT_FOUND;
    auto operation = client.purge();
    caught += (co_await operation.as_result()).has_value();
}

static void errors() {
    const tiro::client client = scripted(R"({"answer_ms": 5})");
    int caught = 0;
    failing(client, caught).join();
    CHECK(caught == 5);
    std::string text;
    const tiro::client refused = scripted(R"({"errors": {"upload": {"code": "TIRO_E_QUOTA"}}})");
    CHECK_THROWS(transcribe(refused, text).join(), TIRO_E_QUOTA); // out of the coroutine
}

// Runs what is posted to it on the thread that runs it.
class loop {
public:
    void post(std::coroutine_handle<> coroutine) {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(coroutine);
        changed_.notify_one();
    }
    void run_one() {
        std::unique_lock lock(mutex_);
        CHECK(changed_.wait_for(lock, 30s, [&] { return !waiting_.empty(); }));
        const auto coroutine = waiting_.front();
        waiting_.pop_front();
        lock.unlock();
        coroutine.resume();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::coroutine_handle<>> waiting_;
};

static task elsewhere(const tiro::client &client, loop &loop, std::thread::id here, int &right) {
    const auto post = [&loop](std::coroutine_handle<> coroutine) { loop.post(coroutine); };
    const auto recording = co_await client.upload(some_bytes()).via(post);
    right += std::this_thread::get_id() == here;
    // Here a call may block.
    right += client.transcript(recording.id()).get().text() == "Hello world.";
    auto operation = client.recording("no such id");
    right += !(co_await operation.as_result(post));
    right += std::this_thread::get_id() == here;
}

static void on_a_loop() {
    const tiro::client client = scripted(R"({"answer_ms": 20})");
    loop loop;
    int right = 0;
    task running = elsewhere(client, loop, std::this_thread::get_id(), right);
    loop.run_one();
    loop.run_one();
    running.join();
    CHECK(right == 4);
}

static task on_the_callback_thread(const tiro::client &client, const tiro::client &slow, tiro_status &code) {
    auto waits = pending(slow);
    co_await client.upload(some_bytes());
    code = waits.try_get().error().code();
}

static void a_wait_after_a_resumption() {
    const tiro::client client = scripted(R"({"answer_ms": 20})"), slow = scripted(never_ready);
    tiro_status code = 0;
    on_the_callback_thread(client, slow, code).join();
    CHECK_CODE(code, TIRO_E_DEADLOCK);
}

static task waits_for(tiro::operation<tiro::transcript> &operation, int &resumed) {
    const auto result = co_await operation.as_result();
    resumed += !result && result.error().code() == TIRO_E_CANCELLED;
}

static void cancelled() {
    const tiro::client slow = scripted(never_ready);
    auto operation = pending(slow);
    int resumed = 0;
    task running = waits_for(operation, resumed);
    std::stop_source stop;
    const std::stop_callback cancels(stop.get_token(), operation.canceller());
    stop.request_stop();
    running.join();
    CHECK(resumed == 1);
}

static task never_resumed(const tiro::client &slow, bool &resumed) {
    struct sentinel {
        ~sentinel() { go_on = true; }
    } in_the_frame;
    co_await slow.transcribe(some_bytes());
    resumed = true;
}

// Its operation is cancelled, and nothing is resumed.
static void destroyed_while_it_waits() {
    const tiro::client slow = scripted(never_ready);
    bool resumed = false;
    for (int i = 0; i < 20; i++) {
        go_on = false;
        {
            task waits = never_resumed(slow, resumed);
        }
        CHECK(go_on);
    }
    auto operation = pending(slow); // one that is somebody else's
    int others = 0;
    {
        task waits = waits_for(operation, others);
    }
    CHECK(!operation.done());
    operation.cancel();
    operation.wait();
    tiro::shutdown(30s);
    CHECK(!resumed && others == 0);
}

int main() {
    RUN(a_result);
    RUN(several);
    RUN(errors);
    RUN(on_a_loop);
    RUN(a_wait_after_a_resumption);
    RUN(cancelled);
    RUN(destroyed_while_it_waits);
}
