//! The frame of every page, and its headers.

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::STYLE;

/// A page.
pub(super) fn page(status: StatusCode, title: &str, body: Markup) -> Response {
    page_leading_to(status, title, "", body)
}

/// A page whose form leads, in the end, to another place: browsers hold a form's redirects against the policy, too.
pub(super) fn page_leading_to(status: StatusCode, title: &str, place: &str, body: Markup) -> Response {
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action 'self' {place}; frame-ancestors 'none'; base-uri 'none'"
    );
    let headers: [(HeaderName, String); 6] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".into()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_FRAME_OPTIONS, "DENY".into()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".into()),
        // Not `no-referrer`: a form's Origin would be hidden with it.
        (header::REFERRER_POLICY, "same-origin".into()),
        (header::CACHE_CONTROL, "no-store".into()),
    ];
    let html = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (title) }
                link rel="stylesheet" href=(STYLE);
            }
            body {
                p class="notice" { "This is a sandbox for tests. It is not GoSpeech. Give it no real password." }
                h1 { (title) }
                (body)
            }
        }
    };
    (status, headers, html.into_string()).into_response()
}

/// A request that cannot go on, and nowhere to send the person to.
pub(crate) fn refused(why: &str) -> Response {
    page(StatusCode::BAD_REQUEST, "This does not work", html! { p class="error" { (why) } })
}

pub(crate) fn logged_out() -> Response {
    page(StatusCode::OK, "Logged out", html! { p { "You are logged out." } })
}
