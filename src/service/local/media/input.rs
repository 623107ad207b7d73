//! The recording as bytes: read forward with a little look-ahead, and by position where the source can.

use std::io::{self, Read};

use super::error::MediaError;

/// Where a recording comes from. Any reader will do; it need not seek and its length need not be known. Errors come
/// back as [`MediaError::Read`] with their kind; `Interrupted` is retried.
pub trait MediaInput: Read + Send {
    /// The length in bytes, where [`MediaInput::seek_to`] works. Asked once.
    fn seekable_len(&mut self) -> Option<u64> {
        None
    }

    /// Goes on reading at `position`, counted from where the input was handed over.
    fn seek_to(&mut self, _position: u64) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// How often `Interrupted` is retried in a row: a reader that answers nothing else must not hold
/// the caller for ever.
const MAX_INTERRUPTED: u32 = 1000;

/// How much is dropped between two questions whether to go on, in bytes.
const SKIP_STEP: usize = 64 * 1024;
/// What is read at once where little is asked for: packets are small, and a call of the source may cost.
const READ_AHEAD: usize = 32 * 1024;

pub(super) struct Input {
    reader: Box<dyn MediaInput>,
    /// Length, where the reader can seek.
    len: Option<u64>,
    /// Of the first byte not yet handed out.
    position: u64,
    ahead: Vec<u8>,
    ahead_at: usize,
}

impl Input {
    pub(super) fn new(mut reader: Box<dyn MediaInput>) -> Self {
        let len = reader.seekable_len();
        Self { reader, len, position: 0, ahead: Vec::new(), ahead_at: 0 }
    }

    /// An input whose first byte counts as the one at `position`.
    pub(super) fn starting_at(reader: Box<dyn MediaInput>, position: u64) -> Self {
        Self { position, ..Self::new(reader) }
    }

    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// The length, where the input can seek.
    pub(super) fn len(&self) -> Option<u64> {
        self.len
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
        if self.ahead_at == self.ahead.len() {
            if buf.len() >= READ_AHEAD {
                let n = read_from(self.reader.as_mut(), buf)?;
                self.position += n as u64;
                return Ok(n);
            }
            self.ahead.resize(READ_AHEAD, 0);
            self.ahead_at = 0;
            let result = read_from(self.reader.as_mut(), &mut self.ahead);
            self.ahead.truncate(*result.as_ref().unwrap_or(&0));
            result?;
        }
        let waiting = &self.ahead[self.ahead_at..];
        let n = waiting.len().min(buf.len());
        buf[..n].copy_from_slice(&waiting[..n]);
        self.ahead_at += n;
        self.position += n as u64;
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

    /// The next `n` bytes, whose number is only a claim; fewer if the input ended before that.
    pub(super) fn take(&mut self, n: usize) -> Result<Vec<u8>, MediaError> {
        let mut bytes = Vec::new();
        while bytes.len() < n {
            let have = bytes.len();
            bytes.resize(n.min(have + SKIP_STEP.max(have)), 0);
            let got = self.fill(&mut bytes[have..]).map_err(MediaError::Read)?;
            if have + got < bytes.len() {
                bytes.truncate(have + got);
                break;
            }
        }
        Ok(bytes)
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
        if let Some(len) = self.len.filter(|_| n > SKIP_STEP as u64) {
            let target = self.position.saturating_add(n);
            self.seek(target.min(len), keep_going)?;
            return Ok(target <= len);
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

    /// Goes on at `position`. False if the input ends before that, or cannot go back to it.
    pub(super) fn seek(
        &mut self,
        position: u64,
        keep_going: &mut dyn FnMut() -> bool,
    ) -> Result<bool, MediaError> {
        let waiting = (self.ahead.len() - self.ahead_at) as u64;
        let forward = position.checked_sub(self.position);
        if let Some(distance) = forward.filter(|distance| *distance <= waiting) {
            self.ahead_at += distance as usize;
            self.position = position;
            return Ok(true);
        }
        let Some(len) = self.len else {
            return forward.map_or(Ok(false), |distance| self.skip(distance, keep_going));
        };
        if position > len {
            return Ok(false);
        }
        self.reader.seek_to(position).map_err(MediaError::Read)?;
        self.ahead.clear();
        self.ahead_at = 0;
        self.position = position;
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
