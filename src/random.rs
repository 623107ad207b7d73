//! Chance from the operating system: names and secrets that nobody can guess, and delays that are not alike.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{Error, ErrorKind, Result};

/// So many bytes that nobody can guess.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::new(ErrorKind::Io, format!("the system gave no random bytes: {error}")))?;
    Ok(bytes)
}

/// So many random bytes in base64url.
pub(crate) fn text<const BYTES: usize>() -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<BYTES>()?))
}

/// A number from 0 to 1. Where the system has no chance to offer, the middle.
pub(crate) fn fraction() -> f64 {
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}
