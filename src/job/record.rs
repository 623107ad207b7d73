//! What is remembered of a job.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::facts::SourceFacts;
use crate::error::{Error, ErrorKind};
use crate::order::Order;

/// Declares [`Step`] with the words that a journal has for it.
macro_rules! steps {
    ($($(#[doc = $doc:literal])+ $step:ident = $name:literal;)+) => {
        /// How far a job is: what was done last, or was about to be done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Step { $($(#[doc = $doc])+ $step,)+ }

        impl Step {
            #[cfg(test)]
            pub(super) const ALL: &[Step] = &[$(Self::$step),+];

            pub(super) fn name(self) -> &'static str {
                match self { $(Self::$step => $name,)+ }
            }

            pub(super) fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$step),)+ _ => None }
            }
        }
    };
}

steps! {
    /// Nothing was sent.
    Begun = "begun";
    /// The one request of an upload was about to be sent.
    Uploading = "uploading";
    /// An upload is under way whose service knows how to go on with it.
    UploadingParts = "uploading_parts";
    /// The service has the recording.
    Uploaded = "uploaded";
    /// An order was about to be made.
    Ordering = "ordering";
    /// There is an order.
    Ordered = "ordered";
    /// The order says what is wanted.
    Configured = "configured";
    /// The order was about to be bought.
    Placing = "placing";
    /// The order is bought.
    Placed = "placed";
    /// The transcript can be fetched.
    Ready = "ready";
    /// There will be no transcript.
    Failed = "failed";
}

impl Step {
    /// Where an intent that surely came to nothing leaves the job.
    pub(super) fn undone(self) -> Self {
        match self {
            Self::Uploading => Self::Begun,
            Self::Ordering => Self::Uploaded,
            Self::Placing => Self::Configured,
            other => other,
        }
    }

    /// Whether somebody who reads this cannot know if it was done.
    #[cfg(test)]
    pub(super) fn is_intent(self) -> bool {
        self.undone() != self
    }

    /// Whether it takes the source to go on.
    pub(super) fn needs_source(self) -> bool {
        matches!(self, Self::Begun | Self::Uploading | Self::UploadingParts)
    }
}

/// Whose jobs: of one service and identity. Others' are neither seen nor touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Whose {
    pub(super) service: String,
    pub(super) identity: String,
}

/// A job. Its checkpoint is a secret, and shown to nobody.
#[derive(Clone, Debug)]
pub(super) struct Record {
    /// Its place in the journal, by which it is locked.
    pub(super) number: u32,
    pub(super) id: String,
    pub(super) whose: Whose,
    /// What it is known by; `""`: by its id alone.
    pub(super) key: String,
    /// The client that its recording ends with; `""`: it outlives clients.
    pub(super) client: String,
    pub(super) source: SourceFacts,
    /// What was given of the options of the call that began it.
    pub(super) options: BTreeMap<String, String>,
    pub(super) step: Step,
    /// When an intent was written, in Unix milliseconds.
    pub(super) intended_at_ms: i64,
    /// When no request of that intent can be on its way any more.
    pub(super) arrives_by_ms: i64,
    pub(super) recording_id: String,
    /// As it was read last.
    pub(super) order: Option<Order>,
    /// How far an upload in parts is, in the service's own form.
    pub(super) checkpoint: Option<SecretString>,
    /// What ended the last run, if it was an error.
    pub(super) stop: Option<Stop>,
    pub(super) created_at_ms: i64,
    pub(super) changed_at_ms: i64,
    /// How often it was changed: who writes has to know how it was, or was not alone with it.
    pub(super) revision: i64,
}

impl Record {
    pub(super) fn order_id(&self) -> &str {
        self.order.as_ref().map_or("", |order| &order.id)
    }

    /// Whether it can be found by more than its id.
    pub(super) fn is_keyed(&self) -> bool {
        !self.key.is_empty()
    }

    /// As it was before anything was sent.
    pub(super) fn begin_again(&mut self) {
        self.step = Step::Begun;
        self.recording_id.clear();
        self.order = None;
        self.checkpoint = None;
    }
}

/// The error that a run ended with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Stop {
    /// Such as `TIRO_E_NEEDS_ACTION`.
    pub(super) error: String,
    pub(super) message: String,
    pub(super) hint: String,
    pub(super) detail: String,
    pub(super) service_code: String,
    pub(super) http_status: Option<u16>,
}

impl Stop {
    pub(super) fn of(error: &Error) -> Self {
        Self {
            error: error.kind().entry().name.to_owned(),
            message: error.message().to_owned(),
            hint: error.hint().to_owned(),
            detail: error.detail().to_owned(),
            service_code: error.service_code().to_owned(),
            http_status: error.http_status(),
        }
    }

    pub(super) fn kind(&self) -> Option<ErrorKind> {
        ErrorKind::from_name(&self.error)
    }

    pub(super) fn to_error(&self) -> Error {
        let error = Error::new(self.kind().unwrap_or(ErrorKind::Failed), &self.message)
            .with_hint(&self.hint)
            .with_detail(&self.detail)
            .with_service_code(&self.service_code);
        match self.http_status {
            Some(status) => error.with_http_status(status),
            None => error,
        }
    }
}
