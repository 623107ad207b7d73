//! Tokens that end before their time.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{Input, Refusal, account_id};
use crate::app::SharedApp;
use crate::state::TokenKind;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expired {
    account: Option<String>,
    #[serde(default)]
    kind: WhichTokens,
}

#[derive(Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WhichTokens {
    #[default]
    Access,
    Refresh,
    Both,
}

pub(super) async fn expire(
    State(app): State<SharedApp>,
    Input(expired): Input<Expired>,
) -> Result<Json<Value>, Refusal> {
    let account = account_id(&app, expired.account.as_deref())?;
    let kinds: &[TokenKind] = match expired.kind {
        WhichTokens::Access => &[TokenKind::Access],
        WhichTokens::Refresh => &[TokenKind::Refresh],
        WhichTokens::Both => &[TokenKind::Access, TokenKind::Refresh],
    };
    let mut count = 0;
    for kind in kinds {
        count += app.database.expire(account.as_deref(), *kind)?;
    }
    Ok(Json(json!({ "expired": count })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Revoked {
    account: Option<String>,
}

pub(super) async fn revoke(
    State(app): State<SharedApp>,
    Input(revoked): Input<Revoked>,
) -> Result<Json<Value>, Refusal> {
    let account = account_id(&app, revoked.account.as_deref())?;
    Ok(Json(json!({ "ended_logins": app.database.end_logins(account.as_deref())? })))
}
