//! What is around every request: whom it asks for is checked, it is written to the log, and faults are done to it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Extension;
use axum::body::{Body, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::{Buf, Bytes};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use tokio::time::Sleep;
use url::form_urlencoded;

use crate::app::{App, SharedApp};
use crate::connection::Connection;
use crate::faults::Fault;
use crate::paths::{STORED_PART, TRANSCRIBEME_BASE};
use crate::request_log::{Entry, Note, SHOWN_QUERY, Traffic};

/// A request for another host gets nothing.
pub(crate) async fn check_host(
    State(app): State<SharedApp>,
    Extension(connection): Extension<Connection>,
    request: Request,
    next: Next,
) -> Response {
    match app.hosts.allow(&request, connection.local) {
        true => next.run(request).await,
        false => {
            (StatusCode::MISDIRECTED_REQUEST, "this sandbox is asked for by another name\n").into_response()
        }
    }
}

/// Writes a request to the log and does the faults.
pub(crate) async fn observe(
    State(app): State<SharedApp>,
    Extension(connection): Extension<Connection>,
    matched: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let template = matched.as_ref().map_or("", MatchedPath::as_str);
    let operation = app.paths.operation(request.method().as_str(), template);
    let taken = app.faults.take(operation, request.method().as_str(), request.uri().path());
    let (number, fault) = taken.unzip();
    let fault = fault.unwrap_or_default();

    let traffic = Arc::new(Traffic::default());
    let entry = app.log.begin(Entry { fault: number, ..entry(operation, &request, traffic.clone()) });
    let wait_ms = fault.delay_ms + latency_ms(&app, template);
    if wait_ms > 0 {
        tokio::time::sleep(Duration::from_millis(wait_ms)).await;
    }
    let cut_after = fault.cut_request_after;
    let request = request.map(|body| {
        Body::new(Metered {
            body,
            cut_after,
            is_cut: false,
            connection: connection.clone(),
            traffic: traffic.clone(),
        })
    });
    let mut response = answer(&fault, request, next).await;
    if fault.cut_before_response || connection.is_cut() {
        return connection.cut_for_ever().await;
    }
    if let Ok(id) = HeaderValue::from_str(&format!("sandbox-{entry}")) {
        response.headers_mut().insert("x-request-id", id);
    }
    fault.set_headers(&mut response);
    app.log.answered(entry, response.status().as_u16(), response.extensions_mut().remove::<Note>());
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return response;
    }
    declare_length(&mut response);
    let (cut_after, drip) = (fault.cut_response_after, fault.drip_ms.map(Duration::from_millis));
    response.map(|body| {
        Body::new(Doled { body, rest: Bytes::new(), cut_after, drip, pause: None, connection, traffic })
    })
}

/// What each request of TranscribeMe's half waits.
fn latency_ms(app: &App, template: &str) -> u64 {
    match template.starts_with(TRANSCRIBEME_BASE) || template == STORED_PART {
        true => app.behaviour().transcribeme.latency_ms,
        false => 0,
    }
}

async fn answer(fault: &Fault, request: Request, next: Next) -> Response {
    let Some(answer) = fault.answer() else { return next.run(request).await };
    if fault.handled {
        let note = next.run(request).await.extensions_mut().remove::<Note>();
        let mut answer = answer;
        note.map(|note| answer.extensions_mut().insert(note));
        return answer;
    }
    if !fault.early {
        let mut body = request.into_body();
        while let Some(Ok(_)) = body.frame().await {}
    }
    answer
}

/// A body that is doled out has no length of its own: what was known of it is said before.
fn declare_length(response: &mut Response) {
    if let Some(length) = response.body().size_hint().exact()
        && !response.headers().contains_key(header::CONTENT_LENGTH)
        && !matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
    {
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
}

fn entry(operation: &'static str, request: &Request, traffic: Arc<Traffic>) -> Entry {
    let query = request.uri().query().unwrap_or("").as_bytes();
    let query = form_urlencoded::parse(query).map(|(name, value)| {
        let shown = SHOWN_QUERY.contains(&&*name);
        (name.into_owned(), shown.then(|| value.into_owned()))
    });
    Entry {
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        query: query.collect(),
        operation,
        http: if request.version() == Version::HTTP_2 { "2" } else { "1.1" },
        authorization: request.headers().contains_key(header::AUTHORIZATION),
        api_key: request.headers().contains_key("x-api-key"),
        cookie: request.headers().contains_key(header::COOKIE),
        declared_bytes: declared(request.headers()),
        traffic,
        ..Entry::default()
    }
}

fn declared(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn add(counter: &AtomicU64, frame: &Frame<Bytes>) -> u64 {
    let length = frame.data_ref().map_or(0, |data| data.len() as u64);
    counter.fetch_add(length, Ordering::Relaxed) + length
}

fn reset() -> axum::Error {
    axum::Error::new(io::Error::from(io::ErrorKind::ConnectionReset))
}

/// A request's body: counted, and cut after so many bytes.
struct Metered {
    body: Body,
    cut_after: Option<u64>,
    is_cut: bool,
    connection: Connection,
    traffic: Arc<Traffic>,
}

impl HttpBody for Metered {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        loop {
            let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
            if self.is_cut && matches!(frame, Some(Ok(_))) {
                // Whoever reads must not learn of it before the socket is closed, or would answer.
                continue;
            }
            if let Some(Ok(frame)) = &frame {
                let so_far = add(&self.traffic.request, frame);
                if self.cut_after.is_some_and(|most| so_far >= most) {
                    self.is_cut = true;
                    self.connection.cut();
                    continue;
                }
            }
            return Poll::Ready(match frame {
                None if self.is_cut => Some(Err(reset())),
                frame => frame,
            });
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// So long what is left of a request is read after its answer.
const LINGER: Duration = Duration::from_secs(5);

/// A request that was answered early is read on for a while: to close the socket over unread bytes would reset the
/// connection, and might take the answer away from the client.
impl Drop for Metered {
    fn drop(&mut self) {
        if !self.body.is_end_stream() {
            let mut rest = std::mem::take(&mut self.body);
            tokio::spawn(tokio::time::timeout(LINGER, async move {
                while let Some(Ok(_)) = rest.frame().await {}
            }));
        }
    }
}

/// A response's body: counted, slowed down, cut after so many bytes.
struct Doled {
    body: Body,
    /// What came of the body and has not gone out.
    rest: Bytes,
    cut_after: Option<u64>,
    drip: Option<Duration>,
    pause: Option<Pin<Box<Sleep>>>,
    connection: Connection,
    traffic: Arc<Traffic>,
}

/// So long what was written before a cut has to reach the socket.
const FLUSH: Duration = Duration::from_millis(20);

impl HttpBody for Doled {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(context));
            self.pause = None;
            if self.cut_after == Some(0) {
                self.connection.cut();
                return Poll::Ready(Some(Err(reset())));
            }
        }
        if self.cut_after == Some(0) {
            self.pause = Some(Box::pin(tokio::time::sleep(FLUSH)));
            return self.poll_frame(context);
        }
        if !self.rest.has_remaining() {
            match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(other) => return Poll::Ready(Some(Ok(other))),
                },
                end => return Poll::Ready(end),
            }
        }
        let most = if self.drip.is_some() { 1 } else { u64::MAX };
        let most = most.min(self.cut_after.unwrap_or(u64::MAX)).min(self.rest.len() as u64);
        let piece = self.rest.split_to(usize::try_from(most).unwrap_or(usize::MAX));
        if let Some(left) = &mut self.cut_after {
            *left -= most;
        }
        self.pause = self.drip.map(|drip| Box::pin(tokio::time::sleep(drip)));
        let frame = Frame::data(piece);
        add(&self.traffic.response, &frame);
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.cut_after.is_none() && self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (hint, rest) = (self.body.size_hint(), self.rest.len() as u64);
        let mut with_rest = SizeHint::new();
        if let Some(upper) = hint.upper() {
            with_rest.set_upper(upper + rest);
        }
        with_rest.set_lower(hint.lower() + rest);
        with_rest
    }
}
