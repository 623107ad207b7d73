//! Reading a file of known length whose own lengths are not believed: each is compared with what is left first.

use super::ModelError;
use std::io::{Read, Seek, SeekFrom};

/// A file, with the number of bytes that are left of it.
pub(super) struct Input<R> {
    inner: R,
    length: u64,
    left: u64,
}

impl<R: Read + Seek> Input<R> {
    /// `inner` stands at its start and has `length` bytes.
    pub(super) fn new(inner: R, length: u64) -> Self {
        Self { inner, length, left: length }
    }

    /// Bytes that were neither read nor skipped.
    pub(super) fn left(&self) -> u64 {
        self.left
    }

    /// Where the next byte is.
    pub(super) fn position(&self) -> u64 {
        self.length - self.left
    }

    pub(super) fn fill(&mut self, buffer: &mut [u8], what: &str) -> Result<(), ModelError> {
        self.claim(buffer.len() as u64, what)?;
        self.inner.read_exact(buffer).map_err(ModelError::io(|| format!("reading {what}")))
    }

    pub(super) fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N], ModelError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes, what)?;
        Ok(bytes)
    }

    pub(super) fn u32(&mut self, what: &str) -> Result<u32, ModelError> {
        self.array(what).map(u32::from_le_bytes)
    }

    pub(super) fn i32(&mut self, what: &str) -> Result<i32, ModelError> {
        self.array(what).map(i32::from_le_bytes)
    }

    pub(super) fn skip(&mut self, n: u64, what: &str) -> Result<(), ModelError> {
        self.claim(n, what)?;
        // `n` is at most the length of a file, which fits.
        self.inner.seek_relative(n as i64).map_err(ModelError::io(|| format!("skipping {what}")))
    }

    /// Goes to a place inside the file.
    pub(super) fn go_to(&mut self, position: u64, what: &str) -> Result<(), ModelError> {
        self.left = self
            .length
            .checked_sub(position)
            .ok_or_else(|| ModelError::corrupt(format!("file ends before {what}")))?;
        self.inner
            .seek(SeekFrom::Start(position))
            .map_err(ModelError::io(|| format!("looking for {what}")))?;
        Ok(())
    }

    fn claim(&mut self, n: u64, what: &str) -> Result<(), ModelError> {
        self.left = self
            .left
            .checked_sub(n)
            .ok_or_else(|| ModelError::corrupt(format!("file ends inside {what}")))?;
        Ok(())
    }
}
