//! Words, one by one and as a sequence.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict};
use tiro::{Attributes, Script, WordRef};

use super::{Pickled, Transcript, no_such_part};
use crate::sequence::{Run, sequence};
use crate::{arrow, quoted};

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

    pub(super) fn word(&self) -> WordRef<'_> {
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

    /// Who says it: the speaker of its segment; `""`: not known.
    #[getter]
    fn speaker(&self) -> &str {
        self.transcript.segment(self.word().segment).speaker
    }

    /// Whether start and end are an estimate, because the service or the subtitles give none.
    #[getter]
    fn estimated(&self) -> bool {
        self.word().estimated
    }

    /// How it is set, where a service's editor left it: only what is set.
    #[getter]
    fn format<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let format = self.word().format;
        let set = PyDict::new(py);
        let flags = [
            ("bold", format.bold),
            ("italic", format.italic),
            ("underline", format.underline),
            ("strike", format.strike),
        ];
        for (name, flag) in flags.into_iter().filter(|(_, flag)| *flag) {
            set.set_item(name, flag)?;
        }
        let texts: [(&str, &str); 6] = [
            ("script", format.script.map_or("", Script::name)),
            ("color", &format.color),
            ("background", &format.background),
            ("font", &format.font),
            ("size", &format.size),
            ("class", &format.class),
        ];
        for (name, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
            set.set_item(name, text)?;
        }
        if !format.other.is_empty() {
            set.set_item("other", other(py, &format.other)?)?;
        }
        Ok(set)
    }

    fn __hash__(&self) -> u64 {
        let word = self.word();
        let mut hasher = DefaultHasher::new();
        (word.text, word.start_ms, word.end_ms, word.segment).hash(&mut hasher);
        hasher.finish()
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<Pickled<'py>> {
        let (restore, word) = (this.get_type().getattr("_restored")?, this.get());
        Ok((restore, (Transcript::pickled(this.py(), &word.transcript)?, word.number)))
    }

    /// What `pickle` put aside.
    #[staticmethod]
    #[pyo3(signature = (transcript, number, /))]
    fn _restored(transcript: &Bound<'_, Transcript>, number: usize) -> PyResult<Self> {
        let transcript = &transcript.get().0;
        let is_there = number < transcript.word_count();
        is_there.then(|| Self::of(transcript, number)).ok_or_else(no_such_part)
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

        /// A table of them in the transcript's own buffers: Arrow's PyCapsule interface.
        #[pyo3(signature = (requested_schema = None))]
        fn __arrow_c_stream__<'py>(
            &self,
            py: Python<'py>,
            requested_schema: Option<Bound<'py, PyAny>>,
        ) -> PyResult<Bound<'py, PyCapsule>> {
            // A request need not be met, as the interface says.
            drop(requested_schema);
            arrow::capsule(py, self.run, |range| self.owner.words_arrow_stream(range))
        }
    }
}

impl Words {
    pub(super) fn of(transcript: &tiro::Transcript, numbers: Range<usize>) -> Self {
        Self { owner: transcript.clone(), run: Run::of(numbers) }
    }
}

/// Attributes that the model has no place for: names and values, the values as JSON.
pub(super) fn other<'py>(py: Python<'py>, attributes: &Attributes) -> PyResult<Bound<'py, PyDict>> {
    let other = PyDict::new(py);
    for (name, json) in attributes.iter() {
        other.set_item(name, json)?;
    }
    Ok(other)
}
