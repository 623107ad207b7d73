//! Subtitles: words laid out as cues, cues written as SubRip, WebVTT and TTML, and the first two read back. Here live the
//! layout, which is the same for all formats, their writers and their readers; which options there are and where an export
//! goes is the business of `export`.
//!
//! What always holds, whatever the words and times: no cue is empty, begins before the end of the one before it, or is
//! shorter or longer than asked; the words come in order, and none is lost.

mod layout;
mod lines;
mod read;
mod srt;
mod timing;
mod tokens;
mod ttml;
mod vtt;

pub(super) use srt::write as srt;
pub(super) use ttml::write as ttml;
pub(super) use vtt::write as vtt;

use std::ops::Range;

use super::Transcript;
use super::export::options::LayoutOptions;
use tokens::{Dialect, Token, Tokens};

/// A transcript laid out as cues.
struct Cues<'a> {
    tokens: Tokens<'a>,
    /// Tokens of each line.
    lines: Vec<Range<usize>>,
    cues: Vec<Cue>,
}

#[derive(Clone, Debug, PartialEq)]
struct Cue {
    start_ms: i64,
    end_ms: i64,
    /// The number of the segment that its words are of.
    segment: usize,
    lines: Range<usize>,
}

impl<'a> Cues<'a> {
    fn of(transcript: &'a Transcript, options: &LayoutOptions, dialect: &Dialect) -> Self {
        let tokens = Tokens::of(transcript, options.line_chars, dialect);
        let spans = layout::cues(&tokens, options);
        let mut lines = Vec::new();
        let mut cues: Vec<Cue> = spans
            .into_iter()
            .map(|span| {
                let first = lines.len();
                lines::break_lines(&tokens, span.clone(), options, &mut lines);
                Cue {
                    start_ms: tokens[span.start].start_ms,
                    end_ms: tokens[span.end - 1].end_ms,
                    segment: tokens[span.start].segment,
                    lines: first..lines.len(),
                }
            })
            .collect();
        let chars = |cue: &Cue| {
            lines[cue.lines.clone()].iter().map(|line| i64::from(tokens.width(line.clone()))).sum()
        };
        timing::set(&mut cues, chars, options);
        Self { tokens, lines, cues }
    }

    /// The tokens of a line, each with what stands before it: nothing at the start and inside a word, else a space.
    fn line(&self, line: &Range<usize>) -> impl Iterator<Item = (&'static str, &Token)> {
        let first = line.start;
        line.clone().map(move |index| {
            let token = &self.tokens[index];
            (if index == first || token.is_glued { "" } else { " " }, token)
        })
    }

    fn lines(&self, cue: &Cue) -> &[Range<usize>] {
        &self.lines[cue.lines.clone()]
    }
}

#[cfg(test)]
mod tests;
