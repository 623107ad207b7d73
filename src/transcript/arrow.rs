//! Words and segments as tables of Arrow, in the transcript's own columns.

use std::ops::Range;
use std::sync::Arc;

use super::{Shared, Transcript};
use crate::arrow::{self, ArrowArray, ArrowArrayStream, ArrowSchema, Column, Table, Values};

impl Transcript {
    /// The words as one struct array in the buffers of this transcript, which stay until the array is released. Its
    /// fields: `text` (large UTF-8), `start_ms` and `end_ms` (int64), `confidence` (float32, null where none is given),
    /// `segment` (uint32), `speaker` (a dictionary of int32 and large UTF-8; `""`: not known) and `estimated` (boolean).
    pub fn export_words_arrow(&self) -> (ArrowSchema, ArrowArray) {
        arrow::export(&self.word_table())
    }

    /// The segments as one struct array, as [`Transcript::export_words_arrow`]. Its fields: `speaker`, `start_ms`,
    /// `end_ms` and `end_word` (uint64), the number of the word after its last.
    pub fn export_segments_arrow(&self) -> (ArrowSchema, ArrowArray) {
        arrow::export(&self.segment_table())
    }

    /// A stream that gives [`Transcript::export_words_arrow`] once, or those of a range: the buffers stay the
    /// transcript's, the array begins further in. What the range has beyond the last word is left out.
    pub fn words_arrow_stream(&self, range: Range<usize>) -> ArrowArrayStream {
        arrow::stream(&self.word_table(), range)
    }

    /// A stream that gives [`Transcript::export_segments_arrow`] once, or those of a range.
    pub fn segments_arrow_stream(&self, range: Range<usize>) -> ArrowArrayStream {
        arrow::stream(&self.segment_table(), range)
    }

    fn word_table(&self) -> WordTable {
        WordTable(Arc::clone(&self.shared))
    }

    fn segment_table(&self) -> SegmentTable {
        SegmentTable(Arc::clone(&self.shared))
    }
}

#[derive(Clone)]
struct WordTable(Arc<Shared>);

impl Table for WordTable {
    fn row_count(&self) -> usize {
        self.0.columns.words.len()
    }

    fn columns(&self) -> Vec<Column<'_>> {
        let words = &self.0.columns.words;
        vec![
            Column(c"text", Values::Text(&words.text)),
            Column(c"start_ms", Values::Integers(&words.start_ms)),
            Column(c"end_ms", Values::Integers(&words.end_ms)),
            Column(c"confidence", Values::Reals(&words.confidence, &words.confidence_given)),
            Column(c"segment", Values::Numbers(&words.segment)),
            Column(c"speaker", Values::Named(&words.speaker, &self.0.columns.speakers)),
            Column(c"estimated", Values::Flags(&words.estimated)),
        ]
    }
}

#[derive(Clone)]
struct SegmentTable(Arc<Shared>);

impl Table for SegmentTable {
    fn row_count(&self) -> usize {
        self.0.columns.segments.speaker.len()
    }

    fn columns(&self) -> Vec<Column<'_>> {
        let segments = &self.0.columns.segments;
        vec![
            Column(c"speaker", Values::Named(&segments.speaker, &self.0.columns.speakers)),
            Column(c"start_ms", Values::Integers(&segments.start_ms)),
            Column(c"end_ms", Values::Integers(&segments.end_ms)),
            Column(c"end_word", Values::LongNumbers(&segments.end_word)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Segment, Word};
    use std::ffi::{CStr, c_void};

    use super::*;

    fn sample() -> Transcript {
        let word = |text: &str, confidence| Word { text: text.into(), confidence, ..Word::default() };
        Transcript::builder()
            .segment(&Segment {
                speaker: "A".into(),
                words: vec![word("one", Some(0.5)), word("two", None)],
                ..Segment::default()
            })
            .segment(&Segment {
                speaker: "B".into(),
                words: vec![word("three", Some(1.0))],
                ..Segment::default()
            })
            .build()
    }

    fn child(array: &ArrowArray, index: usize) -> &ArrowArray {
        assert!((index as i64) < array.n_children);
        // SAFETY: an array that is not released has as many children as it says.
        unsafe { &**array.children.add(index) }
    }

    fn buffer(array: &ArrowArray, index: usize) -> *const c_void {
        assert!((index as i64) < array.n_buffers);
        // SAFETY: an array that is not released has as many buffers as it says.
        unsafe { *array.buffers.add(index) }
    }

    fn text_of<'a>(text: *const std::ffi::c_char) -> &'a str {
        // SAFETY: names and formats are C strings of the program.
        unsafe { CStr::from_ptr(text) }.to_str().unwrap()
    }

    #[test]
    fn the_buffers_are_the_columns_themselves() {
        let transcript = sample();
        let (_schema, array) = transcript.export_words_arrow();
        let columns = transcript.columns();
        let words = &columns.words;
        assert_eq!((array.length, array.null_count, array.n_children), (3, 0, 7));
        assert_eq!(buffer(child(&array, 0), 1), words.text.offsets.as_ptr().cast());
        assert_eq!(buffer(child(&array, 0), 2), words.text.data.as_ptr().cast());
        assert_eq!(buffer(child(&array, 1), 1), words.start_ms.as_ptr().cast());
        assert_eq!(buffer(child(&array, 2), 1), words.end_ms.as_ptr().cast());
        assert_eq!(buffer(child(&array, 3), 0), words.confidence_given.bytes.as_ptr().cast());
        assert_eq!(buffer(child(&array, 3), 1), words.confidence.as_ptr().cast());
        assert_eq!(child(&array, 3).null_count, 1);
        assert_eq!(buffer(child(&array, 4), 1), words.segment.as_ptr().cast());
        assert_eq!(buffer(child(&array, 5), 1), words.speaker.as_ptr().cast());
        // SAFETY: the field `speaker` has a dictionary.
        let names = unsafe { &*child(&array, 5).dictionary };
        assert_eq!(names.length, 2);
        assert_eq!(buffer(names, 2), columns.speakers.data.as_ptr().cast());
    }

    #[test]
    fn the_schema_names_every_field() {
        let (schema, _array) = sample().export_words_arrow();
        // SAFETY: a schema that is not released has as many children as it says.
        let fields: Vec<&ArrowSchema> =
            (0..schema.n_children as usize).map(|index| unsafe { &**schema.children.add(index) }).collect();
        let of = |field: &ArrowSchema| (text_of(field.name), text_of(field.format), field.flags);
        assert_eq!(
            fields.iter().map(|field| of(field)).collect::<Vec<_>>(),
            [
                ("text", "U", 0),
                ("start_ms", "l", 0),
                ("end_ms", "l", 0),
                ("confidence", "f", 2),
                ("segment", "I", 0),
                ("speaker", "i", 0),
                ("estimated", "b", 0)
            ]
        );
        // SAFETY: the field `speaker` has a dictionary.
        assert_eq!(text_of(unsafe { &*fields[5].dictionary }.format), "U");
        assert_eq!(text_of(schema.format), "+s");
    }

    #[test]
    fn what_is_given_out_keeps_the_columns_until_its_release() {
        let transcript = sample();
        let owners = || Arc::strong_count(&transcript.shared);
        let (mut schema, mut array) = transcript.export_words_arrow();
        assert_eq!(owners(), 1 + 1 + 7 + 1, "the array, its fields and the dictionary");
        // SAFETY: both are not released.
        unsafe {
            (schema.release.unwrap())(&mut schema);
            (array.release.unwrap())(&mut array);
        }
        assert!(schema.release.is_none() && array.release.is_none());
        assert_eq!(owners(), 1);
        drop((schema, array));
        assert_eq!(owners(), 1, "a drop after a release does nothing");
        drop(transcript.export_segments_arrow());
        assert_eq!(owners(), 1);
    }

    #[test]
    fn a_field_that_was_moved_away_outlives_its_array() {
        let transcript = sample();
        let (_, array) = transcript.export_words_arrow();
        // SAFETY: the field is moved as the interface says: copied, and marked as released where it was.
        let moved = unsafe {
            let place = *array.children;
            let moved = place.read();
            (*place).release = None;
            moved
        };
        drop(array);
        assert_eq!(Arc::strong_count(&transcript.shared), 2);
        drop(moved);
        assert_eq!(Arc::strong_count(&transcript.shared), 1);
    }

    #[test]
    fn a_stream_gives_one_array_and_then_its_end() {
        let transcript = sample();
        let mut stream = transcript.segments_arrow_stream(0..usize::MAX);
        let next = |stream: &mut ArrowArrayStream| {
            let mut array = std::mem::MaybeUninit::uninit();
            // SAFETY: the stream is not released, and there is room for an array.
            unsafe {
                assert_eq!((stream.get_next.unwrap())(stream, array.as_mut_ptr()), 0);
                array.assume_init()
            }
        };
        let first = next(&mut stream);
        assert_eq!((first.length, first.n_children), (2, 4));
        assert_eq!(
            buffer(child(&first, 3), 1),
            transcript.columns().segments.end_word.as_ptr().cast::<c_void>()
        );
        assert!(next(&mut stream).release.is_none());
        drop(stream);
        assert!(first.release.is_some(), "an array does not need its stream");
    }

    #[test]
    fn a_part_has_the_same_buffers() {
        let transcript = sample();
        let take = |range| {
            let mut stream = transcript.words_arrow_stream(range);
            let mut array = std::mem::MaybeUninit::<ArrowArray>::uninit();
            // SAFETY: the stream is not released, and there is room for an array.
            unsafe {
                assert_eq!((stream.get_next.unwrap())(&mut stream, array.as_mut_ptr()), 0);
                array.assume_init()
            }
        };
        let part = take(1..3);
        let (starts, confidence) = (child(&part, 1), child(&part, 3));
        assert_eq!((part.length, part.offset, starts.length, starts.offset), (2, 0, 2, 1));
        assert_eq!(buffer(starts, 1), transcript.columns().words.start_ms.as_ptr().cast());
        assert_eq!((confidence.offset, confidence.null_count), (1, 1));
        assert_eq!(take(2..3).length, 1);
        assert_eq!(child(&take(2..3), 3).null_count, 0);
        assert_eq!((take(2..9).length, take(7..9).length), (1, 0));
    }

    #[test]
    fn an_empty_transcript_is_an_empty_array() {
        let (_, array) = Transcript::builder().build().export_words_arrow();
        assert_eq!((array.length, child(&array, 0).length, child(&array, 3).null_count), (0, 0, 0));
        assert!(!buffer(child(&array, 0), 1).is_null(), "one offset there is");
    }
}
