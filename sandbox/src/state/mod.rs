//! What the sandbox remembers, in SQLite: accounts, API clients, tokens, recordings, exports. Here are rows and queries;
//! what they mean on the wire is said where the wire is spoken.

mod accounts;
mod clients;
mod exports;
mod recordings;
mod schema;
mod tokens;
mod transcribeme;

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension};

pub(crate) use accounts::{Account, Kind};
pub(crate) use clients::{ApiClient, Grant};
pub(crate) use exports::Export;
pub(crate) use recordings::{Change, Recording, Status};
pub(crate) use tokens::{Family, Refreshed, TokenKind};
pub(crate) use transcribeme::{
    Assembled, Media, MediaFilter, MediaOrder, MediaUpload, NewMedia, Ordered, Part,
};

pub(crate) type Result<T, E = rusqlite::Error> = std::result::Result<T, E>;

/// The tables. Each query is short: it is made where it is needed, behind one lock.
pub(crate) struct Database {
    connection: Mutex<Connection>,
}

impl Database {
    /// That file, or memory.
    pub(crate) fn open(file: Option<&Path>) -> Result<Self> {
        let connection = match file {
            Some(file) => {
                make_private(file);
                Connection::open(file)?
            }
            None => Connection::open_in_memory()?,
        };
        schema::prepare(&connection)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    fn with<T>(&self, work: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        work(&mut self.connection.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is kept under a name, made at the first call.
    pub(crate) fn kept(&self, name: &str, make: impl FnOnce() -> Vec<u8>) -> Result<Vec<u8>> {
        self.with(|connection| {
            let kept = connection
                .query_row("SELECT value FROM kept WHERE name = ?1", [name], |row| row.get(0))
                .optional()?;
            if let Some(kept) = kept {
                return Ok(kept);
            }
            let made = make();
            connection.execute("INSERT INTO kept (name, value) VALUES (?1, ?2)", (name, &made))?;
            Ok(made)
        })
    }
}

/// Makes the file that is not there yet, for its owner only. What fails here fails once more, with a reason, as SQLite
/// opens it.
fn make_private(file: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _ = options.open(file);
}
