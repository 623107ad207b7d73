//! WAV: the chunk walk up to the samples.
//!
//! Read here and not by a library because the header is where real recordings go wrong: the sizes
//! have to be compared with what is there, the outer RIFF size must not be believed, and a reader
//! must not allocate or loop on a header's say-so.

use super::super::error::MediaError;
use super::super::input::Input;
use super::super::{Format, check_format};
use super::Encoding;
use super::raw::Samples;

/// A header with more chunks than this in front of its audio is no recording.
const MAX_CHUNKS: usize = 4096;
/// The part of a format chunk that is read: the extensible form's.
const FMT_LEN: usize = 40;
/// Reads up to the first sample. The input starts with `RIFF....WAVE`, or the same for files over 4 GiB.
pub(in super::super) fn open(
    mut input: Input,
    keep_going: &mut dyn FnMut() -> bool,
) -> Result<Samples, MediaError> {
    let mut riff = [0; 12];
    input.fill(&mut riff).map_err(MediaError::Read)?;
    let mut found: Option<(Format, Encoding)> = None;
    let mut long_size = None;
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
            let (format, encoding) = found
                .ok_or_else(|| MediaError::corrupt("the WAV header has no format chunk before its audio"))?;
            let size = long_size.filter(|_| size == u32::MAX).unwrap_or(u64::from(size));
            return at_data(input, format, encoding, size);
        }
        let mut used = 0;
        let mut body = [0; FMT_LEN];
        if matches!(&id, b"fmt " | b"ds64") {
            used = FMT_LEN.min(size as usize);
            if input.fill(&mut body[..used]).map_err(MediaError::Read)? < used {
                return Err(ends_in_header());
            }
        }
        match &id {
            b"fmt " => found = Some(parse_format(&body[..used])?),
            // The sizes of the file and of its audio, where 32 bits do not hold them.
            b"ds64" if used >= 16 && &riff[..4] != b"RIFF" => {
                long_size = body[8..16].first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
            }
            _ => {}
        }
        // Chunks are padded to an even length.
        let rest = u64::from(size) - used as u64 + u64::from(size & 1);
        if !input.skip(rest, keep_going)? {
            return Err(ends_in_header());
        }
    }
    Err(MediaError::corrupt("the WAV header never comes to its audio"))
}

fn at_data(mut input: Input, format: Format, encoding: Encoding, size: u64) -> Result<Samples, MediaError> {
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
    Ok(Samples::declared(input, format, encoding, size))
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
