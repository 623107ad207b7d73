//! The control API: how a test tells the sandbox what to be and do, and asks what came. It wants the token that was
//! printed at the start; nothing of it is part of the vendor's wire.

mod accounts;
mod behaviour;
mod input;
mod recordings;
mod tokens;
mod transcribeme;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};

use crate::app::SharedApp;
use crate::gospeech::bearer_token;
use crate::secret;
use input::Refusal;

pub(crate) const BASE: &str = "/_control";

pub(crate) fn routes(app: &SharedApp) -> Router<SharedApp> {
    let routes = Router::new()
        .route("/log", get(behaviour::log).delete(behaviour::clear_log))
        .route("/faults", get(behaviour::faults).post(behaviour::add_faults).delete(behaviour::clear_faults))
        .route("/behaviour", get(behaviour::behaviour).patch(behaviour::change))
        .route("/engine", get(behaviour::engine).put(behaviour::set_engine))
        .route("/hub", get(behaviour::connections).post(behaviour::order))
        .route("/accounts", get(accounts::list).post(accounts::add))
        .route("/accounts/{email}", delete(accounts::remove).patch(accounts::change))
        .route("/accounts/{email}/link-code", post(accounts::link_code))
        .route("/clients/{id}", put(accounts::put_client))
        .route("/tokens/expire", post(tokens::expire))
        .route("/tokens/revoke", post(tokens::revoke))
        .route("/recordings", get(recordings::list).post(recordings::add))
        .route("/recordings/{id}", delete(recordings::remove))
        .route("/recordings/{id}/status", post(recordings::set_status))
        .route("/recordings/{id}/transcript", put(recordings::set_transcript))
        .nest("/transcribeme", transcribeme_routes())
        .fallback(|| async { Refusal::not_found("call") })
        .layer(from_fn_with_state(app.clone(), check_token));
    Router::new().nest(BASE, routes)
}

fn transcribeme_routes() -> Router<SharedApp> {
    Router::new()
        .route("/recordings", get(transcribeme::recordings).post(transcribeme::add))
        .route("/recordings/{id}", delete(transcribeme::remove))
        .route("/recordings/{id}/status", post(transcribeme::set_status))
        .route("/recordings/{id}/transcript", put(transcribeme::set_transcript))
        .route("/orders", get(transcribeme::orders))
        .route("/orders/{id}/price", post(transcribeme::set_price))
}

async fn check_token(State(app): State<SharedApp>, request: Request, next: Next) -> Response {
    match bearer_token(request.headers()) {
        Some(token) if secret::same(token, &app.control_token) => next.run(request).await,
        _ => Refusal::new(
            StatusCode::UNAUTHORIZED,
            "the control API wants the token that was printed at the start",
        )
        .into_response(),
    }
}
