//! What every format does to a text before its own escapes: white space and characters that no reader shows, and what is nothing but these.

use crate::transcript::{SegmentRef, Transcript};

/// Where a text may be cut: white space, but for the kinds that forbid it.
pub(crate) fn is_separator(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}')
}

/// The parts of a text between white space, without any around them.
pub(crate) fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_separator).map(str::trim).filter(|part| !part.is_empty())
}

/// The segments that have more in them than white space, each with its number.
pub(crate) fn shown_segments(transcript: &Transcript) -> impl Iterator<Item = (usize, SegmentRef<'_>)> {
    let is_shown = move |word: usize| parts(transcript.word(word).text).next().is_some();
    transcript.segments().enumerate().filter(move |(_, segment)| segment.words.clone().any(is_shown))
}

/// A character as it is written: one that XML, terminals or players do not stand becomes U+FFFD.
pub(crate) fn shown(c: char) -> char {
    if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') { char::REPLACEMENT_CHARACTER } else { c }
}

/// Appends a text character by character, each as `escape` writes it; runs that need no care are copied whole.
pub(crate) fn push_escaped(out: &mut String, text: &str, escape: impl Fn(char) -> Option<&'static str>) {
    let mut rest = 0;
    for (at, c) in text.char_indices() {
        let (shown, escaped) = (shown(c), escape(c));
        if escaped.is_none() && shown == c {
            continue;
        }
        out.push_str(&text[rest..at]);
        match escaped {
            Some(escaped) => out.push_str(escaped),
            None => out.push(shown),
        }
        rest = at + c.len_utf8();
    }
    out.push_str(&text[rest..]);
}

/// Appends a text in one line: its parts with one space between them.
pub(crate) fn push_line(out: &mut String, text: &str, escape: impl Fn(char) -> Option<&'static str>) {
    for (index, part) in parts(text).enumerate() {
        if index > 0 {
            out.push(' ');
        }
        push_escaped(out, part, &escape);
    }
}

/// No escapes.
pub(crate) fn plain(_: char) -> Option<&'static str> {
    None
}

/// `&`, `<` and `>` of XML and WebVTT.
pub(crate) fn markup(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        _ => None,
    }
}

/// `01:02:03.004`, and more digits of hours where they are needed. Times before the start are the start.
pub(crate) fn push_time(out: &mut String, time_ms: i64, point: char) {
    use std::fmt::Write;
    let time_ms = time_ms.max(0);
    let (hours, minutes) = (time_ms / 3_600_000, time_ms / 60_000 % 60);
    let (seconds, ms) = (time_ms / 1000 % 60, time_ms % 1000);
    // Writing to a String cannot fail.
    let _ = write!(out, "{hours:02}:{minutes:02}:{seconds:02}{point}{ms:03}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_one_space_between_its_parts_and_no_controls() {
        let mut line = String::new();
        push_line(&mut line, " a\r\n\n\tb\0c\u{a0}d\u{2028}<\u{ffff}> \u{a0} \u{a0}", markup);
        assert_eq!(line, "a b\u{fffd}c\u{a0}d &lt;\u{fffd}&gt;");
    }

    #[test]
    fn times_of_any_size_are_written() {
        let shown = |time_ms| {
            let mut out = String::new();
            push_time(&mut out, time_ms, '.');
            out
        };
        assert_eq!(shown(3_723_004), "01:02:03.004");
        assert_eq!(shown(-1), "00:00:00.000");
        assert_eq!(shown(i64::MAX), "2562047788015:12:55.807");
    }
}
