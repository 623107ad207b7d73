//! A source on its way to a server: read piece by piece on the library's blocking threads, one piece ahead of the
//! network, and never held whole. No thread waits while the network does.

use std::fmt;
use std::future::Future;
use std::io::Read;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::header::HeaderValue;
use tokio::sync::{Mutex, Notify, OwnedMutexGuard};

use crate::error::{Error, ErrorKind, Result};
use crate::runtime::{ProgressPhase, Reporter, blocking};
use crate::source::{Claim, SourceReader, read_error};

/// What is read at once, in bytes.
const PIECE: usize = 256 << 10;
/// Room that is made at once for what is read into memory; more grows as it is filled.
const MOST_RESERVED: u64 = 16 << 20;
/// A source that gives little at a time is not asked further once a piece is this old.
const PIECE_AGE: Duration = Duration::from_millis(50);

/// A source for the body of requests, or a part of one. Clones are the same source, which is read in one place at a time:
/// several requests at once take turns, piece by piece, which is for what can seek.
#[derive(Clone)]
pub(crate) struct Upload {
    shared: Arc<Shared>,
    _wanted: Arc<Wanted>,
    span: Span,
}

/// Gone with the last who wants the bytes: whoever still reads a silent source is to give it up.
struct Wanted {
    stop: Arc<AtomicBool>,
}

impl Drop for Wanted {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
    }
}

/// What of a source is sent.
#[derive(Clone, Copy, Debug)]
struct Span {
    offset: u64,
    /// `None`: to the end, wherever that is.
    length: Option<u64>,
    /// Whether it ends where the source does.
    reaches_end: bool,
}

struct Shared {
    name: String,
    content_type: String,
    /// Of the whole source.
    size: Option<u64>,
    can_replay: bool,
    can_seek: bool,
    reader: Arc<Mutex<SourceReader>>,
    /// Told to whoever waits for the reader.
    reader_is_free: Notify,
    /// The furthest that was told: a repetition does not go back.
    told: AtomicU64,
}

impl Upload {
    /// Opens the source. Its name and content type are those that the server is shown.
    pub(crate) async fn open(claim: Claim, name: &str, content_type: &str) -> Result<Self> {
        if HeaderValue::from_str(content_type).is_err() {
            return Err(Error::new(ErrorKind::Argument, "the content type is not one"));
        }
        let mut reader = blocking(move || claim.open()).await??;
        let stop = Arc::<AtomicBool>::default();
        reader.stop_with(stop.clone());
        let size = reader.size();
        let shared = Shared {
            name: name.to_owned(),
            content_type: content_type.to_owned(),
            size,
            can_replay: reader.can_restart(),
            can_seek: reader.can_seek(),
            reader: Arc::new(Mutex::new(reader)),
            reader_is_free: Notify::new(),
            told: AtomicU64::new(0),
        };
        let span = Span { offset: 0, length: size, reaches_end: true };
        Ok(Self { shared: Arc::new(shared), _wanted: Arc::new(Wanted { stop }), span })
    }

    /// A part of it, for a service that takes files in parts. Parts of what cannot seek are read in their order.
    pub(crate) fn part(&self, offset: u64, length: u64) -> Result<Self> {
        let end = offset.checked_add(length);
        if end.is_none_or(|end| self.shared.size.is_some_and(|size| end > size)) {
            return Err(Error::new(ErrorKind::Argument, "the part lies outside the source"));
        }
        let reaches_end = end.is_some() && end == self.shared.size;
        Ok(Self { span: Span { offset, length: Some(length), reaches_end }, ..self.clone() })
    }

    /// Up to so many bytes from an offset on, into `buffer`: for a part of what cannot be read again, and for a source
    /// whose end is not known. Fewer only at the end of such a source.
    pub(crate) async fn read(&self, offset: u64, most: u64, mut buffer: Vec<u8>) -> Result<Bytes> {
        let size = self.shared.size;
        let read = move |reader: &mut SourceReader| {
            go_to(reader, offset)?;
            let room = size.map_or(most, |size| most.min(size.saturating_sub(offset)));
            buffer.clear();
            buffer.reserve_exact(usize::try_from(room.min(MOST_RESERVED)).unwrap_or(0));
            let read = Read::take(&mut *reader, room).read_to_end(&mut buffer);
            let read = read.map_err(|error| read_error(&error))? as u64;
            if size == Some(offset + read) {
                // That it ends here is part of what it declared.
                read_some(reader, &mut [0])?;
            }
            Ok(buffer.into())
        };
        self.shared.clone().with_reader(read).await
    }

    /// How many bytes go out, if it is known.
    pub(crate) fn size(&self) -> Option<u64> {
        self.span.length
    }

    /// Whether it can be read a second time.
    pub(crate) fn can_replay(&self) -> bool {
        self.shared.can_replay
    }

    /// Whether any part of it can be read at any time.
    pub(crate) fn can_seek(&self) -> bool {
        self.shared.can_seek
    }

    pub(crate) fn name(&self) -> &str {
        &self.shared.name
    }

    pub(crate) fn content_type(&self) -> &str {
        &self.shared.content_type
    }

    pub(super) fn pieces(&self, reporter: Option<Reporter>) -> Pieces {
        Pieces { upload: self.clone(), reporter, next: Next::Unasked, given: 0 }
    }

    fn tell(&self, reporter: &Reporter, given: u64) {
        let done = self.span.offset + given;
        let before = self.shared.told.fetch_max(done, Ordering::Relaxed);
        reporter.progress(ProgressPhase::Uploading, done.max(before), self.shared.size.unwrap_or(0));
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("span", &self.span).finish_non_exhaustive()
    }
}

impl Shared {
    /// Does something with the reader, on a thread that may block, once nobody else does: a request that was given up may
    /// still be reading its last piece. Whoever waits and is not asked just now, as its connection takes nothing, keeps
    /// nobody waiting: the turn is taken, and used, in one go.
    async fn with_reader<R: Send + 'static>(
        self: Arc<Self>,
        work: impl FnOnce(&mut SourceReader) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        let reader = loop {
            let is_free = self.reader_is_free.notified();
            match self.reader.clone().try_lock_owned() {
                Ok(reader) => break reader,
                Err(_) => is_free.await,
            }
        };
        let turn = Turn { reader, _freed: Freed(self) };
        blocking(move || {
            let mut turn = turn;
            work(&mut turn.reader)
        })
        .await?
    }
}

/// The reader in somebody's hands. Fields are dropped in their order: it is free first, and told to be so then.
struct Turn {
    reader: OwnedMutexGuard<SourceReader>,
    _freed: Freed,
}

struct Freed(Arc<Shared>);

impl Drop for Freed {
    fn drop(&mut self) {
        self.0.reader_is_free.notify_waiters();
    }
}

/// The bytes of an upload, in order.
pub(super) struct Pieces {
    upload: Upload,
    reporter: Option<Reporter>,
    next: Next,
    given: u64,
}

type Asked = Pin<Box<dyn Future<Output = Result<Option<Bytes>>> + Send>>;

enum Next {
    Unasked,
    Asked(Asked),
    Read(Result<Option<Bytes>>),
    Ended,
}

impl Pieces {
    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        if matches!(self.next, Next::Unasked) {
            self.ask(context);
        }
        if let Next::Asked(asked) = &mut self.next {
            let read = ready!(asked.as_mut().poll(context));
            self.next = Next::Read(read);
        }
        match std::mem::replace(&mut self.next, Next::Ended) {
            Next::Read(Ok(Some(piece))) => {
                self.given += piece.len() as u64;
                if let Some(reporter) = &self.reporter {
                    self.upload.tell(reporter, self.given);
                }
                if self.upload.span.length != Some(self.given) {
                    // Is read while this one is on its way.
                    self.ask(context);
                }
                Poll::Ready(Some(Ok(piece)))
            }
            Next::Read(Err(error)) => Poll::Ready(Some(Err(error))),
            _ => Poll::Ready(None),
        }
    }

    fn ask(&mut self, context: &mut Context<'_>) {
        let (span, given) = (self.upload.span, self.given);
        let read = move |reader: &mut SourceReader| {
            go_to(reader, span.offset + given)?;
            read_piece(reader, span, given)
        };
        let mut asked: Asked = Box::pin(self.upload.shared.clone().with_reader(read));
        self.next = match asked.as_mut().poll(context) {
            Poll::Ready(read) => Next::Read(read),
            Poll::Pending => Next::Asked(asked),
        };
    }
}

/// Blocks.
fn go_to(reader: &mut SourceReader, offset: u64) -> Result<()> {
    if reader.position() == offset {
        return Ok(());
    }
    if reader.can_seek() {
        return reader.seek_to(offset).map_err(|error| read_error(&error));
    }
    if reader.position() > offset {
        reader.restart()?;
    }
    let missing = offset - reader.position();
    let passed = std::io::copy(&mut reader.take(missing), &mut std::io::sink());
    match passed.map_err(|error| read_error(&error))? == missing {
        true => Ok(()),
        false => Err(Error::new(ErrorKind::Source, "the source ends before the part that is to be sent")),
    }
}

/// Blocks. `None`: the end. The last byte is given out only after the source was seen to end with it: a server that
/// has all the bytes that were announced takes the recording for whole.
fn read_piece(reader: &mut SourceReader, span: Span, given: u64) -> Result<Option<Bytes>> {
    let rest = span.length.map(|length| length - given);
    if rest == Some(0) && given > 0 {
        return Ok(None);
    }
    let room = rest.map_or(PIECE, |rest| usize::try_from(rest).unwrap_or(PIECE).min(PIECE));
    let mut piece = vec![0; room];
    let (mut filled, started) = (0, Instant::now());
    while filled < room {
        match read_some(reader, &mut piece[filled..])? {
            0 => break,
            count => filled += count,
        }
        if started.elapsed() >= PIECE_AGE {
            break;
        }
    }
    piece.truncate(filled);
    let is_last = rest == Some(filled as u64);
    if is_last && span.reaches_end {
        read_some(reader, &mut [0])?;
    }
    match (filled, rest) {
        (0, Some(rest)) if rest > 0 => {
            Err(Error::new(ErrorKind::Source, format!("the source ends {rest} bytes before it should")))
        }
        (0, _) => Ok(None),
        _ => Ok(Some(piece.into())),
    }
}

fn read_some(reader: &mut SourceReader, buffer: &mut [u8]) -> Result<usize> {
    loop {
        match reader.read(buffer) {
            Ok(count) => return Ok(count),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(read_error(&error)),
        }
    }
}
