//! How the recogniser ends a window. Left alone, it often takes a phrase near the end for one that goes on beyond, leaves
//! it out, and would hear the rest once more, which takes as long as a whole window. Windows end in pauses or overlap:
//! nothing goes on beyond, so it is told to write down all that it has heard.

/// A rest that is shorter holds no words.
const LEAST_MS: i64 = 500;
/// What a step of the recogniser's time marks is.
const STEP_MS: i64 = 20;
/// The engine aligns words with a filter over seven steps, and ends the whole process where a phrase has no more: no
/// phrase may be over before.
const LEAST_STEPS: usize = 8;

/// The tokens that are no text: from `end` on there are only marks, from `zero` on marks of time.
#[derive(Clone, Copy)]
pub(super) struct Marks {
    pub(super) end: i32,
    pub(super) zero: i32,
}

impl Marks {
    fn is_time(self, token: i32) -> bool {
        token >= self.zero
    }

    fn ms(self, token: i32) -> i64 {
        i64::from(token - self.zero) * STEP_MS
    }
}

/// Of a sound, what one pass of the recogniser has before it.
#[derive(Clone, Copy)]
pub(super) struct Rest {
    pub(super) length_ms: i64,
    /// Whether something before it was heard in another pass.
    pub(super) is_after_another: bool,
}

/// Takes from the choices for the next token those that would leave sound unheard, or that the engine does not survive.
/// Phrases are texts between marks of time.
pub(super) fn steer(marks: Marks, rest: Rest, tokens: &[i32], choices: &mut [f32]) {
    let (end, zero) = (marks.end as usize, marks.zero as usize);
    if end >= zero || zero + LEAST_STEPS > choices.len() {
        return;
    }
    choices[zero + 1..zero + LEAST_STEPS].fill(f32::NEG_INFINITY);
    let length_ms = rest.length_ms;
    let Some(last) = tokens.last().copied() else {
        if rest.is_after_another && length_ms < LEAST_MS {
            // What a pass of so little would find is no word, and has too few steps.
            choices[..end].fill(f32::NEG_INFINITY);
            choices[end + 1..].fill(f32::NEG_INFINITY);
        }
        return;
    };
    let mut before = tokens.iter().rev().skip(1).copied();
    if marks.is_time(last) {
        let is_rest = length_ms - marks.ms(last) >= LEAST_MS;
        let begins_phrase = before.next().is_none_or(|token| marks.is_time(token));
        match (is_rest, begins_phrase) {
            // It would end with a phrase announced: that is to be heard.
            (true, true) if last > marks.zero => choices[end] = f32::NEG_INFINITY,
            // It would announce another phrase where there is none.
            (false, false) => choices[zero..].fill(f32::NEG_INFINITY),
            _ => {}
        }
    } else if before.any(|token| token > marks.zero) {
        // It would end inside a phrase that is not the first, and leave that out: the phrase is to be closed first.
        let best_text = choices[..end].iter().copied().fold(f32::NEG_INFINITY, f32::max);
        if choices[end] >= best_text {
            choices[..end].fill(f32::NEG_INFINITY);
        }
        choices[end] = f32::NEG_INFINITY;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten words, an end, another mark, and times up to a second.
    const MARKS: Marks = Marks { end: 10, zero: 12 };
    const COUNT: usize = 12 + 51;
    const FIRST: Rest = Rest { length_ms: 1_000, is_after_another: false };

    /// A mark of time.
    fn at(ms: i64) -> i32 {
        12 + (ms / STEP_MS) as i32
    }

    /// What may come next in a sound of a second: text, the end, a time. The end is the best choice.
    fn allowed(tokens: &[i32]) -> (bool, bool, bool) {
        let mut choices = [0.0; COUNT];
        choices[10] = 1.0;
        steer(MARKS, FIRST, tokens, &mut choices);
        let any = |range: std::ops::Range<usize>| choices[range].iter().any(|choice| choice.is_finite());
        (any(0..10), any(10..11), any(12..COUNT))
    }

    #[test]
    fn a_phrase_that_was_announced_is_heard() {
        assert_eq!(allowed(&[at(0), 1, at(400), at(400)]), (true, false, true));
        assert_eq!(allowed(&[at(0), 1, at(400)]), (true, true, true), "one that was not need not be");
    }

    #[test]
    fn no_phrase_is_announced_where_nothing_is_left() {
        assert_eq!(allowed(&[at(0), 1, at(800)]), (true, true, false));
    }

    #[test]
    fn a_phrase_is_closed_before_the_end() {
        assert_eq!(allowed(&[at(0), 1, at(400), at(400), 2]), (false, false, true));
        assert_eq!(allowed(&[at(0), 1]), (true, true, true), "the first is kept as it is");
        let mut choices = [0.0; COUNT];
        choices[3] = 1.0;
        steer(MARKS, FIRST, &[at(0), 1, at(400), at(400), 2], &mut choices);
        assert!(choices[3].is_finite(), "text that is likelier than the end comes before it");
    }

    #[test]
    fn what_has_just_begun_is_left_alone() {
        assert_eq!(allowed(&[]), (true, true, true));
        assert_eq!(allowed(&[at(0)]), (true, true, true));
        let mut too_few = [0.0; 4];
        steer(MARKS, FIRST, &[at(400), at(400)], &mut too_few);
        assert_eq!(too_few, [0.0; 4]);
    }

    #[test]
    fn no_phrase_is_too_short_for_the_alignment() {
        for tokens in [&[][..], &[at(0)], &[at(0), 1]] {
            let mut choices = [0.0; COUNT];
            steer(MARKS, FIRST, tokens, &mut choices);
            let first = choices[12..].iter().skip(1).position(|choice| choice.is_finite());
            assert_eq!(first, Some(7), "the first end is at 160 ms: {tokens:?}");
        }
    }

    #[test]
    fn a_pass_over_a_short_rest_ends_at_once() {
        let only_the_end = |length_ms, is_after_another| {
            let mut choices = [0.0; COUNT];
            steer(MARKS, Rest { length_ms, is_after_another }, &[], &mut choices);
            choices.iter().filter(|choice| choice.is_finite()).count() == 1 && choices[10].is_finite()
        };
        assert!(only_the_end(120, true) && only_the_end(499, true));
        assert!(!only_the_end(500, true));
        assert!(!only_the_end(120, false), "a short recording is heard");
    }
}
