//! Jobs as the journal has them.

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use tiro::Output;

use crate::error;
use crate::order::{self, Price};
use crate::quoted;
use crate::remote::read;

/// A job as it was when the journal was asked. Immutable.
#[pyclass(frozen, eq, module = "tiro")]
#[derive(PartialEq)]
pub(crate) struct Job(tiro::Job);

#[pymethods]
impl Job {
    /// By which it is resumed and forgotten.
    #[getter]
    fn id(&self) -> &str {
        &self.0.id
    }

    /// The program's own key (`job_key`); `""`: the key was made of the recording and the settings.
    #[getter]
    fn key(&self) -> &str {
        &self.0.key
    }

    /// The service.
    #[getter]
    fn service(&self) -> &str {
        &self.0.service
    }

    /// The name of the recording.
    #[getter]
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Where the recording lies, if it is a file that was given by its path.
    #[getter]
    fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// `running`, `stopped`, `needs_action`, `confirm_required`, `ready` or `failed`.
    #[getter]
    fn state(&self) -> &str {
        &self.0.state
    }

    /// What was done last, or was about to be done: docs/jobs.md has the words.
    #[getter]
    fn step(&self) -> &str {
        &self.0.step
    }

    /// The service's id of the recording, or `""`.
    #[getter]
    fn recording_id(&self) -> &str {
        &self.0.recording_id
    }

    /// The service's id of the order, or `""`.
    #[getter]
    fn order_id(&self) -> &str {
        &self.0.order_id
    }

    /// What the order costs, as it was read last; `None`: not known.
    #[getter]
    fn quote(&self) -> Option<Price> {
        order::price(self.0.quote.as_ref())
    }

    /// The error that stopped it, such as `TIRO_E_TIMEOUT`, or `""`.
    #[getter]
    fn error(&self) -> &str {
        &self.0.error
    }

    /// What happened, or `""`.
    #[getter]
    fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do about it, or `""`.
    #[getter]
    fn hint(&self) -> &str {
        &self.0.hint
    }

    /// When it was begun, in Unix milliseconds.
    #[getter]
    fn created_at_ms(&self) -> i64 {
        self.0.created_at_ms
    }

    /// When it went on last, in Unix milliseconds.
    #[getter]
    fn changed_at_ms(&self) -> i64 {
        self.0.changed_at_ms
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let tiro::Job { id, name, state, step, .. } = &self.0;
        Ok(format!("<tiro.Job {} of {}: {state}, {step}>", quoted(py, id)?, quoted(py, name)?))
    }
}

/// What became of a job that was resumed with others.
#[pyclass(frozen, eq, module = "tiro")]
#[derive(PartialEq)]
pub(crate) struct JobOutcome(tiro::JobOutcome);

#[pymethods]
impl JobOutcome {
    /// As it is now.
    #[getter]
    fn job(&self) -> Job {
        Job(self.0.job.clone())
    }

    /// The error that stopped it again, such as `TIRO_E_CONFIRM_REQUIRED`; `""`: none did.
    #[getter]
    fn error(&self) -> &str {
        &self.0.error
    }

    /// What happened, or `""`.
    #[getter]
    fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do about it, or `""`.
    #[getter]
    fn hint(&self) -> &str {
        &self.0.hint
    }

    /// What the service said beyond its code: docs/errors.md says what is in it.
    #[getter]
    fn detail<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(error::detail(py, &self.0.detail)?.unwrap_or_else(|| PyDict::new(py).into_any()))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let (id, error) = (quoted(py, &self.0.job.id)?, quoted(py, &self.0.error)?);
        Ok(format!("JobOutcome(job={id}, error={error})"))
    }
}

/// The jobs that an operation found.
pub(crate) fn jobs(py: Python<'_>, output: Output) -> PyResult<Py<PyAny>> {
    let jobs: Vec<tiro::Job> = read(py, output)?;
    PyList::new(py, jobs.into_iter().map(Job))?.into_py_any(py)
}

/// What became of jobs.
pub(crate) fn outcomes(py: Python<'_>, output: Output) -> PyResult<Py<PyAny>> {
    let outcomes: Vec<tiro::JobOutcome> = read(py, output)?;
    PyList::new(py, outcomes.into_iter().map(JobOutcome))?.into_py_any(py)
}
