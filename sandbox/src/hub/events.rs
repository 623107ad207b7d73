//! What the hub tells of, and the one way in which a recording gets a status.

use serde_json::{Map, Value, json};

use super::{Order, lock};
use crate::app::App;
use crate::state::{Account, Change, Export, Recording, Result, Status};
use crate::timestamp;

/// Gives a recording a status and tells its owner; `false`: the recording is gone.
pub(crate) fn set_status(app: &App, id: &str, status: &str, change: &Change) -> Result<bool> {
    let Some(recording) = app.database.set_status(id, status, change)? else { return Ok(false) };
    app.hub.tell(&recording.account, "workListChanged", Some(changed(&recording)));
    Ok(true)
}

fn changed(recording: &Recording) -> Value {
    let mut event = Map::new();
    event.insert("recordId".into(), recording.id.clone().into());
    event.insert("status".into(), recording.status.clone().into());
    event.insert("lastStatusDate".into(), timestamp::text(recording.last_status).into());
    match Status::from_code(&recording.status) {
        Some(Status::ReadyForCorrection) => {
            event.insert("wordsCount".into(), recording.words.into());
            event.insert("recognized".into(), recording.recognized.map(timestamp::text).into());
        }
        Some(Status::CorrectingBy) => {
            event.insert("correctorName".into(), recording.corrector_name.clone().into());
        }
        Some(Status::Uploaded) => {
            event.insert("fileSize".into(), recording.size.into());
            event.insert("trackTime".into(), recording.track_ms.into());
        }
        _ => {}
    }
    event.retain(|_, value| !value.is_null());
    event.into()
}

/// Recordings were deleted, or have other titles.
pub(crate) fn refresh_worklist(app: &App, account: &str) {
    app.hub.tell(account, "refreshWorklist", None);
}

pub(crate) fn upload_denied(app: &App, account: &Account, recording: &str, name: &str) {
    let event = json!({
        "recordId": recording,
        "recordName": name,
        "deniedCodes": account.denied_codes,
        "timestamp": timestamp::text(timestamp::now_ticks()),
    });
    app.hub.tell(&account.id, "recordUploadDenied", Some(event));
}

pub(crate) fn export_completed(app: &App, account: &str, export: &Export) {
    let event = json!({
        "recordId": export.recording,
        "fileId": export.id,
        "fileName": export.name,
        "fileFormat": export.format,
    });
    app.hub.tell(account, "transcriptExportCompleted", Some(event));
}

/// The account was deleted: it is told, and its connections end.
pub(crate) fn account_deleted(app: &App, account: &str) {
    app.hub.tell(account, "accountDeleted", None);
    app.hub.order(Some(account), &Order::Close { error: None, allow_reconnect: false });
    lock(&app.hub.negotiated).retain(|_, waiting| waiting.account != account);
}
