//! Plain text and Markdown: a line or a paragraph a segment.

use std::io::Write;

use super::options::{ExportOptions, SpeakerNames};
use super::sink::TextWriter;
use super::text::{parts, plain, push_escaped, push_line, push_time, shown_segments};
use crate::error::Result;
use crate::transcript::Transcript;

pub(super) fn text(transcript: &Transcript, options: &ExportOptions, out: &mut dyn Write) -> Result<()> {
    let mut out = TextWriter::new(out);
    let mut names = SpeakerNames::new(options.speakers);
    for (_, segment) in shown_segments(transcript) {
        if options.timestamps {
            out.text.push('[');
            push_time(&mut out.text, segment.start_ms, '.');
            out.text.push_str("] ");
        }
        if let Some(name) = names.next(segment.speaker) {
            push_line(&mut out.text, name, plain);
            out.text.push_str(": ");
        }
        push_words(&mut out, transcript, segment.words, |out, part, _| push_escaped(out, part, plain))?;
        out.text.push('\n');
        out.relay()?;
    }
    out.finish()
}

pub(super) fn markdown(transcript: &Transcript, options: &ExportOptions, out: &mut dyn Write) -> Result<()> {
    let mut out = TextWriter::new(out);
    let mut names = SpeakerNames::new(options.speakers);
    for (place, (_, segment)) in shown_segments(transcript).enumerate() {
        if place > 0 {
            out.text.push('\n');
        }
        let paragraph = out.text.len();
        if options.timestamps {
            out.text.push('`');
            push_time(&mut out.text, segment.start_ms, '.');
            out.text.push_str("` ");
        }
        if let Some(name) = names.next(segment.speaker) {
            out.text.push_str("**");
            push_line(&mut out.text, name, markdown_escape);
            out.text.push_str(":** ");
        }
        let opens = out.text.len() == paragraph;
        push_words(&mut out, transcript, segment.words, |out, part, is_first| {
            push_markdown(out, part, is_first && opens);
        })?;
        out.text.push('\n');
        out.relay()?;
    }
    out.finish()
}

fn push_words(
    out: &mut TextWriter<'_>,
    transcript: &Transcript,
    words: std::ops::Range<usize>,
    push: impl Fn(&mut String, &str, bool),
) -> Result<()> {
    for (index, part) in words.flat_map(|index| parts(transcript.word(index).text)).enumerate() {
        if index > 0 {
            out.text.push(' ');
        }
        push(&mut out.text, part, index == 0);
        out.relay()?;
    }
    Ok(())
}

/// Punctuation that Markdown reads as more than itself in the middle of a line.
fn markdown_escape(c: char) -> Option<&'static str> {
    Some(match c {
        '\\' => "\\\\",
        '`' => "\\`",
        '*' => "\\*",
        '_' => "\\_",
        '[' => "\\[",
        ']' => "\\]",
        '<' => "\\<",
        '>' => "\\>",
        '&' => "\\&",
        '~' => "\\~",
        '|' => "\\|",
        '$' => "\\$",
        '#' => "\\#",
        _ => return None,
    })
}

/// A part of a paragraph. At its start, what opens a list, a rule or a heading (`-`, `+`, `=`, `1.`, `1)`) is kept from it.
fn push_markdown(out: &mut String, part: &str, opens: bool) {
    let mut rest = part;
    if opens {
        rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        out.push_str(&part[..part.len() - rest.len()]);
        let marks: &[char] = if rest.len() < part.len() { &['.', ')'] } else { &['-', '+', '='] };
        if rest.starts_with(marks) {
            out.push('\\');
        }
    }
    push_escaped(out, rest, markdown_escape);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_says_what_the_text_says() {
        let shown = |part, opens| {
            let mut out = String::new();
            push_markdown(&mut out, part, opens);
            out
        };
        assert_eq!(shown("*a*_b_<c>", false), r"\*a\*\_b\_\<c\>");
        assert_eq!([shown("1.", true), shown("12)x", true), shown("1.", false)], [r"1\.", r"12\)x", "1."]);
        assert_eq!([shown("-", true), shown("+1", true), shown("#", true)], [r"\-", r"\+1", r"\#"]);
        assert_eq!([shown("2nd", true), shown("-", false)], ["2nd", "-"]);
    }
}
