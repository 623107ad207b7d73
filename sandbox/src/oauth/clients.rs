//! Which client asks: by its id and secret, in the form or by HTTP Basic.

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

use super::error::OAuthError;
use super::form::Form;
use crate::app::App;
use crate::secret;
use crate::state::ApiClient;

pub(super) fn authenticate(app: &App, headers: &HeaderMap, form: &Form) -> Result<ApiClient, OAuthError> {
    let basic = basic(headers)?;
    if basic.is_some() && form.get("client_secret").is_some() {
        return Err(OAuthError::invalid_request(
            "the client secret comes both by HTTP Basic and in the form",
        ));
    }
    let by_basic = basic.is_some();
    let (id, secret) = match basic {
        Some((id, secret)) => (id, Some(secret)),
        None => (form.require("client_id")?.to_owned(), form.get("client_secret").map(str::to_owned)),
    };
    let client = app.database.client(&id)?;
    let known = client.filter(|client| match (&client.secret, &secret) {
        (Some(kept), Some(given)) => *kept == secret::digest(given),
        // One without a secret is known by its id alone; what it sends in the secret's place is refused.
        (None, given) => given.as_deref().is_none_or(str::is_empty),
        (Some(_), None) => false,
    });
    known.ok_or_else(|| OAuthError { basic: by_basic, ..OAuthError::new("invalid_client", "") })
}

fn basic(headers: &HeaderMap) -> Result<Option<(String, String)>, OAuthError> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let decoded = || {
        let (scheme, credentials) = value.to_str().ok()?.split_once(' ')?;
        let credentials =
            scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(credentials.trim()))?.ok()?;
        let credentials = String::from_utf8(credentials).ok()?;
        let (id, secret) = credentials.split_once(':')?;
        // Both are encoded as in a form before: RFC 6749, 2.3.1.
        let plain = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
        Some((plain(id), plain(secret)))
    };
    decoded()
        .map(Some)
        .ok_or_else(|| OAuthError::invalid_request("the Authorization header is not HTTP Basic"))
}
