//! The local service: a recogniser on this machine, with no account and no network. It is a service like any other:
//! recordings with statuses in a store, transcripts, delete. The store is in memory and ends with the client, or lies in
//! a folder of the caller's choice and outlives it.

mod cpu;
mod engine;
mod install;
mod listener;
mod media;
mod media_options;
mod model;
mod models;
mod recognition;
mod store;

use std::sync::Arc;

use super::Service;
use crate::client::Embedding;
use crate::error::Result;
use crate::options::Options;
pub use install::install_model;
use listener::Listener;
pub use model::{INSTALLABLE, Installable, ModelPackage, PackageFile};

/// The service, with the store that the options ask for. Does no I/O.
pub(super) fn open(options: &Options, embedding: Embedding) -> Result<Arc<dyn Service>> {
    let listener = Listener::new(options, embedding);
    Ok(match options.path("data_dir") {
        None => Arc::new(store::Memory::new(listener)),
        Some(path) => Arc::new(store::Kept::new(&path, listener)?),
    })
}
