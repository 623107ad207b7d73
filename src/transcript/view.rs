//! The words and segments as arrays of plain structs, so that a program walks them without a call a word.

use std::ffi::c_char;

use super::Transcript;

/// A word in a contiguous array.
#[derive(Debug)]
#[repr(C)]
pub struct WordView {
    /// The word with its punctuation, NUL-terminated UTF-8.
    pub text: *const c_char,
    /// Bytes of `text` without the NUL.
    pub text_len: u64,
    /// Start in milliseconds from the start of the media.
    pub start_ms: i64,
    /// End in milliseconds from the start of the media.
    pub end_ms: i64,
    /// How sure the service is, 0 to 1; NAN: not given.
    pub confidence: f32,
    /// The number of its segment, from 0.
    pub segment: u32,
    /// 1 if start and end are an estimate, because the service or the subtitles give none; else 0.
    pub estimated: u32,
}

/// A segment in a contiguous array.
#[derive(Debug)]
#[repr(C)]
pub struct SegmentView {
    /// The speaker, NUL-terminated UTF-8; empty: not known.
    pub speaker: *const c_char,
    /// Bytes of `speaker` without the NUL.
    pub speaker_len: u64,
    /// Start in milliseconds from the start of the media.
    pub start_ms: i64,
    /// End in milliseconds from the start of the media.
    pub end_ms: i64,
    /// The number of its first word.
    pub first_word: u64,
    /// How many words it has.
    pub word_count: u64,
}

/// Both arrays and the texts they point into.
pub(super) struct Views {
    pub(super) words: Vec<WordView>,
    pub(super) segments: Vec<SegmentView>,
    _texts: Vec<u8>,
}

// SAFETY: the pointers go into `_texts`, which is owned, never changed and freed with them.
unsafe impl Send for Views {}
// SAFETY: as above; nothing is ever written after the construction.
unsafe impl Sync for Views {}

impl Views {
    pub(super) fn of(transcript: &Transcript) -> Self {
        let bytes = |text: &str| text.len() + 1;
        let words = transcript.words().map(|word| bytes(word.text)).sum::<usize>();
        let speakers = transcript.speakers().map(bytes).sum::<usize>();
        let mut texts = Texts(Vec::with_capacity(words + speakers));
        let words = transcript.words().map(|word| WordView {
            text: texts.append(word.text),
            text_len: word.text.len() as u64,
            start_ms: word.start_ms,
            end_ms: word.end_ms,
            confidence: word.confidence.unwrap_or(f32::NAN),
            segment: word.segment as u32,
            estimated: u32::from(word.estimated),
        });
        let words = words.collect();
        // Each once: a name may be long, and have many segments.
        let speakers: Vec<*const c_char> = transcript.speakers().map(|name| texts.append(name)).collect();
        let numbers = &transcript.columns().segments.speaker;
        let segments = transcript.segments().zip(numbers).map(|(segment, number)| SegmentView {
            speaker: speakers[*number as usize],
            speaker_len: segment.speaker.len() as u64,
            start_ms: segment.start_ms,
            end_ms: segment.end_ms,
            first_word: segment.words.start as u64,
            word_count: segment.words.len() as u64,
        });
        let segments = segments.collect();
        Self { words, segments, _texts: texts.0 }
    }
}

/// A buffer that has room for all its texts from the start, so that they stay where they are.
struct Texts(Vec<u8>);

impl Texts {
    /// Where the text is now, with a NUL after it.
    fn append(&mut self, text: &str) -> *const c_char {
        assert!(self.0.capacity() - self.0.len() > text.len(), "the room was counted");
        let start = self.0.len();
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(0);
        // SAFETY: the start is within the buffer, which is not moved, as the assertion says.
        unsafe { self.0.as_ptr().add(start).cast() }
    }
}
