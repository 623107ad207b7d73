//! Words as the layout sees them: pieces of text that stay together, with widths, times in order, and how well a cue or a
//! line ends after each.

use std::ops::{Deref, Range};

use unicode_linebreak::linebreaks;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::transcript::Transcript;
use crate::transcript::export::options::{SpeakerNames, Speakers};
use crate::transcript::export::text::{parts, push_escaped, shown_segments};

/// Later times are taken for this one, eleven years: players read no more than so many digits.
const LATEST_MS: i64 = 99_999 * 3_600_000;

/// What the format asks of the text.
pub(super) struct Dialect {
    /// Characters that the format can't say otherwise, and what stands for them.
    pub(super) replace: fn(&str, &mut String),
    /// Names of speakers as text before the words.
    pub(super) prefixes: Speakers,
}

/// How well something ends after a token, from the best on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ending {
    Sentence,
    Clause,
    Word,
    /// A short word without punctuation: most often an article or a preposition, which belongs to what follows.
    ShortWord,
    /// Inside a word.
    Inside,
}

/// A piece of text that no line break divides.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) text: Range<usize>,
    /// In columns.
    pub(super) width: u32,
    pub(super) start_ms: i64,
    pub(super) end_ms: i64,
    pub(super) segment: usize,
    pub(super) ending: Ending,
    /// It goes on with the word of the token before it.
    pub(super) is_glued: bool,
}

pub(super) struct Tokens<'a> {
    pub(super) transcript: &'a Transcript,
    pub(super) text: String,
    list: Vec<Token>,
}

impl Deref for Tokens<'_> {
    type Target = [Token];

    fn deref(&self) -> &[Token] {
        &self.list
    }
}

impl<'a> Tokens<'a> {
    pub(super) fn of(transcript: &'a Transcript, line_chars: u32, dialect: &Dialect) -> Self {
        let tokens = Self {
            transcript,
            text: String::with_capacity(transcript.text().len()),
            list: Vec::with_capacity(transcript.word_count()),
        };
        Builder { tokens, line_chars, dialect, clean: String::new(), latest_ms: 0 }.build()
    }

    pub(super) fn text(&self, token: &Token) -> &str {
        &self.text[token.text.clone()]
    }

    /// The columns of these tokens in one line.
    pub(super) fn width(&self, tokens: Range<usize>) -> u32 {
        let first = tokens.start;
        let widths =
            tokens.map(|index| self[index].width + u32::from(index > first && !self[index].is_glued));
        widths.sum()
    }
}

struct Builder<'a, 'd> {
    tokens: Tokens<'a>,
    line_chars: u32,
    dialect: &'d Dialect,
    clean: String,
    /// The start of the last word: none starts before it.
    latest_ms: i64,
}

impl<'a> Builder<'a, '_> {
    fn build(mut self) -> Tokens<'a> {
        let transcript = self.tokens.transcript;
        let mut names = SpeakerNames::new(self.dialect.prefixes);
        for (index, segment) in shown_segments(transcript) {
            let start = self.time(transcript.word(segment.words.start).start_ms);
            let name = names.next(segment.speaker);
            let mut name_parts = name.into_iter().flat_map(parts).peekable();
            while let Some(part) = name_parts.next() {
                let is_last = name_parts.peek().is_none();
                self.push_part(part, if is_last { ":" } else { "" }, index, start..start, true);
            }
            for number in segment.words.clone() {
                let word = transcript.word(number);
                let start = self.time(word.start_ms);
                self.latest_ms = start;
                // Where the next word of the segment begins, this one is over.
                let next = number + 1;
                let limit = if next < segment.words.end {
                    self.time(transcript.word(next).start_ms)
                } else {
                    LATEST_MS
                };
                let end = word.end_ms.clamp(start, limit);
                let mut word_parts = parts(word.text).peekable();
                while let Some(part) = word_parts.next() {
                    let rest = if word_parts.peek().is_some() { start..start } else { start..end };
                    self.push_part(part, "", index, rest, false);
                }
            }
        }
        self.tokens
    }

    /// A time at which a word may start.
    fn time(&self, time_ms: i64) -> i64 {
        time_ms.clamp(0, LATEST_MS).max(self.latest_ms)
    }

    /// Appends a text without white space: one token, or several if it is wider than a line.
    fn push_part(&mut self, part: &str, suffix: &str, segment: usize, time: Range<i64>, is_prefix: bool) {
        self.clean.clear();
        let mut clean = std::mem::take(&mut self.clean);
        (self.dialect.replace)(part, &mut clean);
        clean.push_str(suffix);
        let width = width_of(&clean);
        if width > self.line_chars && part.contains(char::is_whitespace) {
            self.clean = clean;
            // A space where no line may break is one where a line has to.
            let mut subparts = part.split(char::is_whitespace).filter(|part| !part.is_empty()).peekable();
            while let Some(subpart) = subparts.next() {
                let is_last = subparts.peek().is_none();
                let share = if is_last { time.clone() } else { time.start..time.start };
                self.push_part(subpart, if is_last { suffix } else { "" }, segment, share, is_prefix);
            }
            return;
        }
        let first = self.tokens.list.len();
        let mut push = |piece: &str, width: u32, ending: Ending| {
            let text = self.tokens.text.len()..self.tokens.text.len() + piece.len();
            self.tokens.text.push_str(piece);
            let is_glued = self.tokens.list.len() > first;
            let (start_ms, end_ms) = (time.start, time.end);
            let token = Token { text, width, start_ms, end_ms, segment, ending, is_glued };
            self.tokens.list.push(token);
        };
        if width <= self.line_chars {
            push(&clean, width, ending_of(&clean, width));
        } else {
            for (piece, width) in pieces(&clean, self.line_chars) {
                let punctuation = ending_of(piece, width);
                push(piece, width, if punctuation <= Ending::Clause { punctuation } else { Ending::Inside });
            }
            if let Some(last) = self.tokens.list[first..].last_mut() {
                last.ending = last.ending.min(Ending::Word);
            }
            spread(&mut self.tokens.list[first..], width, &time);
        }
        if is_prefix {
            self.tokens.list[first..].iter_mut().for_each(|token| token.ending = Ending::Inside);
        }
        self.clean = clean;
    }
}

/// Gives the pieces of a word their share of its time.
fn spread(pieces: &mut [Token], width: u32, time: &Range<i64>) {
    let at = |columns: u32| {
        let share = i128::from(time.end - time.start) * i128::from(columns) / i128::from(width.max(1));
        time.start + share as i64
    };
    let mut columns = 0;
    for piece in pieces {
        piece.start_ms = at(columns);
        columns += piece.width;
        piece.end_ms = at(columns);
    }
}

/// The pieces of a word that is wider than a line: between them a line may break (by Unicode's rules, which for Chinese and
/// Japanese is nearly everywhere), and none is wider than a line, but for a single character. What a reader sees as one
/// character stays whole, and what no reader sees makes no piece: any number of them would fit into a line.
fn pieces(word: &str, line_chars: u32) -> Vec<(&str, u32)> {
    let mut breaks = linebreaks(word).map(|(at, _)| at).peekable();
    let (mut pieces, mut start, mut width) = (Vec::new(), 0, 0);
    for (at, character) in word.grapheme_indices(true) {
        while breaks.next_if(|next| *next < at).is_some() {}
        let character_width = character.width() as u32;
        let breaks_here = breaks.peek() == Some(&at);
        let is_seen = width > 0 && character_width > 0;
        if is_seen && (breaks_here || width + character_width > line_chars) {
            pieces.push((&word[start..at], width));
            (start, width) = (at, 0);
        }
        width += character_width;
    }
    pieces.push((&word[start..], width));
    pieces
}

/// The columns of a text: the sum of those of its characters, as a reader sees them.
pub(super) fn width_of(text: &str) -> u32 {
    if text.is_ascii() {
        return text.len() as u32;
    }
    text.graphemes(true).map(|character| character.width() as u32).sum()
}

fn ending_of(text: &str, width: u32) -> Ending {
    let closing =
        |c: char| matches!(c, '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '}' | '」' | '』' | '）' | '】');
    let text = text.trim_end_matches(closing);
    match text.chars().next_back() {
        Some('.') if is_abbreviation(text) => Ending::Word,
        Some('.' | '!' | '?' | '…' | '。' | '！' | '？' | '．' | '؟' | '۔' | '।' | '॥' | '։' | '።') => {
            Ending::Sentence
        }
        Some(',' | ';' | ':' | '–' | '—' | '،' | '؛' | '、' | '，' | '；' | '：' | '·') => {
            Ending::Clause
        }
        _ if width <= 3 && text.chars().all(|c| c.is_alphabetic() && c < '\u{1100}') => Ending::ShortWord,
        _ => Ending::Word,
    }
}

/// Whether the full stop belongs to the word: a title, an initial, `e.g.`.
fn is_abbreviation(text: &str) -> bool {
    let word = text.trim_end_matches('.').trim_start_matches(['(', '"', '“']);
    let dots = text.len() - text.trim_end_matches('.').len();
    let is_initial = word.len() == 1 && word != "I" && word.chars().all(|c| c.is_ascii_uppercase());
    let title =
        matches!(word, "Mr" | "Mrs" | "Ms" | "Dr" | "Prof" | "St" | "Jr" | "Sr" | "vs" | "Mt" | "Lt" | "Gen");
    dots == 1 && (title || is_initial || (word.contains('.') && word.split('.').all(|part| part.len() == 1)))
}

/// Text without escapes of its own.
pub(super) fn as_it_is(part: &str, out: &mut String) {
    push_escaped(out, part, |_| None);
}
