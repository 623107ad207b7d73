//! The transcript: words and segments in columns, immutable and cheap to share. Here is the model and how it is built;
//! what a service's own document means is the business of that service's decoder.

// Nothing but its tests calls it yet.
#[cfg_attr(not(all(test, feature = "documents")), allow(dead_code, unused_imports))]
mod document;
mod view;

use std::sync::Arc;

use once_cell::race::OnceBox;

pub use view::{SegmentView, WordView};

/// A word to build a transcript from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Word {
    /// The word with its punctuation, without spaces around it.
    pub text: String,
    /// Start in milliseconds from the start of the media.
    pub start_ms: i64,
    /// End in milliseconds from the start of the media.
    pub end_ms: i64,
    /// How sure the service is, 0 to 1, if it says so.
    pub confidence: Option<f32>,
}

/// A run of words of one speaker.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Segment {
    /// The speaker; `""`: not known.
    pub speaker: String,
    /// Its words in order of time.
    pub words: Vec<Word>,
}

/// Texts one after the other in one buffer, text `i` from `offsets[i]` to `offsets[i + 1]`: Arrow's layout for large texts.
#[derive(Debug, Default)]
struct TextColumn {
    offsets: Vec<i64>,
    data: String,
}

impl TextColumn {
    fn push(&mut self, text: &str) {
        if self.offsets.is_empty() {
            self.offsets.push(0);
        }
        self.data.push_str(text);
        self.offsets.push(self.data.len() as i64);
    }

    fn get(&self, index: usize) -> &str {
        &self.data[self.offsets[index] as usize..self.offsets[index + 1] as usize]
    }
}

#[derive(Debug, Default)]
struct Columns {
    recording_id: String,
    language: String,
    duration_ms: Option<i64>,
    raw: String,
    text: String,
    word_text: TextColumn,
    word_start_ms: Vec<i64>,
    word_end_ms: Vec<i64>,
    /// NAN: not given.
    word_confidence: Vec<f32>,
    word_segment: Vec<u32>,
    segment_speaker: TextColumn,
    /// The first word of each segment, and after the last one the number of words.
    segment_first_word: Vec<u64>,
}

/// A transcript. Immutable; clones share their columns.
#[derive(Clone)]
pub struct Transcript {
    shared: Arc<Shared>,
}

struct Shared {
    columns: Columns,
    /// Built at first use without a lock: a fork in the middle must not leave one locked.
    view: OnceBox<view::Views>,
}

impl Transcript {
    /// Starts building one.
    pub fn builder() -> TranscriptBuilder {
        TranscriptBuilder::default()
    }

    /// The recording it is of.
    pub fn recording_id(&self) -> &str {
        &self.columns().recording_id
    }

    /// Language code, `""`: not known.
    pub fn language(&self) -> &str {
        &self.columns().language
    }

    /// Length of the media in milliseconds, if known.
    pub fn duration_ms(&self) -> Option<i64> {
        self.columns().duration_ms
    }

    /// The service's own document; `""` if it has none.
    pub fn raw(&self) -> &str {
        &self.columns().raw
    }

    /// The words with spaces between them, a line a segment.
    pub fn text(&self) -> &str {
        &self.columns().text
    }

    /// How many words there are.
    pub fn word_count(&self) -> usize {
        self.columns().word_start_ms.len()
    }

    /// How many segments there are.
    pub fn segment_count(&self) -> usize {
        self.columns().segment_first_word.len().saturating_sub(1)
    }

    /// The words, each with its start, end and confidence.
    pub fn words(&self) -> impl ExactSizeIterator<Item = WordRef<'_>> {
        (0..self.word_count()).map(|index| self.word(index))
    }

    /// A word by its number, from 0.
    ///
    /// # Panics
    /// If there is no such word.
    pub fn word(&self, index: usize) -> WordRef<'_> {
        let columns = self.columns();
        WordRef {
            text: columns.word_text.get(index),
            start_ms: columns.word_start_ms[index],
            end_ms: columns.word_end_ms[index],
            confidence: Some(columns.word_confidence[index]).filter(|confidence| !confidence.is_nan()),
            segment: columns.word_segment[index] as usize,
        }
    }

    /// A segment by its number, from 0.
    ///
    /// # Panics
    /// If there is no such segment.
    pub fn segment(&self, index: usize) -> SegmentRef<'_> {
        let columns = self.columns();
        let first = columns.segment_first_word[index] as usize;
        let end = columns.segment_first_word[index + 1] as usize;
        SegmentRef {
            speaker: columns.segment_speaker.get(index),
            start_ms: columns.word_start_ms.get(first).copied().unwrap_or(0),
            end_ms: end.checked_sub(1).map_or(0, |last| columns.word_end_ms[last]),
            words: first..end,
        }
    }

    /// The words as one array with NUL-terminated texts, built at the first call and kept with the transcript.
    pub fn word_view(&self) -> &[WordView] {
        &self.views().words
    }

    /// The segments as one array, as [`Transcript::word_view`].
    pub fn segment_view(&self) -> &[SegmentView] {
        &self.views().segments
    }

    fn views(&self) -> &view::Views {
        self.shared.view.get_or_init(|| Box::new(view::Views::of(self)))
    }

    fn columns(&self) -> &Columns {
        &self.shared.columns
    }
}

impl std::fmt::Debug for Transcript {
    /// What was said is private: numbers only.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transcript")
            .field("words", &self.word_count())
            .field("segments", &self.segment_count())
            .field("language", &self.language())
            .finish_non_exhaustive()
    }
}

/// A word of a transcript.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WordRef<'a> {
    /// The word with its punctuation.
    pub text: &'a str,
    /// Start in milliseconds.
    pub start_ms: i64,
    /// End in milliseconds.
    pub end_ms: i64,
    /// How sure the service is, 0 to 1.
    pub confidence: Option<f32>,
    /// The number of its segment.
    pub segment: usize,
}

/// A segment of a transcript.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentRef<'a> {
    /// The speaker; `""`: not known.
    pub speaker: &'a str,
    /// Start of its first word in milliseconds.
    pub start_ms: i64,
    /// End of its last word in milliseconds.
    pub end_ms: i64,
    /// The numbers of its words.
    pub words: std::ops::Range<usize>,
}

/// Builds a [`Transcript`] segment by segment.
#[derive(Debug, Default)]
pub struct TranscriptBuilder {
    columns: Columns,
}

impl TranscriptBuilder {
    /// The recording it is of.
    pub fn recording_id(mut self, id: &str) -> Self {
        self.columns.recording_id = id.to_owned();
        self
    }

    /// Language code.
    pub fn language(mut self, language: &str) -> Self {
        self.columns.language = language.to_owned();
        self
    }

    /// Length of the media in milliseconds.
    pub fn duration_ms(mut self, duration: i64) -> Self {
        self.columns.duration_ms = Some(duration);
        self
    }

    /// The service's own document.
    pub fn raw(mut self, raw: String) -> Self {
        self.columns.raw = raw;
        self
    }

    /// Appends a segment. One without words is left out.
    pub fn segment(mut self, segment: &Segment) -> Self {
        if segment.words.is_empty() {
            return self;
        }
        let columns = &mut self.columns;
        if columns.segment_first_word.is_empty() {
            columns.segment_first_word.push(0);
        } else {
            columns.text.push('\n');
        }
        let number = (columns.segment_first_word.len() - 1) as u32;
        for (index, word) in segment.words.iter().enumerate() {
            if index > 0 {
                columns.text.push(' ');
            }
            columns.text.push_str(&word.text);
            columns.word_text.push(&word.text);
            columns.word_start_ms.push(word.start_ms);
            columns.word_end_ms.push(word.end_ms);
            columns.word_confidence.push(word.confidence.unwrap_or(f32::NAN));
            columns.word_segment.push(number);
        }
        columns.segment_speaker.push(&segment.speaker);
        columns.segment_first_word.push(columns.word_start_ms.len() as u64);
        self
    }

    /// The transcript.
    pub fn build(self) -> Transcript {
        Transcript { shared: Arc::new(Shared { columns: self.columns, view: OnceBox::new() }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, start_ms: i64, end_ms: i64) -> Word {
        Word { text: text.into(), start_ms, end_ms, confidence: None }
    }

    fn sample() -> Transcript {
        let sure = Word { confidence: Some(0.5), ..word("there.", 400, 900) };
        Transcript::builder()
            .recording_id("r1")
            .language("en")
            .segment(&Segment { speaker: "A".into(), words: vec![word("Hello", 0, 400), sure] })
            .segment(&Segment::default())
            .segment(&Segment { speaker: "B".into(), words: vec![word("Ĝis!", 1000, 1500)] })
            .build()
    }

    #[test]
    fn columns_give_back_what_was_put_in() {
        let transcript = sample();
        assert_eq!(transcript.text(), "Hello there.\nĜis!");
        assert_eq!((transcript.word_count(), transcript.segment_count()), (3, 2));
        let second = transcript.word(1);
        assert_eq!((second.text, second.start_ms, second.confidence), ("there.", 400, Some(0.5)));
        let last = transcript.segment(1);
        assert_eq!((last.speaker, last.start_ms, last.end_ms, last.words), ("B", 1000, 1500, 2..3));
    }

    #[test]
    fn the_view_is_nul_terminated_and_the_same() {
        let transcript = sample();
        for (view, word) in transcript.word_view().iter().zip(transcript.words()) {
            // SAFETY: the view's texts live as long as the transcript and end with a NUL.
            let text = unsafe { std::ffi::CStr::from_ptr(view.text) };
            assert_eq!(text.to_str().unwrap(), word.text);
            assert_eq!(
                (view.text_len, view.start_ms, view.end_ms),
                (word.text.len() as u64, word.start_ms, word.end_ms)
            );
        }
        assert!(std::ptr::eq(transcript.word_view(), transcript.clone().word_view()), "built once");
        assert_eq!(transcript.segment_view()[1].first_word, 2);
    }

    #[test]
    fn an_empty_transcript_is_one() {
        let transcript = Transcript::builder().build();
        assert_eq!((transcript.text(), transcript.word_count(), transcript.segment_count()), ("", 0, 0));
        assert!(transcript.word_view().is_empty() && transcript.segment_view().is_empty());
    }
}
