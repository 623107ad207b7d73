//! Errors of the core as exceptions. The classes live in Python (`tiro/errors.py`); the core's table says which one
//! each error is.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};
use tiro::{Error, ErrorKind};

use crate::attach::detached;

static CLASSES: PyOnceLock<Py<PyModule>> = PyOnceLock::new();

/// The exception for an error of the core.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    match build(py, error) {
        Ok(exception) => PyErr::from_value(exception),
        Err(failure) => failure,
    }
}

fn build<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    let entry = error.kind().entry();
    let classes = CLASSES.get_or_try_init(py, || py.import("tiro.errors").map(Bound::unbind))?.bind(py);
    let details = PyDict::new(py);
    details.set_item("code", entry.code)?;
    details.set_item("name", entry.name)?;
    details.set_item("hint", error.hint())?;
    details.set_item("http_status", error.http_status())?;
    details.set_item("service_code", error.service_code())?;
    details.set_item("request_id", error.request_id())?;
    details.set_item("recording_id", error.recording_id())?;
    details.set_item("job_id", error.job_id())?;
    details.set_item("detail", detail(py, error.detail())?)?;
    details.set_item("is_retriable", error.is_retriable())?;
    details.set_item("retry_after", error.retry_after().map(|wait| wait.as_secs_f64()))?;
    let class = classes.getattr(entry.python_class)?.cast_into::<PyType>()?;
    if class.is_subclass(&classes.getattr("FileError")?)? {
        details.set_item("errno", error.os_code())?;
        details.set_item("filename", error.path().map(|path| path.as_os_str()))?;
    }
    class.call((error.message(),), Some(&details))
}

/// What the service said beyond its code, as a dict; `None` if it said nothing.
pub(crate) fn detail<'py>(py: Python<'py>, json: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    if json.is_empty() {
        return Ok(None);
    }
    py.import("json")?.call_method1("loads", (json,)).map(Some)
}

/// Calls into the core: its errors become exceptions, and so does a panic.
pub(crate) fn guarded<R>(py: Python<'_>, work: impl FnOnce() -> tiro::Result<R>) -> PyResult<R> {
    let outcome = catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(Error::new(ErrorKind::Panic, "tiro panicked in this call")));
    outcome.map_err(|error| exception(py, &error))
}

/// As [`guarded`], for what takes a while: other threads of Python's run meanwhile.
pub(crate) fn guarded_detached<R: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> tiro::Result<R> + Send,
) -> PyResult<R> {
    guarded(py, || detached(py, work))
}

/// An exception of the core's kind for a mistake that this layer sees.
pub(crate) fn refused(py: Python<'_>, kind: ErrorKind, message: &str) -> PyErr {
    exception(py, &Error::new(kind, message))
}
