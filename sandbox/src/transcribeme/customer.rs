//! Who asks: a bearer, and the client whose key comes with the token.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::answer::{Refusal, Shown};
use crate::app::{App, SharedApp};
use crate::gospeech::bearer_token;
use crate::request_log::Note;
use crate::state::{Account, Media, MediaOrder};

pub(super) const API_KEY: &str = "x-api-key";
/// Of the tokens of this half: they open nothing of the other.
pub(super) const SCOPE: &str = "transcribeme";

pub(super) struct Customer {
    pub(super) account: Account,
    /// Id of the client.
    pub(super) client: String,
}

pub(super) fn api_key(headers: &HeaderMap) -> Option<&str> {
    headers.get(API_KEY)?.to_str().ok()
}

impl Customer {
    /// For the log.
    pub(super) fn note(&self) -> Note {
        Note { identity: Some(self.account.email.clone()), ..Note::default() }
    }

    pub(super) fn answer(&self, body: serde_json::Value) -> Response {
        self.noted(Shown(body).into_response())
    }

    pub(super) fn noted(&self, mut response: Response) -> Response {
        response.extensions_mut().insert(self.note());
        response
    }

    /// Their recording of that id; another's is not told from none.
    pub(super) fn recording(&self, app: &App, id: &str) -> Result<Media, Refusal> {
        let media = app.database.media(id)?.filter(|media| media.account == self.account.id);
        media.ok_or_else(|| Refusal::not_found("recording"))
    }

    /// Their order of that id.
    pub(super) fn order(&self, app: &App, id: &str) -> Result<MediaOrder, Refusal> {
        let order = app.database.order(id)?.filter(|order| order.account == self.account.id);
        order.ok_or_else(|| Refusal::not_found("order"))
    }
}

impl FromRequestParts<SharedApp> for Customer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Refusal> {
        let no_token = || Refusal::unauthorized("Authorization has been denied for this request.");
        let token = bearer_token(&parts.headers).ok_or_else(no_token)?;
        let (family, _) = app.database.access(token)?.ok_or_else(no_token)?;
        if api_key(&parts.headers) != Some(&*family.client) {
            return Err(Refusal::unauthorized("The API key is missing or wrong."));
        }
        let account = match &family.account {
            Some(id) if family.scope == SCOPE => app.database.account(id)?,
            _ => None,
        };
        Ok(Self { account: account.ok_or_else(no_token)?, client: family.client })
    }
}
