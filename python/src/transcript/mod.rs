//! Transcripts: the core's columns, read word by word as Python asks. What the core computes is computed there; here
//! are Python's names for it, and no rule about transcripts.

mod export;
mod html;
mod read;
mod search;
mod segments;
mod words;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyMapping, PyTuple, PyType};
use tiro::ErrorKind;

use self::read::{Document, GivenWord};
pub(crate) use self::search::Match;
pub(crate) use self::segments::{Paragraph, Paragraphs, Segment, Segments};
pub(crate) use self::words::{Word, Words};
use crate::error::{guarded, guarded_detached, refused};
use crate::{quoted, shown};

/// What was said, word by word. Immutable.
#[pyclass(frozen, eq, weakref, module = "tiro")]
#[derive(PartialEq)]
pub(crate) struct Transcript(pub(crate) tiro::Transcript);

#[pymethods]
impl Transcript {
    /// The words with spaces between them, a line a paragraph.
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

    /// The document it was read from, as it was; `""` if there is none.
    #[getter]
    fn raw(&self) -> &str {
        self.0.raw()
    }

    /// The words, in the order of the document.
    #[getter]
    fn words(&self) -> Words {
        Words::of(&self.0, 0..self.0.word_count())
    }

    /// The segments: runs of words of one speaker.
    #[getter]
    fn segments(&self) -> Segments {
        Segments::of(&self.0, 0..self.0.segment_count())
    }

    /// The paragraphs. A segment without marks is one paragraph.
    #[getter]
    fn paragraphs(&self) -> Paragraphs {
        Paragraphs::of(&self.0, 0..self.0.paragraph_count())
    }

    /// The speakers, each once, in the order of appearance; `""`: not known.
    #[getter]
    fn speakers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.speakers())
    }

    /// Writes it into a file, which appears whole or not at all, and gives the path. Without a format, the ending of
    /// the file's name says it.
    #[pyo3(signature = (path, format = None, **options))]
    fn save(
        &self,
        py: Python<'_>,
        path: PathBuf,
        format: Option<&str>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<PathBuf> {
        export::to_path(py, &self.0, &path, format, options)?;
        Ok(path)
    }

    /// As the bytes of a file in a format.
    #[pyo3(signature = (format, **options))]
    fn export<'py>(
        &self,
        py: Python<'py>,
        format: &str,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &export::to_bytes(py, &self.0, format, options)?))
    }

    /// Hands the bytes of a format to the `write()` of a binary file or of anything else, piece by piece.
    #[pyo3(signature = (format, writer, **options))]
    fn export_to(
        &self,
        py: Python<'_>,
        format: &str,
        writer: Bound<'_, PyAny>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        export::to_writer(py, &self.0, format, writer, options)
    }

    /// As plain text.
    #[pyo3(signature = (**options))]
    fn to_text(&self, py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<String> {
        let options = crate::options::of_call(options)?;
        guarded_detached(py, || self.0.to_text(options.as_ref()))
    }

    /// As SubRip subtitles.
    #[pyo3(signature = (**options))]
    fn to_srt(&self, py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<String> {
        let options = crate::options::of_call(options)?;
        guarded_detached(py, || self.0.to_srt(options.as_ref()))
    }

    /// As WebVTT subtitles.
    #[pyo3(signature = (**options))]
    fn to_vtt(&self, py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<String> {
        let options = crate::options::of_call(options)?;
        guarded_detached(py, || self.0.to_vtt(options.as_ref()))
    }

    /// As canonical JSON, which `from_json` reads back to an equal transcript. `raw` is not in it.
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        guarded_detached(py, || Ok(self.0.to_json()))
    }

    /// Reads canonical JSON.
    #[classmethod]
    #[pyo3(signature = (document, /))]
    fn from_json(_: &Bound<'_, PyType>, py: Python<'_>, document: Document) -> PyResult<Self> {
        document.read_text(py, tiro::Transcript::from_json)
    }

    /// Reads a transcript of GoSpeech. `spacing="as_given"`: its inserts hold their own spaces.
    #[classmethod]
    #[pyo3(signature = (document, /, *, spacing = "added"))]
    fn from_gospeech(
        _: &Bound<'_, PyType>,
        py: Python<'_>,
        document: Document,
        spacing: &str,
    ) -> PyResult<Self> {
        let spacing = read::spacing(py, spacing)?;
        document.read_text(py, |text| tiro::Transcript::from_gospeech_spaced(text, spacing))
    }

    /// Reads a transcript of TranscribeMe.
    #[classmethod]
    #[pyo3(signature = (document, /))]
    fn from_transcribeme(_: &Bound<'_, PyType>, py: Python<'_>, document: Document) -> PyResult<Self> {
        document.read_text(py, tiro::Transcript::from_transcribeme)
    }

    /// Reads SubRip subtitles: a segment a cue.
    #[classmethod]
    #[pyo3(signature = (document, /))]
    fn from_srt(_: &Bound<'_, PyType>, py: Python<'_>, document: Document) -> PyResult<Self> {
        document.read(py, |bytes| tiro::Transcript::from_srt(bytes))
    }

    /// Reads WebVTT subtitles: a segment a cue, or one for each voice in it.
    #[classmethod]
    #[pyo3(signature = (document, /))]
    fn from_vtt(_: &Bound<'_, PyType>, py: Python<'_>, document: Document) -> PyResult<Self> {
        document.read(py, |bytes| tiro::Transcript::from_vtt(bytes))
    }

    /// One segment of these words, each `(text, start_ms, end_ms)`, the same with a confidence, or a `Word`.
    #[classmethod]
    #[pyo3(signature = (words, /, *, speaker = "", language = "", recording_id = "", duration_ms = None))]
    fn from_words(
        _: &Bound<'_, PyType>,
        words: &Bound<'_, PyAny>,
        speaker: &str,
        language: &str,
        recording_id: &str,
        duration_ms: Option<i64>,
    ) -> PyResult<Self> {
        let py = words.py();
        let words = words
            .try_iter()?
            .enumerate()
            .map(|(number, word)| Ok(GivenWord::of(number, &word?)?.owned()))
            .collect::<PyResult<Vec<_>>>()?;
        let sure = |confidence: f32| (0.0..=1.0).contains(&confidence);
        if !words.iter().filter_map(|word| word.confidence).all(sure) {
            return Err(refused(py, ErrorKind::Argument, "a confidence is from 0 to 1"));
        }
        let segment = tiro::Segment { speaker: speaker.to_owned(), words, paragraphs: Vec::new() };
        guarded(py, || {
            let mut builder = tiro::Transcript::builder().recording_id(recording_id).language(language);
            if let Some(duration_ms) = duration_ms {
                builder = builder.duration_ms(duration_ms);
            }
            Ok(Self(builder.segment(&segment).build()))
        })
    }

    /// Where a word or a phrase is said. Case, accents and punctuation do not count.
    #[pyo3(signature = (phrase, /))]
    fn find(&self, py: Python<'_>, phrase: &str) -> PyResult<Vec<Match>> {
        guarded_detached(py, || Ok(Match::all(&self.0, phrase)))
    }

    /// With other names of speakers; those without a new name keep theirs.
    #[pyo3(signature = (names, /))]
    fn rename_speakers(&self, names: &Bound<'_, PyMapping>) -> PyResult<Self> {
        let py = names.py();
        let names: HashMap<String, String> =
            names.items()?.iter().map(|item| item.extract::<(String, String)>()).collect::<PyResult<_>>()?;
        self.changed(py, |transcript| {
            transcript.rename_speakers(|name| names.get(name).map_or(name, String::as_str).to_owned())
        })
    }

    /// All words later by so much, or earlier if it is negative.
    #[pyo3(signature = (by_ms, /))]
    fn shift(&self, py: Python<'_>, by_ms: i64) -> PyResult<Self> {
        self.changed(py, |transcript| transcript.shift(by_ms))
    }

    /// The words that begin from one time on and before another; `None`: no bound. Times stay those of the media.
    #[pyo3(signature = (start_ms = None, end_ms = None))]
    fn cut(&self, py: Python<'_>, start_ms: Option<i64>, end_ms: Option<i64>) -> PyResult<Self> {
        let range = start_ms.unwrap_or(i64::MIN)..end_ms.unwrap_or(i64::MAX);
        self.changed(py, |transcript| transcript.cut(range))
    }

    /// Neighbouring segments of one speaker as one.
    fn merge_segments(&self, py: Python<'_>) -> PyResult<Self> {
        self.changed(py, tiro::Transcript::merge_segments)
    }

    /// Transcripts one after the other, each where the media before it ends, and later by the gap: one for all, or one
    /// for each place.
    #[staticmethod]
    #[pyo3(signature = (transcripts, /, gaps_ms = Gaps::Same(0)), text_signature = "(transcripts, /, gaps_ms=0)")]
    fn join(transcripts: &Bound<'_, PyAny>, gaps_ms: Gaps) -> PyResult<Self> {
        let part = |part: PyResult<Bound<'_, PyAny>>| Ok(part?.cast::<Self>()?.get().0.clone());
        let parts = transcripts.try_iter()?.map(part).collect::<PyResult<Vec<_>>>()?;
        let gaps_ms = match gaps_ms {
            Gaps::Same(gap_ms) => vec![gap_ms; parts.len()],
            Gaps::Each(gaps_ms) => gaps_ms,
        };
        guarded_detached(transcripts.py(), || Ok(Self(tiro::Transcript::join(&parts, &gaps_ms))))
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let counts = (self.0.word_count(), self.0.segment_count(), self.0.duration_ms());
        (self.0.recording_id(), self.0.language(), counts).hash(&mut hasher);
        hasher.finish()
    }

    fn __copy__(this: Bound<'_, Self>) -> Bound<'_, Self> {
        this
    }

    #[pyo3(signature = (memo, /))]
    fn __deepcopy__<'py>(this: Bound<'py, Self>, memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        let _ = memo;
        this
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String, String))> {
        let (py, transcript) = (this.py(), this.get());
        let restore = this.get_type().getattr("_restored")?;
        Ok((restore, (transcript.to_json(py)?, transcript.0.raw().to_owned())))
    }

    /// What `pickle` put aside.
    #[staticmethod]
    #[pyo3(signature = (document, raw, /))]
    fn _restored(py: Python<'_>, document: Document, raw: String) -> PyResult<Self> {
        let transcript = document.read_text(py, tiro::Transcript::from_json)?;
        guarded_detached(py, || Ok(Self(read::with_raw(&transcript.0, raw))))
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

    /// Its first segments as a table, for notebooks.
    fn _repr_html_(&self) -> String {
        html::table(&self.0)
    }
}

impl Transcript {
    /// What a part of a transcript is pickled with: the same object for all that are alive, as pickle writes an object once.
    fn pickled<'py>(py: Python<'py>, transcript: &tiro::Transcript) -> PyResult<Bound<'py, PyAny>> {
        static ALIVE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let none_yet = || py.import("weakref")?.getattr("WeakValueDictionary")?.call0().map(Bound::unbind);
        let alive = ALIVE.get_or_try_init(py, none_yet)?.bind(py);
        alive.call_method1("setdefault", (transcript.shared_id(), Self(transcript.clone())))
    }

    fn changed(
        &self,
        py: Python<'_>,
        change: impl FnOnce(&tiro::Transcript) -> tiro::Transcript + Send,
    ) -> PyResult<Self> {
        guarded_detached(py, || Ok(Self(change(&self.0))))
    }
}

/// What a part of a transcript is pickled as: how it is made again, of which transcript, and its number.
type Pickled<'py> = (Bound<'py, PyAny>, (Bound<'py, PyAny>, usize));

/// The error of what was pickled with another transcript.
fn no_such_part() -> PyErr {
    PyIndexError::new_err("the transcript has no such part")
}

/// The gaps between transcripts that are joined.
#[derive(FromPyObject)]
enum Gaps {
    Same(i64),
    Each(Vec<i64>),
}
