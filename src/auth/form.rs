//! Fields of forms and queries as text.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};

/// All but the unreserved characters. A space becomes `%20`, which every decoder reads, unlike `+`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// `name=value&...`, for a query without secrets.
pub(super) fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let pairs = pairs.into_iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// The same for the body of a form that holds secrets.
pub(super) fn body(fields: &[(&str, SecretString)]) -> SecretString {
    query(fields.iter().map(|(name, value)| (*name, value.expose_secret()))).into()
}
