//! What the API answers where it does not do what was asked (spec: 7): RFC 6749's object, `{StatusCode, Messages}` in any
//! letter case with texts or objects for messages, or anything else. A code decides what kind of error it is, then the
//! HTTP status; sentences are for people and decide nothing.

use serde_json::{Value, json};

use super::reading::{Members, elements, scalar};
use crate::error::{Error, ErrorKind};

/// Longest text of the service's own that goes into a message.
const LONGEST_TEXT: usize = 300;
const MOST_MESSAGES: usize = 20;
/// Largest `Data` of a message that is passed on.
const LARGEST_DATA: usize = 4096;

struct Message {
    text: String,
    kind: String,
    data: Option<Value>,
}

/// The error for an answer with a status that is no success.
pub(super) fn error_of(operation: &str, status: u16, body: &[u8]) -> Error {
    let text = String::from_utf8_lossy(body);
    let members = Members::of(&text);
    let member = |name: &str| members.as_ref().and_then(|members| members.text(name)).unwrap_or_default();
    let (code, description) = (bounded(&member("error")), bounded(&member("error_description")));
    let messages = members.as_ref().map(messages_of).unwrap_or_default();
    let kind = kind_of_code(&code).unwrap_or_else(|| ErrorKind::of_http_status(status));
    let kind_of_message = messages.iter().find(|message| !message.kind.is_empty());
    let service_code = match (code.as_str(), kind_of_message) {
        ("", Some(message)) => message.kind.clone(),
        (code, _) => code.to_owned(),
    };
    let said = [code, description].into_iter().chain(messages.iter().map(|message| message.text.clone()));
    let said: Vec<String> = said.filter(|text| !text.is_empty()).collect();
    let said = if said.is_empty() { String::new() } else { format!(": {}", bounded(&said.join("; "))) };
    let message = format!("TranscribeMe refused {operation} with status {status}{said}");
    let error = Error::new(kind, message).with_http_status(status).with_service_code(service_code);
    match (messages.is_empty(), members.is_none(), text.trim()) {
        (false, _, _) => error.with_detail(json!({ "messages": shown(messages) }).to_string()),
        (true, true, body) if !body.is_empty() => {
            error.with_detail(json!({ "body": bounded(body) }).to_string())
        }
        _ => error,
    }
}

/// Codes that tell more than the status they come with (spec: U38).
fn kind_of_code(code: &str) -> Option<ErrorKind> {
    match code {
        "invalid_token" | "invalid_client" | "invalid_grant" | "unauthorized" => Some(ErrorKind::Auth),
        "access_denied" | "insufficient_scope" | "unauthorized_client" => Some(ErrorKind::Forbidden),
        _ => None,
    }
}

/// `Messages`, or the only `Message` (spec: U36).
fn messages_of(members: &Members<'_>) -> Vec<Message> {
    match members.get("Messages").or_else(|| members.get("Message")) {
        None => Vec::new(),
        Some(json) => {
            let all = elements(json).unwrap_or_else(|| vec![json]);
            all.into_iter().take(MOST_MESSAGES).filter_map(message_of).collect()
        }
    }
}

fn message_of(json: &str) -> Option<Message> {
    if let Some(text) = scalar(json) {
        return Some(Message { text: bounded(&text), kind: String::new(), data: None });
    }
    let members = Members::of(json)?;
    let text = |name| members.text(name).map(|text| bounded(&text)).unwrap_or_default();
    let data = members.get("Data").filter(|data| data.len() <= LARGEST_DATA);
    Some(Message {
        text: text("Message"),
        kind: text("Type"),
        data: data.and_then(|data| serde_json::from_str(data).ok()),
    })
}

fn shown(messages: Vec<Message>) -> Vec<Value> {
    let shown = messages.into_iter().map(|Message { text, kind, data }| {
        let mut shown = json!({ "message": text });
        if !kind.is_empty() {
            shown["type"] = kind.into();
        }
        if let Some(data) = data {
            shown["data"] = data;
        }
        shown
    });
    shown.collect()
}

fn bounded(text: &str) -> String {
    text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(status: u16, body: &str) -> Error {
        error_of("place_order", status, body.as_bytes())
    }

    #[test]
    fn the_regular_object_in_any_case() {
        for body in [
            r#"{"StatusCode":400,"Messages":["One","Two"]}"#,
            r#"{"statusCode":400,"messages":["One","Two"]}"#,
            r#"{"STATUSCODE":400,"MESSAGES":[{"Message":"One"},{"message":"Two","Type":"","Data":null}]}"#,
        ] {
            let error = error(400, body);
            assert_eq!((error.kind(), error.http_status()), (ErrorKind::Rejected, Some(400)));
            assert_eq!(error.message(), "TranscribeMe refused place_order with status 400: One; Two");
            assert_eq!(error.detail(), r#"{"messages":[{"message":"One"},{"message":"Two"}]}"#);
        }
        assert!(
            error(500, r#"{"Message":"An error has occurred."}"#)
                .message()
                .ends_with("An error has occurred.")
        );
    }

    #[test]
    fn a_type_is_the_services_code() {
        let body = r#"{"Messages":[{"Message":"No such code","Type":"PROMO","Data":[{"code":"X"}]}]}"#;
        let error = error(400, body);
        assert_eq!((error.kind(), error.service_code()), (ErrorKind::Rejected, "PROMO"));
        assert_eq!(
            error.detail(),
            r#"{"messages":[{"data":[{"code":"X"}],"message":"No such code","type":"PROMO"}]}"#
        );
    }

    #[test]
    fn the_object_of_the_rfc_counts_before_the_status() {
        for status in [400, 401, 403] {
            let error =
                error(status, r#"{"error":"invalid_client","error_description":"Invalid client secret"}"#);
            assert_eq!((error.kind(), error.service_code()), (ErrorKind::Auth, "invalid_client"));
            assert!(error.message().ends_with("invalid_client; Invalid client secret"));
        }
        assert_eq!(error(400, r#"{"error":"something_else"}"#).kind(), ErrorKind::Rejected);
    }

    #[test]
    fn anything_else_is_told_by_its_status_with_a_bounded_snippet() {
        let page = format!("<html>\n{}</html>", "x".repeat(100_000));
        for (status, kind) in [
            (401, ErrorKind::Auth),
            (403, ErrorKind::Forbidden),
            (404, ErrorKind::NotFound),
            (409, ErrorKind::Conflict),
            (418, ErrorKind::Rejected),
            (429, ErrorKind::RateLimited),
            (502, ErrorKind::Service),
        ] {
            let error = error(status, &page);
            assert_eq!((error.kind(), error.http_status()), (kind, Some(status)));
            assert!(error.detail().starts_with(r#"{"body":"<html> xxx"#) && error.detail().len() < 400);
            assert!(!error.message().contains("html"));
        }
        for body in ["", "{}", "[]", r#"{"Messages":7}"#, r#"{"Messages":[[],null,true]}"#, r#"{"error":{}}"#]
        {
            assert_eq!(error(400, body).kind(), ErrorKind::Rejected, "{body}");
        }
        assert_eq!(error_of("x", 400, b"\xff\xfe").kind(), ErrorKind::Rejected);
    }
}
