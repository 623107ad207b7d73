//! A job in the hands of whoever works on it: each change is written before it counts.

use std::sync::Arc;

use secrecy::SecretString;

use super::journal::{self, Hold, Journal};
use super::record::{Record, Step, Stop};
use crate::error::{Error, Result};
use crate::instant::now_ms;
use crate::runtime::sync::Mutex;
use crate::service::{ServiceFuture, UploadLog};

pub(super) struct Ledger {
    journal: Arc<dyn Journal>,
    record: Arc<Mutex<Record>>,
    /// One change at a time: parts of an upload may end side by side.
    changing: Arc<tokio::sync::Mutex<()>>,
    hold: Arc<Hold>,
}

impl Ledger {
    pub(super) fn new(journal: Arc<dyn Journal>, record: Record, hold: Hold) -> Self {
        Self { journal, record: Arc::new(Mutex::new(record)), changing: Arc::default(), hold: Arc::new(hold) }
    }

    pub(super) fn now(&self) -> Record {
        self.record.lock().clone()
    }

    pub(super) fn step(&self) -> Step {
        self.record.lock().step
    }

    pub(super) fn is_durable(&self) -> bool {
        self.journal.is_durable()
    }

    /// Changes what is remembered. A change that could not be written was not made.
    pub(super) async fn change(&self, change: impl FnOnce(&mut Record)) -> Result<()> {
        let changing = self.changing.clone().lock_owned().await;
        let mut changed = self.now();
        change(&mut changed);
        changed.changed_at_ms = now_ms();
        // The job stays in these hands until the write has ended, also where nobody waits for it any more: a late one must
        // not go over what the next has written.
        let (record, hold) = (self.record.clone(), self.hold.clone());
        let save = move |journal: &dyn Journal| {
            let _held = (hold, changing);
            journal.save(&changed)?;
            changed.revision += 1;
            *record.lock() = changed;
            Ok(())
        };
        journal::with(&self.journal, save).await
    }

    /// Writes what is about to be done, by a request that reaches the service, if ever, within `arrival_ms`. Where this
    /// fails, it must not be done.
    pub(super) async fn intend(&self, step: Step, arrival_ms: i64) -> Result<()> {
        self.change(|record| {
            record.step = step;
            record.intended_at_ms = now_ms();
            record.arrives_by_ms = record.intended_at_ms.saturating_add(arrival_ms);
            record.stop = None;
        })
        .await
    }

    /// Writes what was done.
    pub(super) async fn reach(&self, step: Step) -> Result<()> {
        self.change(|record| {
            record.step = step;
            record.stop = None;
        })
        .await
    }

    /// Notes what ended the run; an intent that surely came to nothing is taken back. What cannot be written is left as it
    /// is: the next run finds a step of unknown outcome, and asks.
    pub(super) async fn stop(&self, error: &Error, came_to_nothing: bool) {
        let stop = Stop::of(error);
        let noted = self.change(|record| {
            if came_to_nothing {
                record.step = record.step.undone();
            }
            record.stop = Some(stop);
        });
        if let Err(error) = noted.await {
            crate::log::warn!("job", "the end of a job's run could not be noted: {error}");
        }
    }

    /// Forgets the job, as nobody can go on with it or want it again.
    pub(super) fn forget_at_once(&self) {
        let _ = self.journal.remove(&self.record.lock());
    }
}

impl UploadLog for Ledger {
    fn kept(&self) -> Option<SecretString> {
        self.record.lock().checkpoint.clone()
    }

    fn keep<'a>(&'a self, recording_id: &'a str, checkpoint: SecretString) -> ServiceFuture<'a, ()> {
        Box::pin(self.change(move |record| {
            record.step = Step::UploadingParts;
            record.stop = None;
            record.recording_id = recording_id.to_owned();
            record.checkpoint = Some(checkpoint);
        }))
    }
}
