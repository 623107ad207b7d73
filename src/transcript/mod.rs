//! The transcript: words, paragraphs and segments in columns, immutable and cheap to share. Here is the model, how it
//! is built, changed and searched, its canonical JSON (`json/`), its exports (`export/`, `subtitle/`, `document/`, `arrow.rs`) and the reading of
//! services' documents (`decode/`, one file a service). What a service's document means stays in its decoder, and the C data
//! interface in `arrow.rs`; nothing else here knows a service, C or Python, and nothing a network.

mod arrow;
mod build;
mod change;
mod columns;
mod decode;
mod document;
mod export;
mod format;
mod json;
mod search;
mod subtitle;
mod view;

use std::ops::Range;
use std::sync::Arc;

use once_cell::race::OnceBox;

use columns::{Columns, range_of};
use format::{PLAIN, PLAIN_PARAGRAPH};

pub use build::{Paragraph, Segment, TranscriptBuilder, Word};
pub use decode::Spacing;
pub(crate) use export::Replacement;
pub use export::{EXPORT_FORMATS, ExportFormat, Sink};
pub use format::{Align, Attributes, Format, List, ParagraphStyle, Script};
pub use search::Match;
pub use view::{SegmentView, WordView};

/// A transcript. Immutable; clones share their columns.
///
/// Two are equal if recording, language, length, words, paragraphs and segments are; [`Transcript::raw`] does not count.
#[derive(Clone)]
pub struct Transcript {
    shared: Arc<Shared>,
}

struct Shared {
    columns: Columns,
    // Built at first use without a lock: a fork in the middle must not leave one locked.
    text: OnceBox<String>,
    view: OnceBox<view::Views>,
}

impl Transcript {
    /// Starts building one.
    pub fn builder() -> TranscriptBuilder {
        TranscriptBuilder::default()
    }

    /// One segment of an unknown speaker.
    pub fn from_words(words: impl IntoIterator<Item = Word>) -> Self {
        let segment = Segment { words: words.into_iter().collect(), ..Segment::default() };
        Self::builder().segment(&segment).build()
    }

    fn of(columns: Columns) -> Self {
        Self { shared: Arc::new(Shared { columns, text: OnceBox::new(), view: OnceBox::new() }) }
    }

    /// The same, of this recording: for one that was just decoded from a document that does not name it.
    pub(crate) fn of_recording(mut self, id: &str) -> Self {
        match Arc::get_mut(&mut self.shared) {
            Some(shared) => shared.columns.recording_id = id.to_owned(),
            None => debug_assert!(false, "somebody holds a transcript that was just decoded"),
        }
        self
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

    /// The document it was read from, as it was; `""` if there is none.
    pub fn raw(&self) -> &str {
        &self.columns().raw
    }

    /// The words with spaces between them, a line a paragraph.
    pub fn text(&self) -> &str {
        self.shared.text.get_or_init(|| Box::new(self.joined_text()))
    }

    fn joined_text(&self) -> String {
        let words = &self.columns().words;
        let mut text = String::with_capacity(words.text.data.len() + words.len());
        for paragraph in self.paragraphs() {
            for index in paragraph.words {
                text.push_str(words.text.get(index));
                text.push(' ');
            }
            text.pop();
            text.push('\n');
        }
        text.pop();
        text
    }

    /// How many words there are.
    pub fn word_count(&self) -> usize {
        self.columns().words.len()
    }

    /// How many segments there are.
    pub fn segment_count(&self) -> usize {
        self.columns().segments.speaker.len()
    }

    /// How many paragraphs there are.
    pub fn paragraph_count(&self) -> usize {
        self.columns().paragraphs.end_word.len()
    }

    /// The words, each with its start, end and confidence.
    pub fn words(&self) -> impl ExactSizeIterator<Item = WordRef<'_>> {
        (0..self.word_count()).map(|index| self.word(index))
    }

    /// The segments.
    pub fn segments(&self) -> impl ExactSizeIterator<Item = SegmentRef<'_>> {
        (0..self.segment_count()).map(|index| self.segment(index))
    }

    /// The paragraphs. A segment without marks is one paragraph.
    pub fn paragraphs(&self) -> impl ExactSizeIterator<Item = ParagraphRef<'_>> {
        (0..self.paragraph_count()).map(|index| self.paragraph(index))
    }

    /// The speakers, each once, in the order of appearance; `""`: not known.
    pub fn speakers(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.columns().speakers.len()).map(|number| self.columns().speakers.get(number))
    }

    /// A word by its number, from 0.
    ///
    /// # Panics
    /// If there is no such word.
    pub fn word(&self, index: usize) -> WordRef<'_> {
        let Columns { words, formats, .. } = self.columns();
        let format = words.format.get(index).map_or(0, |number| *number as usize);
        WordRef {
            text: words.text.get(index),
            start_ms: words.start_ms[index],
            end_ms: words.end_ms[index],
            confidence: Some(words.confidence[index]).filter(|confidence| !confidence.is_nan()),
            segment: words.segment[index] as usize,
            estimated: words.estimated.get(index),
            // Most words are plain: so they share one format, and to ask for it takes no comparison.
            format: if format == 0 { &PLAIN } else { &formats[format] },
        }
    }

    /// A segment by its number, from 0.
    ///
    /// # Panics
    /// If there is no such segment.
    pub fn segment(&self, index: usize) -> SegmentRef<'_> {
        let Columns { segments, speakers, .. } = self.columns();
        SegmentRef {
            speaker: speakers.get(segments.speaker[index] as usize),
            start_ms: segments.start_ms[index],
            end_ms: segments.end_ms[index],
            words: range_of(&segments.end_word, index),
            paragraphs: range_of(&segments.end_paragraph, index),
        }
    }

    /// A paragraph by its number, from 0.
    ///
    /// # Panics
    /// If there is no such paragraph.
    pub fn paragraph(&self, index: usize) -> ParagraphRef<'_> {
        let Columns { words, paragraphs, .. } = self.columns();
        let style = paragraphs.style[index].as_ref();
        let range = range_of(&paragraphs.end_word, index);
        ParagraphRef {
            segment: words.segment[range.start] as usize,
            words: range,
            style: style.unwrap_or(&PLAIN_PARAGRAPH),
            marked: style.is_some(),
        }
    }

    /// A number that a transcript and its clones have, and no other one as long as they live.
    pub fn shared_id(&self) -> usize {
        Arc::as_ptr(&self.shared).addr()
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

impl PartialEq for Transcript {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
            || self.recording_id() == other.recording_id()
                && self.language() == other.language()
                && self.duration_ms() == other.duration_ms()
                && self.words().eq(other.words())
                && self.paragraphs().eq(other.paragraphs())
                && self.segments().eq(other.segments())
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
#[non_exhaustive]
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
    /// Whether start and end are an estimate, because the service or the subtitles give none.
    pub estimated: bool,
    /// How it is set.
    pub format: &'a Format,
}

/// A segment of a transcript.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SegmentRef<'a> {
    /// The speaker; `""`: not known.
    pub speaker: &'a str,
    /// The earliest start of its words in milliseconds.
    pub start_ms: i64,
    /// The latest end of its words in milliseconds.
    pub end_ms: i64,
    /// The numbers of its words.
    pub words: Range<usize>,
    /// The numbers of its paragraphs.
    pub paragraphs: Range<usize>,
}

/// A paragraph of a transcript.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ParagraphRef<'a> {
    /// The number of its segment.
    pub segment: usize,
    /// The numbers of its words.
    pub words: Range<usize>,
    /// How it is set.
    pub style: &'a ParagraphStyle,
    /// Whether the service ends it with a mark. Without one it ends with its segment.
    pub marked: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, start_ms: i64, end_ms: i64) -> Word {
        Word { text: text.into(), start_ms, end_ms, ..Word::default() }
    }

    fn sample() -> Transcript {
        let sure = Word { confidence: Some(0.5), ..word("there.", 400, 900) };
        Transcript::builder()
            .recording_id("r1")
            .language("en")
            .segment(&Segment {
                speaker: "A".into(),
                words: vec![word("Hello", 0, 400), sure],
                ..Segment::default()
            })
            .segment(&Segment::default())
            .segment(&Segment {
                speaker: "B".into(),
                words: vec![word("Ĝis!", 1000, 1500)],
                ..Segment::default()
            })
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
        for (view, segment) in transcript.segment_view().iter().zip(transcript.segments()) {
            // SAFETY: as above.
            let speaker = unsafe { std::ffi::CStr::from_ptr(view.speaker) };
            assert_eq!(speaker.to_str().unwrap(), segment.speaker);
            assert_eq!(view.speaker_len, segment.speaker.len() as u64);
        }
    }

    #[test]
    fn an_empty_transcript_is_one() {
        let transcript = Transcript::builder().build();
        assert_eq!((transcript.text(), transcript.word_count(), transcript.segment_count()), ("", 0, 0));
        assert!(transcript.word_view().is_empty() && transcript.segment_view().is_empty());
    }
}
