//! What the API answers where it does not do what was asked: problem+json (spec: 9), or anything else. The kind of the
//! error follows the problem's type, then the HTTP status; sentences are for people and decide nothing.

use serde_json::{Map, Value, json};

use crate::error::{Error, ErrorKind};

/// Longest text of the service's own that goes into a message.
const LONGEST_TEXT: usize = 300;

/// The error for an answer with a status that is no success.
pub(super) fn error_of(operation: &str, status: u16, body: &[u8]) -> Error {
    let problem: Option<Map<String, Value>> = serde_json::from_slice(body).ok();
    let text = |name: &str| problem.as_ref()?.get(name)?.as_str().filter(|text| !text.is_empty());
    let slug = text("type").map(slug_of).unwrap_or_default();
    let said = match (text("title"), text("detail")) {
        (Some(title), Some(detail)) => format!(": {title}: {detail}"),
        (Some(one), None) | (None, Some(one)) => format!(": {one}"),
        (None, None) => String::new(),
    };
    let said: String = said.chars().filter(|c| !c.is_control()).take(LONGEST_TEXT).collect();
    let message = format!("GoSpeech refused {operation} with status {status}{said}");
    let error = Error::new(ErrorKind::of_http_status(status), message)
        .with_http_status(status)
        .with_service_code(slug);
    let Some(problem) = &problem else { return error };
    match slug {
        "validation-error" => with_fields(error, problem),
        "invalid-record-status" => with_statuses(error, text("detail").unwrap_or_default()),
        _ => error,
    }
}

/// The part of a problem's type that names it: its last segment on the vendor's own site, else nothing.
fn slug_of(kind: &str) -> &str {
    let own = kind.strip_prefix("https://docs.gospeech.com/");
    own.and_then(|path| path.trim_end_matches('/').rsplit('/').next()).unwrap_or_default()
}

/// The fields that were not accepted, each with its codes and their limits. What was sent stays out: it may be personal.
fn with_fields(error: Error, problem: &Map<String, Value>) -> Error {
    let empty = Map::new();
    let codes = problem.get("errorCodes").and_then(Value::as_object).unwrap_or(&empty);
    let sentences = problem.get("errors").and_then(Value::as_object).unwrap_or(&empty);
    let mut names: Vec<&String> = codes.keys().chain(sentences.keys()).collect();
    names.sort();
    names.dedup();
    let mut fields = Vec::new();
    for name in names {
        let messages: Vec<&str> = elements(sentences.get(name)).filter_map(Value::as_str).collect();
        let violations: Vec<Value> = elements(codes.get(name))
            .filter_map(Value::as_object)
            .map(|code| {
                let kept = code.iter().filter(|(member, _)| *member != "propertyValue");
                Value::Object(kept.map(|(member, value)| (member.clone(), value.clone())).collect())
            })
            .collect();
        fields.push(json!({ "field": name, "messages": messages, "violations": violations }));
    }
    let summary: Vec<String> = fields
        .iter()
        .filter_map(|field| Some(format!("{}: {}", field["field"].as_str()?, field["messages"][0].as_str()?)))
        .collect();
    let error = error.with_detail(json!({ "fields": fields }).to_string());
    if summary.is_empty() { error } else { error.with_hint(summary.join("; ")) }
}

/// A member that the vendor's prose calls an object and its samples show as an array: both are read.
fn elements(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let (array, single) = match value {
        Some(Value::Array(elements)) => (elements.as_slice(), None),
        other => (&[][..], other),
    };
    array.iter().chain(single)
}

/// The status that was expected and the one that was found, if the sentence is the documented one.
fn with_statuses(error: Error, detail: &str) -> Error {
    let mut quoted = detail.split('\'').skip(1).step_by(2);
    match (quoted.next(), quoted.next()) {
        (Some(expected), Some(actual)) => {
            error.with_detail(json!({ "expected_status": expected, "actual_status": actual }).to_string())
        }
        _ => error,
    }
}

/// The error of an upload that the service denied, with every code (spec: 5.4, 10.2).
pub(super) fn upload_denied(recording_id: &str, codes: &[String]) -> Error {
    let shown = if codes.is_empty() { "no code given".to_owned() } else { codes.join(", ") };
    Error::new(ErrorKind::Quota, format!("GoSpeech denied the upload: {shown}"))
        .with_recording_id(recording_id)
        .with_service_code(codes.first().map(String::as_str).unwrap_or("uploadDenied"))
        .with_detail(json!({ "denied_codes": codes }).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_a_validation_error_with_codes_and_limits_and_without_what_was_sent() {
        let body = br#"{"type":"https://docs.gospeech.com/docs/validation-error","title":"One or more validation errors occurred.",
            "status":400,"errors":{"email":["Email is too long"]},"errorCodes":{
            "email":[{"code":"MaxLength.Violated","propertyValue":"anna@secret.example","maxLength":50}],
            "id":{"code":"NotEmpty.Violated","propertyValue":null}}}"#;
        let error = error_of("create_managed_user", 400, body);
        assert_eq!((error.kind(), error.service_code()), (ErrorKind::Rejected, "validation-error"));
        assert_eq!(
            error.detail(),
            r#"{"fields":[{"field":"email","messages":["Email is too long"],"violations":[{"code":"MaxLength.Violated","maxLength":50}]},{"field":"id","messages":[],"violations":[{"code":"NotEmpty.Violated"}]}]}"#
        );
        assert_eq!(error.hint(), "email: Email is too long");
        assert!(!format!("{error} {error:?} {}", error.detail()).contains("anna@"));
    }

    #[test]
    fn a_wrong_status_says_which_was_expected() {
        let body =
            br#"{"type":"https://docs.gospeech.com/docs/invalid-record-status","title":"T","status":400,
            "detail":"Record status expected to be 'readyForCorrection', but got 'uploading'"}"#;
        let error = error_of("transcript", 400, body);
        assert_eq!(error.service_code(), "invalid-record-status");
        assert_eq!(error.detail(), r#"{"actual_status":"uploading","expected_status":"readyForCorrection"}"#);
        let other = error_of("transcript", 400, &body[..body.len() - 60]);
        assert_eq!((other.kind(), other.detail()), (ErrorKind::Rejected, ""));
    }

    #[test]
    fn anything_else_is_told_by_its_status() {
        for (status, kind) in [
            (401, ErrorKind::Auth),
            (403, ErrorKind::Forbidden),
            (404, ErrorKind::NotFound),
            (406, ErrorKind::Rejected),
            (409, ErrorKind::Conflict),
            (412, ErrorKind::Rejected),
            (429, ErrorKind::RateLimited),
            (502, ErrorKind::Service),
        ] {
            let error = error_of("recordings", status, b"<html>gateway</html>");
            assert_eq!((error.kind(), error.http_status(), error.service_code()), (kind, Some(status), ""));
            assert!(!error.message().contains("html"));
        }
    }
}
