//! Where a database lies: a file that is its owner's alone.

use std::io;
use std::path::Path;

use super::Kind;
use crate::error::{Error, ErrorKind, Result};
use crate::files::private;
use crate::runtime::PerProcess;
use crate::runtime::sync::Mutex;

/// Whoever makes the file closes it again, which gives up every lock that this process has on it: so nobody may have
/// opened it by then.
static CREATING: PerProcess<Mutex<()>> = PerProcess::new();

/// Makes the file, as SQLite would make it readable for others (and SQLite gives its journal the same permissions), or
/// checks the one that is there.
pub(super) fn prepare(kind: &Kind, path: &Path) -> Result<()> {
    let named = || format!("{} {}", kind.noun, path.display());
    let failed = |error| Error::io(named(), &error);
    let _creating = CREATING.get().lock();
    match private::new_file().create_new(true).open(path) {
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed(error)),
    }
    let metadata = path.symlink_metadata().map_err(failed)?;
    if !metadata.is_file() {
        let what = format!("{} is a link, folder or device, not a file", named());
        return Err(Error::new(ErrorKind::NotAFile, what));
    }
    private::check_owner(path, &metadata, 0o077, kind.elsewhere)
}
