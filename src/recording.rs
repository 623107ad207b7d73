//! Recordings as a service knows them, with the service's own status beside the normalised one.

mod arrow;

use std::sync::Arc;

/// Declares [`RecordingStatus`] with the numbers of the C ABI and the words of every other face.
macro_rules! status_table {
    ($($(#[$default:ident])? $status:ident = $number:literal, $name:literal, $doc:literal;)+) => {
        /// Where a recording is on its way, the same for every service.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum RecordingStatus { $(#[doc = $doc] $(#[$default])? $status = $number,)+ }

        impl RecordingStatus {
            /// Every status, in the order of the numbers.
            pub const ALL: &[RecordingStatus] = &[$(RecordingStatus::$status),+];

            /// The word for it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$status => $name,)+ }
            }

            /// What it means.
            pub fn doc(self) -> &'static str {
                match self { $(Self::$status => $doc,)+ }
            }
        }
    };
}

status_table! {
    #[default] Unknown = 0, "unknown", "A status of the service that tiro does not know. Never final.";
    Uploading = 1, "uploading", "The recording is on its way to the service.";
    Queued = 2, "queued", "The service has it and has not begun.";
    Processing = 3, "processing", "The service is transcribing.";
    NeedsAction = 4, "needs_action", "The service waits for somebody to act.";
    Ready = 5, "ready", "The transcript can be fetched.";
    Failed = 6, "failed", "There will be no transcript.";
}

impl RecordingStatus {
    /// The status of a word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|status| status.name() == name)
    }

    /// Whether waiting longer changes nothing.
    pub fn is_final(self) -> bool {
        matches!(self, Self::NeedsAction | Self::Ready | Self::Failed)
    }
}

/// What is known of a recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordingDetails {
    /// The service's id.
    pub id: String,
    /// The file name.
    pub name: String,
    /// Where it is on its way.
    pub status: RecordingStatus,
    /// The service's own word for the status.
    pub raw_status: String,
    /// Why it failed or waits; `""` otherwise.
    pub failure: String,
    /// When the service got it, in Unix milliseconds.
    pub created_at_ms: i64,
    /// Length of the sound in milliseconds, if known.
    pub duration_ms: Option<i64>,
    /// Size in bytes.
    pub size: u64,
    /// When its status changed last, in Unix milliseconds, if the service says so.
    pub changed_at_ms: Option<i64>,
    /// Who is editing it in the service's own pages; `""`: nobody, as far as is known.
    pub editor: String,
    /// The service's own description of it, as JSON; `""` where the service has none.
    pub raw: String,
}

/// A recording as it was when the service was asked. Immutable, cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    details: Arc<RecordingDetails>,
}

impl Recording {
    /// A recording of these details.
    pub fn new(details: RecordingDetails) -> Self {
        Self { details: Arc::new(details) }
    }
}

impl std::ops::Deref for Recording {
    type Target = RecordingDetails;

    fn deref(&self) -> &RecordingDetails {
        &self.details
    }
}

/// A page of recordings, newest first unless the service orders otherwise.
#[derive(Clone, Debug, Default)]
pub struct RecordingPage {
    /// The recordings of this page.
    pub recordings: Arc<[Recording]>,
    /// How many the service has in all, if it says so.
    pub total: Option<u64>,
}
