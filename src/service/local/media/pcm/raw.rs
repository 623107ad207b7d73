//! Samples from here to an end: the body of a WAV or AIFF file, or a whole input without a header.

use super::super::Format;
use super::super::Progress;
use super::super::error::{MediaError, found_of_declared};
use super::super::input::Input;
use super::super::lanes::Lanes;
use super::super::settings::RawFormat;
use super::{Encoding, FRAMES};

pub(in super::super) struct Samples {
    input: Input,
    format: Format,
    encoding: Encoding,
    /// Bytes of one frame: a sample of each channel.
    block: usize,
    /// `None`: as many as there are.
    declared_frames: Option<u64>,
    found_frames: u64,
    raw: Vec<u8>,
}

impl Samples {
    /// `bytes`: how many of them the header declares.
    pub(super) fn declared(input: Input, format: Format, encoding: Encoding, bytes: u64) -> Self {
        let block = usize::from(encoding.bytes()) * usize::from(format.channels);
        let declared_frames = Some(bytes / block as u64);
        Self { input, format, encoding, block, declared_frames, found_frames: 0, raw: Vec::new() }
    }

    /// All of `input`.
    pub(in super::super) fn headerless(mut input: Input, raw: RawFormat) -> Result<Self, MediaError> {
        if input.peek(1).map_err(MediaError::Read)?.is_empty() {
            return Err(MediaError::Empty);
        }
        let format = Format { codec: raw.encoding.codec(), rate: raw.rate, channels: raw.channels };
        Ok(Self { declared_frames: None, ..Self::declared(input, format, raw.encoding, 0) })
    }

    pub(in super::super) fn format(&self) -> Format {
        self.format
    }

    /// Appends the next samples.
    pub(in super::super) fn next(&mut self, out: &mut Lanes) -> Result<Progress, MediaError> {
        let left = self.declared_frames.map_or(u64::MAX, |declared| declared - self.found_frames);
        let want = usize::try_from(left).unwrap_or(FRAMES).min(FRAMES);
        if want == 0 {
            return Ok(Progress::End);
        }
        self.raw.resize(want * self.block, 0);
        let bytes = self.input.fill(&mut self.raw).map_err(MediaError::Read)?;
        let got = bytes / self.block;
        match self.declared_frames {
            Some(declared) if got == 0 => {
                let what = found_of_declared(self.found_frames, declared, self.format.rate);
                return Err(MediaError::truncated(what));
            }
            None if bytes % self.block != 0 => {
                return Err(MediaError::corrupt(format!(
                    "its last frame has {} bytes of {}: check the format, the rate and the channels that were given",
                    bytes % self.block,
                    self.block
                )));
            }
            None if got == 0 => return Ok(Progress::End),
            _ => {}
        }
        self.found_frames += got as u64;
        let raw = &self.raw[..got * self.block];
        self.encoding.convert(raw, usize::from(self.format.channels), out);
        Ok(Progress::More)
    }
}
