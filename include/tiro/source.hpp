/// \file
/// Sources: what is uploaded. Part of `tiro.hpp`.

#ifndef TIRO_SOURCE_HPP
#define TIRO_SOURCE_HPP

#include <tiro/handle.hpp>

#include <cstddef>
#include <cstring>
#include <functional>
#include <istream>
#include <mutex>
#include <type_traits>

namespace tiro {
inline namespace TIRO_CPP_ABI {

class client;

/// The functions of a source. The library calls them on its own threads, one call at a time. They may block and are not
/// interrupted; one that throws ends the operation with TIRO_E_SOURCE, and `error::cause` has what it threw. They, and
/// what they hold, live until nobody reads the source any more, which may be a moment after the operation has ended.
struct source_functions {
    /// Fills a buffer of that size with at most so many bytes, and says how many; 0 is the end.
    std::function<std::size_t(void *, std::size_t)> read;
    /// Goes back to the first byte, and says whether that worked. Left out: the source is read once.
    std::function<bool()> rewind = nullptr;
    /// The number of bytes, if it is known. Left out: it is not.
    std::function<std::optional<std::uint64_t>()> size = nullptr;
};

namespace detail {

/// What a source's functions threw last; the operation that reads the source shares it.
class thrown {
public:
    void set(std::exception_ptr exception) noexcept {
        const std::lock_guard<std::mutex> lock(mutex_);
        exception_ = std::move(exception);
    }
    [[nodiscard]] std::exception_ptr get() const noexcept {
        const std::lock_guard<std::mutex> lock(mutex_);
        return exception_;
    }

private:
    mutable std::mutex mutex_;
    std::exception_ptr exception_;
};

/// Calls a source's function for C; what it throws is kept, and `failure` returned.
template <class N, class F>
N reported(thrown &into, N failure, F &&f) noexcept {
    N outcome = failure;
    if (std::exception_ptr exception = caught([&] { outcome = f(); }))
        into.set(std::move(exception));
    return outcome;
}

struct source_state {
    source_functions functions;
    std::shared_ptr<thrown> threw;

    static std::int64_t read(void *self, void *buffer, std::size_t cap) noexcept {
        auto &state = *static_cast<source_state *>(self);
        return reported(*state.threw, std::int64_t{-1}, [&] {
            const std::size_t count = state.functions.read(buffer, cap);
            return count <= cap ? static_cast<std::int64_t>(count) : std::int64_t{-1};
        });
    }
    static std::int32_t rewind(void *self) noexcept {
        auto &state = *static_cast<source_state *>(self);
        return reported(*state.threw, std::int32_t{-1}, [&] { return state.functions.rewind() ? 0 : -1; });
    }
    static std::int64_t size(void *self) noexcept {
        auto &state = *static_cast<source_state *>(self);
        return reported(*state.threw, std::int64_t{-1}, [&] {
            const auto size = state.functions.size();
            return size && *size <= std::uint64_t{INT64_MAX} ? static_cast<std::int64_t>(*size) : std::int64_t{-1};
        });
    }
};

} // namespace detail

/// Bytes to upload. For one thread at a time, and for one operation at a time; may go as soon as the operation is started.
/// Making one does not fail: what is wrong with it is the error of the operation that is to read it. `name`, where it is
/// taken, is the file name that the service is shown; its suffix hints at the format.
class source : public handle<tiro_source> {
public:
    using handle::handle;
    source() noexcept = default;

    /// A file; a plain path is a source wherever one is taken. It is opened when an operation reads it.
    template <class P, std::enable_if_t<std::is_convertible_v<const P &, std::filesystem::path> &&
                                            !std::is_convertible_v<const P &, tiro_source *>,
                                        int> = 0>
    source(const P &path) : source(detail::made<source>(tiro_source_from_path, detail::text::path(path))) {}

    /// Bytes that the source owns: a container such as std::vector or std::string, moved or copied into it.
    template <class Bytes>
    static source from_bytes(Bytes bytes, std::string_view name = {}) {
        static_assert(sizeof(*bytes.data()) == 1, "a container of bytes");
        auto owned = std::make_shared<const Bytes>(std::move(bytes));
        const void *data = owned->data();
        const std::size_t size = owned->size();
        return from_memory(data, size, std::move(owned), name);
    }

    /// Bytes that stand elsewhere. They stay where they are, unchanged, until `owner` is let go, which is when nobody reads
    /// them any more: perhaps after the operation, on any thread. Without an owner they are copied now.
    static source from_memory(const void *data, std::size_t size, std::shared_ptr<const void> owner,
                              std::string_view name = {}) {
        using shared = std::shared_ptr<const void>;
        const detail::text shown(detail::text::optional(name));
        if (shown.is_cut())
            return source(detail::cut_text());
        if (!owner)
            return detail::made<source>(tiro_source_from_bytes, data, size, nullptr, nullptr, shown);
        auto *kept = new shared(std::move(owner));
        return detail::made<source>(tiro_source_from_bytes, data, size, kept, &detail::destroy<shared>, shown);
    }

    /// What functions give.
    static source from_functions(source_functions functions, std::string_view name = {}) {
        const detail::text shown(detail::text::optional(name));
        if (shown.is_cut() || !functions.read)
            return source(shown.is_cut() ? detail::cut_text()
                                         : detail::own_error(TIRO_E_NULL, "a source needs a function that reads"));
        const tiro_rewind_fn rewind = functions.rewind ? &detail::source_state::rewind : nullptr;
        const tiro_size_fn size = functions.size ? &detail::source_state::size : nullptr;
        auto threw = std::make_shared<detail::thrown>();
        auto *state = new detail::source_state{std::move(functions), threw};
        source made = detail::made<source>(tiro_source_from_callbacks, &detail::source_state::read, rewind, size, state,
                                           &detail::destroy<detail::source_state>, shown);
        made.threw_ = std::move(threw);
        return made;
    }

    /// What a stream gives, which is moved into the source: `source::from_stream(std::ifstream("talk.wav", std::ios::binary))`.
    template <class Stream, std::enable_if_t<std::is_base_of_v<std::istream, Stream>, int> = 0>
    static source from_stream(Stream &&stream, std::string_view name = {}) {
        return from_stream(std::make_shared<Stream>(std::move(stream)), name);
    }

    /// What a stream gives from where it stands. It is the library's to read until it lets go of it. A stream that can seek
    /// can be read again.
    template <class Stream>
    static source from_stream(std::shared_ptr<Stream> stream, std::string_view name = {}) {
        static_assert(std::is_base_of_v<std::istream, Stream>, "a std::istream");
        if (!stream)
            return source(detail::own_error(TIRO_E_NULL, "a source needs a stream"));
        std::optional<source_functions> functions;
        // A stream may be set to throw, here as in a read.
        const std::exception_ptr exception = detail::caught([&] {
            if (!stream->fail())
                functions = stream_functions(std::move(stream));
        });
        if (!functions)
            return source(detail::own_error(TIRO_E_SOURCE, "the stream has failed").because(exception));
        return from_functions(std::move(*functions), name);
    }

    /// An open descriptor, which is duplicated. A regular file is read from `offset` on by position; a pipe as it comes.
    static source from_fd(int fd, std::uint64_t offset = 0, std::string_view name = {}) {
        return detail::made<source>(tiro_source_from_fd, std::int32_t{fd}, offset, detail::text::optional(name));
    }

    /// What stands at a public URL, for a service that fetches it by itself.
    static source from_url(std::string_view url) {
        return detail::made<source>(tiro_source_from_url, detail::text(url));
    }

    /// What is wrong with it.
    [[nodiscard]] const std::optional<error> &failed() const noexcept { return failed_; }

private:
    friend class client;

    explicit source(const error &failed) : failed_(failed) {}
    source(result<source> made) {
        if (made)
            *this = std::move(*made);
        else
            failed_ = made.error();
    }

    static source_functions stream_functions(const std::shared_ptr<std::istream> &stream) {
        source_functions functions;
        functions.read = [stream](void *buffer, std::size_t cap) -> std::size_t {
            if (!stream->good())
                return stream->bad() ? SIZE_MAX : 0; // more than there is room for is a failure
            stream->read(static_cast<char *>(buffer), static_cast<std::streamsize>(cap));
            return stream->bad() ? SIZE_MAX : static_cast<std::size_t>(stream->gcount());
        };
        const std::istream::pos_type start = stream->tellg();
        if (start == std::istream::pos_type(-1))
            return functions;
        stream->seekg(0, std::ios::end);
        const std::istream::pos_type end = stream->tellg();
        stream->clear();
        stream->seekg(start);
        if (end != std::istream::pos_type(-1) && end >= start)
            functions.size = [size = static_cast<std::uint64_t>(end - start)] { return std::optional(size); };
        functions.rewind = [stream, start] {
            stream->clear();
            stream->seekg(start);
            return stream->good();
        };
        return functions;
    }

    /// Where an operation that begins to read finds what the functions throw.
    [[nodiscard]] std::shared_ptr<const detail::thrown> threw() const {
        if (threw_)
            threw_->set(nullptr);
        return threw_;
    }

    std::optional<error> failed_;
    std::shared_ptr<detail::thrown> threw_;
};

} // namespace TIRO_CPP_ABI
} // namespace tiro

#endif
