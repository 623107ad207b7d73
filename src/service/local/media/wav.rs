//! WAV: the chunk walk and the samples.
//!
//! Read here and not by a library because the header is where real recordings go wrong: the sizes
//! have to be compared with what is there, the outer RIFF size must not be believed, and a reader
//! must not allocate or loop on a header's say-so.

use super::error::{MediaError, found_of_declared};
use super::input::Input;
use super::{Format, check_format};

/// Frames converted at a time: 0.26 s at 16 kHz.
const FRAMES: usize = 4096;
/// A header with more chunks than this in front of its audio is no recording.
const MAX_CHUNKS: usize = 4096;
/// The part of a format chunk that is read: the extensible form's.
const FMT_LEN: usize = 40;
/// Samples of a floating point file are nominally within 1. This far beyond they are garbage, and
/// would overflow the filter.
const FLOAT_LIMIT: f32 = 1.0e4;

#[derive(Clone, Copy, Debug)]
enum Encoding {
    U8,
    S16,
    S24,
    S32,
    F32,
    F64,
    MuLaw,
    ALaw,
}

impl Encoding {
    fn codec(self) -> &'static str {
        match self {
            Self::U8 => "pcm_u8",
            Self::S16 => "pcm_s16le",
            Self::S24 => "pcm_s24le",
            Self::S32 => "pcm_s32le",
            Self::F32 => "pcm_f32le",
            Self::F64 => "pcm_f64le",
            Self::MuLaw => "pcm_mulaw",
            Self::ALaw => "pcm_alaw",
        }
    }

    fn bytes(self) -> u16 {
        match self {
            Self::U8 | Self::MuLaw | Self::ALaw => 1,
            Self::S16 => 2,
            Self::S24 => 3,
            Self::S32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}

pub(super) struct Wav {
    input: Input,
    format: Format,
    encoding: Encoding,
    /// Bytes of one frame: a sample of each channel.
    block: usize,
    declared_frames: u64,
    found_frames: u64,
    raw: Vec<u8>,
}

impl Wav {
    /// Reads up to the first sample. The input starts with `RIFF....WAVE`.
    pub(super) fn open(mut input: Input, keep_going: &mut dyn FnMut() -> bool) -> Result<Self, MediaError> {
        let mut riff = [0; 12];
        input.fill(&mut riff).map_err(MediaError::Read)?;
        let mut found: Option<(Format, Encoding)> = None;
        for _ in 0..MAX_CHUNKS {
            if !keep_going() {
                return Err(MediaError::Stopped);
            }
            let mut head = [0; 8];
            if input.fill(&mut head).map_err(MediaError::Read)? < head.len() {
                return Err(ends_in_header());
            }
            let [id @ .., a, b, c, d] = head;
            let size = u32::from_le_bytes([a, b, c, d]);
            if &id == b"data" {
                let (format, encoding) = found.ok_or_else(|| {
                    MediaError::corrupt("the WAV header has no format chunk before its audio")
                })?;
                return Self::at_data(input, format, encoding, size);
            }
            let mut used = 0;
            if &id == b"fmt " {
                let mut fmt = [0; FMT_LEN];
                used = FMT_LEN.min(size as usize);
                if input.fill(&mut fmt[..used]).map_err(MediaError::Read)? < used {
                    return Err(ends_in_header());
                }
                found = Some(parse_format(&fmt[..used])?);
            }
            // Chunks are padded to an even length.
            let rest = u64::from(size) - used as u64 + u64::from(size & 1);
            if !input.skip(rest, keep_going)? {
                return Err(ends_in_header());
            }
        }
        Err(MediaError::corrupt("the WAV header never comes to its audio"))
    }

    fn at_data(mut input: Input, format: Format, encoding: Encoding, size: u32) -> Result<Self, MediaError> {
        let block = usize::from(encoding.bytes()) * usize::from(format.channels);
        if size == 0 {
            // A recorder that died leaves 0 here with the audio behind it. That is not the same as
            // a recording without audio, and the two need different advice.
            let next = input.peek(8).map_err(MediaError::Read)?;
            if next.len() == 8 && !next[..4].iter().all(|b| (0x20..0x7f).contains(b)) {
                return Err(MediaError::corrupt(
                    "its WAV header declares 0 bytes of audio, yet data follows; the recorder \
                     did not finish the header, which a WAV repair tool can do",
                ));
            }
        }
        Ok(Self {
            input,
            encoding,
            block,
            declared_frames: u64::from(size) / block as u64,
            found_frames: 0,
            raw: Vec::new(),
            format,
        })
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Appends the next mono samples. False at the end.
    pub(super) fn next(&mut self, mono: &mut Vec<f32>) -> Result<bool, MediaError> {
        let left = self.declared_frames - self.found_frames;
        let want = usize::try_from(left).unwrap_or(FRAMES).min(FRAMES);
        if want == 0 {
            return Ok(false);
        }
        self.raw.resize(want * self.block, 0);
        let got = self.input.fill(&mut self.raw).map_err(MediaError::Read)? / self.block;
        if got == 0 {
            return Err(MediaError::truncated(found_of_declared(
                self.found_frames,
                self.declared_frames,
                self.format.rate,
            )));
        }
        self.found_frames += got as u64;
        let raw = &self.raw[..got * self.block];
        let channels = usize::from(self.format.channels);
        match self.encoding {
            Encoding::U8 => mix(raw, channels, mono, |[b]| (f32::from(b) - 128.0) / 128.0),
            Encoding::S16 => mix(raw, channels, mono, |b| f32::from(i16::from_le_bytes(b)) / 32_768.0),
            Encoding::S24 => mix(raw, channels, mono, |[a, b, c]| {
                (i32::from_le_bytes([0, a, b, c]) >> 8) as f32 / 8_388_608.0
            }),
            Encoding::S32 => mix(raw, channels, mono, |b| i32::from_le_bytes(b) as f32 / 2_147_483_648.0),
            Encoding::F32 => mix(raw, channels, mono, |b| tame(f32::from_le_bytes(b))),
            Encoding::F64 => mix(raw, channels, mono, |b| tame(f64::from_le_bytes(b) as f32)),
            Encoding::MuLaw => mix(raw, channels, mono, |[b]| mu_law(b)),
            Encoding::ALaw => mix(raw, channels, mono, |[b]| a_law(b)),
        }
        Ok(true)
    }
}

fn ends_in_header() -> MediaError {
    MediaError::truncated("the file ends inside its WAV header, before any audio")
}

fn parse_format(fmt: &[u8]) -> Result<(Format, Encoding), MediaError> {
    let short = |at: usize| Some(u16::from_le_bytes([*fmt.get(at)?, *fmt.get(at + 1)?]));
    let (Some(mut tag), Some(channels), Some(low), Some(high), Some(align), Some(bits)) =
        (short(0), short(2), short(4), short(6), short(12), short(14))
    else {
        return Err(MediaError::corrupt("the WAV format chunk is too short"));
    };
    if tag == 0xfffe {
        // The extensible form carries the real tag in the first bytes of its sub-format.
        tag = short(24).ok_or_else(|| MediaError::corrupt("the extensible WAV format chunk is too short"))?;
    }
    let encoding = match (tag, bits) {
        (1, 1..=8) => Encoding::U8,
        (1, 9..=16) => Encoding::S16,
        (1, 17..=24) => Encoding::S24,
        (1, 25..=32) => Encoding::S32,
        (3, 32) => Encoding::F32,
        (3, 64) => Encoding::F64,
        (6, _) => Encoding::ALaw,
        (7, _) => Encoding::MuLaw,
        (1 | 3, _) => {
            return Err(MediaError::unsupported(format!("a WAV file with samples of {bits} bits")));
        }
        _ => {
            return Err(MediaError::unsupported(format!("a WAV file that holds {}", tag_name(tag))));
        }
    };
    let format = Format { codec: encoding.codec(), rate: u32::from(low) | u32::from(high) << 16, channels };
    check_format(format)?;
    // A block size that disagrees means samples in wider containers, or a broken header: either
    // way the samples would come out as noise. 0 is a common omission.
    if align != 0 && align != encoding.bytes() * channels {
        return Err(MediaError::corrupt(format!(
            "the WAV header gives {align} bytes a frame, where {channels} channels of {bits} bits \
             make {}",
            encoding.bytes() * channels
        )));
    }
    Ok((format, encoding))
}

fn tag_name(tag: u16) -> String {
    match tag {
        0x0002 => "Microsoft ADPCM".into(),
        0x0011 => "IMA ADPCM".into(),
        0x0022 => "TrueSpeech".into(),
        0x0031 => "GSM 6.10".into(),
        0x0040 | 0x0045 | 0x0064 => "G.726 ADPCM".into(),
        0x0042 => "G.723.1".into(),
        0x0050 => "MPEG layer I or II".into(),
        0x0055 => "MP3".into(),
        0x0065 | 0x028f => "G.722".into(),
        0x0083 => "G.729".into(),
        0x00ff | 0x1600..=0x1610 => "AAC".into(),
        0x0160..=0x0163 => "Windows Media audio".into(),
        0xa109 => "Speex".into(),
        _ => format!("a codec tiro does not know (WAV tag 0x{tag:04x})"),
    }
}

/// Converts frames of `W`-byte samples and averages their channels.
fn mix<const W: usize>(raw: &[u8], channels: usize, mono: &mut Vec<f32>, sample: impl Fn([u8; W]) -> f32) {
    let (samples, _) = raw.as_chunks::<W>();
    if channels == 1 {
        mono.extend(samples.iter().map(|bytes| sample(*bytes)));
        return;
    }
    mono.extend(
        samples
            .chunks_exact(channels)
            .map(|frame| frame.iter().map(|bytes| sample(*bytes)).sum::<f32>() / channels as f32),
    );
}

/// A floating point sample that the filter can take: a value that is not a number is silence.
fn tame(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-FLOAT_LIMIT, FLOAT_LIMIT) } else { 0.0 }
}

/// ITU-T G.711 mu-law.
fn mu_law(code: u8) -> f32 {
    let code = !code;
    let magnitude = ((i32::from(code & 0x0f) << 3) + 0x84) << ((code & 0x70) >> 4);
    let value = magnitude - 0x84;
    (if code & 0x80 != 0 { -value } else { value }) as f32 / 32_768.0
}

/// ITU-T G.711 A-law.
fn a_law(code: u8) -> f32 {
    let code = code ^ 0x55;
    let mantissa = i32::from(code & 0x0f) << 4;
    let value = match (code & 0x70) >> 4 {
        0 => mantissa + 8,
        segment => (mantissa + 0x108) << (segment - 1),
    };
    (if code & 0x80 != 0 { value } else { -value }) as f32 / 32_768.0
}
