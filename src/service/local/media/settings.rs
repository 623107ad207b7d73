//! What a caller decides of the decoding.

use std::path::PathBuf;

use super::check_format;
use super::error::MediaError;
use super::pcm::Encoding;

/// Bounds on what is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest recording, in milliseconds.
    pub max_duration_ms: i64,
}

impl Default for Limits {
    /// A day.
    fn default() -> Self {
        Self { max_duration_ms: 24 * 60 * 60 * 1000 }
    }
}

/// What becomes of a recording's channels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Channels {
    /// Averaged into one lane.
    #[default]
    Mix,
    /// A lane each.
    Split,
}

/// The form of samples that have no header.
#[derive(Clone, Copy, Debug)]
pub struct RawFormat {
    pub(super) encoding: Encoding,
    pub(super) rate: u32,
    pub(super) channels: u16,
}

impl RawFormat {
    /// `None` for an encoding that has no such name; an error for a rate or a number of channels that is not taken.
    pub fn new(encoding: &str, rate: u32, channels: u16) -> Option<Result<Self, MediaError>> {
        let encoding = Encoding::RAW.into_iter().find(|known| known.raw_name() == encoding)?;
        let format = super::Format { codec: encoding.codec(), rate, channels };
        Some(check_format(format).map(|()| Self { encoding, rate, channels }))
    }
}

/// How to decode.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Bounds.
    pub limits: Limits,
    /// One lane, or one a channel.
    pub channels: Channels,
    /// The input is samples and nothing else, of this form.
    pub raw: Option<RawFormat>,
    /// Where an input that must be read out of order and cannot seek is put meanwhile.
    pub spool_dir: PathBuf,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            channels: Channels::default(),
            raw: None,
            spool_dir: std::env::temp_dir(),
        }
    }
}
