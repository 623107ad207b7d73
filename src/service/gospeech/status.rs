//! The twelve statuses of a record (spec: 6), and what each means for whoever waits.

use crate::recording::RecordingStatus::{
    self, Failed, NeedsAction, Processing, Queued, Ready, Unknown, Uploading,
};

/// The vendor's code, its meaning, and what it is to a waiter. The codes are documented, the meanings are assumed.
pub const GOSPEECH_STATUSES: &[(&str, RecordingStatus)] = &[
    ("initial", Uploading),
    ("uploading", Uploading),
    ("converting", Queued),
    ("uploaded", Queued),
    ("uploadedAndRequireAction", NeedsAction),
    ("cutting", Queued),
    ("inRecognitionQueue", Queued),
    ("recognizing", Processing),
    ("recognitionFailed", Failed),
    ("readyForCorrection", Ready),
    ("correctingBy", Ready),
    ("ready", Ready),
];

/// The status of a code; one that the vendor added since is unknown, and never final.
pub(super) fn status_of(code: &str) -> RecordingStatus {
    let known = GOSPEECH_STATUSES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code));
    known.map_or(Unknown, |(_, status)| *status)
}
