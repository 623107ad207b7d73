//! Recordings: the worklist, one of them, its transcript, its end.

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::{Value, json};

use super::validation::Validation;
use super::{Problem, User};
use crate::app::{App, SharedApp};
use crate::engine::{self, Work};
use crate::hub::events;
use crate::settings::ListEnvelope;
use crate::state::{Recording, Status};
use crate::timestamp;

#[derive(Deserialize)]
pub(super) struct Page {
    offset: Option<String>,
    limit: Option<String>,
}

const DEFAULT_LIMIT: u64 = 20;

pub(super) async fn worklist(
    State(app): State<SharedApp>,
    user: User,
    Query(page): Query<Page>,
) -> Result<Response, Problem> {
    let mut validation = Validation::default();
    let mut number = |name: &str, given: Option<String>, default: u64, least: u64| match given {
        None => default,
        Some(text) => text.parse().ok().filter(|number| *number >= least).unwrap_or_else(|| {
            let code = json!({ "code": "PositiveNumber.Violated", "propertyValue": text });
            validation.refuse(name, "The number must be positive", code);
            default
        }),
    };
    let offset = number("offset", page.offset, 0, 0);
    let limit = number("limit", page.limit, DEFAULT_LIMIT, 1);
    validation.done()?;
    let behaviour = app.behaviour();
    let limit = limit.min(behaviour.page_limit.max(1));
    let (recordings, total) = app.database.worklist(&user.account.id, offset, limit)?;
    let items = recordings.iter().map(item).collect::<Vec<_>>();
    let body = match behaviour.list_envelope {
        ListEnvelope::Items => json!({ "items": items, "totalCount": total }),
        ListEnvelope::Records => json!({ "records": items, "total": total }),
        ListEnvelope::Bare => items.into(),
    };
    Ok((Extension(user.note()), Json(body)).into_response())
}

/// A recording as the worklist shows it.
fn item(recording: &Recording) -> Value {
    let mut item = json!({
        "id": recording.id,
        "title": recording.title,
        "status": recording.status,
        "lastStatusDate": timestamp::text(recording.last_status),
        "created": timestamp::text(recording.created),
        "wordsCount": recording.words,
        "recognized": recording.recognized.map(timestamp::text),
        "correctorName": recording.corrector_name,
        "fileSize": recording.size,
        "trackTime": recording.track_ms,
    });
    if let Value::Object(members) = &mut item {
        members.retain(|_, value| !value.is_null());
    }
    item
}

pub(super) async fn record(
    State(app): State<SharedApp>,
    user: User,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let recording = own(&app, &user, &id)?;
    let mut body = item(&recording);
    if let Some(corrector) = &recording.corrector_id {
        body["correctorId"] = corrector.clone().into();
    }
    Ok((Extension(user.note()), Json(body)).into_response())
}

/// The user's recording of that id; another's is not told from none.
pub(super) fn own(app: &App, user: &User, id: &str) -> Result<Recording, Problem> {
    let recording = app.database.recording(id)?.filter(|recording| recording.account == user.account.id);
    recording.ok_or_else(|| Problem::not_found("record"))
}

/// The document of a recording that has its text.
pub(super) fn document(app: &App, recording: &Recording) -> Result<String, Problem> {
    if !Status::has_text(&recording.status) {
        let expected = Status::ReadyForCorrection.code();
        return Err(Problem::invalid_status(expected, &recording.status));
    }
    app.database.transcript(&recording.id)?.ok_or_else(|| Problem::not_found("transcript"))
}

pub(super) async fn transcript(
    State(app): State<SharedApp>,
    user: User,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let recording = own(&app, &user, &id)?;
    let document = document(&app, &recording)?;
    let json = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    Ok((json, Extension(user.note()), document).into_response())
}

pub(super) async fn delete(
    State(app): State<SharedApp>,
    user: User,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let recording = own(&app, &user, &id)?;
    app.engines.stop(&recording.id);
    if !app.database.delete_recording(&recording.id)? {
        return Err(Problem::not_found("record"));
    }
    let _ = tokio::fs::remove_file(app.spool_file(&recording.id)).await;
    events::refresh_worklist(&app, &recording.account);
    Ok((StatusCode::NO_CONTENT, Extension(user.note())).into_response())
}

/// Sets the engines to work again on what was under way when the sandbox ended.
pub(crate) fn resume(app: &SharedApp) -> crate::state::Result<()> {
    for recording in app.database.recordings(None)? {
        let unsent = [Status::Initial, Status::Uploading].map(Status::code);
        if unsent.contains(&recording.status.as_str()) {
            app.database.delete_recording(&recording.id)?;
        } else if Status::in_progress(&recording.status)
            && let Some(account) = app.database.account(&recording.account)?
        {
            engine::start(app, Work::of_gospeech(&recording, &account.email));
        }
    }
    Ok(())
}
