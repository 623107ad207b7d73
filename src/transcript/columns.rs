//! The storage: a column a property, in Arrow's layout, so that the very buffers can be handed out.

use std::sync::Arc;

use super::format::{Format, ParagraphStyle};

/// Texts one after the other in one buffer, text `i` from `offsets[i]` to `offsets[i + 1]`: Arrow's large UTF-8.
#[derive(Clone, Debug)]
pub(super) struct TextColumn {
    pub(super) offsets: Vec<i64>,
    pub(super) data: String,
}

impl Default for TextColumn {
    fn default() -> Self {
        Self { offsets: vec![0], data: String::new() }
    }
}

impl TextColumn {
    pub(super) fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    pub(super) fn get(&self, index: usize) -> &str {
        &self.data[self.offsets[index] as usize..self.offsets[index + 1] as usize]
    }

    pub(super) fn push(&mut self, text: &str) {
        self.data.push_str(text);
        self.offsets.push(self.data.len() as i64);
    }

    /// Makes the last text longer. There has to be one.
    pub(super) fn append_to_last(&mut self, text: &str) {
        self.data.push_str(text);
        if let Some(end) = self.offsets.last_mut() {
            *end = self.data.len() as i64;
        }
    }

    pub(super) fn truncate(&mut self, len: usize) {
        self.offsets.truncate(len + 1);
        self.data.truncate(self.offsets[len] as usize);
    }
}

/// A bit a value, the lowest bit first: Arrow's validity.
#[derive(Clone, Debug, Default)]
pub(super) struct Bitmap {
    pub(super) bytes: Vec<u8>,
    len: usize,
}

impl Bitmap {
    pub(super) fn get(&self, index: usize) -> bool {
        self.bytes[index / 8] >> (index % 8) & 1 == 1
    }

    pub(super) fn push(&mut self, bit: bool) {
        if self.len.is_multiple_of(8) {
            self.bytes.push(0);
        }
        if bit {
            self.bytes[self.len / 8] |= 1 << (self.len % 8);
        }
        self.len += 1;
    }

    /// How many bits are not set.
    pub(super) fn unset(&self) -> usize {
        self.len - self.bytes.iter().map(|byte| byte.count_ones() as usize).sum::<usize>()
    }

    /// There has to be one.
    pub(super) fn replace_last(&mut self, bit: bool) {
        self.truncate(self.len - 1);
        self.push(bit);
    }

    pub(super) fn truncate(&mut self, len: usize) {
        while self.len > len {
            self.len -= 1;
            self.bytes[self.len / 8] &= !(1 << (self.len % 8));
        }
        self.bytes.truncate(len.div_ceil(8));
    }
}

/// What is known of every word.
#[derive(Clone, Debug, Default)]
pub(super) struct WordColumns {
    pub(super) text: TextColumn,
    pub(super) start_ms: Vec<i64>,
    pub(super) end_ms: Vec<i64>,
    /// Unset where the times are an estimate.
    pub(super) timed: Bitmap,
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
        self.timed.truncate(len);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bitmap_is_least_significant_bit_first() {
        let mut bitmap = Bitmap::default();
        for index in 0..11 {
            bitmap.push(index % 3 == 0);
        }
        assert_eq!(bitmap.bytes, [0b0100_1001, 0b0000_0010]);
        assert_eq!(bitmap.unset(), 7);
        bitmap.truncate(7);
        assert_eq!((bitmap.bytes.as_slice(), bitmap.get(6)), ([0b0100_1001].as_slice(), true));
        bitmap.truncate(6);
        assert_eq!(bitmap.bytes, [0b0000_1001], "no bit is left beyond the length");
        bitmap.truncate(0);
        assert!(bitmap.bytes.is_empty());
    }

    #[test]
    fn a_text_column_has_one_offset_more_than_texts() {
        let mut texts = TextColumn::default();
        assert_eq!(texts.offsets, [0]);
        texts.push("a");
        texts.push("");
        texts.append_to_last("é");
        assert_eq!((texts.offsets.as_slice(), texts.get(1), texts.len()), ([0, 1, 3].as_slice(), "é", 2));
        texts.truncate(1);
        assert_eq!((texts.data.as_str(), texts.len()), ("a", 1));
    }
}
