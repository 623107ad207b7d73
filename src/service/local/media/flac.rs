//! FLAC: its header, and its timeline.
//!
//! Frames carry their position and a checksum, so damage shows as a hole. A hole becomes silence of
//! the same length, which keeps the times of all that follows right.

use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::errors::Error as CodecError;
use symphonia::core::formats::FormatOptions;
use symphonia::default::codecs::FlacDecoder;
use symphonia::default::formats::FlacReader;

use super::coded::{Codec, Coded, Library, OpenError, Step};
use super::error::{MediaError, found_of_declared};
use super::input::Input;
use super::lanes::Lanes;
use super::timeline::is_mostly_silence;
use super::{Format, Progress, check_format};

/// The longest frame the format allows is 16 MiB, and the library holds a few while it looks for
/// the end of one.
const BUDGET: u64 = 40 << 20;
/// The stream information block, always this long.
const INFO_LEN: usize = 34;
/// A header with more metadata blocks than this is no recording.
const MAX_BLOCKS: usize = 4096;
/// A hole longer than this is not patched, in seconds: a frame's position is only a claim.
const MAX_HOLE_S: u64 = 30;

pub(super) struct Flac {
    coded: Coded<Library>,
    format: Format,
    /// Frames declared; `None` when the encoder did not know.
    total: Option<u64>,
    /// Position after the last frame.
    position: u64,
    /// Of `position`, how much is silence in place of something lost.
    lost: u64,
    why: Option<String>,
    /// What the first frame's position is counted from, once seen.
    origin: Option<u64>,
    /// Silence that is still to be handed on, and what comes after it.
    hole: u64,
    held: Option<Held>,
}

/// What stands behind a hole.
enum Held {
    /// The frame that was decoded last.
    Decoded,
    /// So much silence in place of one that cannot be.
    Silence(u64),
}

impl Flac {
    /// Reads the header. The input starts with `fLaC`.
    ///
    /// Pictures, comments and cue sheets are dropped here: nobody needs them, and they are where a
    /// header can claim megabytes.
    pub(super) fn open(mut input: Input, keep_going: &mut dyn FnMut() -> bool) -> Result<Self, MediaError> {
        let mut head = vec![0; 4];
        input.fill(&mut head).map_err(MediaError::Read)?;
        let mut info: Option<[u8; INFO_LEN]> = None;
        let mut last = false;
        for _ in 0..MAX_BLOCKS {
            if last {
                break;
            }
            if !keep_going() {
                return Err(MediaError::Stopped);
            }
            let mut block = [0; 4];
            if input.fill(&mut block).map_err(MediaError::Read)? < block.len() {
                return Err(ends_in_header());
            }
            last = block[0] & 0x80 != 0;
            let mut len = u64::from(u32::from_be_bytes([0, block[1], block[2], block[3]]));
            if block[0] & 0x7f == 0 && info.is_none() && len >= INFO_LEN as u64 {
                let mut bytes = [0; INFO_LEN];
                if input.fill(&mut bytes).map_err(MediaError::Read)? < INFO_LEN {
                    return Err(ends_in_header());
                }
                len -= INFO_LEN as u64;
                info = Some(bytes);
            }
            if !input.skip(len, keep_going)? {
                return Err(ends_in_header());
            }
        }
        let info = info.ok_or_else(|| {
            MediaError::corrupt("the FLAC header does not describe the audio (no STREAMINFO)")
        })?;
        head.extend_from_slice(&[0x80, 0, 0, INFO_LEN as u8]);
        head.extend_from_slice(&info);
        Self::at_frames(head, &info, input)
    }

    fn at_frames(head: Vec<u8>, info: &[u8; INFO_LEN], input: Input) -> Result<Self, MediaError> {
        // Rate (20 bits), channels - 1 (3), bits - 1 (5), samples a channel (36).
        let packed = info[10..18].iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
        let format =
            Format { codec: "flac", rate: (packed >> 44) as u32, channels: (packed >> 41 & 0x7) as u16 + 1 };
        check_format(format)?;
        let total = Some(packed & 0xf_ffff_ffff).filter(|total| *total > 0);
        let (reader, decoder) = Library::open(head, input, BUDGET, |stream| {
            let reader = FlacReader::try_new(stream, FormatOptions::default())?;
            let params = symphonia::core::formats::FormatReader::tracks(&reader)
                .first()
                .and_then(|track| track.codec_params.as_ref())
                .and_then(|params| params.audio())
                .ok_or(CodecError::DecodeError("flac: no audio"))?;
            let decoder = FlacDecoder::try_new(params, &AudioDecoderOptions::default())?;
            Ok((Box::new(reader), Codec::library(Box::new(decoder))))
        })
        .map_err(|error| match (error, total) {
            (OpenError::Failed(error), _) => error,
            (OpenError::NoPacket(_), Some(total)) => {
                MediaError::truncated(found_of_declared(0, total, format.rate))
            }
            // An encoder that was given nothing leaves a header alone.
            (OpenError::NoPacket(_), None) => MediaError::NoAudio,
        })?;
        let coded = Coded::new(reader, decoder, None);
        Ok(Self { coded, format, total, position: 0, lost: 0, why: None, origin: None, hole: 0, held: None })
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Appends the next samples.
    pub(super) fn next(&mut self, out: &mut Lanes) -> Result<Progress, MediaError> {
        if self.hole > 0 {
            // A second at a time.
            let frames = self.hole.min(u64::from(self.format.rate));
            self.hole -= frames;
            out.silence(frames as usize);
            return Ok(Progress::More);
        }
        match self.held.take() {
            Some(Held::Decoded) => {
                out.interleaved(&self.coded.samples, self.coded.spec.channels);
                return Ok(Progress::More);
            }
            Some(Held::Silence(frames)) => {
                out.silence(frames as usize);
                return Ok(Progress::More);
            }
            None => {}
        }
        match self.coded.next()? {
            Step::Decoded { at, .. } => {
                self.patch_hole(at)?;
                self.position += self.coded.frames() as u64;
                self.held = Some(Held::Decoded);
            }
            Step::Damaged { at, length, why } => {
                self.patch_hole(at)?;
                // A frame has at most 65535 samples: the header field is 16 bits wide.
                let frames = length.min(u64::from(u16::MAX));
                self.position += frames;
                self.lost += frames;
                self.why.get_or_insert(why);
                self.held = Some(Held::Silence(frames));
            }
            Step::Starved => {
                return Err(MediaError::corrupt(format!("no FLAC frame in {} MiB of data", BUDGET >> 20)));
            }
            Step::End => return self.finish(),
            Step::Foreign | Step::Restarted | Step::Continued { .. } => {}
        }
        Ok(Progress::More)
    }

    /// What is missing before `at` is to be silence.
    fn patch_hole(&mut self, at: i64) -> Result<(), MediaError> {
        let at = u64::try_from(at).unwrap_or(0);
        // A live stream that was joined late counts from its own beginning. A file that knows its
        // length starts at 0, and anything else means that its start is lost.
        let origin = *self.origin.get_or_insert(if self.total.is_some() { 0 } else { at });
        let Some(hole) = at.saturating_sub(origin).checked_sub(self.position) else {
            // Frames that start over, as in joined files: go on from here.
            self.origin = Some(at.saturating_sub(self.position));
            return Ok(());
        };
        let rate = u64::from(self.format.rate);
        let is_too_much =
            is_mostly_silence(self.lost.saturating_add(hole), self.position.saturating_add(hole), rate);
        if hole > MAX_HOLE_S * rate || is_too_much {
            return Err(MediaError::corrupt(format!(
                "{:.1} s of FLAC audio are missing after {:.1} s",
                hole as f64 / f64::from(self.format.rate),
                self.position as f64 / f64::from(self.format.rate)
            )));
        }
        self.hole = hole;
        self.position += hole;
        self.lost += hole;
        Ok(())
    }

    fn finish(&self) -> Result<Progress, MediaError> {
        if self.lost * 2 > self.position {
            return Err(MediaError::corrupt(format!(
                "most of its FLAC frames cannot be decoded ({})",
                self.why.as_deref().unwrap_or("their checksums are wrong")
            )));
        }
        match self.total {
            Some(total) if self.position < total => {
                Err(MediaError::truncated(found_of_declared(self.position, total, self.format.rate)))
            }
            _ => Ok(Progress::End),
        }
    }
}

fn ends_in_header() -> MediaError {
    MediaError::truncated("the file ends inside its FLAC header, before any audio")
}
