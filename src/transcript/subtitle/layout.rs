//! Which words make a cue. A run of words without a long pause is divided so that the sum of what is bad about its cues is
//! the least: too fast to read, too short, ending in the middle of a clause, more of them than needed.

use std::ops::Range;

use super::tokens::{Ending, Tokens};
use crate::transcript::export::options::LayoutOptions;

/// What is bad about a cue, in the same unit. Only their relation counts.
mod cost {
    pub(super) const CUE: i64 = 100;
    pub(super) const FULL: i64 = 60;
    pub(super) const TOO_SHORT: i64 = 300;
    pub(super) const TOO_FAST: i64 = 150;
    /// A sentence ends inside of the cue.
    pub(super) const SENTENCE_INSIDE: i64 = 30;
    /// The same, and the next one is cut.
    pub(super) const SENTENCE_BEGUN: i64 = 90;
    pub(super) const AFTER_CLAUSE: i64 = 60;
    pub(super) const AT_SHORT_PAUSE: i64 = 40;
    pub(super) const AFTER_WORD: i64 = 250;
    pub(super) const AFTER_SHORT_WORD: i64 = 320;
    pub(super) const INSIDE_WORD: i64 = 1000;
}

/// A pause that one hears.
const SHORT_PAUSE_MS: i64 = 300;

/// The tokens of each cue.
pub(super) fn cues(tokens: &Tokens<'_>, options: &LayoutOptions) -> Vec<Range<usize>> {
    let mut cues = Vec::new();
    let mut start = 0;
    let mut best = Vec::new();
    for end in 1..=tokens.len() {
        if end == tokens.len() || ends_run(tokens, end, options) {
            divide(tokens, start..end, options, &mut best, &mut cues);
            start = end;
        }
    }
    cues
}

/// Whether a cue has to end before this token.
fn ends_run(tokens: &Tokens<'_>, at: usize, options: &LayoutOptions) -> bool {
    let (before, after) = (&tokens[at - 1], &tokens[at]);
    let pauses = options.pause_ms > 0 && after.start_ms - before.end_ms >= options.pause_ms;
    before.segment != after.segment || (pauses && !after.is_glued)
}

/// The best way to the place after a token: what it costs and where its last cue begins.
#[derive(Clone, Copy)]
struct Way {
    cost: i64,
    from: usize,
}

fn divide(
    tokens: &Tokens<'_>,
    run: Range<usize>,
    options: &LayoutOptions,
    best: &mut Vec<Way>,
    cues: &mut Vec<Range<usize>>,
) {
    best.clear();
    best.resize(run.len() + 1, Way { cost: i64::MAX, from: 0 });
    best[0].cost = 0;
    for first in run.clone() {
        let before = best[first - run.start].cost;
        let mut candidate = Candidate::new(first);
        for next in run.clone().skip(first - run.start) {
            if !candidate.add(tokens, next, options) {
                break;
            }
            let end = next + 1;
            let way =
                Way { cost: before + candidate.cost(tokens, end, end == run.end, options), from: first };
            let known = &mut best[end - run.start];
            if way.cost < known.cost {
                *known = way;
            }
        }
    }
    let (place, mut end) = (cues.len(), run.end);
    while end > run.start {
        let first = best[end - run.start].from;
        cues.push(first..end);
        end = first;
    }
    cues[place..].reverse();
}

/// A cue that grows token by token.
struct Candidate {
    first: usize,
    lines: usize,
    line_width: u32,
    width: u32,
    sentences_inside: i64,
}

impl Candidate {
    fn new(first: usize) -> Self {
        Self { first, lines: 1, line_width: 0, width: 0, sentences_inside: 0 }
    }

    /// Takes in the next token, if there is room and time for it; the first one always fits.
    fn add(&mut self, tokens: &Tokens<'_>, next: usize, options: &LayoutOptions) -> bool {
        let token = &tokens[next];
        if next == self.first {
            (self.line_width, self.width) = (token.width, token.width);
            return true;
        }
        let with_space = token.width + u32::from(!token.is_glued);
        if self.line_width + with_space <= options.line_chars {
            self.line_width += with_space;
        } else {
            self.lines += 1;
            self.line_width = token.width;
        }
        self.width += with_space;
        self.sentences_inside += i64::from(tokens[next - 1].ending == Ending::Sentence);
        let lasts = token.end_ms - tokens[self.first].start_ms;
        self.lines <= options.lines && lasts <= options.longest_ms
    }

    /// What is bad about the cue if it ends before the token `end`.
    fn cost(&self, tokens: &Tokens<'_>, end: usize, ends_run: bool, options: &LayoutOptions) -> i64 {
        let last = &tokens[end - 1];
        let start_ms = tokens[self.first].start_ms;
        let next_ms = tokens.get(end).map_or(i64::MAX, |next| next.start_ms);
        let room_ms = (next_ms - options.gap_ms).saturating_sub(start_ms).clamp(0, options.longest_ms);
        let capacity = i64::from(options.line_chars) * options.lines as i64;
        let filled = i64::from(self.width);
        let mut cost = cost::CUE + cost::FULL * filled * filled / (capacity * capacity);
        if room_ms < options.shortest_ms {
            cost += cost::TOO_SHORT * (options.shortest_ms - room_ms) / options.shortest_ms;
        }
        let (needed, given) = (filled * 1000, room_ms * options.chars_per_second);
        if given < needed && options.chars_per_second > 0 {
            cost += cost::TOO_FAST * (needed - given) / needed;
        }
        cost += cost::SENTENCE_INSIDE * self.sentences_inside;
        if ends_run {
            return cost;
        }
        let ends = match last.ending {
            Ending::Sentence => return cost,
            Ending::Inside => return cost + cost::INSIDE_WORD,
            Ending::Clause => cost::AFTER_CLAUSE,
            Ending::Word => cost::AFTER_WORD,
            Ending::ShortWord => cost::AFTER_SHORT_WORD,
        };
        let pauses = next_ms - last.end_ms >= SHORT_PAUSE_MS;
        cost += if pauses { ends.min(cost::AT_SHORT_PAUSE) } else { ends };
        if self.sentences_inside > 0 { cost + cost::SENTENCE_BEGUN } else { cost }
    }
}

/// How long so many columns take to read.
pub(super) fn reading_ms(columns: i64, options: &LayoutOptions) -> i64 {
    match options.chars_per_second {
        0 => 0,
        speed => (columns * 1000 + speed - 1) / speed,
    }
}
