//! Which format the first bytes are, and a name for those that are not decoded here.

use super::error::MediaError;

/// How many leading bytes [`identify`] wants to see.
pub(super) const HEAD: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Wav,
    Aiff,
    Flac,
    Mp3,
    Adts,
    Ogg,
    Matroska,
    Mp4,
}

/// Signatures worth a name of their own: a person who is told "an AMR file" knows what to convert.
const NAMED: &[(usize, &[u8], &str)] = &[
    (0, b"RIFX", "RIFX (a big-endian WAV file)"),
    (0, b"RIFF", "a RIFF file that is not WAVE (AVI, for example)"),
    (0, b"FORM", "an IFF file that is not AIFF"),
    (0, b"\x30\x26\xb2\x75", "Windows Media (ASF, WMA)"),
    (0, b"#!AMR", "AMR"),
    (0, b"#!SILK", "SILK"),
    (0, b".snd", "AU"),
    (0, b"caff", "CAF"),
    (0, b"wvpk", "WavPack"),
    (0, b"MAC ", "Monkey's Audio"),
    (0, b"<!DOCTYPE", "a web page"),
    (0, b"<html", "a web page"),
    (0, b"%PDF", "a PDF document"),
    (0, b"PK\x03\x04", "a ZIP archive"),
];

/// The format of a recording that starts with `head`. The content decides; `hint` (a file
/// extension) and `tagged` (an ID3 tag came before) only make an MP3 with junk in front of its
/// first frame worth a search.
pub(super) fn identify(head: &[u8], hint: Option<&str>, tagged: bool) -> Result<Kind, MediaError> {
    if let Some(kind) = known(head) {
        return Ok(kind);
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

fn known(head: &[u8]) -> Option<Kind> {
    let form = head.get(8..12);
    Some(match head.first_chunk::<4>()? {
        b"RIFF" | b"RF64" | b"BW64" if form == Some(b"WAVE") => Kind::Wav,
        b"FORM" if matches!(form, Some(b"AIFF" | b"AIFC")) => Kind::Aiff,
        b"fLaC" => Kind::Flac,
        b"OggS" => Kind::Ogg,
        b"\x1a\x45\xdf\xa3" => Kind::Matroska,
        // MPEG 4 or 2, layer 0, with or without a checksum.
        [0xff, second, ..] if second & 0xf6 == 0xf0 => Kind::Adts,
        _ if is_layer3_sync(head) => Kind::Mp3,
        // Files of QuickTime's may begin with any of its boxes.
        _ if MP4_BOXES.iter().any(|name| head.get(4..8) == Some(*name)) => Kind::Mp4,
        _ => return None,
    })
}

/// Boxes that an MP4 or MOV file may begin with.
const MP4_BOXES: &[&[u8]] = &[b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp"];

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
