//! Finding words and phrases as a person means them: without regard to case, accents and punctuation.

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use super::Transcript;

/// A place where a transcript says what was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The numbers of the words.
    pub words: Range<usize>,
    /// The number of their segment.
    pub segment: usize,
    /// Start of the first word in milliseconds.
    pub start_ms: i64,
    /// End of the last word in milliseconds.
    pub end_ms: i64,
}

impl Transcript {
    /// Where a word or a phrase is said, in order and without overlaps. Case, accents and punctuation do not count; whole
    /// words are compared; a phrase does not go beyond its segment. Nothing is found for a text without a letter or digit.
    pub fn find(&self, phrase: &str) -> Vec<Match> {
        let mut wanted = Tokens::default();
        wanted.push(phrase, 0);
        if wanted.starts.is_empty() {
            return Vec::new();
        }
        let mut spoken = Tokens::default();
        for segment in self.segments() {
            spoken.break_here();
            for index in segment.words {
                spoken.push(self.columns().words.text.get(index), index);
            }
        }
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(at) = spoken.text[from..].find(&wanted.text).map(|at| from + at) {
            // The space after a match is the one before what follows.
            from = at + wanted.text.len() - 1;
            found.push(self.match_of(spoken.word_at(at)..spoken.word_at(from - 1) + 1));
        }
        found
    }

    fn match_of(&self, words: Range<usize>) -> Match {
        let (first, last) = (self.word(words.start), self.word(words.end - 1));
        Match { words, segment: first.segment, start_ms: first.start_ms, end_ms: last.end_ms }
    }
}

/// Folded words with a space before and after each, so that whole words are found by looking for a text.
#[derive(Default)]
struct Tokens {
    text: String,
    /// Where the space before each begins, and the word that it is of.
    starts: Vec<(usize, usize)>,
}

impl Tokens {
    fn push(&mut self, text: &str, word: usize) {
        let text = simple(text);
        for token in text.split(|c: char| !is_part_of_word(c)) {
            let start = self.text.len().saturating_sub(1);
            if self.text.is_empty() {
                self.text.push(' ');
            }
            let before = self.text.len();
            fold_into(&mut self.text, token);
            if self.text.len() > before {
                self.text.push(' ');
                self.starts.push((start, word));
            }
        }
    }

    /// No phrase goes over this place.
    fn break_here(&mut self) {
        self.text.push_str("\n ");
    }

    fn word_at(&self, at: usize) -> usize {
        let index = self.starts.partition_point(|(start, _)| *start <= at);
        index.checked_sub(1).map_or(0, |index| self.starts[index].1)
    }
}

/// Without the distinctions that only writing makes, letters apart from their accents.
fn simple(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(text.nfkd().collect()) }
}

fn is_part_of_word(c: char) -> bool {
    c.is_alphanumeric() || is_apostrophe(c) || canonical_combining_class(c) != 0
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2bc}')
}

/// Through the upper case, so that ß is ss and both forms of sigma are one.
fn fold_into(text: &mut String, token: &str) {
    if token.is_ascii() {
        text.extend(token.chars().filter(|c| *c != '\'').map(|c| c.to_ascii_lowercase()));
    } else {
        let letters = token.chars().filter(|c| !is_apostrophe(*c) && !is_accent(*c));
        text.extend(letters.flat_map(char::to_uppercase).flat_map(char::to_lowercase));
    }
}

/// Marks that make another letter are none: nukta (7), voicing of kana (8), virama (9).
fn is_accent(c: char) -> bool {
    !matches!(canonical_combining_class(c), 0 | 7..=9)
}
