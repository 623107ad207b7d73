//! The recordings of the local service and what became of them: in memory, where they end with the client, or in a
//! folder (`data_dir`), where they outlive the process. Here is what is kept, where, for how long and under whose
//! hands. How speech becomes words is no business of this folder; nor is any format of media.

mod archive;
mod database;
mod entry;
mod failure;
mod folder;
mod kept;
mod media;
mod memory;
mod owner;
mod rows;
mod running;

#[cfg(test)]
mod tests;

pub(super) use kept::Kept;
pub(super) use memory::Memory;

use crate::error::{Error, ErrorKind};
use crate::recording::{Recording, RecordingStatus};
use crate::service::no_recording;

fn id_of(number: i64) -> String {
    format!("local-{number}")
}

fn number_of(id: &str) -> Option<i64> {
    let number = id.strip_prefix("local-")?.parse().ok()?;
    // One id, one recording: no other way to write the number.
    (id_of(number) == id && number > 0).then_some(number)
}

/// Why a recording has no transcript.
fn no_transcript(recording: &Recording) -> Error {
    let id = recording.id.as_str();
    if recording.status == RecordingStatus::Failed {
        return crate::job::ready(recording.clone()).err().unwrap_or_else(|| no_recording(id));
    }
    let message = format!("recording {id} is {}: its transcript is not there yet", recording.status.name());
    Error::new(ErrorKind::NotReady, message).with_recording_id(id)
}

/// Why a recognition came to nothing, for a person.
fn failure_text(error: &Error) -> String {
    match error.kind() {
        ErrorKind::Cancelled => "the recognition was stopped".to_owned(),
        _ => error.to_string(),
    }
}
