//! The token endpoint: one form there, tokens or a refusal back.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use super::answer::{self, Arrival};
use super::discovery::Discovery;
use super::form;
use super::oauth_error::OAuthError;
use super::tokens::Tokens;
use crate::backoff;
use crate::error::{Error, ErrorKind, Result};
use crate::http::header::AUTHORIZATION;
use crate::http::{Body, Head, HeaderName, HeaderValue, Http, Method, Repeat, Request, Response, Url};
use crate::instant::{now_ms, unix_ms};
use crate::options::Options;

/// Longest answer of a token endpoint that is read.
const MOST_ANSWER: usize = 1 << 20;

/// At most between the first tries of a request that the server had no time for; it doubles.
const BUSY_PAUSE: Duration = Duration::from_millis(500);

/// Where tokens are given out, and to which API client.
#[derive(Clone)]
pub(crate) struct TokenEndpoint {
    pub(crate) url: Url,
    /// Where to ask for another address than `url`.
    pub(crate) discovery: Option<Arc<Discovery>>,
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<SecretString>,
    /// Whether the secret goes by HTTP Basic, else as a field of the form.
    pub(crate) basic: bool,
    /// Sent along with every token request.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
}

/// Why there are no tokens.
pub(super) enum Failure {
    /// The server refused, or could not.
    Refused(OAuthError, Head),
    /// No answer came, or none that can be read: the server may have done what it was asked.
    Lost(Error),
    /// The server has not done it.
    Other(Error),
}

impl Failure {
    /// Whether a refresh token is of no use any more, or never was.
    pub(super) fn ends_refresh(&self) -> bool {
        let ends = ["invalid_grant", "unsupported_grant_type"];
        matches!(self, Self::Refused(error, _) if ends.contains(&error.code.as_str()) && error.status < 500)
    }

    /// Whether the server had no time, and so surely did nothing.
    pub(super) fn is_busy(&self) -> bool {
        matches!(self, Self::Refused(error, _) if matches!(error.status, 429 | 503))
    }

    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(_, head) => head.retry_after(),
            Self::Lost(_) | Self::Other(_) => None,
        }
    }

    /// Whether the server may have done it.
    pub(super) fn is_lost(&self) -> bool {
        match self {
            Self::Refused(error, _) => matches!(error.status, 408 | 500 | 502 | 504),
            Self::Lost(_) => true,
            Self::Other(_) => false,
        }
    }

    pub(super) fn into_error(self, advice: fn(&OAuthError) -> Option<String>) -> Error {
        match self {
            Self::Refused(error, head) => head.complete(error.into_error(advice)),
            Self::Lost(error) | Self::Other(error) => error,
        }
    }
}

/// One request for tokens.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    pub(super) fields: &'a [(&'static str, SecretString)],
    /// `""`: no such field.
    pub(super) scope: &'a str,
    pub(super) keep: &'a [&'a str],
    pub(super) repeat: Repeat,
}

impl TokenEndpoint {
    /// Asks for tokens.
    pub(super) async fn ask(&self, http: &Http, call: &Options, ask: Ask<'_>) -> Result<Tokens, Failure> {
        let mut fields = ask.fields.to_vec();
        if !ask.scope.is_empty() {
            fields.push(("scope", ask.scope.into()));
        }
        let url = self.place(http, call).await.map_err(Failure::Other)?;
        let response = self.post(http, call, &url, fields.clone(), ask.repeat).await?;
        let arrival = Arrival { server_ms: response.server_time().map(unix_ms), local_ms: now_ms() };
        if !response.is_success() {
            return Err(refused(response, &self.secrets_of(&fields)).await);
        }
        let body = response.bytes(MOST_ANSWER).await.map_err(Failure::Lost)?;
        answer::read(&body, arrival, ask.scope, ask.keep).map_err(Failure::Lost)
    }

    /// Asks with what serves once. Again while the server has no time for it, and so often where the answer was lost.
    /// Never otherwise: what comes twice may be taken for stolen.
    pub(super) async fn ask_with_care(
        &self,
        http: &Http,
        call: &Options,
        ask: Ask<'_>,
        mut after_loss: u32,
    ) -> Result<Tokens, Failure> {
        let deadline = Instant::now() + call.duration("request_timeout_ms");
        let mut while_busy = call.integer("max_retries");
        let mut busy = 0;
        loop {
            let failure = match self.ask(http, call, ask).await {
                Ok(tokens) => return Ok(tokens),
                Err(failure) => failure,
            };
            if failure.is_busy() && while_busy > 0 {
                while_busy -= 1;
                busy += 1;
                let asked = failure.retry_after();
                let Some(pause) = backoff::pause(BUSY_PAUSE, busy, asked, deadline) else {
                    return Err(failure);
                };
                tokio::time::sleep(pause).await;
            } else if failure.is_lost() && after_loss > 0 {
                after_loss -= 1;
            } else {
                return Err(failure);
            }
        }
    }

    /// Asks an endpoint beside this one to end a token.
    pub(super) async fn revoke(
        &self,
        http: &Http,
        call: &Options,
        url: &Url,
        token: &SecretString,
        kind: &'static str,
    ) -> Result<(), Failure> {
        let fields = vec![("token", token.clone()), ("token_type_hint", kind.into())];
        let secrets = self.secrets_of(&fields);
        let response = self.post(http, call, url, fields, Repeat::Safe).await?;
        match response.is_success() {
            true => Ok(()),
            false => Err(refused(response, &secrets).await),
        }
    }

    async fn place(&self, http: &Http, call: &Options) -> Result<Url> {
        let found = match &self.discovery {
            Some(discovery) => discovery.ask(http, call).await?.token.clone(),
            None => None,
        };
        Ok(found.unwrap_or_else(|| self.url.clone()))
    }

    async fn post(
        &self,
        http: &Http,
        call: &Options,
        url: &Url,
        mut fields: Vec<(&str, SecretString)>,
        repeat: Repeat,
    ) -> Result<Response, Failure> {
        let mut request = Request::new(Method::POST, url.clone()).accept("application/json").repeat(repeat);
        for (name, value) in &self.headers {
            request = request.header(name.clone(), value.clone());
        }
        match &self.client_secret {
            Some(secret) if self.basic => {
                let basic = self.basic_header(secret).map_err(Failure::Other)?;
                request = request.header(AUTHORIZATION, basic);
            }
            secret => {
                fields.push(("client_id", self.client_id.as_str().into()));
                fields.extend(secret.clone().map(|secret| ("client_secret", secret)));
            }
        }
        let request = request.body(Body::Form(form::body(&fields)));
        http.send(request, call).await.map_err(|error| match error.kind() {
            ErrorKind::Timeout | ErrorKind::Protocol => Failure::Lost(error),
            _ => Failure::Other(error),
        })
    }

    /// RFC 6749, 2.3.1: both parts are encoded as in a form first.
    fn basic_header(&self, secret: &SecretString) -> Result<HeaderValue> {
        let id = form::encoded(&self.client_id);
        let login = Zeroizing::new(format!("{id}:{}", form::encoded(secret.expose_secret())));
        let header = Zeroizing::new(format!("Basic {}", STANDARD.encode(login.as_bytes())));
        let mut value = HeaderValue::from_str(&header)
            .map_err(|_| Error::new(ErrorKind::Option, "client_id or client_secret fits in no header"))?;
        value.set_sensitive(true);
        Ok(value)
    }

    fn secrets_of(&self, fields: &[(&str, SecretString)]) -> Vec<SecretString> {
        let is_secret = |name: &str| {
            !matches!(name, "grant_type" | "scope" | "token_type_hint" | "username" | "redirect_uri")
        };
        let sent = fields.iter().filter(|(name, _)| is_secret(name)).map(|(_, value)| value.clone());
        sent.chain(self.client_secret.clone()).collect()
    }
}

impl fmt::Debug for TokenEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenEndpoint")
            .field("origin", &self.url.origin().ascii_serialization())
            .finish_non_exhaustive()
    }
}

async fn refused(response: Response, sent: &[SecretString]) -> Failure {
    let head = response.head();
    // A refusal whose text breaks off is one all the same.
    let body = response.bytes(MOST_ANSWER).await.unwrap_or_default();
    Failure::Refused(OAuthError::read(head.status(), &body, sent), head)
}
