//! Options of GoSpeech's wire. More than half of it is undocumented (`service/gospeech/endpoints.rs` says which half):
//! so every path and name is an option, and its default here is the one place where it stands, for client and sandbox.

use super::Scope::{Call, Client};
use super::{Choice, Integer, OptionEntry, Text, row};

const GOSPEECH: &[&str] = &["gospeech"];

const fn path(key: &'static str, default: &'static str, doc: &'static str) -> OptionEntry {
    row(key, Text, default, Client, GOSPEECH, doc)
}

pub(super) const ROWS: &[OptionEntry] = &[
    row(
        "discovery",
        Choice(&["off", "on"]),
        "off",
        Client,
        GOSPEECH,
        "Whether the paths of the sign-in that are not set are asked of the service's OpenID configuration. One of another origin is refused.",
    ),
    path("gospeech.api_version", "", "Version of the API to ask for. Default: none is sent."),
    path("gospeech.api_version_param", "api-version", "Query parameter of `gospeech.api_version`."),
    row(
        "gospeech.client_auth",
        Choice(&["body", "basic"]),
        "body",
        Client,
        GOSPEECH,
        "How the client secret is sent to the token endpoint: a field of the body, or HTTP Basic.",
    ),
    path(
        "gospeech.export_body",
        "{\"format\":\"{format}\"}",
        "JSON that starts an export; `{format}` is `txt`, `docx` or `pdf`.",
    ),
    path("gospeech.hub_base_url", "", "Where the hub of events is. Default: `api_base_url`."),
    path(
        "gospeech.link.recording",
        "",
        "Link of a recording in the vendor's web pages; `{recordId}` is its id.",
    ),
    path("gospeech.link.worklist", "", "Link of a user's list in the vendor's web pages."),
    path("gospeech.list_query", "", "Further query of the list of recordings, such as `sort=title`."),
    path(
        "gospeech.management_scope",
        "management-api",
        "Scope for managed users. The vendor's pages spell it `management-api` and `managed-api`.",
    ),
    path("gospeech.path.authorize", "/connect/authorize", "Login page, below `auth_base_url`."),
    path("gospeech.path.delete", "/api/records/{recordId}", "Deletes a recording."),
    path("gospeech.path.discovery", "/.well-known/openid-configuration", "OpenID configuration."),
    path("gospeech.path.end_session", "/connect/endsession", "Logout page, below `auth_base_url`."),
    path(
        "gospeech.path.export_download",
        "/api/records/{recordId}/transcript/export/{fileId}",
        "Fetches an export that is complete.",
    ),
    path("gospeech.path.export_start", "/api/records/{recordId}/transcript/export", "Starts an export."),
    path("gospeech.path.hub", "/hubs/common", "Hub of events (SignalR)."),
    path("gospeech.path.managed_user_create", "/api/users/managed", "Creates a managed user."),
    path("gospeech.path.managed_user_delete", "/api/users/managed/{userId}", "Deletes a managed user."),
    path("gospeech.path.recording", "/api/records/{recordId}", "A recording."),
    path("gospeech.path.recordings", "/api/records/worklist", "The list of recordings."),
    path("gospeech.path.revocation", "/connect/revocation", "Ends a refresh token."),
    path("gospeech.path.token", "/connect/token", "Gives out tokens, below `auth_base_url`."),
    path("gospeech.path.transcript", "/api/records/{recordId}/transcript", "The transcript as JSON."),
    path("gospeech.path.upload", "/api/records", "Takes a recording."),
    row(
        "gospeech.push",
        Choice(&["on", "off"]),
        "on",
        Client,
        GOSPEECH,
        "Whether recordings are followed by the hub's events; else, and while there is no hub, by asking.",
    ),
    row(
        "gospeech.refresh_margin_ms",
        Integer(0, 86_400_000),
        "60000",
        Client,
        GOSPEECH,
        "How long before its end an access token is renewed, in ms; never more than half its life.",
    ),
    row(
        "gospeech.upload_content_type",
        Text,
        "",
        Call,
        GOSPEECH,
        "Media type of the uploaded file. Default: by the end of its name, else `application/octet-stream`.",
    ),
    row(
        "gospeech.upload_fields",
        Text,
        "{}",
        Call,
        GOSPEECH,
        "Further text fields of the upload, a JSON object such as `{\"language\":\"ru\"}`.",
    ),
    path("gospeech.upload_method", "POST", "HTTP method of the upload."),
    path("gospeech.upload_part", "file", "Name of the part of the upload that holds the file."),
];
