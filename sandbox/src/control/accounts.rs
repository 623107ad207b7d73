//! Accounts and API clients.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{Input, Refusal, account};
use crate::app::SharedApp;
use crate::gospeech::remove_account;
use crate::secret;
use crate::state::{Account, ApiClient, Grant, Kind};

pub(super) async fn list(State(app): State<SharedApp>) -> Result<Json<Value>, Refusal> {
    Ok(Json(json!({ "accounts": app.database.accounts()? })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAccount {
    email: String,
    kind: Kind,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
    password: Option<String>,
    /// The e-mail of a managed user's developer.
    owner: Option<String>,
    #[serde(default)]
    denied_codes: Vec<String>,
}

pub(super) async fn add(
    State(app): State<SharedApp>,
    Input(new): Input<NewAccount>,
) -> Result<Json<Account>, Refusal> {
    let owner = match (new.kind, &new.owner) {
        (Kind::Managed, Some(email)) => Some(account(&app, email)?.id),
        (Kind::Managed, None) => return Err(Refusal::bad("a managed user has an owner")),
        (_, Some(_)) => return Err(Refusal::bad("only a managed user has an owner")),
        (_, None) => None,
    };
    let mut account = Account::new(&new.email, new.kind, &new.first_name, &new.last_name);
    account.owner = owner;
    account.password = new.password.as_deref().map(secret::of_password);
    account.denied_codes = new.denied_codes;
    match app.database.add_account(&account)? {
        true => Ok(Json(account)),
        false => Err(Refusal::bad("there is an account of that e-mail")),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangedAccount {
    password: Option<String>,
    denied_codes: Option<Vec<String>>,
}

pub(super) async fn change(
    State(app): State<SharedApp>,
    Path(email): Path<String>,
    Input(changed): Input<ChangedAccount>,
) -> Result<Json<Account>, Refusal> {
    let id = account(&app, &email)?.id;
    if let Some(password) = &changed.password {
        app.database.set_password(&id, Some(&secret::of_password(password)))?;
    }
    if let Some(codes) = &changed.denied_codes {
        app.database.set_denied_codes(&id, codes)?;
    }
    Ok(Json(account(&app, &email)?))
}

pub(super) async fn remove(
    State(app): State<SharedApp>,
    Path(email): Path<String>,
) -> Result<Json<Value>, Refusal> {
    remove_account(&app, &account(&app, &email)?)?;
    Ok(Json(json!({})))
}

pub(super) async fn link_code(
    State(app): State<SharedApp>,
    Path(email): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let account = account(&app, &email)?;
    Ok(Json(json!({ "code": app.sessions.link_code(&account.id) })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewClient {
    #[serde(default)]
    name: String,
    /// Without one the client is public.
    secret: Option<String>,
    /// The e-mail of the developer that it belongs to.
    owner: String,
    #[serde(default = "every_grant")]
    grants: Vec<Grant>,
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default)]
    post_logout_redirect_uris: Vec<String>,
    #[serde(default)]
    any_loopback_port: bool,
}

fn every_grant() -> Vec<Grant> {
    Grant::ALL.to_vec()
}

pub(super) async fn put_client(
    State(app): State<SharedApp>,
    Path(id): Path<String>,
    Input(new): Input<NewClient>,
) -> Result<Json<Value>, Refusal> {
    let client = ApiClient {
        name: if new.name.is_empty() { id.clone() } else { new.name },
        id,
        secret: new.secret.as_deref().map(secret::digest),
        owner: account(&app, &new.owner)?.id,
        grants: new.grants,
        redirect_uris: new.redirect_uris,
        post_logout_redirect_uris: new.post_logout_redirect_uris,
        any_loopback_port: new.any_loopback_port,
    };
    app.database.put_client(&client)?;
    Ok(Json(json!({ "id": client.id })))
}
