//! Which format the first bytes are, and a name for those that are not decoded here.

use super::error::MediaError;

/// How many leading bytes [`identify`] wants to see.
pub(super) const HEAD: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Wav,
    Flac,
    Mp3,
}

/// Signatures worth a name of their own: a person who is told "an Ogg file" knows what to convert.
const NAMED: &[(usize, &[u8], &str)] = &[
    (0, b"RF64", "RF64 (a WAV file over 4 GiB)"),
    (0, b"BW64", "BW64 (a WAV file over 4 GiB)"),
    (0, b"RIFX", "RIFX (a big-endian WAV file)"),
    (0, b"RIFF", "a RIFF file that is not WAVE (AVI, for example)"),
    (0, b"FORM", "AIFF"),
    (0, b"OggS", "Ogg (Vorbis, Opus or Speex)"),
    (4, b"ftyp", "MP4 or M4A"),
    (0, b"\x1a\x45\xdf\xa3", "Matroska or WebM"),
    (0, b"\x30\x26\xb2\x75", "Windows Media (ASF, WMA)"),
    (0, b"#!AMR", "AMR"),
    (0, b"#!SILK", "SILK"),
    (0, b".snd", "AU"),
    (0, b"caff", "CAF"),
    (0, b"wvpk", "WavPack"),
    (0, b"MAC ", "Monkey's Audio"),
    (0, b"\xff\xf1", "AAC (ADTS)"),
    (0, b"\xff\xf9", "AAC (ADTS)"),
    (0, b"<!DOCTYPE", "a web page"),
    (0, b"<html", "a web page"),
    (0, b"%PDF", "a PDF document"),
    (0, b"PK\x03\x04", "a ZIP archive"),
];

/// The format of a recording that starts with `head`. The content decides; `hint` (a file
/// extension) and `tagged` (an ID3 tag came before) only make an MP3 with junk in front of its
/// first frame worth a search.
pub(super) fn identify(head: &[u8], hint: Option<&str>, tagged: bool) -> Result<Kind, MediaError> {
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WAVE") {
        return Ok(Kind::Wav);
    }
    if head.starts_with(b"fLaC") {
        return Ok(Kind::Flac);
    }
    if is_layer3_sync(head) {
        return Ok(Kind::Mp3);
    }
    for (at, magic, name) in NAMED {
        if head.get(*at..).is_some_and(|rest| rest.starts_with(magic)) {
            return Err(MediaError::unsupported(*name));
        }
    }
    let named_mp3 = hint.is_some_and(|h| h.trim_start_matches('.').eq_ignore_ascii_case("mp3"));
    if tagged || named_mp3 {
        return Ok(Kind::Mp3);
    }
    Err(MediaError::unsupported(match hint {
        Some(hint) if !hint.is_empty() && hint.len() <= 16 => format!(
            "this file: whatever its name (.{}) says, its content is not a format tiro knows",
            hint.trim_start_matches('.').escape_default()
        ),
        _ => "this file: it is not a format tiro knows".to_owned(),
    }))
}

/// A frame header of MPEG 1, 2 or 2.5, layer III, judged by its first two bytes.
fn is_layer3_sync(head: &[u8]) -> bool {
    matches!(head, [0xff, b, ..] if b & 0xe6 == 0xe2 && b & 0x18 != 0x08)
}

/// The size in bytes of the ID3v2 tag that `head` starts with, header and footer included.
pub(super) fn id3v2_len(head: &[u8]) -> Option<u64> {
    let [b'I', b'D', b'3', _, _, flags, a, b, c, d, ..] = *head else {
        return None;
    };
    // Each size byte carries seven bits; a set top bit means that this is no tag.
    if (a | b | c | d) & 0x80 != 0 {
        return None;
    }
    let body = [a, b, c, d].iter().fold(0u64, |sum, byte| sum << 7 | u64::from(*byte));
    let footer = if flags & 0x10 != 0 { 10 } else { 0 };
    Some(10 + body + footer)
}
