//! How far an operation is, and what it is doing.

/// What an operation is doing, and the unit of its progress.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProgressPhase {
    /// Nothing that can be measured yet.
    #[default]
    Starting,
    /// Sending the recording; in bytes.
    Uploading,
    /// Being transcribed; in milliseconds of audio.
    Processing,
    /// Fetching or converting a model; in bytes.
    Installing,
    /// A person has to log in first: [`Operation::login`] says where. Nothing to measure.
    LoginRequired,
}

impl ProgressPhase {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Uploading => "uploading",
            Self::Processing => "processing",
            Self::Installing => "installing",
            Self::LoginRequired => "login_required",
        }
    }
}

/// How far an operation is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub phase: ProgressPhase,
    /// How much of it is done, in the unit of the phase.
    pub done: u64,
    /// How much there is; 0: not known.
    pub total: u64,
}
