//! When the words of a phrase were said: by the recogniser's attention where it was kept, else by the times of the
//! phrase, its sounds and the lengths of its words.

use std::ops::Range;

use super::super::engine::{Phrase, Token};
use super::activity::{frames, runs};
use super::loudness::FRAME_MS;
use super::windows::Window;

/// A pause between words; shorter ones lie inside words, before a plosive.
const PAUSE_MS: i64 = 100;
/// By how much the recogniser's attention stays on a word that is over. Measured: without this, ends are late by 84 ms
/// on average inside running speech.
pub(super) const LAG_MS: i64 = 60;
/// How far from where a word is expected to end a pause may be taken for its end.
const PAUSE_REACH_MS: i64 = 700;
/// By how much nearer than a word with a mark after it a word without has to end to a pause, to be the one before it.
const WITHOUT_MARK_MS: i64 = 400;
/// Before a mark words are spoken slowly: as if they had so many letters more.
const BEFORE_MARK: usize = 3;

/// When a word was said: the piece of the window, and the time in the lane.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    pub(super) piece: usize,
    pub(super) time: Range<i64>,
}

/// The times of a phrase's words, and whether they are an estimate.
pub(super) fn of_words(
    phrase: &Phrase,
    words: &[&[Token]],
    window: &Window,
    active: &[bool],
) -> (Vec<Said>, bool) {
    match words.iter().map(|pieces| aligned_end(pieces)).collect::<Option<Vec<i64>>>() {
        Some(ends) => (aligned(phrase.start_ms, &ends, window, active), false),
        None => (estimated(phrase, words, window, active), true),
    }
}

/// Punctuation is aligned with the pause after the word and must not stretch it: the last piece with a letter counts.
fn aligned_end(pieces: &[Token]) -> Option<i64> {
    pieces.iter().rev().find(|piece| piece.is_spoken())?.aligned_ms
}

/// An aligned time is the end of a word (0.1 s from the true end on average), so a word begins where the one before it
/// ended.
fn aligned(start_ms: i64, ends: &[i64], window: &Window, active: &[bool]) -> Vec<Said> {
    let mut heard_until = start_ms;
    let word = |end: &i64| {
        let start = heard_until;
        let end = (end - LAG_MS).max(start);
        heard_until = end;
        let piece = window.piece_at(end);
        let start_ms = window.in_lane(piece, start);
        let end_ms = window.in_lane(piece, end).max(start_ms);
        Said { piece, time: spoken_part(active, start_ms..end_ms) }
    };
    ends.iter().map(word).collect()
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

/// A frame of the lane in which a phrase sounds, and the piece it is heard in.
#[derive(Clone, Copy)]
struct Sounding {
    piece: usize,
    frame: usize,
}

/// Words share the frames in which their phrase sounds.
fn estimated(phrase: &Phrase, words: &[&[Token]], window: &Window, active: &[bool]) -> Vec<Said> {
    let spans: Vec<Span> = words.iter().map(|pieces| span(pieces)).collect();
    let sounding = sounding(phrase, window, active);
    let mut shares = Vec::with_capacity(words.len());
    share_out(&spans, &sounding, 0, &mut shares);
    let mut piece = window.piece_at(phrase.start_ms);
    let mut now_ms = window.in_lane(piece, phrase.start_ms);
    let said = |share: Range<usize>| {
        // Of more words than frames some take no time.
        let said = said_in(&sounding[share]).unwrap_or(Said { piece, time: now_ms..now_ms });
        (piece, now_ms) = (said.piece, said.time.end);
        said
    };
    shares.into_iter().map(said).collect()
}

/// How long a word is to say, roughly, and whether a pause is likely after it.
struct Span {
    letters: usize,
    before_mark: bool,
}

/// A figure is a word of its own.
fn span(pieces: &[Token]) -> Span {
    let text: Vec<u8> = pieces.iter().flat_map(|piece| piece.text.iter().copied()).collect();
    let of_letter = |letter: char| match letter {
        _ if letter.is_numeric() => 4,
        _ => usize::from(letter.is_alphabetic()),
    };
    let text = String::from_utf8_lossy(&text);
    let before_mark = text.trim_end().ends_with(|last: char| !last.is_alphanumeric());
    let letters = 1 + text.chars().map(of_letter).sum::<usize>();
    Span { letters: letters + if before_mark { BEFORE_MARK } else { 0 }, before_mark }
}

/// The frames of the lane in which a phrase sounds; all of its frames if there is no sound in it.
fn sounding(phrase: &Phrase, window: &Window, active: &[bool]) -> Vec<Sounding> {
    let all = window.pieces.iter().enumerate().flat_map(|(piece, place)| {
        let from_ms = (place.from_ms + phrase.start_ms - place.at_ms).clamp(place.from_ms, place.to_ms);
        let to_ms = (place.from_ms + phrase.end_ms - place.at_ms).clamp(place.from_ms, place.to_ms);
        (frames(from_ms)..frames(to_ms)).map(move |frame| Sounding { piece, frame })
    });
    let all: Vec<Sounding> = all.collect();
    let with_sound: Vec<Sounding> =
        all.iter().copied().filter(|at| active.get(at.frame).is_some_and(|active| *active)).collect();
    if with_sound.is_empty() { all } else { with_sound }
}

/// Gives each word its share of the frames, by length, in order. A long pause is the end of the word that would end
/// near it.
fn share_out(spans: &[Span], sounding: &[Sounding], from: usize, shares: &mut Vec<Range<usize>>) {
    let total: usize = spans.iter().map(|span| span.letters).sum::<usize>().max(1);
    let ends: Vec<usize> = spans
        .iter()
        .scan(0, |sum, span| {
            *sum += span.letters;
            Some(*sum * sounding.len() / total)
        })
        .collect();
    let gap = |at: usize| sounding[at].frame - sounding[at - 1].frame - 1;
    let mut pauses: Vec<usize> = (1..sounding.len()).filter(|at| gap(*at) >= frames(PAUSE_MS)).collect();
    pauses.sort_by_key(|at| std::cmp::Reverse(gap(*at)));
    for pause in pauses {
        let doubt = |word: usize| if spans[word].before_mark { 0 } else { frames(WITHOUT_MARK_MS) };
        let boundaries = ends.iter().take(spans.len().saturating_sub(1)).enumerate();
        let nearest = boundaries.map(|(word, end)| (end.abs_diff(pause) + doubt(word), word)).min();
        if let Some((_, word)) = nearest.filter(|(apart, _)| *apart <= frames(PAUSE_REACH_MS)) {
            share_out(&spans[..=word], &sounding[..pause], from, shares);
            share_out(&spans[word + 1..], &sounding[pause..], from + pause, shares);
            return;
        }
    }
    let mut start = 0;
    for end in ends {
        shares.push(from + start..from + end);
        start = end;
    }
}

/// The time of a word that sounds in these frames: in the piece that most of them lie in.
fn said_in(share: &[Sounding]) -> Option<Said> {
    let middle = share.get(share.len() / 2)?.piece;
    let mut within = share.iter().filter(|at| at.piece == middle).map(|at| at.frame as i64);
    let first = within.next()?;
    let last = within.next_back().unwrap_or(first);
    Some(Said { piece: middle, time: first * FRAME_MS..(last + 1) * FRAME_MS })
}

#[cfg(test)]
mod tests {
    use super::super::windows::Piece;
    use super::*;

    fn window(pieces: &[(i64, i64, i64)]) -> Window {
        let pieces = pieces.iter().map(|&(from_ms, to_ms, at_ms)| Piece { from_ms, to_ms, at_ms }).collect();
        Window { lane: 0, pieces, seam_ms: None }
    }

    /// When each word is said by estimate, of a phrase from one time of the window to another.
    fn times(text: &str, phrase: Range<i64>, window: &Window, active: &[bool]) -> Vec<(usize, i64, i64)> {
        let token = |word: &str| Token { text: word.into(), probability: 1.0, aligned_ms: None };
        let tokens: Vec<Token> = text.split_inclusive(' ').map(token).collect();
        let words: Vec<&[Token]> = tokens.chunks(1).collect();
        let phrase = Phrase { start_ms: phrase.start, end_ms: phrase.end, tokens: tokens.clone() };
        let (said, estimated) = of_words(&phrase, &words, window, active);
        assert!(estimated);
        said.into_iter().map(|said| (said.piece, said.time.start, said.time.end)).collect()
    }

    /// Frames with sound but for those of these times.
    fn silent(length_ms: i64, pauses: &[Range<i64>]) -> Vec<bool> {
        (0..length_ms / FRAME_MS)
            .map(|frame| !pauses.iter().any(|pause| pause.contains(&(frame * FRAME_MS))))
            .collect()
    }

    #[test]
    fn words_share_the_time_of_their_phrase_by_length() {
        let window = window(&[(0, 2_000, 0)]);
        assert_eq!(
            times("a bcd efg", 200..1_200, &window, &silent(2_000, &[])),
            [(0, 200, 400), (0, 400, 800), (0, 800, 1_200)]
        );
    }

    #[test]
    fn no_word_is_said_in_silence() {
        let window = window(&[(0, 3_000, 0)]);
        let active = silent(3_000, &[0..500, 1_000..1_600, 2_400..3_000]);
        assert_eq!(
            times("one two six", 0..3_000, &window, &active),
            [(0, 500, 1_000), (0, 1_600, 2_000), (0, 2_000, 2_400)]
        );
        assert_eq!(
            times("one two", 0..3_000, &window, &silent(3_000, std::slice::from_ref(&(0..3_000)))).len(),
            2,
            "no sound at all"
        );
    }

    #[test]
    fn a_phrase_over_several_pieces_is_said_in_them() {
        let window = window(&[(1_000, 2_000, 0), (9_000, 10_000, 1_200)]);
        assert_eq!(
            times("one two", 0..2_200, &window, &silent(12_000, &[])),
            [(0, 1_000, 2_000), (1, 9_000, 10_000)]
        );
    }

    #[test]
    fn more_words_than_time_stay_in_order() {
        let window = window(&[(0, 1_000, 0)]);
        // The last of them is backwards: an engine may say anything.
        for (start, end) in [(100, 140), (100, 100), (900, 5_000), (2_000, 3_000), (500, 100)] {
            let words = times("a b c d e f", start..end, &window, &silent(1_000, &[]));
            assert_eq!(words.len(), 6);
            assert!(words.windows(2).all(|pair| pair[0].2 <= pair[1].1), "{words:?}");
            assert!(words.iter().all(|word| (0..=1_000).contains(&word.1) && word.1 <= word.2), "{words:?}");
        }
    }
}
