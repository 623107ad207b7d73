// Errors carry everything that the C ABI says, as exceptions and as results; they outlive what they are from.
#include "check.hpp"

static const char *const refused = R"({"errors": {"upload": {"code": "TIRO_E_RATE_LIMITED", "message": "slowly, please",
    "http_status": 429, "retry_after_ms": 3000, "service_code": "busy", "request_id": "r-17", "detail": {"limit": 5}}}})";

static void check_all(const tiro::error &error) {
    CHECK_CODE(error.code(), TIRO_E_RATE_LIMITED);
    CHECK(std::string(error.name()) == "TIRO_E_RATE_LIMITED");
    CHECK(std::string(error.what()).find("slowly, please") != std::string::npos);
    CHECK(error.http_status() == 429 && error.retriable() && error.retry_after() == std::chrono::seconds(3));
    CHECK(error.service_code() == "busy" && error.request_id() == "r-17");
    CHECK(error.detail().find("\"limit\"") != std::string::npos && !error.cause());
}

static void everything_is_in_it() {
    const tiro::client client = scripted(refused);
    try {
        client.transcribe(some_bytes()).get();
        check_failed(__FILE__, __LINE__, "nothing was thrown");
    } catch (const tiro::error &error) {
        check_all(error);
    }
    try {
        client.transcribe(some_bytes()).get();
        check_failed(__FILE__, __LINE__, "nothing was thrown");
    } catch (const std::runtime_error &error) { // as any other
        CHECK(std::string(error.what()).find("slowly") != std::string::npos);
    }
    const auto result = client.transcribe(some_bytes()).try_get();
    CHECK(!result && !result.has_value());
    check_all(result.error());
    CHECK(tiro_live_handles(TIRO_HANDLE_ERROR) == 0); // all is copied
}

static void it_outlives_all() {
    std::optional<tiro::error> kept;
    std::exception_ptr pointer;
    {
        const tiro::client client = scripted(refused);
        try {
            client.upload(some_bytes()).get();
        } catch (const tiro::error &error) {
            kept = error;
            pointer = std::current_exception();
        }
    }
    tiro::shutdown(std::chrono::seconds(30));
    check_all(*kept);
    tiro::error copy = *kept;
    tiro::error moved = std::move(*kept);
    check_all(copy), check_all(moved), check_all(*kept);
    std::thread([&] {
        try {
            std::rethrow_exception(pointer);
        } catch (const tiro::error &error) {
            check_all(error);
        }
    }).join();
}

static void what_has_no_details() {
    const tiro::client client = scripted();
    const auto error = thrown(__FILE__, __LINE__, [&] { client.recording("no such id").get(); });
    CHECK_CODE(error.code(), TIRO_E_NOT_FOUND);
    CHECK(!error.retry_after() && !error.retriable() && error.job_id().empty() && error.what()[0] != '\0');
    CHECK_THROWS(client.recording("").get(), TIRO_E_ARGUMENT);
    CHECK_THROWS(client.recording(std::string_view("a\0b", 3)).get(), TIRO_E_UTF8);
    CHECK_THROWS(client.recording("\xff").get(), TIRO_E_UTF8);
    CHECK_THROWS(client.recordings(0, 0).get(), TIRO_E_ARGUMENT);
    CHECK_THROWS(client.transcribe("/no/such/file.wav").get(), TIRO_E_FILE_NOT_FOUND);
    CHECK_THROWS(client.transcribe("").get(), TIRO_E_ARGUMENT);
}

static void results() {
    tiro::result<std::string> good = std::string("value");
    CHECK(good && *good == "value" && good->size() == 5 && good.value() == "value");
    CHECK(std::move(good).value_or("other") == "value");
    tiro::result<std::string> bad = tiro::error("no", {});
    CHECK(!bad && bad.error().code() == TIRO_E_PANIC);
    CHECK_THROWS(bad.value(), TIRO_E_PANIC);
    CHECK_THROWS(*bad, TIRO_E_PANIC);
    CHECK_THROWS(bad->size(), TIRO_E_PANIC);
    CHECK(std::move(bad).value_or("other") == "other");
    try {
        (void)good.error();
        check_failed(__FILE__, __LINE__, "it has no error");
    } catch (const std::bad_variant_access &) {
    }
    const tiro::result<void> nothing;
    nothing.value();
    CHECK(nothing && tiro::result<tiro::client>(scripted()).value());
    tiro::client taken = tiro::client::make({{"service", "scripted"}}).value();
    CHECK(taken);
}

static void log_messages() {
    std::atomic<int> count{0};
    tiro::set_log([&](tiro::log_level level, std::string_view target, std::string_view message) {
        CHECK(level <= tiro::log_level::debug && !target.empty() && !message.empty());
        count++;
        throw std::runtime_error("dropped");
    }, tiro::log_level::debug);
    setenv("TIRO_NO_SUCH_KEY", "1", 1); // which is told
    tiro::options().load_environment();
    unsetenv("TIRO_NO_SUCH_KEY");
    WAIT_UNTIL(count == 1);
    tiro::set_log(nullptr);
    tiro::shutdown(std::chrono::seconds(30)); // after it, the function is gone
    CHECK_CODE(tiro::try_set_log([](auto...) {}, static_cast<tiro::log_level>(0)).error().code(), TIRO_E_ARGUMENT);
}

int main() {
    RUN(everything_is_in_it);
    RUN(it_outlives_all);
    RUN(what_has_no_details);
    RUN(results);
    RUN(log_messages);
}
