//! The local service with its recordings in a folder. Here is what each verb of a service means for it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::archive::Archive;
use super::{entry, no_transcript, number_of, rows};
use crate::error::{Error, Result};
use crate::events::EventFeed;
use crate::following::tell_changes;
use crate::recording::{Recording, RecordingPage};
use crate::runtime::{ProgressPhase, blocking};
use crate::service::local::install::StopOnDrop;
use crate::service::local::listener::Listener;
use crate::service::local::recognition;
use crate::service::{Call, PageRequest, Service, ServiceFuture, no_recording};
use crate::source::Claim;
use crate::transcript::Transcript;

/// How often somebody who waits for another process's recording looks at it.
const FOLLOW_INTERVAL: Duration = Duration::from_millis(250);

pub(in super::super) struct Kept {
    path: PathBuf,
    listener: Arc<Listener>,
    archive: tokio::sync::OnceCell<Arc<Archive>>,
}

impl Kept {
    /// Opened at the first call. A relative path is completed now, as the working directory may change.
    pub(in super::super) fn new(path: &Path, listener: Listener) -> Result<Self> {
        let path = std::path::absolute(path).map_err(|error| Error::io("the working directory", &error))?;
        Ok(Self { path, listener: Arc::new(listener), archive: tokio::sync::OnceCell::new() })
    }

    /// Does something with the opened store, on a thread that may block.
    async fn with<R: Send + 'static>(
        &self,
        work: impl FnOnce(&Arc<Archive>) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        let open = || async {
            let (path, listener) = (self.path.clone(), self.listener.clone());
            blocking(move || Archive::open(&path, listener).map(Arc::new)).await?
        };
        let archive = self.archive.get_or_try_init(open).await?.clone();
        blocking(move || {
            archive.resume()?;
            work(&archive)
        })
        .await?
    }

    /// Reads from the opened store, and looks on the way whether somebody died and left work.
    async fn read<R: Send + 'static>(
        &self,
        work: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<R> + Send + 'static,
    ) -> Result<R> {
        self.with(move |archive| {
            // What is there can be read where nothing can be written.
            if let Err(error) = archive.look() {
                crate::log::debug!("local", "the store could not be looked through: {error}");
            }
            archive.database.read(work)
        })
        .await
    }

    async fn take_in(&self, call: &Call, source: Claim) -> Result<Recording> {
        // What would fail after a long upload should fail before it.
        self.with(|_| Ok(())).await?;
        let engine = self.listener.engine(&call.options).await?;
        let room = recognition::room().await;
        let (stop, call) = (StopOnDrop::default(), call.clone());
        let stopped = stop.flag.clone();
        let accepted = self.with(move |archive| archive.accept(engine, &call, source, room, &stopped));
        let (recording, running, work) = accepted.await?;
        running.start(work);
        Ok(recording)
    }

    async fn follow(&self, call: &Call, id: &str) -> Result<Recording> {
        let number = number_of(id).ok_or_else(|| no_recording(id))?;
        let mut known: Option<Recording> = None;
        let mut seen = None;
        loop {
            let before = seen;
            let look = self.with(move |archive| {
                let version = archive.look()?;
                // Before the row: what ends in between is told by one or the other.
                let here = archive.entry(number).map(|entry| entry.changes());
                let row = match before == Some(version) {
                    true => None,
                    false => Some(archive.database.read(|rows| rows::recording(rows, number))?),
                };
                Ok((version, row, here))
            });
            let (version, row, here) = look.await?;
            seen = Some(version);
            if let Some(row) = row {
                known = row;
            }
            let recording = known.as_ref().ok_or_else(|| no_recording(id))?;
            if recording.status.is_final() {
                return Ok(recording.clone());
            }
            let total = recording.duration_ms.unwrap_or(0).unsigned_abs();
            match here {
                None => {
                    call.reporter.progress(ProgressPhase::Processing, 0, total);
                    tokio::time::sleep(FOLLOW_INTERVAL).await;
                }
                Some(changes) => {
                    if let Some(result) = entry::follow(changes, &call.reporter).await {
                        return result;
                    }
                    // It has left this process's hands: what the database says counts.
                    seen = None;
                }
            }
        }
    }

    async fn fetch(&self, id: &str) -> Result<Transcript> {
        let number = number_of(id).ok_or_else(|| no_recording(id))?;
        let both =
            self.read(move |rows| Ok((rows::recording(rows, number)?, rows::transcript(rows, number)?)));
        let (recording, document) = both.await?;
        let recording = recording.ok_or_else(|| no_recording(id))?;
        let document = document.ok_or_else(|| no_transcript(&recording))?;
        self.with(move |archive| {
            Transcript::from_json(&document)
                .map_err(|error| archive.database.corrupt(&format!("a transcript in it is {error}")))
        })
        .await
    }
}

impl Service for Kept {
    fn upload<'a>(&'a self, call: &'a Call, source: Claim) -> ServiceFuture<'a, Recording> {
        Box::pin(self.take_in(call, source))
    }

    fn recording<'a>(&'a self, _call: &'a Call, id: &'a str) -> ServiceFuture<'a, Recording> {
        Box::pin(async move {
            let number = number_of(id).ok_or_else(|| no_recording(id))?;
            let row = self.read(move |rows| rows::recording(rows, number));
            row.await?.ok_or_else(|| no_recording(id))
        })
    }

    fn recordings<'a>(&'a self, _call: &'a Call, page: PageRequest) -> ServiceFuture<'a, RecordingPage> {
        Box::pin(self.read(move |rows| rows::page(rows, page)))
    }

    fn follow<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, Recording> {
        Box::pin(self.follow(call, id))
    }

    fn events<'a>(&'a self, call: &'a Call, feed: EventFeed) -> ServiceFuture<'a, ()> {
        Box::pin(tell_changes(move |page| self.recordings(call, page), feed))
    }

    fn transcript<'a>(&'a self, _call: &'a Call, id: &'a str) -> ServiceFuture<'a, Transcript> {
        Box::pin(self.fetch(id))
    }

    fn delete<'a>(&'a self, _call: &'a Call, id: &'a str) -> ServiceFuture<'a, ()> {
        Box::pin(async move {
            let number = number_of(id).ok_or_else(|| no_recording(id))?;
            let deleted = self.with(move |archive| archive.delete(number)).await?;
            if deleted { Ok(()) } else { Err(no_recording(id)) }
        })
    }

    fn purge<'a>(&'a self, _call: &'a Call) -> ServiceFuture<'a, ()> {
        Box::pin(self.with(|archive| archive.purge()))
    }

    fn abandon(&self, id: &str) {
        let entry = self
            .archive
            .get()
            .zip(number_of(id))
            .and_then(|(archive, number)| Some((archive, archive.entry(number)?)));
        if let Some((archive, entry)) = entry {
            entry.abandon();
            archive.set_interrupted();
        }
    }

    fn may_upload_again(&self) -> bool {
        true
    }

    fn identity(&self) -> String {
        self.path.display().to_string()
    }
}
