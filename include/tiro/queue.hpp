/// \file
/// Completion queues, for programs with an event loop of their own. Part of `tiro.hpp`.

#ifndef TIRO_QUEUE_HPP
#define TIRO_QUEUE_HPP

#include <tiro/operation.hpp>

namespace tiro {
inline namespace TIRO_CPP_ABI {

/// What an event of a queue says. Pass over kinds that you do not know.
enum class event_kind : std::int32_t {
    done = TIRO_EVENT_DONE,         ///< The operation has ended; the last event of it.
    progress = TIRO_EVENT_PROGRESS, ///< It is further; ask `progress`.
    service = TIRO_EVENT_SERVICE,   ///< Events wait in an `event_stream`: take them without waiting until there is none.
};

/// An event of a queue.
struct queue_event {
    event_kind kind{};
    tiro_op *op = nullptr;         ///< Whose: compare it with `native_handle()`. It stays the operation's.
    void *tag = nullptr;           ///< What the operation was attached with.
    tiro_status status = TIRO_OK;  ///< How an operation that is done ended.
};

/// A completion queue. For any number of threads at once. Its destructor closes its descriptor: take that out of the event
/// loop first. Operations that are attached go on.
class queue : public handle<tiro_queue> {
public:
    using handle::handle;
    /// An empty one; TIRO_E_NULL comes from its calls if there are millions of handles.
    queue() noexcept {
        tiro_queue *made = nullptr;
        tiro_queue_new(&made, nullptr);
        reset(made);
    }

    /// Sends the events of an operation here, each with the tag; at once those that say what there is already: how far it
    /// is, or that it has ended. Once an operation.
    result<void> try_attach(const basic_operation &operation, void *tag = nullptr) {
        if (operation.failed())
            return *operation.failed();
        return detail::done(
            [&](tiro_error **err) { return tiro_op_attach(operation.native_handle(), native_handle(), tag, err); });
    }
    /// The oldest event, waited for at most so long: nothing if none came.
    template <class Rep, class Period>
    [[nodiscard]] result<std::optional<queue_event>> try_next(std::chrono::duration<Rep, Period> wait) {
        return taken(detail::timeout(wait));
    }
    /// A descriptor that is readable while events wait, for poll, epoll and their like. Never read, write or close it.
    [[nodiscard]] result<int> try_fd() const {
        std::int32_t fd = -1;
        const auto done = detail::done([&](tiro_error **err) { return tiro_queue_fd(native_handle(), &fd, err); });
        if (!done)
            return done.error();
        return fd;
    }
    /// Calls a function on the library's callback thread whenever the queue becomes non-empty, and once now if it is not
    /// empty. It should only wake the loop that takes the events. Replaces the one before; an empty function is none.
    result<void> try_set_wakeup(std::function<void()> function) {
        using callback = std::function<void()>;
        if (!function)
            return detail::done([&](tiro_error **err) {
                return tiro_queue_set_wakeup(native_handle(), nullptr, nullptr, nullptr, err);
            });
        auto *kept = new callback(std::move(function));
        return detail::done([&](tiro_error **err) {
            return tiro_queue_set_wakeup(
                native_handle(),
                [](void *data, tiro_queue *) { detail::guarded([&] { (*static_cast<callback *>(data))(); }); }, kept,
                &detail::destroy<callback>, err);
        });
    }

#if TIRO_EXCEPTIONS
    /// As `try_attach`. \throws error
    void attach(const basic_operation &operation, void *tag = nullptr) { try_attach(operation, tag).value(); }
    /// As `try_next`. \throws error
    template <class Rep, class Period>
    [[nodiscard]] std::optional<queue_event> next(std::chrono::duration<Rep, Period> wait) {
        return try_next(wait).value();
    }
    /// The oldest event, waited for without limit: nothing if the queue was freed. \throws error
    [[nodiscard]] std::optional<queue_event> next() { return taken(-1).value(); }
    /// As `try_fd`. \throws error
    [[nodiscard]] int fd() const { return try_fd().value(); }
    /// As `try_set_wakeup`. \throws error
    void set_wakeup(std::function<void()> function) { try_set_wakeup(std::move(function)).value(); }
#endif

private:
    result<std::optional<queue_event>> taken(std::int64_t ms) {
        queue_event event;
        std::int32_t kind = 0;
        const auto status = detail::called([&](tiro_error **err) {
            return tiro_queue_next(native_handle(), ms, &kind, &event.op, &event.tag, &event.status, err);
        });
        if (!status)
            return status.error();
        event.kind = static_cast<event_kind>(kind);
        return *status == TIRO_PENDING ? std::optional<queue_event>() : std::optional(event);
    }
};

} // namespace TIRO_CPP_ABI
} // namespace tiro

#endif
