//! How a managed user's browser gets in. The vendor's way is not documented: here, a program asks for a code with the
//! user's token, and puts it into the link that it shows the user.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::json;

use super::User;
use crate::app::SharedApp;

pub(super) async fn code(State(app): State<SharedApp>, user: User) -> Response {
    let code = app.sessions.link_code(&user.account.id);
    (Extension(user.note()), Json(json!({ "code": code }))).into_response()
}
