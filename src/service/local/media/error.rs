//! What can go wrong with a recording, each case worded for the person who has to act on it.

use std::io;

/// Why a recording could not be decoded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// The input has no bytes at all.
    #[error("the recording is empty (0 bytes): check that it was written or uploaded completely")]
    Empty,
    /// The file is well formed and holds no samples.
    #[error("the recording holds no audio (0 samples): there is nothing to transcribe")]
    NoAudio,
    /// A format, codec or parameter that is not decoded here.
    #[error("cannot decode {what}: convert the recording to WAV, FLAC, MP3, Opus or AAC")]
    Unsupported {
        /// The format or codec, named as far as it was recognised.
        what: String,
    },
    /// The format is a known one and the content breaks its rules.
    #[error("the recording is damaged: {what}")]
    Corrupt {
        /// What is broken, and where if that is known.
        what: String,
    },
    /// The recording stops before the end that its own header declares.
    #[error(
        "the recording is cut short: {what}; copy it again, or repair its header if it was recorded live"
    )]
    Truncated {
        /// How much was found and how much was declared.
        what: String,
    },
    /// The recording is longer than [`Limits`](super::Limits) allow.
    #[error("the recording is longer than the limit of {limit_ms} ms: split it or raise the limit")]
    TooLong {
        /// The limit, in milliseconds.
        limit_ms: i64,
    },
    /// The input itself failed; the error is the reader's own, kind included.
    #[error("the recording could not be read: {0}")]
    Read(#[source] io::Error),
    /// What had to be put aside of an input that cannot seek could not be.
    #[error("the recording could not be put aside for reading: {0}")]
    Spool(#[source] io::Error),
    /// `keep_going` answered false.
    #[error("decoding was stopped on request")]
    Stopped,
}

impl MediaError {
    pub(super) fn unsupported(what: impl Into<String>) -> Self {
        Self::Unsupported { what: what.into() }
    }

    pub(super) fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt { what: what.into() }
    }

    pub(super) fn truncated(what: impl Into<String>) -> Self {
        Self::Truncated { what: what.into() }
    }
}

/// "1.5 s of 60.0 s (24000 of 960000 samples)", for the message of a recording that was cut.
pub(super) fn found_of_declared(found: u64, declared: u64, rate: u32) -> String {
    let seconds = |frames: u64| frames as f64 / f64::from(rate.max(1));
    format!(
        "decoded {:.1} s of {:.1} s declared ({found} of {declared} samples a channel)",
        seconds(found),
        seconds(declared)
    )
}
