//! The local service: a recogniser on this machine, with no account and no network. It is a service like any other:
//! recordings with statuses in a store, transcripts, delete. The store is in memory and ends with the client.

mod cpu;
mod engine;
mod install;
mod media;
mod media_options;
mod model;
mod models;
mod recognition;
mod store;

use std::sync::Arc;

use super::{Call, PageRequest, Service, ServiceFuture, no_recording};
use crate::client::Embedding;
use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;
use crate::recording::{Recording, RecordingPage, RecordingStatus};
use crate::runtime::{ProgressPhase, blocking};
use crate::source::Claim;
use crate::transcript::Transcript;
use engine::Engine;
use install::StopOnDrop;
pub use install::install_model;
pub use model::{INSTALLABLE, Installable, ModelPackage, PackageFile};
use recognition::Speech;
use store::{Job, Store};

pub(super) struct Local {
    options: Options,
    embedding: Embedding,
    engine: Arc<tokio::sync::OnceCell<Arc<Engine>>>,
    store: Arc<Store>,
}

impl Local {
    pub(super) fn open(options: &Options, embedding: Embedding) -> Self {
        Self {
            options: options.clone(),
            embedding,
            engine: Arc::new(tokio::sync::OnceCell::new()),
            store: Arc::new(Store::default()),
        }
    }

    /// The model, loaded at the first use and kept with the client.
    async fn engine(&self) -> Result<Arc<Engine>> {
        let load = || async {
            let (options, embedding) = (self.options.clone(), self.embedding);
            blocking(move || models::engine(&options, embedding)).await?
        };
        self.engine.get_or_try_init(load).await.cloned()
    }

    async fn take_in(&self, call: &Call, source: Claim) -> Result<Recording> {
        // First of all: what would fail after a long upload should fail before it.
        let engine = self.engine().await?;
        let language = models::language(&call.options, &engine)?;
        let threads = recognition::threads(call.options.integer("threads"));
        let settings = media_options::settings(&call.options)?;
        let name = source.name().to_owned();
        let (stop, reporter) = (StopOnDrop::default(), call.reporter.clone());
        let stopped = stop.flag.clone();
        let read = move || recognition::read_sound(source, &settings, &reporter, &stopped);
        let (sound, size) = blocking(read).await??;
        let job = Job { engine, speech: Speech { sound, language, threads } };
        Ok(self.store.clone().begin(name, size, job))
    }
}

impl Service for Local {
    fn upload<'a>(&'a self, call: &'a Call, source: Claim) -> ServiceFuture<'a, Recording> {
        Box::pin(self.take_in(call, source))
    }

    fn recording<'a>(&'a self, _call: &'a Call, id: &'a str) -> ServiceFuture<'a, Recording> {
        Box::pin(async move { self.store.get(id).map(|entry| entry.recording()) })
    }

    fn recordings<'a>(&'a self, _call: &'a Call, page: PageRequest) -> ServiceFuture<'a, RecordingPage> {
        Box::pin(async move { Ok(self.store.page(page)) })
    }

    fn follow<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, Recording> {
        Box::pin(async move {
            let mut changes = self.store.get(id)?.changes();
            loop {
                let state = changes.borrow_and_update().clone();
                if state.recording.status.is_final() {
                    return Ok(state.recording);
                }
                let total = state.recording.duration_ms.unwrap_or(0).unsigned_abs();
                call.reporter.progress(
                    ProgressPhase::Processing,
                    total * u64::from(state.percent) / 100,
                    total,
                );
                // The sender lives in the entry: it goes when the recording is deleted.
                changes.changed().await.map_err(|_| no_recording(id))?;
            }
        })
    }

    fn transcript<'a>(&'a self, _call: &'a Call, id: &'a str) -> ServiceFuture<'a, Transcript> {
        Box::pin(async move {
            let state = self.store.get(id)?.state();
            match (state.transcript, state.recording.status) {
                (Some(transcript), _) => Ok(transcript),
                (None, RecordingStatus::Failed) => {
                    crate::job::ready(state.recording).and(Err(no_recording(id)))
                }
                (None, status) => {
                    let message =
                        format!("recording {id} is {}: its transcript is not there yet", status.name());
                    Err(Error::new(ErrorKind::NotReady, message).with_recording_id(id))
                }
            }
        })
    }

    fn delete<'a>(&'a self, _call: &'a Call, id: &'a str) -> ServiceFuture<'a, ()> {
        Box::pin(async move { self.store.delete(id) })
    }

    fn abandon(&self, id: &str) {
        if let Ok(entry) = self.store.get(id) {
            entry.stop();
        }
    }
}
