//! Tables: CSV as RFC 4180 has it, TSV by the same rules with tabs, and the labels of Audacity.

use std::io::Write;

use super::options::{ExportOptions, SpeakerNames};
use super::sink::TextWriter;
use super::text::{parts, plain, push_escaped, push_line, shown_segments};
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
        for segment in transcript.segments() {
            let numbers = [segment.start_ms, segment.end_ms].map(|number| number.to_string());
            let speaker = cells.guarded(segment.speaker);
            let text = cells.guarded(&joined(transcript, &segment));
            cells.push_row(&mut out.text, [&*numbers[0], &*numbers[1], &*speaker, &*text]);
            out.relay()?;
        }
    }
    out.finish()
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
    /// A text as it goes into a cell: without controls but tabs and ends of lines, and no formula if so asked, not even
    /// for a program that takes another separator than the one that is meant, and so divides the text.
    fn guarded(&self, text: &str) -> String {
        let mut cell = String::with_capacity(text.len() + 1);
        let (mut written, mut may_begin_cell) = (0, true);
        for (at, c) in text.char_indices() {
            let runs = may_begin_cell && begins_formula(c) || at == 0 && is_tab_or_line_end(c);
            if self.escape_formulas && runs {
                push_cell(&mut cell, &text[written..at]);
                cell.push('\'');
                written = at;
            }
            // Not a comma: speech is full of them, and a cell that holds one is quoted.
            let divides = c == ';' || is_tab_or_line_end(c);
            may_begin_cell = divides || may_begin_cell && (c == '"' || c.is_whitespace());
        }
        push_cell(&mut cell, &text[written..]);
        cell
    }

    fn push_row<const N: usize>(&self, out: &mut String, row: [&str; N]) {
        for (index, cell) in row.into_iter().enumerate() {
            if index > 0 {
                out.push(self.delimiter);
            }
            // Programs guess the delimiter of CSV: by the language, some take a semicolon.
            let others: &[char] = if self.delimiter == ',' { &[';', '\t'] } else { &[] };
            if cell.contains([self.delimiter, '"', '\r', '\n']) || cell.contains(others) {
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

fn push_cell(cell: &mut String, text: &str) {
    push_escaped(cell, text, |c| match c {
        '\t' => Some("\t"),
        '\r' => Some("\r"),
        '\n' => Some("\n"),
        _ => None,
    });
}

/// What Excel, LibreOffice and Google Sheets take for the start of a formula, in its wide forms, too.
fn begins_formula(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
}

fn is_tab_or_line_end(c: char) -> bool {
    matches!(c, '\t' | '\r' | '\n')
}

/// Labels of Audacity: start and end in seconds, and a text in one line.
pub(super) fn labels(transcript: &Transcript, options: &ExportOptions, out: &mut dyn Write) -> Result<()> {
    let mut out = TextWriter::new(out);
    let mut names = SpeakerNames::new(options.speakers);
    for (_, segment) in shown_segments(transcript) {
        if options.rows_of_words {
            let words = segment.words.map(|index| transcript.word(index));
            for word in words.filter(|word| parts(word.text).next().is_some()) {
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
        assert_eq!(row(',', false, ["a;b", "b\tc", "d"]), "\"a;b\",\"b\tc\",d\r\n");
        assert_eq!(row('\t', false, ["a\tb", "b,c;d", "x\ny"]), "\"a\tb\"\tb,c;d\t\"x\ny\"\r\n");
    }

    #[test]
    fn no_text_is_a_formula_unless_asked_for() {
        assert_eq!(row(',', true, ["=1+1", "-x", "a=b"]), "'=1+1,'-x,a=b\r\n");
        assert_eq!(row(',', false, ["=1+1", "-x", "a=b"]), "=1+1,-x,a=b\r\n");
    }

    #[test]
    fn no_part_of_a_text_is_a_formula_for_who_divides_it() {
        let cells = Cells { delimiter: ',', escape_formulas: true };
        for (text, expected) in [
            ("a;=1", "a;'=1"),
            ("a;@b", "a;'@b"),
            ("no, -5", "no, -5"),
            ("a\t+1\t＝2", "a\t'+1\t'＝2"),
            ("a\n=1\r\n-2", "a\n'=1\r\n'-2"),
            ("a; \" =1;\"\"=2", "a; \" '=1;\"\"'=2"),
            (" =1", " '=1"),
            ("\"=1", "\"'=1"),
            ("\t=1", "'\t'=1"),
            ("\n", "'\n"),
            ("a; b=1, c-d; e", "a; b=1, c-d; e"),
            ("==;=", "'==;'="),
            ("", ""),
        ] {
            assert_eq!(cells.guarded(text), expected, "{text:?}");
        }
        assert_eq!(Cells { escape_formulas: false, ..cells }.guarded("=a;=1\n=2"), "=a;=1\n=2");
    }
}
