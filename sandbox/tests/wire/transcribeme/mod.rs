//! TranscribeMe's half.

mod forms;
mod kept;
mod orders;
mod sign_in;
mod support;
mod transcripts;
mod uploads;
