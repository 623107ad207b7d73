//! Options of every service that is reached over a network: where it is, who asks, and how the connection is made.

use super::Scope::{Call, Client};
use super::{Choice, Integer, OptionEntry, Path, Secret, Text, row};

/// The services that are reached over a network.
const REMOTE: &[&str] = &["gospeech", "transcribeme"];
/// The services whose login page persons go to.
const WITH_LOGIN: &[&str] = &["gospeech"];
const NO_YES: &[&str] = &["no", "yes"];

pub(super) const ROWS: &[OptionEntry] = &[
    row(
        "allow_plain_http",
        Choice(NO_YES),
        "no",
        Client,
        REMOTE,
        "Whether a base URL may be plain http to another machine, where everybody on the way reads the tokens. This machine needs no leave.",
    ),
    row("api_base_url", Text, "", Client, REMOTE, "Where the service's API is. Default: the vendor's."),
    row("auth_base_url", Text, "", Client, REMOTE, "Where the service's sign-in is. Default: the vendor's."),
    row("client_id", Text, "", Client, REMOTE, "The API client's id, as the vendor gave it out."),
    row("client_secret", Secret, "", Client, REMOTE, "The API client's secret, if it has one."),
    row(
        "identity",
        Text,
        "",
        Call,
        REMOTE,
        "Under what name a person's login is kept in `token_store`, for the next process: a program of one person names one, a host of many names each. Without a name a login lives in its client only. TranscribeMe: the account's name in the token store and in the journal, for the client as a whole; default: `username`.",
    ),
    row(
        "login_timeout_ms",
        Integer(1, 86_400_000),
        "600000",
        Call,
        WITH_LOGIN,
        "How long an operation waits for a person to log in, and a login may take, in ms.",
    ),
    row(
        "max_retries",
        Integer(0, 100),
        "4",
        Call,
        REMOTE,
        "How often a request is repeated that is safe to repeat, within its deadline.",
    ),
    row(
        "no_proxy",
        Text,
        "",
        Client,
        REMOTE,
        "Hosts that are reached without the proxy: names (with their subdomains), addresses, networks such as `10.0.0.0/8`, with commas.",
    ),
    row(
        "password",
        Secret,
        "",
        Client,
        REMOTE,
        "The account's password. GoSpeech's own example has none: then the field is left out of the request. TranscribeMe's expires by its rules: see `application_token`.",
    ),
    row(
        "post_logout_redirect_uri",
        Text,
        "",
        Client,
        WITH_LOGIN,
        "Where the service sends a person's browser after the logout, as registered with the API client.",
    ),
    row(
        "proxy",
        Text,
        "",
        Client,
        REMOTE,
        "URL of an HTTP proxy, without a login; or `environment`: what HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY say. Default: none.",
    ),
    row("proxy_password", Secret, "", Client, REMOTE, "Password at the proxy."),
    row("proxy_username", Text, "", Client, REMOTE, "User name at the proxy."),
    row(
        "redirect_uri",
        Text,
        "",
        Client,
        WITH_LOGIN,
        "Where the service's login page sends the browser back to, as registered with the API client. With it, persons log in by themselves (PKCE).",
    ),
    row(
        "request_timeout_ms",
        Integer(1, 86_400_000),
        "60000",
        Call,
        REMOTE,
        "Longest time of one request that streams no file, its repetitions included, in ms.",
    ),
    row(
        "scope",
        Text,
        "",
        Client,
        WITH_LOGIN,
        "OAuth scopes to ask for, with spaces. Default: what the service needs.",
    ),
    row(
        "token_store",
        Path,
        "",
        Client,
        REMOTE,
        "File in which tokens are kept (0600), shared by processes. Default: none, tokens live in memory and end with the client.",
    ),
    row("username", Text, "", Client, REMOTE, "The account: its e-mail."),
];
