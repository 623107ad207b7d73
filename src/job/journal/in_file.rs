//! A journal in a file that processes share: SQLite, and a lock file beside it with a byte for each job.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::record::{Record, Whose};
use super::{Hold, Journal, no_job, rows};
use crate::database::{Database, Kind};
use crate::error::{Error, ErrorKind, Result};
use crate::files::lock::{self, Held, LockFile};
use crate::files::{folder_of, private};

/// `tirj` in the header.
const JOURNAL: Kind = Kind {
    noun: "the journal of jobs",
    application_id: 0x7469_726a,
    migrations: rows::MIGRATIONS,
    elsewhere: "name another file as journal",
};

pub(in super::super) struct InFile {
    database: Database,
    locks: Arc<LockFile>,
    path: PathBuf,
}

impl InFile {
    /// Opens a journal, or makes it. One that is damaged, newer or somebody else's is an error and stays as it is.
    pub(in super::super) fn open(path: &Path) -> Result<Self> {
        let failed = |error| Error::io(format_args!("the journal of jobs {}", path.display()), &error);
        let folder = folder_of(path);
        private::create_folder(folder).map_err(failed)?;
        // Without links, so that every process means the same file by it.
        let folder = folder.canonicalize().map_err(failed)?;
        let path = folder.join(path.file_name().unwrap_or_default());
        let database = Database::open(&JOURNAL, path.clone())?;
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".lock");
        let locks = lock::open(&path.with_file_name(name)).map_err(|error| {
            Error::io(format_args!("the lock file of the journal of jobs {}", path.display()), &error)
        })?;
        Ok(Self { database, locks, path })
    }

    fn failed(&self, error: &std::io::Error) -> Error {
        Error::io(format_args!("the lock of the journal of jobs {}", self.path.display()), error)
    }

    #[cfg(test)]
    pub(in super::super) fn database(&self) -> &Database {
        &self.database
    }
}

impl Journal for InFile {
    fn is_durable(&self) -> bool {
        true
    }

    fn add(&self, new: Record, prefer_known: bool) -> Result<Record> {
        self.database.write(|transaction| {
            if prefer_known && let Some(known) = rows::newest(transaction, &new.whose, &new.key)? {
                return Ok(known);
            }
            let number = rows::insert(transaction, &new)?;
            Ok(Record { number, ..new })
        })
    }

    fn find(&self, whose: &Whose, id: &str) -> Result<Option<Record>> {
        self.database.read(|connection| rows::find(connection, whose, id))
    }

    fn list(&self, whose: &Whose) -> Result<Vec<Record>> {
        self.database.read(|connection| rows::list(connection, whose))
    }

    fn save(&self, record: &Record) -> Result<()> {
        if self.database.write(|transaction| Ok(rows::update(transaction, record)?))? {
            return Ok(());
        }
        // The lock should not let that happen; but somebody may have removed its file.
        match self.find(&record.whose, &record.id)? {
            Some(_) => Err(Error::new(ErrorKind::State, "another process has gone on with the job")
                .with_hint("the journal's lock file may have been removed; look how far the job is")),
            None => Err(no_job(&record.id)),
        }
    }

    fn remove(&self, record: &Record) -> Result<()> {
        self.database.write(|transaction| Ok(rows::delete(transaction, record.number)?))
    }

    fn try_hold(&self, record: &Record) -> Result<Option<Hold>> {
        let held = Held::try_take(&self.locks, record.number).map_err(|error| self.failed(&error))?;
        Ok(held.map(Hold::of))
    }

    fn is_held(&self, record: &Record) -> Result<bool> {
        lock::is_held(&self.locks, record.number).map_err(|error| self.failed(&error))
    }
}
