//! Segments and paragraphs, one by one and as sequences.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};
use tiro::{List, ParagraphRef, SegmentRef, WordRef};

use super::words::other;
use super::{Pickled, Transcript, Words, no_such_part};
use crate::sequence::{Run, sequence};
use crate::{arrow, quoted};

/// A run of words of one speaker.
#[pyclass(frozen, eq, module = "tiro")]
pub(crate) struct Segment {
    transcript: tiro::Transcript,
    number: usize,
}

impl Segment {
    fn of(transcript: &tiro::Transcript, number: usize) -> Self {
        Self { transcript: transcript.clone(), number }
    }

    fn segment(&self) -> SegmentRef<'_> {
        self.transcript.segment(self.number)
    }
}

impl PartialEq for Segment {
    fn eq(&self, other: &Self) -> bool {
        let (ours, theirs) = (self.segment(), other.segment());
        (ours.speaker, ours.start_ms, ours.end_ms) == (theirs.speaker, theirs.start_ms, theirs.end_ms)
            && words_of(&self.transcript, ours.words).eq(words_of(&other.transcript, theirs.words))
    }
}

#[pymethods]
impl Segment {
    /// The speaker; `""`: not known.
    #[getter]
    fn speaker(&self) -> &str {
        self.segment().speaker
    }

    /// The earliest start of its words in milliseconds from the start of the media.
    #[getter]
    fn start_ms(&self) -> i64 {
        self.segment().start_ms
    }

    /// The latest end of its words in milliseconds from the start of the media.
    #[getter]
    fn end_ms(&self) -> i64 {
        self.segment().end_ms
    }

    /// Its words.
    #[getter]
    fn words(&self) -> Words {
        Words::of(&self.transcript, self.segment().words)
    }

    /// Its paragraphs.
    #[getter]
    fn paragraphs(&self) -> Paragraphs {
        Paragraphs::of(&self.transcript, self.segment().paragraphs)
    }

    /// Its words with spaces between them.
    #[getter]
    fn text(&self) -> String {
        joined(&self.transcript, self.segment().words)
    }

    fn __hash__(&self) -> u64 {
        let segment = self.segment();
        let mut hasher = DefaultHasher::new();
        (segment.speaker, segment.start_ms, segment.end_ms, segment.words.len()).hash(&mut hasher);
        hasher.finish()
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<Pickled<'py>> {
        let (restore, segment) = (this.get_type().getattr("_restored")?, this.get());
        Ok((restore, (Transcript::pickled(this.py(), &segment.transcript)?, segment.number)))
    }

    /// What `pickle` put aside.
    #[staticmethod]
    #[pyo3(signature = (transcript, number, /))]
    fn _restored(transcript: &Bound<'_, Transcript>, number: usize) -> PyResult<Self> {
        let transcript = &transcript.get().0;
        let is_there = number < transcript.segment_count();
        is_there.then(|| Self::of(transcript, number)).ok_or_else(no_such_part)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let SegmentRef { speaker, start_ms, end_ms, words, .. } = self.segment();
        let speaker = quoted(py, speaker)?;
        let words = words.len();
        Ok(format!("<tiro.Segment: speaker={speaker}, start_ms={start_ms}, end_ms={end_ms}, {words} words>"))
    }
}

sequence! {
    /// The segments of a transcript.
    Segments of Segment, iterator SegmentIterator, owner tiro::Transcript {
        fn __repr__(&self) -> String {
            format!("<tiro.Segments: {}>", self.run.len)
        }

        /// A table of them in the transcript's own buffers: Arrow's PyCapsule interface.
        #[pyo3(signature = (requested_schema = None))]
        fn __arrow_c_stream__<'py>(
            &self,
            py: Python<'py>,
            requested_schema: Option<Bound<'py, PyAny>>,
        ) -> PyResult<Bound<'py, PyCapsule>> {
            // A request need not be met, as the interface says.
            drop(requested_schema);
            arrow::capsule(py, self.run, |range| self.owner.segments_arrow_stream(range))
        }
    }
}

/// Words of a segment that stand together.
#[pyclass(frozen, eq, module = "tiro")]
pub(crate) struct Paragraph {
    transcript: tiro::Transcript,
    number: usize,
}

impl Paragraph {
    fn of(transcript: &tiro::Transcript, number: usize) -> Self {
        Self { transcript: transcript.clone(), number }
    }

    fn paragraph(&self) -> ParagraphRef<'_> {
        self.transcript.paragraph(self.number)
    }
}

impl PartialEq for Paragraph {
    fn eq(&self, other: &Self) -> bool {
        let (ours, theirs) = (self.paragraph(), other.paragraph());
        (ours.marked, ours.style) == (theirs.marked, theirs.style)
            && words_of(&self.transcript, ours.words).eq(words_of(&other.transcript, theirs.words))
    }
}

#[pymethods]
impl Paragraph {
    /// The index of its segment.
    #[getter]
    fn segment(&self) -> usize {
        self.paragraph().segment
    }

    /// Its words.
    #[getter]
    fn words(&self) -> Words {
        Words::of(&self.transcript, self.paragraph().words)
    }

    /// Its words with spaces between them.
    #[getter]
    fn text(&self) -> String {
        joined(&self.transcript, self.paragraph().words)
    }

    /// Whether the service ends it with a mark. Without one it ends with its segment.
    #[getter]
    fn marked(&self) -> bool {
        self.paragraph().marked
    }

    /// Whether it is a quotation.
    #[getter]
    fn blockquote(&self) -> bool {
        self.paragraph().style.blockquote
    }

    /// How its lines stand: `left`, `center`, `right` or `justify`.
    #[getter]
    fn align(&self) -> &'static str {
        self.paragraph().style.align.name()
    }

    /// The kind of list that it is an item of: `bullet`, `ordered`, or `""`.
    #[getter]
    fn list(&self) -> &'static str {
        self.paragraph().style.list.map_or("", List::name)
    }

    /// How deep it is indented, 0 to 8.
    #[getter]
    fn indent(&self) -> u8 {
        self.paragraph().style.indent
    }

    /// What the service says beyond that: names and values, the values as JSON.
    #[getter]
    fn other<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        other(py, &self.paragraph().style.other)
    }

    fn __hash__(&self) -> u64 {
        let paragraph = self.paragraph();
        let mut hasher = DefaultHasher::new();
        (paragraph.words.len(), paragraph.marked, paragraph.style).hash(&mut hasher);
        hasher.finish()
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<Pickled<'py>> {
        let (restore, paragraph) = (this.get_type().getattr("_restored")?, this.get());
        Ok((restore, (Transcript::pickled(this.py(), &paragraph.transcript)?, paragraph.number)))
    }

    /// What `pickle` put aside.
    #[staticmethod]
    #[pyo3(signature = (transcript, number, /))]
    fn _restored(transcript: &Bound<'_, Transcript>, number: usize) -> PyResult<Self> {
        let transcript = &transcript.get().0;
        let is_there = number < transcript.paragraph_count();
        is_there.then(|| Self::of(transcript, number)).ok_or_else(no_such_part)
    }

    fn __repr__(&self) -> String {
        let ParagraphRef { segment, words, .. } = self.paragraph();
        format!("<tiro.Paragraph: segment={segment}, {} words>", words.len())
    }
}

sequence! {
    /// The paragraphs of a transcript or of one of its segments.
    Paragraphs of Paragraph, iterator ParagraphIterator, owner tiro::Transcript {
        fn __repr__(&self) -> String {
            format!("<tiro.Paragraphs: {}>", self.run.len)
        }
    }
}

impl Segments {
    pub(super) fn of(transcript: &tiro::Transcript, numbers: Range<usize>) -> Self {
        Self { owner: transcript.clone(), run: Run::of(numbers) }
    }
}

impl Paragraphs {
    pub(super) fn of(transcript: &tiro::Transcript, numbers: Range<usize>) -> Self {
        Self { owner: transcript.clone(), run: Run::of(numbers) }
    }
}

fn words_of(transcript: &tiro::Transcript, words: Range<usize>) -> impl Iterator<Item = WordRef<'_>> {
    words.map(|number| transcript.word(number))
}

fn joined(transcript: &tiro::Transcript, words: Range<usize>) -> String {
    words_of(transcript, words).map(|word| word.text).collect::<Vec<_>>().join(" ")
}
