//! Decoding of a recording into what the recogniser takes: samples at 16 kHz.
//!
//! What lives here: telling the format from the content, containers and codecs, laying channels out in lanes, converting
//! the rate, and saying precisely what is wrong with a file that does not decode. What must not: recognition, the store,
//! network sources, options; the folder depends on nothing else of the crate. A recording is read forward once, in bounded
//! memory, from any reader, and by position only where a container needs it; a hostile one can neither panic, nor loop, nor
//! allocate by its header's claims.

mod coded;
mod containers;
mod decoder;
mod error;
mod flac;
mod input;
mod lanes;
mod mp3;
mod mp4;
mod packets;
mod pcm;
mod resample;
mod settings;
mod sniff;
#[cfg(test)]
mod tests;
mod timeline;

pub use decoder::Decoder;
pub use error::MediaError;
pub use input::MediaInput;
pub use settings::{Channels, Limits, RawFormat, Settings};

/// The rate of all decoded audio, in Hz.
pub const RATE: u32 = 16_000;

/// Source rates that are accepted, in Hz. Speech needs more than the lower one; the upper one keeps
/// the filter's length in bounds.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=384_000;
/// The most channels that are averaged.
const MAX_CHANNELS: u16 = 64;

/// What a step through a recording came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// There is more, whether samples came or not.
    More,
    /// The input went on and nothing was found in it.
    Idle,
    End,
}

/// What a header says of its audio.
#[derive(Clone, Copy, Debug)]
struct Format {
    codec: &'static str,
    rate: u32,
    channels: u16,
}

fn check_format(format: Format) -> Result<(), MediaError> {
    if !RATES.contains(&format.rate) {
        return Err(MediaError::unsupported(format!(
            "a recording at {} Hz (from {} to {} Hz)",
            format.rate,
            RATES.start(),
            RATES.end()
        )));
    }
    if !(1..=MAX_CHANNELS).contains(&format.channels) {
        return Err(MediaError::unsupported(format!(
            "a recording of {} channels (from 1 to {MAX_CHANNELS})",
            format.channels
        )));
    }
    Ok(())
}
