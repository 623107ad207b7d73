//! A recording of any format, decoded piece by piece.

use super::containers::{Adts, Matroska, Ogg};
use super::error::MediaError;
use super::flac::Flac;
use super::input::{Input, MediaInput};
use super::lanes::Lanes;
use super::mp3::Mp3;
use super::mp4::Mp4;
use super::packets::Packets;
use super::pcm::{aiff, raw, wav};
use super::resample::Resampler;
use super::settings::Settings;
use super::sniff::{self, Kind};
use super::{Format, Progress, RATE};

/// Steps without a sample before a file is given up. An encoder's delay takes up to 8.
const MAX_IDLE: u32 = 64;

enum Track {
    Samples(raw::Samples),
    Flac(Flac),
    Mp3(Mp3),
    Ogg(Packets<Ogg>),
    Matroska(Packets<Matroska>),
    Adts(Packets<Adts>),
    Mp4(Box<Packets<Mp4>>),
}

impl Track {
    fn format(&self) -> Format {
        match self {
            Self::Samples(track) => track.format(),
            Self::Flac(track) => track.format(),
            Self::Mp3(track) => track.format(),
            Self::Ogg(track) => track.format(),
            Self::Matroska(track) => track.format(),
            Self::Adts(track) => track.format(),
            Self::Mp4(track) => track.format(),
        }
    }

    fn next(&mut self, out: &mut Lanes) -> Result<Progress, MediaError> {
        match self {
            Self::Samples(track) => track.next(out),
            Self::Flac(track) => track.next(out),
            Self::Mp3(track) => track.next(out),
            Self::Ogg(track) => track.next(out),
            Self::Matroska(track) => track.next(out),
            Self::Adts(track) => track.next(out),
            Self::Mp4(track) => track.next(out),
        }
    }
}

/// A recording that is decoded piece by piece.
pub struct Decoder {
    track: Track,
    format: Format,
    /// Samples of one step, at the source's rate.
    lanes: Lanes,
    /// One a lane.
    resamplers: Vec<Resampler>,
    source_frames: u64,
    produced: u64,
    max_duration_ms: i64,
    idle: u32,
    ended: bool,
}

impl Decoder {
    /// Reads as far as the first sample.
    ///
    /// `hint` is a file extension, if one is known; the content decides. `keep_going` is asked now and then; when it
    /// answers false the result is [`MediaError::Stopped`]. It is not asked while the input blocks.
    pub fn open(
        input: Box<dyn MediaInput>,
        hint: Option<&str>,
        settings: &Settings,
        keep_going: &mut dyn FnMut() -> bool,
    ) -> Result<Self, MediaError> {
        let input = Input::new(input);
        let track = match settings.raw {
            Some(raw) => Track::Samples(raw::Samples::headerless(input, raw)?),
            None => open_track(input, hint, settings, keep_going)?,
        };
        let format = track.format();
        let lanes = Lanes::new(settings.channels, format.channels)?;
        let resamplers = Resampler::several(format.rate, lanes.lanes().len());
        Ok(Self {
            track,
            format,
            lanes,
            resamplers,
            source_frames: 0,
            produced: 0,
            max_duration_ms: settings.limits.max_duration_ms,
            idle: 0,
            ended: false,
        })
    }

    /// How many lanes [`Decoder::next_chunk`] fills: one, or one for each channel.
    pub fn lanes(&self) -> usize {
        self.resamplers.len()
    }

    /// Appends the next samples to `out`, which has as many lanes as there are: 16 kHz, from a few milliseconds to a
    /// second of them, now and then none, and the same number to each. False when the recording is over, and nothing was
    /// appended.
    ///
    /// An error comes after everything that could be decoded before it has been appended, and ends
    /// the recording.
    pub fn next_chunk(&mut self, out: &mut [Vec<f32>]) -> Result<bool, MediaError> {
        if self.ended {
            return Ok(false);
        }
        let before = out.first().map_or(0, Vec::len);
        self.lanes.clear();
        let step = self.track.next(&mut self.lanes);
        self.source_frames += self.lanes.frames() as u64;
        let more = matches!(step, Ok(Progress::More | Progress::Idle));
        for ((resampler, lane), out) in self.resamplers.iter_mut().zip(self.lanes.lanes()).zip(&mut *out) {
            resampler.push(lane, out);
            if !more {
                resampler.finish(out);
            }
        }
        self.ended = !more;
        let produced = out.first().map_or(0, Vec::len) - before;
        self.produced += produced as u64;
        let progress = step?;
        self.check_progress(progress)?;
        if !more && self.produced == 0 {
            return Err(MediaError::NoAudio);
        }
        Ok(more || produced > 0)
    }

    fn check_progress(&mut self, progress: Progress) -> Result<(), MediaError> {
        let limit_ms = self.max_duration_ms;
        let limit = u64::try_from(limit_ms).unwrap_or(0);
        if self.produced > limit.saturating_mul(u64::from(RATE / 1000)) {
            self.ended = true;
            return Err(MediaError::TooLong { limit_ms });
        }
        self.idle = if progress == Progress::Idle { self.idle + 1 } else { 0 };
        if self.idle > MAX_IDLE {
            self.ended = true;
            return Err(MediaError::corrupt(format!(
                "no audio can be found in the data after {} ms",
                self.duration_ms()
            )));
        }
        Ok(())
    }

    /// The codec: `flac`, `mp3`, `vorbis`, `opus`, `aac`, `alac`, or a form of samples such as `pcm_s16le` and
    /// `pcm_mulaw`.
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
    settings: &Settings,
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
            Kind::Wav => Track::Samples(wav::open(input, keep_going)?),
            Kind::Aiff => Track::Samples(aiff::open(input, keep_going)?),
            Kind::Flac => Track::Flac(Flac::open(input, keep_going)?),
            Kind::Mp3 => Track::Mp3(Mp3::open(input, sure)?),
            Kind::Adts => Track::Adts(Adts::open(input, keep_going)?),
            Kind::Ogg => Track::Ogg(Ogg::open(input, keep_going)?),
            Kind::Matroska => Track::Matroska(Matroska::open(input, keep_going)?),
            Kind::Mp4 => Track::Mp4(Box::new(Mp4::open(input, &settings.spool_dir, keep_going)?)),
        });
    }
}
