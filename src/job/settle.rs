//! Steps whose outcome is not known: what somebody has looked up of them, and what is asked of whoever has to look.

use serde_json::json;

use super::record::{Record, Step};
use super::run::{Halt, Run};
use crate::error::{Error, ErrorKind};
use crate::options::Options;

/// The option `settle`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Settled {
    NotDone,
    Done,
    /// It was, and this is what it made.
    Made(String),
}

impl Settled {
    /// What is said of a job: an answer to the question that it stopped with, and to no later one. The same program, run
    /// once more after that, must not give its answer a second time.
    pub(super) fn of_job(options: &Options, job: &Record) -> Option<Self> {
        let stopped = job.stop.as_ref()?;
        let is_asked = job.step == Step::UploadingParts || stopped.kind() == Some(ErrorKind::NeedsAction);
        if is_asked { Self::of(options) } else { None }
    }

    fn of(options: &Options) -> Option<Self> {
        Some(match options.text("settle") {
            nothing if nothing.is_empty() => return None,
            word if word == "not_done" => Self::NotDone,
            word if word == "done" => Self::Done,
            id => Self::Made(id),
        })
    }
}

impl Run {
    pub(super) async fn settle_upload(&mut self) -> Result<(), Halt> {
        match self.settled.take() {
            Some(settled) => self.upload_as_settled(settled).await,
            None => {
                let name = self.ledger.now().source.name;
                let asked = "it is not known whether the service took the recording in: its answer was lost";
                let look = format!(
                    "look for {name:?} in the service's list; if it is there, resume the job with settle=<its id>, else with \
                     settle=not_done"
                );
                Err(self.unknown("upload", asked, &look).into())
            }
        }
    }

    pub(super) async fn upload_as_settled(&mut self, settled: Settled) -> Result<(), Halt> {
        let known = self.ledger.now().recording_id;
        match settled {
            Settled::Made(id) => self.uploaded(&id).await,
            Settled::Done if !known.is_empty() => self.uploaded(&known).await,
            Settled::Done => Err(id_missing("recording").into()),
            Settled::NotDone => Ok(self.ledger.change(Record::begin_again).await?),
        }
    }

    /// That nobody knows whether a step was done, and how to find out.
    pub(super) fn unknown(&self, step: &str, asked: &str, look: &str) -> Error {
        let record = self.ledger.now();
        let detail = json!({
            "unknown": step,
            "since_ms": record.intended_at_ms,
            "source_name": record.source.name,
            "recording_id": record.recording_id,
            "order_id": record.order_id(),
        });
        Error::new(ErrorKind::NeedsAction, asked).with_hint(look).with_detail(detail.to_string())
    }
}

pub(super) fn id_missing(of: &str) -> Error {
    Error::new(ErrorKind::Argument, format!("settle=done does not say which {of} was made"))
        .with_hint(format!("settle=<the id of the {of}>"))
}
