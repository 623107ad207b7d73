//! What an authorisation server says when it refuses: RFC 6749's object, or whatever else comes in its place.

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::error::{Error, ErrorKind};

/// Longest text of a server's that is passed on.
const MOST_TEXT: usize = 500;

/// A refusal, from the body of a token answer or the query of a redirect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OAuthError {
    /// RFC 6749's code; `""` where the answer has none.
    pub(crate) code: String,
    pub(crate) description: String,
    pub(crate) uri: String,
    /// 0: it came with a redirect.
    pub(crate) status: u16,
}

impl OAuthError {
    /// Reads an answer that is no success. A body of another form gives what it says in `description`; one that is no
    /// JSON gives nothing. The secrets that were sent are taken out, in case the server repeats them.
    pub(super) fn read(status: u16, body: &[u8], sent: &[SecretString]) -> Self {
        let parsed: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |name: &str| member(&parsed, name).and_then(Value::as_str).unwrap_or_default();
        let description = match text("error_description") {
            "" => other_forms(&parsed),
            description => description.to_owned(),
        };
        Self::new(text("error"), &description, text("error_uri"), status, sent)
    }

    pub(super) fn new(code: &str, description: &str, uri: &str, status: u16, sent: &[SecretString]) -> Self {
        let [code, description, uri] = [code, description, uri].map(|text| shown(text, sent));
        Self { code, description, uri, status }
    }

    /// Whether the code or the description is this word, or the description holds it: servers put their own codes in
    /// either.
    pub(crate) fn mentions(&self, word: &str) -> bool {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        self.code == word || self.description.split(|c| !is_part(c)).any(|part| part == word)
    }

    /// The most telling code: the server's own where the description is nothing else.
    pub(crate) fn service_code(&self) -> &str {
        let is_code = self.description.contains('_')
            && self
                .description
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if is_code { &self.description } else { &self.code }
    }

    fn kind(&self) -> ErrorKind {
        match (self.code.as_str(), self.status) {
            (_, 429) | ("slow_down", _) => ErrorKind::RateLimited,
            ("server_error" | "temporarily_unavailable", _) | (_, 500..) => ErrorKind::Service,
            ("invalid_scope" | "unauthorized_client" | "access_denied", _) => ErrorKind::Forbidden,
            (
                "login_required" | "interaction_required" | "consent_required" | "account_selection_required",
                _,
            ) => ErrorKind::LoginRequired,
            ("unsupported_grant_type" | "unsupported_response_type" | "invalid_request", _) => {
                ErrorKind::Rejected
            }
            ("", 403) => ErrorKind::Forbidden,
            ("", 404 | 405 | 410) => ErrorKind::NotFound,
            _ => ErrorKind::Auth,
        }
    }

    /// The error of tiro, with the service's advice where it has some.
    pub(super) fn into_error(self, advice: fn(&Self) -> Option<String>) -> Error {
        let mut message = String::from("the sign-in was refused");
        for text in [&self.code, &self.description].into_iter().filter(|text| !text.is_empty()) {
            message += ": ";
            message += text;
        }
        if self.code.is_empty() && self.description.is_empty() {
            message += &format!(" with HTTP status {}", self.status);
        }
        let kind = self.kind();
        let mut error = Error::new(kind, message).with_service_code(self.service_code());
        if self.status != 0 {
            error = error.with_http_status(self.status);
        }
        let hint = advice(&self).or_else(|| match kind {
            ErrorKind::NotFound => {
                Some("there is no token endpoint at this address: check auth_base_url and its paths".into())
            }
            _ if !self.uri.is_empty() => Some(format!("see {}", self.uri)),
            _ => None,
        });
        match hint {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    }
}

/// A member by its name in any casing.
fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let object = value.as_object()?;
    object.get(name).or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v))
}

/// The text of a problem document, or of a list of messages.
fn other_forms(value: &Value) -> String {
    let text = |name| member(value, name).and_then(Value::as_str);
    if let Some(text) = text("detail").or_else(|| text("title")).or_else(|| text("message")) {
        return text.to_owned();
    }
    let messages = member(value, "messages").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let messages = messages.iter().filter_map(|message| match message {
        Value::String(text) => Some(text.as_str()),
        other => member(other, "message").and_then(Value::as_str),
    });
    messages.take(10).collect::<Vec<_>>().join("; ")
}

/// A server's text, without secrets, bounded and on one line.
fn shown(text: &str, sent: &[SecretString]) -> String {
    let mut text = text.to_owned();
    // A shorter one would take whole words out, and is no secret.
    for secret in sent.iter().map(ExposeSecret::expose_secret).filter(|secret| secret.len() >= 4) {
        text = text.replace(secret, "***");
    }
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MOST_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_advice(_: &OAuthError) -> Option<String> {
        None
    }

    fn read(status: u16, body: &str) -> OAuthError {
        OAuthError::read(status, body.as_bytes(), &[])
    }

    #[test]
    fn the_object_of_the_rfc_is_typed() {
        for (status, code, kind) in [
            (400, "invalid_grant", ErrorKind::Auth),
            (401, "invalid_client", ErrorKind::Auth),
            (400, "invalid_username_or_password", ErrorKind::Auth),
            (400, "invalid_scope", ErrorKind::Forbidden),
            (400, "unauthorized_client", ErrorKind::Forbidden),
            (400, "unsupported_grant_type", ErrorKind::Rejected),
            (400, "temporarily_unavailable", ErrorKind::Service),
            (503, "invalid_grant", ErrorKind::Service),
            (429, "", ErrorKind::RateLimited),
        ] {
            let body = format!(r#"{{"error":"{code}","error_description":"Why","error_uri":"https://e/x"}}"#);
            let error = read(status, &body).into_error(no_advice);
            assert_eq!(error.kind(), kind, "{status} {code}");
            assert_eq!((error.service_code(), error.http_status()), (code, Some(status)));
            assert_eq!(error.hint(), "see https://e/x");
        }
    }

    #[test]
    fn a_vendors_code_is_found_in_either_place() {
        for body in [
            r#"{"error":"invalid_username_or_password"}"#,
            r#"{"error":"invalid_grant","error_description":"invalid_username_or_password"}"#,
        ] {
            let error = read(400, body);
            assert!(error.mentions("invalid_username_or_password"));
            let advice = |error: &OAuthError| {
                error.mentions("invalid_username_or_password").then(|| "check the client".to_owned())
            };
            let error = error.into_error(advice);
            assert_eq!(
                (error.service_code(), error.hint()),
                ("invalid_username_or_password", "check the client")
            );
        }
        let wordy = read(
            400,
            r#"{"error":"invalid_grant","error_description":"Sorry (invalid_username_or_password)."}"#,
        );
        assert!(wordy.mentions("invalid_username_or_password") && !wordy.mentions("invalid_user"));
        assert_eq!(wordy.service_code(), "invalid_grant");
    }

    #[test]
    fn other_forms_give_their_text() {
        for (body, text) in [
            (r#"{"StatusCode":400,"Messages":["One","Two"]}"#, "One; Two"),
            (r#"{"statusCode":400,"messages":[{"Message":"One"},{"x":1}]}"#, "One"),
            (r#"{"type":"about:blank","title":"T","detail":"D"}"#, "D"),
            (r#"{"Message":"Bad\nthing"}"#, "Bad thing"),
            ("<html>secret page</html>", ""),
            ("", ""),
            ("[1,2]", ""),
            (r#"{"error":{"nested":true},"Messages":7}"#, ""),
        ] {
            assert_eq!(read(400, body).description, text, "{body}");
        }
        let error = read(502, "<html>gateway</html>").into_error(no_advice);
        assert_eq!(
            (error.kind(), error.message()),
            (ErrorKind::Service, "the sign-in was refused with HTTP status 502")
        );
        assert_eq!(read(404, "").into_error(no_advice).kind(), ErrorKind::NotFound);
    }

    #[test]
    fn a_secret_that_the_server_repeats_is_taken_out() {
        let secrets = [SecretString::from("s3cret-word"), SecretString::from("a")];
        let body = br#"{"error":"invalid_grant","error_description":"password s3cret-word is bad"}"#;
        assert_eq!(OAuthError::read(400, body, &secrets).description, "password *** is bad");
    }

    #[test]
    fn a_long_text_is_cut() {
        let body = format!(r#"{{"error":"x","error_description":"{}"}}"#, "y".repeat(100_000));
        assert_eq!(read(400, &body).description.len(), MOST_TEXT);
    }
}
