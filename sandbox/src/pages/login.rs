//! Login and logout.

use axum::extract::{RawForm, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use maud::{Markup, html};

use super::layout::{logged_out, page, page_leading_to, refused};
use super::see;
use super::session::{Session, is_own_form, set_cookie};
use crate::app::{App, SharedApp};
use crate::oauth::form::Form;
use crate::paths::{CONSENT, LOGIN, LOGOUT, WORKLIST_PAGE};
use crate::secret;
use crate::state::Account;

/// Where a login leads.
#[derive(Debug, Default)]
struct Onward {
    /// A client's request that waits.
    request: Option<String>,
    /// A page of this sandbox.
    page: Option<String>,
}

impl Onward {
    fn of(form: &Form) -> Self {
        // A page of the application and no other place, however it is written.
        let page = form.get("next").filter(|next| {
            next.starts_with("/app/")
                && !next.contains(['\\', '?', '#'])
                && !next.contains("//")
                && !next.contains("..")
        });
        Self { request: form.get("request").map(str::to_owned), page: page.map(str::to_owned) }
    }

    fn path(&self) -> String {
        match (&self.request, &self.page) {
            (Some(request), _) => format!("{CONSENT}?request={request}"),
            (None, Some(page)) => page.clone(),
            (None, None) => WORKLIST_PAGE.to_owned(),
        }
    }
}

pub(super) async fn ask(
    State(app): State<SharedApp>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let Ok(form) = Form::of(query.unwrap_or_default().as_bytes()) else {
        return refused("That is no address.");
    };
    let (session, cookie) = app.sessions.of_or_new(&headers, app.tls);
    let mut response = login_page(&app, &session, &Onward::of(&form), None);
    set_cookie(&mut response, cookie);
    response
}

fn login_page(app: &App, session: &Session, onward: &Onward, wrong: Option<&str>) -> Response {
    let waiting = onward.request.as_deref().and_then(|id| app.codes.waiting(id, &session.id));
    if onward.request.is_some() && waiting.is_none() {
        return refused("This login took too long, or was begun in another browser. Begin again.");
    }
    let status = if wrong.is_some() { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    let place = waiting.as_ref().map(|waiting| waiting.redirect.source()).unwrap_or_default();
    let body = html! {
        @if let Some(waiting) = &waiting {
            p { "You go on to " strong { (waiting.client_name) } "." }
        }
        @if let Some(wrong) = wrong {
            p class="error" role="alert" { (wrong) }
        }
        form method="post" action=(LOGIN) {
            (token(session))
            @if let Some(request) = &onward.request { input type="hidden" name="request" value=(request); }
            @if let Some(next) = &onward.page { input type="hidden" name="next" value=(next); }
            label for="email" { "E-mail" }
            input id="email" name="email" type="email" autocomplete="username" required autofocus;
            label for="password" { "Password" }
            input id="password" name="password" type="password" autocomplete="current-password" required;
            button type="submit" { "Log in" }
        }
    };
    page_leading_to(status, "Log in", &place, body)
}

/// The token that a form carries.
pub(super) fn token(session: &Session) -> Markup {
    html! { input type="hidden" name="csrf" value=(session.csrf); }
}

pub(super) fn forged() -> Response {
    let why = "This form was not sent from a page of this browser. Go back and load it again.";
    page(StatusCode::FORBIDDEN, "This does not work", html! { p class="error" { (why) } })
}

pub(super) async fn log_in(
    State(app): State<SharedApp>,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Response {
    let (Some(session), Ok(form)) = (app.sessions.of(&headers), Form::of(&body)) else { return forged() };
    if !is_own_form(&session, form.get("csrf"), &headers) {
        return forged();
    }
    let onward = Onward::of(&form);
    let Some(account) = known(&app, &form) else {
        return login_page(&app, &session, &onward, Some("E-mail or password is wrong."));
    };
    let (signed_in, cookie) = app.sessions.sign_in(Some(&session), &account.id, app.tls);
    app.codes.rename_session(&session.id, &signed_in.id);
    let mut response = see(&onward.path());
    set_cookie(&mut response, Some(cookie));
    response
}

fn known(app: &App, form: &Form) -> Option<Account> {
    let account = app.database.account_of_email(form.get("email")?).ok()??;
    let right = secret::is_password(form.get("password")?, account.password.as_ref()?);
    right.then_some(account)
}

/// Asks before it ends a session that the client did not show to be its own.
pub(crate) fn ask_logout(session: Option<&Session>) -> Response {
    let Some(session) = session else { return logged_out() };
    let body = html! {
        form method="post" action=(LOGOUT) { (token(session)) button type="submit" { "Log out" } }
    };
    page(StatusCode::OK, "Log out?", body)
}

pub(super) async fn log_out(
    State(app): State<SharedApp>,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Response {
    let (Some(session), Ok(form)) = (app.sessions.of(&headers), Form::of(&body)) else { return forged() };
    if !is_own_form(&session, form.get("csrf"), &headers) {
        return forged();
    }
    app.sessions.end(&session.id);
    logged_out()
}
