//! The paths that the sandbox answers: those of the client's own tables, unless a setting says otherwise; and the few
//! that the client never asks for.

use tiro::{Endpoint, GOSPEECH_ENDPOINTS, TRANSCRIBEME_ENDPOINTS, option_entry};

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
/// What TranscribeMe's paths are below.
pub(crate) const TRANSCRIBEME_BASE: &str = "/api/v1";
/// Where the parts of an upload go on the API's own origin. The client takes the whole URL from an answer.
pub(crate) const UPLOAD_PART: &str = "/api/v1/uploads/async";
/// Where they go on the storage's.
pub(crate) const STORED_PART: &str = "/storage/parts";

/// What is an operation to the log and to faults, and in no table.
pub(crate) const OWN_OPERATIONS: [&str; 6] =
    ["negotiate", "userinfo", "keys", "page", "link_code", "upload_part"];

/// What an option of the client is by default; `""` where there is none.
pub(crate) fn option_default(key: &str) -> &'static str {
    option_entry(key).map_or("", |entry| entry.default)
}

/// Every row of both tables.
pub(crate) fn endpoints() -> impl Iterator<Item = &'static Endpoint> {
    GOSPEECH_ENDPOINTS.iter().chain(TRANSCRIBEME_ENDPOINTS)
}

/// The paths in force.
#[derive(Debug)]
pub(crate) struct Paths {
    gospeech: Vec<(&'static Endpoint, String)>,
    transcribeme: Vec<(&'static Endpoint, String)>,
}

impl Paths {
    /// `changed`: keys of options and the paths in their place.
    pub(crate) fn new(changed: &[(String, String)]) -> Result<Self, String> {
        for (key, path) in changed {
            if !endpoints().any(|row| row.option == key && !row.default_path().is_empty()) {
                return Err(format!("{key} is no option of a path that the sandbox answers"));
            }
            if !path.starts_with('/') || path.contains(['?', '#', '*']) {
                return Err(format!("{key}: a path begins with / and has neither ?, # nor *"));
            }
        }
        let in_force = |base: &str, table: &'static [Endpoint]| {
            let path = |row: &Endpoint| {
                let changed = changed.iter().rfind(|(key, _)| row.option == key);
                let path = changed.map_or(row.default_path(), |(_, path)| path);
                if path.is_empty() { String::new() } else { format!("{base}{path}") }
            };
            table.iter().map(|row| (row, path(row))).collect()
        };
        Ok(Self {
            gospeech: in_force("", GOSPEECH_ENDPOINTS),
            transcribeme: in_force(TRANSCRIBEME_BASE, TRANSCRIBEME_ENDPOINTS),
        })
    }

    /// The path of an operation of GoSpeech.
    pub(crate) fn of(&self, operation: &str) -> &str {
        of(&self.gospeech, operation)
    }

    /// The path of an operation of TranscribeMe.
    pub(crate) fn transcribeme(&self, operation: &str) -> &str {
        of(&self.transcribeme, operation)
    }

    /// The operation that a request of that method to that template is.
    pub(crate) fn operation(&self, method: &str, template: &str) -> &'static str {
        let method = if method == "HEAD" { "GET" } else { method };
        let row = self.gospeech.iter().chain(&self.transcribeme).find(|(row, path)| {
            row.method == method && !row.option.is_empty() && path == template && !path.is_empty()
        });
        match row {
            Some((row, _)) => row.operation,
            None if template == format!("{}/negotiate", self.of("events")) => "negotiate",
            None => match template {
                USERINFO => "userinfo",
                KEYS => "keys",
                LOGIN | CONSENT | LOGOUT | WORKLIST_PAGE | RECORD_PAGE => "page",
                LINK_CODE => "link_code",
                UPLOAD_PART | STORED_PART => "upload_part",
                _ => "",
            },
        }
    }
}

fn of<'p>(table: &'p [(&'static Endpoint, String)], operation: &str) -> &'p str {
    table.iter().find(|(row, _)| row.operation == operation).map_or("", |(_, path)| path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_with_a_path_is_found_by_it() {
        let paths = Paths::new(&[]).unwrap();
        for (row, path) in paths.gospeech.iter().chain(&paths.transcribeme) {
            if !row.method.is_empty() && !row.default_path().is_empty() {
                assert_eq!(paths.operation(row.method, path), row.operation);
            }
        }
        assert_eq!(paths.operation("POST", "/hubs/common/negotiate"), "negotiate");
        assert_eq!(paths.operation("POST", "/api/v1/orders/{orderId}/place"), "place_order");
    }

    #[test]
    fn a_path_can_be_moved_and_only_a_path() {
        let moved = |key: &str, path: &str| Paths::new(&[(key.to_owned(), path.to_owned())]);
        assert_eq!(moved("gospeech.path.upload", "/v2/records").unwrap().of("upload"), "/v2/records");
        let orders = moved("transcribeme.path.orders", "/purchases").unwrap();
        assert_eq!(orders.transcribeme("create_order"), "/api/v1/purchases");
        assert!(moved("gospeech.upload_part", "/x").is_err());
        assert!(moved("gospeech.path.upload", "x").is_err());
    }
}
