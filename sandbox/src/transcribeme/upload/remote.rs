//! Uploads from a URL. The sandbox fetches from origins that it was told of, and from no other.

use std::time::Duration;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use http_body_util::{BodyExt, BodyStream, Empty};
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use tokio::net::TcpStream;
use url::Url;

use super::{Temporary, complete, recording_id};
use crate::app::SharedApp;
use crate::request_log::Note;
use crate::settings::RemotePath;
use crate::spool;
use crate::state::{Media, MediaUpload, NewMedia};
use crate::transcribeme::answer::{Refusal, Shown};
use crate::transcribeme::customer::Customer;
use crate::transcribeme::{input, status};

const LONGEST_FETCH: Duration = Duration::from_secs(600);

/// Where recordings may be fetched from.
#[derive(Debug)]
pub(crate) struct Origins(Vec<url::Origin>);

impl Origins {
    pub(crate) fn new(given: &[String]) -> Result<Self, String> {
        let origin = |text: &String| match Url::parse(text) {
            Ok(url) if url.scheme() == "http" && url.path() == "/" => Ok(url.origin()),
            _ => Err(format!("{text:?} is no origin such as http://127.0.0.1:8000")),
        };
        given.iter().map(origin).collect::<Result<_, _>>().map(Self)
    }

    fn has(&self, url: &Url) -> bool {
        self.0.contains(&url.origin())
    }
}

pub(in crate::transcribeme) async fn remote(
    State(app): State<SharedApp>,
    customer: Customer,
    body: Bytes,
) -> Result<Response, Refusal> {
    if app.behaviour().transcribeme.remote_path == RemotePath::Second {
        return Err(Refusal::not_found("call"));
    }
    take(&app, &customer, &body)
}

pub(in crate::transcribeme) async fn second_path(
    State(app): State<SharedApp>,
    customer: Customer,
    body: Bytes,
) -> Result<Response, Refusal> {
    if app.behaviour().transcribeme.remote_path == RemotePath::First {
        return Err(Refusal::not_found("call"));
    }
    take(&app, &customer, &body)
}

fn take(app: &SharedApp, customer: &Customer, body: &[u8]) -> Result<Response, Refusal> {
    let body = input::object(body)?;
    let url = input::member(&body, "url").and_then(Value::as_str).and_then(|url| Url::parse(url).ok());
    let url = url.ok_or_else(|| Refusal::bad("url is missing or is none"))?;
    if !app.remote_origins.has(&url) {
        return Err(Refusal::bad("The sandbox does not fetch from there: see --remote-origin"));
    }
    let new = NewMedia {
        account: &customer.account.id,
        name: &name(&url),
        upload: MediaUpload::Remote,
        status: status::UPLOADING,
    };
    let media = app.database.add_media(&new)?;
    let note = Note { created: Some(media.id.clone()), ..customer.note() };
    let answer = (Extension(note), Shown(recording_id(app, &media.id))).into_response();
    let app = app.clone();
    tokio::spawn(async move {
        let fetched = tokio::time::timeout(LONGEST_FETCH, fetch(&app, &media, &url)).await;
        if !matches!(fetched, Ok(Ok(()))) {
            let _ = app.database.set_media_status(&media.id, status::ERROR, None);
        }
    });
    Ok(answer)
}

/// The end of the path, as a person would read it.
fn name(url: &Url) -> String {
    let last = url.path_segments().and_then(|mut segments| segments.next_back()).unwrap_or("");
    match percent_decode_str(last).decode_utf8_lossy() {
        name if name.is_empty() => "recording".to_owned(),
        name => name.into_owned(),
    }
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Redirects are not followed: they may lead anywhere.
async fn fetch(app: &SharedApp, media: &Media, url: &Url) -> Result<(), Failed> {
    let name = url.host_str().unwrap_or("").trim_start_matches('[').trim_end_matches(']');
    let address = (name, url.port_or_known_default().unwrap_or(80));
    let stream = TokioIo::new(TcpStream::connect(address).await?);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await?;
    tokio::spawn(connection);
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let request = hyper::Request::get(target).header(header::HOST, host).body(Empty::<Bytes>::new())?;
    let answer = sender.send_request(request).await?;
    if answer.status() != StatusCode::OK {
        return Err(answer.status().to_string().into());
    }
    let file = Temporary::new(app);
    let pieces = BodyStream::new(answer.into_body().boxed())
        .filter_map(async |frame| frame.map(|frame| frame.into_data().ok()).transpose());
    let came = spool::write(&file.path, Box::pin(pieces)).await;
    let came = came.map_err(|failure| match failure {
        spool::Failure::Body(error) => Failed::from(error),
        spool::Failure::File(error) => error.into(),
    })?;
    complete(app, media, file, came).await.map_err(|_| "the recording cannot be kept".into())
}
