//! OAuth's errors: JSON with `error` and `error_description`, as RFC 6749 has them.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

#[derive(Debug)]
pub(crate) struct OAuthError {
    pub(crate) error: String,
    pub(crate) description: Option<String>,
    /// The client came by HTTP Basic, and is told so.
    pub(crate) basic: bool,
}

impl OAuthError {
    pub(crate) fn new(error: &str, description: &str) -> Self {
        let description = Some(description.to_owned()).filter(|text| !text.is_empty());
        Self { error: error.to_owned(), description, basic: false }
    }

    pub(crate) fn invalid_request(description: &str) -> Self {
        Self::new("invalid_request", description)
    }

    pub(crate) fn invalid_grant(description: &str) -> Self {
        Self::new("invalid_grant", description)
    }
}

impl From<rusqlite::Error> for OAuthError {
    fn from(error: rusqlite::Error) -> Self {
        Self::new("server_error", &format!("the sandbox's own store: {error}"))
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let status = match self.error.as_str() {
            "server_error" => StatusCode::INTERNAL_SERVER_ERROR,
            "invalid_client" => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        };
        let mut body = json!({ "error": self.error });
        if let Some(description) = self.description {
            body["error_description"] = description.into();
        }
        let mut response = (status, NO_STORE, Json(body)).into_response();
        if self.basic && status == StatusCode::UNAUTHORIZED {
            let challenge = axum::http::HeaderValue::from_static("Basic realm=\"tiro-sandbox\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// Tokens are for one reader.
pub(crate) const NO_STORE: [(header::HeaderName, &str); 2] =
    [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
