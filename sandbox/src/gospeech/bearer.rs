//! Who asks: the bearer of an access token.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use url::form_urlencoded;

use super::Problem;
use crate::app::{App, SharedApp};
use crate::request_log::Note;
use crate::state::{Account, Family};

/// A user whose token gives leave to use the API.
pub(crate) struct User {
    pub(crate) account: Account,
    /// When the token ends.
    pub(crate) expires_at_ms: i64,
}

impl User {
    /// For the log.
    pub(crate) fn note(&self) -> Note {
        Note { identity: Some(self.account.email.clone()), ..Note::default() }
    }
}

/// A developer whose client's token gives leave to manage users.
pub(super) struct Manager {
    pub(super) developer: Account,
}

/// A request that has no token, or none that is good.
fn unauthorized() -> Response {
    let challenge = [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")];
    (StatusCode::UNAUTHORIZED, challenge).into_response()
}

pub(crate) fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The token's family; only the hub takes a token from the query.
fn family(app: &App, parts: &Parts) -> Result<(Family, i64), Response> {
    let of_query = || {
        let hub = parts.uri.path() == app.paths.of("events");
        let query = parts.uri.query().filter(|_| hub)?;
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(name, _)| name == "access_token").map(|(_, token)| token.into_owned())
    };
    let token = bearer_token(&parts.headers).map(str::to_owned).or_else(of_query);
    let token = token.ok_or_else(unauthorized)?;
    let found = app.database.access(&token).map_err(|error| Problem::from(error).into_response())?;
    found.ok_or_else(unauthorized)
}

fn has_scope(family: &Family, scope: &str) -> bool {
    family.scope.split(' ').any(|granted| granted == scope)
}

fn check_version(parts: &Parts) -> Result<(), Response> {
    let query = parts.uri.query().unwrap_or("").as_bytes();
    let name = crate::paths::option_default("gospeech.api_version_param");
    match form_urlencoded::parse(query).find(|(given, _)| given == name) {
        Some((_, version)) if version != "1.0" && version != "1" => {
            Err(Problem::bad_request("There is no such version of the API.").into_response())
        }
        _ => Ok(()),
    }
}

impl FromRequestParts<SharedApp> for User {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Response> {
        let (family, expires_at_ms) = family(app, parts)?;
        check_version(parts)?;
        if !has_scope(&family, "integrated-api") {
            return Err(Problem::forbidden("The scope integrated-api is wanted.").into_response());
        }
        let account = match &family.account {
            Some(id) => app.database.account(id).map_err(|error| Problem::from(error).into_response())?,
            None => return Err(Problem::forbidden("A user's token is wanted.").into_response()),
        };
        Ok(Self { account: account.ok_or_else(unauthorized)?, expires_at_ms })
    }
}

impl FromRequestParts<SharedApp> for Manager {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Response> {
        let (family, _) = family(app, parts)?;
        check_version(parts)?;
        let scope = app.behaviour().management_scope;
        if !has_scope(&family, &scope) {
            return Err(Problem::forbidden(&format!("The scope {scope} is wanted.")).into_response());
        }
        let owner = || -> crate::state::Result<Option<Account>> {
            match app.database.client(&family.client)? {
                Some(client) => app.database.account(&client.owner),
                None => Ok(None),
            }
        };
        let developer = owner().map_err(|error| Problem::from(error).into_response())?;
        Ok(Self { developer: developer.ok_or_else(unauthorized)? })
    }
}
