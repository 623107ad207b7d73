//! The recordings of the local service and what became of them: in memory, where they end with the client, or in a
//! folder (`data_dir`), where they outlive the process. Here is what is kept, where, for how long and under whose
//! hands. How speech becomes words is no business of this folder; nor is any format of media.

mod archive;
mod entry;
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

use crate::database;
use crate::error::{Error, ErrorKind};
use crate::recording::{Recording, RecordingStatus};
use crate::service::no_recording;

/// The database of a store. `tiro` stands in its header.
const DATABASE: database::Kind = database::Kind {
    noun: "the store",
    application_id: 0x7469_726f,
    migrations: &[
        "
    CREATE TABLE recordings (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        size INTEGER NOT NULL,
        created_at_ms INTEGER NOT NULL,
        duration_ms INTEGER,
        status TEXT NOT NULL,
        failure_kind TEXT NOT NULL DEFAULT '',
        failure TEXT NOT NULL DEFAULT '',
        options TEXT NOT NULL,
        model BLOB NOT NULL,
        owner TEXT,
        media_copy TEXT,
        media_path BLOB,
        media_size INTEGER,
        media_modified_ns INTEGER
    ) STRICT;
    CREATE INDEX unfinished ON recordings (owner) WHERE owner IS NOT NULL;
    CREATE INDEX by_age ON recordings (created_at_ms);
    CREATE TABLE transcripts (
        number INTEGER PRIMARY KEY REFERENCES recordings (number) ON DELETE CASCADE,
        document TEXT NOT NULL
    ) STRICT;
",
        "
    ALTER TABLE recordings ADD COLUMN failed_attempts INTEGER NOT NULL DEFAULT 0;
",
    ],
    elsewhere: "name another folder as data_dir",
};

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
