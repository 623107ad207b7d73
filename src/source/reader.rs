//! Reading a source from its first byte to its last, and the check that these are as many as were declared.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Claim, Kind, ReadCallbacks};
use crate::error::{Error, ErrorKind, Result};
use crate::runtime::callbacks;

/// How long a silent descriptor is waited for until it is looked whether anybody still wants it, in ms.
#[cfg(unix)]
const MOMENT_MS: libc::c_int = 100;

/// An open source. Blocks when read: only for the library's blocking threads.
pub struct SourceReader {
    claim: Claim,
    file: Option<std::fs::File>,
    size: Option<u64>,
    position: u64,
    /// Whether a descriptor is read by position; else as it comes.
    by_position: bool,
    /// Set when nobody waits for what is read any more.
    stop: Arc<AtomicBool>,
}

impl SourceReader {
    pub(super) fn open(claim: Claim) -> Result<Self> {
        let stop = Arc::default();
        let mut reader = Self { claim, file: None, size: None, position: 0, by_position: false, stop };
        match reader.claim.kind() {
            Kind::Path(path) => {
                let (file, size) = open_regular(path)?;
                (reader.file, reader.size) = (Some(file), Some(size));
            }
            Kind::Bytes(bytes) => reader.size = Some((**bytes).as_ref().len() as u64),
            #[cfg(unix)]
            Kind::Fd { file, offset, read_once } => {
                let metadata = file.metadata().map_err(|error| Error::io("the file descriptor", &error))?;
                reader.by_position = metadata.is_file();
                if reader.by_position {
                    reader.size = Some(metadata.len().saturating_sub(*offset));
                } else if read_once.swap(true, Ordering::AcqRel) {
                    return Err(read_before());
                }
            }
            Kind::Callbacks { callbacks, read_once } => {
                let mut callbacks = callbacks.lock();
                if read_once.swap(true, Ordering::AcqRel) {
                    rewind(&mut **callbacks)?;
                }
                let size = callbacks::run(|| callbacks.size());
                drop(callbacks);
                reader.size =
                    size.ok_or_else(|| Error::new(ErrorKind::Source, "the size callback failed"))?;
            }
            Kind::Url(_) => {
                let what = "a URL is a source for services that fetch it by themselves only";
                return Err(Error::new(ErrorKind::Unsupported, what).with_hint("give the file itself"));
            }
        }
        Ok(reader)
    }

    /// Has a read of what may never give anything, a pipe or a socket, end as an error soon after `stop` is set.
    pub(crate) fn stop_with(&mut self, stop: Arc<AtomicBool>) {
        self.stop = stop;
    }

    /// Gives the claim back; the source can be opened again if it can restart.
    pub(crate) fn into_claim(self) -> Claim {
        self.claim
    }

    /// The declared number of bytes, if it is known.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// Where reading goes on. Without a seek: how many bytes were read so far.
    pub fn position(&self) -> u64 {
        self.position
    }

    fn read_some(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.claim.kind() {
            Kind::Path(_) => self.file.as_mut().map_or(Ok(0), |file| file.read(buffer)),
            Kind::Bytes(bytes) => {
                let bytes = (**bytes).as_ref();
                let rest = &bytes[bytes.len().min(self.position as usize)..];
                let count = rest.len().min(buffer.len());
                buffer[..count].copy_from_slice(&rest[..count]);
                Ok(count)
            }
            #[cfg(unix)]
            Kind::Fd { file, offset, .. } if self.by_position => {
                std::os::unix::fs::FileExt::read_at(file, buffer, offset.saturating_add(self.position))
            }
            #[cfg(unix)]
            Kind::Fd { file, .. } => read_as_it_comes(file, buffer, &self.stop),
            Kind::Callbacks { callbacks, .. } => {
                let mut callbacks = callbacks.lock();
                callbacks::run(|| callbacks.read(buffer))
                    .unwrap_or_else(|| Err(io::Error::other("the read callback panicked")))
            }
            Kind::Url(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}

impl SourceReader {
    /// Whether the first byte can be had again: of a pipe it cannot, nor of callbacks that do not rewind.
    pub fn can_restart(&self) -> bool {
        self.claim.can_restart()
    }

    /// Goes on reading at the first byte. What was declared stays declared.
    pub fn restart(&mut self) -> Result<()> {
        if self.position == 0 {
            return Ok(());
        }
        match self.claim.kind() {
            Kind::Callbacks { callbacks, .. } => rewind(&mut **callbacks.lock())?,
            _ if self.can_seek() => self.seek_to(0).map_err(|error| read_error(&error))?,
            _ => return Err(read_before()),
        }
        self.position = 0;
        Ok(())
    }

    /// Whether [`SourceReader::seek_to`] works: files and bytes in memory, but neither pipes nor callbacks.
    pub fn can_seek(&self) -> bool {
        match self.claim.kind() {
            Kind::Path(_) | Kind::Bytes(_) => true,
            #[cfg(unix)]
            Kind::Fd { .. } => self.by_position,
            Kind::Callbacks { .. } | Kind::Url(_) => false,
        }
    }

    /// Goes on reading at `position`, counted from the source's first byte.
    pub fn seek_to(&mut self, position: u64) -> io::Result<()> {
        if !self.can_seek() {
            return Err(io::ErrorKind::Unsupported.into());
        }
        if self.size.is_some_and(|size| position > size) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        if let Some(file) = &mut self.file {
            file.seek(SeekFrom::Start(position))?;
        }
        self.position = position;
        Ok(())
    }

    /// Makes sure that the source is as long as it declared, where parts of it were passed over: goes to its end and
    /// reads on. What cannot seek must be read to its end instead.
    #[cfg_attr(
        not(feature = "local"),
        allow(dead_code, reason = "only the local service reads out of order")
    )]
    pub fn check_size(&mut self) -> io::Result<()> {
        let Some(size) = self.size else { return Ok(()) };
        // The last byte must be there, and none after it.
        self.seek_to(size.saturating_sub(1))?;
        let mut rest = [0; 2];
        while self.read(&mut rest)? > 0 {}
        Ok(())
    }
}

impl Read for SourceReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.read_some(buffer)?;
        if count > buffer.len() {
            return Err(source_failed("the read callback says it gave more than there was room for".into()));
        }
        self.position += count as u64;
        // A file that somebody truncates or appends to, and a callback that declared another size, are told at once:
        // nothing that is not what was declared is ever taken for a recording.
        if let Some(size) = self.size {
            let cut = count == 0 && !buffer.is_empty() && self.position < size;
            if cut || self.position > size {
                return Err(source_failed(format!(
                    "the source declared {size} bytes but gave {}{}",
                    if cut { "" } else { "at least " },
                    self.position
                )));
            }
        }
        Ok(count)
    }
}

/// Opens a regular file without ever waiting: a named pipe would block in `open` until somebody writes.
pub(crate) fn open_regular(path: &Path) -> Result<(std::fs::File, u64)> {
    let shown = path.display();
    let mut options = std::fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK | libc::O_CLOEXEC);
    let failed = |error| Error::io(format_args!("{shown}"), &error).with_path(path);
    let file = options.open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        let what = if metadata.is_dir() { "a directory" } else { "a pipe or device" };
        return Err(Error::new(ErrorKind::NotAFile, format!("{shown} is {what}, not a file"))
            .with_path(path)
            .with_hint("a pipe can be given as a file descriptor"));
    }
    Ok((file, metadata.len()))
}

/// Reads what a pipe or a socket has, whether or not it was made to block.
#[cfg(unix)]
fn read_as_it_comes(mut file: &std::fs::File, buffer: &mut [u8], stop: &AtomicBool) -> io::Result<usize> {
    loop {
        if stop.load(Ordering::Acquire) {
            return Err(source_failed("the source was given up before it gave anything more".into()));
        }
        if has_something(file)? {
            match file.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                outcome => return outcome,
            }
        }
    }
}

/// Waits a moment for something to be read, the end included.
#[cfg(unix)]
fn has_something(file: &std::fs::File) -> io::Result<bool> {
    let mut asked =
        libc::pollfd { fd: std::os::fd::AsRawFd::as_raw_fd(file), events: libc::POLLIN, revents: 0 };
    // SAFETY: one structure, which lives through the call; the descriptor is open while `file` is borrowed.
    match unsafe { libc::poll(&mut asked, 1, MOMENT_MS) } {
        -1 => Err(io::Error::last_os_error()),
        count => Ok(count > 0),
    }
}

fn rewind(callbacks: &mut dyn ReadCallbacks) -> Result<()> {
    if !callbacks.can_rewind() {
        return Err(read_before());
    }
    match callbacks::run(|| callbacks.rewind()) {
        Some(Ok(())) => Ok(()),
        _ => Err(Error::new(ErrorKind::Source, "the source could not be rewound")),
    }
}

fn read_before() -> Error {
    Error::new(ErrorKind::Source, "this source was read before and cannot be rewound")
}

/// Marks what is the source's own failure on its way through decoders that know only `io::Error`.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct SourceFailed(String);

fn source_failed(message: String) -> io::Error {
    io::Error::other(SourceFailed(message))
}

/// The error of tiro for one of a [`SourceReader`].
pub(crate) fn read_error(error: &io::Error) -> Error {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<SourceFailed>()) {
        Some(failed) => Error::new(ErrorKind::Source, failed.to_string()),
        None if error.kind() == io::ErrorKind::Other => {
            Error::new(ErrorKind::Source, format!("reading the source: {error}"))
        }
        None => Error::io("reading the source", error),
    }
}
