//! Locks over processes, by a file beside that which they guard. What each byte of it stands for is said by whoever takes
//! it: in the store of tokens one is for the document, each other for the identities whose key falls on it; in the
//! journal each is for a job.
//!
//! The locks are those of the process (`fcntl`): they end with it however it ends, and a forked child does not inherit
//! them, so that a child that lives on does not keep everybody from renewing. Within a process such locks say nothing,
//! and a file that is closed gives up all of them; so a process opens each lock file once, and a list tells who of it
//! has which byte.

use std::io;
use std::path::Path;
use std::sync::Arc;

pub(crate) use imp::LockFile;

/// A byte of the lock file.
pub(crate) type Region = u32;

/// A byte that is held, until this is dropped.
pub(crate) struct Held {
    file: Arc<LockFile>,
    region: Region,
}

impl Held {
    /// Takes a byte; `None`: somebody else has it.
    pub(crate) fn try_take(file: &Arc<LockFile>, region: Region) -> io::Result<Option<Self>> {
        Ok(file.try_lock(region)?.then(|| Self { file: file.clone(), region }))
    }
}

/// Whether somebody holds a byte, here or in another process.
pub(crate) fn is_held(file: &LockFile, region: Region) -> io::Result<bool> {
    file.is_locked(region)
}

impl Drop for Held {
    fn drop(&mut self) {
        self.file.unlock(self.region);
    }
}

/// Opens a lock file, or makes it.
pub(crate) fn open(path: &Path) -> io::Result<Arc<LockFile>> {
    imp::open(path)
}

#[cfg(unix)]
mod imp {
    use std::collections::{HashMap, HashSet};
    use std::fs::{File, OpenOptions};
    use std::io;
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
    use std::path::Path;
    use std::sync::{Arc, Weak};

    use super::Region;
    use crate::runtime::sync::Mutex;
    use crate::runtime::{Generation, PerProcess};

    /// Device and inode.
    type FileId = (u64, u64);

    static OPEN: PerProcess<Mutex<HashMap<FileId, Listed>>> = PerProcess::new();

    struct Listed {
        locks: Weak<LockFile>,
        /// Also of whoever opens it while the last one is being given up: a second descriptor, once closed, would give up
        /// what is locked by then.
        file: Arc<File>,
    }

    pub struct LockFile {
        id: FileId,
        generation: Generation,
        file: Mutex<Option<Arc<File>>>,
        here: Mutex<HashSet<Region>>,
    }

    pub(super) fn open(path: &Path) -> io::Result<Arc<LockFile>> {
        let mut open = OPEN.get().lock();
        // Looked at before it is opened: to open and close one of our own would give up its locks.
        let id = |metadata: &std::fs::Metadata| (metadata.dev(), metadata.ino());
        if let Ok(metadata) = path.symlink_metadata()
            && let Some(listed) = open.get(&id(&metadata))
        {
            let file = listed.file.clone();
            return Ok(listed.locks.upgrade().unwrap_or_else(|| list(&mut open, id(&metadata), file)));
        }
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
            .open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("it is no file"));
        }
        Ok(list(&mut open, id(&metadata), Arc::new(file)))
    }

    fn list(open: &mut HashMap<FileId, Listed>, id: FileId, file: Arc<File>) -> Arc<LockFile> {
        let locks = Arc::new(LockFile {
            id,
            generation: Generation::now(),
            file: Mutex::new(Some(file.clone())),
            here: Mutex::default(),
        });
        open.insert(id, Listed { locks: Arc::downgrade(&locks), file });
        locks
    }

    impl LockFile {
        pub(super) fn try_lock(&self, region: Region) -> io::Result<bool> {
            let mut here = self.here.lock();
            if here.contains(&region) {
                return Ok(false);
            }
            let is_free = self.set(region, libc::F_WRLCK)?;
            if is_free {
                here.insert(region);
            }
            Ok(is_free)
        }

        pub(super) fn is_locked(&self, region: Region) -> io::Result<bool> {
            Ok(self.here.lock().contains(&region)
                || self.ask(libc::F_GETLK, region, libc::F_WRLCK)?.l_type != libc::F_UNLCK as libc::c_short)
        }

        pub(super) fn unlock(&self, region: Region) {
            // In a forked child the lock is the parent's.
            if self.generation.is_past() {
                return;
            }
            let mut here = self.here.lock();
            let _ = self.set(region, libc::F_UNLCK);
            here.remove(&region);
        }

        fn set(&self, region: Region, kind: libc::c_int) -> io::Result<bool> {
            match self.ask(libc::F_SETLK, region, kind) {
                Ok(_) => Ok(true),
                Err(error) if matches!(error.raw_os_error(), Some(libc::EACCES | libc::EAGAIN)) => Ok(false),
                Err(error) => Err(error),
            }
        }

        fn ask(&self, command: libc::c_int, region: Region, kind: libc::c_int) -> io::Result<libc::flock> {
            let file = self.file.lock();
            // Only whoever drops this takes the file out.
            let file = file.as_ref().ok_or(io::ErrorKind::NotFound)?;
            // SAFETY: a C structure of numbers, of which zero is a value.
            let mut lock: libc::flock = unsafe { std::mem::zeroed() };
            lock.l_type = kind as _;
            lock.l_whence = libc::SEEK_SET as _;
            lock.l_start = region as _;
            lock.l_len = 1;
            // SAFETY: the descriptor is open while `file` is borrowed, and `lock` lives through the call.
            let outcome = unsafe { libc::fcntl(file.as_raw_fd(), command, &mut lock) };
            if outcome == -1 { Err(io::Error::last_os_error()) } else { Ok(lock) }
        }
    }

    impl Drop for LockFile {
        fn drop(&mut self) {
            if self.generation.is_past() {
                return;
            }
            // Closed under the list's lock: nobody opens the file anew in between, only to lose what it locks.
            let mut open = OPEN.get().lock();
            if open.get(&self.id).is_some_and(|listed| listed.locks.strong_count() == 0) {
                open.remove(&self.id);
            }
            self.file.lock().take();
        }
    }
}

/// A file for each byte: nobody else opens what is opened so.
#[cfg(not(unix))]
mod imp {
    use std::collections::HashMap;
    use std::fs::{File, OpenOptions};
    use std::io;
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    use super::Region;
    use crate::runtime::sync::Mutex;

    pub struct LockFile {
        path: PathBuf,
        here: Mutex<HashMap<Region, File>>,
    }

    pub(super) fn open(path: &Path) -> io::Result<Arc<LockFile>> {
        Ok(Arc::new(LockFile { path: path.to_owned(), here: Mutex::default() }))
    }

    impl LockFile {
        pub(super) fn try_lock(&self, region: Region) -> io::Result<bool> {
            let mut here = self.here.lock();
            if here.contains_key(&region) {
                return Ok(false);
            }
            let path = self.path.with_extension(format!("{region:x}.lock"));
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false);
            #[cfg(windows)]
            std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 0);
            match options.open(path) {
                Ok(file) => {
                    here.insert(region, file);
                    Ok(true)
                }
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(false),
                Err(error) => Err(error),
            }
        }

        pub(super) fn is_locked(&self, region: Region) -> io::Result<bool> {
            let is_free = self.try_lock(region)?;
            if is_free {
                self.unlock(region);
            }
            Ok(!is_free)
        }

        pub(super) fn unlock(&self, region: Region) {
            self.here.lock().remove(&region);
        }
    }
}
