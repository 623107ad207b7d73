//! A request: what is asked for, what it carries, and whether it may be asked twice.

use std::fmt;

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Method, Url};
use secrecy::SecretString;

use super::body::Body;
use super::url::origin;
use crate::runtime::Reporter;

/// When a request is repeated by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Not at all.
    Never,
    /// Asking twice is as asking once: after no connection, a cut, and the statuses 408, 429, 500, 502, 503, 504.
    Safe,
    /// Asking twice may do something twice: only where surely nothing of it reached the server.
    Unsent,
}

/// A request. Cheap to clone: a body is shared.
#[derive(Clone)]
pub(crate) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) accept: &'static str,
    pub(super) bearer: Option<SecretString>,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Body,
    pub(super) repeat: Repeat,
    pub(super) reporter: Option<Reporter>,
}

impl Request {
    /// Safe to repeat.
    pub(crate) fn get(url: Url) -> Self {
        Self::new(Method::GET, url).repeat(Repeat::Safe)
    }

    /// Not repeated unless [`Request::repeat`] says so; accepts JSON.
    pub(crate) fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            accept: "application/json, application/problem+json",
            bearer: None,
            headers: Vec::new(),
            body: Body::Empty,
            repeat: Repeat::Never,
            reporter: None,
        }
    }

    /// What kinds of answer are asked for.
    pub(crate) fn accept(mut self, accept: &'static str) -> Self {
        self.accept = accept;
        self
    }

    /// The access token.
    pub(crate) fn bearer(mut self, token: SecretString) -> Self {
        self.bearer = Some(token);
        self
    }

    /// A further header. A value marked as sensitive is a credential.
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(crate) fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    pub(crate) fn repeat(mut self, repeat: Repeat) -> Self {
        self.repeat = repeat;
        self
    }

    /// Who is told how far an upload is.
    pub(crate) fn reporter(mut self, reporter: Reporter) -> Self {
        self.reporter = Some(reporter);
        self
    }

    /// Whether it can be sent a second time: a body that cannot be read anew goes once.
    pub(crate) fn can_replay(&self) -> bool {
        self.body.can_replay()
    }

    pub(super) fn has_credentials(&self) -> bool {
        self.bearer.is_some() || self.headers.iter().any(|(name, value)| is_credential(name, value))
    }
}

fn is_credential(name: &HeaderName, value: &HeaderValue) -> bool {
    use reqwest::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};
    value.is_sensitive() || [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION].contains(name)
}

/// Shows where the request goes; no path (which may name a person), no query, no header, no body.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({} {})", self.method, origin(&self.url))
    }
}
