//! Where speech had to be cut without a pause, two windows have heard the same words: here they become one row again.

use super::words::HeardWord;

/// Words whose middles are further than this from the cut are beyond doubt.
const AROUND_MS: i64 = 2_000;
/// A single word that both have is the same one if it is no further apart, where its times were measured: small words
/// are said again soon.
const NEAR_MS: i64 = 600;

/// Appends `after` to `before`, each word that both heard around the cut once.
pub(super) fn join(before: &mut Vec<HeardWord>, mut after: Vec<HeardWord>, seam_ms: i64) {
    let tail = before.partition_point(|heard| middle_ms(heard) < seam_ms - AROUND_MS);
    let head = after.partition_point(|heard| middle_ms(heard) < seam_ms + AROUND_MS);
    let (end, start) = match common_run(&before[tail..], &after[..head]) {
        // Each window knows best what lies further from its own edge.
        Some(run) => {
            let half = run.length.div_ceil(2);
            (tail + run.before + half, run.after + half)
        }
        // One of them heard nothing there: what the other heard stays.
        None if head == 0 => (before.len(), 0),
        None if tail == before.len() => (tail, 0),
        None => (
            before.partition_point(|heard| middle_ms(heard) < seam_ms),
            after.partition_point(|heard| middle_ms(heard) < seam_ms),
        ),
    };
    before.truncate(end);
    if let Some(first) = after.get_mut(start) {
        first.begins_phrase = false;
    }
    before.extend(after.drain(start..));
}

/// A run of words that both have.
struct Run {
    before: usize,
    after: usize,
    length: usize,
}

/// The longest row of equal words; of several the one whose times agree best.
fn common_run(before: &[HeardWord], after: &[HeardWord]) -> Option<Run> {
    let mut best: Option<(usize, i64, Run)> = None;
    for (i, first) in before.iter().enumerate() {
        for (j, second) in after.iter().enumerate() {
            let pairs = before[i..].iter().zip(&after[j..]);
            let length = pairs.take_while(|(one, other)| one.is_same_word(other)).count();
            let apart = (middle_ms(first) - middle_ms(second)).abs();
            let better = best.as_ref().is_none_or(|(longest, nearest, _)| {
                length > *longest || (length == *longest && apart < *nearest)
            });
            let is_guess = first.word.estimated || second.word.estimated;
            let reach_ms = if length == 1 && !is_guess { NEAR_MS } else { AROUND_MS };
            if length > 0 && apart < reach_ms && better {
                best = Some((length, apart, Run { before: i, after: j, length }));
            }
        }
    }
    best.map(|(_, _, run)| run)
}

fn middle_ms(heard: &HeardWord) -> i64 {
    (heard.word.start_ms + heard.word.end_ms) / 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::Word;

    /// A word each half second from a time on.
    fn said(text: &str, from_ms: i64) -> Vec<HeardWord> {
        let word = |(index, text): (usize, &str)| {
            let start_ms = from_ms + 500 * index as i64;
            let word = Word { text: text.into(), start_ms, end_ms: start_ms + 400, ..Word::default() };
            HeardWord { word, begins_phrase: index == 0, is_joined: false }
        };
        text.split_whitespace().enumerate().map(word).collect()
    }

    fn joined(before: &str, after: &str, after_from_ms: i64) -> String {
        let mut words = said(before, 0);
        join(&mut words, said(after, after_from_ms), 3_000);
        text(&words)
    }

    fn text(words: &[HeardWord]) -> String {
        words.iter().map(|heard| heard.word.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_both_heard_is_there_once() {
        // The first window's last word is cut off, and so is the second's first.
        assert_eq!(
            joined("it was the best of time sit wa", "est of times it was the worst", 2_000),
            "it was the best of times it was the worst"
        );
    }

    #[test]
    fn case_and_punctuation_make_no_difference() {
        assert_eq!(joined("a b c d e. F", "E f g h", 2_000), "a b c d e. f g h");
    }

    #[test]
    fn times_that_are_guesses_repeat_and_lose_nothing() {
        for off_ms in [-700, -300, 300, 700] {
            let guessed = |text: &str, from_ms| {
                let mut words = said(text, from_ms);
                words.iter_mut().for_each(|heard| heard.word.estimated = true);
                words
            };
            let mut words = guessed("it was the best of time sit wa", 0);
            join(&mut words, guessed("est of times it was the worst", 2_000 + off_ms), 3_000);
            assert_eq!(text(&words), "it was the best of times it was the worst", "{off_ms}");
        }
    }

    #[test]
    fn without_a_common_word_the_cut_decides() {
        assert_eq!(joined("a b c d e f g h", "r s t u v w", 2_000), "a b c d e f t u v w");
    }

    #[test]
    fn one_small_word_far_off_is_another() {
        // "the" of the first at 2.5 s, of the second at 4 s.
        assert_eq!(
            joined("we saw him by noon the cat g", "and cat ran over the wall", 2_000),
            "we saw him by noon the cat ran over the wall"
        );
        assert_eq!(joined("a b c d e the g", "r s t u the w", 2_000), "a b c d e the t u the w");
    }

    #[test]
    fn a_window_that_heard_nothing_takes_nothing_away() {
        // The last words lie behind the cut at 3 s.
        assert_eq!(joined("a b c d e f g h", "", 2_000), "a b c d e f g h");
        let mut words = said("a b c d e f g h", 0);
        join(&mut words, said("late and long", 6_000), 3_000);
        assert_eq!(text(&words), "a b c d e f g h late and long");
        let mut words = said("a b", 0);
        join(&mut words, said("c d e f", 2_000), 3_000);
        assert_eq!(text(&words), "a b c d e f", "nor one that ended early");
    }

    #[test]
    fn marks_alone_are_no_common_word() {
        assert_eq!(joined("a b c d — f g h", "r s … u v w", 2_000), "a b c d — f … u v w");
    }
}
