//! AIFF and AIFF-C: the chunk walk up to the samples.

use super::super::error::MediaError;
use super::super::input::Input;
use super::super::{Format, check_format};
use super::Encoding;
use super::raw::Samples;

/// A header with more chunks than this in front of its audio is no recording.
const MAX_CHUNKS: usize = 4096;
/// The part of a common chunk that is read: up to the name of its encoding.
const COMMON_LEN: usize = 22;

/// Reads up to the first sample. The input starts with `FORM....AIFF` or `FORM....AIFC`.
pub(in super::super) fn open(
    mut input: Input,
    keep_going: &mut dyn FnMut() -> bool,
) -> Result<Samples, MediaError> {
    let cut = || MediaError::truncated("the file ends inside its AIFF header, before any audio");
    let mut form = [0; 12];
    input.fill(&mut form).map_err(MediaError::Read)?;
    let mut found: Option<(Format, Encoding)> = None;
    for _ in 0..MAX_CHUNKS {
        if !keep_going() {
            return Err(MediaError::Stopped);
        }
        // The size and, of the audio's chunk, two fields in front of the samples.
        let mut head = [0; 8];
        if input.fill(&mut head).map_err(MediaError::Read)? < head.len() {
            return Err(cut());
        }
        let [id @ .., a, b, c, d] = head;
        let size = u32::from_be_bytes([a, b, c, d]);
        let mut used = 0;
        match (&id, found) {
            (b"COMM", _) => {
                let mut common = [0; COMMON_LEN];
                used = COMMON_LEN.min(size as usize);
                if input.fill(&mut common[..used]).map_err(MediaError::Read)? < used {
                    return Err(cut());
                }
                found = Some(parse_common(&common[..used])?);
            }
            (b"SSND", Some((format, encoding))) => {
                let mut fields = [0; 8];
                if input.fill(&mut fields).map_err(MediaError::Read)? < fields.len() {
                    return Err(cut());
                }
                let [a, b, c, d, ..] = fields;
                let offset = u32::from_be_bytes([a, b, c, d]);
                let bytes = u64::from(size).saturating_sub(8 + u64::from(offset));
                if !input.skip(u64::from(offset), keep_going)? {
                    return Err(cut());
                }
                return Ok(Samples::declared(input, format, encoding, bytes));
            }
            (b"SSND", None) => {
                return Err(MediaError::corrupt("the AIFF header does not describe the audio before it"));
            }
            _ => {}
        }
        // Chunks are padded to an even length.
        let rest = u64::from(size) - used as u64 + u64::from(size & 1);
        if !input.skip(rest, keep_going)? {
            return Err(cut());
        }
    }
    Err(MediaError::corrupt("the AIFF header never comes to its audio"))
}

fn parse_common(common: &[u8]) -> Result<(Format, Encoding), MediaError> {
    let Some((fixed, rest)) = common.split_first_chunk::<18>() else {
        return Err(MediaError::corrupt("the AIFF common chunk is too short"));
    };
    let channels = u16::from_be_bytes([fixed[0], fixed[1]]);
    let bits = u16::from_be_bytes([fixed[6], fixed[7]]);
    let encoding = match (rest.first_chunk::<4>().unwrap_or(b"NONE"), bits) {
        (b"NONE" | b"twos", 1..=8) => Encoding::S8,
        (b"NONE" | b"twos", 9..=16) => Encoding::S16Be,
        (b"NONE" | b"twos", 17..=24) | (b"in24", _) => Encoding::S24Be,
        (b"NONE" | b"twos", 25..=32) | (b"in32", _) => Encoding::S32Be,
        (b"sowt", 9..=16) => Encoding::S16,
        (b"fl32" | b"FL32", _) => Encoding::F32Be,
        (b"fl64" | b"FL64", _) => Encoding::F64Be,
        (b"ulaw" | b"ULAW", _) => Encoding::MuLaw,
        (b"alaw" | b"ALAW", _) => Encoding::ALaw,
        (name, bits) => {
            return Err(MediaError::unsupported(format!(
                "an AIFF file that holds {} of {bits} bits",
                name.escape_ascii()
            )));
        }
    };
    let format = Format { codec: encoding.codec(), rate: extended_to_rate(&fixed[8..18]), channels };
    check_format(format)?;
    Ok((format, encoding))
}

/// The rate is an 80-bit floating point number: an exponent and a whole mantissa.
fn extended_to_rate(bytes: &[u8]) -> u32 {
    let (Some(exponent), Some(mantissa)) = (bytes.first_chunk::<2>(), bytes.last_chunk::<8>()) else {
        return 0;
    };
    let shift = 16_446u32.checked_sub(u32::from(u16::from_be_bytes(*exponent)));
    let whole = shift.and_then(|shift| u64::from_be_bytes(*mantissa).checked_shr(shift));
    whole.and_then(|rate| u32::try_from(rate).ok()).unwrap_or(0)
}
