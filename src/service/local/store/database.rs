//! The database file: opening it, what it is made of, and bringing an older one up to date. What is written in it is
//! `rows`' business.
//!
//! Writes go through a rollback journal, not a write-ahead log. A log needs memory that all processes share, which a
//! network file system does not have; its locks would outlive a transaction, and a forked child would take its parent's
//! for its own; and it would keep texts for a while that are deleted from the database. Here a transaction is short, no
//! lock outlives it, and what it overwrites is gone with its journal.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::failure::{corrupt, database_error};
use super::folder::Folder;
use crate::error::{Error, ErrorKind, Result};
use crate::runtime::sync::Mutex;
use crate::runtime::{PerProcess, generation};

/// `tiro` in the header of the file: which program a database belongs to.
const APPLICATION_ID: i32 = 0x7469_726f;
/// How long another process may hold the database. Its transactions take milliseconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// The steps from nothing to today's schema. The number of those taken stands in the file (`user_version`). A step is
/// never changed once it was released: a change of the schema is a further one.
pub(super) const MIGRATIONS: &[&str] = &["
    CREATE TABLE recordings (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        size INTEGER NOT NULL,
        created_at_ms INTEGER NOT NULL,
        duration_ms INTEGER,
        status TEXT NOT NULL,
        failure_kind TEXT NOT NULL DEFAULT '',
        failure TEXT NOT NULL DEFAULT '',
        options TEXT NOT NULL,
        model BLOB NOT NULL,
        owner TEXT,
        media_copy TEXT,
        media_path BLOB,
        media_size INTEGER,
        media_modified_ns INTEGER
    ) STRICT;
    CREATE INDEX unfinished ON recordings (owner) WHERE owner IS NOT NULL;
    CREATE INDEX by_age ON recordings (created_at_ms);
    CREATE TABLE transcripts (
        number INTEGER PRIMARY KEY REFERENCES recordings (number) ON DELETE CASCADE,
        document TEXT NOT NULL
    ) STRICT;
"];

/// Threads inside SQLite. A child that is forked at such a moment inherits locks that nobody will release.
static INSIDE: AtomicUsize = AtomicUsize::new(0);
/// How many threads of the parent's were inside when this process was forked.
static INHERITED: PerProcess<usize> = PerProcess::new();

struct Inside;

impl Inside {
    fn enter() -> Result<Self> {
        if *INHERITED.get_or_init(|| INSIDE.load(Ordering::Acquire)) > 0 {
            return Err(Error::new(
                ErrorKind::Forked,
                "this process was forked while its parent was writing to a store: it cannot use one",
            )
            .with_hint(
                "fork before the first call of a client with data_dir, or start a program of its own",
            ));
        }
        INSIDE.fetch_add(1, Ordering::AcqRel);
        Ok(Self)
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The one connection of an opened store. Everything here blocks.
pub(super) struct Database {
    path: PathBuf,
    generation: u32,
    connection: ManuallyDrop<Mutex<Connection>>,
}

impl Database {
    /// Opens the database and brings it up to date. One of a newer version, or that is none of ours, is left as it is.
    pub(super) fn open(folder: &Folder) -> Result<Self> {
        let path = folder.database();
        let _inside = Inside::enter()?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        let mut connection =
            Connection::open_with_flags(&path, flags).map_err(|error| database_error(&path, None, &error))?;
        let prepared = prepare(&mut connection, MIGRATIONS);
        match prepared.map_err(|error| database_error(&path, Some(&connection), &error))? {
            Found::Ready => {}
            Found::Newer(version) => return Err(newer(&path, version)),
            Found::Foreign => return Err(corrupt(&path, "it is a database of another program")),
        }
        Ok(Self { path, generation: generation(), connection: ManuallyDrop::new(Mutex::new(connection)) })
    }

    /// Reads.
    pub(super) fn read<R>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<R>) -> Result<R> {
        let _inside = Inside::enter()?;
        let connection = self.connection.lock();
        work(&connection).map_err(|error| self.error(&connection, &error))
    }

    /// Reads and writes: all of it, or nothing.
    pub(super) fn write<R>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<R, Problem>) -> Result<R> {
        let _inside = Inside::enter()?;
        let mut connection = self.connection.lock();
        // Immediate: two that read first and write later could both wait for the other.
        let outcome = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(Problem::Database)
            .and_then(|transaction| {
                let result = work(&transaction)?;
                transaction.commit()?;
                Ok(result)
            });
        outcome.map_err(|problem| match problem {
            Problem::Database(error) => self.error(&connection, &error),
            Problem::Other(error) => error,
        })
    }

    /// Gives free space back to the system.
    pub(super) fn shrink(&self) -> Result<()> {
        self.read(|connection| connection.execute_batch("VACUUM"))
    }

    pub(super) fn corrupt(&self, what: &str) -> Error {
        corrupt(&self.path, what)
    }

    fn error(&self, connection: &Connection, error: &rusqlite::Error) -> Error {
        database_error(&self.path, Some(connection), error)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // In a forked child the connection is the parent's: closing it would touch locks that are not ours.
        if self.generation == generation()
            && let Ok(_inside) = Inside::enter()
        {
            // SAFETY: dropped here only, and not used after.
            unsafe { ManuallyDrop::drop(&mut self.connection) };
        }
    }
}

/// Why a transaction was not made.
pub(super) enum Problem {
    Database(rusqlite::Error),
    Other(Error),
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// What a file turned out to be.
#[derive(Debug, PartialEq)]
pub(super) enum Found {
    Ready,
    Newer(usize),
    Foreign,
}

/// Sets a connection up, and takes the steps of `migrations` that its file has not taken yet.
pub(super) fn prepare(connection: &mut Connection, migrations: &[&str]) -> rusqlite::Result<Found> {
    connection.busy_timeout(PATIENCE)?;
    connection.execute_batch(
        "PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;
         PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;",
    )?;
    match look(connection, migrations.len())? {
        Some(Found::Ready) => return Ok(Found::Ready),
        Some(other) => return Ok(other),
        None => {}
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Again: another process may have been faster.
    match look(&transaction, migrations.len())? {
        Some(found) => return Ok(found),
        None => {
            let taken = version(&transaction)?;
            for step in &migrations[taken..] {
                transaction.execute_batch(step)?;
            }
        }
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", migrations.len() as i64)?;
    transaction.commit()?;
    Ok(Found::Ready)
}

/// What the file is; `None`: ours, and steps are missing.
fn look(connection: &Connection, newest: usize) -> rusqlite::Result<Option<Found>> {
    let version = version(connection)?;
    let application: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION_ID && (application != 0 || version != 0 || tables != 0) {
        return Ok(Some(Found::Foreign));
    }
    Ok(match version.cmp(&newest) {
        std::cmp::Ordering::Greater => Some(Found::Newer(version)),
        std::cmp::Ordering::Equal => Some(Found::Ready),
        std::cmp::Ordering::Less => None,
    })
}

/// How many steps were taken. A number below zero was never written by us.
fn version(connection: &Connection) -> rusqlite::Result<usize> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

fn newer(path: &Path, version: usize) -> Error {
    Error::new(
        ErrorKind::StoreNewer,
        format!(
            "the store {} is of version {version}; this tiro knows up to {}",
            path.display(),
            MIGRATIONS.len()
        ),
    )
    .with_hint("update tiro, or name another folder as data_dir; nothing was changed")
}
