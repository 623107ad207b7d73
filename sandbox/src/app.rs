//! What every request has at hand.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use crate::engine::Engines;
use crate::faults::Faults;
use crate::host::Hosts;
use crate::hub::Hub;
use crate::oauth::{Codes, Signer};
use crate::pages::Sessions;
use crate::paths::Paths;
use crate::request_log::RequestLog;
use crate::settings::Behaviour;
use crate::state::Database;
use crate::transcribeme::Origins;

pub(crate) struct App {
    /// Scheme and authority, without a slash at the end.
    pub(crate) url: String,
    /// The same of its storage.
    pub(crate) storage_url: String,
    /// What the signatures for the storage are made of.
    pub(crate) storage_secret: String,
    pub(crate) tls: bool,
    pub(crate) hosts: Hosts,
    pub(crate) paths: Paths,
    pub(crate) control_token: String,
    pub(crate) database: Database,
    /// Where uploads are until they are recognised.
    pub(crate) spool: PathBuf,
    pub(crate) behaviour: RwLock<Behaviour>,
    pub(crate) faults: Faults,
    pub(crate) log: RequestLog,
    pub(crate) engines: Engines,
    pub(crate) hub: Hub,
    pub(crate) codes: Codes,
    pub(crate) sessions: Sessions,
    pub(crate) signer: Signer,
    pub(crate) remote_origins: Origins,
}

pub(crate) type SharedApp = Arc<App>;

impl App {
    pub(crate) fn behaviour(&self) -> Behaviour {
        self.behaviour.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Where an upload's bytes are.
    pub(crate) fn spool_file(&self, recording: &str) -> PathBuf {
        self.spool.join(recording)
    }
}
