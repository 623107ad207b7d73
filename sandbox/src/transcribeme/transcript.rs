//! Transcripts: as JSON, as a file by a word for its format, and by the call for downloads.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tiro::{EXPORT_FORMATS, Options, Transcript};

use super::answer::{Refusal, Shown};
use super::customer::Customer;
use super::recordings::seconds;
use super::{input, status};
use crate::app::{App, SharedApp};
use crate::download::File;
use crate::state::Media;

/// The transcript as this half writes it: what the vendor's looks like is not published. Times are of segments, as it
/// has been said of the vendor's. A document that cannot be read stays as it is.
pub(crate) fn document_of(recording: &str, gospeech: &str) -> String {
    let Ok(transcript) = Transcript::from_gospeech(gospeech) else { return gospeech.to_owned() };
    let segments = transcript.segments().map(|segment| {
        json!({
            "speaker": segment.speaker,
            "start": seconds(segment.start_ms),
            "end": seconds(segment.end_ms),
            "text": text(&transcript, segment.paragraphs),
        })
    });
    json!({ "recordingId": recording, "segments": segments.collect::<Vec<_>>() }).to_string()
}

/// A line a paragraph.
fn text(transcript: &Transcript, paragraphs: std::ops::Range<usize>) -> String {
    let line = |number| {
        let words = transcript.paragraph(number).words;
        words.map(|number| transcript.word(number).text).collect::<Vec<_>>().join(" ")
    };
    paragraphs.map(line).collect::<Vec<_>>().join("\n")
}

/// The document; or what is answered while there is none.
fn document(app: &App, media: &Media) -> Result<Result<String, Response>, Refusal> {
    if media.status == status::TRANSCRIBED
        && let Some(document) = app.database.media_transcript(&media.id)?
    {
        return Ok(Ok(document));
    }
    let status = app.behaviour().transcribeme.not_ready_status;
    match StatusCode::from_u16(status) {
        Ok(StatusCode::NO_CONTENT) => Ok(Err(StatusCode::NO_CONTENT.into_response())),
        Ok(status) => Err(Refusal::new(status, "The recording is not transcribed")),
        Err(_) => Err(Refusal::not_found("transcript")),
    }
}

pub(super) async fn json_document(
    State(app): State<SharedApp>,
    customer: Customer,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let media = customer.recording(&app, &id)?;
    let response = match document(&app, &media)? {
        Ok(document) => {
            ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], document).into_response()
        }
        Err(not_ready) => not_ready,
    };
    Ok(customer.noted(response))
}

pub(super) async fn file(
    State(app): State<SharedApp>,
    customer: Customer,
    Path((id, format)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let media = customer.recording(&app, &id)?;
    if !EXPORT_FORMATS.iter().any(|row| row.name == format) {
        return Err(Refusal::bad("There is no such format"));
    }
    let response = match document(&app, &media)? {
        Ok(document) => exported(document, &format, &media.name).await?.into_response(),
        Err(not_ready) => not_ready,
    };
    Ok(customer.noted(response))
}

async fn exported(document: String, format: &str, title: &str) -> Result<File, Refusal> {
    let (format, title) = (format.to_owned(), title.to_owned());
    let made = tokio::task::spawn_blocking(move || {
        let transcript = Transcript::from_transcribeme(&document)?;
        let mut bytes = Vec::new();
        let options = Options::new().with("export_title", &title)?;
        let titled = ["docx", "pdf"].contains(&&*format);
        transcript.export(&format, titled.then_some(&options), &mut bytes)?;
        Ok::<_, tiro::Error>(File::new(&title, &format, bytes))
    });
    let made = made.await.map_err(std::io::Error::other)?;
    made.map_err(|error| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

/// The vendor's numbers for `output`, as far as there is an exporter for them.
const OUTPUTS: [(i64, &str); 3] = [(0, "docx"), (2, "txt"), (3, "pdf")];

pub(super) async fn download(
    State(app): State<SharedApp>,
    customer: Customer,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body = input::object(&body)?;
    let [recording] =
        input::member(&body, "recordings").and_then(Value::as_array).map_or(&[][..], |list| list)
    else {
        return Err(Refusal::bad("One recording is wanted: what several come as is not known"));
    };
    let text = |name| input::item(recording, name).and_then(Value::as_str).unwrap_or("");
    if text("ownerId") != customer.account.id {
        return Err(Refusal::bad("ownerId is not the id of the user"));
    }
    let output = input::member(&body, "output").and_then(Value::as_i64);
    let format = OUTPUTS.iter().find(|(number, _)| Some(*number) == output).map(|(_, format)| *format);
    let format = format.ok_or_else(|| Refusal::bad("There is no such output"))?;
    let media = customer.recording(&app, text("id"))?;
    let document = match document(&app, &media)? {
        Ok(document) => document,
        Err(not_ready) => return Ok(customer.noted(not_ready)),
    };
    if app.behaviour().transcribeme.download_as_job {
        let job = json!({ "id": media.id, "status": "Completed", "fileName": media.name, "extension": format,
            "isCompleted": true, "isAdmin": false });
        return Ok(customer.noted(Shown(job).into_response()));
    }
    Ok(customer.noted(exported(document, format, &media.name).await?.into_response()))
}
