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
    _texts: Box<[u8]>,
}

// SAFETY: the pointers go into `_texts`, which is owned, never changed and freed with them.
unsafe impl Send for Views {}
// SAFETY: as above; nothing is ever written after the construction.
unsafe impl Sync for Views {}

impl Views {
    pub(super) fn of(transcript: &Transcript) -> Self {
        let segments = (0..transcript.segment_count()).map(|index| transcript.segment(index));
        let mut texts = Vec::new();
        let mut append = |text: &str| {
            let start = texts.len();
            texts.extend_from_slice(text.as_bytes());
            texts.push(0);
            start
        };
        let words: Vec<_> = transcript.words().map(|word| (append(word.text), word)).collect();
        let segments: Vec<_> = segments.map(|segment| (append(segment.speaker), segment)).collect();
        let texts = texts.into_boxed_slice();
        let at = |start: usize| texts[start..].as_ptr().cast::<c_char>();
        let words = words.into_iter().map(|(start, word)| WordView {
            text: at(start),
            text_len: word.text.len() as u64,
            start_ms: word.start_ms,
            end_ms: word.end_ms,
            confidence: word.confidence.unwrap_or(f32::NAN),
            segment: word.segment as u32,
            estimated: u32::from(word.estimated),
        });
        let segments = segments.into_iter().map(|(start, segment)| SegmentView {
            speaker: at(start),
            speaker_len: segment.speaker.len() as u64,
            start_ms: segment.start_ms,
            end_ms: segment.end_ms,
            first_word: segment.words.start as u64,
            word_count: segment.words.len() as u64,
        });
        Self { words: words.collect(), segments: segments.collect(), _texts: texts }
    }
}
