//! Leave for a client to act for the person who is logged in.

use axum::extract::{RawForm, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use maud::html;

use super::layout::{page_leading_to, refused};
use super::login::{forged, token};
use super::see;
use super::session::is_own_form;
use crate::app::SharedApp;
use crate::oauth::form::Form;
use crate::paths::{CONSENT, LOGIN};

const GONE: &str = "This login took too long, or was begun in another browser. Begin again.";

pub(super) async fn ask(
    State(app): State<SharedApp>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let form = Form::of(query.unwrap_or_default().as_bytes()).ok();
    let id = form.as_ref().and_then(|form| form.get("request")).unwrap_or("");
    let Some(session) = app.sessions.of(&headers) else { return refused(GONE) };
    let Some(waiting) = app.codes.waiting(id, &session.id) else { return refused(GONE) };
    let account = session.account.as_ref().and_then(|id| app.database.account(id).ok().flatten());
    let Some(account) = account else { return see(&format!("{LOGIN}?request={id}")) };
    let body = html! {
        p { "You are " strong { (account.email) } "." }
        p { strong { (waiting.client_name) } " asks for leave to:" }
        ul {
            @for scope in waiting.scope.split(' ') { li { (meaning(scope)) " (" code { (scope) } ")" } }
        }
        form method="post" action=(CONSENT) {
            (token(&session))
            input type="hidden" name="request" value=(id);
            button type="submit" name="decision" value="allow" { "Allow" }
            button type="submit" name="decision" value="deny" { "Deny" }
        }
    };
    page_leading_to(StatusCode::OK, "Leave for a program", &waiting.redirect.source(), body)
}

fn meaning(scope: &str) -> &str {
    match scope {
        "openid" => "know who you are",
        "profile" => "know your name",
        "email" => "know your e-mail",
        "offline_access" => "act for you while you are away",
        "integrated-api" => "upload recordings, read transcripts and delete them",
        _ => "act for you",
    }
}

pub(super) async fn decide(
    State(app): State<SharedApp>,
    headers: HeaderMap,
    RawForm(body): RawForm,
) -> Response {
    let (Some(session), Ok(form)) = (app.sessions.of(&headers), Form::of(&body)) else { return forged() };
    if !is_own_form(&session, form.get("csrf"), &headers) {
        return forged();
    }
    let id = form.get("request").unwrap_or("");
    let (Some(waiting), Some(account)) = (app.codes.waiting(id, &session.id), session.account) else {
        return refused(GONE);
    };
    app.codes.forget(id);
    match form.get("decision") {
        Some("allow") => app.codes.agree(&app, &waiting, &account),
        _ => waiting.redirect.denied(&app),
    }
}
