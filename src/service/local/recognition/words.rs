//! From the recogniser's pieces of text to words with times: tiro's decoder of the local service.

use std::ops::Range;

use super::super::engine::{Heard, Phrase, Token};
use super::activity::{frames, runs};
use super::loudness::FRAME_MS;
use super::seams;
use super::windows::Window;
use crate::transcript::{Segment, Transcript, Word};

/// A pause between words; shorter ones lie inside words, before a plosive.
const PAUSE_MS: i64 = 100;
/// A pause after which a sentence is a phrase of its own.
const SENTENCE_PAUSE_MS: i64 = 300;
/// By how much the recogniser's attention stays on a word that is over. Measured: without this, ends are late by 84 ms
/// on average inside running speech.
const LAG_MS: i64 = 60;

const MUSIC: [char; 2] = ['♪', '♫'];

/// A word in the time of its lane.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct HeardWord {
    pub(super) word: Word,
    pub(super) begins_phrase: bool,
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
        for HeardWord { mut word, begins_phrase } in lane.words {
            // Times are in order and inside the sound, whatever the recogniser claims.
            word.start_ms = word.start_ms.clamp(now_ms, duration_ms.max(now_ms));
            word.end_ms = word.end_ms.clamp(word.start_ms, duration_ms.max(word.start_ms));
            now_ms = word.end_ms;
            match segments.last_mut() {
                Some(last) if !begins_phrase && last.speaker == speaker => last.words.push(word),
                _ => segments.push(Segment {
                    speaker: speaker.clone(),
                    words: vec![word],
                    ..Segment::default()
                }),
            }
        }
    }
    segments.sort_by_key(|segment| segment.words.first().map_or(0, |word| word.start_ms));
    let builder = Transcript::builder().recording_id(id).language(language).duration_ms(duration_ms);
    segments.iter().fold(builder, |builder, segment| builder.segment(segment)).build()
}

fn phrase_words(phrase: &Phrase, window: &Window, active: &[bool], words: &mut Vec<HeardWord>) {
    let mut rest = phrase.tokens.as_slice();
    let mut heard_until = phrase.start_ms;
    let mut last_piece = None;
    while !rest.is_empty() {
        let length = 1 + rest[1..].iter().take_while(|token| !token.begins_word()).count();
        let (pieces, after) = rest.split_at(length);
        rest = after;
        let text: Vec<u8> = pieces.iter().flat_map(|piece| piece.text.iter().copied()).collect();
        let text = String::from_utf8_lossy(&text).trim().to_owned();
        // Music is heard as notes, and a pause as a dash: no words.
        if !pieces.iter().any(Token::is_spoken) || text.contains(MUSIC) {
            continue;
        }
        let (start, end) = times(pieces, heard_until);
        heard_until = end.max(heard_until);
        let piece = window.piece_at(end);
        let start_ms = window.in_lane(piece, start);
        let end_ms = window.in_lane(piece, end).max(start_ms);
        let spoken = spoken_part(active, start_ms..end_ms);
        let confidence = pieces.iter().map(|piece| piece.probability).sum::<f32>() / pieces.len() as f32;
        let confidence = Some(confidence.clamp(0.0, 1.0));
        let word = Word { text, start_ms: spoken.start, end_ms: spoken.end, confidence, ..Word::default() };
        let begins_phrase =
            last_piece != Some(piece) || words.last().is_some_and(|last| is_apart(last, &word));
        words.push(HeardWord { word, begins_phrase });
        last_piece = Some(piece);
    }
}

/// Whether a sentence and a pause lie between two words. The recogniser often takes several sentences for one phrase.
fn is_apart(before: &HeardWord, word: &Word) -> bool {
    before.word.text.ends_with(['.', '?', '!', '…', '。', '？', '！'])
        && word.start_ms - before.word.end_ms >= SENTENCE_PAUSE_MS
}

/// Start and end in the window. An aligned time is the end of its piece (`local_engine` measurements: 0.1 s from the
/// true end on average, against 0.3 s for the recogniser's own guesses), so a word begins where the one before it
/// ended. Punctuation is aligned with the pause after the word and must not stretch it: the last piece with a letter
/// counts.
fn times(pieces: &[Token], heard_until: i64) -> (i64, i64) {
    let spoken = pieces.iter().rev().find(|piece| piece.is_spoken()).unwrap_or(&pieces[0]);
    let aligned = spoken.aligned_ms.map(|end| (heard_until, (end - LAG_MS).max(heard_until)));
    aligned.unwrap_or((pieces[0].start_ms, spoken.end_ms))
}

/// The part of a word's time in which there is sound. A word after a pause would else begin where the one before the
/// pause ended, and one before a pause end somewhere near it.
fn spoken_part(active: &[bool], time: Range<i64>) -> Range<i64> {
    let first = frames(time.start).min(active.len());
    let last = frames(time.end).clamp(first, active.len());
    let Some(last_active) = active[first..last].iter().rposition(|active| *active) else { return time };
    let end = first + last_active + 1;
    let pauses =
        |range: Range<usize>| runs(&active[range], false).filter(|run| run.len() >= frames(PAUSE_MS));
    let start = pauses(first..end).last().map_or(time.start, |pause| (first + pause.end) as i64 * FRAME_MS);
    let soon = (end + frames(LAG_MS + PAUSE_MS)).min(active.len());
    let pause = pauses(end..(soon + frames(PAUSE_MS)).min(active.len()))
        .next()
        .filter(|pause| end + pause.start <= soon);
    start..pause.map_or(time.end, |pause| (end + pause.start) as i64 * FRAME_MS)
}

#[cfg(test)]
mod tests {
    use super::super::windows::Piece;
    use super::*;

    fn token(text: &str, start_ms: i64, end_ms: i64, aligned_ms: Option<i64>) -> Token {
        Token { text: text.as_bytes().to_vec(), probability: 0.5, start_ms, end_ms, aligned_ms }
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
        let transcript = heard(vec![
            token(" Hel", 0, 10, Some(300)),
            token("lo", 10, 20, Some(400)),
            token(",", 20, 30, Some(900)),
            token(" you", 30, 40, Some(800)),
        ]);
        assert_eq!(
            summary(&transcript),
            [("Hello,", 100, 400 - LAG_MS), ("you", 400 - LAG_MS, 800 - LAG_MS)]
        );
    }

    #[test]
    fn times_never_run_backwards_or_out_of_the_sound() {
        let transcript =
            heard(vec![token(" a", 50, 700, None), token(" b", 20, 10, None), token(" c", 900, 5000, None)]);
        assert_eq!(summary(&transcript), [("a", 50, 700), ("b", 700, 700), ("c", 900, 1000)]);
    }

    #[test]
    fn a_word_after_a_pause_begins_after_it() {
        let piece = Piece { from_ms: 0, to_ms: 1000, at_ms: 0 };
        let window = Window { lane: 0, pieces: vec![piece], seam_ms: None };
        let active: Vec<bool> = (0..50).map(|frame| !(20..35).contains(&frame)).collect();
        let transcript =
            heard_in(&window, vec![token(" a", 0, 0, Some(400)), token(" b", 0, 0, Some(900))], &active);
        assert_eq!(summary(&transcript), [("a", 100, 400), ("b", 700, 900 - LAG_MS)]);
    }

    #[test]
    fn a_sentence_after_a_pause_begins_a_phrase() {
        let piece = Piece { from_ms: 0, to_ms: 1000, at_ms: 0 };
        let window = Window { lane: 0, pieces: vec![piece], seam_ms: None };
        let active: Vec<bool> = (0..50).map(|frame| !(20..38).contains(&frame)).collect();
        let said = |first: &str| {
            heard_in(&window, vec![token(first, 0, 0, Some(400)), token(" B", 0, 0, Some(900))], &active)
        };
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
        let tokens =
            vec![token(" a", 0, 0, Some(400)), token(" b", 0, 0, Some(520)), token(" c", 0, 0, Some(900))];
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
        let mut first = token(" ", 0, 1, Some(10));
        first.text.extend_from_slice(&euro[..1]);
        let mut second = token("", 1, 2, Some(20));
        second.text.extend_from_slice(&euro[1..]);
        assert_eq!(heard(vec![first, second]).text(), "€");
    }

    #[test]
    fn blank_pieces_are_no_words() {
        assert_eq!(heard(vec![token(" ", 0, 1, None)]).word_count(), 0);
    }
}
