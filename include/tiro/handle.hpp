/// \file
/// What every handle has in common, and how texts get in. Part of `tiro.hpp`.

#ifndef TIRO_HANDLE_HPP
#define TIRO_HANDLE_HPP

#include <tiro/error.hpp>

#include <filesystem>

/// Getters of a text, `name` in C++ and `getter` in C: of a handle with a name a view, which lives until the handle is
/// freed or given away; of a temporary a copy, as a view of it would be stale in the next line.
#define TIRO_TEXT(name, getter) \
    [[nodiscard]] std::string_view name() const & noexcept { return ::tiro::detail::view(getter, constant()); } \
    [[nodiscard]] std::string name() const && { return std::string(::tiro::detail::view(getter, constant())); }

namespace tiro {
inline namespace TIRO_CPP_ABI {
namespace detail {

// Overloads, not pointers to functions: an imported function's address is no constant everywhere.
inline void free_handle(tiro_options *handle) noexcept { tiro_options_free(handle); }
inline void free_handle(tiro_client *handle) noexcept { tiro_client_free(handle); }
inline void free_handle(tiro_op *handle) noexcept { tiro_op_free(handle); }
inline void free_handle(tiro_queue *handle) noexcept { tiro_queue_free(handle); }
inline void free_handle(tiro_source *handle) noexcept { tiro_source_free(handle); }
inline void free_handle(tiro_recording *handle) noexcept { tiro_recording_free(handle); }
inline void free_handle(tiro_page *handle) noexcept { tiro_page_free(handle); }
inline void free_handle(tiro_transcript *handle) noexcept { tiro_transcript_free(handle); }
inline void free_handle(tiro_login *handle) noexcept { tiro_login_free(handle); }
inline void free_handle(tiro_document *handle) noexcept { tiro_document_free(handle); }
inline void free_handle(tiro_service_event *handle) noexcept { tiro_service_event_free(handle); }
inline void free_handle(tiro_order *handle) noexcept { tiro_order_free(handle); }

} // namespace detail

/// The one owner of a handle of the C ABI: it moves, and frees in its destructor, which never blocks. One that is empty,
/// or was moved from, answers every call with TIRO_E_NULL or an empty value: it is never undefined.
template <class H>
class handle {
public:
    /// The type of the C ABI, such as `tiro_client`.
    using native_type = H;

    handle() noexcept = default;
    /// Takes over what a function of the C ABI gave.
    explicit handle(H *native) noexcept : native_(native) {}
    handle(handle &&other) noexcept : native_(other.release()) {}
    handle &operator=(handle &&other) noexcept {
        if (this != &other)
            reset(other.release());
        return *this;
    }

    /// Whether it has a handle.
    explicit operator bool() const noexcept { return native_ != nullptr; }
    /// The handle, for functions of tiro.h; it stays this object's.
    [[nodiscard]] H *native_handle() const noexcept { return native_; }
    /// Gives the handle away: whoever takes it frees it.
    [[nodiscard]] H *release() noexcept { return std::exchange(native_, nullptr); }
    /// Frees the handle, and takes over another.
    void reset(H *native = nullptr) noexcept { detail::free_handle(std::exchange(native_, native)); }

protected:
    ~handle() { detail::free_handle(native_); }
    [[nodiscard]] const H *constant() const noexcept { return native_; }

private:
    H *native_ = nullptr;
};

namespace detail {

/// A text for the C ABI, with its NUL; one that has a NUL inside would arrive cut, and is refused.
class text {
public:
    explicit text(std::string_view from) : text_(from) {}
    /// A path as the C ABI takes it: the platform's bytes, UTF-8 on Windows.
    static text path(const std::filesystem::path &from) {
#ifdef _WIN32
        const auto utf8 = from.u8string();
        return text({reinterpret_cast<const char *>(utf8.data()), utf8.size()});
#else
        return text(from.native());
#endif
    }
    /// One that need not be given: empty is NULL.
    static text optional(std::string_view from) {
        text made(from);
        made.absent_ = from.empty();
        return made;
    }

    [[nodiscard]] const std::string &str() const noexcept { return text_; }
    [[nodiscard]] bool is_cut() const noexcept { return text_.find('\0') != std::string::npos; }
    [[nodiscard]] const char *c_str() const noexcept { return absent_ ? nullptr : text_.c_str(); }

private:
    std::string text_;
    bool absent_ = false;
};

inline bool is_cut(const text &argument) noexcept { return argument.is_cut(); }
template <class A>
bool is_cut(const A &) noexcept {
    return false;
}
inline const char *passed(const text &argument) noexcept { return argument.c_str(); }
template <class A>
A passed(const A &argument) noexcept {
    return argument;
}

inline error cut_text() { return own_error(TIRO_E_UTF8, "a text holds a NUL"); }

/// Calls a function of the C ABI that makes a handle, with its arguments before the last two.
template <class T, class F, class... A>
result<T> made(F function, const A &...arguments) {
    if ((is_cut(arguments) || ...))
        return cut_text();
    typename T::native_type *out = nullptr;
    const auto status = called([&](tiro_error **err) { return function(passed(arguments)..., &out, err); });
    if (!status)
        return status.error();
    return T(out);
}

/// A function of the program's own as the C ABI takes it: user data, and the end of their use.
template <class T>
void destroy(void *user_data) noexcept {
    delete static_cast<T *>(user_data);
}

} // namespace detail
} // namespace TIRO_CPP_ABI
} // namespace tiro

#endif
