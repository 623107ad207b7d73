//! Sources: what is uploaded. A source says how it is opened, how large it is and whether it can be read twice; it is
//! streamed, never held whole. Here is no knowledge of media formats and none of services.

mod reader;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, ErrorKind, Result};
use crate::http::web_url;
use crate::runtime::Generation;
use crate::runtime::sync::Mutex;
pub use reader::SourceReader;
#[cfg(feature = "documents")]
pub(crate) use reader::open_regular;
pub(crate) use reader::read_error;

/// Functions that a program gives to be read from. Called on the library's threads, one call at a time.
pub trait ReadCallbacks: Send {
    /// Fills the front of `buffer` and says how much; 0 is the end.
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize>;
    /// Goes back to the first byte.
    fn rewind(&mut self) -> std::io::Result<()>;
    /// Whether [`ReadCallbacks::rewind`] can be called. A source that cannot rewind is never read a second time.
    fn can_rewind(&self) -> bool;
    /// The number of bytes, if it is known.
    fn size(&mut self) -> Option<u64>;
}

/// Bytes in memory that a source reads from.
pub type SharedBytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// What to upload. Cheap to clone: clones are the same source, which serves one operation at a time.
#[derive(Clone)]
pub struct Source {
    shared: Arc<Shared>,
}

struct Shared {
    name: String,
    generation: Generation,
    in_use: AtomicBool,
    kind: Kind,
}

enum Kind {
    Path(PathBuf),
    Bytes(SharedBytes),
    #[cfg(unix)]
    Fd {
        file: std::fs::File,
        offset: u64,
        read_once: AtomicBool,
    },
    Callbacks {
        callbacks: Mutex<Box<dyn ReadCallbacks>>,
        read_once: AtomicBool,
    },
    Url(String),
}

/// Longer URLs are refused by most servers.
const LONGEST_URL: usize = 8192;

impl Source {
    /// A file, opened when an operation starts to read. A relative path is completed now, as the working directory may
    /// change.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        if path.as_os_str().is_empty() {
            return Err(Error::new(ErrorKind::Argument, "the path is empty"));
        }
        let path = std::path::absolute(path).map_err(|error| Error::io("the working directory", &error))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self::new(name, Kind::Path(path)))
    }

    /// Bytes in memory, not copied.
    pub fn from_bytes(bytes: SharedBytes, name: &str) -> Self {
        Self::new(name.to_owned(), Kind::Bytes(bytes))
    }

    /// An open file from `offset` on, read by position, so that the file's own offset does not move; or a pipe or
    /// socket (`offset` 0), read as it comes and only once.
    #[cfg(unix)]
    pub fn from_fd(fd: std::os::fd::OwnedFd, offset: u64, name: &str) -> Result<Self> {
        let file = std::fs::File::from(fd);
        let metadata = file.metadata().map_err(|error| Error::io("the file descriptor", &error))?;
        if metadata.is_dir() {
            return Err(Error::new(ErrorKind::NotAFile, "the file descriptor is one of a directory"));
        }
        if !metadata.is_file() && offset != 0 {
            return Err(Error::new(ErrorKind::Argument, "a pipe has no offset to start at"));
        }
        Ok(Self::new(name.to_owned(), Kind::Fd { file, offset, read_once: AtomicBool::new(false) }))
    }

    /// Functions of the program's.
    pub fn from_callbacks(callbacks: Box<dyn ReadCallbacks>, name: &str) -> Self {
        let callbacks = Mutex::new(callbacks);
        Self::new(name.to_owned(), Kind::Callbacks { callbacks, read_once: AtomicBool::new(false) })
    }

    /// What stands at a public URL (http or https), for a service that fetches it by itself. tiro does not read it.
    pub fn from_url(url: &str) -> Result<Self> {
        let refused = |why: &str| Error::new(ErrorKind::Argument, format!("the URL of the source {why}"));
        let parsed = web_url(url.trim(), refused)?;
        if parsed.as_str().len() > LONGEST_URL {
            return Err(refused("is overlong"));
        }
        let segment =
            parsed.path_segments().and_then(|mut segments| segments.next_back()).unwrap_or_default();
        let name = percent_encoding::percent_decode_str(segment).decode_utf8_lossy();
        let name: String = name.chars().filter(|c| !c.is_control() && *c != '/').collect();
        Ok(Self::new(name, Kind::Url(parsed.into())))
    }

    fn new(name: String, kind: Kind) -> Self {
        let shared = Shared { name, generation: Generation::now(), in_use: AtomicBool::new(false), kind };
        Self { shared: Arc::new(shared) }
    }

    /// The file name that a service is shown.
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// Takes the source for one operation; given back when the claim is dropped.
    pub(crate) fn claim(&self) -> Result<Claim> {
        self.shared.generation.check("source")?;
        if self.shared.in_use.swap(true, Ordering::AcqRel) {
            return Err(Error::new(ErrorKind::State, "another operation is reading this source"));
        }
        Ok(Claim { source: self.clone() })
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("name", &self.shared.name).finish_non_exhaustive()
    }
}

/// A source in the hands of one operation.
#[derive(Debug)]
pub(crate) struct Claim {
    source: Source,
}

impl Claim {
    pub(crate) fn name(&self) -> &str {
        self.source.name()
    }

    /// Where it lies, if it is a file that was given by its path.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self.kind() {
            Kind::Path(path) => Some(path),
            _ => None,
        }
    }

    /// Whether it can be read again after it was read. Blocks, as it may ask the program.
    pub(crate) fn can_restart(&self) -> bool {
        match self.kind() {
            Kind::Path(_) | Kind::Bytes(_) => true,
            Kind::Url(_) => false,
            #[cfg(unix)]
            Kind::Fd { file, .. } => file.metadata().is_ok_and(|metadata| metadata.is_file()),
            Kind::Callbacks { callbacks, .. } => {
                let callbacks = callbacks.lock();
                crate::runtime::callbacks::run(|| callbacks.can_rewind()).unwrap_or(false)
            }
        }
    }

    /// Where it can be fetched from, if that is all there is of it. It may hold a secret.
    pub(crate) fn url(&self) -> Option<&str> {
        match self.kind() {
            Kind::Url(url) => Some(url),
            _ => None,
        }
    }

    /// Opens it at its first byte. Blocks. The reader keeps the claim.
    pub(crate) fn open(self) -> Result<SourceReader> {
        SourceReader::open(self)
    }

    fn kind(&self) -> &Kind {
        &self.source.shared.kind
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.source.shared.in_use.store(false, Ordering::Release);
    }
}
