//! A phrase that the recogniser has written down twice although it was said once. Its own test for loops sees only long
//! ones; but what was not said has no time of its own, and by that the second is known.

use super::words::HeardWord;

/// Fewer words are said again quickly by people, too.
const LEAST_WORDS: usize = 3;
/// Nobody says the same again in so small a part of the time.
const FASTER: i64 = 3;

/// Removes each row of words that repeats the row before it in less than a third of its time.
pub(super) fn remove(words: &mut Vec<HeardWord>) {
    let mut at = 0;
    while at < words.len() {
        let longest = (words.len() - at) / 2;
        match (LEAST_WORDS..=longest).rev().find(|length| is_unsaid(&words[at..at + 2 * length], *length)) {
            Some(length) => drop(words.drain(at + length..at + 2 * length)),
            None => at += 1,
        }
    }
}

/// Whether the second half of this row is a repetition of the first that nobody can have said.
fn is_unsaid(row: &[HeardWord], length: usize) -> bool {
    let (first, again) = row.split_at(length);
    let (Some(begin), Some(middle), Some(end)) = (first.first(), first.last(), again.last()) else {
        return false;
    };
    // The times of what was not said may lie before the end of what was.
    let (first_ms, again_ms) =
        (middle.word.end_ms - begin.word.start_ms, end.word.end_ms - middle.word.end_ms);
    again_ms * FASTER < first_ms && first.iter().zip(again).all(|(one, other)| one.is_same_word(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::Word;

    /// Words one after the other, each of so many milliseconds.
    fn said(rows: &[(&str, i64)]) -> Vec<HeardWord> {
        let mut now_ms = 0;
        let mut words = Vec::new();
        for (row, each_ms) in rows {
            for text in row.split(' ') {
                let word =
                    Word { text: text.into(), start_ms: now_ms, end_ms: now_ms + each_ms, ..Word::default() };
                words.push(HeardWord { word, begins_phrase: false, is_joined: false });
                now_ms += each_ms;
            }
        }
        words
    }

    fn left(rows: &[(&str, i64)]) -> String {
        let mut words = said(rows);
        remove(&mut words);
        words.iter().map(|heard| heard.word.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_phrase_without_time_is_not_there_twice() {
        assert_eq!(
            left(&[("Or cancel.", 300), ("Press 1 now.", 300), ("press 1 now", 60), ("Press 8.", 300)]),
            "Or cancel. Press 1 now. Press 8."
        );
        assert_eq!(left(&[("a b c", 300), ("a b c", 0), ("a b c", 0), ("a b c", 0)]), "a b c");
    }

    #[test]
    fn what_people_say_twice_stays() {
        for said_twice in [
            [("we shall fight", 300), ("we shall fight", 110)],
            [("no no", 300), ("no no", 0)],
            [("press 1 now", 300), ("press 2 now", 10)],
        ] {
            assert_eq!(left(&said_twice), format!("{} {}", said_twice[0].0, said_twice[1].0));
        }
    }

    #[test]
    fn words_without_times_repeat_nothing() {
        assert_eq!(left(&[("a b c", 0), ("a b c", 0)]), "a b c a b c");
        assert_eq!(left(&[]), "");
    }
}
