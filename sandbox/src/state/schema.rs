//! The tables.

use rusqlite::Connection;

use super::{Result, transcribeme};

const VERSION: i64 = 2;

const TABLES: &str = "
CREATE TABLE kept (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE COLLATE NOCASE,
    kind TEXT NOT NULL,
    owner TEXT REFERENCES accounts (id) ON DELETE CASCADE,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    initials TEXT NOT NULL,
    display_name TEXT NOT NULL,
    password BLOB,
    denied_codes TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE TABLE clients (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    secret BLOB,
    owner TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    grants TEXT NOT NULL,
    redirect_uris TEXT NOT NULL,
    post_logout_redirect_uris TEXT NOT NULL,
    any_loopback_port INTEGER NOT NULL
) STRICT;
CREATE TABLE families (
    id INTEGER PRIMARY KEY,
    client TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    account TEXT REFERENCES accounts (id) ON DELETE CASCADE,
    scope TEXT NOT NULL
) STRICT;
CREATE TABLE tokens (
    digest BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    family INTEGER NOT NULL REFERENCES families (id) ON DELETE CASCADE,
    expires_at_ms INTEGER NOT NULL,
    used_at_ms INTEGER
) STRICT;
CREATE INDEX tokens_by_family ON tokens (family);
CREATE TABLE recordings (
    id TEXT PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    status TEXT NOT NULL,
    last_status INTEGER NOT NULL,
    created INTEGER NOT NULL,
    words INTEGER,
    recognized INTEGER,
    corrector_id TEXT,
    corrector_name TEXT,
    size INTEGER,
    track_ms INTEGER,
    sha256 TEXT,
    fields TEXT NOT NULL DEFAULT '{}',
    transcript TEXT
) STRICT;
CREATE INDEX recordings_by_account ON recordings (account, number);
CREATE TABLE exports (
    id TEXT PRIMARY KEY,
    recording TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    format TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    file BLOB
) STRICT;
";

pub(super) fn prepare(connection: &Connection) -> Result<()> {
    connection.pragma_update(None, "foreign_keys", true)?;
    // A sandbox that loses its last second in a power cut is no loss.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match version {
        0 => {
            connection.execute_batch(&format!("BEGIN; {TABLES} {} COMMIT;", transcribeme::TABLES))?;
            connection.pragma_update(None, "user_version", VERSION)
        }
        VERSION => Ok(()),
        _ => Err(rusqlite::Error::InvalidParameterName(format!(
            "the file is of another version of the sandbox ({version})"
        ))),
    }
}
