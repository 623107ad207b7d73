//! Who works on a recording: an opened store, for as long as it holds the lock on a file of its own. The system takes
//! the lock away when the process ends, however it ends; so whoever can take it knows that nobody works there any more.
//!
//! The locks are those of the process (`fcntl`), which a forked child does not inherit: a child that outlives its parent
//! does not keep the parent's recordings from being taken up again. Within one process such locks say nothing, so there
//! a list does.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io;
use std::mem::ManuallyDrop;
use std::path::Path;

use tempfile::NamedTempFile;

use crate::error::{Error, Result};
use crate::runtime::sync::Mutex;
use crate::runtime::{PerProcess, generation};

const SUFFIX: &str = ".lock";

static HERE: PerProcess<Mutex<HashSet<String>>> = PerProcess::new();

/// One opened store among those who share a folder.
pub(super) struct Owner {
    name: String,
    generation: u32,
    file: ManuallyDrop<NamedTempFile>,
}

impl Owner {
    /// A new owner. Only inside a transaction that writes: nobody looks for dead ones then, between the making of the
    /// file and its lock.
    pub(super) fn register(dir: &Path) -> Result<Self> {
        let failed = |error| Error::io(format_args!("a lock in {}", dir.display()), &error);
        let file = tempfile::Builder::new()
            .prefix("")
            .suffix(SUFFIX)
            .rand_bytes(16)
            .tempfile_in(dir)
            .map_err(failed)?;
        let name = name_of(file.path()).unwrap_or_default();
        HERE.get().lock().insert(name.clone());
        let owner = Self { name, generation: generation(), file: ManuallyDrop::new(file) };
        lock(owner.file.as_file()).map_err(failed)?;
        Ok(owner)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // In a forked child the file is the parent's, and stays.
        if self.generation == generation() {
            // SAFETY: dropped here only, and not used after. The file goes before the lock, the name after both.
            unsafe { ManuallyDrop::drop(&mut self.file) };
            HERE.get().lock().remove(&self.name);
        }
    }
}

/// Whether an owner still works. In doubt it does: its recordings are not taken from it.
pub(super) fn is_alive(dir: &Path, name: &str) -> bool {
    // Before the file is looked at: to open and close one of our own would give up its lock.
    if HERE.get().lock().contains(name) {
        return true;
    }
    match open(&dir.join(format!("{name}{SUFFIX}"))) {
        Ok(file) => lock(&file).is_err(),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

/// Whether a dead owner left its file behind: it did not end of its own accord.
pub(super) fn was_ended(dir: &Path, name: &str) -> bool {
    dir.join(format!("{name}{SUFFIX}")).exists()
}

/// The owners that left their file behind.
pub(super) fn dead(dir: &Path) -> io::Result<Vec<String>> {
    let names = std::fs::read_dir(dir)?.filter_map(|entry| name_of(&entry.ok()?.path()));
    Ok(names.filter(|name| !is_alive(dir, name)).collect())
}

/// Removes what a dead owner left.
pub(super) fn forget(dir: &Path, name: &str) {
    let _ = std::fs::remove_file(dir.join(format!("{name}{SUFFIX}")));
}

fn name_of(path: &Path) -> Option<String> {
    path.file_name()?.to_str()?.strip_suffix(SUFFIX).map(str::to_owned)
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().read(true).write(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(path)
}

#[cfg(unix)]
fn lock(file: &File) -> io::Result<()> {
    Ok(rustix::fs::fcntl_lock(file, rustix::fs::FlockOperation::NonBlockingLockExclusive)?)
}

/// Nobody else opens what is opened so.
#[cfg(windows)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::windows::fs::OpenOptionsExt;
    OpenOptions::new().read(true).write(true).share_mode(0).open(path)
}

/// An open file is the lock: its deletion waits for its closing, and `open` fails until then.
#[cfg(windows)]
fn lock(_file: &File) -> io::Result<()> {
    Ok(())
}
