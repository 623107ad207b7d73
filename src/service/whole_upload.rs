//! What the failure of an upload in one request means: unless it came to nothing, there may be a recording.

use crate::error::Error;

/// Whoever tries again blindly pays for a second recording: so nobody is told that the same call may succeed later.
pub(crate) fn failed_upload(error: Error) -> Error {
    if error.was_unsent_or_refused() || !error.is_retriable() {
        return error;
    }
    let error = error.with_retriable(false);
    match error.hint() {
        "" => error.with_hint("the recording may have been taken in: look for it in the list first"),
        _ => error,
    }
}
