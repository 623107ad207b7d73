//! The worklist, for a browser; and how a browser gets in to this page and that of a recording.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use maud::{Markup, html};
use url::form_urlencoded::byte_serialize;

use super::layout::{page, refused};
use super::login::token;
use super::see;
use super::session::{Session, set_cookie};
use crate::app::{App, SharedApp};
use crate::gospeech::Problem;
use crate::oauth::form::Form;
use crate::paths::{LOGIN, LOGOUT, RECORD_PAGE, WORKLIST_PAGE};
use crate::state::Account;
use crate::timestamp;

const PAGE: u64 = 50;

/// Who looks, or where they are sent instead.
pub(super) fn enter(
    app: &App,
    headers: &HeaderMap,
    path: &str,
    query: &Form,
) -> Result<(Session, Account), Response> {
    if let Some(code) = query.get("code") {
        let Some(account) = app.sessions.take_link_code(code) else {
            return Err(refused("This link was used before, or is too old. Ask for a new one."));
        };
        let (_, cookie) = app.sessions.sign_in(app.sessions.of(headers).as_ref(), &account, app.tls);
        // Once more without the code, so that it does not stay in the browser's history.
        let mut response = see(path);
        set_cookie(&mut response, Some(cookie));
        return Err(response);
    }
    let session = app.sessions.of(headers);
    let account = session.as_ref().and_then(|session| session.account.as_ref());
    let account = account.and_then(|id| app.database.account(id).ok().flatten());
    match (session, account) {
        (Some(session), Some(account)) => Ok((session, account)),
        _ => {
            let next: String = byte_serialize(path.as_bytes()).collect();
            Err(see(&format!("{LOGIN}?next={next}")))
        }
    }
}

pub(super) fn query(query: Option<String>) -> Result<Form, Response> {
    Form::of(query.unwrap_or_default().as_bytes()).map_err(|_| refused("That is no address."))
}

/// Who is logged in, and the way out.
pub(super) fn who(session: &Session, account: &Account) -> Markup {
    html! {
        p { (account.display_name) " (" (account.email) ")" }
        form method="post" action=(LOGOUT) { (token(session)) button type="submit" { "Log out" } }
    }
}

pub(super) async fn show(
    State(app): State<SharedApp>,
    headers: HeaderMap,
    uri: Uri,
    RawQuery(given): RawQuery,
) -> Result<Response, Response> {
    let query = query(given)?;
    let (session, account) = enter(&app, &headers, uri.path(), &query)?;
    let offset = query.get("offset").and_then(|offset| offset.parse().ok()).unwrap_or(0);
    let (recordings, total) = app
        .database
        .worklist(&account.id, offset, PAGE)
        .map_err(|error| axum::response::IntoResponse::into_response(Problem::from(error)))?;
    let body = html! {
        (who(&session, &account))
        p { (total) " recordings" }
        table {
            thead { tr { th { "Title" } th { "Status" } th { "Since" } } }
            tbody {
                @for recording in &recordings {
                    tr {
                        td { a href=(RECORD_PAGE.replace("{recordId}", &recording.id)) { (shown(&recording.title)) } }
                        td { (recording.status) }
                        td class="time" { (timestamp::text(recording.last_status)) }
                    }
                }
            }
        }
        @if offset + PAGE < total {
            p { a href=(format!("{WORKLIST_PAGE}?offset={}", offset + PAGE)) { "Further" } }
        }
    };
    Ok(page(StatusCode::OK, "Worklist", body))
}

/// A title that can be seen and clicked.
pub(super) fn shown(title: &str) -> &str {
    if title.trim().is_empty() { "(no title)" } else { title }
}
