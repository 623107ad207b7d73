//! Tokens in a file that its owner alone can read, shared by processes. It is read and replaced as a whole, under a lock;
//! what is no token file is an error and stays as it is.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use secrecy::zeroize::Zeroizing;
use sha2::{Digest, Sha256};

use super::document::{self, Entries, Unreadable};
use super::{Ownership, TokenStore};
use crate::auth::{IdentityKey, Tokens};
use crate::error::{Error, ErrorKind, Result};
use crate::files::lock::{self, Held, LockFile, Region};
use crate::files::{NewFile, folder_of, private};
use crate::runtime::sync::Mutex;

/// Largest file that is read: some ten thousand identities.
const MOST_BYTES: u64 = 64 << 20;
/// How long others may take to read or replace the file.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(5);
/// The right to read and replace the file.
const DOCUMENT: Region = 0;

/// A token file. Nothing is opened before it is used.
pub(crate) struct FileStore {
    path: PathBuf,
    locks: Mutex<Option<Arc<LockFile>>>,
}

impl FileStore {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, locks: Mutex::default() }
    }

    fn failed(&self, error: &io::Error) -> Error {
        Error::io(format_args!("the token store {}", self.path.display()), error)
    }

    fn refused(&self, kind: ErrorKind, what: &str) -> Error {
        Error::new(kind, format!("the token store {} {what}", self.path.display()))
    }

    fn locks(&self) -> Result<Arc<LockFile>> {
        let mut locks = self.locks.lock();
        if let Some(locks) = &*locks {
            return Ok(locks.clone());
        }
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(".lock");
        let path = self.path.with_file_name(name);
        private::create_folder(folder_of(&path)).map_err(|error| self.failed(&error))?;
        let opened = lock::open(&path)
            .map_err(|error| Error::io(format_args!("the lock file {}", path.display()), &error))?;
        Ok(locks.insert(opened).clone())
    }

    fn lock_document(&self) -> Result<Held> {
        let locks = self.locks()?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(held) = Held::try_take(&locks, DOCUMENT).map_err(|error| self.failed(&error))? {
                return Ok(held);
            }
            if Instant::now() >= deadline {
                return Err(self.refused(ErrorKind::StoreBusy, "is held by another process"));
            }
            std::thread::sleep(PAUSE);
        }
    }

    fn read(&self) -> Result<Entries> {
        let file = match open_to_read(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Entries::new()),
            Err(_) if is_link(&self.path) => {
                return Err(self.refused(ErrorKind::Permission, "is a link, and none is followed"));
            }
            Err(error) => return Err(self.failed(&error)),
        };
        let metadata = file.metadata().map_err(|error| self.failed(&error))?;
        self.check(&metadata)?;
        let mut text = Zeroizing::new(Vec::new());
        (&file).take(MOST_BYTES + 1).read_to_end(&mut text).map_err(|error| self.failed(&error))?;
        if text.len() as u64 > MOST_BYTES {
            return Err(self.damaged());
        }
        document::read(&text).map_err(|why| match why {
            Unreadable::Damaged => self.damaged(),
            Unreadable::Newer => self
                .refused(ErrorKind::StoreNewer, "was written by a newer version of tiro")
                .with_hint("update tiro, or choose another token_store"),
        })
    }

    fn damaged(&self) -> Error {
        self.refused(ErrorKind::StoreCorrupt, "is damaged, or no token store")
            .with_hint("nothing in it was touched; move it away, and sign in again")
    }

    fn check(&self, metadata: &Metadata) -> Result<()> {
        if !metadata.is_file() {
            return Err(self.refused(ErrorKind::NotAFile, "is a folder or device, not a file"));
        }
        private::check_owner(&self.path, metadata, 0o077, "choose another token_store")
    }

    /// The new file is whole and on the disk before it takes the place of the old one.
    fn replace(&self, entries: &Entries) -> Result<()> {
        let text = document::write(entries)
            .map_err(|_| self.refused(ErrorKind::Io, "could not be put into words"))?;
        let written = || -> io::Result<()> {
            let file = NewFile::create(folder_of(&self.path), ".tiro-tokens-", true)?;
            file.file().write_all(&text)?;
            file.put(&self.path, None)
        };
        written().map_err(|error| self.failed(&error))
    }
}

impl TokenStore for FileStore {
    /// Without the lock: the file is always a whole one.
    fn load(&self, key: &IdentityKey) -> Result<Option<Tokens>> {
        Ok(self.read()?.remove(key))
    }

    fn save(&self, key: &IdentityKey, tokens: Option<&Tokens>) -> Result<()> {
        let _held = self.lock_document()?;
        let mut entries = self.read()?;
        match tokens {
            Some(tokens) => entries.insert(key.clone(), tokens.clone()),
            None if entries.contains_key(key) => entries.remove(key),
            None => return Ok(()),
        };
        self.replace(&entries)
    }

    fn try_own(&self, key: &IdentityKey) -> Result<Option<Ownership>> {
        let held = Held::try_take(&self.locks()?, region_of(key)).map_err(|error| self.failed(&error))?;
        Ok(held.map(Ownership::of))
    }
}

/// The byte that stands for an identity. Two on one byte only wait for each other.
fn region_of(key: &IdentityKey) -> Region {
    let mut digest = Sha256::new();
    for part in [&key.service, &key.auth_origin, &key.client_id, &key.identity] {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    let digest = digest.finalize();
    // 30 bits and one on top: positive in every system's file offsets, and never the document's byte.
    1 + (u32::from_le_bytes([digest[0], digest[1], digest[2], digest[3]]) >> 2)
}

fn is_link(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink())
}

fn open_to_read(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NOFOLLOW | libc::O_NONBLOCK);
    options.open(path)
}
