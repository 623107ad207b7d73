//! From the recogniser's pieces of text to words with times: tiro's decoder of the local service.

use super::engine::{Phrase, Recognised, Token};
use crate::transcript::{Segment, Transcript, Word};

/// The transcript of what was recognised in a sound of this length.
pub(super) fn transcript(id: &str, recognised: &Recognised, duration_ms: i64) -> Transcript {
    let mut builder =
        Transcript::builder().recording_id(id).language(&recognised.language).duration_ms(duration_ms);
    let mut clock = Clock { now_ms: 0, end_ms: duration_ms };
    for phrase in &recognised.phrases {
        builder = builder.segment(&Segment { words: words(phrase, &mut clock), ..Segment::default() });
    }
    builder.build()
}

/// Keeps times in order and inside the sound, whatever the recogniser claims.
struct Clock {
    now_ms: i64,
    end_ms: i64,
}

impl Clock {
    fn clamp(&self, time_ms: i64) -> i64 {
        time_ms.clamp(self.now_ms, self.end_ms.max(self.now_ms))
    }
}

fn words(phrase: &Phrase, clock: &mut Clock) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = phrase.tokens.as_slice();
    while !rest.is_empty() {
        let length = 1 + rest[1..].iter().take_while(|token| !begins_word(token)).count();
        let (pieces, after) = rest.split_at(length);
        rest = after;
        let text: Vec<u8> = pieces.iter().flat_map(|piece| piece.text.iter().copied()).collect();
        let text = String::from_utf8_lossy(&text).trim().to_owned();
        if text.is_empty() {
            continue;
        }
        let (start_ms, end_ms) = times(pieces, phrase, clock);
        clock.now_ms = end_ms;
        let confidence = pieces.iter().map(|piece| piece.probability).sum::<f32>() / pieces.len() as f32;
        let confidence = Some(confidence.clamp(0.0, 1.0));
        words.push(Word { text, start_ms, end_ms, confidence, ..Word::default() });
    }
    words
}

fn begins_word(token: &Token) -> bool {
    token.text.first().is_some_and(|byte| byte.is_ascii_whitespace())
}

/// An aligned time is the end of its piece (`local_engine` measurements: 0.1 s from the true end on average, against
/// 0.3 s for the recogniser's own guesses), so a word begins where the one before it ended, or where its phrase does.
/// Punctuation is aligned with the pause after the word and must not stretch it: the last piece with a letter counts.
fn times(pieces: &[Token], phrase: &Phrase, clock: &Clock) -> (i64, i64) {
    let spoken = pieces.iter().rev().find(|piece| has_letter(&piece.text)).unwrap_or(&pieces[0]);
    let aligned = spoken.aligned_ms.map(|end| (clock.now_ms.max(phrase.start_ms), end));
    let (start, end) = aligned.unwrap_or((pieces[0].start_ms, spoken.end_ms));
    let start = clock.clamp(start);
    (start, clock.clamp(end).max(start))
}

/// Letters of other scripts are bytes above ASCII here.
fn has_letter(text: &[u8]) -> bool {
    text.iter().any(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str, start_ms: i64, end_ms: i64, aligned_ms: Option<i64>) -> Token {
        Token { text: text.as_bytes().to_vec(), probability: 0.5, start_ms, end_ms, aligned_ms }
    }

    fn recognised(tokens: Vec<Token>) -> Recognised {
        let phrase = Phrase { start_ms: 100, tokens };
        Recognised { phrases: vec![phrase], language: "en".into() }
    }

    fn summary(transcript: &Transcript) -> Vec<(&str, i64, i64)> {
        transcript.words().map(|word| (word.text, word.start_ms, word.end_ms)).collect()
    }

    #[test]
    fn pieces_become_words_and_aligned_times_their_ends() {
        let tokens = vec![
            token(" Hel", 0, 10, Some(300)),
            token("lo", 10, 20, Some(400)),
            token(",", 20, 30, Some(900)),
            token(" you", 30, 40, Some(800)),
        ];
        let transcript = transcript("r", &recognised(tokens), 1000);
        assert_eq!(summary(&transcript), [("Hello,", 100, 400), ("you", 400, 800)]);
    }

    #[test]
    fn times_never_run_backwards_or_out_of_the_sound() {
        let tokens =
            vec![token(" a", 50, 700, None), token(" b", 20, 10, None), token(" c", 900, 5000, None)];
        let transcript = transcript("r", &recognised(tokens), 1000);
        assert_eq!(summary(&transcript), [("a", 50, 700), ("b", 700, 700), ("c", 900, 1000)]);
    }

    #[test]
    fn a_character_over_two_tokens_is_one() {
        let euro = "€".as_bytes();
        let mut first = token(" ", 0, 1, Some(10));
        first.text.extend_from_slice(&euro[..1]);
        let mut second = token("", 1, 2, Some(20));
        second.text.extend_from_slice(&euro[1..]);
        assert_eq!(transcript("r", &recognised(vec![first, second]), 1000).text(), "€");
    }

    #[test]
    fn blank_pieces_are_no_words() {
        assert_eq!(transcript("r", &recognised(vec![token(" ", 0, 1, None)]), 1000).word_count(), 0);
    }
}
