//! From the recogniser's pieces of text to words with times: tiro's decoder of the local service.

use super::super::engine::{Heard, Phrase, Token};
use super::scripts::{self, begins_unspaced};
use super::times::{self, Said};
use super::windows::Window;
use super::{repeats, seams};
use crate::transcript::{Segment, Transcript, Word};

/// A pause after which a sentence is a phrase of its own.
const SENTENCE_PAUSE_MS: i64 = 300;

const MUSIC: [char; 2] = ['♪', '♫'];

/// A word in the time of its lane.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct HeardWord {
    pub(super) word: Word,
    pub(super) begins_phrase: bool,
    /// No space is written before it.
    pub(super) is_joined: bool,
}

impl HeardWord {
    /// Whether both are one word, however it is written. Marks alone are no word.
    pub(super) fn is_same_word(&self, other: &Self) -> bool {
        self.letters().next().is_some() && self.letters().eq(other.letters())
    }

    fn letters(&self) -> impl Iterator<Item = char> + '_ {
        self.word.text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase)
    }
}

/// What was heard in a lane so far.
#[derive(Default)]
pub(super) struct LaneWords {
    words: Vec<HeardWord>,
}

impl LaneWords {
    /// Appends what was heard in the next window.
    pub(super) fn append(&mut self, window: &Window, heard: &Heard, active: &[bool]) {
        let mut words = Vec::new();
        for phrase in &heard.phrases {
            phrase_words(phrase, window, active, &mut words);
        }
        repeats::remove(&mut words);
        match window.seam_ms {
            Some(seam_ms) => seams::join(&mut self.words, words, seam_ms),
            None => self.words.extend(words),
        }
    }
}

/// The transcript of what was heard. Of several lanes each is a speaker, and their phrases come in order of time.
pub(super) fn transcript(id: &str, language: &str, duration_ms: i64, lanes: Vec<LaneWords>) -> Transcript {
    let several = lanes.len() > 1;
    let mut segments: Vec<Segment> = Vec::new();
    for (number, lane) in lanes.into_iter().enumerate() {
        let speaker = if several { format!("Channel {}", number + 1) } else { String::new() };
        let mut now_ms = 0;
        // Of how many the last word was joined.
        let mut parts = 1.0;
        for HeardWord { mut word, begins_phrase, is_joined } in lane.words {
            // Times are in order and inside the sound, whatever the recogniser claims.
            word.start_ms = word.start_ms.clamp(now_ms, duration_ms.max(now_ms));
            word.end_ms = word.end_ms.clamp(word.start_ms, duration_ms.max(word.start_ms));
            now_ms = word.end_ms;
            match segments.last_mut() {
                Some(last) if !begins_phrase && last.speaker == speaker => match last.words.last_mut() {
                    Some(before) if is_joined => {
                        append(before, &word, parts);
                        parts += 1.0;
                        continue;
                    }
                    _ => last.words.push(word),
                },
                _ => segments.push(Segment {
                    speaker: speaker.clone(),
                    words: vec![word],
                    ..Segment::default()
                }),
            }
            parts = 1.0;
        }
    }
    segments.sort_by_key(|segment| segment.words.first().map_or(0, |word| word.start_ms));
    let builder = Transcript::builder().recording_id(id).language(language).duration_ms(duration_ms);
    segments.iter().fold(builder, |builder, segment| builder.segment(segment)).build()
}

/// Puts two words into one, the first of which was so many. A transcript has a space between words: where none is
/// written, they are one.
fn append(before: &mut Word, word: &Word, parts: f32) {
    before.text.push_str(&word.text);
    before.end_ms = word.end_ms;
    before.estimated |= word.estimated;
    let mean = |(before, word): (f32, f32)| (before * parts + word) / (parts + 1.0);
    before.confidence = before.confidence.zip(word.confidence).map(mean);
}

fn phrase_words(phrase: &Phrase, window: &Window, active: &[bool], words: &mut Vec<HeardWord>) {
    let all = split(&phrase.tokens).into_iter().enumerate().filter(|(_, pieces)| is_word(pieces));
    let (numbers, spoken): (Vec<usize>, Vec<&[Token]>) = all.unzip();
    let (times, estimated) = times::of_words(phrase, &spoken, window, active);
    let mut last_piece = None;
    for ((number, pieces), Said { piece, time }) in numbers.into_iter().zip(spoken).zip(times) {
        let confidence = pieces.iter().map(|piece| piece.probability).sum::<f32>() / pieces.len() as f32;
        let word = Word {
            text: text_of(pieces),
            start_ms: time.start,
            end_ms: time.end,
            confidence: Some(confidence.clamp(0.0, 1.0)),
            estimated,
            ..Word::default()
        };
        let begins_phrase =
            last_piece != Some(piece) || words.last().is_some_and(|last| is_apart(last, &word));
        let is_joined = !pieces.iter().any(Token::begins_word) && (number > 0 || begins_unspaced(pieces));
        words.push(HeardWord { word, begins_phrase, is_joined });
        last_piece = Some(piece);
    }
}

/// The pieces of each word. In scripts without spaces a word begins with each piece that begins with a letter: a whole
/// phrase as one word would have one time, and at a seam be there twice or not at all.
fn split(tokens: &[Token]) -> Vec<&[Token]> {
    let mut words = Vec::new();
    let mut start = 0;
    for at in 1..=tokens.len() {
        let (word, rest) = (&tokens[start..at], &tokens[at..]);
        let is_over = |next: &Token| next.begins_word() || scripts::is_border(word, rest);
        if rest.first().is_none_or(is_over) {
            words.push(word);
            start = at;
        }
    }
    words
}

fn text_of(pieces: &[Token]) -> String {
    let text: Vec<u8> = pieces.iter().flat_map(|piece| piece.text.iter().copied()).collect();
    String::from_utf8_lossy(&text).trim().to_owned()
}

/// Music is heard as notes, and a pause as a dash: no words.
fn is_word(pieces: &[Token]) -> bool {
    pieces.iter().any(Token::is_spoken) && !text_of(pieces).contains(MUSIC)
}

/// Whether a sentence and a pause lie between two words. The recogniser often takes several sentences for one phrase.
fn is_apart(before: &HeardWord, word: &Word) -> bool {
    before.word.text.ends_with(['.', '?', '!', '…', '。', '？', '！'])
        && word.start_ms - before.word.end_ms >= SENTENCE_PAUSE_MS
}

#[cfg(test)]
mod tests {
    use super::super::times::LAG_MS;
    use super::super::windows::Piece;
    use super::*;

    fn token(text: &str, aligned_ms: impl Into<Option<i64>>) -> Token {
        Token { text: text.as_bytes().to_vec(), probability: 0.5, aligned_ms: aligned_ms.into() }
    }

    /// What was heard in a window over all of a sound of a second.
    fn heard(tokens: Vec<Token>) -> Transcript {
        let piece = Piece { from_ms: 0, to_ms: 1000, at_ms: 0 };
        heard_in(&Window { lane: 0, pieces: vec![piece], seam_ms: None }, tokens, &[true; 50])
    }

    fn heard_in(window: &Window, tokens: Vec<Token>, active: &[bool]) -> Transcript {
        let phrases = vec![Phrase { start_ms: 100, end_ms: 1_000, tokens }];
        let mut lane = LaneWords::default();
        lane.append(window, &Heard { phrases, language: "en".into() }, active);
        transcript("r", "en", 20 * active.len() as i64, vec![lane])
    }

    fn summary(transcript: &Transcript) -> Vec<(&str, i64, i64)> {
        transcript.words().map(|word| (word.text, word.start_ms, word.end_ms)).collect()
    }

    #[test]
    fn pieces_become_words_and_aligned_times_their_ends() {
        let transcript =
            heard(vec![token(" Hel", 300), token("lo", 400), token(",", 900), token(" you", 800)]);
        assert_eq!(
            summary(&transcript),
            [("Hello,", 100, 400 - LAG_MS), ("you", 400 - LAG_MS, 800 - LAG_MS)]
        );
    }

    #[test]
    fn times_never_run_backwards_or_out_of_the_sound() {
        let transcript = heard(vec![token(" a", 700), token(" b", 10), token(" c", 5000)]);
        assert_eq!(summary(&transcript), [("a", 100, 640), ("b", 640, 640), ("c", 640, 1000)]);
        assert!(transcript.words().all(|word| !word.estimated));
    }

    #[test]
    fn a_word_after_a_pause_begins_after_it() {
        let piece = Piece { from_ms: 0, to_ms: 1000, at_ms: 0 };
        let window = Window { lane: 0, pieces: vec![piece], seam_ms: None };
        let active: Vec<bool> = (0..50).map(|frame| !(20..35).contains(&frame)).collect();
        let transcript = heard_in(&window, vec![token(" a", 400), token(" b", 900)], &active);
        assert_eq!(summary(&transcript), [("a", 100, 400), ("b", 700, 900 - LAG_MS)]);
    }

    #[test]
    fn a_sentence_after_a_pause_begins_a_phrase() {
        let piece = Piece { from_ms: 0, to_ms: 1000, at_ms: 0 };
        let window = Window { lane: 0, pieces: vec![piece], seam_ms: None };
        let active: Vec<bool> = (0..50).map(|frame| !(20..38).contains(&frame)).collect();
        let said = |first: &str| heard_in(&window, vec![token(first, 400), token(" B", 900)], &active);
        assert_eq!(said(" A.").text(), "A.\nB");
        assert_eq!(said(" a").text(), "a B");
    }

    #[test]
    fn words_go_back_to_the_times_of_their_pieces_and_begin_a_phrase_there() {
        let pieces = vec![
            Piece { from_ms: 200, to_ms: 700, at_ms: 0 },
            Piece { from_ms: 5000, to_ms: 6000, at_ms: 700 },
        ];
        let window = Window { lane: 0, pieces, seam_ms: None };
        let tokens = vec![token(" a", 400), token(" b", 520), token(" c", 900)];
        let transcript = heard_in(&window, tokens, &[true; 400]);
        assert_eq!(
            summary(&transcript),
            [("a", 300, 600 - LAG_MS), ("b", 600 - LAG_MS, 660), ("c", 5000, 5200 - LAG_MS)]
        );
        assert_eq!(transcript.text(), "a b\nc");
    }

    #[test]
    fn each_lane_is_a_speaker_and_phrases_are_in_order() {
        let said = |text: &str, start_ms| HeardWord {
            word: Word { text: text.into(), start_ms, end_ms: start_ms + 10, ..Word::default() },
            begins_phrase: true,
            is_joined: false,
        };
        let first = LaneWords { words: vec![said("one", 0), said("three", 500)] };
        let second = LaneWords { words: vec![said("two", 200)] };
        let transcript = transcript("r", "en", 1000, vec![first, second]);
        assert_eq!(transcript.text(), "one\ntwo\nthree");
        let speakers: Vec<_> = (0..3).map(|index| transcript.segment(index).speaker).collect();
        assert_eq!(speakers, ["Channel 1", "Channel 2", "Channel 1"]);
    }

    #[test]
    fn a_character_over_two_tokens_is_one() {
        let euro = "€".as_bytes();
        let mut first = token(" ", 10);
        first.text.extend_from_slice(&euro[..1]);
        let mut second = token("", 20);
        second.text.extend_from_slice(&euro[1..]);
        assert_eq!(heard(vec![first, second]).text(), "€");
    }

    /// Each text as a piece; one that ends in the middle of a character is given by bytes.
    fn pieces(texts: &[&[u8]]) -> Vec<Token> {
        let piece = |(index, text): (usize, &&[u8])| Token {
            text: text.to_vec(),
            probability: 0.5,
            aligned_ms: Some(100 * (index as i64 + 2)),
        };
        texts.iter().enumerate().map(piece).collect()
    }

    fn split_texts(texts: &[&[u8]]) -> Vec<String> {
        split(&pieces(texts)).into_iter().map(text_of).collect()
    }

    #[test]
    fn where_no_spaces_are_written_each_piece_is_a_word() {
        let long = "听".as_bytes();
        let chinese =
            split_texts(&["我们".as_bytes(), &long[..1], &long[1..], "，".as_bytes(), "你".as_bytes()]);
        assert_eq!(chinese, ["我们", "听，", "你"]);
        assert_eq!(split_texts(&["用".as_bytes(), b"Py", b"thon", "写".as_bytes()]), ["用", "Python", "写"]);
        assert_eq!(split_texts(&["コ".as_bytes(), "ー".as_bytes(), "ヒ".as_bytes()]), ["コー", "ヒ"]);
        // Marks stand above and below the letter before.
        assert_eq!(split_texts(&["ก".as_bytes(), "ั".as_bytes(), "น".as_bytes()]), ["กั", "น"]);
        assert_eq!(
            split_texts(&["ក".as_bytes(), "្".as_bytes(), "រ".as_bytes(), "ម".as_bytes()]),
            ["ក្រ", "ម"]
        );
    }

    #[test]
    fn where_spaces_are_written_they_alone_part_words() {
        assert_eq!(
            split_texts(&[b" na", "ï".as_bytes(), b"ve", b" 1", b"0", b"%", b" it", b"'s"]),
            ["naïve", "10%", "it's"]
        );
        assert_eq!(split_texts(&[" 한국".as_bytes(), "어".as_bytes(), " 말".as_bytes()]), ["한국어", "말"]);
    }

    #[test]
    fn what_is_written_without_spaces_is_told_without() {
        let text = |texts: &[&[u8]]| heard(pieces(texts)).text().to_owned();
        assert_eq!(text(&["你".as_bytes(), "好".as_bytes(), b" C", b"++", "吗".as_bytes()]), "你好 C++吗");
        let transcript = heard(pieces(&["你".as_bytes(), "好".as_bytes()]));
        assert_eq!(summary(&transcript), [("你好", 100, 300 - LAG_MS)]);
        assert_eq!(transcript.word(0).confidence, Some(0.5));
    }

    #[test]
    fn a_seam_without_spaces_is_one_row() {
        let said = |text: &str| {
            let letters: Vec<String> = text.chars().map(String::from).collect();
            pieces(&letters.iter().map(String::as_bytes).collect::<Vec<_>>())
        };
        let window = |from_ms, seam_ms| {
            let piece = Piece { from_ms, to_ms: from_ms + 1_000, at_ms: 0 };
            Window { lane: 0, pieces: vec![piece], seam_ms }
        };
        let mut lane = LaneWords::default();
        let mut hear = |window: Window, text: &str| {
            let phrases = vec![Phrase { start_ms: 100, end_ms: 1_000, tokens: said(text) }];
            lane.append(&window, &Heard { phrases, language: "zh".into() }, &[true; 100]);
        };
        hear(window(0, None), "今天天气很好");
        hear(window(300, Some(500)), "气很好我们走");
        assert_eq!(transcript("r", "zh", 2_000, vec![lane]).text(), "今天天气很好我们走");
    }

    #[test]
    fn blank_pieces_are_no_words() {
        assert_eq!(heard(vec![token(" ", None)]).word_count(), 0);
    }
}
