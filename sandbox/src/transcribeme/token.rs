//! Tokens: the four grants, and new application tokens. What is refused here is written as RFC 6749 has it.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use bytes::Bytes;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use super::answer::Refusal;
use super::customer::{Customer, SCOPE, api_key};
use crate::app::{App, SharedApp};
use crate::oauth::error::{NO_STORE, OAuthError};
use crate::oauth::form::Form;
use crate::request_log::Note;
use crate::secret;
use crate::settings::ExpiresIn;
use crate::state::{Account, ApiClient, Family, Grant, Refreshed, TokenKind};
use crate::timestamp::now_ms;

const GRANTS: [&str; 4] = ["password", "applicationtoken", "externaltoken", "refresh_token"];
/// What the vendor supports.
const PROVIDERS: [&str; 2] = ["Facebook", "Google"];
const DEFAULT_ROLE: &str = "Customer";

pub(super) async fn token(State(app): State<SharedApp>, headers: HeaderMap, body: Bytes) -> Response {
    let form = match Form::of_body(&headers, &body) {
        Ok(form) => form,
        Err(error) => return refused(&app, error),
    };
    // The log shows which grant was asked for: of those that there are.
    let grant = GRANTS.iter().find(|grant| form.get("grant_type") == Some(grant)).map(ToString::to_string);
    match answer(&app, &headers, &form) {
        Ok((account, body)) => {
            let note = Note { identity: Some(account.email), grant, ..Note::default() };
            (Extension(note), NO_STORE, Json(body)).into_response()
        }
        Err(error) => (Extension(Note { grant, ..Note::default() }), refused(&app, error)).into_response(),
    }
}

fn refused(app: &App, error: OAuthError) -> Response {
    let status = match error.error.as_str() {
        "server_error" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::from_u16(app.behaviour().transcribeme.sign_in_error_status)
            .unwrap_or(StatusCode::BAD_REQUEST),
    };
    let body = json!({ "error": error.error, "error_description": error.description.unwrap_or_default() });
    (status, NO_STORE, Json(body)).into_response()
}

fn answer(app: &App, headers: &HeaderMap, form: &Form) -> Result<(Account, Value), OAuthError> {
    let client = client(app, headers, form)?;
    let leave = |grant: Grant| match client.grants.contains(&grant) {
        true => Ok(()),
        false => Err(OAuthError::new("unauthorized_client", "The client has no leave for this grant")),
    };
    let account = match form.require("grant_type")? {
        "password" => leave(Grant::Password).and_then(|()| by_password(app, form))?,
        "applicationtoken" => leave(Grant::ApplicationToken).and_then(|()| {
            let token = form.require("authtoken")?;
            found(app, app.database.account_of_application_token(&client.id, token)?)
        })?,
        "externaltoken" => leave(Grant::ExternalToken).and_then(|()| by_external_token(app, form))?,
        "refresh_token" => return refresh(app, &client, form),
        _ => return Err(OAuthError::new("unsupported_grant_type", "There is no such grant")),
    };
    let family = app.database.add_family(&client.id, Some(&account.id), SCOPE)?;
    let role = form.get("role").unwrap_or(DEFAULT_ROLE);
    let body = tokens(app, &family, &account, role, None)?;
    Ok((account, body))
}

/// The key comes with every request, in a header, and is the client's id in the form as well.
fn client(app: &App, headers: &HeaderMap, form: &Form) -> Result<ApiClient, OAuthError> {
    let wrong = |description| OAuthError::new("invalid_client", description);
    let id = form.require("client_id")?;
    if api_key(headers) != Some(id) {
        return Err(wrong("X-Api-Key is missing or is not the client_id"));
    }
    let client = app.database.client(id)?.ok_or_else(|| wrong("Invalid client id"))?;
    let digest = form.get("client_secret").map(secret::digest);
    match client.secret.is_some() && client.secret == digest {
        true => Ok(client),
        false => Err(wrong("Invalid client secret")),
    }
}

fn by_password(app: &App, form: &Form) -> Result<Account, OAuthError> {
    let password = form.require("password")?;
    let account = app.database.account_of_email(form.require("username")?)?;
    let right =
        |account: &Account| account.password.as_ref().is_some_and(|kept| secret::is_password(password, kept));
    account.filter(right).ok_or_else(|| OAuthError::invalid_grant("The user name or password is incorrect."))
}

fn by_external_token(app: &App, form: &Form) -> Result<Account, OAuthError> {
    let provider = form.require("provider")?;
    if !PROVIDERS.iter().any(|known| known.eq_ignore_ascii_case(provider)) {
        return Err(OAuthError::invalid_request("The provider is neither Facebook nor Google"));
    }
    form.require("role")?;
    found(app, app.database.account_of_external_token(provider, form.require("authtoken")?)?)
}

fn found(app: &App, id: Option<String>) -> Result<Account, OAuthError> {
    let account = match id {
        Some(id) => app.database.account(&id)?,
        None => None,
    };
    account.ok_or_else(|| OAuthError::invalid_grant("The token is invalid"))
}

fn refresh(app: &App, client: &ApiClient, form: &Form) -> Result<(Account, Value), OAuthError> {
    let behaviour = app.behaviour();
    let (rotate, grace) = (behaviour.rotate_refresh_tokens, behaviour.refresh_reuse_grace_ms);
    let token = form.require("refresh_token")?;
    let family = match app.database.refresh(token, &client.id, rotate, grace)? {
        Refreshed::Good(family) if family.scope == SCOPE => family,
        _ => return Err(OAuthError::invalid_grant("The refresh token is invalid, expired or used")),
    };
    let account = found(app, family.account.clone())?;
    let body = tokens(app, &family, &account, DEFAULT_ROLE, (!rotate).then_some(token))?;
    Ok((account, body))
}

/// As servers of that family write dates: RFC 1123.
const DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

fn date(ms: i64) -> String {
    let instant = OffsetDateTime::from_unix_timestamp(ms / 1000);
    instant.ok().and_then(|instant| instant.format(DATE).ok()).unwrap_or_default()
}

fn tokens(
    app: &App,
    family: &Family,
    account: &Account,
    role: &str,
    kept: Option<&str>,
) -> Result<Value, OAuthError> {
    let behaviour = app.behaviour();
    let seconds = behaviour.access_token_seconds;
    let access = app.database.issue(family, TokenKind::Access, seconds)?;
    let refresh = match kept {
        Some(kept) => kept.to_owned(),
        None => app.database.issue(family, TokenKind::Refresh, behaviour.refresh_token_seconds)?,
    };
    let now = now_ms();
    let mut answer = json!({
        "access_token": access,
        "token_type": "bearer",
        "refresh_token": refresh,
        "userName": account.email,
        "userId": account.id,
        "firstName": account.first_name,
        "lastName": account.last_name,
        "roles": role,
        ".issued": date(now),
        ".expires": date(now.saturating_add_unsigned(seconds.saturating_mul(1000))),
    });
    match behaviour.transcribeme.expires_in {
        ExpiresIn::Number => answer["expires_in"] = seconds.into(),
        ExpiresIn::Text => answer["expires_in"] = seconds.to_string().into(),
        ExpiresIn::Absent => {}
    }
    Ok(answer)
}

/// A new application token; the one before ends.
pub(super) async fn regenerate(
    State(app): State<SharedApp>,
    customer: Customer,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let bad = |error: OAuthError| Refusal::bad(error.description.unwrap_or(error.error));
    let form = Form::of_body(&headers, &body).map_err(bad)?;
    if form.require("client_id").map_err(bad)? != customer.client {
        return Err(Refusal::bad("The client_id is another's"));
    }
    let token = app.database.new_application_token(&customer.client, &customer.account.id)?;
    Ok(customer.noted(Json(json!({ "application_token": token })).into_response()))
}
