//! Uploads: in parts, in one request, or from a URL. A recording has its id before any byte of it came, and can be ordered
//! once all of it is there.

mod begin;
mod one_request;
mod parts;
mod remote;

use axum::http::{HeaderMap, header};
use multer::{Field, Multipart};
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::Refusal;
use super::status;
use crate::app::App;
use crate::settings::RecordingAnswer;
use crate::spool::{Digested, Failure};
use crate::state::{Assembled, Media};

pub(super) use begin::begin;
pub(super) use one_request::{simple, sync};
pub(super) use parts::{commit, part, stored_part};
pub(crate) use remote::Origins;
pub(super) use remote::{remote, second_path};

/// What file systems take.
const LONGEST_NAME: usize = 255;

fn check_name(name: &str) -> Result<(), Refusal> {
    match name.len() {
        0 => Err(Refusal::bad("The file has no name")),
        1..=LONGEST_NAME => Ok(()),
        _ => Err(Refusal::bad(format!("The file's name is longer than {LONGEST_NAME} bytes"))),
    }
}

fn boundary(headers: &HeaderMap) -> Option<String> {
    let media_type = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    multer::parse_boundary(media_type).ok()
}

/// The first field of a multipart body, which is the only one that is expected.
async fn first_field<'m>(multipart: &mut Multipart<'m>, names: &[&str]) -> Result<Field<'m>, Refusal> {
    let field = multipart.next_field().await.map_err(|error| broken(&error))?;
    let wanted = |field: &Field<'_>| names.is_empty() || names.contains(&field.name().unwrap_or(""));
    let field = field.filter(|field| wanted(field) && field.file_name().is_some());
    field.ok_or_else(|| Refusal::bad(format!("A file is wanted in a field named {}", names.join(" or "))))
}

fn broken(error: &dyn std::fmt::Display) -> Refusal {
    Refusal::bad(format!("The body cannot be read: {error}"))
}

fn failed<E: std::fmt::Display>(failure: Failure<E>) -> Refusal {
    match failure {
        Failure::Body(error) => broken(&error),
        Failure::File(error) => error.into(),
    }
}

/// A file that is written under a name of its own first, so that what has the real name is whole. It goes if it is not
/// kept.
struct Temporary {
    path: std::path::PathBuf,
}

/// What begins the names of files that nobody will complete.
const TEMPORARY: &str = "tmp-";

impl Temporary {
    fn new(app: &App) -> Self {
        Self { path: app.spool_file(&format!("{TEMPORARY}{}", Uuid::new_v4())) }
    }

    async fn keep(self, path: &std::path::Path) -> std::io::Result<()> {
        tokio::fs::rename(&self.path, path).await
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Takes away what was being written when the sandbox ended.
pub(super) fn clear_at_start(app: &App) -> std::io::Result<()> {
    clear(app, |name| name.starts_with(TEMPORARY))
}

/// Takes away the parts of an upload that is complete or gone.
pub(super) fn clear_parts(app: &App, recording: &str) -> std::io::Result<()> {
    clear(app, |name| parts::recording_of(name) == Some(recording))
}

fn clear(app: &App, is_meant: impl Fn(&str) -> bool) -> std::io::Result<()> {
    for file in std::fs::read_dir(&app.spool)? {
        let file = file?;
        if is_meant(&file.file_name().to_string_lossy()) {
            std::fs::remove_file(file.path())?;
        }
    }
    Ok(())
}

/// All of the recording is there.
async fn complete(app: &App, media: &Media, file: Temporary, came: Digested) -> Result<(), Refusal> {
    if came.size == 0 {
        return Err(Refusal::bad("The file is empty"));
    }
    file.keep(&app.spool_file(&media.id)).await?;
    let assembled = Assembled { size: came.size, sha256: came.sha256 };
    match app.database.complete_media(&media.id, &assembled, status::READY_TO_TRANSCRIBE)? {
        true => Ok(()),
        false => Err(Refusal::bad("The upload was complete before")),
    }
}

/// The id of a recording in the form that is in force.
fn recording_id(app: &App, id: &str) -> Value {
    match app.behaviour().transcribeme.recording_answer {
        RecordingAnswer::Object => json!({ "recordingId": id }),
        RecordingAnswer::Id => json!({ "id": id }),
        RecordingAnswer::Text => json!(id),
        RecordingAnswer::Array => json!([id]),
    }
}
