/// \file
/// Operations: calls that run, and every way to wait for one. Part of `tiro.hpp`.

#ifndef TIRO_OPERATION_HPP
#define TIRO_OPERATION_HPP

#include <tiro/records.hpp>
#include <tiro/source.hpp>
#include <tiro/transcript.hpp>

#include <future>

#if defined(__cpp_impl_coroutine) && defined(__has_include)
#if __has_include(<coroutine>)
#include <coroutine>
#define TIRO_COROUTINES 1
#endif
#endif
#ifndef TIRO_COROUTINES
#define TIRO_COROUTINES 0
#endif

namespace tiro {
inline namespace TIRO_CPP_ABI {

/// What an operation is doing; it names the unit of its progress.
enum class phase : std::int32_t {
    starting = TIRO_PHASE_STARTING,             ///< Nothing can be measured yet.
    uploading = TIRO_PHASE_UPLOADING,           ///< In bytes.
    processing = TIRO_PHASE_PROCESSING,         ///< In milliseconds of audio.
    installing = TIRO_PHASE_INSTALLING,         ///< A model; in bytes.
    login_required = TIRO_PHASE_LOGIN_REQUIRED, ///< A person has to log in: `login()`.
};

/// How far an operation is.
struct progress_state {
    tiro::phase phase = tiro::phase::starting;
    std::uint64_t done = 0;
    std::uint64_t total = 0; ///< 0: not known.

    /// From 0 to 1, where it can be told.
    [[nodiscard]] std::optional<double> fraction() const noexcept {
        if (total == 0)
            return std::nullopt;
        return static_cast<double>(done) / static_cast<double>(total);
    }
    friend bool operator==(const progress_state &a, const progress_state &b) noexcept {
        return a.phase == b.phase && a.done == b.done && a.total == b.total;
    }
    friend bool operator!=(const progress_state &a, const progress_state &b) noexcept { return !(a == b); }
};

/// Cancels an operation that somebody else has. A copy may outlive the operation: it does nothing then. For
/// `std::stop_callback`, signal handling threads, buttons.
class canceller {
public:
    explicit canceller(tiro_op *op) noexcept : op_(op) {}
    void operator()() const noexcept { tiro_op_cancel(op_, nullptr); }

private:
    tiro_op *op_;
};

/// What operations of every result have in common. For any number of threads at once, but for what moves it or takes its
/// result.
///
/// **The destructor of one that runs cancels it and does not wait**: its connection is closed, its callbacks are still
/// called, with TIRO_E_CANCELLED. `detach` lets it go on instead.
///
/// A verb that could not start one gives an operation without a handle that has ended with the error.
class basic_operation : public handle<tiro_op> {
public:
    using handle::handle;
    basic_operation() noexcept = default;
    explicit basic_operation(const error &failed) : failed_(failed) {}

    /// Asks it to end; it ends as TIRO_E_CANCELLED, unless it has ended already.
    void cancel() const noexcept { tiro_op_cancel(native_handle(), nullptr); }
    /// What cancels it from elsewhere, also after its result was handed over.
    [[nodiscard]] tiro::canceller canceller() const noexcept { return tiro::canceller(native_handle()); }
    /// Lets it go on by itself; this object is empty then.
    void detach() noexcept { tiro_op_detach(release(), nullptr); }
    /// Whether it has ended. Does not wait.
    [[nodiscard]] bool done() const noexcept { return !*this || tiro_op_wait(native_handle(), 0, nullptr) != TIRO_PENDING; }
    /// How far it is.
    [[nodiscard]] progress_state progress() const noexcept {
        progress_state state;
        std::int32_t number = TIRO_PHASE_STARTING;
        tiro_op_progress(native_handle(), &number, &state.done, &state.total, nullptr);
        state.phase = static_cast<tiro::phase>(number);
        return state;
    }
    /// The login that it waits for, while it does.
    [[nodiscard]] std::optional<tiro::login> login() const {
        tiro_login *native = nullptr;
        tiro_op_login(native_handle(), &native, nullptr);
        return native != nullptr ? std::optional<tiro::login>(tiro::login(native)) : std::nullopt;
    }

    /// Waits until it has ended, at most so long: whether it has. The result stays. An error is one of the wait itself, such
    /// as TIRO_E_DEADLOCK in a callback, never the operation's.
    template <class Rep, class Period>
    [[nodiscard]] result<bool> try_wait_for(std::chrono::duration<Rep, Period> wait) const {
        return waited(detail::timeout(wait));
    }
    /// Calls a function once when it has ended, with TIRO_OK or what it failed with, also if it has ended already: on the
    /// library's one callback thread, where a tiro call that would block is TIRO_E_DEADLOCK. Any number of functions may wait.
    /// They are still called if the operation is destroyed. What one throws goes to `set_unhandled`.
    result<void> try_on_done(std::function<void(tiro_status)> function) const {
        using callback = std::function<void(tiro_status)>;
        if (failed_)
            return *failed_;
        if (!function)
            return detail::own_error(TIRO_E_NULL, "no function is given");
        auto *kept = new callback(std::move(function));
        return detail::done([&](tiro_error **err) {
            return tiro_op_on_done(
                native_handle(),
                [](void *data, tiro_op *, tiro_status status) {
                    detail::guarded([&] { (*static_cast<callback *>(data))(status); });
                },
                kept, &detail::destroy<callback>, err);
        });
    }

#if TIRO_EXCEPTIONS
    /// As `try_wait_for`. \throws error of the wait itself
    template <class Rep, class Period>
    bool wait_for(std::chrono::duration<Rep, Period> wait) const {
        return try_wait_for(wait).value();
    }
    /// Waits until it has ended, without limit. \throws error of the wait itself
    void wait() const { waited(-1).value(); }
    /// As `try_on_done`. \throws error
    void on_done(std::function<void(tiro_status)> function) const { try_on_done(std::move(function)).value(); }
#endif

    /// What it could not be started for.
    [[nodiscard]] const std::optional<error> &failed() const noexcept { return failed_; }

protected:
    [[nodiscard]] result<bool> waited(std::int64_t ms) const {
        if (failed_)
            return true;
        const auto status = detail::called([&](tiro_error **err) { return tiro_op_wait(native_handle(), ms, err); });
        if (status)
            return *status != TIRO_PENDING;
        switch (status.error().code()) {
        case TIRO_E_NULL:
        case TIRO_E_HANDLE:
        case TIRO_E_DEADLOCK:
        case TIRO_E_FORKED:
            return status.error();
        default: // how the operation ended
            return true;
        }
    }

private:
    std::optional<error> failed_;
};

namespace detail {

// The result's type says how it is taken.
inline tiro_status join(tiro_op *op, std::int64_t ms, tiro_recording **out, tiro_error **err) noexcept {
    return tiro_op_join_recording(op, ms, out, err);
}
inline tiro_status join(tiro_op *op, std::int64_t ms, tiro_page **out, tiro_error **err) noexcept {
    return tiro_op_join_page(op, ms, out, err);
}
inline tiro_status join(tiro_op *op, std::int64_t ms, tiro_transcript **out, tiro_error **err) noexcept {
    return tiro_op_join_transcript(op, ms, out, err);
}
inline tiro_status join(tiro_op *op, std::int64_t ms, tiro_document **out, tiro_error **err) noexcept {
    return tiro_op_join_document(op, ms, out, err);
}
inline tiro_status join(tiro_op *op, std::int64_t ms, tiro_client **out, tiro_error **err) noexcept {
    return tiro_op_join_client(op, ms, out, err);
}
inline tiro_status join(tiro_op *op, std::int64_t ms, tiro_login **out, tiro_error **err) noexcept {
    return tiro_op_join_login(op, ms, out, err);
}
inline tiro_status join(tiro_op *op, std::int64_t ms, tiro_order **out, tiro_error **err) noexcept {
    return tiro_op_join_order(op, ms, out, err);
}

#if TIRO_COROUTINES
inline constexpr bool throws = TIRO_EXCEPTIONS != 0;

template <class Operation, bool Throws>
class awaiter;
#endif

} // namespace detail

/// A running call and, once it has ended, its result, a `T`. One of `get`, `try_get`, `then`, `future` and `co_await` takes
/// the result; the operation is empty then.
template <class T>
class [[nodiscard]] operation : public basic_operation {
public:
    using basic_operation::basic_operation;
    operation() noexcept = default;

    /// Waits until it has ended, without limit, and takes the result. In a callback, of an operation that runs, it is
    /// TIRO_E_DEADLOCK, and the operation stays.
    [[nodiscard]] result<T> try_get() {
        if (failed())
            return *failed();
        auto taken = joined();
        // All but this one have ended it.
        if (taken || taken.error().code() != TIRO_E_DEADLOCK)
            reset();
        else
            return taken;
        if (!taken && threw_ && taken.error().code() == TIRO_E_SOURCE)
            if (const std::exception_ptr cause = threw_->get())
                return taken.error().because(cause);
        return taken;
    }

#if TIRO_EXCEPTIONS
    /// As `try_get`. \throws error
    T get() { return try_get().value(); }

    /// The same, and meanwhile gives the progress to a function of one `progress_state`, on this thread, whenever it has
    /// changed. What the function throws comes out of here, and the operation stays. \throws error
    template <class F>
    T get(F &&on_progress, std::chrono::milliseconds every = std::chrono::milliseconds(100)) {
        std::optional<progress_state> last;
        while (!wait_for(every))
            if (const progress_state now = progress(); !last || now != *last)
                on_progress(*(last = now));
        return get();
    }
#endif

    /// Hands the result to a function of one `result<T>`, once: on the library's callback thread (see `try_on_done`), or at
    /// once on this thread if the operation could not be started. `canceller` is the way to cancel it after that.
    template <class F>
    void then(F function) && {
        struct waiting {
            operation self;
            F function;
        };
        using shared = std::shared_ptr<waiting>;
        auto state = std::make_shared<waiting>(waiting{std::move(*this), std::move(function)});
        if (state->self.failed()) {
            state->function(state->self.try_get());
            return;
        }
        tiro_error *err = nullptr;
        const tiro_status status = tiro_op_on_done(
            state->self.native_handle(),
            [](void *data, tiro_op *, tiro_status) {
                detail::guarded([&] {
                    waiting &mine = **static_cast<shared *>(data);
                    mine.function(mine.self.try_get());
                });
            },
            new shared(state), &detail::destroy<shared>, &err);
        if (status < 0)
            state->function(result<T>(detail::taken(err, status)));
    }

    /// The result as a standard future, with the error as a value. Waiting for it in a callback waits for ever: it does not
    /// know of tiro's callback thread.
    [[nodiscard]] std::future<result<T>> try_future() && {
        std::promise<result<T>> promise;
        auto future = promise.get_future();
        std::move(*this).then([promise = std::move(promise)](result<T> outcome) mutable { promise.set_value(std::move(outcome)); });
        return future;
    }

#if TIRO_EXCEPTIONS
    /// As `try_future`; the error is thrown by the future's get.
    [[nodiscard]] std::future<T> future() && {
        std::promise<T> promise;
        auto future = promise.get_future();
        std::move(*this).then([promise = std::move(promise)](result<T> outcome) mutable {
            if (!outcome)
                promise.set_exception(std::make_exception_ptr(outcome.error()));
            else if constexpr (std::is_void_v<T>)
                promise.set_value();
            else
                promise.set_value(std::move(outcome).value());
        });
        return future;
    }
#endif

#if TIRO_COROUTINES
    /// `co_await operation` takes the result as `get` does (without exceptions: as `try_get`). The coroutine is resumed on
    /// the library's callback thread, unless the operation had ended before. There, further `co_await` are fine, and calls
    /// that block are TIRO_E_DEADLOCK; long work keeps all other callbacks waiting: `via` resumes elsewhere. A coroutine that
    /// is destroyed while it waits is not resumed.
    auto operator co_await() & noexcept { return detail::awaiter<operation &, detail::throws>(*this, nullptr); }
    auto operator co_await() && noexcept { return detail::awaiter<operation, detail::throws>(std::move(*this), nullptr); }

    /// `co_await operation.via(post)`: `post` is called on the callback thread with the coroutine, a
    /// `std::coroutine_handle<>`, and has another thread call it: an event loop, a pool of threads.
    auto via(std::function<void(std::coroutine_handle<>)> post) & {
        return detail::awaiter<operation &, detail::throws>(*this, std::move(post));
    }
    auto via(std::function<void(std::coroutine_handle<>)> post) && {
        return detail::awaiter<operation, detail::throws>(std::move(*this), std::move(post));
    }

    /// `co_await operation.as_result()`: as `try_get`, nothing is thrown.
    auto as_result(std::function<void(std::coroutine_handle<>)> post = nullptr) & {
        return detail::awaiter<operation &, false>(*this, std::move(post));
    }
    auto as_result(std::function<void(std::coroutine_handle<>)> post = nullptr) && {
        return detail::awaiter<operation, false>(std::move(*this), std::move(post));
    }
#endif

private:
    friend class client;

    result<T> joined() {
        if constexpr (std::is_void_v<T>) {
            return detail::done([&](tiro_error **err) { return tiro_op_join(native_handle(), -1, err); });
        } else {
            typename T::native_type *out = nullptr;
            const auto status =
                detail::called([&](tiro_error **err) { return detail::join(native_handle(), -1, &out, err); });
            if (!status)
                return status.error();
            return T(out);
        }
    }

    std::shared_ptr<const detail::thrown> threw_; // by the functions of the source that it reads
};

/// What a service tells, until it is cancelled or destroyed.
class [[nodiscard]] event_stream : public basic_operation {
public:
    using basic_operation::basic_operation;
    event_stream() noexcept = default;

    /// The oldest event, waited for at most so long: nothing if none came. Once the stream has ended and all are taken, the
    /// error that it ended with; TIRO_E_CANCELLED if that was none.
    template <class Rep, class Period>
    [[nodiscard]] result<std::optional<service_event>> try_next(std::chrono::duration<Rep, Period> wait) const {
        using taken = std::optional<service_event>;
        if (failed())
            return *failed();
        tiro_service_event *event = nullptr;
        const auto status = detail::called(
            [&](tiro_error **err) { return tiro_op_take_event(native_handle(), detail::timeout(wait), &event, err); });
        if (!status)
            return status.error();
        return event != nullptr ? taken(service_event(event)) : taken();
    }

#if TIRO_EXCEPTIONS
    /// As `try_next`. \throws error
    template <class Rep, class Period>
    [[nodiscard]] std::optional<service_event> next(std::chrono::duration<Rep, Period> wait) const {
        return try_next(wait).value();
    }
#endif
};

#if TIRO_COROUTINES
namespace detail {

/// A coroutine that waits: whoever takes its address, the callback or the awaiter's destructor, decides.
struct suspended {
    std::atomic<void *> coroutine;
    std::function<void(std::coroutine_handle<>)> post;

    void resume() {
        void *address = coroutine.exchange(nullptr);
        if (address == nullptr)
            return;
        const auto handle = std::coroutine_handle<>::from_address(address);
        if (post)
            post(handle);
        else
            handle.resume();
    }
};

/// What `co_await` waits with; it owns a temporary operation, and refers to any other.
template <class Operation, bool Throws>
class [[nodiscard]] awaiter {
public:
    template <class Given>
    awaiter(Given &&operation, std::function<void(std::coroutine_handle<>)> post)
        : operation_(std::forward<Given>(operation)), post_(std::move(post)) {}
    awaiter(const awaiter &) = delete;
    awaiter &operator=(const awaiter &) = delete;
    ~awaiter() {
        if (suspended_)
            suspended_->coroutine.exchange(nullptr);
    }

    [[nodiscard]] bool await_ready() const noexcept { return operation_.done(); }
    bool await_suspend(std::coroutine_handle<> coroutine) {
        const auto waiting = std::make_shared<suspended>();
        waiting->coroutine = coroutine.address();
        waiting->post = std::move(post_);
        suspended_ = waiting;
        // It may be resumed, and this object gone, before the call returns: nothing of it is touched after.
        const auto started = operation_.try_on_done([waiting](tiro_status) { waiting->resume(); });
        return started.has_value();
    }
    auto await_resume() {
        if constexpr (Throws)
            return operation_.get();
        else
            return operation_.try_get();
    }

private:
    Operation operation_;
    std::function<void(std::coroutine_handle<>)> post_;
    std::shared_ptr<suspended> suspended_;
};

} // namespace detail
#endif

} // namespace TIRO_CPP_ABI
} // namespace tiro

#endif
