//! The numbers that are the statuses of a recording.

use crate::state::Status;

pub(super) const UPLOADING: i64 = 0;
pub(super) const READY_TO_TRANSCRIBE: i64 = 1;
pub(super) const IN_PROGRESS: i64 = 2;
pub(super) const TRANSCRIBED: i64 = 3;
pub(super) const ERROR: i64 = 4;

pub(super) const NAMES: [(i64, &str); 5] = [
    (UPLOADING, "Uploading"),
    (READY_TO_TRANSCRIBE, "Ready to Transcribe"),
    (IN_PROGRESS, "In Progress"),
    (TRANSCRIBED, "Transcribed"),
    (ERROR, "Error"),
];

/// Of what an engine says: one of GoSpeech's words, or a number as it is.
pub(crate) fn of_engine(word: &str) -> i64 {
    match word.parse() {
        Ok(number) => number,
        Err(_) if Status::has_text(word) => TRANSCRIBED,
        Err(_) if word == Status::RecognitionFailed.code() => ERROR,
        Err(_) => IN_PROGRESS,
    }
}

/// Whether the transcript is there.
pub(crate) fn has_text(status: i64) -> bool {
    status == TRANSCRIBED
}
