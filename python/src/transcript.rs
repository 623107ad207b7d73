//! Transcripts: the core's columns, read word by word as Python asks.

use std::hash::{DefaultHasher, Hash, Hasher};

use pyo3::prelude::*;
use tiro::{SegmentRef, WordRef};

use crate::sequence::{Run, sequence};
use crate::{quoted, shown};

/// What was said, word by word. Immutable.
#[pyclass(frozen, module = "tiro")]
pub(crate) struct Transcript(pub(crate) tiro::Transcript);

#[pymethods]
impl Transcript {
    /// The words with spaces between them, a line a segment.
    #[getter]
    fn text(&self) -> &str {
        self.0.text()
    }

    /// Language code; `""`: not known.
    #[getter]
    fn language(&self) -> &str {
        self.0.language()
    }

    /// Length of the media in milliseconds; `None`: not known.
    #[getter]
    fn duration_ms(&self) -> Option<i64> {
        self.0.duration_ms()
    }

    /// The recording it is of.
    #[getter]
    fn recording_id(&self) -> &str {
        self.0.recording_id()
    }

    /// The service's own document; `""` if it has none.
    #[getter]
    fn raw(&self) -> &str {
        self.0.raw()
    }

    /// The words, in order of time.
    #[getter]
    fn words(&self) -> Words {
        Words { owner: self.0.clone(), run: Run::of(0..self.0.word_count()) }
    }

    /// The segments: runs of words of one speaker.
    #[getter]
    fn segments(&self) -> Segments {
        Segments { owner: self.0.clone(), run: Run::of(0..self.0.segment_count()) }
    }

    // What was said is private: counts only.
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!(
            "<tiro.Transcript: {} words, {} segments, language={}, duration_ms={}>",
            self.0.word_count(),
            self.0.segment_count(),
            quoted(py, self.0.language())?,
            shown(self.0.duration_ms()),
        ))
    }
}

/// A word of a transcript.
#[pyclass(frozen, eq, module = "tiro")]
pub(crate) struct Word {
    transcript: tiro::Transcript,
    number: usize,
}

impl Word {
    fn of(transcript: &tiro::Transcript, number: usize) -> Self {
        Self { transcript: transcript.clone(), number }
    }

    fn word(&self) -> WordRef<'_> {
        self.transcript.word(self.number)
    }
}

impl PartialEq for Word {
    fn eq(&self, other: &Self) -> bool {
        self.word() == other.word()
    }
}

#[pymethods]
impl Word {
    #[classattr]
    fn __match_args__() -> (&'static str, &'static str, &'static str, &'static str, &'static str) {
        ("text", "start_ms", "end_ms", "confidence", "segment")
    }

    /// The word with its punctuation.
    #[getter]
    fn text(&self) -> &str {
        self.word().text
    }

    /// Start in milliseconds from the start of the media.
    #[getter]
    fn start_ms(&self) -> i64 {
        self.word().start_ms
    }

    /// End in milliseconds from the start of the media.
    #[getter]
    fn end_ms(&self) -> i64 {
        self.word().end_ms
    }

    /// How sure the service is, 0 to 1; `None`: it does not say.
    #[getter]
    fn confidence(&self) -> Option<f64> {
        // As many digits as the core's number has: 0.9, not 0.8999999761581421.
        self.word().confidence.map(|confidence| (f64::from(confidence) * 1e7).round() / 1e7)
    }

    /// The index of its segment.
    #[getter]
    fn segment(&self) -> usize {
        self.word().segment
    }

    fn __hash__(&self) -> u64 {
        let word = self.word();
        let mut hasher = DefaultHasher::new();
        (word.text, word.start_ms, word.end_ms, word.segment).hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let WordRef { text, start_ms, end_ms, segment, .. } = self.word();
        Ok(format!(
            "Word(text={}, start_ms={start_ms}, end_ms={end_ms}, confidence={}, segment={segment})",
            quoted(py, text)?,
            self.confidence().map_or_else(|| "None".to_owned(), |confidence| format!("{confidence:?}")),
        ))
    }
}

sequence! {
    /// The words of a transcript or of one of its segments.
    Words of Word, iterator WordIterator, owner tiro::Transcript {
        fn __repr__(&self) -> String {
            format!("<tiro.Words: {}>", self.run.len)
        }
    }
}

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

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.segment().words.map(|number| self.transcript.word(number).text)
    }
}

impl PartialEq for Segment {
    fn eq(&self, other: &Self) -> bool {
        let (ours, theirs) = (self.segment(), other.segment());
        let words = |segment: &Self| segment.segment().words;
        (ours.speaker, ours.start_ms, ours.end_ms) == (theirs.speaker, theirs.start_ms, theirs.end_ms)
            && words(self).len() == words(other).len()
            && words(self)
                .zip(words(other))
                .all(|(one, another)| self.transcript.word(one) == other.transcript.word(another))
    }
}

#[pymethods]
impl Segment {
    /// The speaker; `""`: not known.
    #[getter]
    fn speaker(&self) -> &str {
        self.segment().speaker
    }

    /// Start of its first word in milliseconds from the start of the media.
    #[getter]
    fn start_ms(&self) -> i64 {
        self.segment().start_ms
    }

    /// End of its last word in milliseconds from the start of the media.
    #[getter]
    fn end_ms(&self) -> i64 {
        self.segment().end_ms
    }

    /// Its words.
    #[getter]
    fn words(&self) -> Words {
        Words { owner: self.transcript.clone(), run: Run::of(self.segment().words) }
    }

    /// Its words with spaces between them.
    #[getter]
    fn text(&self) -> String {
        self.texts().collect::<Vec<_>>().join(" ")
    }

    fn __hash__(&self) -> u64 {
        let segment = self.segment();
        let mut hasher = DefaultHasher::new();
        (segment.speaker, segment.start_ms, segment.end_ms, segment.words.len()).hash(&mut hasher);
        hasher.finish()
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
    }
}
