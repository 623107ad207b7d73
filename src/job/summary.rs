//! Jobs as a program is told of them.

use serde::{Deserialize, Serialize};

use super::record::{Record, Step};
use crate::error::{Error, ErrorKind};
use crate::order::Price;

/// A job as it was when the journal was asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// By which it is resumed and forgotten.
    pub id: String,
    /// The caller's own key (option `job_key`); `""`: the key was made of the source and the settings.
    pub key: String,
    /// The service.
    pub service: String,
    /// The name of the recording.
    pub name: String,
    /// Where the recording lies, if it is a file that was given by its path.
    pub path: Option<String>,
    /// `running`, `stopped`, `needs_action`, `confirm_required`, `ready` or `failed`.
    pub state: String,
    /// What was done last, or was about to be done: docs/jobs.md has the words.
    pub step: String,
    /// The service's id of the recording, or `""`.
    pub recording_id: String,
    /// The service's id of the order, or `""`.
    pub order_id: String,
    /// What the order costs, as it was read last.
    pub quote: Option<Price>,
    /// The error that stopped it, such as `TIRO_E_TIMEOUT`, or `""`.
    pub error: String,
    /// What happened, for a person, or `""`.
    pub message: String,
    /// What to do about it, or `""`.
    pub hint: String,
    /// When it was begun, in Unix milliseconds.
    pub created_at_ms: i64,
    /// When it went on last, in Unix milliseconds.
    pub changed_at_ms: i64,
}

impl Job {
    pub(super) fn of(record: &Record, is_running: bool) -> Self {
        let stop = record.stop.as_ref().filter(|_| !is_running);
        let text = |field: fn(&super::record::Stop) -> &String| stop.map(field).cloned().unwrap_or_default();
        let state = match (is_running, record.step, stop.and_then(|stop| stop.kind())) {
            (true, ..) => "running",
            (_, Step::Ready, _) => "ready",
            (_, Step::Failed, _) => "failed",
            (_, _, Some(ErrorKind::NeedsAction)) => "needs_action",
            (_, _, Some(ErrorKind::ConfirmRequired | ErrorKind::QuoteChanged)) => "confirm_required",
            _ => "stopped",
        };
        Self {
            id: record.id.clone(),
            key: record.key.strip_prefix("given:").unwrap_or_default().to_owned(),
            service: record.whose.service.clone(),
            name: record.source.name.clone(),
            path: record.source.path.as_ref().map(|path| path.to_string_lossy().into_owned()),
            state: state.to_owned(),
            step: record.step.name().to_owned(),
            recording_id: record.recording_id.clone(),
            order_id: record.order_id().to_owned(),
            quote: record.order.as_ref().and_then(|order| order.price.clone()),
            error: text(|stop| &stop.error),
            message: text(|stop| &stop.message),
            hint: text(|stop| &stop.hint),
            created_at_ms: record.created_at_ms,
            changed_at_ms: record.changed_at_ms,
        }
    }
}

/// What became of a job that was resumed with others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobOutcome {
    /// As it is now.
    pub job: Job,
    /// The error that stopped it again, such as `TIRO_E_CONFIRM_REQUIRED`; `""`: none did.
    pub error: String,
    /// What happened, for a person, or `""`.
    pub message: String,
    /// What to do about it, or `""`.
    pub hint: String,
    /// What the service said beyond its code, as a JSON object (docs/errors.md), or `""`.
    pub detail: String,
}

impl JobOutcome {
    pub(super) fn new(job: Job, error: Option<Error>) -> Self {
        let text = |field: fn(&Error) -> &str| error.as_ref().map(field).unwrap_or_default().to_owned();
        Self {
            job,
            error: text(|error| error.kind().entry().name),
            message: text(Error::message),
            hint: text(Error::hint),
            detail: text(Error::detail),
        }
    }
}
