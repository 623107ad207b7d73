//! The text of a token file: JSON, one entry an identity.

use std::collections::BTreeMap;

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};

use crate::auth::tokens::Expiry;
use crate::auth::{IdentityKey, Tokens, written};

/// The version that this tiro writes.
const VERSION: u32 = 1;

/// The entries of a file, in the order of their keys.
pub(super) type Entries = BTreeMap<IdentityKey, Tokens>;

/// Why a text is no token file of this tiro.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    Newer,
    Damaged,
}

#[derive(Deserialize)]
struct Version {
    tiro_tokens: u32,
}

#[derive(Serialize, Deserialize)]
struct Document {
    tiro_tokens: u32,
    entries: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    #[serde(flatten)]
    key: IdentityKey,
    id: String,
    #[serde(serialize_with = "written::exposed")]
    access_token: SecretString,
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "written::exposed_if_any")]
    refresh_token: Option<SecretString>,
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "written::exposed_if_any")]
    id_token: Option<SecretString>,
    scope: String,
    asked_scope: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expiry: Option<StoredExpiry>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    extra: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
struct StoredExpiry {
    at_ms: i64,
    lifetime_ms: i64,
    clock_ahead_ms: i64,
}

/// An empty text is an empty store: so is a file that its owner has just made.
pub(super) fn read(text: &[u8]) -> Result<Entries, Unreadable> {
    if text.trim_ascii().is_empty() {
        return Ok(Entries::new());
    }
    // What serde says may quote the text, so nobody hears it.
    let version: Version = serde_json::from_slice(text).map_err(|_| Unreadable::Damaged)?;
    match version.tiro_tokens {
        VERSION => {}
        newer if newer > VERSION => return Err(Unreadable::Newer),
        _ => return Err(Unreadable::Damaged),
    }
    let document: Document = serde_json::from_slice(text).map_err(|_| Unreadable::Damaged)?;
    Ok(document.entries.into_iter().map(Entry::taken).collect())
}

pub(super) fn write(entries: &Entries) -> serde_json::Result<Zeroizing<Vec<u8>>> {
    let entries = entries.iter().map(|(key, tokens)| Entry::of(key, tokens)).collect();
    let mut text = Zeroizing::new(Vec::new());
    serde_json::to_writer_pretty(&mut *text, &Document { tiro_tokens: VERSION, entries })?;
    text.push(b'\n');
    Ok(text)
}

impl Entry {
    fn of(key: &IdentityKey, tokens: &Tokens) -> Self {
        let tokens = tokens.clone();
        let stored = |expiry: Expiry| StoredExpiry {
            at_ms: expiry.at_ms,
            lifetime_ms: expiry.lifetime_ms,
            clock_ahead_ms: expiry.clock_ahead_ms,
        };
        Self {
            key: key.clone(),
            id: tokens.id,
            access_token: tokens.access,
            refresh_token: tokens.refresh,
            id_token: tokens.id_token,
            scope: tokens.scope,
            asked_scope: tokens.asked_scope,
            expiry: tokens.expiry.map(stored),
            extra: tokens.extra,
        }
    }

    fn taken(self) -> (IdentityKey, Tokens) {
        let expiry = |stored: StoredExpiry| Expiry {
            at_ms: stored.at_ms,
            lifetime_ms: stored.lifetime_ms,
            clock_ahead_ms: stored.clock_ahead_ms,
        };
        let tokens = Tokens {
            id: self.id,
            access: self.access_token,
            refresh: self.refresh_token,
            id_token: self.id_token,
            scope: self.scope,
            asked_scope: self.asked_scope,
            expiry: self.expiry.map(expiry),
            extra: self.extra,
        };
        (self.key, tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn what_is_written_is_read() {
        let key = |identity: &str| IdentityKey {
            service: "s".into(),
            auth_origin: "https://auth.example".into(),
            client_id: "c".into(),
            identity: identity.into(),
        };
        let expiry = Expiry { at_ms: 5, lifetime_ms: 4, clock_ahead_ms: -3 };
        let full = Tokens {
            id: "i".into(),
            refresh: Some("r\"\n".into()),
            id_token: Some("d".into()),
            expiry: Some(expiry),
            extra: BTreeMap::from([("userId".into(), "u".into())]),
            ..Tokens::foreign("a".into())
        };
        let entries = Entries::from([(key("one"), full), (key("two"), Tokens::foreign("b".into()))]);
        let again = read(&write(&entries).unwrap()).unwrap();
        assert_eq!(write(&again).unwrap(), write(&entries).unwrap());
        let one = &again[&key("one")];
        assert_eq!(one.refresh.as_ref().unwrap().expose_secret(), "r\"\n");
        assert_eq!((one.expiry, one.extra["userId"].as_str()), (Some(expiry), "u"));
        assert!(again[&key("two")].expiry.is_none());
    }

    #[test]
    fn a_text_that_is_no_store_is_told_apart() {
        assert!(read(b"").unwrap().is_empty() && read(b" \n").unwrap().is_empty());
        assert_eq!(read(br#"{"tiro_tokens":2,"later":true}"#).unwrap_err(), Unreadable::Newer);
        for damaged in [
            "{",
            "[]",
            "\0\0\0\0",
            r#"{"entries":[]}"#,
            r#"{"tiro_tokens":0,"entries":[]}"#,
            r#"{"tiro_tokens":1}"#,
            r#"{"tiro_tokens":1,"entries":[{"service":"s"}]}"#,
            r#"{"tiro_tokens":1,"entries":[]} and more"#,
        ] {
            assert_eq!(read(damaged.as_bytes()).unwrap_err(), Unreadable::Damaged, "{damaged}");
        }
    }
}
