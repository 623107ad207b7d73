//! One request and the head of its answer, over one connection: watched for silence, ended at a deadline, and cut off
//! when nobody waits for it any more.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::ExposeSecret;

use super::body::Sending;
use super::failure;
use super::request::Request;
use super::url::origin;
use crate::error::{Error, ErrorKind, Result};

/// The head of an answer, and the request that it answers.
pub(super) struct Answer {
    pub(super) head: reqwest::Response,
    pub(super) line: Line,
}

/// An exchange without an answer.
pub(super) struct Failed {
    pub(super) error: Error,
    /// Whether surely nothing of the request reached the server.
    pub(super) unsent: bool,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self { error, unsent: false }
    }
}

/// A request on its way, or answered before all of it went out. Dropped before its end, it takes the connection along.
pub(super) struct Line {
    sending: Arc<Sending>,
    total: Option<u64>,
}

impl Line {
    /// Comes back once no byte has moved for so long. The time before a connection asks for the first byte has its own
    /// limit; but it has one: a server may give no stream to send it on.
    async fn silence(&self, patience: Patience) {
        loop {
            let left = match self.sending.silent() {
                Some(silent) => patience.idle.checked_sub(silent),
                None => (patience.connect + patience.idle).checked_sub(self.sending.age()),
            };
            match left {
                None | Some(Duration::ZERO) => return,
                Some(rest) => tokio::time::sleep(rest).await,
            }
        }
    }

    /// An answer that says yes counts only once all of the request went out.
    async fn completed(&self) -> Result<()> {
        self.sending.ended().await;
        if self.sending.is_finished() {
            return Ok(());
        }
        Err(self.sending.failure().unwrap_or_else(|| {
            let what = "the server closed the connection before it had the whole request";
            Error::new(ErrorKind::Protocol, what)
        }))
    }

    fn how_far(&self) -> String {
        let handed = self.sending.handed();
        match self.total {
            Some(total) => format!("{handed} of {total} bytes of the request went out"),
            None => format!("{handed} bytes of the request went out"),
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if !self.sending.is_finished() {
            self.sending.abort();
        }
    }
}

/// How long nothing may happen while a file streams: once there is a connection, and until there is one.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    pub(super) idle: Duration,
    pub(super) connect: Duration,
}

/// `patience` limits silence while a file streams; `deadline` is the end in any case.
pub(super) async fn exchange(
    client: &reqwest::Client,
    request: &Request,
    patience: Patience,
    deadline: Option<Instant>,
) -> Result<Answer, Failed> {
    let streams = request.body.upload().is_some();
    let (outgoing, content_type) = request.body.outgoing(request.reporter.clone())?;
    let headers = headers(request, content_type, outgoing.size())?;
    let line = Line { sending: outgoing.sending(), total: outgoing.size() };
    let place = origin(&request.url);
    let told =
        |error: Error| match streams && matches!(error.kind(), ErrorKind::Protocol | ErrorKind::Timeout) {
            true => Error::new(error.kind(), format!("{error}; {}", line.how_far())),
            false => error,
        };
    let built = client
        .request(request.method.clone(), request.url.clone())
        .headers(headers)
        .body(outgoing.into_body());
    let answered = async {
        let head = built.send().await.map_err(|error| Failed {
            error: told(failure::of_request(&place, &error)),
            unsent: error.is_connect(),
        })?;
        if !line.sending.is_finished() {
            match head.status().is_success() {
                true => line.completed().await.map_err(told)?,
                false => line.sending.hold(),
            }
        }
        Ok::<_, Failed>(head)
    };
    let outcome = tokio::select! {
        biased;
        outcome = answered => outcome,
        () = line.silence(patience), if streams => {
            let who = if line.sending.is_starved() { "the source gave nothing" } else { "no byte moved" };
            let what = format!("{who} for {:?}; {}", patience.idle, line.how_far());
            Err(Error::new(ErrorKind::Timeout, what).into())
        }
        () = until(deadline) => {
            Err(Error::new(ErrorKind::Timeout, format!("{place} did not answer in time")).into())
        }
    };
    Ok(Answer { head: outcome?, line })
}

/// For ever without a deadline.
pub(super) async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}

fn headers(request: &Request, content_type: Option<String>, size: Option<u64>) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(request.accept));
    if let Some(content_type) = content_type {
        let value = HeaderValue::try_from(content_type)
            .map_err(|_| Error::new(ErrorKind::Argument, "the content type is not one"))?;
        headers.insert(CONTENT_TYPE, value);
    }
    // Of nothing, too, with the methods that are expected to carry something: servers refuse them without.
    let carries = [Method::POST, Method::PUT, Method::PATCH].contains(&request.method);
    if let Some(size) = size.filter(|size| *size > 0 || carries) {
        headers.insert(CONTENT_LENGTH, size.into());
    }
    if let Some(token) = &request.bearer {
        let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))
            .map_err(|_| Error::new(ErrorKind::Auth, "the access token holds what no header can carry"))?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    for (name, value) in &request.headers {
        headers.insert(name.clone(), value.clone());
    }
    Ok(headers)
}
