//! The columns that hold texts and bits as Arrow does.

use std::ops::Range;

/// Texts one after the other in one buffer, text `i` from `offsets[i]` to `offsets[i + 1]`: Arrow's large UTF-8.
#[derive(Clone, Debug)]
pub(crate) struct TextColumn {
    pub(crate) offsets: Vec<i64>,
    pub(crate) data: String,
}

impl Default for TextColumn {
    fn default() -> Self {
        Self { offsets: vec![0], data: String::new() }
    }
}

impl TextColumn {
    pub(crate) fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    pub(crate) fn get(&self, index: usize) -> &str {
        &self.data[self.offsets[index] as usize..self.offsets[index + 1] as usize]
    }

    pub(crate) fn push(&mut self, text: &str) {
        self.data.push_str(text);
        self.offsets.push(self.data.len() as i64);
    }

    /// Makes the last text longer. There has to be one.
    pub(crate) fn append_to_last(&mut self, text: &str) {
        self.data.push_str(text);
        if let Some(end) = self.offsets.last_mut() {
            *end = self.data.len() as i64;
        }
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.offsets.truncate(len + 1);
        self.data.truncate(self.offsets[len] as usize);
    }
}

/// A bit a value, the lowest bit first: Arrow's booleans, and its validity.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bitmap {
    pub(crate) bytes: Vec<u8>,
    len: usize,
}

impl Bitmap {
    pub(crate) fn get(&self, index: usize) -> bool {
        self.bytes[index / 8] >> (index % 8) & 1 == 1
    }

    pub(crate) fn push(&mut self, bit: bool) {
        if self.len.is_multiple_of(8) {
            self.bytes.push(0);
        }
        if bit {
            self.bytes[self.len / 8] |= 1 << (self.len % 8);
        }
        self.len += 1;
    }

    /// How many bits of a range are not set.
    pub(crate) fn unset(&self, range: Range<usize>) -> usize {
        if range == (0..self.len) {
            return self.len - self.bytes.iter().map(|byte| byte.count_ones() as usize).sum::<usize>();
        }
        range.filter(|index| !self.get(*index)).count()
    }

    /// There has to be one.
    pub(crate) fn replace_last(&mut self, bit: bool) {
        self.truncate(self.len - 1);
        self.push(bit);
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        while self.len > len {
            self.len -= 1;
            self.bytes[self.len / 8] &= !(1 << (self.len % 8));
        }
        self.bytes.truncate(len.div_ceil(8));
    }
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
        assert_eq!((bitmap.unset(0..11), bitmap.unset(3..7)), (7, 2));
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
