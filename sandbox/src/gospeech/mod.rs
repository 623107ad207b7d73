//! GoSpeech's API: what each call of it answers. Tokens are the business of `oauth`, events that of `hub`.

mod bearer;
mod exports;
mod links;
mod problem;
mod records;
mod upload;
mod users;
mod validation;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{delete, get, post};

use crate::app::SharedApp;
use crate::hub;
use crate::paths::{LINK_CODE, Paths};

pub(crate) use bearer::{User, bearer_token};
pub(crate) use problem::Problem;
pub(crate) use records::resume;
pub(crate) use upload::unescaped as unescaped_file_name;
pub(crate) use users::remove as remove_account;

/// The API's routes and the hub's.
pub(crate) fn routes(paths: &Paths) -> Router<SharedApp> {
    let hub = paths.of("events");
    Router::new()
        .route(paths.of("upload"), post(upload::upload).layer(DefaultBodyLimit::disable()))
        .route(paths.of("recordings"), get(records::worklist))
        .route(paths.of("recording"), get(records::record))
        .route(paths.of("delete"), delete(records::delete))
        .route(paths.of("transcript"), get(records::transcript))
        .route(paths.of("export_start"), post(exports::start))
        .route(paths.of("export_download"), get(exports::download))
        .route(paths.of("create_managed_user"), post(users::create))
        .route(paths.of("delete_managed_user"), delete(users::delete))
        .route(LINK_CODE, post(links::code))
        .route(&format!("{hub}/negotiate"), post(hub::negotiate))
        .route(hub, get(hub::connect))
}
