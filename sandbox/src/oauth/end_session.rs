//! The end of a session: by itself if the client shows whose it is, else by a person's word.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use url::Url;

use super::form::Form;
use crate::app::SharedApp;
use crate::pages;

pub(super) async fn end_session(
    State(app): State<SharedApp>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let asked = match Form::of(query.unwrap_or_default().as_bytes()) {
        Ok(form) => form,
        Err(error) => return pages::refused(&error.description.unwrap_or(error.error)),
    };
    let hint = asked.get("id_token_hint").and_then(|token| app.signer.read(token));
    let claim = |name: &str| hint.as_ref().and_then(|claims| claims.get(name)?.as_str()).map(str::to_owned);
    let session = app.sessions.of(&headers);
    let signed_in = session.as_ref().and_then(|session| session.account.clone());
    if signed_in.is_some() && signed_in != claim("sub") {
        return pages::ask_logout(session.as_ref());
    }
    if let Some(session) = session {
        app.sessions.end(&session.id);
    }
    let client = claim("aud").or_else(|| asked.get("client_id").map(str::to_owned));
    let client = client.and_then(|id| app.database.client(&id).ok().flatten());
    let registered = asked.get("post_logout_redirect_uri").filter(|uri| {
        client.is_some_and(|client| client.post_logout_redirect_uris.iter().any(|known| known == uri))
    });
    let Some(mut uri) = registered.and_then(|uri| Url::parse(uri).ok()) else { return pages::logged_out() };
    if let Some(state) = asked.get("state") {
        uri.query_pairs_mut().append_pair("state", state);
    }
    (StatusCode::SEE_OTHER, [(header::LOCATION, String::from(uri))]).into_response()
}
