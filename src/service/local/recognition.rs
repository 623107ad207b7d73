//! One recognition, from a source's bytes to a transcript, on threads of its own and under the one gate of the
//! process: recognitions run one after the other, each with all the threads it may have.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Semaphore;

use super::engine::{Engine, Request};
use super::media::{Decoder, MediaError, MediaInput, Settings};
use super::words;
use crate::error::{Error, ErrorKind, Result};
use crate::runtime::sync::Mutex;
use crate::runtime::{PerProcess, ProgressPhase, Reporter, blocking};
use crate::source::{Claim, SourceReader, read_error};
use crate::transcript::Transcript;

/// More threads than this make a small model slower.
const MOST_THREADS: usize = 8;

static GATE: PerProcess<Semaphore> = PerProcess::new();

/// A decoded recording.
pub(super) struct Sound {
    pub(super) samples: Vec<f32>,
    pub(super) duration_ms: i64,
}

/// A sound and how to listen to it.
pub(super) struct Speech {
    pub(super) sound: Sound,
    pub(super) language: String,
    pub(super) threads: usize,
}

/// How many threads a recognition takes: what the option says, but never more than the processors this process may
/// run on; two threads that share one processor wait for each other far longer than they compute.
pub(super) fn threads(wanted: i64) -> usize {
    let available = std::thread::available_parallelism().map_or(1, usize::from);
    match usize::try_from(wanted) {
        Ok(0) | Err(_) => available.min(MOST_THREADS),
        Ok(wanted) => wanted.min(available),
    }
}

/// Reads and decodes a source to its end; gives the sound and the number of bytes. Blocks.
pub(super) fn read_sound(
    source: Claim,
    settings: &Settings,
    reporter: &Reporter,
    stop: &AtomicBool,
) -> Result<(Sound, u64)> {
    let hint = source.name().rsplit_once('.').map(|(_, suffix)| suffix.to_ascii_lowercase());
    let mut input =
        Input { reader: Arc::new(Mutex::new(source.open()?)), reporter: reporter.clone(), furthest: 0 };
    let mut keep_going = || !stop.load(Ordering::Acquire);
    let mut decoder = Decoder::open(Box::new(input.clone()), hint.as_deref(), settings, &mut keep_going)
        .map_err(media_error)?;
    crate::log::debug!(
        "media",
        "{} at {} Hz, {} channels",
        decoder.codec(),
        decoder.source_rate(),
        decoder.source_channels()
    );
    let mut lanes = vec![Vec::new(); decoder.lanes()];
    while decoder.next_chunk(&mut lanes).map_err(media_error)? {
        if !keep_going() {
            return Err(Error::cancelled());
        }
    }
    let duration_ms = decoder.duration_ms();
    let size = input.finish(&mut keep_going)?;
    Ok((Sound { samples: lanes.swap_remove(0), duration_ms }, size))
}

/// A source on its way into the decoder, telling how far it is.
#[derive(Clone)]
struct Input {
    reader: Arc<Mutex<SourceReader>>,
    reporter: Reporter,
    /// The furthest position that was told.
    furthest: u64,
}

impl Input {
    /// Only a source that gave all it declared is a recording; gives its size. What follows the sound (tags, pictures) is
    /// read, or gone past where the source can seek.
    fn finish(&mut self, keep_going: &mut dyn FnMut() -> bool) -> Result<u64> {
        if self.reader.lock().can_seek() {
            let mut reader = self.reader.lock();
            reader.check_size().map_err(|error| read_error(&error))?;
            return Ok(reader.position());
        }
        let mut rest = vec![0; 64 << 10];
        while keep_going() {
            match self.read(&mut rest) {
                Ok(0) => return Ok(self.reader.lock().position()),
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(read_error(&error)),
            }
        }
        Err(Error::cancelled())
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
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

/// Recognises a sound once the gate opens.
pub(super) async fn run(
    engine: Arc<Engine>,
    speech: Speech,
    stop: Arc<AtomicBool>,
    id: &str,
    begin: impl FnOnce(),
    progress: impl Fn(u32) + Send + Sync + 'static,
) -> Result<Transcript> {
    let _turn = GATE.get_or_init(|| Semaphore::new(1)).acquire().await.map_err(|_| Error::cancelled())?;
    if stop.load(Ordering::Acquire) {
        return Err(Error::cancelled());
    }
    begin();
    let id = id.to_owned();
    // The flag is raised when this future is dropped, too: then the computing ends, and the gate opens again.
    blocking(move || {
        let request = Request {
            samples: &speech.sound.samples,
            language: &speech.language,
            threads: speech.threads,
            stop: &stop,
            progress: &progress,
        };
        let recognised = engine.recognise(&request)?;
        Ok(words::transcript(&id, &recognised, speech.sound.duration_ms))
    })
    .await?
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
