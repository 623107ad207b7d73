// Sources of every kind, and functions and streams that misbehave: TIRO_E_SOURCE, with what they threw as the cause.
#include "check.hpp"

#include <fcntl.h>

#include <fstream>
#include <sstream>

struct no_more : std::runtime_error {
    no_more() : std::runtime_error("no more") {}
};

static void write_file(const char *path, const std::string &bytes) { std::ofstream(path, std::ios::binary) << bytes; }

static std::uint64_t uploaded(const tiro::source &source) { return scripted().upload(source).get().size(); }

template <class Thrown>
static void check_cause(const tiro::error &error) {
    CHECK_CODE(error.code(), TIRO_E_SOURCE);
    CHECK(error.cause() != nullptr);
    try {
        std::rethrow_exception(error.cause());
    } catch (const Thrown &) {
        return;
    }
}

static void paths() {
    write_file("a.wav", std::string(1000, 'x'));
    const std::string text = "a.wav";
    const std::filesystem::path path = "a.wav";
    const tiro::client client = scripted();
    CHECK(client.upload("a.wav").get().size() == 1000 && client.upload(text).get().name() == "a.wav");
    CHECK(client.upload(path).get().size() == 1000 && client.upload(std::string_view("a.wav")).get().size() == 1000);
    CHECK(client.transcribe(std::filesystem::path("a.wav")).get().text() == "Hello world.");
    CHECK_THROWS(client.upload(std::string("a\0.wav", 6)).get(), TIRO_E_UTF8);
    CHECK_THROWS(client.upload("/").get(), TIRO_E_NOT_A_FILE);
    const int fd = open("a.wav", O_RDONLY | O_CLOEXEC);
    tiro::source part = tiro::source::from_fd(fd, 400, "b.wav");
    close(fd); // a duplicate is kept
    CHECK(uploaded(part) == 600);
    CHECK_THROWS(uploaded(tiro::source::from_fd(-1)), TIRO_E_ARGUMENT);
    CHECK_THROWS(uploaded(tiro::source::from_url("https://example.com/a.wav")), TIRO_E_UNSUPPORTED);
    CHECK_THROWS(uploaded(tiro::source::from_url("no url")), TIRO_E_ARGUMENT);
}

static void bytes() {
    CHECK(uploaded(tiro::source::from_bytes(std::vector<std::byte>(300))) == 300);
    CHECK(uploaded(tiro::source::from_bytes(std::vector<unsigned char>(301), "a.wav")) == 301);
    const std::string text(302, 'x');
    CHECK(uploaded(tiro::source::from_bytes(text)) == 302); // a copy
    CHECK(uploaded(tiro::source::from_memory(text.data(), 100, nullptr)) == 100);
    CHECK_THROWS(uploaded(tiro::source::from_bytes(text, std::string_view("a\0b", 3))), TIRO_E_UTF8);
    // Borrowed until nobody reads them any more.
    auto owner = std::make_shared<std::string>(100, 'x');
    const std::weak_ptr<std::string> watch = owner;
    {
        const tiro::source source = tiro::source::from_memory(owner->data(), owner->size(), owner);
        owner.reset();
        CHECK(!watch.expired() && uploaded(source) == 100);
        CHECK(uploaded(source) == 100); // again
    }
    WAIT_UNTIL(watch.expired());
    // An operation keeps them after the source has gone.
    const tiro::client slow = scripted(R"({"upload_bytes_per_second": 1000})");
    owner = std::make_shared<std::string>(100, 'x');
    const std::weak_ptr<std::string> kept = owner;
    const void *data = owner->data();
    auto operation = slow.upload(tiro::source::from_memory(data, 100, std::move(owner)));
    CHECK(operation.done() || !kept.expired());
    CHECK(operation.get().size() == 100);
    WAIT_UNTIL(kept.expired());
}

static void functions() {
    std::size_t given = 0;
    tiro::source_functions all;
    all.read = [&](void *buffer, std::size_t cap) {
        const std::size_t count = std::min({cap, std::size_t{10}, 25 - given});
        std::memset(buffer, 'x', count);
        given += count;
        return count;
    };
    all.rewind = [&] { return given = 0, true; };
    all.size = [] { return std::optional<std::uint64_t>(25); };
    CHECK(uploaded(tiro::source::from_functions(all, "a.wav")) == 25);
    given = 0;
    tiro::source_functions once{all.read};
    CHECK(uploaded(tiro::source::from_functions(once)) == 25);
    given = 0;
    all.size = []() -> std::optional<std::uint64_t> { return std::nullopt; };
    CHECK(uploaded(tiro::source::from_functions(all)) == 25);
    given = 0;
    all.size = [] { return std::optional<std::uint64_t>(26); };
    const auto fewer = thrown(__FILE__, __LINE__, [&] { uploaded(tiro::source::from_functions(all)); });
    CHECK_CODE(fewer.code(), TIRO_E_SOURCE);
    CHECK(!fewer.cause());
    once.read = [](void *, std::size_t cap) { return cap + 1; };
    CHECK_THROWS(uploaded(tiro::source::from_functions(once)), TIRO_E_SOURCE);
    CHECK_THROWS(uploaded(tiro::source::from_functions({})), TIRO_E_NULL);
}

static void functions_that_throw() {
    tiro::source_functions functions;
    functions.read = [](void *, std::size_t) -> std::size_t { throw no_more(); };
    const tiro::source source = tiro::source::from_functions(functions);
    check_cause<no_more>(thrown(__FILE__, __LINE__, [&] { uploaded(source); }));
    // It was begun and cannot be rewound: another failure, for which no function is to blame.
    const auto result = scripted().upload(source).try_get();
    CHECK_CODE(result.error().code(), TIRO_E_SOURCE);
    CHECK(!result.error().cause());
    functions.read = [](void *, std::size_t) -> std::size_t { throw 17; };
    check_cause<int>(thrown(__FILE__, __LINE__, [&] { uploaded(tiro::source::from_functions(functions)); }));
    check_cause<int>(thrown(__FILE__, __LINE__, [&] { scripted().upload(tiro::source::from_functions(functions)).future().get(); }));
    // A size that cannot be told is one that is not known.
    functions.read = [](void *, std::size_t) -> std::size_t { return 0; };
    functions.size = []() -> std::optional<std::uint64_t> { throw no_more(); };
    (void)scripted().upload(tiro::source::from_functions(functions)).try_get();
}

static void what_functions_hold_is_let_go() {
    auto held = std::make_shared<int>(1);
    const std::weak_ptr<int> watch = held;
    tiro::source_functions functions;
    functions.read = [held = std::move(held)](void *, std::size_t) -> std::size_t { return 0; };
    {
        const tiro::source source = tiro::source::from_functions(std::move(functions));
        (void)scripted().upload(source).try_get();
        CHECK(!watch.expired());
    }
    WAIT_UNTIL(watch.expired());
}

// A stream's buffer that fails after some bytes.
class failing : public std::streambuf {
public:
    explicit failing(int good) : left_(good) {}

protected:
    int_type underflow() override {
        if (left_-- <= 0)
            throw no_more();
        letter_ = 'x';
        setg(&letter_, &letter_, &letter_ + 1);
        return traits_type::to_int_type(letter_);
    }

private:
    char letter_ = 0;
    int left_;
};

class failing_stream : public std::istream {
public:
    failing_stream(int good, bool throws) : std::istream(nullptr), buffer_(good) {
        rdbuf(&buffer_);
        if (throws)
            exceptions(std::ios::badbit);
    }

private:
    failing buffer_;
};

static void streams() {
    write_file("s.wav", std::string(5000, 'x'));
    CHECK(uploaded(tiro::source::from_stream(std::ifstream("s.wav", std::ios::binary), "s.wav")) == 5000);
    CHECK(uploaded(tiro::source::from_stream(std::istringstream(std::string(70000, 'x')))) == 70000);
    auto shared = std::make_shared<std::istringstream>("0123456789");
    shared->get();
    shared->get(); // from where it stands
    const tiro::source source = tiro::source::from_stream(shared);
    CHECK(uploaded(source) == 8);
    CHECK(uploaded(source) == 8); // it is rewound
    CHECK_THROWS(uploaded(tiro::source::from_stream(std::ifstream("no such file"))), TIRO_E_SOURCE);
    CHECK_THROWS(uploaded(tiro::source::from_stream(std::shared_ptr<std::ifstream>())), TIRO_E_NULL);
}

static void streams_that_fail() {
    for (const int good : {0, 1, 1000}) {
        const tiro::source quiet = tiro::source::from_stream(std::make_shared<failing_stream>(good, false));
        CHECK_THROWS(uploaded(quiet), TIRO_E_SOURCE);
        const tiro::source loud = tiro::source::from_stream(std::make_shared<failing_stream>(good, true));
        check_cause<no_more>(thrown(__FILE__, __LINE__, [&] { uploaded(loud); }));
    }
}

static void a_source_in_use() {
    const tiro::client slow = scripted(R"({"upload_bytes_per_second": 10})");
    const tiro::source source = tiro::source::from_bytes(std::string(1000, 'x'));
    auto operation = slow.upload(source);
    CHECK_THROWS(slow.upload(source).get(), TIRO_E_STATE);
}

static void tokens() {
    const tiro::options options{{"service", "gospeech"},
                                {"api_base_url", "http://127.0.0.1:9"},
                                {"auth_base_url", "http://127.0.0.1:9"},
                                {"client_id", "client"},
                                {"max_retries", 0}};
    std::atomic<int> asked{0};
    {
        const tiro::client client(options, [&](std::optional<std::string_view> refused) -> std::string {
            CHECK(!refused);
            return asked++ == 0 ? std::string(100000, 't') : throw no_more();
        });
        client.sign_in().get(); // a token that is longer than any buffer; it was asked for once
        CHECK(asked == 1);
        const tiro::client other(options, [&](auto) -> std::string { throw no_more(); });
        const auto error = other.sign_in().try_get().error();
        CHECK(error.code() <= -300 && error.code() > -400);
        CHECK_CODE(tiro::client::make(options, nullptr).error().code(), TIRO_E_NULL);
        CHECK_CODE(tiro::client::make({{"service", "scripted"}}, [](auto) { return std::string(); }).error().code(),
                   TIRO_E_ARGUMENT);
    }
}

int main() {
    RUN(paths);
    RUN(bytes);
    RUN(functions);
    RUN(functions_that_throw);
    RUN(what_functions_hold_is_let_go);
    RUN(streams);
    RUN(streams_that_fail);
    RUN(a_source_in_use);
    RUN(tokens);
}
