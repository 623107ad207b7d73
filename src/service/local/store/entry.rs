//! A recording that this process works on: its state as it changes, for whoever follows it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

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
    /// The recognition has ended, and the recording has not: its outcome could not be kept, or it goes on later.
    pub(super) setback: Option<Error>,
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
    /// How often it was put off before.
    put_off: u32,
    /// When it is to be taken up again.
    again_at: Mutex<Option<Instant>>,
}

impl Entry {
    pub(super) fn new(recording: Recording) -> Arc<Self> {
        Self::after(0, recording)
    }

    /// The entry of a recording that was put off so often.
    pub(super) fn after(put_off: u32, recording: Recording) -> Arc<Self> {
        let state = State { recording, transcript: None, percent: 0, setback: None };
        Arc::new(Self {
            state: watch::Sender::new(state),
            stop: Arc::default(),
            abandoned: AtomicBool::new(false),
            running: AtomicBool::new(true),
            outcome: Mutex::default(),
            put_off,
            again_at: Mutex::default(),
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
        self.state.send_modify(|state| state.setback = Some(because));
    }

    /// Puts it off, and tells whoever follows why. Gives the time until it is taken up again.
    pub(super) fn put_off(&self, because: Error) -> Duration {
        let pause = pause_after(self.put_off);
        *self.again_at.lock() = Instant::now().checked_add(pause);
        self.state.send_modify(|state| state.setback = Some(because));
        pause
    }

    /// When it is to be taken up again, if it was put off.
    pub(super) fn again_at(&self) -> Option<Instant> {
        *self.again_at.lock()
    }

    /// How often it was put off, this time included.
    pub(super) fn times_put_off(&self) -> u32 {
        self.put_off + u32::from(self.again_at().is_some())
    }

    #[cfg(test)]
    pub(super) fn let_it_be_due(&self) {
        *self.again_at.lock() = Some(Instant::now());
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

/// How long a recording is put off that was so often before: what is wrong with the machine may be put right soon, and if
/// it is not, trying must not take all of its time.
fn pause_after(put_off: u32) -> Duration {
    const FIRST: Duration = Duration::from_secs(60);
    const LONGEST: Duration = Duration::from_secs(60 * 60);
    FIRST.saturating_mul(2u32.saturating_pow(put_off)).min(LONGEST)
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
        if let Some(error) = state.setback {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        assert_eq!(
            [0, 1, 5, 6, u32::MAX].map(|times| pause_after(times).as_secs()),
            [60, 120, 1920, 3600, 3600]
        );
    }
}
