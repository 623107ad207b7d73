//! A decoded recording: 16-bit samples, in memory while they are few, else in an unlinked file, so that hours of sound
//! take no more memory than minutes.

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::SpooledTempFile;

use super::super::media::{self, MediaError};
use super::loudness::{Level, Meter};
use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;
use crate::runtime::sync::Mutex;
use crate::runtime::{ProgressPhase, Reporter};
use crate::source::{Claim, SourceReader, read_error};

/// What a lane keeps in memory, in bytes: 17 minutes.
const IN_MEMORY: usize = 32 << 20;
/// Samples that are converted at a time.
const STEP: usize = 16 << 10;

/// A decoded recording.
pub(crate) struct Sound {
    pub(super) lanes: Vec<Lane>,
    pub(crate) duration_ms: i64,
}

/// One channel of it, or all of them mixed.
pub(super) struct Lane {
    samples: Mutex<SpooledTempFile>,
    pub(super) levels: Vec<Level>,
}

impl Lane {
    /// Fills `out` with the samples from one on; silence after the last.
    pub(super) fn read(&self, from: u64, out: &mut [f32]) -> Result<()> {
        let mut bytes = vec![0; out.len() * 2];
        let count = {
            let mut samples = self.samples.lock();
            samples.seek(SeekFrom::Start(from * 2)).and_then(|_| read_full(&mut *samples, &mut bytes))
        };
        bytes[count.map_err(|error| spool_error(&error))?..].fill(0);
        for (sample, pair) in out.iter_mut().zip(bytes.chunks_exact(2)) {
            *sample = f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0;
        }
        Ok(())
    }
}

fn read_full(reader: &mut impl Read, bytes: &mut [u8]) -> std::io::Result<usize> {
    let mut done = 0;
    while done < bytes.len() {
        match reader.read(&mut bytes[done..]) {
            Ok(0) => break,
            Ok(count) => done += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

/// A lane that is being filled.
struct LaneWriter {
    samples: SpooledTempFile,
    meter: Meter,
    bytes: Vec<u8>,
}

impl LaneWriter {
    fn new(spool: &Path) -> Self {
        let samples = tempfile::spooled_tempfile_in(IN_MEMORY, spool);
        Self { samples, meter: Meter::default(), bytes: Vec::new() }
    }

    fn write(&mut self, samples: &[f32]) -> Result<()> {
        self.meter.push(samples);
        for step in samples.chunks(STEP) {
            self.bytes.clear();
            for sample in step {
                let whole = (sample * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16;
                self.bytes.extend_from_slice(&whole.to_le_bytes());
            }
            self.samples.write_all(&self.bytes).map_err(|error| spool_error(&error))?;
        }
        Ok(())
    }

    fn finish(self) -> Lane {
        Lane { samples: Mutex::new(self.samples), levels: self.meter.finish() }
    }
}

fn spool_error(error: &std::io::Error) -> Error {
    Error::io("the temporary file of the decoded sound", error)
        .with_hint("the option spool_dir says where it lies")
}

/// The folder of temporary files.
pub(crate) fn spool_dir(options: &Options) -> PathBuf {
    options.path("spool_dir").unwrap_or_else(std::env::temp_dir)
}

/// Reads and decodes a source to its end; gives the sound and the number of bytes. Blocks.
pub(crate) fn read_sound(
    source: Claim,
    options: &Options,
    reporter: &Reporter,
    stop: &AtomicBool,
) -> Result<(Sound, u64)> {
    let hint = source.name().rsplit_once('.').map(|(_, suffix)| suffix.to_ascii_lowercase());
    let mut input = Input { reader: Arc::new(Mutex::new(source.open()?)), reporter: reporter.clone() };
    let limits = media::Limits::default();
    let mut keep_going = || !stop.load(Ordering::Acquire);
    let decoder = media::Decoder::open(Box::new(input.clone()), hint.as_deref(), &limits, &mut keep_going);
    let mut decoder = decoder.map_err(media_error)?;
    let mut lanes = vec![LaneWriter::new(&spool_dir(options))];
    let mut chunks = vec![Vec::new()];
    while decoder.next_chunk(&mut chunks[0]).map_err(media_error)? {
        for (lane, chunk) in lanes.iter_mut().zip(&mut chunks) {
            lane.write(chunk)?;
            chunk.clear();
        }
        if !keep_going() {
            return Err(Error::cancelled());
        }
    }
    let sound = Sound {
        lanes: lanes.into_iter().map(LaneWriter::finish).collect(),
        duration_ms: decoder.duration_ms(),
    };
    // What follows the sound (tags, pictures) is read too: only a source that gave all it declared is a recording.
    let mut rest = vec![0; 64 << 10];
    while keep_going() {
        match input.read(&mut rest) {
            Ok(0) => return Ok((sound, input.reader.lock().position())),
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(read_error(&error)),
        }
    }
    Err(Error::cancelled())
}

/// A source on its way into the decoder, telling how far it is.
#[derive(Clone)]
struct Input {
    reader: Arc<Mutex<SourceReader>>,
    reporter: Reporter,
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut reader = self.reader.lock();
        let count = reader.read(buffer)?;
        self.reporter.progress(ProgressPhase::Uploading, reader.position(), reader.size().unwrap_or(0));
        Ok(count)
    }
}

/// The error of tiro for one of a recording's bytes.
fn media_error(error: MediaError) -> Error {
    let kind = match &error {
        MediaError::Read(error) => return read_error(error),
        MediaError::Stopped => return Error::cancelled(),
        MediaError::Empty | MediaError::NoAudio => ErrorKind::MediaEmpty,
        MediaError::Unsupported { .. } => ErrorKind::MediaUnsupported,
        MediaError::Truncated { .. } => ErrorKind::MediaTruncated,
        MediaError::TooLong { .. } => ErrorKind::MediaTooLong,
        _ => ErrorKind::MediaCorrupt,
    };
    Error::new(kind, error.to_string())
}
