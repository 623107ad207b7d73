//! What SQLite says, as errors of tiro.

use std::io;
use std::path::Path;

use rusqlite::{Connection, ErrorCode, ffi};

use super::Kind;
use crate::error::{Error, ErrorKind};

/// The error of tiro for one of a database.
pub(super) fn of(
    kind: &Kind,
    path: &Path,
    connection: Option<&Connection>,
    error: &rusqlite::Error,
) -> Error {
    let (noun, shown) = (kind.noun, path.display());
    let Some(failure) = error.sqlite_error() else {
        // A value of another type than the schema says.
        return corrupt(kind, path, &error.to_string());
    };
    let named = |kind, what: &str| Error::new(kind, format!("{noun} {shown} {what}"));
    match failure.code {
        ErrorCode::DiskFull => named(ErrorKind::DiskFull, "could not be written: the disk is full"),
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied => {
            named(ErrorKind::Permission, "may not be written")
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
            named(ErrorKind::StoreBusy, "is busy: another process does not let go of it")
        }
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => corrupt(kind, path, &error.to_string()),
        ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::FileLockingProtocolFailed => {
            match connection.and_then(system_error) {
                Some(cause) => Error::io(format_args!("{noun} {shown}"), &cause),
                None if failure.code == ErrorCode::CannotOpen => cannot_open(noun, path),
                None => named(ErrorKind::Io, &format!("failed: {error}")),
            }
        }
        _ => named(ErrorKind::Io, &format!("failed: {error}")),
    }
}

pub(super) fn corrupt(kind: &Kind, path: &Path, what: &str) -> Error {
    let Kind { noun, elsewhere, .. } = kind;
    Error::new(ErrorKind::StoreCorrupt, format!("{noun} {} is damaged: {what}", path.display()))
        .with_hint(format!("nothing was changed; to begin anew, move it away or {elsewhere}"))
}

/// The system's own reason for the last failure.
fn system_error(connection: &Connection) -> Option<io::Error> {
    // SAFETY: the connection is open, and only this thread uses it.
    let code = unsafe { ffi::sqlite3_system_errno(connection.handle()) };
    (code != 0).then(|| io::Error::from_raw_os_error(code))
}

/// Without a connection SQLite does not tell the system's reason: what the folder itself answers is as good. (The
/// database must not be opened here: to close it again would give up the locks that this process has on it.)
fn cannot_open(noun: &str, path: &Path) -> Error {
    let shown = path.display();
    match std::fs::read_dir(path.parent().unwrap_or(path)) {
        Err(error) => Error::io(format_args!("{noun} {shown}"), &error),
        Ok(_) => Error::new(ErrorKind::Permission, format!("{noun} {shown} could not be opened")),
    }
}
