/// \file
/// Clients: one identity at one service, and all its verbs. Part of `tiro.hpp`.

#ifndef TIRO_CLIENT_HPP
#define TIRO_CLIENT_HPP

#include <tiro/operation.hpp>

namespace tiro {
inline namespace TIRO_CPP_ABI {

/// Gives access tokens of the program's own: called with the token that the service takes no more, or nothing; an empty
/// text, or an exception, is none. Called on library threads, one call at a time; may block. Tokens are secrets.
using token_function = std::function<std::string(std::optional<std::string_view> refused)>;

namespace detail {

struct token_state {
    token_function function;
    std::string waiting; // a token that had no room

    static std::int64_t give(void *self, const char *refused, char *buffer, std::size_t cap) noexcept {
        auto &state = *static_cast<token_state *>(self);
        std::int64_t size = -1;
        guarded([&] {
            if (state.waiting.empty())
                state.waiting = state.function(refused != nullptr ? std::optional<std::string_view>(refused) : std::nullopt);
            size = static_cast<std::int64_t>(state.waiting.size());
            if (state.waiting.size() > cap)
                return;
            state.waiting.copy(buffer, cap);
            // Nothing of a secret is left behind.
            for (char &each : state.waiting)
                static_cast<volatile char &>(each) = '\0';
            state.waiting.clear();
        });
        return size;
    }
};

} // namespace detail

/// One identity at one service. For any number of threads at once. Its destructor lets its operations go on; `cancel_all`
/// ends them first.
///
/// **Every verb starts an operation and returns at once.** It never throws for what the service or the arguments are: that
/// is the operation's error, which its `get` throws or its `try_get` gives. The last argument of each is options of that
/// call alone.
class client : public handle<tiro_client> {
    using text = detail::text;

public:
    using handle::handle;
    /// An empty one, as after a move. `client(options())` is the local service.
    client() noexcept = default;

    /// A client of the service that the options name. Does no I/O and starts no thread.
    [[nodiscard]] static result<client> make(const options &options) {
        if (options.failed())
            return *options.failed();
        return detail::made<client>(tiro_client_new, options.native_handle());
    }
    /// One whose access tokens come from a function. It is destroyed after the client and its operations are gone.
    [[nodiscard]] static result<client> make(const options &options, token_function tokens) {
        if (options.failed())
            return *options.failed();
        if (!tokens)
            return detail::own_error(TIRO_E_NULL, "no function is given");
        auto *state = new detail::token_state{std::move(tokens), {}};
        return detail::made<client>(tiro_client_new_with_tokens, options.native_handle(), &detail::token_state::give, state,
                                    &detail::destroy<detail::token_state>);
    }
#if TIRO_EXCEPTIONS
    /// As `make`: `tiro::client client{{{"service", "gospeech"}, {"client_id", "..."}}};`. \throws error
    explicit client(const options &options) : client(make(options).value()) {}
    /// As `make` with a function that gives tokens. \throws error
    client(const options &options, token_function tokens) : client(make(options, std::move(tokens)).value()) {}
#endif

    /// Cancels its operations and waits until they have ended, at most so long: whether they have. In a callback it cancels
    /// without waiting.
    template <class Rep, class Period>
    result<bool> try_cancel_all(std::chrono::duration<Rep, Period> wait) const {
        const auto status = detail::called(
            [&](tiro_error **err) { return tiro_client_cancel_all(native_handle(), detail::timeout(wait), err); });
        if (!status)
            return status.error();
        return *status != TIRO_PENDING;
    }
#if TIRO_EXCEPTIONS
    /// As `try_cancel_all`. \throws error
    template <class Rep, class Period>
    bool cancel_all(std::chrono::duration<Rep, Period> wait) const {
        return try_cancel_all(wait).value();
    }
#endif

    /// \name Recordings and transcripts
    /// \{

    /// The whole job: upload, on a service that charges order and buy (only at a price that max_price or confirmed_price
    /// agrees to), wait, fetch.
    operation<tiro::transcript> transcribe(const source &from, const options &call = {}) const {
        return read<tiro::transcript>(from, call, tiro_client_transcribe, from.native_handle());
    }
    operation<tiro::recording> upload(const source &from, const options &call = {}) const {
        return read<tiro::recording>(from, call, tiro_client_upload, from.native_handle());
    }
    /// A recording as it is now.
    operation<tiro::recording> recording(std::string_view id, const options &call = {}) const {
        return start<tiro::recording>(call, tiro_client_recording, text(id));
    }
    /// At most `limit` recordings from number `offset` on.
    operation<page> recordings(std::uint64_t offset = 0, std::uint64_t limit = 100, const options &call = {}) const {
        return start<page>(call, tiro_client_recordings, offset, limit);
    }
    /// Ends when a recording is ready, at most after the option wait_timeout_ms.
    operation<tiro::recording> wait(std::string_view id, const options &call = {}) const {
        return start<tiro::recording>(call, tiro_client_wait, text(id));
    }
    /// The transcript of a recording that is ready.
    operation<tiro::transcript> transcript(std::string_view id, const options &call = {}) const {
        return start<tiro::transcript>(call, tiro_client_transcript, text(id));
    }
    /// The transcript in a format (docs/export.md), written by the service where it can.
    operation<document> export_as(std::string_view id, std::string_view format, const options &call = {}) const {
        return start<document>(call, tiro_client_export, text(id), text(format));
    }
    /// The same into a file, which appears whole or not at all.
    operation<void> export_to(std::string_view id, std::string_view format, const std::filesystem::path &path,
                              const options &call = {}) const {
        return start<void>(call, tiro_client_export_to_path, text(id), text(format), text::path(path));
    }
    /// Deletes a recording and its transcript.
    operation<void> delete_recording(std::string_view id, const options &call = {}) const {
        return start<void>(call, tiro_client_delete, text(id));
    }
    /// Deletes every recording.
    operation<void> purge(const options &call = {}) const { return start<void>(call, tiro_client_purge); }
    /// Listens to what the service tells from now on: start it before an upload.
    event_stream events(const options &call = {}) const { return begin<event_stream>(call, tiro_client_events); }

    /// \}
    /// \name Jobs that are remembered (docs/jobs.md)
    /// \{

    /// JSON: the jobs of the journal.
    operation<document> jobs(const options &call = {}) const { return start<document>(call, tiro_client_jobs); }
    /// Goes on with a job that stopped. A max_price that it was begun with still holds: this may buy.
    operation<tiro::transcript> resume(std::string_view job, const options &call = {}) const {
        return start<tiro::transcript>(call, tiro_client_resume, text(job), static_cast<tiro_source *>(nullptr));
    }
    /// The same of a job whose upload is not done and that was not begun with a path.
    operation<tiro::transcript> resume(std::string_view job, const source &from, const options &call = {}) const {
        return read<tiro::transcript>(from, call, tiro_client_resume, text(job), from.native_handle());
    }
    /// Goes on with every job that nobody works on. JSON: what became of each.
    operation<document> resume_all(const options &call = {}) const { return start<document>(call, tiro_client_resume_all); }
    /// Forgets a job that nobody works on.
    operation<void> forget(std::string_view job, const options &call = {}) const {
        return start<void>(call, tiro_client_forget, text(job));
    }

    /// \}
    /// \name Services with accounts
    /// \{

    /// Gets an access token. Never needed; it finds out early that credentials are wrong.
    operation<void> sign_in(const options &call = {}) const { return start<void>(call, tiro_client_sign_in); }
    operation<void> sign_out(const options &call = {}) const { return start<void>(call, tiro_client_sign_out); }
    /// Begins the login of a person (authorization code with PKCE).
    operation<tiro::login> login_begin(const options &call = {}) const {
        return start<tiro::login>(call, tiro_client_login_begin);
    }
    /// Ends it, with its ticket and the whole URL that the browser was redirected to: a client of that person's.
    operation<client> complete_login(std::string_view ticket, std::string_view redirect_url, const options &call = {}) const {
        return start<client>(call, tiro_client_complete_login, text(ticket), text(redirect_url));
    }
    /// The same, waiting for the browser at a redirect_uri on this machine.
    operation<client> receive_login(const tiro::login &login, const options &call = {}) const {
        return start<client>(call, tiro_client_receive_login, static_cast<const tiro_login *>(login.native_handle()));
    }
    /// The service's logout page.
    [[nodiscard]] result<std::string> try_logout_url() const {
        return detail::copied([&](char *buf, std::size_t cap, std::size_t *need, tiro_error **err) {
            return tiro_client_logout_url(native_handle(), buf, cap, need, err);
        });
    }
    /// A link to a recording in the service's own web pages.
    [[nodiscard]] result<std::string> try_recording_link(std::string_view id) const {
        const text recording(id);
        if (recording.is_cut())
            return detail::cut_text();
        return detail::copied([&](char *buf, std::size_t cap, std::size_t *need, tiro_error **err) {
            return tiro_client_recording_link(native_handle(), recording.c_str(), buf, cap, need, err);
        });
    }
    /// A link to the list of recordings there.
    [[nodiscard]] result<std::string> try_worklist_link() const {
        return detail::copied([&](char *buf, std::size_t cap, std::size_t *need, tiro_error **err) {
            return tiro_client_worklist_link(native_handle(), buf, cap, need, err);
        });
    }
    /// A request of the program's own, for what tiro has no verb for. `target` is path and query, no host. The document is
    /// whatever the server answers: look at its `http_status`. Without a body none is sent; no content type is JSON.
    operation<document> request(std::string_view method, std::string_view target, std::string_view body = {},
                                std::string_view content_type = {}, const options &call = {}) const {
        return start<document>(call, tiro_client_request, text(method), text(target),
                               static_cast<const void *>(body.empty() ? nullptr : body.data()), body.size(),
                               text::optional(content_type));
    }
    /// JSON: every endpoint of the service as it is for this client.
    [[nodiscard]] result<document> try_endpoints() const {
        return detail::made<document>(tiro_client_endpoints, native_handle());
    }
    /// JSON: what works of every endpoint that can be asked without creating, changing or spending anything.
    operation<document> doctor(const options &call = {}) const { return start<document>(call, tiro_client_doctor); }
    /// JSON: the account of an end-user, newly made. Empty initials or display name: the service makes them.
    operation<document> create_managed_user(std::string_view email, std::string_view first_name, std::string_view last_name,
                                            std::string_view initials = {}, std::string_view display_name = {},
                                            const options &call = {}) const {
        return start<document>(call, tiro_client_create_managed_user, text(email), text(first_name), text(last_name),
                               text::optional(initials), text::optional(display_name));
    }
    operation<void> delete_managed_user(std::string_view id, const options &call = {}) const {
        return start<void>(call, tiro_client_delete_managed_user, text(id));
    }
    /// A client of an end-user's account, which shares connections and limits with this one.
    [[nodiscard]] result<client> try_as_user(std::string_view email) const {
        return detail::made<client>(tiro_client_as_user, native_handle(), text(email));
    }
#if TIRO_EXCEPTIONS
    /// As `try_logout_url`. \throws error
    [[nodiscard]] std::string logout_url() const { return try_logout_url().value(); }
    /// As `try_recording_link`. \throws error
    [[nodiscard]] std::string recording_link(std::string_view id) const { return try_recording_link(id).value(); }
    /// As `try_worklist_link`. \throws error
    [[nodiscard]] std::string worklist_link() const { return try_worklist_link().value(); }
    /// As `try_endpoints`. \throws error
    [[nodiscard]] document endpoints() const { return try_endpoints().value(); }
    /// As `try_as_user`. \throws error
    [[nodiscard]] client as_user(std::string_view email) const { return try_as_user(email).value(); }
#endif

    /// \}
    /// \name Orders and billing
    /// \{

    /// Makes an order of recordings that are uploaded. Costs nothing yet.
    operation<tiro::order> create_order(const std::vector<std::string> &recording_ids, const options &call = {}) const {
        std::vector<const char *> ids;
        for (const std::string &id : recording_ids) {
            if (id.find('\0') != std::string::npos)
                return operation<tiro::order>(detail::cut_text());
            ids.push_back(id.c_str());
        }
        ids.push_back(nullptr); // no array at all would be another error than an empty one
        return start<tiro::order>(call, tiro_client_create_order, static_cast<const char *const *>(ids.data()),
                                  recording_ids.size());
    }
    operation<tiro::order> order(std::string_view id, const options &call = {}) const {
        return start<tiro::order>(call, tiro_client_order, text(id));
    }
    /// JSON: what an order would cost if it were placed now.
    operation<document> quote(std::string_view id, const options &call = {}) const {
        return start<document>(call, tiro_client_quote, text(id));
    }
    /// Sets what is bought, as the options order.* and language of this call say.
    operation<tiro::order> edit_settings(std::string_view id, const options &call) const {
        return start<tiro::order>(call, tiro_client_edit_settings, text(id));
    }
    operation<tiro::order> apply_promo(std::string_view id, std::string_view code, const options &call = {}) const {
        return start<tiro::order>(call, tiro_client_apply_promo, text(id), text(code));
    }
    /// Buys an order: spends money, only at a price that confirmed_price or max_price agrees to.
    operation<tiro::order> place(std::string_view id, const options &call = {}) const {
        return start<tiro::order>(call, tiro_client_place, text(id));
    }
    operation<void> delete_order(std::string_view id, const options &call = {}) const {
        return start<void>(call, tiro_client_delete_order, text(id));
    }
    /// JSON: one of the service's lists of what can be ordered; `of` is the entry of another list that it belongs to.
    operation<document> dictionary(std::string_view name, std::string_view of = {}, const options &call = {}) const {
        return start<document>(call, tiro_client_dictionary, text(name), text::optional(of));
    }
    /// A new token that signs programs in, as text: a secret. It may end the one before.
    operation<document> regenerate_application_token(const options &call = {}) const {
        return start<document>(call, tiro_client_regenerate_application_token);
    }
    operation<document> billing_address(const options &call = {}) const {
        return start<document>(call, tiro_client_billing_address);
    }
    operation<document> set_billing_address(std::string_view json, const options &call = {}) const {
        return start<document>(call, tiro_client_set_billing_address, text(json));
    }
    operation<document> billing_card(const options &call = {}) const { return start<document>(call, tiro_client_billing_card); }
    /// A token for the payment gateway's own forms: a secret.
    operation<document> billing_client_token(const options &call = {}) const {
        return start<document>(call, tiro_client_billing_client_token);
    }
    /// Has a card charged from now on, by the nonce that the payment gateway's forms gave for it.
    operation<document> save_billing_card(std::string_view nonce, const options &call = {}) const {
        return start<document>(call, tiro_client_save_billing_card, text(nonce));
    }
    /// \}

private:
    /// Calls a function that starts an operation, with its arguments between the client and the options of the call.
    template <class Operation, class F, class... A>
    Operation begin(const options &call, F function, const A &...arguments) const {
        if (call.failed())
            return Operation(*call.failed());
        auto made = detail::made<Operation>(function, native_handle(), arguments...,
                                            static_cast<const tiro_options *>(call.native_handle()));
        return made ? std::move(made).value() : Operation(made.error());
    }
    template <class T, class F, class... A>
    operation<T> start(const options &call, F function, const A &...arguments) const {
        return begin<operation<T>>(call, function, arguments...);
    }
    template <class T, class F, class... A>
    operation<T> read(const source &from, const options &call, F function, const A &...arguments) const {
        if (from.failed())
            return operation<T>(*from.failed());
        // Before the call: the operation may read, and fail, at once.
        auto threw = from.threw();
        auto started = start<T>(call, function, arguments...);
        started.threw_ = std::move(threw);
        return started;
    }
};

} // namespace TIRO_CPP_ABI
} // namespace tiro

#endif
