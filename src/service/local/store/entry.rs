//! A recording that this process works on: its state as it changes, for whoever follows it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use super::failure_text;
use crate::error::{Error, Result};
use crate::recording::{Recording, RecordingDetails, RecordingStatus};
use crate::runtime::sync::Mutex;
use crate::runtime::{ProgressPhase, Reporter};
use crate::transcript::Transcript;

/// A recording at one moment.
#[derive(Clone)]
pub(super) struct State {
    pub(super) recording: Recording,
    pub(super) transcript: Option<Transcript>,
    /// How much of the sound is done.
    pub(super) percent: u32,
    /// The recognition has ended, but what it gave could not be kept.
    pub(super) unkept: Option<Error>,
}

/// A recording under work. Dropped, its recognition ends.
pub(super) struct Entry {
    state: watch::Sender<State>,
    stop: Arc<AtomicBool>,
    abandoned: AtomicBool,
    /// Whether a task works on it.
    running: AtomicBool,
    /// What could not be kept, for another try.
    outcome: Mutex<Option<Result<Transcript>>>,
}

impl Entry {
    pub(super) fn new(recording: Recording) -> Arc<Self> {
        let state = State { recording, transcript: None, percent: 0, unkept: None };
        Arc::new(Self {
            state: watch::Sender::new(state),
            stop: Arc::default(),
            abandoned: AtomicBool::new(false),
            running: AtomicBool::new(true),
            outcome: Mutex::default(),
        })
    }

    pub(super) fn state(&self) -> State {
        self.state.borrow().clone()
    }

    pub(super) fn recording(&self) -> Recording {
        self.state.borrow().recording.clone()
    }

    pub(super) fn changes(&self) -> watch::Receiver<State> {
        self.state.subscribe()
    }

    /// Raised when the computing is to end.
    pub(super) fn stop_flag(&self) -> Arc<AtomicBool> {
        self.stop.clone()
    }

    /// Nobody wants it any more: the recognition ends, and the recording has failed, unless it was done.
    pub(super) fn abandon(&self) {
        self.abandoned.store(true, Ordering::Release);
        self.stop.store(true, Ordering::Release);
    }

    pub(super) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Acquire)
    }

    pub(super) fn is_running(&self) -> bool {
        self.running.load(Ordering::Acquire)
    }

    pub(super) fn set_ended(&self) {
        self.running.store(false, Ordering::Release);
    }

    pub(super) fn begin(&self) {
        self.update(|details| details.status = RecordingStatus::Processing);
    }

    pub(super) fn progress(&self, percent: u32) {
        self.state.send_modify(|state| state.percent = percent);
    }

    /// Only the first outcome counts.
    pub(super) fn finish(&self, outcome: Result<Transcript>) {
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
                details.failure = failure_text(&error);
            }),
        }
    }

    /// Holds on to an outcome that could not be kept, and tells whoever follows why.
    pub(super) fn hold(&self, outcome: Result<Transcript>, because: Error) {
        *self.outcome.lock() = Some(outcome);
        self.state.send_modify(|state| state.unkept = Some(because));
    }

    /// The outcome that waits for another try.
    pub(super) fn take_held(&self) -> Option<Result<Transcript>> {
        self.outcome.lock().take()
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
        self.stop.store(true, Ordering::Release);
    }
}

/// Follows a recording to its end; `None` if it is gone from here. Does not keep the entry.
pub(super) async fn follow(
    mut changes: watch::Receiver<State>,
    reporter: &Reporter,
) -> Option<Result<Recording>> {
    loop {
        let state = changes.borrow_and_update().clone();
        if let Some(error) = state.unkept {
            return Some(Err(error.with_recording_id(&state.recording.id)));
        }
        if state.recording.status.is_final() {
            return Some(Ok(state.recording));
        }
        let total = state.recording.duration_ms.unwrap_or(0).unsigned_abs();
        reporter.progress(ProgressPhase::Processing, total * u64::from(state.percent) / 100, total);
        // The sender lives in the entry: it goes when the recording is deleted.
        changes.changed().await.ok()?;
    }
}
