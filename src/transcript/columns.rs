//! The storage: a column a property, in Arrow's layout, so that the very buffers can be handed out.

use std::sync::Arc;

use super::format::{Format, ParagraphStyle};
use crate::arrow::{Bitmap, TextColumn};

/// What is known of every word.
#[derive(Clone, Debug, Default)]
pub(super) struct WordColumns {
    pub(super) text: TextColumn,
    pub(super) start_ms: Vec<i64>,
    pub(super) end_ms: Vec<i64>,
    /// Set where the times are an estimate.
    pub(super) estimated: Bitmap,
    /// NAN where it is not given.
    pub(super) confidence: Vec<f32>,
    /// Unset where no confidence is given.
    pub(super) confidence_given: Bitmap,
    /// Complete up to the last closed segment.
    pub(super) segment: Vec<u32>,
    /// Numbers of `Columns::speakers`: with them a dictionary column. Complete up to the last closed segment.
    pub(super) speaker: Vec<i32>,
    /// Numbers of `Columns::formats`; no longer than up to the last word that has a format.
    pub(super) format: Vec<u32>,
}

impl WordColumns {
    pub(super) fn len(&self) -> usize {
        self.start_ms.len()
    }

    pub(super) fn truncate(&mut self, len: usize) {
        self.text.truncate(len);
        self.start_ms.truncate(len);
        self.end_ms.truncate(len);
        self.estimated.truncate(len);
        self.confidence.truncate(len);
        self.confidence_given.truncate(len);
        self.segment.truncate(len);
        self.speaker.truncate(len);
        self.format.truncate(len);
    }
}

/// What is known of every segment. Each ends where the next begins.
#[derive(Clone, Debug, Default)]
pub(super) struct SegmentColumns {
    /// Numbers of `Columns::speakers`.
    pub(super) speaker: Vec<i32>,
    pub(super) start_ms: Vec<i64>,
    pub(super) end_ms: Vec<i64>,
    pub(super) end_word: Vec<u64>,
    pub(super) end_paragraph: Vec<u64>,
}

/// What is known of every paragraph. Each ends where the next begins.
#[derive(Clone, Debug, Default)]
pub(super) struct ParagraphColumns {
    pub(super) end_word: Vec<u64>,
    /// Nothing where no mark ends the paragraph but its segment does.
    pub(super) style: Vec<Option<ParagraphStyle>>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    pub(super) recording_id: String,
    pub(super) language: String,
    pub(super) duration_ms: Option<i64>,
    pub(super) raw: Arc<String>,
    pub(super) words: WordColumns,
    pub(super) segments: SegmentColumns,
    pub(super) paragraphs: ParagraphColumns,
    /// Each speaker once, in the order of appearance.
    pub(super) speakers: TextColumn,
    /// Each format once; the first is the plain one, if there are any.
    pub(super) formats: Vec<Format>,
}

/// The items between the end before and this end.
pub(super) fn range_of(ends: &[u64], index: usize) -> std::ops::Range<usize> {
    let start = index.checked_sub(1).map_or(0, |before| ends[before] as usize);
    start..ends[index] as usize
}
