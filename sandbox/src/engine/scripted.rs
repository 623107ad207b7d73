//! The scripted engine: a transcript and a course of statuses that were given beforehand.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Work, document};
use crate::app::App;
use crate::state::{Change, Status};

const TEXT: &str = "This transcript was written beforehand.\nIt does not come from the recording.";
const EVERY_ATTRIBUTE: &str = include_str!("every_attribute.json");

/// What the scripted engine does to a recording.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Script {
    /// How long each status lasts.
    pub pace_ms: u64,
    /// The statuses that follow the upload. One that is none of the vendor's is sent as it is.
    pub statuses: Vec<String>,
    /// What is said, a line a segment, with two speakers in turn.
    pub text: Option<String>,
    /// The transcript as the vendor writes it, in place of `text`. The word `every_attribute` is a sample with each of
    /// the vendor's attributes.
    pub transcript: Option<Value>,
    /// Length of the recording.
    pub track_ms: i64,
}

impl Default for Script {
    fn default() -> Self {
        let statuses = [
            Status::Converting,
            Status::Uploaded,
            Status::InRecognitionQueue,
            Status::Recognizing,
            Status::ReadyForCorrection,
        ];
        Self {
            pace_ms: 50,
            statuses: statuses.map(|status| status.code().to_owned()).to_vec(),
            text: None,
            transcript: None,
            track_ms: 60_000,
        }
    }
}

impl Script {
    pub(super) fn check(&self) -> Result<(), String> {
        match &self.transcript {
            Some(Value::String(name)) if name != "every_attribute" => {
                Err(format!("there is no sample {name:?} of a transcript; there is every_attribute"))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn document(&self) -> String {
        match &self.transcript {
            Some(Value::String(_)) => EVERY_ATTRIBUTE.to_owned(),
            Some(document) => document.to_string(),
            None => document::of_text(self.text.as_deref().unwrap_or(TEXT)),
        }
    }
}

pub(super) async fn run(app: &App, work: &Work, script: &Script) {
    let document = script.document();
    for status in &script.statuses {
        tokio::time::sleep(Duration::from_millis(script.pace_ms)).await;
        let mut change = Change { track_ms: Some(script.track_ms), ..Change::default() };
        if Status::has_text(status) {
            change.words = Some(document::count_words(&document));
            if work.set_transcript(app, &document).is_err() {
                return;
            }
        }
        if status == Status::CorrectingBy.code() {
            change.corrector_name = Some("A corrector".to_owned());
        }
        if !work.set_status(app, status, &change).unwrap_or(false) {
            return;
        }
    }
}
