//! The recording as bytes: a forward-only reader with a little look-ahead.
//!
//! Nothing here seeks, so a pipe, a socket and a file all take the same path and behave alike.

use std::io::{self, Read};

use super::error::MediaError;

/// Where a recording comes from. Any reader will do; it need not seek and its length need not be
/// known. Errors come back as [`MediaError::Read`] with their kind; `Interrupted` is retried.
pub trait MediaInput: Read + Send {}

impl<T: Read + Send + ?Sized> MediaInput for T {}

/// How often `Interrupted` is retried in a row: a reader that answers nothing else must not hold
/// the caller for ever.
const MAX_INTERRUPTED: u32 = 1000;

/// How much is dropped between two questions whether to go on, in bytes.
const SKIP_STEP: usize = 64 * 1024;

pub(super) struct Input {
    reader: Box<dyn MediaInput>,
    ahead: Vec<u8>,
    ahead_at: usize,
}

impl Input {
    pub(super) fn new(reader: Box<dyn MediaInput>) -> Self {
        Self { reader, ahead: Vec::new(), ahead_at: 0 }
    }

    /// The next `n` bytes without consuming them; fewer only at the end.
    pub(super) fn peek(&mut self, n: usize) -> io::Result<&[u8]> {
        self.ahead.drain(..self.ahead_at);
        self.ahead_at = 0;
        let mut have = self.ahead.len();
        if have < n {
            self.ahead.resize(n, 0);
            let result = fill_from(self.reader.as_mut(), &mut self.ahead[have..]);
            have += *result.as_ref().unwrap_or(&0);
            self.ahead.truncate(have);
            result?;
        }
        Ok(&self.ahead[..n.min(have)])
    }

    /// Like `Read::read`, with `Interrupted` already dealt with.
    pub(super) fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let waiting = &self.ahead[self.ahead_at..];
        if waiting.is_empty() {
            return read_from(self.reader.as_mut(), buf);
        }
        let n = waiting.len().min(buf.len());
        buf[..n].copy_from_slice(&waiting[..n]);
        self.ahead_at += n;
        Ok(n)
    }

    /// Fills `buf` as far as the input goes; less than `buf.len()` means that it ended.
    pub(super) fn fill(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut done = 0;
        while done < buf.len() {
            match self.read(&mut buf[done..])? {
                0 => break,
                n => done += n,
            }
        }
        Ok(done)
    }

    /// Drops `n` bytes. False if the input ended before that.
    pub(super) fn skip(
        &mut self,
        mut n: u64,
        keep_going: &mut dyn FnMut() -> bool,
    ) -> Result<bool, MediaError> {
        if n == 0 {
            return Ok(true);
        }
        let mut scratch = vec![0; usize::try_from(n).unwrap_or(SKIP_STEP).min(SKIP_STEP)];
        while n > 0 {
            if !keep_going() {
                return Err(MediaError::Stopped);
            }
            let want = usize::try_from(n).unwrap_or(scratch.len()).min(scratch.len());
            let got = self.fill(&mut scratch[..want]).map_err(MediaError::Read)?;
            if got < want {
                return Ok(false);
            }
            n -= got as u64;
        }
        Ok(true)
    }
}

fn fill_from(reader: &mut dyn MediaInput, buf: &mut [u8]) -> io::Result<usize> {
    let mut done = 0;
    while done < buf.len() {
        match read_from(reader, &mut buf[done..])? {
            0 => break,
            n => done += n,
        }
    }
    Ok(done)
}

fn read_from(reader: &mut dyn MediaInput, buf: &mut [u8]) -> io::Result<usize> {
    let mut interrupted = 0;
    loop {
        match reader.read(buf) {
            // A reader that claims more than it was given room for would make us index past it.
            Ok(n) if n > buf.len() => {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "the reader reported more bytes than it was asked for",
                ));
            }
            Ok(n) => return Ok(n),
            Err(e) if e.kind() == io::ErrorKind::Interrupted && interrupted < MAX_INTERRUPTED => {
                interrupted += 1;
            }
            Err(e) => return Err(e),
        }
    }
}
