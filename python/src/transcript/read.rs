//! Transcripts from documents and from words of Python's.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::PyString;
use tiro::{Error, ErrorKind, Result, Segment, Spacing, Transcript};

use super::Word;
use crate::error::{guarded_detached, refused};

/// A document as text or as bytes.
pub(super) enum Document {
    Text(PyBackedStr),
    Bytes(PyBackedBytes),
}

impl<'py> FromPyObject<'_, 'py> for Document {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if object.is_instance_of::<PyString>() {
            let text = object.extract::<PyBackedStr>();
            text.map(Self::Text).map_err(|_| not_utf8(object.py(), "half a surrogate pair is no text"))
        } else {
            object.extract::<PyBackedBytes>().map(Self::Bytes).map_err(|_| {
                let given = object.get_type().name().map(|name| name.to_string()).unwrap_or_default();
                PyTypeError::new_err(format!("a document is text or bytes, not {given}"))
            })
        }
    }
}

fn not_utf8(py: Python<'_>, message: &str) -> PyErr {
    refused(py, ErrorKind::Utf8, message)
}

impl Document {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }

    fn text(&self) -> Result<&str> {
        match self {
            Self::Text(text) => Ok(text),
            Self::Bytes(bytes) => std::str::from_utf8(bytes)
                .map_err(|_| Error::new(ErrorKind::Utf8, "the document is not UTF-8")),
        }
    }

    /// Reads it without holding the interpreter.
    pub(super) fn read(
        self,
        py: Python<'_>,
        read: impl FnOnce(&[u8]) -> Result<Transcript> + Send,
    ) -> PyResult<super::Transcript> {
        guarded_detached(py, || read(self.bytes())).map(super::Transcript)
    }

    /// As [`Document::read`], for a reader of text.
    pub(super) fn read_text(
        self,
        py: Python<'_>,
        read: impl FnOnce(&str) -> Result<Transcript> + Send,
    ) -> PyResult<super::Transcript> {
        guarded_detached(py, || read(self.text()?)).map(super::Transcript)
    }
}

/// Whether inserts of GoSpeech hold their own spaces.
pub(super) fn spacing(py: Python<'_>, name: &str) -> PyResult<Spacing> {
    match name {
        "added" => Ok(Spacing::Added),
        "as_given" => Ok(Spacing::AsGiven),
        _ => Err(refused(py, ErrorKind::Argument, "the spacing is added or as_given")),
    }
}

/// A word: one of a transcript, or `(text, start_ms, end_ms)` with or without a confidence.
#[derive(FromPyObject)]
pub(super) enum GivenWord<'py> {
    Sure((String, i64, i64, Option<f32>)),
    Plain((String, i64, i64)),
    Word(Bound<'py, Word>),
}

impl<'py> GivenWord<'py> {
    /// The word with a number.
    pub(super) fn of(number: usize, object: &Bound<'py, PyAny>) -> PyResult<Self> {
        object.extract().map_err(|_| {
            PyTypeError::new_err(format!(
                "a word is (text, start_ms, end_ms), the same with a confidence, or a Word, and its times are whole \
                 milliseconds: number {number} is not"
            ))
        })
    }

    pub(super) fn owned(self) -> tiro::Word {
        let (text, start_ms, end_ms, confidence) = match self {
            Self::Sure(word) => word,
            Self::Plain((text, start_ms, end_ms)) => (text, start_ms, end_ms, None),
            Self::Word(word) => return owned(word.get().word()),
        };
        tiro::Word { text, start_ms, end_ms, confidence, ..tiro::Word::default() }
    }
}

fn owned(word: tiro::WordRef<'_>) -> tiro::Word {
    tiro::Word {
        text: word.text.to_owned(),
        start_ms: word.start_ms,
        end_ms: word.end_ms,
        confidence: word.confidence,
        estimated: word.estimated,
        format: word.format.clone(),
    }
}

/// The same transcript beside another raw document.
pub(super) fn with_raw(transcript: &Transcript, raw: String) -> Transcript {
    let mut builder = Transcript::builder()
        .recording_id(transcript.recording_id())
        .language(transcript.language())
        .raw(raw);
    if let Some(duration_ms) = transcript.duration_ms() {
        builder = builder.duration_ms(duration_ms);
    }
    for segment in transcript.segments() {
        let paragraphs = segment.paragraphs.map(|number| transcript.paragraph(number));
        let marked = paragraphs.filter(|paragraph| paragraph.marked);
        builder = builder.segment(&Segment {
            speaker: segment.speaker.to_owned(),
            words: segment.words.map(|number| owned(transcript.word(number))).collect(),
            paragraphs: marked
                .map(|paragraph| tiro::Paragraph {
                    words: paragraph.words.len(),
                    style: paragraph.style.clone(),
                })
                .collect(),
        });
    }
    builder.build()
}
