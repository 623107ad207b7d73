//! The answers of a service: the body of one that says yes, the error that another stands for.

use bytes::Bytes;

use crate::error::{Error, Result};
use crate::http::Response;

/// The largest answer that is read as JSON: the longest lists have a few megabytes.
pub(super) const LARGEST_JSON: usize = 64 << 20;

/// The body of an answer that says yes, else the error that it stands for, which `error_of` reads out of its status and
/// its body.
pub(super) async fn success(
    response: Response,
    most: usize,
    error_of: impl FnOnce(u16, &[u8]) -> Error,
) -> Result<Bytes> {
    if !response.is_success() {
        return Err(refusal(response, error_of).await);
    }
    let head = response.head();
    response.bytes(most).await.map_err(|error| head.complete(error))
}

/// The error that an answer which says no stands for.
pub(super) async fn refusal(response: Response, error_of: impl FnOnce(u16, &[u8]) -> Error) -> Error {
    let head = response.head();
    let error = match response.bytes(LARGEST_JSON).await {
        Ok(body) => error_of(head.status(), &body),
        Err(error) => error,
    };
    head.complete(error)
}
