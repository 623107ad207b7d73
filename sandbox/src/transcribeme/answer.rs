//! How answers and errors are written: the handlers say what, the behaviour in force says in which of the forms that the
//! vendor may have.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::money::NUMBER;
use crate::app::SharedApp;
use crate::settings::{Casing, ErrorMessages, TranscribeMeBehaviour};

/// JSON that is still to be written.
#[derive(Clone, Debug)]
pub(super) struct Shown(pub(super) Value);

impl IntoResponse for Shown {
    fn into_response(self) -> Response {
        let mut response = StatusCode::OK.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// An error of the regular kind, which is still to be written.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    message: String,
    /// `PROMO` or `WALLET`.
    kind: Option<&'static str>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), kind: None }
    }

    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(super) fn of_kind(kind: &'static str, message: &str) -> Self {
        Self { kind: Some(kind), ..Self::bad(message) }
    }

    pub(super) fn unauthorized(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    pub(super) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("There is no such {what}"))
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, format!("The sandbox's own store: {error}"))
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, format!("The sandbox's own files: {error}"))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The layer that writes them. A POST of HTTP/1.1 that does not say how long it is gets 411, as from servers of that family.
pub(super) async fn write(State(app): State<SharedApp>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let has_length =
        headers.contains_key(header::CONTENT_LENGTH) || headers.contains_key(header::TRANSFER_ENCODING);
    if request.method() == Method::POST && !has_length && request.version() <= Version::HTTP_11 {
        return StatusCode::LENGTH_REQUIRED.into_response();
    }
    let mut response = next.run(request).await;
    let behaviour = app.behaviour().transcribeme;
    if let Some(Shown(value)) = response.extensions_mut().remove() {
        set_json(&mut response, written(&value, behaviour.casing));
    } else if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        write_refusal(&mut response, &refusal, &behaviour);
    }
    response
}

fn set_json(response: &mut Response, json: String) {
    *response.body_mut() = Body::from(json);
    let media_type = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
}

fn write_refusal(response: &mut Response, refusal: &Refusal, behaviour: &TranscribeMeBehaviour) {
    let Refusal { status, message, kind } = refusal;
    let object = || json!({ "message": message, "type": kind, "data": [] });
    let body = match (behaviour.error_messages, kind) {
        (ErrorMessages::Single, _) => json!({ "statusCode": status.as_u16(), "message": message }),
        (ErrorMessages::Html, _) => {
            *response.body_mut() = Body::from("<!doctype html><html><body>An error occurred</body></html>");
            let media_type = HeaderValue::from_static("text/html; charset=utf-8");
            response.headers_mut().insert(header::CONTENT_TYPE, media_type);
            return;
        }
        (ErrorMessages::Empty, _) => return,
        (ErrorMessages::Texts, None) => json!({ "statusCode": status.as_u16(), "messages": [message] }),
        (ErrorMessages::Texts | ErrorMessages::Objects, _) => {
            json!({ "statusCode": status.as_u16(), "messages": [object()] })
        }
    };
    set_json(response, written(&body, behaviour.error_casing));
}

/// JSON with its members in that letter case, and amounts with all their digits.
fn written(value: &Value, casing: Casing) -> String {
    let mut out = String::new();
    write_value(&mut out, value, casing);
    out
}

fn write_value(out: &mut String, value: &Value, casing: Casing) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                write_value(out, item, casing);
            }
            out.push(']');
        }
        Value::Object(members) => {
            if let (1, Some(Value::String(digits))) = (members.len(), members.get(NUMBER)) {
                out.push_str(digits);
                return;
            }
            out.push('{');
            for (index, (name, value)) in members.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                out.push_str(&Value::from(cased(name, casing)).to_string());
                out.push(':');
                write_value(out, value, casing);
            }
            out.push('}');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

fn cased(name: &str, casing: Casing) -> String {
    match casing {
        Casing::Camel => name.to_owned(),
        Casing::Lower => name.to_lowercase(),
        Casing::Upper => name.to_uppercase(),
        Casing::Pascal => {
            let mut letters = name.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcribeme::Money;

    #[test]
    fn amounts_are_numbers_with_all_their_digits_and_members_have_a_case() {
        let value = json!({ "grandTotal": Money(50_000).json(), "list": [{ "aB": null }] });
        assert_eq!(written(&value, Casing::Camel), r#"{"grandTotal":5.00,"list":[{"aB":null}]}"#);
        assert_eq!(written(&value, Casing::Pascal), r#"{"GrandTotal":5.00,"List":[{"AB":null}]}"#);
        assert_eq!(written(&value, Casing::Upper), r#"{"GRANDTOTAL":5.00,"LIST":[{"AB":null}]}"#);
    }
}
