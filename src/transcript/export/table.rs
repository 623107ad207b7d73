//! Tables: CSV as RFC 4180 has it, TSV by the same rules with tabs, and the labels of Audacity.

use std::io::Write;

use super::options::{ExportOptions, SpeakerNames};
use super::sink::TextWriter;
use super::text::{parts, plain, push_escaped, push_line};
use crate::error::Result;
use crate::transcript::{SegmentRef, Transcript};

pub(super) fn csv(transcript: &Transcript, options: &ExportOptions, out: &mut dyn Write) -> Result<()> {
    delimited(transcript, options, ',', out)
}

pub(super) fn tsv(transcript: &Transcript, options: &ExportOptions, out: &mut dyn Write) -> Result<()> {
    delimited(transcript, options, '\t', out)
}

fn delimited(
    transcript: &Transcript,
    options: &ExportOptions,
    delimiter: char,
    out: &mut dyn Write,
) -> Result<()> {
    let mut out = TextWriter::new(out);
    let cells = Cells { delimiter, escape_formulas: options.escape_formulas };
    if options.rows_of_words {
        cells.push_row(&mut out.text, ["start_ms", "end_ms", "text", "confidence", "segment", "speaker"]);
        for word in transcript.words() {
            let confidence = word.confidence.map(|value| value.to_string()).unwrap_or_default();
            let numbers = [word.start_ms, word.end_ms, word.segment as i64].map(|number| number.to_string());
            let text = cells.guarded(word.text);
            let speaker = cells.guarded(transcript.segment(word.segment).speaker);
            let row = [&*numbers[0], &*numbers[1], &*text, &*confidence, &*numbers[2], &*speaker];
            cells.push_row(&mut out.text, row);
            out.relay()?;
        }
    } else {
        cells.push_row(&mut out.text, ["start_ms", "end_ms", "speaker", "text"]);
        for segment in segments(transcript) {
            let numbers = [segment.start_ms, segment.end_ms].map(|number| number.to_string());
            let speaker = cells.guarded(segment.speaker);
            let text = cells.guarded(&joined(transcript, &segment));
            cells.push_row(&mut out.text, [&*numbers[0], &*numbers[1], &*speaker, &*text]);
            out.relay()?;
        }
    }
    out.finish()
}

fn segments(transcript: &Transcript) -> impl Iterator<Item = SegmentRef<'_>> {
    (0..transcript.segment_count()).map(|index| transcript.segment(index))
}

/// The words as they are, with spaces between them.
fn joined(transcript: &Transcript, segment: &SegmentRef<'_>) -> String {
    let mut text = String::new();
    for index in segment.words.clone() {
        if index > segment.words.start {
            text.push(' ');
        }
        text.push_str(transcript.word(index).text);
    }
    text
}

struct Cells {
    delimiter: char,
    escape_formulas: bool,
}

impl Cells {
    /// A text as it goes into a cell: without controls but tabs and ends of lines, and no formula if so asked.
    fn guarded(&self, text: &str) -> String {
        let mut cell = String::with_capacity(text.len() + 1);
        if self.escape_formulas && text.starts_with(begins_formula) {
            cell.push('\'');
        }
        push_escaped(&mut cell, text, |c| match c {
            '\t' => Some("\t"),
            '\r' => Some("\r"),
            '\n' => Some("\n"),
            _ => None,
        });
        cell
    }

    fn push_row<const N: usize>(&self, out: &mut String, row: [&str; N]) {
        for (index, cell) in row.into_iter().enumerate() {
            if index > 0 {
                out.push(self.delimiter);
            }
            if cell.contains([self.delimiter, '"', '\r', '\n']) {
                out.push('"');
                out.push_str(&cell.replace('"', "\"\""));
                out.push('"');
            } else {
                out.push_str(cell);
            }
        }
        out.push_str("\r\n");
    }
}

/// What Excel, LibreOffice and Google Sheets take for the start of a formula, in its wide forms, too.
fn begins_formula(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
}

/// Labels of Audacity: start and end in seconds, and a text in one line.
pub(super) fn labels(transcript: &Transcript, options: &ExportOptions, out: &mut dyn Write) -> Result<()> {
    let mut out = TextWriter::new(out);
    let mut names = SpeakerNames::new(options.speakers);
    for segment in segments(transcript) {
        if options.rows_of_words {
            for word in segment.words.map(|index| transcript.word(index)) {
                push_span(&mut out.text, word.start_ms, word.end_ms);
                push_line(&mut out.text, word.text, plain);
                out.text.push('\n');
                out.relay()?;
            }
            continue;
        }
        push_span(&mut out.text, segment.start_ms, segment.end_ms);
        if let Some(name) = names.next(segment.speaker) {
            push_line(&mut out.text, name, plain);
            out.text.push_str(": ");
        }
        let words = segment.words.flat_map(|index| parts(transcript.word(index).text));
        for (index, part) in words.enumerate() {
            if index > 0 {
                out.text.push(' ');
            }
            push_escaped(&mut out.text, part, plain);
        }
        out.text.push('\n');
        out.relay()?;
    }
    out.finish()
}

fn push_span(out: &mut String, start_ms: i64, end_ms: i64) {
    let start_ms = start_ms.max(0);
    for time_ms in [start_ms, end_ms.max(start_ms)] {
        out.push_str(&format!("{}.{:03}\t", time_ms / 1000, time_ms % 1000));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(delimiter: char, escape_formulas: bool, texts: [&str; 3]) -> String {
        let cells = Cells { delimiter, escape_formulas };
        let guarded = texts.map(|text| cells.guarded(text));
        let mut out = String::new();
        cells.push_row(&mut out, [&guarded[0], &guarded[1], &guarded[2]]);
        out
    }

    #[test]
    fn cells_are_quoted_where_they_have_to_be() {
        assert_eq!(row(',', false, ["a", "b,c", "say \"x\""]), "a,\"b,c\",\"say \"\"x\"\"\"\r\n");
        assert_eq!(row('\t', false, ["a\tb", "b,c", "x\ny"]), "\"a\tb\"\tb,c\t\"x\ny\"\r\n");
    }

    #[test]
    fn no_text_is_a_formula_unless_asked_for() {
        assert_eq!(row(',', true, ["=1+1", "-x", "a=b"]), "'=1+1,'-x,a=b\r\n");
        assert_eq!(row(',', false, ["=1+1", "-x", "a=b"]), "=1+1,-x,a=b\r\n");
    }
}
