// Handles move, never copy, and are freed once; whatever is empty or was moved from answers orderly.
#include "check.hpp"

#include <type_traits>

template <class T>
constexpr bool moves_only = std::is_nothrow_move_constructible_v<T> && std::is_move_assignable_v<T> &&
                            !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T>;

static_assert(moves_only<tiro::client> && moves_only<tiro::queue> && moves_only<tiro::recording> && moves_only<tiro::page>);
static_assert(moves_only<tiro::transcript> && moves_only<tiro::login> && moves_only<tiro::document>);
static_assert(moves_only<tiro::service_event> && moves_only<tiro::order>);
static_assert(!std::is_copy_constructible_v<tiro::options> && std::is_move_constructible_v<tiro::options>);
static_assert(!std::is_copy_constructible_v<tiro::source> && std::is_move_constructible_v<tiro::source>);
static_assert(!std::is_copy_constructible_v<tiro::operation<void>> && std::is_move_constructible_v<tiro::operation<void>>);
static_assert(std::is_nothrow_copy_constructible_v<tiro::error> && std::is_copy_assignable_v<tiro::error>);

static void moves() {
    tiro::client first = scripted(), second;
    CHECK(first && !second);
    second = std::move(first);
    CHECK(second && !first && tiro_live_handles(TIRO_HANDLE_CLIENT) == 1);
    second = std::move(first); // an empty one: the client goes
    CHECK(!second && !first && tiro_live_handles(TIRO_HANDLE_CLIENT) == 0);
    second = scripted();
    tiro::client &self = second;
    second = std::move(self);
    CHECK(second && second.transcribe(some_bytes()).get().text() == "Hello world.");
    std::vector<tiro::client> many;
    for (int i = 0; i < 20; i++)
        many.push_back(scripted());
    CHECK(tiro_live_handles(TIRO_HANDLE_CLIENT) == 21);
    std::swap(many[0], many[1]);
}

static void handles_change_hands() {
    tiro::client client = scripted();
    tiro_client *native = client.release();
    CHECK(!client && native != nullptr);
    tiro::client again(native);
    CHECK(again.native_handle() == native);
    tiro_client_free(native); // behind its back: the handle is a token, and the free of the destructor does nothing
    CHECK_THROWS(again.transcribe(some_bytes()).get(), TIRO_E_HANDLE);
    again.reset();
    CHECK(!again);
}

static void what_is_empty_answers() {
    CHECK_THROWS(tiro::client().transcribe("talk.wav").get(), TIRO_E_NULL);
    CHECK_THROWS(tiro::client().events().next(std::chrono::seconds(0)), TIRO_E_NULL);
    CHECK_THROWS(scripted().transcribe(tiro::source()).get(), TIRO_E_NULL);
    tiro::client client = scripted();
    auto operation = client.transcribe(some_bytes());
    auto other = std::move(operation);
    CHECK(operation.done() && operation.progress() == tiro::progress_state() && !operation.login());
    operation.cancel();
    operation.detach();
    operation.canceller()();
    CHECK_THROWS(operation.get(), TIRO_E_NULL);
    CHECK_THROWS(operation.wait(), TIRO_E_NULL);
    CHECK_THROWS(operation.wait_for(std::chrono::seconds(1)), TIRO_E_NULL);
    CHECK_THROWS(operation.on_done([](tiro_status) {}), TIRO_E_NULL);
    CHECK_THROWS(tiro::queue().attach(operation), TIRO_E_NULL);
    CHECK(other.get().text() == "Hello world.");
    CHECK(!other);
    CHECK_THROWS(other.get(), TIRO_E_NULL); // the result is taken once

    tiro::transcript transcript;
    CHECK(transcript.text().empty() && transcript.words().empty() && transcript.segments().empty());
    CHECK(transcript.words().begin() == transcript.words().end() && !transcript.duration());
    CHECK_THROWS(transcript.find("x"), TIRO_E_NULL);
    CHECK_THROWS(transcript.to("srt"), TIRO_E_NULL);
    CHECK(tiro::recording().id().empty() && tiro::recording().status() == tiro::recording_status::unknown);
    CHECK(!tiro::recording().created_at() && !tiro::recording().duration());
    CHECK(tiro::page().empty() && !tiro::page().total() && !tiro::page()[0]);
    CHECK(tiro::order().id().empty() && tiro::order().recording_id(3).empty() && !tiro::order().paid_at());
    CHECK(tiro::login().ticket().empty() && tiro::document().bytes().empty() && tiro::document().text().empty());
    CHECK(tiro::service_event().recording_id().empty() && !tiro::service_event().recording());
    tiro::queue queue, taken = std::move(queue);
    CHECK_THROWS(queue.next(std::chrono::seconds(0)), TIRO_E_NULL);
    CHECK_THROWS(queue.fd(), TIRO_E_NULL);
    CHECK(!taken.next(std::chrono::seconds(0)));
}

static void options() {
    tiro::options options{{"service", "scripted"}, {"threads", 2}, {"allow_plain_http", true}};
    CHECK(!options.failed() && options.get("threads") == "2" && options.get("allow_plain_http") == "yes");
    options.set("threads", std::string("3")).set("language", std::string_view("de"));
    CHECK(options.get("threads") == "3" && options.get("language") == "de");
    options.unset("threads");
    CHECK(options.get("threads") == "0");
    options.set("data_dir", std::filesystem::path("/tmp/somewhere"));
    CHECK(options.get("data_dir") == "/tmp/somewhere");
    const auto unknown = thrown(__FILE__, __LINE__, [&] { options.set("thread", 1); });
    CHECK_CODE(unknown.code(), TIRO_E_OPTION);
    CHECK(unknown.hint().find("threads") != std::string::npos);
    CHECK_THROWS(options.set("password", "secret").get("password"), TIRO_E_OPTION);
    CHECK_THROWS(options.set("language", std::string_view("d\0e", 3)), TIRO_E_UTF8);
    CHECK_THROWS(options.set("language", "\xff"), TIRO_E_UTF8);
    CHECK_THROWS(options.load_file("/no/such/file"), TIRO_E_FILE_NOT_FOUND);
    const std::string long_text(5000, 'x');
    CHECK(options.set("script", long_text).get("script") == long_text);
    const tiro::options moved = std::move(options);
    CHECK(moved && !options);

    std::FILE *file = std::fopen("tiro.toml", "w");
    std::fputs("[work]\nthreads = 4\n", file);
    std::fclose(file);
    CHECK(tiro::options().load_file("tiro.toml", "work").get("threads") == "4");
    setenv("TIRO_THREADS", "5", 1);
    CHECK(tiro::options().load_environment().get("threads") == "5");
    unsetenv("TIRO_THREADS");
}

// A list of settings does not throw: whoever takes it has the error.
static void a_list_keeps_its_error() {
    tiro::options bad{{"service", "scripted"}, {"modl", "x"}, {"threads", "many"}};
    CHECK(bad.failed() && bad.failed()->code() == TIRO_E_OPTION);
    CHECK(bad.failed()->hint().find("model") != std::string::npos);
    CHECK_THROWS(tiro::client(bad), TIRO_E_OPTION);
    const tiro::client client = scripted();
    auto operation = client.transcribe(some_bytes(), {{"languag", "de"}});
    CHECK(operation.done() && operation.failed() && !operation);
    CHECK_THROWS(operation.get(), TIRO_E_OPTION);
    CHECK_THROWS(client.transcribe(some_bytes(), {{"service", "local"}}).get(), TIRO_E_OPTION);
    CHECK_THROWS(tiro::transcript::from_srt("1\n00:00:00,000 --> 00:00:01,000\nA b.\n").to("srt", {{"no_such_key", 1}}),
                 TIRO_E_OPTION);
}

static void clients() {
    tiro::client two{{{"service", "scripted"}, {"language", "en"}}};
    tiro::client one{{{"service", "scripted"}}};
    tiro::options options{{"service", "scripted"}};
    tiro::client named{options};
    tiro::client local{tiro::options()};
    CHECK(two && one && named && local);
    CHECK(tiro::check_version() && std::string(tiro::version()) == TIRO_VERSION_STRING);
}

int main() {
    RUN(moves);
    RUN(handles_change_hands);
    RUN(what_is_empty_answers);
    RUN(options);
    RUN(a_list_keeps_its_error);
    RUN(clients);
}
