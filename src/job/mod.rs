//! The whole job, from a source to its transcript, as a machine that can be stopped after any step and goes on in another
//! process: what is about to be done is remembered before it, what came of it after it. What is not known of a step that
//! was cut off is asked of the service; where that cannot tell, somebody has to look, and nothing is done twice. Here is
//! no knowledge of a service, but for the names of the options that make another job of the same source (`key.rs`): what a
//! step does is its business, whether money is spent that of [`crate::order`].

mod facts;
mod journal;
mod key;
mod ledger;
mod purchase;
mod record;
mod run;
mod settle;
mod steps;
mod summary;
#[cfg(test)]
mod tests;
mod verbs;

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::OnceCell;

use self::journal::{Journal, Memory};
use crate::error::{Error, Result};
use crate::hex::hex;
use crate::options::Options;
use crate::random;
use crate::runtime::blocking;

pub(crate) use run::ready;
pub use summary::{Job, JobOutcome};
pub(crate) use verbs::{forget, list, resume, resume_all, transcribe};

/// The jobs of a client, and of those made from it.
pub(crate) struct Jobs {
    path: Option<PathBuf>,
    journal: OnceCell<Arc<dyn Journal>>,
    /// Tells this client from others, for services whose recordings end with it.
    client: String,
}

impl Jobs {
    /// Nothing is opened yet. A relative path is completed now, as the working directory may change.
    pub(crate) fn new(options: &Options) -> Result<Self> {
        let path = options.path("journal").map(std::path::absolute).transpose();
        let path = path.map_err(|error| Error::io("the working directory", &error))?;
        Ok(Self { path, journal: OnceCell::new(), client: random_name()? })
    }

    /// Whether they outlive the client.
    fn are_kept(&self) -> bool {
        self.path.is_some()
    }

    async fn journal(&self) -> Result<Arc<dyn Journal>> {
        let open = || async {
            let journal: Arc<dyn Journal> = match self.path.clone() {
                None => Arc::new(Memory::default()),
                Some(path) => Arc::new(blocking(move || journal::InFile::open(&path)).await??),
            };
            Ok(journal)
        };
        self.journal.get_or_try_init(open).await.cloned()
    }
}

/// A name that nobody else has.
fn random_name() -> Result<String> {
    Ok(hex(&random::bytes::<12>()?))
}
