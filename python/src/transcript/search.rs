//! What a search finds.

use std::hash::{DefaultHasher, Hash, Hasher};

use pyo3::prelude::*;

use super::{Transcript, Words, no_such_part};

/// A place where a transcript says what was looked for.
#[pyclass(frozen, eq, module = "tiro")]
pub(crate) struct Match {
    transcript: tiro::Transcript,
    found: tiro::Match,
}

impl Match {
    pub(super) fn all(transcript: &tiro::Transcript, phrase: &str) -> Vec<Self> {
        let owned = |found| Self { transcript: transcript.clone(), found };
        transcript.find(phrase).into_iter().map(owned).collect()
    }
}

impl PartialEq for Match {
    fn eq(&self, other: &Self) -> bool {
        self.found == other.found && self.transcript == other.transcript
    }
}

/// What a match is pickled as: how it is made again, of which transcript, its first word and how many there are.
type Pickled<'py> = (Bound<'py, PyAny>, (Bound<'py, PyAny>, usize, usize));

#[pymethods]
impl Match {
    /// The index of its first word.
    #[getter]
    fn first_word(&self) -> usize {
        self.found.words.start
    }

    /// How many words it has.
    #[getter]
    fn word_count(&self) -> usize {
        self.found.words.len()
    }

    /// The index of its segment.
    #[getter]
    fn segment(&self) -> usize {
        self.found.segment
    }

    /// Start of its first word in milliseconds from the start of the media.
    #[getter]
    fn start_ms(&self) -> i64 {
        self.found.start_ms
    }

    /// End of its last word in milliseconds from the start of the media.
    #[getter]
    fn end_ms(&self) -> i64 {
        self.found.end_ms
    }

    /// Its words.
    #[getter]
    fn words(&self) -> Words {
        Words::of(&self.transcript, self.found.words.clone())
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.found.words, self.found.start_ms).hash(&mut hasher);
        hasher.finish()
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<Pickled<'py>> {
        let (restore, Self { transcript, found }) = (this.get_type().getattr("_restored")?, this.get());
        let transcript = Transcript::pickled(this.py(), transcript)?;
        Ok((restore, (transcript, found.words.start, found.words.len())))
    }

    /// What `pickle` put aside.
    #[staticmethod]
    #[pyo3(signature = (transcript, first_word, word_count, /))]
    fn _restored(transcript: &Bound<'_, Transcript>, first_word: usize, word_count: usize) -> PyResult<Self> {
        let transcript = transcript.get().0.clone();
        let words = first_word..first_word.saturating_add(word_count);
        let found = transcript.match_of(words).ok_or_else(no_such_part)?;
        Ok(Self { transcript, found })
    }

    fn __repr__(&self) -> String {
        let tiro::Match { words, start_ms, end_ms, .. } = &self.found;
        let (first, count) = (words.start, words.len());
        format!("<tiro.Match: first_word={first}, word_count={count}, start_ms={start_ms}, end_ms={end_ms}>")
    }
}
