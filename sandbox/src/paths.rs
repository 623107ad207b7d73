//! The paths that the sandbox answers: those of the client's own table, unless a setting says otherwise; and the few
//! that the client never asks for.

use std::collections::BTreeMap;

use tiro::{Endpoint, GOSPEECH_ENDPOINTS, option_entry};

/// OpenID's user information.
pub(crate) const USERINFO: &str = "/connect/userinfo";
/// The key that identity tokens are signed with.
pub(crate) const KEYS: &str = "/.well-known/openid-configuration/jwks";
/// A person's login, and leave for a client to act for them.
pub(crate) const LOGIN: &str = "/account/login";
/// Leave for a client.
pub(crate) const CONSENT: &str = "/account/consent";
/// Ends a browser's session.
pub(crate) const LOGOUT: &str = "/account/logout";
/// The list of a user's recordings, for a browser.
pub(crate) const WORKLIST_PAGE: &str = "/app/worklist";
/// A recording, for a browser.
pub(crate) const RECORD_PAGE: &str = "/app/records/{recordId}";
/// A code that signs a managed user's browser in, once. The vendor's way is not known: this one is the sandbox's own.
pub(crate) const LINK_CODE: &str = "/sandbox/link-code";

/// What an option of the client is by default; `""` where there is none.
pub(crate) fn option_default(key: &str) -> &'static str {
    option_entry(key).map_or("", |entry| entry.default)
}

/// The paths in force.
#[derive(Debug)]
pub(crate) struct Paths {
    changed: BTreeMap<String, String>,
}

impl Paths {
    /// `changed`: keys of options and the paths in their place.
    pub(crate) fn new(changed: &[(String, String)]) -> Result<Self, String> {
        for (key, path) in changed {
            let known =
                GOSPEECH_ENDPOINTS.iter().any(|row| row.option == key && !row.default_path().is_empty());
            if !known {
                return Err(format!("{key} is no option of a path that the sandbox answers"));
            }
            if !path.starts_with('/') || path.contains(['?', '#', '*']) {
                return Err(format!("{key}: a path begins with / and has neither ?, # nor *"));
            }
        }
        Ok(Self { changed: changed.iter().cloned().collect() })
    }

    /// The path of an operation of the table.
    pub(crate) fn of(&self, operation: &str) -> &str {
        GOSPEECH_ENDPOINTS.iter().find(|row| row.operation == operation).map_or("", |row| self.of_row(row))
    }

    fn of_row(&self, row: &Endpoint) -> &str {
        self.changed.get(row.option).map_or(row.default_path(), String::as_str)
    }

    /// The operation that a request of that method to that template is.
    pub(crate) fn operation(&self, method: &str, template: &str) -> &'static str {
        let method = if method == "HEAD" { "GET" } else { method };
        let row = GOSPEECH_ENDPOINTS
            .iter()
            .find(|row| row.method == method && !row.option.is_empty() && self.of_row(row) == template);
        match row {
            Some(row) => row.operation,
            None if template == format!("{}/negotiate", self.of("events")) => "negotiate",
            None => match template {
                USERINFO => "userinfo",
                KEYS => "keys",
                LOGIN | CONSENT | LOGOUT | WORKLIST_PAGE | RECORD_PAGE => "page",
                LINK_CODE => "link_code",
                _ => "",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_with_a_path_is_found_by_it() {
        let paths = Paths::new(&[]).unwrap();
        for row in
            GOSPEECH_ENDPOINTS.iter().filter(|row| !row.method.is_empty() && !row.default_path().is_empty())
        {
            assert_eq!(paths.operation(row.method, paths.of(row.operation)), row.operation);
        }
        assert_eq!(paths.operation("POST", "/hubs/common/negotiate"), "negotiate");
    }

    #[test]
    fn a_path_can_be_moved_and_only_a_path() {
        let moved = [("gospeech.path.upload".to_owned(), "/v2/records".to_owned())];
        assert_eq!(Paths::new(&moved).unwrap().of("upload"), "/v2/records");
        assert!(Paths::new(&[("gospeech.upload_part".to_owned(), "/x".to_owned())]).is_err());
        assert!(Paths::new(&[("gospeech.path.upload".to_owned(), "x".to_owned())]).is_err());
    }
}
