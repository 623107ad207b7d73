//! The token endpoint: which grant is asked for, and what is answered.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use bytes::Bytes;
use serde_json::json;

use super::error::{NO_STORE, OAuthError};
use super::form::Form;
use super::grants::{self, Login};
use super::{clients, scope};
use crate::app::{App, SharedApp};
use crate::request_log::Note;
use crate::state::{Grant, TokenKind};

pub(super) async fn token(State(app): State<SharedApp>, headers: HeaderMap, body: Bytes) -> Response {
    let form = match Form::of_body(&headers, &body) {
        Ok(form) => form,
        Err(error) => return error.into_response(),
    };
    // The log shows which grant was asked for: of those that there are.
    let grant = GRANTS.iter().find(|grant| form.get("grant_type") == Some(grant)).map(ToString::to_string);
    match answer(&app, &headers, &form) {
        Ok((login, response)) => {
            let identity = login.account.map(|account| account.email);
            (Extension(Note { identity, grant, ..Note::default() }), response).into_response()
        }
        Err(error) => (Extension(Note { grant, ..Note::default() }), error).into_response(),
    }
}

pub(super) const GRANTS: [&str; 4] =
    ["authorization_code", "client_credentials", "password", "refresh_token"];

fn answer(app: &App, headers: &HeaderMap, form: &Form) -> Result<(Login, Response), OAuthError> {
    let grant_type = form.require("grant_type")?;
    let client = clients::authenticate(app, headers, form).map_err(|error| match grant_type {
        // The vendor's own advice to this error is to look at the client's id and secret.
        "password" if error.error == "invalid_client" && !error.basic => grants::unknown_user(app),
        _ => error,
    })?;
    let leave = |grant: Grant| match client.grants.contains(&grant) {
        true => Ok(()),
        false => Err(OAuthError::new("unauthorized_client", "the client has no leave for this grant")),
    };
    let login =
        match grant_type {
            "password" => leave(Grant::Password).and_then(|()| grants::password(app, &client, form))?,
            "client_credentials" => leave(Grant::ClientCredentials)
                .and_then(|()| grants::client_credentials(app, &client, form))?,
            "authorization_code" => leave(Grant::AuthorizationCode)
                .and_then(|()| grants::authorization_code(app, &client, form))?,
            "refresh_token" => grants::refresh_token(app, &client, form)?,
            _ => return Err(OAuthError::new("unsupported_grant_type", "")),
        };
    let response = tokens(app, form, &login)?;
    Ok((login, response))
}

fn tokens(app: &App, form: &Form, login: &Login) -> Result<Response, OAuthError> {
    let behaviour = app.behaviour();
    let seconds = behaviour.access_token_seconds;
    let access = app.database.issue(&login.family, TokenKind::Access, seconds)?;
    let mut answer = json!({
        "access_token": access,
        "expires_in": seconds,
        "token_type": "Bearer",
        "scope": login.family.scope,
    });
    let refresh = match form.get("refresh_token") {
        Some(kept) if login.refreshed && !behaviour.rotate_refresh_tokens => Some(kept.to_owned()),
        _ if login.account.is_some() && scope::has(&login.family.scope, "offline_access") => {
            Some(app.database.issue(&login.family, TokenKind::Refresh, behaviour.refresh_token_seconds)?)
        }
        _ => None,
    };
    if let Some(refresh) = refresh {
        answer["refresh_token"] = refresh.into();
    }
    if let (Some(account), Some(nonce)) = (&login.account, &login.identity_for) {
        answer["id_token"] =
            app.signer.identity(app, account, &login.family, nonce.as_deref(), seconds).into();
    }
    Ok((NO_STORE, Json(answer)).into_response())
}
