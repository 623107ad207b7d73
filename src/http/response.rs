//! An answer: its head, and its body read whole within a bound or streamed into a sink. A body that breaks off is asked
//! for again where the request may be repeated.

use std::fmt;
use std::fs::File;
use std::io::{Seek, Write};
use std::time::{Duration, Instant, SystemTime};

use bytes::{Bytes, BytesMut};
use reqwest::Url;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use super::exchange::{Answer, Line, until};
use super::failure;
use super::retry;
use super::send::Attempts;
use super::url::origin;
use crate::error::{Error, ErrorKind, Result, excerpt};
use crate::runtime::blocking;

/// Where a streamed answer goes.
#[derive(Debug)]
pub(crate) enum Sink {
    /// Appended.
    Memory(Vec<u8>),
    /// Written from where the file stands.
    File(File),
}

/// Under which names services tell the id that they gave a request; the first that is one counts.
const REQUEST_ID_HEADERS: [&str; 3] = ["x-request-id", "request-id", "x-correlation-id"];
const LONGEST_REQUEST_ID: usize = 128;

/// What is longer, or not printable, is no id that anybody could quote.
fn is_request_id(text: &str) -> bool {
    (1..=LONGEST_REQUEST_ID).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What the head of an answer says for an error.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    status: u16,
    retry_after: Option<Duration>,
    request_id: String,
}

impl Head {
    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    /// How long the server asks to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// An error, with what the head says and it does not say by itself.
    pub(crate) fn complete(&self, error: Error) -> Error {
        let error = match error.request_id() {
            "" => error.with_request_id(&self.request_id),
            _ => error,
        };
        match (error.retry_after(), self.retry_after) {
            (None, Some(wait)) => error.with_retry_after(wait),
            _ => error,
        }
    }
}

/// An answer whose body has not been read yet.
pub(crate) struct Response {
    status: u16,
    headers: HeaderMap,
    url: Url,
    body: reqwest::Response,
    /// Keeps the request going, or held, as long as its answer is of interest.
    _line: Line,
    attempts: Attempts,
}

impl Response {
    pub(super) fn new(url: Url, answer: Answer, attempts: Attempts) -> Self {
        let Answer { mut head, line } = answer;
        let headers = std::mem::take(head.headers_mut());
        Self { status: head.status().as_u16(), headers, url, body: head, _line: line, attempts }
    }

    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    /// Whether the request was sent more than once, so that an earlier one may have done what it asks.
    pub(crate) fn was_repeated(&self) -> bool {
        self.attempts.made > 1
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The URL that answered, which redirects may have led to.
    #[cfg(test)]
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// A header's value, if it is there and is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// What its head says beside the status: to be taken before the body is read.
    pub(crate) fn head(&self) -> Head {
        Head {
            status: self.status,
            retry_after: retry::retry_after(&self.headers),
            request_id: REQUEST_ID_HEADERS
                .iter()
                .filter_map(|name| self.header(name))
                .find(|id| is_request_id(id))
                .unwrap_or_default()
                .to_owned(),
        }
    }

    /// The server's clock.
    pub(crate) fn server_time(&self) -> Option<SystemTime> {
        retry::server_time(&self.headers)
    }

    /// The error that the status stands for, whatever the body says.
    pub(crate) fn refusal(&self) -> Error {
        let what = format!("{} answered {}", origin(&self.url), self.status);
        let error = Error::new(ErrorKind::of_http_status(self.status), what);
        self.head().complete(error.with_http_status(self.status))
    }

    /// The body, if it has at most so many bytes. It ends in time also where what it answers had no time limit.
    pub(crate) async fn bytes(self, most: usize) -> Result<Bytes> {
        let mut gathered = BytesMut::new();
        let deadline = self.attempts.deadline_of_answer();
        let mut reading = Reading::new(self, most as u64, deadline);
        loop {
            match reading.next().await? {
                Next::Piece(piece) => gathered.extend_from_slice(&piece),
                Next::Again => gathered.clear(),
                Next::End => return Ok(gathered.freeze()),
            }
        }
    }

    /// The body as JSON.
    pub(crate) async fn json<T: DeserializeOwned>(self, most: usize) -> Result<T> {
        let (status, place) = (self.status, origin(&self.url));
        let kind = excerpt(self.header("content-type").unwrap_or("nothing named"));
        let bytes = self.bytes(most).await?;
        serde_json::from_slice(&bytes).map_err(|error| {
            // Its own message may quote what the answer holds.
            let what = match error.classify() {
                serde_json::error::Category::Data => "JSON of another form than expected",
                _ => "no JSON",
            };
            let (line, column, length) = (error.line(), error.column(), bytes.len());
            let message = format!(
                "{place} answered {what} at line {line}, column {column} of {length} bytes of {kind:?}"
            );
            Error::new(ErrorKind::Protocol, message).with_http_status(status).with_retriable(false)
        })
    }

    /// The body, streamed; gives the sink back with the number of bytes. `tell` gets how many are there, of how many
    /// if that is known. On an error, a file may have some of them.
    pub(crate) async fn into_sink(
        self,
        mut sink: Sink,
        most: u64,
        tell: impl Fn(u64, Option<u64>) + Send,
    ) -> Result<(Sink, u64)> {
        let total = self.body.content_length();
        let start = sink.position()?;
        let mut done = 0;
        let mut reading = Reading::new(self, most, None);
        loop {
            match reading.next().await? {
                Next::Piece(piece) => {
                    done += piece.len() as u64;
                    sink = sink.write(piece).await?;
                    tell(done, total);
                }
                Next::Again => {
                    done = 0;
                    sink = sink.go_back(start).await?;
                }
                Next::End => return Ok((sink, done)),
            }
        }
    }
}

/// Shows what was answered; no path, no query, no header, no body.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({} from {})", self.status, origin(&self.url))
    }
}

enum Next {
    Piece(Bytes),
    /// The answer broke off and comes anew from its first byte.
    Again,
    End,
}

struct Reading {
    response: Response,
    most: u64,
    left: u64,
    /// `None`: only silence ends it.
    deadline: Option<Instant>,
}

impl Reading {
    fn new(response: Response, most: u64, deadline: Option<Instant>) -> Self {
        Self { response, most, left: most, deadline }
    }

    async fn next(&mut self) -> Result<Next> {
        match self.piece().await {
            Ok(Some(piece)) => {
                let length = piece.len() as u64;
                self.left = self.left.checked_sub(length).ok_or_else(|| self.too_large())?;
                Ok(Next::Piece(piece))
            }
            Ok(None) => Ok(Next::End),
            Err(error) => self.again(error).await.map(|()| Next::Again),
        }
    }

    async fn piece(&mut self) -> Result<Option<Bytes>> {
        let Response { body, attempts, status, url, .. } = &mut self.response;
        if body.content_length().is_some_and(|rest| rest > self.left) {
            return Err(self.too_large());
        }
        let late = |what: String| Err(Error::new(ErrorKind::Timeout, what).with_http_status(*status));
        let idle = attempts.idle();
        tokio::select! {
            biased;
            piece = body.chunk() => {
                piece.map_err(|error| failure::of_request(&origin(url), &error).with_http_status(*status))
            }
            () = tokio::time::sleep(idle) => late(format!("no byte of the answer came for {idle:?}")),
            () = until(self.deadline) => late("the answer did not end in time".into()),
        }
    }

    /// Asks once more, where that may be and there is time for it.
    async fn again(&mut self, error: Error) -> Result<()> {
        let mut attempts = self.response.attempts.clone();
        if self.deadline.is_none() {
            attempts.renew_deadline();
        }
        if !attempts.may_ask_again(&error) {
            return Err(error);
        }
        let Some(pause) = attempts.pause(None) else { return Err(error) };
        tokio::time::sleep(pause).await;
        let response = attempts.answer().await?;
        // The caller has judged the first status already.
        if response.status != self.response.status {
            return Err(response.refusal());
        }
        self.response = response;
        self.left = self.most;
        Ok(())
    }

    fn too_large(&self) -> Error {
        let what = format!("the answer is larger than {} bytes", self.most);
        Error::new(ErrorKind::Protocol, what).with_http_status(self.response.status).with_retriable(false)
    }
}

impl Sink {
    fn position(&mut self) -> Result<u64> {
        match self {
            Self::Memory(bytes) => Ok(bytes.len() as u64),
            Self::File(file) => file.stream_position().map_err(|error| sink_failed(&error)),
        }
    }

    async fn write(self, piece: Bytes) -> Result<Self> {
        match self {
            Self::Memory(mut bytes) => {
                bytes.extend_from_slice(&piece);
                Ok(Self::Memory(bytes))
            }
            Self::File(mut file) => blocking(move || file.write_all(&piece).map(|()| Self::File(file)))
                .await?
                .map_err(|error| sink_failed(&error)),
        }
    }

    async fn go_back(self, position: u64) -> Result<Self> {
        match self {
            Self::Memory(mut bytes) => {
                bytes.truncate(usize::try_from(position).unwrap_or(usize::MAX));
                Ok(Self::Memory(bytes))
            }
            Self::File(mut file) => blocking(move || {
                file.set_len(position)?;
                file.seek(std::io::SeekFrom::Start(position))?;
                Ok(Self::File(file))
            })
            .await?
            .map_err(|error: std::io::Error| sink_failed(&error)),
        }
    }
}

fn sink_failed(error: &std::io::Error) -> Error {
    Error::io("writing what the server sends", error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_one_that_somebody_can_quote() {
        for id in ["r-1", "0HMV9C49II9CK:00000001", "|7f3a.1_", &"x".repeat(128)] {
            assert!(is_request_id(id), "{id}");
        }
        for none in ["", "two words", "caf\u{e9}", "a\tb", &"x".repeat(129)] {
            assert!(!is_request_id(none), "{none}");
        }
    }

    #[test]
    fn a_head_adds_what_an_error_does_not_say() {
        let wait = Duration::from_secs;
        let head = Head { status: 429, retry_after: Some(wait(3)), request_id: "r-1".into() };
        let bare = head.complete(Error::new(ErrorKind::RateLimited, "x"));
        assert_eq!((bare.retry_after(), bare.request_id()), (Some(wait(3)), "r-1"));
        let other = Error::new(ErrorKind::Protocol, "x").with_retry_after(wait(9)).with_request_id("r-2");
        let kept = head.complete(other);
        assert_eq!((kept.retry_after(), kept.request_id()), (Some(wait(9)), "r-2"));
    }
}
