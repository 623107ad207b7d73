//! How far an installation is.

use super::ModelError;
use super::digest::Hasher;
use std::fs::File;
use std::io::{self, Write};
use std::ops::ControlFlow;

/// Hears `(done_bytes, total_bytes)` and may ask to stop.
pub(super) type Progress<'p> = &'p mut dyn FnMut(u64, u64) -> ControlFlow<()>;

/// Adds up progress.
pub(super) struct Meter<'p> {
    done: u64,
    total: u64,
    progress: Progress<'p>,
}

impl<'p> Meter<'p> {
    pub(super) fn new(total: u64, progress: Progress<'p>) -> Self {
        Self { done: 0, total, progress }
    }

    pub(super) fn add(&mut self, n: u64) -> ControlFlow<()> {
        // A length that the pinned ones do not foresee ends in an error anyway; a bar must not run past its end.
        self.done = (self.done + n).min(self.total);
        (self.progress)(self.done, self.total)
    }
}

/// Writes to the file, hashes what it writes and reports it.
pub(super) struct Output<'f, 'm, 'p> {
    file: &'f File,
    hasher: Hasher,
    meter: &'m mut Meter<'p>,
    stopped: bool,
}

impl<'f, 'm, 'p> Output<'f, 'm, 'p> {
    pub(super) fn new(file: &'f File, meter: &'m mut Meter<'p>) -> Self {
        Self { file, hasher: Hasher::new(), meter, stopped: false }
    }

    /// What writing came to: an error from here may mean no more than that somebody asked to stop.
    pub(super) fn outcome<T>(&self, result: Result<T, ModelError>) -> Result<T, ModelError> {
        if self.stopped { Err(ModelError::Interrupted) } else { result }
    }

    /// The digest of all that was written.
    pub(super) fn digest(self) -> String {
        self.hasher.finish()
    }
}

impl Write for Output<'_, '_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.file.write(bytes)?;
        self.hasher.update(&bytes[..n]);
        if self.meter.add(n as u64).is_break() {
            self.stopped = true;
            // Not `ErrorKind::Interrupted`: `write_all` would try again.
            return Err(io::Error::other("stopped by the progress callback"));
        }
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
