//! Recordings: what came, what is put there without an upload, what becomes of them.

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{Input, Refusal, account, account_id};
use crate::app::SharedApp;
use crate::engine::Script;
use crate::engine::document::count_words;
use crate::hub::events;
use crate::state::{Change, Recording, Status};
use crate::timestamp;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Whose {
    account: Option<String>,
}

pub(super) async fn list(
    State(app): State<SharedApp>,
    Query(whose): Query<Whose>,
) -> Result<Json<Value>, Refusal> {
    let account = account_id(&app, whose.account.as_deref())?;
    let recordings = app.database.recordings(account.as_deref())?;
    Ok(Json(json!({ "recordings": recordings.iter().map(shown).collect::<Vec<_>>() })))
}

fn shown(recording: &Recording) -> Value {
    json!({
        "id": recording.id,
        "account_id": recording.account,
        "title": recording.title,
        "status": recording.status,
        "last_status": timestamp::text(recording.last_status),
        "size": recording.size,
        "sha256": recording.sha256,
        "fields": serde_json::from_str::<Value>(&recording.fields).unwrap_or_default(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    account: String,
    #[serde(default = "one")]
    count: u64,
    #[serde(default = "ready")]
    status: String,
    #[serde(default)]
    title: String,
    /// Of the transcript: as for the scripted engine.
    #[serde(default)]
    script: Script,
}

fn one() -> u64 {
    1
}

fn ready() -> String {
    Status::ReadyForCorrection.code().to_owned()
}

const MOST: u64 = 1_000_000;

/// Puts recordings on a worklist, as many as are wanted. No event tells of them.
pub(super) async fn add(
    State(app): State<SharedApp>,
    Input(new): Input<New>,
) -> Result<Json<Value>, Refusal> {
    if new.count > MOST {
        return Err(Refusal::bad(format!("at most {MOST} at once")));
    }
    let account = account(&app, &new.account)?.id;
    let ids = tokio::task::spawn_blocking(move || {
        let document = Status::has_text(&new.status).then(|| new.script.document());
        let title = if new.title.is_empty() { "recording" } else { &new.title };
        let titles = (1..=new.count).map(|number| match new.count {
            1 => title.to_owned(),
            _ => format!("{title} {number}"),
        });
        app.database.add_recordings(&account, &new.status, document.as_deref(), titles)
    });
    let ids = ids.await.map_err(|error| Refusal::bad(error.to_string()))??;
    Ok(Json(json!({ "ids": ids })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewStatus {
    status: String,
    corrector_name: Option<String>,
    corrector_id: Option<String>,
    words: Option<i64>,
    track_ms: Option<i64>,
}

/// Gives a recording a status, any, and tells of it. The engine that is at work on it is stopped.
pub(super) async fn set_status(
    State(app): State<SharedApp>,
    Path(id): Path<String>,
    Input(new): Input<NewStatus>,
) -> Result<Json<Value>, Refusal> {
    app.engines.stop(&id);
    let _ = tokio::fs::remove_file(app.spool_file(&id)).await;
    let mut change = Change {
        corrector_id: new.corrector_id,
        corrector_name: new.corrector_name,
        words: new.words,
        track_ms: new.track_ms,
        size: None,
    };
    if Status::has_text(&new.status) {
        let document = match app.database.transcript(&id)? {
            Some(document) => document,
            None => Script::default().document(),
        };
        app.database.set_transcript(&id, &document)?;
        change.words = change.words.or_else(|| Some(count_words(&document)));
    }
    match events::set_status(&app, &id, &new.status, &change)? {
        true => Ok(Json(json!({}))),
        false => Err(Refusal::not_found("recording")),
    }
}

/// The transcript as the vendor writes it, as it is given.
pub(super) async fn set_transcript(
    State(app): State<SharedApp>,
    Path(id): Path<String>,
    document: String,
) -> Result<Json<Value>, Refusal> {
    app.database.recording(&id)?.ok_or_else(|| Refusal::not_found("recording"))?;
    app.database.set_transcript(&id, &document)?;
    Ok(Json(json!({})))
}

pub(super) async fn remove(
    State(app): State<SharedApp>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let recording = app.database.recording(&id)?.ok_or_else(|| Refusal::not_found("recording"))?;
    app.engines.stop(&id);
    app.database.delete_recording(&id)?;
    let _ = tokio::fs::remove_file(app.spool_file(&id)).await;
    events::refresh_worklist(&app, &recording.account);
    Ok(Json(json!({})))
}
