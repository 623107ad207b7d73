//! What went wrong on the way, as errors of tiro. Nothing of a URL is told but its origin: its query may hold a secret.

use std::error::Error as StdError;
use std::io;

use crate::error::{Error, ErrorKind};

/// A request to `place` that got no answer, or an answer that ended too soon.
pub(super) fn of_request(place: &str, error: &reqwest::Error) -> Error {
    if let Some(own) = chain(error).find_map(|cause| cause.downcast_ref::<Error>()) {
        return own.clone();
    }
    let causes = causes(error);
    if error.is_connect() && causes.contains("proxy auth") {
        let what = format!("no connection to {place}: the proxy asks for a login, or refuses the one it got");
        return Error::new(ErrorKind::Connect, what)
            .with_http_status(407)
            .with_retriable(false)
            .with_hint("the options proxy_username and proxy_password have it");
    }
    let is_tls = chain(error).any(|cause| cause.is::<rustls::Error>());
    let (kind, what) = match (error.is_connect(), error.is_timeout()) {
        (true, true) => (ErrorKind::Timeout, "no connection in time to"),
        (true, false) if is_tls => (ErrorKind::Tls, "no trusted connection to"),
        (true, false) => (ErrorKind::Connect, "no connection to"),
        (false, true) => (ErrorKind::Timeout, "no byte moved any more to or from"),
        (false, false) => (ErrorKind::Protocol, "the answer broke off, or is not HTTP, of"),
    };
    Error::new(kind, format!("{what} {place}: {causes}"))
}

/// What stands behind an error of the HTTP library, without its own text, which shows the URL.
pub(super) fn causes(error: &reqwest::Error) -> String {
    let mut texts: Vec<String> = chain(error).skip(1).map(ToString::to_string).collect();
    // What wraps another often says the same.
    texts.dedup();
    texts.join(": ")
}

fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| {
        let error: &'a (dyn StdError + 'static) = *error;
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            // The source of an I/O error is what stands behind the error in it, and not that error.
            Some(inner) => Some(inner as &(dyn StdError + 'static)),
            None => error.source(),
        }
    })
}
