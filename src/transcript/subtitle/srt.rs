//! SubRip. It has no escapes: what a player would take for markup is replaced by its wide form, which Unicode's
//! compatibility normalisation (NFKC) turns back.

use std::cell::Cell;
use std::fmt::Write as _;
use std::io::Write;

use super::Cues;
use super::tokens::Dialect;
use crate::error::Result;
use crate::transcript::Transcript;
use crate::transcript::export::options::ExportOptions;
use crate::transcript::export::sink::TextWriter;
use crate::transcript::export::text::{push_escaped, push_time};

pub(crate) fn write(transcript: &Transcript, options: &ExportOptions, out: &mut dyn Write) -> Result<()> {
    let dialect = Dialect { replace: replace_markup, prefixes: options.speakers };
    let cues = Cues::of(transcript, &options.layout, &dialect);
    let mut out = TextWriter::new(out);
    for (index, cue) in cues.cues.iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = writeln!(out.text, "{}", index + 1);
        push_time(&mut out.text, cue.start_ms, ',');
        out.text.push_str(" --> ");
        push_time(&mut out.text, cue.end_ms, ',');
        out.text.push('\n');
        for line in cues.lines(cue) {
            for (before, token) in cues.line(line) {
                out.text.push_str(before);
                out.text.push_str(cues.tokens.text(token));
            }
            out.text.push('\n');
        }
        out.text.push('\n');
        out.relay()?;
    }
    out.finish()
}

/// Tags (`<i>`), styles (`{\an8}`), line breaks (`\N`), the arrow between times, and times themselves: some readers know
/// the first line of a cue by these alone.
pub(super) fn replace_markup(part: &str, out: &mut String) {
    let (dashes, is_time) = (Cell::new(0), holds_time(part));
    push_escaped(out, part, |c| {
        let before = dashes.replace(if c == '-' { dashes.get() + 1 } else { 0 });
        match c {
            '<' => Some("＜"),
            '{' => Some("｛"),
            '\\' => Some("＼"),
            '>' if before >= 2 => Some("＞"),
            ':' if is_time => Some("："),
            _ => None,
        }
    });
}

/// Whether there is something like `0:00:00,0` in a text.
fn holds_time(part: &str) -> bool {
    let mut fields = part.split(':');
    let (Some(mut hours), Some(mut minutes)) = (fields.next(), fields.next()) else { return false };
    for seconds in fields {
        let rest = seconds.trim_start_matches(char::is_numeric);
        let has_fraction = rest.len() < seconds.len()
            && rest.strip_prefix([',', '.']).is_some_and(|fraction| fraction.starts_with(char::is_numeric));
        let is_whole = !minutes.is_empty() && minutes.chars().all(char::is_numeric);
        if hours.ends_with(char::is_numeric) && is_whole && has_fraction {
            return true;
        }
        (hours, minutes) = (minutes, seconds);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_markup() {
        let mut out = String::new();
        replace_markup("<i>--->{\\an8}-->\0", &mut out);
        assert_eq!(out, "＜i>---＞｛＼an8}--＞\u{fffd}");
        assert!(!out.contains("-->"));
        out.clear();
        replace_markup("x00:00:01,5.", &mut out);
        replace_markup(":1:2:3:", &mut out);
        assert_eq!(out, "x00：00：01,5.:1:2:3:");
    }
}
