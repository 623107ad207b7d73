/// \file
/// Options: keys and values. Part of `tiro.hpp`.

#ifndef TIRO_OPTIONS_HPP
#define TIRO_OPTIONS_HPP

#include <tiro/handle.hpp>

#include <initializer_list>
#include <type_traits>

namespace tiro {
inline namespace TIRO_CPP_ABI {

/// A value of an option: text, a path, a whole number, or a bool, which is yes or no.
class option_value {
public:
    option_value(const char *value) : text_(value != nullptr ? value : "") {}
    option_value(std::string_view value) : text_(value) {}
    option_value(const std::string &value) : text_(value) {}
    option_value(const std::filesystem::path &value) : text_(detail::text::path(value).str()) {}
    option_value(bool value) : text_(value ? "yes" : "no") {}
    template <class I, std::enable_if_t<std::is_integral_v<I> && !std::is_same_v<I, bool>, int> = 0>
    option_value(I value) : text_(std::to_string(value)) {}

    [[nodiscard]] const std::string &text() const noexcept { return text_; }

private:
    std::string text_;
};

/// A key (`TIRO_OPT_*`, docs/options.md) with its value.
struct setting {
    std::string_view key;
    option_value value;
};

/// Keys and values. For one thread at a time. Whoever takes options takes a copy: they may change or go as soon as the
/// call returns.
class options : public handle<tiro_options> {
public:
    using handle::handle;
    /// Every default, which is the local service.
    options() noexcept = default;
    /// `{{"service", "gospeech"}, {"threads", 2}}`. Does not throw for a bad key or value: the error stays with the
    /// options, and whoever takes them fails with it, a client when it is made, an operation when its result is asked for.
    options(std::initializer_list<setting> settings) {
        for (const setting &each : settings)
            if (auto done = try_set(each.key, each.value); !done && !failed_)
                failed_ = done.error();
    }

    /// Sets a key. On an error the options stay as they were.
    result<void> try_set(std::string_view key, const option_value &value) {
        const detail::text name(key), text(value.text());
        if (name.is_cut() || text.is_cut())
            return detail::cut_text();
        return detail::done([&](tiro_error **err) { return tiro_options_set(made(), name.c_str(), text.c_str(), err); });
    }
    /// Takes back what was set.
    result<void> try_unset(std::string_view key) {
        const detail::text name(key);
        if (name.is_cut())
            return detail::cut_text();
        return detail::done([&](tiro_error **err) { return tiro_options_set(made(), name.c_str(), nullptr, err); });
    }
    /// The value in force of a key; a secret is not given out.
    [[nodiscard]] result<std::string> try_get(std::string_view key) {
        const detail::text name(key);
        if (name.is_cut())
            return detail::cut_text();
        return detail::copied([&](char *buf, std::size_t cap, std::size_t *need, tiro_error **err) {
            return tiro_options_get(made(), name.c_str(), buf, cap, need, err);
        });
    }
    /// Reads a profile of a TOML file; an empty profile is its table `default`. What was set wins over it.
    result<void> try_load_file(const std::filesystem::path &path, std::string_view profile = {}) {
        const detail::text file(detail::text::path(path)), table(detail::text::optional(profile));
        if (file.is_cut() || table.is_cut())
            return detail::cut_text();
        return detail::done(
            [&](tiro_error **err) { return tiro_options_load_file(made(), file.c_str(), table.c_str(), err); });
    }
    /// Reads the environment's `TIRO_*`. Nothing may change the environment meanwhile.
    result<void> try_load_environment() {
        return detail::done([&](tiro_error **err) { return tiro_options_load_environment(made(), err); });
    }

#if TIRO_EXCEPTIONS
    /// As `try_set`, for chains. \throws error
    options &set(std::string_view key, const option_value &value) { return try_set(key, value).value(), *this; }
    /// As `try_unset`. \throws error
    options &unset(std::string_view key) { return try_unset(key).value(), *this; }
    /// As `try_get`. \throws error
    [[nodiscard]] std::string get(std::string_view key) { return try_get(key).value(); }
    /// As `try_load_file`. \throws error
    options &load_file(const std::filesystem::path &path, std::string_view profile = {}) {
        return try_load_file(path, profile).value(), *this;
    }
    /// As `try_load_environment`. \throws error
    options &load_environment() { return try_load_environment().value(), *this; }
#endif

    /// What a list of settings failed with.
    [[nodiscard]] const std::optional<error> &failed() const noexcept { return failed_; }

private:
    tiro_options *made() {
        if (!*this)
            reset(tiro_options_new());
        return native_handle();
    }

    std::optional<error> failed_;
};

} // namespace TIRO_CPP_ABI
} // namespace tiro

#endif
