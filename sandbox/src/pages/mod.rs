//! The pages that a person sees: login, leave for a client, the worklist, a recording. Here is HTML, and what a browser
//! needs to be safe with it: every text is escaped by the templates, nothing of a script is allowed, a form carries the
//! session's token.

mod consent;
mod layout;
mod login;
mod record;
mod session;
mod worklist;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::app::SharedApp;
use crate::paths::{CONSENT, LOGIN, LOGOUT, RECORD_PAGE, WORKLIST_PAGE};

pub(crate) use layout::{logged_out, refused};
pub(crate) use login::ask_logout;
pub(crate) use session::{Sessions, set_cookie};

const STYLE: &str = "/app/style.css";

pub(crate) fn routes() -> Router<SharedApp> {
    Router::new()
        .route(LOGIN, get(login::ask).post(login::log_in))
        .route(LOGOUT, post(login::log_out))
        .route(CONSENT, get(consent::ask).post(consent::decide))
        .route(WORKLIST_PAGE, get(worklist::show))
        .route(RECORD_PAGE, get(record::show).post(record::act))
        .route(STYLE, get(style))
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("style.css")).into_response()
}

fn see(path: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, path.to_owned())]).into_response()
}
