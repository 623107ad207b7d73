//! Where the lines of a cue break: as few lines as there can be, of much the same width, after punctuation rather than
//! inside a clause, the lower one rather the longer.

use std::ops::Range;

use super::tokens::{Ending, Tokens};
use crate::transcript::export::options::LayoutOptions;

/// Appends the lines of a cue.
pub(super) fn break_lines(
    tokens: &Tokens<'_>,
    cue: Range<usize>,
    options: &LayoutOptions,
    lines: &mut Vec<Range<usize>>,
) {
    let first_fit = first_fit(tokens, cue.clone(), options.line_chars);
    if first_fit.len() < 2 {
        lines.extend(first_fit);
        return;
    }
    let count = first_fit.len();
    let balanced = balanced(tokens, cue, count, options.line_chars);
    lines.extend(balanced.unwrap_or(first_fit));
}

/// Each line filled before the next: as few as there can be.
fn first_fit(tokens: &Tokens<'_>, cue: Range<usize>, line_chars: u32) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let (mut start, mut width) = (cue.start, 0);
    for index in cue.clone() {
        let token = &tokens[index];
        let with_space = token.width + u32::from(index > start && !token.is_glued);
        if index > start && width + with_space > line_chars {
            lines.push(start..index);
            (start, width) = (index, token.width);
        } else {
            width += with_space;
        }
    }
    lines.push(start..cue.end);
    lines
}

/// The best lines of this number, if there are any.
fn balanced(
    tokens: &Tokens<'_>,
    cue: Range<usize>,
    count: usize,
    line_chars: u32,
) -> Option<Vec<Range<usize>>> {
    let ideal = i64::from(tokens.width(cue.clone())) / count as i64;
    let places = cue.len() + 1;
    // best[n][place]: the cost of n lines up to there, and where the last of them begins.
    let mut best = vec![vec![None::<(i64, usize)>; places]; count + 1];
    best[0][0] = Some((0, 0));
    for number in 1..=count {
        for first in 0..cue.len() {
            let Some((before, _)) = best[number - 1][first] else { continue };
            let mut width = 0;
            for next in first..cue.len() {
                let token = &tokens[cue.start + next];
                width += token.width + u32::from(next > first && !token.is_glued);
                if width > line_chars && next > first {
                    break;
                }
                let is_last = number == count;
                let off = i64::from(width) - ideal;
                let mut cost = before + off * off * 200 / i64::from(line_chars).pow(2);
                if !is_last {
                    // The shorter line is better above.
                    cost += off.signum().max(0) + after(token.ending);
                }
                let known = &mut best[number][next + 1];
                if known.is_none_or(|(least, _)| cost < least) {
                    *known = Some((cost, first));
                }
            }
        }
    }
    let mut lines = Vec::with_capacity(count);
    let mut end = cue.len();
    for number in (1..=count).rev() {
        let (_, first) = best[number][end]?;
        lines.push(cue.start + first..cue.start + end);
        end = first;
    }
    lines.reverse();
    (end == 0).then_some(lines)
}

/// What is bad about a line that ends like this.
fn after(ending: Ending) -> i64 {
    match ending {
        Ending::Sentence => 0,
        Ending::Clause => 4,
        Ending::Word => 24,
        Ending::ShortWord => 34,
        Ending::Inside => 60,
    }
}
