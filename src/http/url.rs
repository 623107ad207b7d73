//! Which URLs are accepted, and how much of one may be told in a message.

use std::net::IpAddr;

use reqwest::Url;

use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;

/// Parses a URL. https, or plain http to this machine; no user name or password in it.
pub(crate) fn checked_url(text: &str) -> Result<Url> {
    let refused = |why: &str| Error::new(ErrorKind::Argument, format!("the URL {why}"));
    let url = parsed(text, refused)?;
    let local = url.scheme() == "http" && names_loopback(&url);
    match url.scheme() == "https" || local {
        true => Ok(url),
        false => Err(refused("is neither https nor plain http to this machine")),
    }
}

/// The base URL that an option gives: https, or plain http. Whether plain http goes to this machine is seen at the
/// connection, by the address, unless an address is what the URL gives.
pub(crate) fn base_url(key: &str, options: &Options) -> Result<Url> {
    let refused = |why: &str| Error::new(ErrorKind::Option, format!("{key} {why}"));
    let url = web_url(&options.text(key), refused)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refused("has a query or a fragment, which a base URL cannot have"));
    }
    match options.text("allow_plain_http") == "yes" {
        true => Ok(url),
        false => check_plain(&url).map(|()| url),
    }
}

/// Parses a URL of https or http, whoever it leads to; no user name or password in it.
pub(crate) fn web_url(text: &str, refused: impl Fn(&str) -> Error) -> Result<Url> {
    let url = parsed(text, &refused)?;
    match url.scheme() {
        "https" | "http" => Ok(url),
        _ => Err(refused("is neither https nor http")),
    }
}

fn parsed(text: &str, refused: impl Fn(&str) -> Error) -> Result<Url> {
    let url = Url::parse(text).map_err(|error| refused(&format!("is not one: {error}")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("holds a user name or password"));
    }
    match url.has_host() {
        true => Ok(url),
        false => Err(refused("names no host")),
    }
}

/// Refuses plain http to an address that is not this machine's. A name is judged when it is resolved.
pub(super) fn check_plain(url: &Url) -> Result<()> {
    match (url.scheme(), address(url)) {
        ("http", Some(address)) if !address.is_loopback() => Err(plain_refused(&origin(url))),
        _ => Ok(()),
    }
}

pub(super) fn plain_refused(place: &str) -> Error {
    Error::new(ErrorKind::Option, format!("plain http to {place}, which is not this machine, is refused"))
        .with_hint(
            "use https; allow_plain_http=yes sends tokens and speech readable for everybody on the way",
        )
}

/// Scheme, host and port: what may be told of a URL, and whom credentials belong to.
pub(crate) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// The address that a URL has in place of a name.
fn address(url: &Url) -> Option<IpAddr> {
    url.host_str()?.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// By what the URL itself says: an address, or the name that stands for this machine everywhere.
pub(super) fn names_loopback(url: &Url) -> bool {
    match address(url) {
        Some(address) => address.is_loopback(),
        None => url.host_str().is_some_and(|host| host == "localhost" || host.ends_with(".localhost")),
    }
}
