//! Options of TranscribeMe's wire. Part of it is undocumented or contradicts itself (`service/transcribeme/endpoints.rs`
//! says which): so every path and name is an option, and its default here is the one place where it stands, for client
//! and sandbox.

use super::Scope::{Call, Client};
use super::{Choice, Integer, OptionEntry, Secret, Text, row};

const TRANSCRIBEME: &[&str] = &["transcribeme"];

const fn path(key: &'static str, default: &'static str, doc: &'static str) -> OptionEntry {
    row(key, Text, default, Client, TRANSCRIBEME, doc)
}

pub(super) const ROWS: &[OptionEntry] = &[
    row(
        "application_token",
        Secret,
        "",
        Client,
        TRANSCRIBEME,
        "Signs in an account for programs, instead of its password.",
    ),
    row(
        "external_token",
        Secret,
        "",
        Client,
        TRANSCRIBEME,
        "Token of another provider that signs an account in; with `provider` and `role`.",
    ),
    path("provider", "", "Whose `external_token` it is: `Facebook` or `Google`."),
    path("role", "", "Role of the account that `external_token` signs in; the vendor lists no values."),
    path("transcribeme.path.accents", "/dictionaries/languages/accents", "Accents of a language."),
    path("transcribeme.path.billing_address", "/billing/address", "Billing address."),
    path("transcribeme.path.billing_card", "/billing/card", "Card that is charged."),
    path(
        "transcribeme.path.billing_client_token",
        "/billing/gateway/client-token",
        "Token for the payment gateway's own forms.",
    ),
    path("transcribeme.path.currencies", "/transcription/currencies", "Currencies."),
    path("transcribeme.path.domains", "/transcription/domains", "Fields of knowledge."),
    path("transcribeme.path.download", "/recordings/download", "Fetches a transcript as a file."),
    path("transcribeme.path.languages", "/dictionaries/languages", "Languages."),
    path("transcribeme.path.order", "/orders/{orderId}", "An order."),
    path("transcribeme.path.order_currency", "/orders/{orderId}/currency", "Sets an order's currency."),
    path(
        "transcribeme.path.order_edit",
        "/orders/{orderId}/recordings/edit",
        "Sets what is bought for each recording of an order.",
    ),
    path("transcribeme.path.order_place", "/orders/{orderId}/place", "Buys an order."),
    path(
        "transcribeme.path.order_promo",
        "/orders/{orderId}/promocode",
        "Applies a promotional code to an order.",
    ),
    path("transcribeme.path.orders", "/orders", "Makes an order."),
    path("transcribeme.path.outputs", "/transcription/outputgroups", "Kinds of document."),
    path("transcribeme.path.recording_status", "/recordings/{recordingId}/status", "Status of a recording."),
    path(
        "transcribeme.path.recording_statuses",
        "/dictionaries/recordingstatuses",
        "Meanings of a recording's status.",
    ),
    path("transcribeme.path.recordings", "/recordings", "The list of recordings."),
    path(
        "transcribeme.path.regenerate_token",
        "/applications/tokens/regenerate",
        "Makes a new application token.",
    ),
    path("transcribeme.path.speakers", "/transcription/speakers", "Numbers of speakers."),
    path("transcribeme.path.token", "/token", "Gives out tokens, below `auth_base_url`."),
    path(
        "transcribeme.path.transcript",
        "/recordings/{recordingId}/transcription",
        "The transcript as JSON.",
    ),
    path(
        "transcribeme.path.transcript_file",
        "/recordings/{recordingId}/transcription/{format}",
        "The transcript as a file.",
    ),
    path("transcribeme.path.turnarounds", "/transcription/turnaround", "How soon a transcript can be had."),
    path("transcribeme.path.types", "/transcription/types", "Kinds of transcription."),
    path("transcribeme.path.upload_commit", "/uploads/async/commit", "Ends an upload in parts."),
    path("transcribeme.path.upload_remote", "/recordings/remote", "Takes a recording from a URL."),
    path(
        "transcribeme.path.upload_remote_second",
        "/recordings/upload/remote",
        "Asked where the first path is not known to the service (docs/assumptions.md).",
    ),
    path("transcribeme.path.upload_simple", "/recordings/upload", "Takes a recording in one request."),
    path(
        "transcribeme.path.upload_sync",
        "/uploads/sync",
        "Takes a recording in one request after its id (docs/assumptions.md).",
    ),
    path("transcribeme.path.upload_url", "/uploads/url", "Begins an upload: says where its parts go."),
    row(
        "transcribeme.poll_first_ms",
        Integer(1, 86_400_000),
        "5000",
        Client,
        TRANSCRIBEME,
        "From when a recording is waited for to when its status is first asked for, in ms. The pause grows by half each time that nothing has changed.",
    ),
    row(
        "transcribeme.poll_longest_ms",
        Integer(1, 86_400_000),
        "300000",
        Client,
        TRANSCRIBEME,
        "Longest pause between two looks at a recording's status, in ms. A client never asks more than once a second in all.",
    ),
    row(
        "transcribeme.export",
        Choice(&["file", "download", "tiro"]),
        "file",
        Call,
        TRANSCRIBEME,
        "Where `txt`, `docx` and `pdf` come from: the `file` by its format's word, as the vendor's own client has it; the `download` call, as its pages have it; or `tiro` writes them from the transcript, as it does all other formats.",
    ),
    row(
        "transcribeme.parallel_parts",
        Integer(1, 16),
        "1",
        Call,
        TRANSCRIBEME,
        "How many parts of an upload are under way at once. Parts of what cannot be read again from where they begin are held in memory until they have arrived.",
    ),
    row(
        "transcribeme.part_body",
        Choice(&["multipart", "raw"]),
        "multipart",
        Client,
        TRANSCRIBEME,
        "What a part is sent as: a form with a file, as the vendor's pages have it, or its bytes alone, as its own client has it.",
    ),
    row(
        "transcribeme.part_bytes",
        Integer(65_536, 1 << 30),
        "5242880",
        Call,
        TRANSCRIBEME,
        "Size of the parts of an upload, in bytes; the last may be smaller.",
    ),
    path("transcribeme.part_field", "file", "Name of the form's field that holds a part."),
    path(
        "transcribeme.simple_field",
        "file",
        "Name of the form's field that holds the file of a simple upload; the vendor's sample has `name` (docs/assumptions.md).",
    ),
    path(
        "transcribeme.trusted_origins",
        "",
        "Origins beside the API's own, with commas, such as `https://storage.example.com`, that get the credentials if the service sends an upload's parts there. Hosts below `transcribeme.com` get them while the API is the vendor's own.",
    ),
    row(
        "transcribeme.upload",
        Choice(&["parts", "simple", "sync"]),
        "parts",
        Call,
        TRANSCRIBEME,
        "How a recording is uploaded: in `parts`, which can be taken up again; in one `simple` request, which the vendor calls deprecated; or in one after its id (`sync`), as the vendor's own client does.",
    ),
];
