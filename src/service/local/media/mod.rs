//! Decoding of a recording into what the recogniser takes: mono samples at 16 kHz.
//!
//! What lives here: telling the format from the content, reading WAV, FLAC and MP3, averaging the
//! channels, converting the rate, and saying precisely what is wrong with a file that does not
//! decode. What must not: recognition, the store, network sources, options; the folder depends on
//! nothing else of the crate. A recording is read forward once, in bounded memory, from any reader;
//! a hostile one can neither panic, nor loop, nor allocate by its header's claims.

mod coded;
mod error;
mod flac;
mod input;
mod mp3;
mod resample;
mod sniff;
#[cfg(test)]
mod tests;
mod wav;

pub use error::MediaError;
pub use input::MediaInput;

use input::Input;
use resample::Resampler;
use sniff::Kind;

/// The rate of all decoded audio, in Hz.
pub const RATE: u32 = 16_000;

/// Source rates that are accepted, in Hz. Speech needs more than the lower one; the upper one keeps
/// the filter's length in bounds.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=384_000;
/// The most channels that are averaged.
const MAX_CHANNELS: u16 = 64;
/// Steps without a sample before a file is given up. An encoder's delay takes up to 8.
const MAX_IDLE: u32 = 64;

/// Bounds on what is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest recording, in milliseconds. An hour of samples takes 230 MB.
    pub max_duration_ms: i64,
}

impl Default for Limits {
    /// Four hours.
    fn default() -> Self {
        Self { max_duration_ms: 4 * 60 * 60 * 1000 }
    }
}

/// A whole recording, decoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// Mono samples at [`RATE`], nominally within -1 and 1.
    pub samples: Vec<f32>,
    /// Length of the recording, in milliseconds.
    pub duration_ms: i64,
    /// The codec: `pcm_u8`, `pcm_s16le`, `pcm_s24le`, `pcm_s32le`, `pcm_f32le`, `pcm_f64le`,
    /// `pcm_mulaw`, `pcm_alaw`, `flac` or `mp3`.
    pub codec: String,
    /// Rate of the recording itself, in Hz.
    pub source_rate: u32,
    /// Channels of the recording itself.
    pub source_channels: u16,
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

/// Decodes all of `input`.
///
/// `hint` is a file extension, if one is known; the content decides. `keep_going` is asked several
/// times a second of audio; when it answers false the result is [`MediaError::Stopped`]. It is not
/// asked while the input blocks.
pub fn decode(
    input: Box<dyn MediaInput>,
    hint: Option<&str>,
    limits: &Limits,
    keep_going: &mut dyn FnMut() -> bool,
) -> Result<Decoded, MediaError> {
    let mut decoder = Decoder::open(input, hint, limits, keep_going)?;
    let mut samples = Vec::new();
    loop {
        if !keep_going() {
            return Err(MediaError::Stopped);
        }
        if !decoder.next_chunk(&mut samples)? {
            break;
        }
    }
    samples.shrink_to_fit();
    Ok(Decoded {
        samples,
        duration_ms: decoder.duration_ms(),
        codec: decoder.codec().to_owned(),
        source_rate: decoder.source_rate(),
        source_channels: decoder.source_channels(),
    })
}

enum Track {
    Wav(wav::Wav),
    Flac(flac::Flac),
    Mp3(mp3::Mp3),
}

/// A recording that is decoded piece by piece.
pub struct Decoder {
    track: Track,
    format: Format,
    resampler: Resampler,
    /// Mono samples of one step, at the source's rate.
    mono: Vec<f32>,
    source_frames: u64,
    produced: u64,
    max_duration_ms: i64,
    idle: u32,
    ended: bool,
}

impl Decoder {
    /// Reads as far as the first sample. The arguments are those of [`decode`].
    pub fn open(
        input: Box<dyn MediaInput>,
        hint: Option<&str>,
        limits: &Limits,
        keep_going: &mut dyn FnMut() -> bool,
    ) -> Result<Self, MediaError> {
        let track = open_track(Input::new(input), hint, keep_going)?;
        let format = match &track {
            Track::Wav(track) => track.format(),
            Track::Flac(track) => track.format(),
            Track::Mp3(track) => track.format(),
        };
        Ok(Self {
            track,
            format,
            resampler: Resampler::new(format.rate),
            mono: Vec::new(),
            source_frames: 0,
            produced: 0,
            max_duration_ms: limits.max_duration_ms,
            idle: 0,
            ended: false,
        })
    }

    /// Appends the next samples to `out`: 16 kHz mono, from a few milliseconds to a second of them,
    /// now and then none. False when the recording is over, and nothing was appended.
    ///
    /// An error comes after everything that could be decoded before it has been appended, and ends
    /// the recording.
    pub fn next_chunk(&mut self, out: &mut Vec<f32>) -> Result<bool, MediaError> {
        if self.ended {
            return Ok(false);
        }
        let before = out.len();
        self.mono.clear();
        let step = match &mut self.track {
            Track::Wav(track) => track.next(&mut self.mono),
            Track::Flac(track) => track.next(&mut self.mono),
            Track::Mp3(track) => track.next(&mut self.mono),
        };
        self.source_frames += self.mono.len() as u64;
        self.resampler.push(&self.mono, out);
        let more = matches!(step, Ok(true));
        if !more {
            self.ended = true;
            self.resampler.finish(out);
        }
        self.produced += (out.len() - before) as u64;
        step?;
        self.check_progress()?;
        if !more && self.produced == 0 {
            return Err(MediaError::NoAudio);
        }
        Ok(more || out.len() > before)
    }

    fn check_progress(&mut self) -> Result<(), MediaError> {
        let limit_ms = self.max_duration_ms;
        let limit = u64::try_from(limit_ms).unwrap_or(0);
        if self.produced > limit.saturating_mul(u64::from(RATE / 1000)) {
            self.ended = true;
            return Err(MediaError::TooLong { limit_ms });
        }
        self.idle = if self.mono.is_empty() { self.idle + 1 } else { 0 };
        if self.idle > MAX_IDLE {
            self.ended = true;
            return Err(MediaError::corrupt(format!(
                "no audio can be found in the data after {} ms",
                self.duration_ms()
            )));
        }
        Ok(())
    }

    /// The codec's name, as in [`Decoded::codec`].
    pub fn codec(&self) -> &'static str {
        self.format.codec
    }

    /// Rate of the recording itself, in Hz.
    pub fn source_rate(&self) -> u32 {
        self.format.rate
    }

    /// Channels of the recording itself.
    pub fn source_channels(&self) -> u16 {
        self.format.channels
    }

    /// Length of what was decoded so far, in milliseconds.
    pub fn duration_ms(&self) -> i64 {
        let rate = u128::from(self.format.rate);
        let ms = (u128::from(self.source_frames) * 2000 + rate) / (2 * rate);
        i64::try_from(ms).unwrap_or(i64::MAX)
    }
}

fn open_track(
    mut input: Input,
    hint: Option<&str>,
    keep_going: &mut dyn FnMut() -> bool,
) -> Result<Track, MediaError> {
    let mut tagged = false;
    loop {
        if !keep_going() {
            return Err(MediaError::Stopped);
        }
        let head = input.peek(sniff::HEAD).map_err(MediaError::Read)?;
        if head.is_empty() {
            return Err(if tagged {
                MediaError::truncated("the file ends after its ID3 tag, before any audio")
            } else {
                MediaError::Empty
            });
        }
        // Tags hold pictures of any size, in front of MP3 mostly, and sometimes of FLAC.
        if let Some(len) = sniff::id3v2_len(head) {
            tagged = true;
            if !input.skip(len, keep_going)? {
                return Err(MediaError::truncated("the file ends inside its ID3 tag, before any audio"));
            }
            continue;
        }
        let sure = tagged || head[0] == 0xff;
        return Ok(match sniff::identify(head, hint, tagged)? {
            Kind::Wav => Track::Wav(wav::Wav::open(input, keep_going)?),
            Kind::Flac => Track::Flac(flac::Flac::open(input, keep_going)?),
            Kind::Mp3 => Track::Mp3(mp3::Mp3::open(input, sure)?),
        });
    }
}
