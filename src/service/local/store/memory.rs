//! The recordings of one client, in memory. A recognition runs for as long as its entry is kept: deleted, or gone with
//! the client, it ends.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use super::entry::{self, Entry};
use super::{id_of, no_transcript, number_of};
use crate::error::{Error, Result};
use crate::events::EventFeed;
use crate::following::tell_changes;
use crate::instant::now_ms;
use crate::recording::{Recording, RecordingDetails, RecordingPage, RecordingStatus};
use crate::runtime::blocking;
use crate::runtime::sync::Mutex;
use crate::service::local::install::StopOnDrop;
use crate::service::local::listener::{self, Job, Listener};
use crate::service::local::recognition;
use crate::service::{Call, PageRequest, Service, ServiceFuture, no_recording};
use crate::source::Claim;
use crate::transcript::Transcript;

pub(in super::super) struct Memory {
    listener: Listener,
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    last_number: i64,
    by_number: BTreeMap<i64, Arc<Entry>>,
}

impl Memory {
    pub(in super::super) fn new(listener: Listener) -> Self {
        Self { listener, entries: Mutex::default() }
    }

    async fn take_in(&self, call: &Call, source: Claim) -> Result<Recording> {
        let engine = self.listener.engine(&call.options).await?;
        let room = recognition::room().await;
        let name = source.name().to_owned();
        let (stop, call) = (StopOnDrop::default(), call.clone());
        let stopped = stop.flag.clone();
        let (job, size) =
            blocking(move || listener::hear(engine, &call.options, source, room, &call.reporter, &stopped))
                .await??;
        Ok(self.begin(name, size, job))
    }

    fn begin(&self, name: String, size: u64, job: Job) -> Recording {
        let mut entries = self.entries.lock();
        entries.last_number += 1;
        let number = entries.last_number;
        let recording = Recording::new(RecordingDetails {
            id: id_of(number),
            name,
            status: RecordingStatus::Queued,
            raw_status: RecordingStatus::Queued.name().to_owned(),
            failure: String::new(),
            created_at_ms: now_ms(),
            duration_ms: Some(job.speech.sound.duration_ms),
            size,
            ..Default::default()
        });
        let entry = Entry::new(recording.clone());
        // The task does not keep the entry: a deleted recording ends its recognition.
        let running = Running(Arc::downgrade(&entry));
        let stop = entry.stop_flag();
        entries.by_number.insert(number, entry);
        drop(entries);
        let id = recording.id.clone();
        tokio::spawn(async move {
            let (begun, ongoing) = (running.0.clone(), running.0.clone());
            let begin = move || {
                if let Some(entry) = begun.upgrade() {
                    entry.begin();
                }
            };
            let progress = move |percent| {
                if let Some(entry) = ongoing.upgrade() {
                    entry.progress(percent);
                }
            };
            let outcome = recognition::run(job.engine, job.speech, stop, &id, begin, progress).await;
            running.finish(outcome);
        });
        recording
    }

    fn get(&self, id: &str) -> Result<Arc<Entry>> {
        let entry = number_of(id).and_then(|number| self.entries.lock().by_number.get(&number).cloned());
        entry.ok_or_else(|| no_recording(id))
    }
}

impl Service for Memory {
    fn upload<'a>(&'a self, call: &'a Call, source: Claim) -> ServiceFuture<'a, Recording> {
        Box::pin(self.take_in(call, source))
    }

    fn recording<'a>(&'a self, _call: &'a Call, id: &'a str) -> ServiceFuture<'a, Recording> {
        Box::pin(async move { self.get(id).map(|entry| entry.recording()) })
    }

    /// The newest first.
    fn recordings<'a>(&'a self, _call: &'a Call, page: PageRequest) -> ServiceFuture<'a, RecordingPage> {
        Box::pin(async move {
            let entries = self.entries.lock();
            let newest_first = entries.by_number.values().rev().map(|entry| entry.recording());
            let offset = usize::try_from(page.offset).unwrap_or(usize::MAX);
            let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
            let recordings = newest_first.skip(offset).take(limit).collect();
            Ok(RecordingPage { recordings, total: Some(entries.by_number.len() as u64) })
        })
    }

    fn follow<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, Recording> {
        Box::pin(async move {
            let changes = self.get(id)?.changes();
            entry::follow(changes, &call.reporter).await.unwrap_or_else(|| Err(no_recording(id)))
        })
    }

    fn events<'a>(&'a self, call: &'a Call, feed: EventFeed) -> ServiceFuture<'a, ()> {
        Box::pin(tell_changes(move |page| self.recordings(call, page), feed))
    }

    fn transcript<'a>(&'a self, _call: &'a Call, id: &'a str) -> ServiceFuture<'a, Transcript> {
        Box::pin(async move {
            let state = self.get(id)?.state();
            state.transcript.ok_or_else(|| no_transcript(&state.recording))
        })
    }

    fn delete<'a>(&'a self, _call: &'a Call, id: &'a str) -> ServiceFuture<'a, ()> {
        Box::pin(async move {
            let removed = number_of(id).and_then(|number| self.entries.lock().by_number.remove(&number));
            removed.map(drop).ok_or_else(|| no_recording(id))
        })
    }

    fn purge<'a>(&'a self, _call: &'a Call) -> ServiceFuture<'a, ()> {
        Box::pin(async move {
            let removed = std::mem::take(&mut self.entries.lock().by_number);
            drop(removed);
            Ok(())
        })
    }

    fn abandon(&self, id: &str) {
        if let Ok(entry) = self.get(id) {
            entry.abandon();
        }
    }

    fn may_upload_again(&self) -> bool {
        true
    }

    fn ends_with_client(&self) -> bool {
        true
    }
}

/// A recognition under way. Dropped before its end (the library is shut down) it stops computing, and the recording has
/// failed: nobody waits for ever.
struct Running(Weak<Entry>);

impl Running {
    fn finish(&self, outcome: Result<Transcript>) {
        if let Some(entry) = self.0.upgrade() {
            entry.finish(outcome);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(entry) = self.0.upgrade() {
            entry.abandon();
            entry.finish(Err(Error::cancelled()));
        }
    }
}
