//! MP3: what its frames and an optional Xing, Info or VBRI header say about its length.
//!
//! The stream has no length of its own. Players skip what they cannot decode, and so does this; a
//! frame that was found and cannot be decoded becomes silence, so that times after it stay right.

use symphonia::core::codecs::audio::well_known::CODEC_ID_MP3;
use symphonia::core::errors::Error as CodecError;
use symphonia::core::formats::{FormatOptions, FormatReader};
use symphonia::default::formats::MpaReader;

use super::coded::{Codec, Coded, Library, Mpa, OpenError, Step};
use super::error::{MediaError, found_of_declared};
use super::input::Input;
use super::lanes::Lanes;
use super::{Format, Progress, check_format};

/// Bytes that may pass without a frame before the caller is asked again. Frames are under 3 kB.
const BUDGET: u64 = 1 << 20;

pub(super) struct Mp3 {
    coded: Coded<Library>,
    format: Format,
    /// Frames declared by the header, encoder delay and padding included.
    declared: Option<u64>,
    /// Samples the encoder put before the recording, and after it.
    delay: u64,
    padding: u64,
    /// Samples seen so far, delay and padding included.
    position: u64,
    lost: u64,
    why: Option<String>,
}

impl Mp3 {
    /// Finds the first frame. `sure` says that the start of the input looked like one.
    pub(super) fn open(input: Input, sure: bool) -> Result<Self, MediaError> {
        let mut found = None;
        let (reader, decoder) = Library::open(Vec::new(), input, BUDGET, |stream| {
            let reader = MpaReader::try_new(stream, FormatOptions::default())?;
            let params = reader
                .tracks()
                .first()
                .and_then(|track| track.codec_params.as_ref())
                .and_then(|params| params.audio())
                .ok_or(CodecError::DecodeError("mp3: no audio"))?;
            if params.codec != CODEC_ID_MP3 {
                return Err(CodecError::Unsupported("MPEG audio layer I or II"));
            }
            found = Some(Format {
                codec: "mp3",
                rate: params.sample_rate.unwrap_or(0),
                channels: params.channels.as_ref().map_or(0, |c| c.count() as u16),
            });
            let decoder = Mpa::new(params)?;
            Ok((Box::new(reader), Codec::mpa(decoder)))
        })
        .map_err(|error| match error {
            OpenError::Failed(error) => error,
            OpenError::NoPacket(why) if sure => {
                MediaError::corrupt(format!("not one whole MP3 frame in it ({why})"))
            }
            OpenError::NoPacket(_) => MediaError::unsupported("this file: no MP3 frame was found in it"),
        })?;
        let format = found.ok_or_else(|| MediaError::corrupt("no MP3 frame was found"))?;
        check_format(format)?;
        let (frames, delay, padding) = reader.lengths();
        Ok(Self {
            coded: Coded::new(reader, decoder, None),
            format,
            declared: frames.map(|frames| frames.saturating_add(delay + padding)),
            delay,
            padding,
            position: 0,
            lost: 0,
            why: None,
        })
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Appends the next samples.
    pub(super) fn next(&mut self, out: &mut Lanes) -> Result<Progress, MediaError> {
        let (frames, damaged) = match self.coded.next()? {
            Step::Decoded { .. } => (self.coded.frames() as u64, false),
            Step::Damaged { length, why, .. } => {
                // A frame has 1152 samples at most.
                let frames = length.min(1152);
                self.lost += frames;
                self.why.get_or_insert(why);
                (frames, true)
            }
            Step::Starved => return Ok(Progress::Idle),
            Step::Foreign | Step::Restarted | Step::Continued { .. } => return Ok(Progress::More),
            Step::End => return self.finish(),
        };
        let end = self.declared.unwrap_or(u64::MAX);
        // What is kept: from the delay to the padding, and what stands behind the padding.
        for kept in [self.delay..end - self.padding, end..u64::MAX] {
            let within = |at: u64| at.clamp(self.position, self.position + frames) - self.position;
            let (start, stop) = (within(kept.start) as usize, within(kept.end) as usize);
            if damaged {
                out.silence(stop.saturating_sub(start));
            } else if start < stop {
                let channels = self.coded.spec.channels;
                out.interleaved(&self.coded.samples[start * channels..stop * channels], channels);
            }
        }
        self.position += frames;
        Ok(Progress::More)
    }

    fn finish(&self) -> Result<Progress, MediaError> {
        let packets = self.coded.packets.max(1);
        let frame = (self.position / packets).max(1);
        let mut lost = self.lost / frame;
        let mut expected = packets;
        if let Some(declared) = self.declared {
            let missing = declared.saturating_sub(self.position).div_ceil(frame);
            // Frames lost in the middle left their bytes behind; frames cut off the end did not.
            // The header itself takes about the bytes of one frame, and some encoders count it.
            let average = (self.coded.packet_bytes / packets).max(1);
            let junk = self.coded.demuxer.bytes_read().saturating_sub(self.coded.packet_bytes) / average;
            if missing > junk.max(1) {
                return Err(MediaError::truncated(found_of_declared(
                    self.position.saturating_sub(self.delay),
                    declared - self.delay - self.padding,
                    self.format.rate,
                )));
            }
            if missing > 1 {
                lost += missing;
                expected += missing;
            }
        }
        if lost * 2 > expected {
            return Err(MediaError::corrupt(format!(
                "{lost} of its {expected} MP3 frames cannot be decoded ({})",
                self.why.as_deref().unwrap_or("their headers are gone")
            )));
        }
        Ok(Progress::End)
    }
}
