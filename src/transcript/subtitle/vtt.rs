//! WebVTT: exact, by its escapes. Speakers are voices; words may carry timestamps, for `::cue(:past)` and `::cue(:future)`.

use std::io::Write;

use super::tokens::{Dialect, as_it_is};
use super::{Cue, Cues};
use crate::error::Result;
use crate::transcript::Transcript;
use crate::transcript::export::options::{ExportOptions, Speakers, WordMarks};
use crate::transcript::export::sink::TextWriter;
use crate::transcript::export::text::{markup, parts, push_escaped, push_line, push_time};

pub(crate) fn write(transcript: &Transcript, options: &ExportOptions, out: &mut dyn Write) -> Result<()> {
    let dialect = Dialect { replace: as_it_is, prefixes: Speakers::None };
    let cues = Cues::of(transcript, &options.layout, &dialect);
    let mut out = TextWriter::new(out);
    out.text.push_str("WEBVTT\n\n");
    for cue in &cues.cues {
        push_time(&mut out.text, cue.start_ms, '.');
        out.text.push_str(" --> ");
        push_time(&mut out.text, cue.end_ms, '.');
        out.text.push('\n');
        let speaker = match options.speakers {
            Speakers::None => "",
            Speakers::Change | Speakers::Always => transcript.segment(cue.segment).speaker,
        };
        let is_voice = parts(speaker).next().is_some();
        if is_voice {
            out.text.push_str("<v ");
            push_line(&mut out.text, speaker, markup);
            out.text.push('>');
        }
        push_text(&mut out.text, &cues, cue, options.word_marks);
        out.text.push_str(if is_voice { "</v>\n\n" } else { "\n\n" });
        out.relay()?;
    }
    out.finish()
}

fn push_text(out: &mut String, cues: &Cues<'_>, cue: &Cue, marks: WordMarks) {
    let mut last_mark = cue.start_ms;
    for (number, line) in cues.lines(cue).iter().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        for (before, token) in cues.line(line) {
            out.push_str(before);
            // A timestamp has to be later than the one before it and than the cue's start, and earlier than its end.
            if marks != WordMarks::None && (last_mark + 1..cue.end_ms).contains(&token.start_ms) {
                last_mark = token.start_ms;
                out.push('<');
                push_time(out, token.start_ms, '.');
                out.push('>');
            }
            push_word(out, cues.tokens.text(token), marks);
        }
    }
}

fn push_word(out: &mut String, text: &str, marks: WordMarks) {
    let is_span = marks == WordMarks::Spans;
    out.push_str(if is_span { "<c>" } else { "" });
    push_escaped(out, text, markup);
    out.push_str(if is_span { "</c>" } else { "" });
}
