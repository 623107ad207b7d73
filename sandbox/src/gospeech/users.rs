//! Managed users: made and removed by the developer whose they are.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use bytes::Bytes;
use serde_json::{Value, json};

use super::Problem;
use super::bearer::Manager;
use super::validation::Validation;
use crate::app::{App, SharedApp};
use crate::hub::events;
use crate::request_log::Note;
use crate::state::{Account, Kind};
use crate::transcribeme;

const LONGEST_NAME: usize = 100;
const LONGEST_EMAIL: usize = 254;

pub(super) async fn create(
    State(app): State<SharedApp>,
    Manager { developer }: Manager,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let body = json_body(&headers, &body)?;
    let mut validation = Validation::default();
    let [email, first_name, last_name] =
        ["email", "firstName", "lastName"].map(|name| validation.required(name, &body[name]));
    validation.at_most("email", &email, LONGEST_EMAIL);
    validation.at_most("firstName", &first_name, LONGEST_NAME);
    validation.at_most("lastName", &last_name, LONGEST_NAME);
    if !email.is_empty() && !email.contains('@') {
        let code = json!({ "code": "Email.Violated", "propertyValue": email });
        validation.refuse("email", "Email must be an e-mail address", code);
    }
    validation.done()?;
    let mut account = Account::new(&email, Kind::Managed, &first_name, &last_name);
    account.owner = Some(developer.id);
    for (name, text) in [("initials", &mut account.initials), ("displayName", &mut account.display_name)] {
        if let Some(given) = body[name].as_str().filter(|given| !given.is_empty()) {
            *text = given.to_owned();
        }
    }
    if !app.database.add_account(&account)? {
        return Err(Problem::new(StatusCode::CONFLICT, "Conflict").detail("There is a user of that e-mail."));
    }
    let note = Note { identity: Some(developer.email), ..Note::default() };
    let body = json!({
        "id": account.id,
        "email": account.email,
        "firstName": account.first_name,
        "lastName": account.last_name,
        "initials": account.initials,
        "displayName": account.display_name,
    });
    Ok((StatusCode::CREATED, Extension(note), Json(body)).into_response())
}

pub(super) async fn delete(
    State(app): State<SharedApp>,
    Manager { developer }: Manager,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let account = app.database.account(&id)?;
    let own = |account: &Account| account.owner.as_ref() == Some(&developer.id);
    let account = account.filter(own).ok_or_else(|| Problem::not_found("user"))?;
    remove(&app, &account)?;
    let note = Note { identity: Some(developer.email), ..Note::default() };
    Ok((StatusCode::NO_CONTENT, Extension(note)).into_response())
}

/// Ends an account with all that it has.
pub(crate) fn remove(app: &App, account: &Account) -> crate::state::Result<()> {
    for recording in app.database.recordings(Some(&account.id))? {
        app.engines.stop(&recording.id);
        let _ = std::fs::remove_file(app.spool_file(&recording.id));
    }
    for media in app.database.all_media(Some(&account.id))? {
        transcribeme::forget(app, &media)?;
    }
    app.database.delete_account(&account.id)?;
    app.sessions.end_of(&account.id);
    events::account_deleted(app, &account.id);
    Ok(())
}

/// The JSON of a request, under any of the names that the vendor's pages give it.
pub(super) fn json_body(headers: &HeaderMap, body: &Bytes) -> Result<Value, Problem> {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let media_type = media_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    let json =
        matches!(media_type.as_str(), "application/json" | "text/json") || media_type.ends_with("+json");
    if !json {
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type"));
    }
    serde_json::from_slice(body).map_err(|_| Problem::bad_request("The body is no JSON."))
}
