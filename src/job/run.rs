//! A run of a job: from wherever it is to its transcript, or to what stops it.

use std::time::Duration;

use super::ledger::Ledger;
use super::record::{Record, Step, Stop};
use super::settle::Settled;
use super::steps::{self, Abilities, Action};
use crate::backoff::backed_off;
use crate::client::CallContext;
use crate::error::{Error, ErrorKind, Result};
use crate::recording::{Recording, RecordingStatus};
use crate::source::Claim;
use crate::transcript::Transcript;

/// How long an outcome is tried to be written before it is given up as unknown.
const WRITING: Duration = Duration::from_secs(30);
const FIRST_PAUSE: Duration = Duration::from_millis(100);

pub(super) struct Run {
    pub(super) context: CallContext,
    pub(super) ledger: Ledger,
    source: Option<Claim>,
    /// What somebody has looked up of a step whose outcome is not known.
    pub(super) settled: Option<Settled>,
    ending: Ending,
}

#[derive(Clone, Copy, PartialEq)]
enum Ending {
    /// Whoever waited for it does so no more.
    Dropped,
    Stopped,
    Done,
}

/// What ended a step.
pub(super) struct Halt {
    error: Error,
    /// The service surely did nothing.
    came_to_nothing: bool,
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self { error, came_to_nothing: false }
    }
}

impl Halt {
    /// The failure of a request that was to change something.
    pub(super) fn of_request(error: Error) -> Self {
        Self { came_to_nothing: says_nothing_was_done(&error), error }
    }
}

impl Run {
    pub(super) fn new(context: CallContext, ledger: Ledger, source: Option<Claim>) -> Self {
        let settled = Settled::of_job(&context.call.options, &ledger.now());
        Self { context, ledger, source, settled, ending: Ending::Dropped }
    }

    /// Goes on to the transcript.
    pub(super) async fn transcript(mut self) -> Result<Transcript> {
        let outcome = async {
            self.until_ready().await?;
            let id = self.ledger.now().recording_id;
            Ok(self.context.transcript(&id).await.map_err(gone_since)?)
        };
        let outcome = outcome.await;
        self.ended(outcome).await
    }

    /// Goes on until the transcript can be fetched.
    pub(super) async fn ready(mut self) -> Result<()> {
        let outcome = self.until_ready().await;
        self.ended(outcome).await
    }

    async fn until_ready(&mut self) -> Result<(), Halt> {
        loop {
            match steps::next(self.ledger.step(), self.abilities()) {
                Action::Upload => self.upload().await?,
                Action::SettleUpload => self.settle_upload().await?,
                Action::CreateOrder => self.create_order().await?,
                Action::SettleOrder => self.settle_order().await?,
                Action::Configure => self.configure().await?,
                Action::Buy => self.buy().await?,
                Action::SettlePurchase => self.settle_purchase().await?,
                Action::Wait => self.wait().await?,
                Action::Fetch => return Ok(()),
                Action::Fail => return Err(self.failure().into()),
            }
        }
    }

    async fn ended<T>(&mut self, outcome: Result<T, Halt>) -> Result<T> {
        self.ending = if outcome.is_ok() { Ending::Done } else { Ending::Stopped };
        match outcome {
            Ok(result) => Ok(result),
            Err(halt) => Err(self.stopped(halt).await),
        }
    }

    fn abilities(&self) -> Abilities {
        let service = &self.context.service;
        Abilities { orders: service.orders().is_some(), may_upload_again: service.may_upload_again() }
    }

    async fn upload(&mut self) -> Result<(), Halt> {
        if self.ledger.step() == Step::UploadingParts
            && let Some(settled) = self.settled.take()
        {
            return self.upload_as_settled(settled).await;
        }
        let source = self.source.take().ok_or_else(|| {
            Error::new(
                ErrorKind::SourceChanged,
                "the recording has to be given again: its upload is not done",
            )
            .with_hint("resume the job with the same recording")
        })?;
        let recording = match self.context.service.resumable_upload() {
            Some(parts) => {
                let is_fetched = source.url().is_some();
                let upload = parts.upload(&self.context.call, source, &self.ledger);
                self.context.uploading(is_fetched, upload).await
            }
            None => {
                self.ledger.intend(Step::Uploading, self.arrival_ms()).await?;
                self.context.upload(source).await
            }
        };
        let recording = recording.map_err(Halt::of_request)?;
        self.uploaded(&recording.id).await
    }

    /// Within what time a request reaches the service, if ever, and is in its books: so long it is sent, and so long it may
    /// be in the service's hands.
    pub(super) fn arrival_ms(&self) -> i64 {
        self.context.call.options.integer("request_timeout_ms").saturating_mul(2)
    }

    /// The service has the recording.
    pub(super) async fn uploaded(&self, id: &str) -> Result<(), Halt> {
        let id = id.to_owned();
        let noted = self.note(Step::Uploaded, move |record| {
            record.recording_id.clone_from(&id);
            record.checkpoint = None;
            // It may be a secret, and is not asked for again.
            record.source.url = None;
        });
        Ok(noted.await?)
    }

    /// Writes an outcome. The service has done it: so a disk that is full for a while must not make it forgotten.
    pub(super) async fn note(&self, step: Step, change: impl Fn(&mut Record)) -> Result<()> {
        let started = tokio::time::Instant::now();
        let mut failures = 0;
        loop {
            let pause = backed_off(failures, FIRST_PAUSE, WRITING / 6);
            let written = self.ledger.change(|record| {
                record.step = step;
                record.stop = None;
                change(record);
            });
            match written.await {
                Err(error) if may_be_written_later(&error) && started.elapsed() + pause < WRITING => {
                    tokio::time::sleep(pause).await;
                    failures += 1;
                }
                outcome => return outcome,
            }
        }
    }

    async fn wait(&self) -> Result<(), Halt> {
        let id = self.ledger.now().recording_id;
        if let Some(orders) = self.context.service.orders() {
            orders.remember_placed(std::slice::from_ref(&id));
        }
        match self.context.wait(&id).await {
            Ok(_) => Ok(self.ledger.reach(Step::Ready).await?),
            Err(error) if is_final(error.kind()) => Err(self.fail(error).await),
            Err(error) => Err(error.into()),
        }
    }

    /// Ends the job with a failure.
    pub(super) async fn fail(&self, error: Error) -> Halt {
        let stop = Stop::of(&error);
        match self.ledger.change(|record| (record.step, record.stop) = (Step::Failed, Some(stop))).await {
            Ok(()) => error.into(),
            Err(unwritten) => unwritten.into(),
        }
    }

    /// The failure that the job ended with before.
    fn failure(&self) -> Error {
        let stop = self.ledger.now().stop;
        let error = stop.map(|stop| stop.to_error());
        error.unwrap_or_else(|| Error::new(ErrorKind::Failed, "the recording could not be transcribed"))
    }

    async fn stopped(&self, halt: Halt) -> Error {
        let Halt { error, came_to_nothing } = halt;
        if error.kind() != ErrorKind::Cancelled {
            self.ledger.stop(&error, came_to_nothing).await;
        }
        let record = self.ledger.now();
        let error = match error.recording_id() {
            "" => error.with_recording_id(&record.recording_id),
            _ => error,
        };
        match self.is_kept(&record) {
            true => error.with_job_id(&record.id),
            false => error,
        }
    }

    /// Whether somebody may want the job again. What is in memory and can neither be gone on with nor be found by a key is
    /// nothing to keep.
    fn is_kept(&self, record: &Record) -> bool {
        self.ledger.is_durable()
            || match self.ending {
                // What may be bought is not forgotten because nobody waits.
                Ending::Dropped => record.step == Step::Ordering || record.order.is_some(),
                Ending::Stopped => {
                    record.step != Step::Begun && (record.step != Step::Failed || record.is_keyed())
                }
                Ending::Done => record.is_keyed(),
            }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let record = self.ledger.now();
        if self.is_kept(&record) {
            return;
        }
        if self.ending == Ending::Dropped && !record.recording_id.is_empty() {
            self.context.service.abandon(&record.recording_id);
        }
        self.ledger.forget_at_once();
    }
}

/// A transcript that was there before, and is no more.
fn gone_since(error: Error) -> Error {
    match error.kind() {
        ErrorKind::NotFound if error.hint().is_empty() => {
            error.with_hint("it may have been deleted; force_new begins another job")
        }
        _ => error,
    }
}

/// Whether a failure says that the service did nothing, so that the same request may be sent again.
fn says_nothing_was_done(error: &Error) -> bool {
    if error.was_unsent_or_refused() {
        return true;
    }
    // What is left and is sure, too, failed before anything was sent, or was said by the service.
    !matches!(
        error.kind(),
        ErrorKind::Timeout
            | ErrorKind::Protocol
            | ErrorKind::Service
            | ErrorKind::NeedsAction
            | ErrorKind::Panic
            | ErrorKind::Cancelled
            | ErrorKind::State
            | ErrorKind::Forked
            | ErrorKind::Document
    )
}

/// Whether there will never be a transcript of this recording.
fn is_final(kind: ErrorKind) -> bool {
    kind.is_of_the_recording() || matches!(kind, ErrorKind::Failed | ErrorKind::Engine)
}

/// Whether a journal that could not be written may be written a little later.
fn may_be_written_later(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::DiskFull | ErrorKind::Io | ErrorKind::StoreBusy | ErrorKind::TooManyFiles
    )
}

/// A recording whose status is final, as a result: ready, or the error that it stands for.
pub(crate) fn ready(recording: Recording) -> Result<Recording> {
    match recording.status {
        RecordingStatus::Ready => Ok(recording),
        RecordingStatus::NeedsAction => {
            Err(stands_for(&recording, ErrorKind::NeedsAction, "waits for somebody to act"))
        }
        _ => Err(failed(&recording)),
    }
}

pub(super) fn failed(recording: &Recording) -> Error {
    stands_for(recording, ErrorKind::Failed, "could not be transcribed")
}

fn stands_for(recording: &Recording, kind: ErrorKind, what: &str) -> Error {
    let because = if recording.failure.is_empty() { &recording.raw_status } else { &recording.failure };
    Error::new(kind, format!("recording {} {what}: {because}", recording.id))
        .with_recording_id(&recording.id)
        .with_service_code(&recording.raw_status)
}
