//! Where jobs are remembered: in memory, where they end with the client, or in a file (option `journal`) that processes
//! share. A journal knows neither services nor what a job does next.

mod in_file;
mod memory;
mod rows;

use std::sync::Arc;

pub(super) use in_file::InFile;
pub(super) use memory::Memory;

use super::record::{Record, Whose};
use crate::error::{Error, ErrorKind, Result, excerpt};
use crate::runtime::blocking;

/// Remembers jobs. Blocks, if it is durable.
pub(super) trait Journal: Send + Sync {
    /// Whether what it took survives the process.
    fn is_durable(&self) -> bool;

    /// Takes in a new job, or gives the newest of the same key, if that is to be preferred and there is one.
    fn add(&self, new: Record, prefer_known: bool) -> Result<Record>;

    fn find(&self, whose: &Whose, id: &str) -> Result<Option<Record>>;

    /// The jobs of an identity, the newest first.
    fn list(&self, whose: &Whose) -> Result<Vec<Record>>;

    /// Replaces what is remembered of a job; durable on return, if the journal is.
    fn save(&self, record: &Record) -> Result<()>;

    fn remove(&self, record: &Record) -> Result<()>;

    /// Takes the right to work on a job; `None`: somebody has it. It ends with the process at the latest.
    fn try_hold(&self, record: &Record) -> Result<Option<Hold>>;

    /// Whether somebody works on a job.
    fn is_held(&self, record: &Record) -> Result<bool>;
}

/// The right to work on a job, until it is dropped.
pub(super) struct Hold(#[allow(dead_code, reason = "held")] Box<dyn Send + Sync>);

impl Hold {
    fn of(held: impl Send + Sync + 'static) -> Self {
        Self(Box::new(held))
    }
}

/// Does something with a journal, on a thread that may block if it has to.
pub(super) async fn with<R: Send + 'static>(
    journal: &Arc<dyn Journal>,
    work: impl FnOnce(&dyn Journal) -> Result<R> + Send + 'static,
) -> Result<R> {
    if !journal.is_durable() {
        return work(&**journal);
    }
    let journal = journal.clone();
    blocking(move || work(&*journal)).await?
}

/// The error for a job that a journal does not have, or not for this identity.
pub(super) fn no_job(id: &str) -> Error {
    let shown = excerpt(id);
    Error::new(ErrorKind::NotFound, format!("there is no job {shown:?}"))
}
