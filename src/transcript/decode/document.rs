//! From the text of a JSON document to a reader of it: what goes wrong becomes an error that repeats no speech, and what
//! JSON's grammar allows but no text can hold is replaced.

use std::borrow::Cow;

use serde::de::DeserializeSeed;

use crate::error::{Error, ErrorKind, Result};

/// Reads a whole document. `what` it should be is said in the error.
pub(in crate::transcript) fn read<'s, T>(
    document: &str,
    what: &str,
    reader: impl for<'de> DeserializeSeed<'de, Value = T> + 's,
) -> Result<T> {
    let readable = readable(document);
    let mut json = serde_json::Deserializer::from_str(&readable);
    let read = reader.deserialize(&mut json).and_then(|read| json.end().map(|()| read));
    read.map_err(|error| {
        Error::new(ErrorKind::Document, format!("the document is not {what}: {}", without_content(&error)))
    })
}

/// The message of an error. Where it repeats what was found, only what was expected is left: what was found is speech.
fn without_content(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rfind(", expected ") {
        Some(at) if message.starts_with("invalid ") => message[at + 2..].to_owned(),
        _ => message,
    }
}

/// The document as JSON readers take it: no byte order mark before it, and each escape of half a surrogate pair, which
/// JSON allows but no UTF-8 text can hold, replaced by that of U+FFFD.
pub(in crate::transcript) fn readable(document: &str) -> Cow<'_, str> {
    let document = document.strip_prefix('\u{feff}').unwrap_or(document);
    let mut lone = lone_surrogates(document).peekable();
    if lone.peek().is_none() {
        return Cow::Borrowed(document);
    }
    let mut readable = String::with_capacity(document.len());
    let mut copied = 0;
    for escape in lone {
        readable.push_str(&document[copied..escape]);
        readable.push_str("\\ufffd");
        copied = escape + ESCAPE;
    }
    readable.push_str(&document[copied..]);
    Cow::Owned(readable)
}

/// Bytes of an escape such as `\ud800`.
const ESCAPE: usize = 6;

/// Where the escapes of surrogates without their other half begin.
fn lone_surrogates(document: &str) -> impl Iterator<Item = usize> {
    let bytes = document.as_bytes();
    let mut next = 0;
    std::iter::from_fn(move || {
        loop {
            let at = next + memchr::memchr(b'\\', bytes.get(next..)?)?;
            let Some(unit) = escaped_unit(bytes, at) else {
                // A backslash and what it escapes, which may be a backslash.
                next = at + 2;
                continue;
            };
            next = at + ESCAPE;
            let low = |unit: u16| (0xdc00..=0xdfff).contains(&unit);
            if (0xd800..=0xdbff).contains(&unit) {
                if escaped_unit(bytes, next).is_some_and(low) {
                    next += ESCAPE;
                } else {
                    return Some(at);
                }
            } else if low(unit) {
                return Some(at);
            }
        }
    })
}

/// The UTF-16 unit that is escaped here, if one is.
fn escaped_unit(bytes: &[u8], at: usize) -> Option<u16> {
    let escape = bytes.get(at..at + ESCAPE)?;
    let digits = escape.strip_prefix(b"\\u").filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_surrogates_are_replaced_and_nothing_else() {
        for (given, expected) in [
            (r#""\ud800""#, r#""\ufffd""#),
            (r#""\uDFFFx""#, r#""\ufffdx""#),
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\ude00\ud83d""#, r#""\ufffd\ufffd""#),
            (r#""\ud800\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\\ud800""#, r#""\\ud800""#),
            (r#""\\\ud800é""#, r#""\\\ufffdé""#),
            (r#""\u00e9 \ud8""#, r#""\u00e9 \ud8""#),
            ("\u{feff}[]", "[]"),
            ("\\", "\\"),
            (r#""\"#, r#""\"#),
            ("\"\\é\\ud800", "\"\\é\\ufffd"),
        ] {
            assert_eq!(readable(given), expected, "{given}");
        }
        assert!(matches!(readable(r#""\ud83d\ude00\n""#), Cow::Borrowed(_)));
    }
}
