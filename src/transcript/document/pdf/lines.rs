//! From a paragraph to lines: where a line may end, what fits into it, and in which order its parts are seen.

use std::ops::Range;
use std::rc::Rc;

use unicode_bidi::{BidiInfo, Level};
use unicode_linebreak::linebreaks;

use super::shape::{Cluster, Shaper, Weight, graphemes};
use crate::error::Result;
use crate::transcript::document::direction::Directions;

/// A longer word is shaped in parts.
const LONGEST_PIECE: usize = 512;
/// Between the lines, as a part of the font's own height.
const LEADING: f32 = 1.06;

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Style {
    pub(super) weight: Weight,
    /// In points.
    pub(super) size: f32,
    /// 0: black.
    pub(super) gray: f32,
}

/// A part of a paragraph in one style.
pub(super) struct Span<'a> {
    pub(super) text: &'a str,
    pub(super) style: Style,
}

/// A part of a line in one style and direction: some of the clusters of a piece of text.
#[derive(Clone)]
pub(super) struct Fragment {
    clusters: Rc<[Cluster]>,
    range: Range<usize>,
    level: Level,
    is_space: bool,
    pub(super) style: Style,
    /// In points.
    width: f32,
}

impl Fragment {
    fn part(&self, range: Range<usize>) -> Self {
        let width = points(&self.clusters[range.clone()], self.style);
        Self { clusters: Rc::clone(&self.clusters), range, width, ..*self }
    }

    pub(super) fn width(&self) -> f32 {
        self.width
    }

    /// The clusters from left to right.
    pub(super) fn visible(&self) -> impl Iterator<Item = &Cluster> {
        let clusters = &self.clusters[self.range.clone()];
        let rtl = self.level.is_rtl();
        (0..clusters.len()).map(move |index| &clusters[if rtl { clusters.len() - 1 - index } else { index }])
    }
}

fn points(clusters: &[Cluster], style: Style) -> f32 {
    clusters.iter().map(|cluster| cluster.advance).sum::<f32>() * style.size / 1000.0
}

/// A line with its fragments from left to right.
pub(super) struct Line {
    pub(super) fragments: Vec<Fragment>,
    /// From the left edge of the text's column, in points.
    pub(super) x: f32,
    pub(super) ascent: f32,
    pub(super) height: f32,
}

/// Breaks a paragraph into lines of at most `width` points.
pub(super) fn break_lines(shaper: &mut Shaper, spans: &[Span<'_>], width: f32) -> Result<Vec<Line>> {
    let text: String = spans.iter().map(|span| span.text).collect();
    let directions = Directions::of(&text);
    let words = fragments(shaper, spans, &text, &directions)?;
    let mut breaker = Breaker { width, used: 0.0, line: Vec::new(), lines: Vec::new() };
    for word in words {
        breaker.add(word);
    }
    breaker.end_line();
    Ok(breaker.lines.into_iter().map(|line| arrange(shaper, line, directions.base(), width)).collect())
}

/// The fragments between one place where a line may end and the next.
type Word = Vec<Fragment>;

fn fragments(
    shaper: &mut Shaper,
    spans: &[Span<'_>],
    text: &str,
    directions: &Directions<'_>,
) -> Result<Vec<Word>> {
    let mut ends = linebreaks(text).map(|(at, _)| at).peekable();
    let mut words: Vec<Word> = vec![Vec::new()];
    let mut span_start = 0;
    for span in spans {
        let mut piece_start = 0;
        let mut marks = graphemes(span.text).map(|(at, grapheme)| (at, is_space(grapheme))).peekable();
        while let Some((start, space)) = marks.next() {
            let level = directions.level_at(span_start + start);
            let next = marks.peek().copied();
            let end = next.map_or(span.text.len(), |(at, _)| at);
            while ends.next_if(|at| *at < span_start + end).is_some() {}
            let may_break = ends.peek() == Some(&(span_start + end));
            let goes_on = next.is_some_and(|(at, next_space)| {
                next_space == space && directions.level_at(span_start + at) == level
            });
            if goes_on && !may_break && end - piece_start < LONGEST_PIECE {
                continue;
            }
            let clusters = shaper.shape(&span.text[piece_start..end], span.style.weight, level.is_rtl())?;
            let width = points(&clusters, span.style);
            let range = 0..clusters.len();
            if let Some(word) = words.last_mut() {
                word.push(Fragment { clusters, range, level, is_space: space, style: span.style, width });
            }
            if may_break {
                words.push(Vec::new());
            }
            piece_start = end;
        }
        span_start += span.text.len();
    }
    Ok(words)
}

/// Space at which a line may end and that then is not seen.
fn is_space(grapheme: &str) -> bool {
    grapheme.chars().all(|c| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}'))
}

struct Breaker {
    width: f32,
    used: f32,
    line: Vec<Fragment>,
    lines: Vec<Vec<Fragment>>,
}

impl Breaker {
    fn add(&mut self, word: Word) {
        let spaces = word.iter().rev().take_while(|fragment| fragment.is_space).count();
        let wanted: f32 = word[..word.len() - spaces].iter().map(|fragment| fragment.width).sum();
        if self.used + wanted > self.width && !self.line.is_empty() {
            self.end_line();
        }
        for fragment in word {
            if self.used + fragment.width <= self.width {
                self.push(fragment);
            } else if fragment.is_space {
                // It hangs over the edge, unseen; more than one there would leave the page.
                let first = fragment.range.start;
                self.push(fragment.part(first..fragment.range.end.min(first + 1)));
            } else {
                self.add_in_parts(&fragment);
            }
        }
    }

    /// A word that is wider than the page.
    fn add_in_parts(&mut self, fragment: &Fragment) {
        let mut start = fragment.range.start;
        let mut used = self.used;
        for index in fragment.range.clone() {
            let advance = points(&fragment.clusters[index..=index], fragment.style);
            if used + advance > self.width && (index > start || !self.line.is_empty()) {
                if index > start {
                    self.push(fragment.part(start..index));
                }
                self.end_line();
                start = index;
                used = 0.0;
            }
            used += advance;
        }
        self.push(fragment.part(start..fragment.range.end));
    }

    fn push(&mut self, fragment: Fragment) {
        self.used += fragment.width;
        self.line.push(fragment);
    }

    fn end_line(&mut self) {
        self.used = 0.0;
        if !self.line.is_empty() {
            self.lines.push(std::mem::take(&mut self.line));
        }
    }
}

/// Brings a line into the order in which it is seen.
fn arrange(shaper: &Shaper, mut line: Vec<Fragment>, base: Level, width: f32) -> Line {
    let mut hanging = 0.0;
    for fragment in line.iter_mut().rev().take_while(|fragment| fragment.is_space) {
        fragment.level = base;
        hanging += fragment.width;
    }
    let seen: f32 = line.iter().map(|fragment| fragment.width).sum::<f32>() - hanging;
    let x = if base.is_rtl() { width - seen - hanging } else { 0.0 };
    let (mut ascent, mut descent) = (0.0f32, 0.0f32);
    for fragment in &line {
        let faces = fragment.visible().map(|cluster| cluster.face);
        for face in faces.chain([shaper.main_face(fragment.style.weight)]) {
            let (up, down) = shaper.faces[face].ascent_and_descent();
            ascent = ascent.max(up * fragment.style.size / 1000.0);
            descent = descent.max(down * fragment.style.size / 1000.0);
        }
    }
    let levels: Vec<Level> = line.iter().map(|fragment| fragment.level).collect();
    let order = BidiInfo::reorder_visual(&levels);
    let fragments = order.into_iter().map(|index| line[index].clone()).collect();
    Line { fragments, x, ascent, height: (ascent + descent) * LEADING }
}
