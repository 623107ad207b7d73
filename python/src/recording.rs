//! Recordings and pages of them.

use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::sequence::{Run, sequence};
use crate::{arrow, quoted, shown};

/// A recording as it was when the service was asked. Immutable.
#[pyclass(frozen, eq, module = "tiro")]
#[derive(PartialEq)]
pub(crate) struct Recording(pub(crate) tiro::Recording);

impl Recording {
    fn of(page: &tiro::RecordingPage, number: usize) -> Self {
        Self(page.recordings[number].clone())
    }
}

/// What a recording is pickled as.
type Fields = (Texts, Numbers);
type Texts = (String, String, String, String, String, String, String);
type Numbers = (i64, Option<i64>, u64, Option<i64>);

#[pymethods]
impl Recording {
    /// The service's id.
    #[getter]
    fn id(&self) -> &str {
        &self.0.id
    }

    /// The file name.
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    /// `uploading`, `queued`, `processing`, `needs_action`, `ready`, `failed` or `unknown`, whatever the service.
    #[getter]
    fn status(&self) -> &'static str {
        self.0.status.name()
    }

    /// Whether waiting longer changes nothing: `needs_action`, `ready` or `failed`.
    #[getter]
    fn is_final(&self) -> bool {
        self.0.status.is_final()
    }

    /// The service's own word for the status.
    #[getter]
    fn raw_status(&self) -> &str {
        &self.0.raw_status
    }

    /// Why it failed or waits; `""` otherwise.
    #[getter]
    fn failure(&self) -> &str {
        &self.0.failure
    }

    /// When the service got it, in Unix milliseconds; 0: not known.
    #[getter]
    fn created_at_ms(&self) -> i64 {
        self.0.created_at_ms
    }

    /// When its status changed last, in Unix milliseconds; `None`: the service does not say.
    #[getter]
    fn changed_at_ms(&self) -> Option<i64> {
        self.0.changed_at_ms
    }

    /// Who is editing it in the service's own pages; `""`: nobody, as far as is known.
    #[getter]
    fn editor(&self) -> &str {
        &self.0.editor
    }

    /// The service's own description of it, as JSON; `""`: the service has none.
    #[getter]
    fn raw(&self) -> &str {
        &self.0.raw
    }

    /// Length of the sound in milliseconds; `None`: not known.
    #[getter]
    fn duration_ms(&self) -> Option<i64> {
        self.0.duration_ms
    }

    /// Size in bytes.
    #[getter]
    fn size(&self) -> u64 {
        self.0.size
    }

    fn __hash__(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        (&self.0.id, &self.0.raw_status, self.0.created_at_ms).hash(&mut hasher);
        hasher.finish()
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Fields)> {
        let of = tiro::RecordingDetails::clone(&this.get().0);
        let status = of.status.name().to_owned();
        let texts = (of.id, of.name, status, of.raw_status, of.failure, of.editor, of.raw);
        let numbers = (of.created_at_ms, of.duration_ms, of.size, of.changed_at_ms);
        Ok((this.get_type().getattr("_restored")?, (texts, numbers)))
    }

    /// What `pickle` put aside.
    #[staticmethod]
    #[pyo3(signature = (texts, numbers, /))]
    fn _restored(texts: Texts, numbers: Numbers) -> Self {
        let (id, name, status, raw_status, failure, editor, raw) = texts;
        let (created_at_ms, duration_ms, size, changed_at_ms) = numbers;
        Self(tiro::Recording::new(tiro::RecordingDetails {
            id,
            name,
            // One that a newer version wrote may have a status that is not known here.
            status: tiro::RecordingStatus::from_name(&status).unwrap_or_default(),
            raw_status,
            failure,
            created_at_ms,
            duration_ms,
            size,
            changed_at_ms,
            editor,
            raw,
        }))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!(
            "<tiro.Recording {}: {}, name={}, duration_ms={}, size={}>",
            quoted(py, &self.0.id)?,
            self.0.status.name(),
            quoted(py, &self.0.name)?,
            shown(self.0.duration_ms),
            self.0.size,
        ))
    }
}

sequence! {
    /// A page of recordings: a sequence that knows how many there are in all.
    Page of Recording, iterator PageIterator, owner tiro::RecordingPage {
        /// How many recordings the service has in all; `None`: it does not say.
        #[getter]
        fn total(&self) -> Option<u64> {
            self.owner.total
        }

        /// A table of them: Arrow's PyCapsule interface.
        #[pyo3(signature = (requested_schema = None))]
        fn __arrow_c_stream__<'py>(
            &self,
            py: Python<'py>,
            requested_schema: Option<Bound<'py, PyAny>>,
        ) -> PyResult<Bound<'py, PyCapsule>> {
            // A request need not be met, as the interface says.
            drop(requested_schema);
            arrow::capsule(py, self.run, |range| self.owner.arrow_stream(range))
        }

        fn __repr__(&self) -> String {
            format!("<tiro.Page: {} of {} recordings>", self.run.len, shown(self.owner.total))
        }
    }
}

impl Page {
    pub(crate) fn of(page: tiro::RecordingPage) -> Self {
        let run = Run::of(0..page.recordings.len());
        Self { owner: page, run }
    }
}
