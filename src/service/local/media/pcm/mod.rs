//! Uncompressed and companded samples: how each encoding becomes floating point numbers, and the files that hold
//! nothing else: WAV, AIFF and samples without a header.

pub(super) mod aiff;
mod companded;
pub(super) mod raw;
pub(super) mod wav;

use super::lanes::Lanes;

/// Frames converted at a time: 0.26 s at 16 kHz.
const FRAMES: usize = 4096;
/// Samples of a floating point file are nominally within 1. This far beyond they are garbage, and
/// would overflow the filter.
const FLOAT_LIMIT: f32 = 1.0e4;

/// How a sample is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    U8,
    S8,
    S16,
    S16Be,
    S24,
    S24Be,
    S32,
    S32Be,
    F32,
    F32Be,
    F64,
    F64Be,
    MuLaw,
    ALaw,
}

impl Encoding {
    /// Those that a recording without a header can be said to have.
    pub(super) const RAW: [Self; 8] =
        [Self::U8, Self::S16, Self::S16Be, Self::S24, Self::S32, Self::F32, Self::MuLaw, Self::ALaw];

    pub(super) fn codec(self) -> &'static str {
        match self {
            Self::U8 => "pcm_u8",
            Self::S8 => "pcm_s8",
            Self::S16 => "pcm_s16le",
            Self::S16Be => "pcm_s16be",
            Self::S24 => "pcm_s24le",
            Self::S24Be => "pcm_s24be",
            Self::S32 => "pcm_s32le",
            Self::S32Be => "pcm_s32be",
            Self::F32 => "pcm_f32le",
            Self::F32Be => "pcm_f32be",
            Self::F64 => "pcm_f64le",
            Self::F64Be => "pcm_f64be",
            Self::MuLaw => "pcm_mulaw",
            Self::ALaw => "pcm_alaw",
        }
    }

    /// The name in the option `raw_format`.
    pub(super) fn raw_name(self) -> &'static str {
        match self {
            Self::MuLaw => "mulaw",
            Self::ALaw => "alaw",
            other => other.codec(),
        }
    }

    pub(super) fn bytes(self) -> u16 {
        match self {
            Self::U8 | Self::S8 | Self::MuLaw | Self::ALaw => 1,
            Self::S16 | Self::S16Be => 2,
            Self::S24 | Self::S24Be => 3,
            Self::S32 | Self::S32Be | Self::F32 | Self::F32Be => 4,
            Self::F64 | Self::F64Be => 8,
        }
    }

    /// Converts whole frames.
    pub(super) fn convert(self, raw: &[u8], channels: usize, out: &mut Lanes) {
        match self {
            Self::U8 => lay(raw, channels, out, |[b]| (f32::from(b) - 128.0) / 128.0),
            Self::S8 => lay(raw, channels, out, |b| f32::from(i8::from_ne_bytes(b)) / 128.0),
            Self::S16 => lay(raw, channels, out, |b| f32::from(i16::from_le_bytes(b)) / 32_768.0),
            Self::S16Be => lay(raw, channels, out, |b| f32::from(i16::from_be_bytes(b)) / 32_768.0),
            Self::S24 => lay(raw, channels, out, |[a, b, c]| from_24_bits([0, a, b, c])),
            Self::S24Be => lay(raw, channels, out, |[a, b, c]| from_24_bits([0, c, b, a])),
            Self::S32 => lay(raw, channels, out, |b| i32::from_le_bytes(b) as f32 / 2_147_483_648.0),
            Self::S32Be => lay(raw, channels, out, |b| i32::from_be_bytes(b) as f32 / 2_147_483_648.0),
            Self::F32 => lay(raw, channels, out, |b| tame(f32::from_le_bytes(b))),
            Self::F32Be => lay(raw, channels, out, |b| tame(f32::from_be_bytes(b))),
            Self::F64 => lay(raw, channels, out, |b| tame(f64::from_le_bytes(b) as f32)),
            Self::F64Be => lay(raw, channels, out, |b| tame(f64::from_be_bytes(b) as f32)),
            Self::MuLaw => lay(raw, channels, out, |[b]| companded::mu_law(b)),
            Self::ALaw => lay(raw, channels, out, |[b]| companded::a_law(b)),
        }
    }
}

fn lay<const W: usize>(raw: &[u8], channels: usize, out: &mut Lanes, sample: impl Fn([u8; W]) -> f32) {
    let (samples, _) = raw.as_chunks::<W>();
    out.frames_of(samples, channels, |bytes| sample(*bytes));
}

fn from_24_bits(in_the_top: [u8; 4]) -> f32 {
    (i32::from_le_bytes(in_the_top) >> 8) as f32 / 8_388_608.0
}

/// A floating point sample that the filter can take: a value that is not a number is silence.
pub(super) fn tame(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-FLOAT_LIMIT, FLOAT_LIMIT) } else { 0.0 }
}
