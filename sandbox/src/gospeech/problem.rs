//! Errors as the vendor writes them: RFC 7807, with the types of its pages.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

const VALIDATION: &str = "https://docs.gospeech.com/docs/validation-error";
const INVALID_STATUS: &str = "https://docs.gospeech.com/docs/invalid-record-status";

#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    kind: Option<&'static str>,
    title: String,
    detail: Option<String>,
    members: Map<String, Value>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, title: &str) -> Self {
        let kind = match status {
            StatusCode::BAD_REQUEST => Some("https://www.rfc-editor.org/rfc/rfc7231#section-6.5.1"),
            StatusCode::NOT_FOUND => Some("https://www.rfc-editor.org/rfc/rfc7231#section-6.5.4"),
            StatusCode::NOT_ACCEPTABLE => Some("https://www.rfc-editor.org/rfc/rfc7231#section-6.5.6"),
            StatusCode::PRECONDITION_FAILED => Some("https://www.rfc-editor.org/rfc/rfc7232#section-4.2"),
            StatusCode::INTERNAL_SERVER_ERROR => Some("https://www.rfc-editor.org/rfc/rfc7231#section-6.6.1"),
            _ => None,
        };
        Self { status, kind, title: title.to_owned(), detail: None, members: Map::new() }
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not Found").detail(format!("There is no such {what}."))
    }

    pub(crate) fn forbidden(detail: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden").detail(detail)
    }

    pub(crate) fn bad_request(detail: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Bad Request").detail(detail)
    }

    /// What was sent is wrong: `errors` by property for people, `codes` for programs.
    pub(crate) fn validation(errors: Map<String, Value>, codes: Map<String, Value>) -> Self {
        let mut problem = Self::new(StatusCode::BAD_REQUEST, "One or more validation errors occurred.");
        problem.kind = Some(VALIDATION);
        problem.member("errors", errors.into()).member("errorCodes", codes.into())
    }

    /// The recording is not where it would have to be.
    pub(crate) fn invalid_status(expected: &str, actual: &str) -> Self {
        let title = "Unable to complete the operation due to incorrect record status";
        let mut problem = Self::new(StatusCode::BAD_REQUEST, title);
        problem.kind = Some(INVALID_STATUS);
        problem.detail(format!("Record status expected to be '{expected}', but got '{actual}'"))
    }

    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    pub(crate) fn member(mut self, name: &str, value: Value) -> Self {
        self.members.insert(name.to_owned(), value);
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = self.members;
        if let Some(kind) = self.kind {
            body.insert("type".into(), kind.into());
        }
        body.insert("title".into(), self.title.into());
        body.insert("status".into(), json!(self.status.as_u16()));
        if let Some(detail) = self.detail {
            body.insert("detail".into(), detail.into());
        }
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json")),
            (header::CONTENT_LANGUAGE, HeaderValue::from_static("en")),
        ];
        (self.status, headers, Value::from(body).to_string()).into_response()
    }
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
            .detail(format!("the sandbox's own store: {error}"))
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
            .detail(format!("the sandbox's own files: {error}"))
    }
}
