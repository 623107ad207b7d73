//! The form of a request to the token endpoint and its neighbours. A parameter comes once.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, header};
use url::form_urlencoded;

use super::error::OAuthError;

pub(crate) struct Form {
    fields: BTreeMap<String, String>,
}

impl Form {
    /// Of a body.
    pub(crate) fn of_body(headers: &HeaderMap, body: &[u8]) -> Result<Self, OAuthError> {
        let media_type =
            headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let media_type = media_type.split(';').next().unwrap_or("").trim();
        if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(OAuthError::invalid_request("a form (application/x-www-form-urlencoded) is wanted"));
        }
        Self::of(body)
    }

    pub(crate) fn of(encoded: &[u8]) -> Result<Self, OAuthError> {
        let mut fields = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(encoded) {
            if fields.insert(name.clone().into_owned(), value.into_owned()).is_some() {
                return Err(OAuthError::invalid_request(&format!("{name} comes more than once")));
            }
        }
        Ok(Self { fields })
    }

    /// Given, even if empty.
    pub(crate) fn given(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// Given and not empty: RFC 6749 has an empty parameter for none.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.given(name).filter(|value| !value.is_empty())
    }

    pub(crate) fn require(&self, name: &str) -> Result<&str, OAuthError> {
        self.get(name).ok_or_else(|| OAuthError::invalid_request(&format!("{name} is missing")))
    }
}
