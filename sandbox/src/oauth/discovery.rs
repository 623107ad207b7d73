//! OpenID's configuration: where everything is.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::token::GRANTS;
use crate::app::SharedApp;
use crate::paths::{KEYS, USERINFO};

pub(super) async fn configuration(State(app): State<SharedApp>) -> Response {
    let at = |path: &str| format!("{}{path}", app.url);
    let of = |operation: &str| at(app.paths.of(operation));
    let management = app.behaviour().management_scope;
    Json(json!({
        "issuer": app.url,
        "authorization_endpoint": of("authorize"),
        "token_endpoint": of("token"),
        "revocation_endpoint": of("revocation"),
        "end_session_endpoint": of("end_session"),
        "userinfo_endpoint": at(USERINFO),
        "jwks_uri": at(KEYS),
        "scopes_supported": ["openid", "profile", "email", "offline_access", "integrated-api", management],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": GRANTS,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    }))
    .into_response()
}
