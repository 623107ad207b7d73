//! The upload: a multipart body whose file goes to the spool piece by piece, digested on its way.

use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use multer::{Field, Multipart};
use serde_json::{Map, Value, json};

use super::{Problem, User};
use crate::app::SharedApp;
use crate::engine::{self, Work};
use crate::hub::events;
use crate::paths::option_default;
use crate::request_log::Note;
use crate::settings::UploadDenial;
use crate::spool::{self, Digested, Failure};
use crate::state::{Change, Status};

/// The longest text field that is taken.
const LONGEST_FIELD: usize = 64 << 10;
const LONGEST_NAME: usize = 1000;

pub(super) async fn upload(
    State(app): State<SharedApp>,
    user: User,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let Ok(boundary) = multer::parse_boundary(media_type) else {
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "multipart/form-data is wanted"));
    };
    let mut multipart = Multipart::new(body.into_data_stream(), boundary);
    let is_denied = !user.account.denied_codes.is_empty();
    let mut fields = Map::new();
    let mut taken: Option<(Begun, Digested)> = None;
    while let Some(field) = multipart.next_field().await.map_err(|error| broken(&error))? {
        let name = field.name().unwrap_or("").to_owned();
        if name == option_default("gospeech.upload_part") && taken.is_none() {
            let begun = Begun::new(&app, &user, field.file_name().unwrap_or(""))?;
            if is_denied && app.behaviour().upload_denial == UploadDenial::Answer {
                events::upload_denied(&app, &user.account, &begun.id, &begun.title);
                return Err(Problem::forbidden("The upload was denied.")
                    .member("deniedCodes", json!(user.account.denied_codes)));
            }
            let digested = spool(field, &begun.file).await?;
            taken = Some((begun, digested));
        } else {
            fields.insert(name, text(field).await?);
        }
    }
    let Some((begun, digested)) = taken else {
        let part = option_default("gospeech.upload_part");
        return Err(Problem::bad_request(&format!("The upload has no file in a part named {part:?}.")));
    };
    if is_denied {
        events::upload_denied(&app, &user.account, &begun.id, &begun.title);
        return Ok((StatusCode::CREATED, Extension(user.note()), Json(json!({ "recordId": begun.id })))
            .into_response());
    }
    begun.complete(&user, &digested, &Value::from(fields).to_string())
}

/// What HTML's form encoding escapes of a file name, and nothing else.
pub(crate) fn unescaped(name: &str) -> String {
    name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

fn broken(error: &multer::Error) -> Problem {
    Problem::bad_request(&format!("The multipart body cannot be read: {error}"))
}

async fn text(mut field: Field<'_>) -> Result<Value, Problem> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|error| broken(&error))? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > LONGEST_FIELD {
            return Err(Problem::bad_request("A text field is too long."));
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned().into())
}

async fn spool(field: Field<'_>, path: &Path) -> Result<Digested, Problem> {
    spool::write(path, field).await.map_err(|failure| match failure {
        Failure::Body(error) => broken(&error),
        Failure::File(error) => error.into(),
    })
}

/// A recording whose upload has begun. Dropped before it is complete, for whatever reason, there is none.
struct Begun {
    app: SharedApp,
    id: String,
    title: String,
    file: PathBuf,
    complete: bool,
}

impl Begun {
    fn new(app: &SharedApp, user: &User, file_name: &str) -> Result<Self, Problem> {
        let title: String = unescaped(file_name).chars().take(LONGEST_NAME).collect();
        let initial = Status::Initial.code();
        let ids =
            app.database.add_recordings(&user.account.id, initial, None, std::iter::once(title.clone()))?;
        let id = ids.into_iter().next().unwrap_or_default();
        let file = app.spool_file(&id);
        let begun = Self { app: app.clone(), id, title, file, complete: false };
        events::set_status(app, &begun.id, Status::Uploading.code(), &Change::default())?;
        Ok(begun)
    }

    fn complete(mut self, user: &User, digested: &Digested, fields: &str) -> Result<Response, Problem> {
        let app = self.app.clone();
        app.database.set_upload(&self.id, &digested.sha256, digested.size, fields)?;
        let recording = app.database.recording(&self.id)?.ok_or_else(|| Problem::not_found("record"))?;
        self.complete = true;
        engine::start(&app, Work::of_gospeech(&recording, &user.account.email));
        let note = Note { created: Some(self.id.clone()), ..user.note() };
        let location = [(header::LOCATION, app.paths.of("recording").replace("{recordId}", &self.id))];
        let body = Json(json!({ "recordId": self.id }));
        Ok((StatusCode::CREATED, location, Extension(note), body).into_response())
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        if !self.complete {
            let _ = self.app.database.delete_recording(&self.id);
            let _ = std::fs::remove_file(&self.file);
        }
    }
}
