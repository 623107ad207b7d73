//! What a request carries, and its way out: a few bytes, or a streamed file, perhaps with a frame around it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::task::AtomicWaker;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Notify;

use super::multipart;
use super::upload::{Pieces, Upload};
use crate::error::{Error, Result};
use crate::runtime::Reporter;
use crate::runtime::sync::Mutex;

/// What a request carries. Cheap to clone.
#[derive(Clone)]
pub(crate) enum Body {
    Empty,
    Json(Bytes),
    Bytes {
        content_type: String,
        bytes: Bytes,
    },
    /// URL-encoded fields, which may hold secrets.
    Form(SecretString),
    /// `multipart/form-data`: the fields, then the file as the part of that name.
    Multipart {
        fields: Vec<(String, String)>,
        part: String,
        upload: Upload,
    },
    /// The file as it is.
    Raw {
        content_type: String,
        upload: Upload,
    },
}

impl Body {
    pub(super) fn upload(&self) -> Option<&Upload> {
        match self {
            Self::Multipart { upload, .. } | Self::Raw { upload, .. } => Some(upload),
            _ => None,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// Whether it can be sent a second time.
    pub(super) fn can_replay(&self) -> bool {
        self.upload().is_none_or(Upload::can_replay)
    }

    /// The body of one exchange, and its content type.
    pub(super) fn outgoing(&self, reporter: Option<Reporter>) -> Result<(Outgoing, Option<String>)> {
        let (parts, content_type) = match self {
            Self::Empty => (vec![], None),
            Self::Json(bytes) => {
                (vec![Part::Bytes(bytes.clone())], Some("application/json; charset=utf-8".to_owned()))
            }
            Self::Bytes { content_type, bytes } => {
                (vec![Part::Bytes(bytes.clone())], Some(content_type.clone()))
            }
            Self::Form(fields) => {
                let bytes = Bytes::from_owner(Exposed(fields.clone()));
                (vec![Part::Bytes(bytes)], Some("application/x-www-form-urlencoded".to_owned()))
            }
            Self::Multipart { fields, part, upload } => {
                let frame = multipart::frame(fields, part, upload)?;
                let pieces = Part::upload(upload, reporter);
                (vec![Part::Bytes(frame.before), pieces, Part::Bytes(frame.after)], Some(frame.content_type))
            }
            Self::Raw { content_type, upload } => {
                (vec![Part::upload(upload, reporter)], Some(content_type.clone()))
            }
        };
        Ok((Outgoing::new(parts), content_type))
    }
}

/// Bytes of a secret, wiped once nobody needs them.
struct Exposed(SecretString);

impl AsRef<[u8]> for Exposed {
    fn as_ref(&self) -> &[u8] {
        self.0.expose_secret().as_bytes()
    }
}

/// What whoever waits for the answer sees of a body, and does to it.
pub(super) struct Sending {
    start: Instant,
    /// When a byte was last given or asked for, in microseconds after the start; 0: not yet.
    moved: AtomicU64,
    /// Bytes handed to the connection.
    handed: AtomicU64,
    finished: AtomicBool,
    /// Whether the connection let go of it, finished or not.
    released: AtomicBool,
    failure: Mutex<Option<Error>>,
    end: Notify,
    held: AtomicBool,
    aborted: AtomicBool,
    /// Whether the source is being waited for, not the network.
    starved: AtomicBool,
    sender: AtomicWaker,
}

impl Sending {
    fn new() -> Self {
        Self {
            start: Instant::now(),
            moved: AtomicU64::new(0),
            handed: AtomicU64::new(0),
            finished: AtomicBool::new(false),
            released: AtomicBool::new(false),
            failure: Mutex::new(None),
            end: Notify::new(),
            held: AtomicBool::new(false),
            aborted: AtomicBool::new(false),
            starved: AtomicBool::new(false),
            sender: AtomicWaker::new(),
        }
    }

    fn touch(&self) {
        let now = self.start.elapsed().as_micros().max(1);
        self.moved.store(u64::try_from(now).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// How long nothing of it has moved; `None` before a connection asked for the first byte.
    pub(super) fn silent(&self) -> Option<Duration> {
        match self.moved.load(Ordering::Relaxed) {
            0 => None,
            moved => Some(self.start.elapsed().saturating_sub(Duration::from_micros(moved))),
        }
    }

    pub(super) fn age(&self) -> Duration {
        self.start.elapsed()
    }

    pub(super) fn handed(&self) -> u64 {
        self.handed.load(Ordering::Relaxed)
    }

    pub(super) fn is_finished(&self) -> bool {
        self.finished.load(Ordering::Acquire)
    }

    pub(super) fn is_starved(&self) -> bool {
        self.starved.load(Ordering::Relaxed)
    }

    /// Waits until nothing more of it goes out.
    pub(super) async fn ended(&self) {
        while !self.is_finished() && !self.released.load(Ordering::Acquire) {
            self.end.notified().await;
        }
    }

    /// Why the source gave out, if it did.
    pub(super) fn failure(&self) -> Option<Error> {
        self.failure.lock().clone()
    }

    /// Sends nothing more for now: the server has answered already.
    pub(super) fn hold(&self) {
        self.held.store(true, Ordering::Release);
    }

    /// Ends the body in such a way that no server can take it for whole.
    pub(super) fn abort(&self) {
        self.aborted.store(true, Ordering::Release);
        self.sender.wake();
    }

    fn finish(&self) {
        self.finished.store(true, Ordering::Release);
        self.end.notify_one();
    }
}

enum Part {
    Bytes(Bytes),
    Upload(Box<Pieces>, Option<u64>),
}

impl Part {
    fn upload(upload: &Upload, reporter: Option<Reporter>) -> Self {
        Self::Upload(Box::new(upload.pieces(reporter)), upload.size())
    }

    fn size(&self) -> Option<u64> {
        match self {
            Self::Bytes(bytes) => Some(bytes.len() as u64),
            Self::Upload(_, size) => *size,
        }
    }
}

/// What a connection takes at once, in bytes. It holds sixteen of these: what is not sent yet stays little, and a byte
/// that moves is seen to move.
const FRAME: usize = 16 << 10;

/// A body on its way.
pub(super) struct Outgoing {
    parts: VecDeque<Part>,
    /// What is left of the piece that the source gave last.
    current: Bytes,
    yielded: bool,
    size: Option<u64>,
    sending: Arc<Sending>,
}

impl Outgoing {
    fn new(parts: Vec<Part>) -> Self {
        let size = parts.iter().map(Part::size).sum();
        let sending = Arc::new(Sending::new());
        if size == Some(0) {
            sending.finish();
        }
        Self { parts: parts.into(), current: Bytes::new(), yielded: false, size, sending }
    }

    /// The number of bytes, if it is known.
    pub(super) fn size(&self) -> Option<u64> {
        self.size
    }

    pub(super) fn sending(&self) -> Arc<Sending> {
        self.sending.clone()
    }

    pub(super) fn into_body(mut self) -> reqwest::Body {
        // What has one piece that is there already needs no watching.
        if let (1, Some(Part::Bytes(bytes))) = (self.parts.len(), self.parts.front_mut()) {
            self.sending.finish();
            return std::mem::take(bytes).into();
        }
        if self.size == Some(0) {
            return reqwest::Body::default();
        }
        reqwest::Body::wrap_stream(futures_util::stream::poll_fn(move |context| self.poll_next(context)))
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let sending = self.sending.clone();
        sending.sender.register(context.waker());
        if sending.aborted.load(Ordering::Acquire) {
            return Poll::Ready(Some(Err(Error::cancelled())));
        }
        if sending.held.load(Ordering::Acquire) {
            return Poll::Pending;
        }
        // The connection took what it had.
        sending.touch();
        let frame = ready!(self.poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                sending.touch();
                let handed = sending.handed.fetch_add(frame.len() as u64, Ordering::Relaxed);
                if self.size == Some(handed + frame.len() as u64) {
                    sending.finish();
                }
            }
            Some(Err(error)) => *sending.failure.lock() = Some(error.clone()),
            None => sending.finish(),
        }
        Poll::Ready(frame)
    }

    fn poll_frame(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        while self.current.is_empty() {
            match self.parts.front_mut() {
                None => return Poll::Ready(None),
                Some(Part::Bytes(bytes)) => {
                    self.current = std::mem::take(bytes);
                    self.parts.pop_front();
                }
                // The connection writes as long as there is something, and looks only then whether the server has
                // answered meanwhile: so it gets to look before each piece.
                Some(Part::Upload(..)) if !self.yielded => {
                    self.yielded = true;
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Some(Part::Upload(pieces, _)) => {
                    self.sending.starved.store(true, Ordering::Relaxed);
                    let piece = ready!(pieces.poll_next(context)).transpose();
                    self.sending.starved.store(false, Ordering::Relaxed);
                    self.yielded = false;
                    match piece {
                        Ok(Some(piece)) => self.current = piece,
                        Ok(None) => drop(self.parts.pop_front()),
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    }
                }
            }
        }
        let frame = self.current.split_to(self.current.len().min(FRAME));
        Poll::Ready(Some(Ok(frame)))
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.sending.released.store(true, Ordering::Release);
        self.sending.end.notify_one();
    }
}
