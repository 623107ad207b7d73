//! `vocabulary.txt` of a CTranslate2 model, back to the bytes of each token.
//!
//! The published file spells every byte as one printable character (GPT-2's byte-to-unicode map), so that no token
//! contains a space or a control character. whisper.cpp wants the bytes.

use super::ModelError;

/// The byte that a character stands for.
fn byte_of(c: char) -> Option<u8> {
    match c {
        // Printable bytes stand for themselves ...
        '!'..='~' | '¡'..='¬' | '®'..='ÿ' => u8::try_from(u32::from(c)).ok(),
        // ... the others, in order, for the characters from U+0100 on: 0..=32, 127..=160, 173.
        _ => match u32::from(c).checked_sub(0x100)? {
            n @ 0..=32 => Some(n as u8),
            n @ 33..=66 => Some((n - 33 + 127) as u8),
            67 => Some(173),
            _ => None,
        },
    }
}

/// The bytes of the first `count` tokens. Lines after that are special tokens, which the loader names itself.
pub(super) fn tokens(text: &[u8], count: u32) -> Result<Vec<Vec<u8>>, ModelError> {
    let text = std::str::from_utf8(text)
        .map_err(|e| ModelError::corrupt(format!("vocabulary is not UTF-8: {e}")))?;
    // An empty line is the empty token and counts.
    let mut lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
    (0..count)
        .map(|i| {
            let line = lines.next().ok_or_else(|| {
                ModelError::corrupt(format!("vocabulary has {i} lines, {count} are needed"))
            })?;
            line.chars()
                .map(|c| {
                    byte_of(c)
                        .ok_or_else(|| ModelError::corrupt(format!("vocabulary line {} has {c:?}", i + 1)))
                })
                .collect()
        })
        .collect()
}
