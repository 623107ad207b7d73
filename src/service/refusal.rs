//! What an HTTP status that is no success means, whatever else the service says.

use crate::error::ErrorKind;

pub(super) fn kind_of(status: u16) -> ErrorKind {
    match status {
        401 => ErrorKind::Auth,
        403 => ErrorKind::Forbidden,
        404 | 410 => ErrorKind::NotFound,
        408 => ErrorKind::Timeout,
        409 => ErrorKind::Conflict,
        429 => ErrorKind::RateLimited,
        500.. => ErrorKind::Service,
        _ => ErrorKind::Rejected,
    }
}
