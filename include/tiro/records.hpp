/// \file
/// What a service tells of recordings, orders, logins: recordings, pages, orders, logins, documents, events. All are as they
/// were when asked, and any number of threads may read them. Part of `tiro.hpp`.

#ifndef TIRO_RECORDS_HPP
#define TIRO_RECORDS_HPP

#include <tiro/transcript.hpp>

namespace tiro {
inline namespace TIRO_CPP_ABI {
namespace detail {

/// Unix milliseconds as a moment; `unknown` and below: none.
inline std::optional<std::chrono::system_clock::time_point> moment(std::int64_t unix_ms, std::int64_t unknown) noexcept {
    if (unix_ms <= unknown)
        return std::nullopt;
    return std::chrono::system_clock::time_point(
        std::chrono::duration_cast<std::chrono::system_clock::duration>(std::chrono::milliseconds(unix_ms)));
}

} // namespace detail

/// Where a recording is on its way. There may be more of them later.
enum class recording_status : std::int32_t {
    unknown = TIRO_STATUS_UNKNOWN, ///< A status of the service that tiro does not know: `raw_status`. Never final.
    uploading = TIRO_STATUS_UPLOADING,
    queued = TIRO_STATUS_QUEUED,
    processing = TIRO_STATUS_PROCESSING,
    needs_action = TIRO_STATUS_NEEDS_ACTION, ///< The service waits for somebody to act.
    ready = TIRO_STATUS_READY,               ///< The transcript can be fetched.
    failed = TIRO_STATUS_FAILED,             ///< There will be no transcript.
};

/// A recording at a service.
class recording : public handle<tiro_recording> {
public:
    using handle::handle;
    recording() noexcept = default;

    TIRO_TEXT(id, tiro_recording_id)
    /// The file name.
    TIRO_TEXT(name, tiro_recording_name)
    /// The service's own word for the status.
    TIRO_TEXT(raw_status, tiro_recording_raw_status)
    /// Why it failed, or what it waits for.
    TIRO_TEXT(failure, tiro_recording_failure)
    /// Who is editing it in the service's own pages.
    TIRO_TEXT(editor, tiro_recording_editor)
    /// The service's own description, JSON.
    TIRO_TEXT(raw, tiro_recording_raw)
    [[nodiscard]] recording_status status() const noexcept {
        return static_cast<recording_status>(tiro_recording_status(constant()));
    }
    /// When the service got it, if that is known.
    [[nodiscard]] std::optional<std::chrono::system_clock::time_point> created_at() const noexcept {
        return detail::moment(tiro_recording_created_at_ms(constant()), 0);
    }
    /// When its status changed last, if the service says so.
    [[nodiscard]] std::optional<std::chrono::system_clock::time_point> changed_at() const noexcept {
        return detail::moment(tiro_recording_changed_at_ms(constant()), 0);
    }
    /// Length of its sound, if it is known.
    [[nodiscard]] std::optional<std::chrono::milliseconds> duration() const noexcept {
        const std::int64_t ms = tiro_recording_duration_ms(constant());
        return ms < 0 ? std::nullopt : std::optional(std::chrono::milliseconds(ms));
    }
    /// In bytes.
    [[nodiscard]] std::uint64_t size() const noexcept { return tiro_recording_size(constant()); }
};

/// A page of a list of recordings, which are handles of their own: `for (const tiro::recording &each : page)`.
class page : public handle<tiro_page> {
    struct elements {
        const tiro_page *native = nullptr;
        tiro::recording operator[](std::size_t index) const {
            tiro_recording *taken = nullptr;
            tiro_page_recording(native, index, &taken, nullptr);
            return tiro::recording(taken);
        }
    };

public:
    using handle::handle;
    page() noexcept = default;
    using iterator = detail::iterator<elements>;

    [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(tiro_page_count(constant())); }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    /// How many recordings the service has in all, if it says so.
    [[nodiscard]] std::optional<std::uint64_t> total() const noexcept {
        const std::int64_t count = tiro_page_total(constant());
        return count < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(count));
    }
    /// A recording by its number; an empty one if there is none of that number.
    [[nodiscard]] tiro::recording operator[](std::size_t index) const { return elements{constant()}[index]; }
    [[nodiscard]] iterator begin() const { return {elements{constant()}, 0}; }
    [[nodiscard]] iterator end() const { return {elements{constant()}, size()}; }

    /// The recordings by Arrow's C data interface; end both with their release.
    result<void> try_arrow(ArrowSchema &schema, ArrowArray &array) const {
        return detail::done([&](tiro_error **err) { return tiro_page_arrow(constant(), &schema, &array, err); });
    }
#if TIRO_EXCEPTIONS
    /// As `try_arrow`. \throws error
    void arrow(ArrowSchema &schema, ArrowArray &array) const { try_arrow(schema, array).value(); }
#endif
};

/// An order at a service that charges. Money is decimal text, never a floating-point number.
class order : public handle<tiro_order> {
public:
    using handle::handle;
    order() noexcept = default;

    TIRO_TEXT(id, tiro_order_id)
    /// The service's own number or word for the status.
    TIRO_TEXT(raw_status, tiro_order_raw_status)
    /// All in all, such as "5.00 USD", as the option confirmed_price takes it; empty: the service did not say.
    TIRO_TEXT(price, tiro_order_price)
    TIRO_TEXT(amount, tiro_order_amount)
    TIRO_TEXT(currency, tiro_order_currency)
    /// The service's own description, JSON.
    TIRO_TEXT(raw, tiro_order_raw)
    [[nodiscard]] std::size_t recording_count() const noexcept {
        return static_cast<std::size_t>(tiro_order_recording_count(constant()));
    }
    /// The id of a recording by its number from 0; empty: there is none.
    [[nodiscard]] std::string recording_id(std::size_t index) const { return tiro_order_recording_id(constant(), index, nullptr); }
    /// What it costs; empty: not known.
    [[nodiscard]] std::string recording_price(std::size_t index) const {
        return tiro_order_recording_price(constant(), index, nullptr);
    }
    /// When it was paid, if it was and the service says so.
    [[nodiscard]] std::optional<std::chrono::system_clock::time_point> paid_at() const noexcept {
        return detail::moment(tiro_order_paid_at_ms(constant()), -1);
    }
};

/// A login that a person has to go through in a browser.
class login : public handle<tiro_login> {
public:
    using handle::handle;
    login() noexcept = default;

    /// Where to send the person's browser.
    TIRO_TEXT(url, tiro_login_url)
    /// What the redirect carries back as state: by it a web host finds the person's session.
    TIRO_TEXT(state, tiro_login_state)
    /// What completes the login. A secret: keep it in the person's session at the server.
    TIRO_TEXT(ticket, tiro_login_ticket)
};

/// Bytes with their media type: an export, an answer of the service, or JSON of tiro's own.
class document : public handle<tiro_document> {
    static const char *bytes_of(const tiro_document *native, std::size_t *size) noexcept {
        return static_cast<const char *>(tiro_document_bytes(native, size));
    }

public:
    using handle::handle;
    document() noexcept = default;

    /// The bytes, whatever they are.
    TIRO_TEXT(bytes, bytes_of)
    /// The bytes as text; empty if they are not UTF-8.
    TIRO_TEXT(text, tiro_document_text)
    TIRO_TEXT(content_type, tiro_document_content_type)
    /// The file name that the service suggests, without any folder. Not to be trusted further.
    TIRO_TEXT(name, tiro_document_name)
    /// The HTTP status that it came with; 0: not from a server.
    [[nodiscard]] std::int32_t http_status() const noexcept { return tiro_document_http_status(constant()); }
};

/// What a service tells without being asked. Pass over kinds that you do not know.
enum class service_event_kind : std::int32_t {
    recording_changed = TIRO_SERVICE_EVENT_RECORDING_CHANGED,
    list_changed = TIRO_SERVICE_EVENT_LIST_CHANGED, ///< Recordings were deleted or renamed, or events lost: list them again.
    upload_denied = TIRO_SERVICE_EVENT_UPLOAD_DENIED,
    account_deleted = TIRO_SERVICE_EVENT_ACCOUNT_DELETED, ///< No event follows.
    export_completed = TIRO_SERVICE_EVENT_EXPORT_COMPLETED,
};

/// What a service has told.
class service_event : public handle<tiro_service_event> {
public:
    using handle::handle;
    service_event() noexcept = default;

    [[nodiscard]] service_event_kind kind() const noexcept {
        return static_cast<service_event_kind>(tiro_service_event_kind(constant()));
    }
    /// The recording that it is about; empty: none.
    TIRO_TEXT(recording_id, tiro_service_event_recording_id)
    /// What the service sent, JSON; empty: it was found by asking.
    TIRO_TEXT(detail, tiro_service_event_detail)
    /// The recording as it is known by then; an event need not have one.
    [[nodiscard]] std::optional<tiro::recording> recording() const {
        tiro_recording *taken = nullptr;
        tiro_service_event_recording(constant(), &taken, nullptr);
        return taken != nullptr ? std::optional<tiro::recording>(tiro::recording(taken)) : std::nullopt;
    }
};

} // namespace TIRO_CPP_ABI
} // namespace tiro

#endif
