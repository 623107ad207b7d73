//! Revocation (RFC 7009): a refresh token ends with all that its login gave out. Whether there was one is not told.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::clients;
use super::error::OAuthError;
use super::form::Form;
use crate::app::SharedApp;

pub(super) async fn revoke(
    State(app): State<SharedApp>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, OAuthError> {
    let form = Form::of_body(&headers, &body)?;
    let client = clients::authenticate(&app, &headers, &form)?;
    app.database.revoke(form.require("token")?, &client.id)?;
    Ok(StatusCode::OK.into_response())
}
