//! The folder of a store: what lies where in it, and that it is its owner's alone.

use std::fs::{DirBuilder, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::runtime::PerProcess;
use crate::runtime::sync::Mutex;

/// Where everything lies. The path has no links in it.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    root: PathBuf,
}

/// Whoever makes the database closes it again, which gives up every lock that this process has on it: so nobody may
/// have opened it by then.
static CREATING: PerProcess<Mutex<()>> = PerProcess::new();

impl Folder {
    /// Makes what is missing and checks what is there. Nothing is read, nothing that exists is changed.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let shown = path.display();
        let io = |error| Error::io(format_args!("the data folder {shown}"), &error);
        create_private_dir(path).map_err(io)?;
        let root = path.canonicalize().map_err(io)?;
        check_owner(&root, &root.metadata().map_err(io)?, 0o022)?;
        let folder = Self { root };
        for private in [folder.media(), folder.owners()] {
            let failed = |error| Error::io(format_args!("{}", private.display()), &error);
            create_private_dir(&private).map_err(failed)?;
            let metadata = private.symlink_metadata().map_err(failed)?;
            if !metadata.is_dir() {
                return Err(Error::new(
                    ErrorKind::Permission,
                    format!("{} is a link, not a folder", private.display()),
                ));
            }
            check_owner(&private, &metadata, 0o077)?;
        }
        folder.prepare_database()?;
        Ok(folder)
    }

    /// The database, with recordings and transcripts.
    pub(super) fn database(&self) -> PathBuf {
        self.root.join("tiro.db")
    }

    /// Copies of recordings that are not finished.
    pub(super) fn media(&self) -> PathBuf {
        self.root.join("media")
    }

    /// The locks of those who work here.
    pub(super) fn owners(&self) -> PathBuf {
        self.root.join("owners")
    }

    /// Made by us, as SQLite would make it readable for others; and SQLite gives its journal the same permissions.
    fn prepare_database(&self) -> Result<()> {
        let path = self.database();
        let failed = |error| Error::io(format_args!("the store {}", path.display()), &error);
        let _creating = CREATING.get().lock();
        match private_file().create_new(true).open(&path) {
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(error)),
        }
        let metadata = path.symlink_metadata().map_err(failed)?;
        if !metadata.is_file() {
            return Err(Error::new(
                ErrorKind::NotAFile,
                format!("the store {} is a link, folder or device, not a file", path.display()),
            ));
        }
        check_owner(&path, &metadata, 0o077)
    }
}

/// For new files that nobody else may read.
fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn create_private_dir(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

/// Refuses what belongs to somebody else, or what others may do more with than they should.
#[cfg(unix)]
fn check_owner(path: &Path, metadata: &Metadata, forbidden: u32) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    let refused = |what: &str| Error::new(ErrorKind::Permission, format!("{} {what}", path.display()));
    // SAFETY: takes nothing and cannot fail.
    if metadata.uid() != unsafe { libc::geteuid() } {
        return Err(refused("belongs to another user").with_hint("choose a data_dir of your own"));
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
fn check_owner(_path: &Path, _metadata: &Metadata, _forbidden: u32) -> Result<()> {
    Ok(())
}
