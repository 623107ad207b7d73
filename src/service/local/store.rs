//! The recordings of one client and what became of them, in memory. A recognition runs for as long as its entry is
//! kept: deleted, or gone with the client, it ends.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

use super::engine::Engine;
use super::recognition::{self, Speech};
use crate::error::{Error, ErrorKind, Result};
use crate::recording::{Recording, RecordingDetails, RecordingPage, RecordingStatus};
use crate::runtime::sync::Mutex;
use crate::service::{PageRequest, no_recording};
use crate::transcript::Transcript;

/// What is to be recognised, by whom.
pub(super) struct Job {
    pub(super) engine: Arc<Engine>,
    pub(super) speech: Speech,
}

/// A recording at one moment.
#[derive(Clone)]
pub(super) struct State {
    pub(super) recording: Recording,
    pub(super) transcript: Option<Transcript>,
    /// How much of the sound is done.
    pub(super) percent: u32,
}

/// A recording in the store.
pub(super) struct Entry {
    state: watch::Sender<State>,
    stop: Arc<AtomicBool>,
}

impl Entry {
    pub(super) fn state(&self) -> State {
        self.state.borrow().clone()
    }

    pub(super) fn recording(&self) -> Recording {
        self.state.borrow().recording.clone()
    }

    pub(super) fn changes(&self) -> watch::Receiver<State> {
        self.state.subscribe()
    }

    /// Ends the recognition; the recording is failed then, unless it was done.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Release);
    }

    fn update(&self, change: impl FnOnce(&mut RecordingDetails)) {
        self.state.send_modify(|state| {
            let mut details = (*state.recording).clone();
            change(&mut details);
            details.raw_status = details.status.name().to_owned();
            state.recording = Recording::new(details);
        });
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.stop();
    }
}

#[derive(Default)]
pub(super) struct Store {
    next_id: AtomicU64,
    entries: Mutex<BTreeMap<u64, Arc<Entry>>>,
}

impl Store {
    /// Takes a recording in and starts its recognition. Runs inside the library's runtime.
    pub(super) fn begin(self: Arc<Self>, name: String, size: u64, job: Job) -> Recording {
        let number = self.next_id.fetch_add(1, Ordering::Relaxed) + 1;
        let created =
            SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
        let recording = Recording::new(RecordingDetails {
            id: format!("local-{number}"),
            name,
            status: RecordingStatus::Queued,
            raw_status: RecordingStatus::Queued.name().to_owned(),
            failure: String::new(),
            created_at_ms: created,
            duration_ms: Some(job.speech.sound.duration_ms),
            size,
        });
        let state = State { recording: recording.clone(), transcript: None, percent: 0 };
        let stop = Arc::new(AtomicBool::new(false));
        let entry = Arc::new(Entry { state: watch::Sender::new(state), stop: stop.clone() });
        // The task does not keep the entry: a deleted recording ends its recognition.
        let running = Running { entry: Arc::downgrade(&entry), stop: stop.clone() };
        self.entries.lock().insert(number, entry);
        let id = recording.id.clone();
        tokio::spawn(async move {
            let (begun, ongoing) = (running.entry.clone(), running.entry.clone());
            let begin = move || {
                if let Some(entry) = begun.upgrade() {
                    entry.update(|details| details.status = RecordingStatus::Processing);
                }
            };
            let progress = move |percent| {
                if let Some(entry) = ongoing.upgrade() {
                    entry.state.send_modify(|state| state.percent = percent);
                }
            };
            let outcome = recognition::run(job.engine, job.speech, stop, &id, begin, progress).await;
            running.finish(outcome);
        });
        recording
    }

    pub(super) fn get(&self, id: &str) -> Result<Arc<Entry>> {
        let number = number_of(id).ok_or_else(|| no_recording(id))?;
        self.entries.lock().get(&number).cloned().ok_or_else(|| no_recording(id))
    }

    pub(super) fn delete(&self, id: &str) -> Result<()> {
        let number = number_of(id).ok_or_else(|| no_recording(id))?;
        let removed = self.entries.lock().remove(&number);
        removed.map(drop).ok_or_else(|| no_recording(id))
    }

    /// The newest first.
    pub(super) fn page(&self, page: PageRequest) -> RecordingPage {
        let entries = self.entries.lock();
        let newest_first = entries.values().rev().map(|entry| entry.recording());
        let offset = usize::try_from(page.offset).unwrap_or(usize::MAX);
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let recordings = newest_first.skip(offset).take(limit).collect();
        RecordingPage { recordings, total: Some(entries.len() as u64) }
    }
}

/// A recognition under way. Dropped before its end (the library is shut down) it stops computing, and the recording has
/// failed: nobody waits for ever.
struct Running {
    entry: Weak<Entry>,
    stop: Arc<AtomicBool>,
}

impl Running {
    fn finish(&self, outcome: Result<Transcript>) {
        if let Some(entry) = self.entry.upgrade() {
            entry.finish(outcome);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        self.finish(Err(Error::cancelled()));
    }
}

impl Entry {
    /// Only the first outcome counts.
    fn finish(&self, outcome: Result<Transcript>) {
        if self.recording().status.is_final() {
            return;
        }
        match outcome {
            Ok(transcript) => {
                self.state.send_modify(|state| {
                    state.transcript = Some(transcript);
                    state.percent = 100;
                });
                self.update(|details| details.status = RecordingStatus::Ready);
            }
            Err(error) => self.update(|details| {
                details.status = RecordingStatus::Failed;
                details.failure = match error.kind() {
                    ErrorKind::Cancelled => "the recognition was stopped".to_owned(),
                    _ => error.to_string(),
                };
            }),
        }
    }
}

fn number_of(id: &str) -> Option<u64> {
    id.strip_prefix("local-")?.parse().ok()
}
