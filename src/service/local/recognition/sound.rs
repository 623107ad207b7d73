//! A decoded recording: 16-bit samples, in memory while they are few, else in an unlinked file, so that hours of sound
//! take no more memory than minutes.

use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::SpooledTempFile;

use super::super::media::{Decoder, MediaError, MediaInput, Settings};
use super::backlog::Room;
use super::loudness::{Level, Meter};
use crate::error::{Error, ErrorKind, Result};
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
    _room: Room,
}

/// One channel of it, or all of them mixed.
pub(super) struct Lane {
    samples: Mutex<SpooledTempFile>,
    pub(super) levels: Vec<Level>,
}

impl Lane {
    /// What it takes of the memory.
    fn bytes(&self) -> usize {
        let mut samples = self.samples.lock();
        let in_memory = match samples.is_rolled() {
            true => 0,
            false => samples.stream_position().map_or(IN_MEMORY, |end| end as usize),
        };
        in_memory + self.levels.len()
    }

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

/// Reads and decodes a source to its end, where there is room for it; gives the sound and the number of bytes. Blocks.
pub(crate) fn read_sound(
    source: Claim,
    settings: &Settings,
    room: Room,
    reporter: &Reporter,
    stop: &Arc<AtomicBool>,
) -> Result<(Sound, u64)> {
    let hint = source.name().rsplit_once('.').map(|(_, suffix)| suffix.to_ascii_lowercase());
    let mut reader = source.open()?;
    reader.stop_with(stop.clone());
    let reader = Arc::new(Mutex::new(reader));
    let mut input = Input { reader, reporter: reporter.clone(), furthest: 0, stop: stop.clone() };
    let outcome = decode(&input, hint.as_deref(), settings, room);
    // A decoder that was stopped in the middle of a read takes that for a failure of the input.
    if stop.load(Ordering::Acquire) {
        return Err(Error::cancelled());
    }
    Ok((outcome?, input.finish()?))
}

fn decode(input: &Input, hint: Option<&str>, settings: &Settings, mut room: Room) -> Result<Sound> {
    let mut keep_going = || !input.is_stopped();
    let decoder = Decoder::open(Box::new(input.clone()), hint, settings, &mut keep_going);
    let mut decoder = decoder.map_err(media_error)?;
    crate::log::debug!(
        "media",
        "{} at {} Hz, {} channels",
        decoder.codec(),
        decoder.source_rate(),
        decoder.source_channels()
    );
    let mut chunks = vec![Vec::new(); decoder.lanes()];
    let mut lanes: Vec<_> = chunks.iter().map(|_| LaneWriter::new(&settings.spool_dir)).collect();
    while decoder.next_chunk(&mut chunks).map_err(media_error)? && keep_going() {
        for (lane, chunk) in lanes.iter_mut().zip(&mut chunks) {
            lane.write(chunk)?;
            chunk.clear();
        }
    }
    let lanes: Vec<Lane> = lanes.into_iter().map(LaneWriter::finish).collect();
    room.fill(lanes.iter().map(Lane::bytes).sum());
    Ok(Sound { lanes, duration_ms: decoder.duration_ms(), _room: room })
}

/// A source on its way into the decoder, telling how far it is.
#[derive(Clone)]
struct Input {
    reader: Arc<Mutex<SourceReader>>,
    reporter: Reporter,
    /// The furthest position that was told.
    furthest: u64,
    stop: Arc<AtomicBool>,
}

impl Input {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// Only a source that gave all it declared is a recording; gives its size. What follows the sound (tags, pictures) is
    /// read, or gone past where the source can seek.
    fn finish(&mut self) -> Result<u64> {
        if self.reader.lock().can_seek() {
            let mut reader = self.reader.lock();
            reader.check_size().map_err(|error| read_error(&error))?;
            return Ok(reader.position());
        }
        let mut rest = vec![0; 64 << 10];
        loop {
            match self.read(&mut rest) {
                _ if self.is_stopped() => return Err(Error::cancelled()),
                Ok(0) => return Ok(self.reader.lock().position()),
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(read_error(&error)),
            }
        }
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.is_stopped() {
            return Err(std::io::Error::other("stopped"));
        }
        let mut reader = self.reader.lock();
        let count = reader.read(buffer)?;
        self.furthest = self.furthest.max(reader.position());
        self.reporter.progress(ProgressPhase::Uploading, self.furthest, reader.size().unwrap_or(0));
        Ok(count)
    }
}

impl MediaInput for Input {
    fn seekable_len(&mut self) -> Option<u64> {
        let reader = self.reader.lock();
        reader.size().filter(|_| reader.can_seek())
    }

    fn seek_to(&mut self, position: u64) -> std::io::Result<()> {
        self.reader.lock().seek_to(position)
    }
}

/// The error of tiro for one of a recording's bytes.
fn media_error(error: MediaError) -> Error {
    let kind = match &error {
        MediaError::Read(error) => return read_error(error),
        MediaError::Spool(failed) => return Error::io(&error, failed),
        MediaError::Stopped => return Error::cancelled(),
        MediaError::Empty | MediaError::NoAudio => ErrorKind::MediaEmpty,
        MediaError::Unsupported { .. } => ErrorKind::MediaUnsupported,
        MediaError::Truncated { .. } => ErrorKind::MediaTruncated,
        MediaError::TooLong { .. } => ErrorKind::MediaTooLong,
        _ => ErrorKind::MediaCorrupt,
    };
    Error::new(kind, error.to_string())
}
