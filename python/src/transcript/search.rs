//! What a search finds.

use std::hash::{DefaultHasher, Hash, Hasher};

use pyo3::prelude::*;

use super::Words;

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

    fn __repr__(&self) -> String {
        let tiro::Match { words, start_ms, end_ms, .. } = &self.found;
        let (first, count) = (words.start, words.len());
        format!("<tiro.Match: first_word={first}, word_count={count}, start_ms={start_ms}, end_ms={end_ms}>")
    }
}
