//! SQLite files of the library's own: opening one, bringing an older one up to date, reading and writing it. What is in
//! one, and in which words it is spoken of, is said by whoever keeps it ([`Kind`]).
//!
//! Writes go through a rollback journal, not a write-ahead log. A log needs memory that all processes share, which a
//! network file system does not have; its locks would outlive a transaction, and a forked child would take its parent's
//! for its own; and it would keep texts for a while that are deleted from the database. Here a transaction is short, no
//! lock outlives it, and what it overwrites is gone with its journal.

mod failure;
mod place;

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::error::{Error, ErrorKind, Result};
use crate::runtime::sync::Mutex;
use crate::runtime::{Generation, PerProcess};

/// What a database is for.
pub(crate) struct Kind {
    /// As its errors call it: `the store`.
    pub(crate) noun: &'static str,
    /// Which program's database of which kind it is; it stands in the header of the file.
    pub(crate) application_id: i32,
    /// The steps from nothing to today's schema. The number of those taken stands in the file (`user_version`). A step is
    /// never changed once it was released: a change of the schema is a further one.
    pub(crate) migrations: &'static [&'static str],
    /// How another one can be chosen.
    pub(crate) elsewhere: &'static str,
}

/// How long another process may hold the database. Its transactions take milliseconds.
const PATIENCE: Duration = Duration::from_secs(20);

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
                "this process was forked while its parent was writing to a store or journal: it cannot use one",
            )
            .with_hint(
                "fork before the first call of a client with data_dir or journal, or start a program of its own",
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

/// The one connection to a database. Everything here blocks.
pub(crate) struct Database {
    kind: &'static Kind,
    path: PathBuf,
    generation: Generation,
    connection: ManuallyDrop<Mutex<Connection>>,
}

impl Database {
    /// Opens a database, or makes it, and brings it up to date. One of a newer version, or that is none of ours, is left as
    /// it is. Its folder is there, and no part of the path is a link.
    pub(crate) fn open(kind: &'static Kind, path: PathBuf) -> Result<Self> {
        place::prepare(kind, &path)?;
        let _inside = Inside::enter()?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        let mut connection = Connection::open_with_flags(&path, flags)
            .map_err(|error| failure::of(kind, &path, None, &error))?;
        let prepared = prepare(&mut connection, kind.application_id, kind.migrations);
        match prepared.map_err(|error| failure::of(kind, &path, Some(&connection), &error))? {
            Found::Ready => {}
            Found::Newer(version) => return Err(newer(kind, &path, version)),
            Found::Foreign => {
                return Err(failure::corrupt(kind, &path, "it is a database of another program"));
            }
        }
        Ok(Self {
            kind,
            path,
            generation: Generation::now(),
            connection: ManuallyDrop::new(Mutex::new(connection)),
        })
    }

    /// Reads.
    pub(crate) fn read<R>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<R>) -> Result<R> {
        let _inside = Inside::enter()?;
        let connection = self.connection.lock();
        work(&connection).map_err(|error| self.error(&connection, &error))
    }

    /// Reads and writes: all of it, or nothing.
    pub(crate) fn write<R>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<R, Problem>) -> Result<R> {
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
    #[cfg(feature = "local")]
    pub(crate) fn shrink(&self) -> Result<()> {
        self.read(|connection| connection.execute_batch("VACUUM"))
    }

    #[cfg(feature = "local")]
    pub(crate) fn corrupt(&self, what: &str) -> Error {
        failure::corrupt(self.kind, &self.path, what)
    }

    fn error(&self, connection: &Connection, error: &rusqlite::Error) -> Error {
        failure::of(self.kind, &self.path, Some(connection), error)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // In a forked child the connection is the parent's: closing it would touch locks that are not ours.
        if !self.generation.is_past()
            && let Ok(_inside) = Inside::enter()
        {
            // SAFETY: dropped here only, and not used after.
            unsafe { ManuallyDrop::drop(&mut self.connection) };
        }
    }
}

/// Why a transaction was not made.
pub(crate) enum Problem {
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
pub(crate) enum Found {
    Ready,
    Newer(usize),
    Foreign,
}

/// Sets a connection up, and takes the steps of `migrations` that its file has not taken yet.
pub(crate) fn prepare(
    connection: &mut Connection,
    application_id: i32,
    migrations: &[&str],
) -> rusqlite::Result<Found> {
    connection.busy_timeout(PATIENCE)?;
    // EXTRA is FULL, and the folder is synced once the rollback journal is gone: else a power cut could bring that back,
    // and undo a transaction that was told to be durable.
    connection.execute_batch(
        "PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;
         PRAGMA synchronous = EXTRA; PRAGMA temp_store = MEMORY;",
    )?;
    match look(connection, application_id, migrations.len())? {
        Some(Found::Ready) => return Ok(Found::Ready),
        Some(other) => return Ok(other),
        None => {}
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Again: another process may have been faster.
    match look(&transaction, application_id, migrations.len())? {
        Some(found) => return Ok(found),
        None => {
            let taken = version(&transaction)?;
            for step in &migrations[taken..] {
                transaction.execute_batch(step)?;
            }
        }
    }
    transaction.pragma_update(None, "application_id", application_id)?;
    transaction.pragma_update(None, "user_version", migrations.len() as i64)?;
    transaction.commit()?;
    Ok(Found::Ready)
}

/// What the file is; `None`: ours, and steps are missing.
fn look(connection: &Connection, application_id: i32, newest: usize) -> rusqlite::Result<Option<Found>> {
    let version = version(connection)?;
    let found: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if found != application_id && (found != 0 || version != 0 || tables != 0) {
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

fn newer(kind: &Kind, path: &Path, version: usize) -> Error {
    let Kind { noun, migrations, elsewhere, .. } = kind;
    let (shown, known) = (path.display(), migrations.len());
    let what = format!("{noun} {shown} is of version {version}; this tiro knows up to {known}");
    Error::new(ErrorKind::StoreNewer, what)
        .with_hint(format!("update tiro, or {elsewhere}; nothing was changed"))
}

/// A path as a database keeps it: in the platform's own bytes.
#[cfg(unix)]
pub(crate) fn path_bytes(path: &Path) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec()
}

#[cfg(unix)]
pub(crate) fn path_of(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(<std::ffi::OsString as std::os::unix::ffi::OsStringExt>::from_vec(bytes))
}

#[cfg(not(unix))]
pub(crate) fn path_bytes(path: &Path) -> Vec<u8> {
    path.to_string_lossy().into_owned().into_bytes()
}

#[cfg(not(unix))]
pub(crate) fn path_of(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
}
