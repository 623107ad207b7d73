//! The sign-in: OAuth 2.0 and what of OpenID Connect goes with it. Here lives what the token endpoint and its neighbours
//! answer; the pages that a person sees are in `pages`.

pub(crate) mod authorize;
mod clients;
mod discovery;
mod end_session;
pub(crate) mod error;
pub(crate) mod form;
mod grants;
mod identity;
mod revocation;
pub(crate) mod scope;
mod token;

use axum::Router;
use axum::routing::{get, post};

use crate::app::SharedApp;
use crate::paths::{KEYS, Paths, USERINFO};

pub(crate) use authorize::Codes;
pub(crate) use identity::Signer;

pub(crate) fn routes(paths: &Paths) -> Router<SharedApp> {
    Router::new()
        .route(paths.of("token"), post(token::token))
        .route(paths.of("revocation"), post(revocation::revoke))
        .route(paths.of("discovery"), get(discovery::configuration))
        .route(paths.of("authorize"), get(authorize::authorize).post(authorize::authorize))
        .route(paths.of("end_session"), get(end_session::end_session))
        .route(KEYS, get(identity::keys))
        .route(USERINFO, get(identity::user_info).post(identity::user_info))
}
