//! OpenID discovery: what an authorisation server says of its own addresses. It fills gaps only, and leads nowhere else:
//! an address on another origin is an error, as whoever can change that document would be sent the credentials.

use serde::Deserialize;
use tokio::sync::OnceCell;

use crate::error::{Error, ErrorKind, Result};
use crate::http::{Http, Request, Url, origin};
use crate::options::Options;

const MOST_DOCUMENT: usize = 1 << 20;

/// The addresses that a server told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Discovered {
    pub(crate) token: Option<Url>,
    pub(crate) authorize: Option<Url>,
    pub(crate) revocation: Option<Url>,
    pub(crate) end_session: Option<Url>,
}

/// A discovery document, which is asked for once.
#[derive(Debug)]
pub(crate) struct Discovery {
    url: Url,
    found: OnceCell<Discovered>,
}

#[derive(Deserialize)]
struct Document {
    issuer: Option<String>,
    token_endpoint: Option<String>,
    authorization_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
}

impl Discovery {
    pub(crate) fn new(url: Url) -> Self {
        Self { url, found: OnceCell::new() }
    }

    /// What is known so far, without asking.
    pub(crate) fn known(&self) -> Option<&Discovered> {
        self.found.get()
    }

    /// What the server says; nothing, where it has no such document. A failure is not kept: the next call asks again.
    pub(crate) async fn ask(&self, http: &Http, call: &Options) -> Result<&Discovered> {
        self.found.get_or_try_init(|| self.fetch(http, call)).await
    }

    async fn fetch(&self, http: &Http, call: &Options) -> Result<Discovered> {
        let response = http.send(Request::get(self.url.clone()).accept("application/json"), call).await?;
        if matches!(response.status(), 404 | 405 | 410) {
            crate::log::warn!("auth", "{} has no OpenID configuration", origin(&self.url));
            return Ok(Discovered::default());
        }
        if !response.is_success() {
            return Err(response.refusal());
        }
        let document: Document = response.json(MOST_DOCUMENT).await?;
        self.place("issuer", document.issuer)?;
        Ok(Discovered {
            token: self.place("token_endpoint", document.token_endpoint)?,
            authorize: self.place("authorization_endpoint", document.authorization_endpoint)?,
            revocation: self.place("revocation_endpoint", document.revocation_endpoint)?,
            end_session: self.place("end_session_endpoint", document.end_session_endpoint)?,
        })
    }

    fn place(&self, name: &str, text: Option<String>) -> Result<Option<Url>> {
        let Some(text) = text else { return Ok(None) };
        let refused = |what: String| {
            Error::new(
                ErrorKind::Protocol,
                format!("the OpenID configuration of {} {what}", origin(&self.url)),
            )
            .with_retriable(false)
            .with_hint("set discovery=off, and the paths of the sign-in by their options")
        };
        let url = Url::parse(&text).map_err(|_| refused(format!("names a {name} that is no URL")))?;
        if url.origin() != self.url.origin() || !url.username().is_empty() || url.password().is_some() {
            return Err(refused(format!("names a {name} of another origin")));
        }
        Ok(Some(url))
    }
}
