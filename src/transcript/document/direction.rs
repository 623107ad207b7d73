//! Which parts of a text run from right to left, by the Unicode bidirectional algorithm.

use std::ops::Range;

use unicode_bidi::{Level, ParagraphBidiInfo};

/// The embedding levels of one paragraph, which holds no paragraph separators.
pub(super) struct Directions<'a> {
    text: &'a str,
    /// A level a byte; empty when all is left to right, which is the rule.
    levels: Vec<Level>,
    base: Level,
}

impl<'a> Directions<'a> {
    /// The base direction is that of the first letter that has one.
    pub(super) fn of(text: &'a str) -> Self {
        // Before the Hebrew block nothing runs to the left, and most text is there.
        if text.chars().all(|character| character < '\u{590}') {
            return Self { text, levels: Vec::new(), base: Level::ltr() };
        }
        let info = ParagraphBidiInfo::new(text, None);
        Self { text, base: info.paragraph_level, levels: info.levels }
    }

    pub(super) fn base(&self) -> Level {
        self.base
    }

    /// The level of the character that starts at a byte.
    pub(super) fn level_at(&self, byte: usize) -> Level {
        self.levels.get(byte).copied().unwrap_or(self.base)
    }

    /// The text's parts of one direction in reading order; `true`: right to left.
    pub(super) fn runs(&self) -> Vec<(Range<usize>, bool)> {
        let mut runs: Vec<(Range<usize>, bool)> = Vec::new();
        for (start, character) in self.text.char_indices() {
            let end = start + character.len_utf8();
            let rtl = self.level_at(start).is_rtl();
            match runs.last_mut() {
                Some((range, direction)) if *direction == rtl => range.end = end,
                _ => runs.push((start..end, rtl)),
            }
        }
        runs
    }
}
