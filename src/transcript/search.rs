//! Finding words and phrases as a person means them: without regard to case, accents and punctuation.

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

use super::Transcript;

/// A place where a transcript says what was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
    /// words are compared; a phrase does not go beyond its segment. No word is in two matches. Nothing is found for a text without a letter or digit.
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
            let last = at + wanted.text.len() - 2;
            let words = spoken.word_at(at)..spoken.word_at(last) + 1;
            // Of a word with a hyphen, some may be left: that is in the match, too.
            let next = spoken.start_of(words.end);
            found.extend(self.match_of(words));
            let Some(next) = next else { break };
            from = next;
        }
        found
    }

    /// The match that these words are; `None` if there are no such words.
    pub fn match_of(&self, words: Range<usize>) -> Option<Match> {
        if words.is_empty() || words.end > self.word_count() {
            return None;
        }
        let (first, last) = (self.word(words.start), self.word(words.end - 1));
        Some(Match { words, segment: first.segment, start_ms: first.start_ms, end_ms: last.end_ms })
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

    /// Where this word begins, or the first after it that has a letter or digit.
    fn start_of(&self, word: usize) -> Option<usize> {
        let index = self.starts.partition_point(|(_, of)| *of < word);
        self.starts.get(index).map(|(start, _)| *start)
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
    c.is_alphanumeric() || is_passed_over(c) || is_combining_mark(c)
}

/// Apostrophes, and what is not seen: soft hyphens, joiners, marks of direction, selectors of a form; also what encloses.
fn is_passed_over(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2bc}')
        || matches!(c, '\u{34f}' | '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
        || matches!(c, '\u{488}' | '\u{489}' | '\u{20dd}'..='\u{20e4}' | '\u{a670}'..='\u{a672}')
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Through the upper case, so that ß is ss and both forms of sigma are one.
fn fold_into(text: &mut String, token: &str) {
    if token.is_ascii() {
        text.extend(token.chars().filter(|c| *c != '\'').map(|c| c.to_ascii_lowercase()));
    } else {
        let letters = token.chars().filter(|c| !is_passed_over(*c) && !is_accent(*c));
        text.extend(letters.flat_map(char::to_uppercase).flat_map(char::to_lowercase));
    }
}

/// Marks that make another letter are none: nukta (7), voicing of kana (8), virama (9).
fn is_accent(c: char) -> bool {
    !matches!(canonical_combining_class(c), 0 | 7..=9)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::{Segment, Word};

    fn transcript(segments: &[&str]) -> Transcript {
        let mut builder = Transcript::builder();
        let mut now_ms = 0;
        for text in segments {
            let words = text.split(' ').map(|text| {
                now_ms += 10;
                Word { text: text.into(), start_ms: now_ms - 10, end_ms: now_ms, ..Word::default() }
            });
            builder = builder.segment(&Segment { words: words.collect(), ..Segment::default() });
        }
        builder.build()
    }

    /// First word and number of words of each match.
    fn places(said: &str, phrase: &str) -> Vec<(usize, usize)> {
        transcript(&[said]).find(phrase).iter().map(|found| (found.words.start, found.words.len())).collect()
    }

    #[test]
    fn a_match_has_its_words_times_and_segment() {
        let transcript = transcript(&["so it goes", "And so, it went."]);
        let expected = [
            Match { words: 0..2, segment: 0, start_ms: 0, end_ms: 20 },
            Match { words: 4..6, segment: 1, start_ms: 40, end_ms: 60 },
        ];
        assert_eq!(transcript.find("So it"), expected);
    }

    #[test]
    fn case_accents_punctuation_and_forms_do_not_count() {
        for (said, phrase) in [
            ("Straße", "STRASSE"),
            ("Café", "cafe"),
            ("cafe\u{301}", "CAFÉ"),
            ("ΟΔΟΣ", "οδός"),
            ("«ﬁn»", "fin"),
            ("don’t", "DON'T"),
            ("co\u{ad}op", "coop"),
            ("well-known", "well known"),
            ("ＡＢＣ１", "abc1"),
            ("İstanbul", "istanbul"),
            ("\u{202e}abc", "abc"),
        ] {
            assert_eq!(places(said, phrase), [(0, 1)], "{said}");
        }
    }

    #[test]
    fn marks_that_make_another_letter_count() {
        assert!(places("か", "が").is_empty() && places("कि", "क").is_empty());
        assert_eq!(places("が कि", "が कि"), [(0, 2)]);
    }

    #[test]
    fn whole_words_are_compared_and_matches_do_not_overlap() {
        assert_eq!(places("a part apart", "part"), [(1, 1)]);
        assert_eq!(places("a a a a a", "a a"), [(0, 2), (2, 2)]);
        assert_eq!(places("no - yes", "no yes"), [(0, 3)]);
        assert_eq!(places("one-two-three", "two"), [(0, 1)]);
        assert!(places("a b", "b a").is_empty());
        assert_eq!(places("bye-bye", "bye"), [(0, 1)]);
        assert_eq!(places("bye-bye bye", "bye"), [(0, 1), (1, 1)]);
        assert_eq!(places("a-b a-b a", "b a"), [(0, 2)]);
        assert_eq!(places("a-b a-b - b a", "b a"), [(0, 2), (3, 2)]);
    }

    #[test]
    fn marks_of_any_kind_are_part_of_a_word() {
        assert!(places("เป็น", "น").is_empty() && places("เสาร์นี้", "น").is_empty());
        assert!(places("ប៌ក", "ក").is_empty());
        assert_eq!(places("เป็น น", "น"), [(1, 1)]);
        assert_eq!(places("i ❤\u{fe0f} you", "i you"), [(0, 3)], "one that only chooses a form is none");
        assert_eq!(places("1\u{fe0f}\u{20e3}", "1"), [(0, 1)]);
    }

    #[test]
    fn a_phrase_does_not_go_beyond_its_segment() {
        assert!(transcript(&["a b", "c d"]).find("b c").is_empty());
    }

    #[test]
    fn nothing_is_found_for_nothing() {
        for phrase in ["", " ", "...", "'", "\u{301}"] {
            assert!(places("a ' ... b", phrase).is_empty(), "{phrase}");
        }
        assert!(Transcript::builder().build().find("a").is_empty());
    }
}
