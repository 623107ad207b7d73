//! The grants: who logs in by which.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::error::OAuthError;
use super::form::Form;
use super::scope;
use crate::app::App;
use crate::secret;
use crate::settings::LoginErrorPlace;
use crate::state::{Account, ApiClient, Family, Kind, Refreshed};

/// A login that was granted.
pub(super) struct Login {
    pub(super) family: Family,
    /// Nobody, where a client acts for itself.
    pub(super) account: Option<Account>,
    /// An identity token is due, with that nonce.
    pub(super) identity_for: Option<Option<String>>,
    /// By a refresh token.
    pub(super) refreshed: bool,
}

/// The vendor names the error, but not where it stands.
pub(super) fn unknown_user(app: &App) -> OAuthError {
    const NAME: &str = "invalid_username_or_password";
    match app.behaviour().login_error_in {
        LoginErrorPlace::Description => OAuthError::invalid_grant(NAME),
        LoginErrorPlace::Error => OAuthError::new(NAME, ""),
    }
}

/// For the developer whose client it is and the users that they manage; the password may be left out, as in the vendor's
/// own example. One that is given has to be right.
pub(super) fn password(app: &App, client: &ApiClient, form: &Form) -> Result<Login, OAuthError> {
    let scope = granted(app, form, true)?;
    let account = app.database.account_of_email(form.require("username")?)?;
    let may = |account: &Account| match account.kind {
        Kind::Developer => account.id == client.owner,
        Kind::Managed => account.owner.as_ref() == Some(&client.owner),
        Kind::User => false,
    };
    let right = |account: &Account| match form.given("password") {
        None => true,
        Some(given) => account.password.as_ref().is_some_and(|kept| secret::is_password(given, kept)),
    };
    let account = account.filter(|account| may(account) && right(account));
    let account = account.ok_or_else(|| unknown_user(app))?;
    login(app, client, Some(account), &scope)
}

pub(super) fn client_credentials(app: &App, client: &ApiClient, form: &Form) -> Result<Login, OAuthError> {
    if client.secret.is_none() {
        return Err(OAuthError::new("unauthorized_client", "a client without a secret has no credentials"));
    }
    let scope = granted(app, form, false)?;
    login(app, client, None, &scope)
}

fn granted(app: &App, form: &Form, has_user: bool) -> Result<String, OAuthError> {
    scope::granted(form.get("scope").unwrap_or(""), &app.behaviour().management_scope, has_user)
}

fn login(app: &App, client: &ApiClient, account: Option<Account>, scope: &str) -> Result<Login, OAuthError> {
    let id = account.as_ref().map(|account| account.id.as_str());
    let family = app.database.add_family(&client.id, id, scope)?;
    Ok(Login { family, account, identity_for: None, refreshed: false })
}

pub(super) fn authorization_code(app: &App, client: &ApiClient, form: &Form) -> Result<Login, OAuthError> {
    let (code, verifier) = (form.require("code")?, form.require("code_verifier")?);
    let redirect_uri = form.require("redirect_uri")?;
    let leave = match app.codes.take(code) {
        Some(leave) => leave,
        None => {
            // A code that comes twice was stolen, or its tokens were: RFC 6749, 4.1.2.
            if let Some(family) = app.codes.used(code) {
                app.database.end_family(family)?;
            }
            return Err(OAuthError::invalid_grant("the code is unknown, used or too old"));
        }
    };
    if leave.client != client.id || leave.redirect_uri != redirect_uri {
        return Err(OAuthError::invalid_grant("the code is another client's or for another redirect_uri"));
    }
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    if !secret::same(&challenge, &leave.challenge) || !is_verifier(verifier) {
        return Err(OAuthError::invalid_grant("the code_verifier does not fit the code_challenge"));
    }
    let account = app.database.account(&leave.account)?;
    let account = account.ok_or_else(|| OAuthError::invalid_grant("the account was deleted"))?;
    let mut login = login(app, client, Some(account), &leave.scope)?;
    app.codes.set_used(code, login.family.id);
    login.identity_for = scope::has(&leave.scope, "openid").then_some(leave.nonce);
    Ok(login)
}

/// RFC 7636, 4.1.
fn is_verifier(verifier: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&verifier.len()) && verifier.bytes().all(unreserved)
}

pub(super) fn refresh_token(app: &App, client: &ApiClient, form: &Form) -> Result<Login, OAuthError> {
    let behaviour = app.behaviour();
    let (rotate, grace) = (behaviour.rotate_refresh_tokens, behaviour.refresh_reuse_grace_ms);
    let token = form.require("refresh_token")?;
    let family = match app.database.refresh(token, &client.id, rotate, grace)? {
        Refreshed::Good(family) => family,
        Refreshed::Unknown => return Err(OAuthError::invalid_grant("the refresh token is unknown")),
        Refreshed::Expired => return Err(OAuthError::invalid_grant("the refresh token has expired")),
        Refreshed::Reused => {
            return Err(OAuthError::invalid_grant("the refresh token was used before: the login has ended"));
        }
    };
    if let Some(asked) = form.get("scope")
        && !asked.split_ascii_whitespace().all(|asked| scope::has(&family.scope, asked))
    {
        return Err(OAuthError::new("invalid_scope", "a refresh gives no further scopes"));
    }
    let account = match &family.account {
        Some(id) => app.database.account(id)?,
        None => None,
    };
    Ok(Login { family, account, identity_for: None, refreshed: true })
}
