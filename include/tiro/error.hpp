/// \file
/// What can go wrong: `tiro::error`, thrown or held by a `tiro::result`. Part of `tiro.hpp`.

#ifndef TIRO_ERROR_HPP
#define TIRO_ERROR_HPP

#include <tiro.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
#define TIRO_EXCEPTIONS 1
#define TIRO_CPP_ABI v0
#else
#define TIRO_EXCEPTIONS 0
// Other inline functions under other names: files with and without exceptions can be one program.
#define TIRO_CPP_ABI v0_noexcept
#endif

namespace tiro {
inline namespace TIRO_CPP_ABI {

/// What went wrong. Copies are cheap and never throw; any thread may read them. Holds no handle of the library and no
/// secret.
class error : public std::runtime_error {
public:
    /// The parts of an error. A text that is not known is empty.
    struct parts {
        tiro_status code = TIRO_E_PANIC;
        std::int32_t http_status = 0;
        bool retriable = false;
        std::optional<std::chrono::milliseconds> retry_after;
        std::string hint, service_code, request_id, recording_id, job_id, detail;
        std::exception_ptr cause;
    };

    error(const std::string &message, parts all)
        : std::runtime_error(message), parts_(std::make_shared<const parts>(std::move(all))) {}

    // No moves: an error that was moved from would have no parts.
    error(const error &) noexcept = default;
    error &operator=(const error &) noexcept = default;
    ~error() override = default;

    /// A `TIRO_E_*`; docs/errors.md has them all.
    [[nodiscard]] tiro_status code() const noexcept { return parts_->code; }
    /// The name of the code, such as "TIRO_E_TIMEOUT". Static.
    [[nodiscard]] const char *name() const noexcept { return tiro_status_name(parts_->code); }
    /// What to do about it; empty: no advice.
    [[nodiscard]] const std::string &hint() const noexcept { return parts_->hint; }
    /// The HTTP status of the service's answer; 0: there was none.
    [[nodiscard]] std::int32_t http_status() const noexcept { return parts_->http_status; }
    /// Whether the same call may succeed later.
    [[nodiscard]] bool retriable() const noexcept { return parts_->retriable; }
    /// How long the service asks to wait before the next try, if it says so.
    [[nodiscard]] std::optional<std::chrono::milliseconds> retry_after() const noexcept { return parts_->retry_after; }
    /// The service's own code.
    [[nodiscard]] const std::string &service_code() const noexcept { return parts_->service_code; }
    /// The service's id of the request, for its support.
    [[nodiscard]] const std::string &request_id() const noexcept { return parts_->request_id; }
    /// The recording that the call was about: after a time-out, wait for it again.
    [[nodiscard]] const std::string &recording_id() const noexcept { return parts_->recording_id; }
    /// The job that can be taken up again.
    [[nodiscard]] const std::string &job_id() const noexcept { return parts_->job_id; }
    /// What the service said beyond its code: a JSON object.
    [[nodiscard]] const std::string &detail() const noexcept { return parts_->detail; }
    /// The exception that a function of the program's own threw (a source, a sink), if that is why the call failed.
    [[nodiscard]] std::exception_ptr cause() const noexcept { return parts_->cause; }

    /// The same error with a cause.
    [[nodiscard]] error because(std::exception_ptr cause) const {
        parts all = *parts_;
        all.cause = std::move(cause);
        return {what(), std::move(all)};
    }

private:
    std::shared_ptr<const parts> parts_;
};

/// A value, or the error instead of it: for programs that do not throw. As `std::expected` of C++23, in small.
template <class T>
class [[nodiscard]] result {
public:
    result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    result(const tiro::error &error) : state_(std::in_place_index<1>, error) {}

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    /// The value. Without one the error is thrown; without exceptions the program is aborted.
    T &value() & { return checked(), *std::get_if<0>(&state_); }
    const T &value() const & { return checked(), *std::get_if<0>(&state_); }
    T &&value() && { return checked(), std::move(*std::get_if<0>(&state_)); }
    T &operator*() & { return value(); }
    const T &operator*() const & { return value(); }
    T &&operator*() && { return std::move(*this).value(); }
    T *operator->() { return &value(); }
    const T *operator->() const { return &value(); }
    /// The value, or another one instead of it.
    template <class U>
    T value_or(U &&other) && {
        return has_value() ? std::move(*this).value() : static_cast<T>(std::forward<U>(other));
    }

    /// The error. If there is none, that is std::bad_variant_access; without exceptions the program is aborted.
    [[nodiscard]] const tiro::error &error() const { return std::get<1>(state_); }

private:
    void checked() const {
#if TIRO_EXCEPTIONS
        if (!has_value())
            throw error();
#else
        if (!has_value())
            std::abort();
#endif
    }

    std::variant<T, tiro::error> state_;
};

/// The outcome of what has no value.
template <>
class [[nodiscard]] result<void> {
public:
    result() : outcome_(std::monostate{}) {}
    result(const tiro::error &error) : outcome_(error) {}

    [[nodiscard]] bool has_value() const noexcept { return outcome_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }
    /// Throws the error, if there is one; without exceptions it aborts the program then.
    void value() const { (void)outcome_.value(); }
    /// The error. If there is none, that is std::bad_variant_access; without exceptions the program is aborted.
    [[nodiscard]] const tiro::error &error() const { return outcome_.error(); }

private:
    result<std::monostate> outcome_;
};

/// Nothing here is for programs.
namespace detail {

/// A text that the library lends, with its length.
template <class H>
std::string_view view(const char *(*getter)(const H *, std::size_t *), const H *handle) noexcept {
    std::size_t length = 0;
    const char *text = getter(handle, &length);
    return {text, length};
}

/// Reads an error of the library's and frees it.
inline error taken(tiro_error *err, tiro_status status) {
    const auto text = [err](auto getter) { return std::string(view(getter, static_cast<const tiro_error *>(err))); };
    error::parts all;
    all.code = status;
    all.http_status = tiro_error_http_status(err);
    all.retriable = tiro_error_is_retriable(err) != 0;
    if (const std::int64_t wait = tiro_error_retry_after_ms(err); wait >= 0)
        all.retry_after = std::chrono::milliseconds(wait);
    all.hint = text(tiro_error_hint);
    all.service_code = text(tiro_error_service_code);
    all.request_id = text(tiro_error_request_id);
    all.recording_id = text(tiro_error_recording_id);
    all.job_id = text(tiro_error_job_id);
    all.detail = text(tiro_error_detail);
    std::string message = text(tiro_error_message);
    tiro_error_free(err);
    return {message, std::move(all)};
}

/// An error that is found before the library is called.
inline error own_error(tiro_status code, const char *message) {
    error::parts all;
    all.code = code;
    return {message, std::move(all)};
}

/// Calls a function of the C ABI, given its last argument: how it went, TIRO_PENDING included.
template <class Call>
result<tiro_status> called(Call call) {
    tiro_error *err = nullptr;
    const tiro_status status = call(&err);
    if (status < 0)
        return taken(err, status);
    return status;
}

/// The same where success is TIRO_OK alone.
template <class Call>
result<void> done(Call call) {
    const auto status = called(call);
    if (!status)
        return status.error();
    return {};
}

/// The same of a function that copies a text into a buffer.
template <class Copy>
result<std::string> copied(Copy copy) {
    std::string text(256, '\0');
    for (;;) {
        std::size_t need = 0;
        tiro_error *err = nullptr;
        const tiro_status status = copy(text.data(), text.size(), &need, &err);
        if (status == TIRO_OK) {
            text.resize(need - 1);
            return text;
        }
        if (status != TIRO_E_BUFFER || need <= text.size())
            return taken(err, status);
        tiro_error_free(err);
        text.resize(need);
    }
}

/// A duration as the C ABI takes it: rounded up, never "without limit" because it is negative or has overflown.
template <class Rep, class Period>
std::int64_t timeout(std::chrono::duration<Rep, Period> wait) noexcept {
    const double ms = std::chrono::duration<double, std::milli>(wait).count();
    if (!(ms > 0))
        return 0;
    return ms < 9e15 ? static_cast<std::int64_t>(std::ceil(ms)) : -1;
}

} // namespace detail

#if TIRO_EXCEPTIONS
/// Gets exceptions that functions of the program's own let out where nobody waits for them: callbacks on the library's
/// threads. Called on the thread that the exception came out on, and must not throw.
using unhandled_handler = void (*)(std::exception_ptr);

namespace detail {
inline std::atomic<unhandled_handler> &unhandled() noexcept {
    static std::atomic<unhandled_handler> handler{nullptr};
    return handler;
}
} // namespace detail

/// Replaces that function; nullptr, as in the beginning: such exceptions are dropped. Gives the one before.
inline unhandled_handler set_unhandled(unhandled_handler handler) noexcept {
    return detail::unhandled().exchange(handler);
}
#endif

namespace detail {

/// Runs a function of the program's own so that no exception reaches C; gives what it threw.
template <class F>
std::exception_ptr caught(F &&f) noexcept {
#if TIRO_EXCEPTIONS
    try {
        std::forward<F>(f)();
    } catch (...) {
        return std::current_exception();
    }
#else
    std::forward<F>(f)();
#endif
    return nullptr;
}

/// The same where nobody can be told but the one handler.
template <class F>
void guarded(F &&f) noexcept {
    [[maybe_unused]] const std::exception_ptr thrown = caught(std::forward<F>(f));
#if TIRO_EXCEPTIONS
    if (thrown)
        if (const unhandled_handler handler = unhandled().load())
            handler(thrown);
#endif
}

} // namespace detail
} // namespace TIRO_CPP_ABI
} // namespace tiro

#endif
