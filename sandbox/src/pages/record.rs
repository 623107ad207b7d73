//! A recording, for a browser: its transcript, its title, and the last steps of its life.

use axum::extract::{Path, RawForm, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use tiro::{Script, Transcript, WordRef};

use super::layout::page;
use super::login::{forged, token};
use super::see;
use super::session::{Session, is_own_form};
use super::worklist::{enter, query, shown, who};
use crate::app::{App, SharedApp};
use crate::gospeech::Problem;
use crate::hub::events;
use crate::oauth::form::Form;
use crate::paths::WORKLIST_PAGE;
use crate::state::{Account, Change, Recording, Status};

const LONGEST_TITLE: usize = 1000;

pub(super) async fn show(
    State(app): State<SharedApp>,
    headers: HeaderMap,
    uri: Uri,
    Path(id): Path<String>,
    RawQuery(given): RawQuery,
) -> Result<Response, Response> {
    let (session, account) = enter(&app, &headers, uri.path(), &query(given)?)?;
    let recording = own(&app, &account, &id)?;
    let document = app.database.transcript(&id).map_err(failed)?;
    let document = document.filter(|_| Status::has_text(&recording.status));
    let transcript = document.and_then(|document| Transcript::from_gospeech(&document).ok());
    let body = html! {
        (who(&session, &account))
        p { a href=(WORKLIST_PAGE) { "Worklist" } }
        p { "Status: " span id="status" { (recording.status) } }
        @if let Some(corrector) = &recording.corrector_name { p { "In edit by " (corrector) } }
        @match &transcript {
            Some(transcript) => article id="transcript" { (segments(transcript)) },
            None => p { "There is no transcript yet." },
        }
        (actions(&session, &recording, uri.path()))
    };
    Ok(page(StatusCode::OK, shown(&recording.title), body))
}

fn own(app: &App, account: &Account, id: &str) -> Result<Recording, Response> {
    let recording = app.database.recording(id).map_err(failed)?;
    recording.filter(|recording| recording.account == account.id).ok_or_else(|| {
        page(
            StatusCode::NOT_FOUND,
            "Not found",
            html! { p { "There is no such recording on your worklist." } },
        )
    })
}

fn failed(error: rusqlite::Error) -> Response {
    Problem::from(error).into_response()
}

fn segments(transcript: &Transcript) -> Markup {
    html! {
        @for segment in transcript.segments() {
            section {
                p {
                    span class="speaker" { (segment.speaker) } " "
                    span class="time" { (clock(segment.start_ms)) }
                }
                @for number in segment.paragraphs {
                    p { @for number in transcript.paragraph(number).words { (word(&transcript.word(number))) " " } }
                }
            }
        }
    }
}

type Wrap = fn(Markup) -> Markup;

fn word(word: &WordRef<'_>) -> Markup {
    let format = word.format;
    let mut set = html! { (word.text) };
    let wraps: [(bool, Wrap); 6] = [
        (format.bold, |inner| html! { b { (inner) } }),
        (format.italic, |inner| html! { i { (inner) } }),
        (format.underline, |inner| html! { u { (inner) } }),
        (format.strike, |inner| html! { s { (inner) } }),
        (format.script == Some(Script::Sub), |inner| html! { sub { (inner) } }),
        (format.script == Some(Script::Super), |inner| html! { sup { (inner) } }),
    ];
    for (_, wrap) in wraps.into_iter().filter(|(is_set, _)| *is_set) {
        set = wrap(set);
    }
    set
}

fn clock(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn actions(session: &Session, recording: &Recording, path: &str) -> Markup {
    html! {
        form method="post" action=(path) {
            (token(session))
            label for="title" { "Title" }
            input id="title" name="title" value=(recording.title);
            button type="submit" name="action" value="rename" { "Rename" }
        }
        @if Status::has_text(&recording.status) {
            form method="post" action=(path) {
                (token(session))
                button type="submit" name="action" value="edit" { "Edit" }
                button type="submit" name="action" value="done" { "Done" }
            }
        }
    }
}

pub(super) async fn act(
    State(app): State<SharedApp>,
    headers: HeaderMap,
    uri: Uri,
    Path(id): Path<String>,
    RawForm(body): RawForm,
) -> Result<Response, Response> {
    let (Some(session), Ok(form)) = (app.sessions.of(&headers), Form::of(&body)) else {
        return Err(forged());
    };
    if !is_own_form(&session, form.get("csrf"), &headers) {
        return Err(forged());
    }
    let (_, account) = enter(&app, &headers, uri.path(), &query(None)?)?;
    let recording = own(&app, &account, &id)?;
    let has_text = Status::has_text(&recording.status);
    match form.get("action") {
        Some("rename") => {
            let title: String = form.get("title").unwrap_or("").chars().take(LONGEST_TITLE).collect();
            app.database.set_title(&id, &title).map_err(failed)?;
            events::refresh_worklist(&app, &account.id);
        }
        Some("edit") if has_text => {
            let change = Change {
                corrector_id: Some(account.id.clone()),
                corrector_name: Some(account.display_name.clone()),
                ..Change::default()
            };
            events::set_status(&app, &id, Status::CorrectingBy.code(), &change).map_err(failed)?;
        }
        Some("done") if has_text => {
            events::set_status(&app, &id, Status::Ready.code(), &Change::default()).map_err(failed)?;
        }
        _ => {}
    }
    Ok(see(uri.path()))
}
