//! Exports: asked for, made a while later by tiro's own exporters, told of by an event, fetched by their id.

use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Value, json};
use tiro::{Options, Transcript};
use uuid::Uuid;

use super::users::json_body;
use super::validation::Validation;
use super::{Problem, User, records};
use crate::app::SharedApp;
use crate::download::File;
use crate::hub::events;
use crate::paths::option_default;
use crate::settings::ExportOutcome;
use crate::state::Export;

/// What the vendor exports to, beside JSON.
const FORMATS: [&str; 3] = ["txt", "docx", "pdf"];

/// The member of the request that names the format: the client's own template has it.
fn format_member() -> String {
    let template: Value = serde_json::from_str(option_default("gospeech.export_body")).unwrap_or_default();
    let named = template.as_object().and_then(|members| {
        members.iter().find(|(_, value)| value.as_str() == Some("{format}")).map(|(name, _)| name.clone())
    });
    named.unwrap_or_else(|| "format".into())
}

pub(super) async fn start(
    State(app): State<SharedApp>,
    user: User,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let recording = records::own(&app, &user, &id)?;
    let body = json_body(&headers, &body)?;
    let (member, mut validation) = (format_member(), Validation::default());
    let format = validation.required(&member, &body[&member]);
    if !format.is_empty() && !FORMATS.contains(&format.as_str()) {
        let code = json!({ "code": "Enum.Violated", "propertyValue": format });
        validation.refuse(&member, "There is no such format", code);
    }
    validation.done()?;
    let document = records::document(&app, &recording)?;
    let made = tokio::task::spawn_blocking({
        let (format, title) = (format.clone(), recording.title.clone());
        move || make(&document, &format, &title)
    });
    let file = made.await.map_err(std::io::Error::other)?.map_err(|error| {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error").detail(error.to_string())
    })?;
    let File { name, media_type, bytes } = File::new(&recording.title, &format, file);
    let id = Uuid::new_v4().to_string();
    let mut export = Export { id, recording: recording.id, name, format, media_type, file: None };
    let behaviour = app.behaviour();
    if behaviour.export_outcome == ExportOutcome::Immediate {
        export.file = Some(bytes);
        return Ok((Extension(user.note()), sent(export)).into_response());
    }
    app.database.add_export(&export)?;
    let answer = axum::Json(json!({ "fileId": export.id }));
    let note = user.note();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(behaviour.export_ms)).await;
        if behaviour.export_outcome == ExportOutcome::Never {
            return;
        }
        let there = app.database.complete_export(&export.id, &bytes).unwrap_or(false);
        if there && behaviour.export_outcome == ExportOutcome::Completes {
            events::export_completed(&app, &user.account.id, &export);
        }
    });
    Ok((StatusCode::ACCEPTED, Extension(note), answer).into_response())
}

fn make(document: &str, format: &str, title: &str) -> tiro::Result<Vec<u8>> {
    let transcript = Transcript::from_gospeech(document)?;
    let mut file = Vec::new();
    let options = Options::new().with("export_title", title)?;
    transcript.export(format, (format != "txt").then_some(&options), &mut file)?;
    Ok(file)
}

pub(super) async fn download(
    State(app): State<SharedApp>,
    user: User,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let recording = records::own(&app, &user, &id)?;
    let export = app.database.export(&recording.id, &file)?;
    let export = export.ok_or_else(|| Problem::not_found("export"))?;
    if export.file.is_none() {
        return Err(Problem::new(StatusCode::PRECONDITION_FAILED, "Precondition Failed")
            .detail("The export is not complete."));
    }
    Ok((Extension(user.note()), sent(export)).into_response())
}

fn sent(export: Export) -> Response {
    let Export { name, media_type, file, .. } = export;
    File { name, media_type, bytes: file.unwrap_or_default() }.into_response()
}
