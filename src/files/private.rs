//! Files and folders that are their owner's alone.

use std::fs::{DirBuilder, Metadata, OpenOptions};
use std::io;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};

/// For new files that nobody else may read.
pub(crate) fn new_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes a folder that nobody else may look into, and those above it that are missing.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

/// Refuses what belongs to somebody else, or what others may do more with than they should.
#[cfg(unix)]
pub(crate) fn check_owner(path: &Path, metadata: &Metadata, forbidden: u32, elsewhere: &str) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    let refused = |what: &str| Error::new(ErrorKind::Permission, format!("{} {what}", path.display()));
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(refused("belongs to another user").with_hint(elsewhere));
    }
    let mode = metadata.mode() & 0o777;
    if mode & forbidden == 0 {
        return Ok(());
    }
    let what = if forbidden & 0o044 == 0 { "may be written by others" } else { "is open to others" };
    Err(refused(&format!("{what} (its mode is {mode:o})")).with_hint(format!(
        "take the permissions away: chmod {:o} {}",
        mode & !forbidden,
        path.display()
    )))
}

/// Elsewhere a new folder has its permissions from the one it is in.
#[cfg(not(unix))]
pub(crate) fn check_owner(
    _path: &Path,
    _metadata: &Metadata,
    _forbidden: u32,
    _elsewhere: &str,
) -> Result<()> {
    Ok(())
}
