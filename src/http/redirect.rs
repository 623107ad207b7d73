//! Redirects, followed by hand: only of what asks and carries nothing, and never with a credential to another origin.

use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{Method, Url};

use super::exchange::Failed;
use super::request::Request;
use super::url::origin;
use crate::error::{Error, ErrorKind, Result};

pub(super) const MOST_REDIRECTS: usize = 5;

/// The request that a redirect asks for; `None`: the answer is no redirect.
pub(super) fn followed(request: &Request, status: u16, headers: &HeaderMap) -> Result<Option<Request>> {
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = headers.get(LOCATION) else { return Ok(None) };
    let from = origin(&request.url);
    let refused = |what: String| {
        Error::new(ErrorKind::Protocol, format!("{from} redirects {what}"))
            .with_http_status(status)
            .with_retriable(false)
    };
    let target = location.to_str().ok().and_then(|location| request.url.join(location).ok());
    let mut target = target.ok_or_else(|| refused("to what is no URL".into()))?;
    target.set_fragment(None);
    let to = origin(&target);
    if !target.has_host() || !matches!(target.scheme(), "https" | "http") {
        return Err(refused(format!("to a place of the scheme {}, which is not followed", target.scheme())));
    }
    if !target.username().is_empty() || target.password().is_some() {
        return Err(refused(format!("to {to} with a user name in the URL, which is not followed")));
    }
    if request.url.scheme() == "https" && target.scheme() == "http" {
        return Err(refused(format!("to {to}, from https to plain http, which is not followed")));
    }
    if ![Method::GET, Method::HEAD].contains(&request.method) || !request.body.is_empty() {
        let what = format!("a {} to {to}, which is not followed", request.method);
        return Err(refused(what).with_hint("perhaps the base URL is not quite the right one"));
    }
    if to != from && request.has_credentials() {
        let what = format!("to {to}, which does not get the credentials of {from}");
        return Err(refused(what).with_hint("perhaps the base URL is not quite the right one"));
    }
    let mut next = request.clone();
    next.url = target;
    Ok(Some(next))
}

/// A place that no option would allow is the fault of whoever sent us there, not of the options.
pub(super) fn led_astray(failed: Failed) -> Failed {
    match failed.error.kind() {
        ErrorKind::Option => {
            let what = format!("a redirect led to where nobody may be asked: {}", failed.error);
            Failed { error: Error::new(ErrorKind::Protocol, what).with_retriable(false), unsent: false }
        }
        _ => failed,
    }
}

pub(super) fn too_many(url: &Url) -> Error {
    Error::new(ErrorKind::Protocol, format!("{} redirects more than {MOST_REDIRECTS} times", origin(url)))
        .with_retriable(false)
}
