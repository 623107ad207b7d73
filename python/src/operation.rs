//! A running call: waited for by a thread that Ctrl-C can interrupt, or delivered to an event loop.

use std::sync::Mutex;
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tiro::{ErrorKind, Output, ResultOf};

use crate::attach::{Held, attached, detached, release_dropped};
use crate::convert::to_python;
use crate::error::{exception, guarded};
use crate::inherited::Own;
use crate::source::Failure;

/// How long a wait goes on before it looks for Ctrl-C.
const SLICE: Duration = Duration::from_millis(100);
/// How long before it looks for progress, too.
const SLICE_WITH_PROGRESS: Duration = Duration::from_millis(50);
/// How long a wait that was broken off waits for the operation to end; it has been cancelled by then.
const CANCEL_PATIENCE: Duration = Duration::from_secs(1);

/// A running call of the core.
#[pyclass(frozen, module = "tiro._tiro")]
pub(crate) struct Operation {
    operation: Own<tiro::Operation<Output>>,
    failure: Mutex<Option<Failure>>,
}

impl Operation {
    pub(crate) fn of<T: ResultOf>(operation: tiro::Operation<T>) -> Self {
        Self { operation: Own::new(operation.erase()), failure: Mutex::default() }
    }

    /// Where the source keeps the exception that it failed with.
    pub(crate) fn with_failure(self, failure: Option<Failure>) -> Self {
        Self { failure: Mutex::new(failure), ..self }
    }

    fn failure(&self) -> Option<Failure> {
        self.failure.lock().ok().and_then(|failure| failure.clone())
    }

    fn break_off(&self, py: Python<'_>) {
        self.operation.cancel();
        let _ = detached(py, || self.operation.wait_end(Some(CANCEL_PATIENCE)));
    }
}

#[pymethods]
impl Operation {
    /// Waits for the end and gives the result. `on_progress` is called on this thread.
    fn wait(&self, py: Python<'_>, on_progress: Option<Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        let slice = if on_progress.is_some() { SLICE_WITH_PROGRESS } else { SLICE };
        let mut told = tiro::Progress::default();
        loop {
            let ended = detached(py, || self.operation.wait_end(Some(slice)));
            release_dropped(py);
            let ended = guarded(py, || ended)?;
            let mut step = || -> PyResult<()> {
                py.check_signals()?;
                if let Some(callback) = &on_progress {
                    let progress = guarded(py, || self.operation.progress())?;
                    if progress != told {
                        told = progress;
                        callback.call1((Progress(progress),))?;
                    }
                }
                Ok(())
            };
            if let Err(broken) = step() {
                self.break_off(py);
                return Err(broken);
            }
            if ended && let Some(outcome) = self.operation.outcome() {
                return result(py, outcome, self.failure().as_ref());
            }
        }
    }

    /// Has `done(result, error)`, and `progress(progress)` before it, called in an event loop. Waits for nothing.
    fn deliver(
        &self,
        py: Python<'_>,
        event_loop: Py<PyAny>,
        done: Py<PyAny>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<()> {
        if let Some(progress) = progress {
            let (event_loop, progress) = (Held::new(event_loop.clone_ref(py)), Held::new(progress));
            let tell = move |state| {
                attached(|py| post(event_loop.bind(py), (progress.bind(py), Progress(state))));
            };
            guarded(py, || self.operation.on_progress(tell))?;
        }
        let (event_loop, done) = (Held::new(event_loop), Held::new(done));
        let failure = self.failure();
        let tell = move |outcome| {
            attached(|py| {
                let (value, error) = match result(py, outcome, failure.as_ref()) {
                    Ok(value) => (value, py.None()),
                    Err(error) => (py.None(), error.into_value(py).into_any()),
                };
                post(event_loop.bind(py), (done.bind(py), value, error));
            });
        };
        guarded(py, || self.operation.on_done(tell))
    }

    /// Asks it to end.
    fn cancel(&self) {
        self.operation.cancel();
    }
}

/// Calls in an event loop. One that is closed has nobody left to tell.
fn post<'py>(event_loop: &Bound<'py, PyAny>, call: impl pyo3::call::PyCallArgs<'py>) {
    let py = event_loop.py();
    let posted = event_loop.call_method0("is_closed").and_then(|closed| match closed.is_truthy()? {
        true => Ok(()),
        false => event_loop.call_method1("call_soon_threadsafe", call).map(drop),
    });
    if let Err(error) = posted
        // It was closed in between.
        && !error.is_instance_of::<PyRuntimeError>(py)
    {
        error.write_unraisable(py, Some(event_loop));
    }
}

/// How an operation ended, in Python's terms. What a source's own `read()` raised is the error's cause.
fn result(py: Python<'_>, outcome: tiro::Result<Output>, failure: Option<&Failure>) -> PyResult<Py<PyAny>> {
    let error = match outcome {
        Ok(output) => return to_python(py, output),
        Err(error) => error,
    };
    let raised = exception(py, &error);
    if error.kind() == ErrorKind::Source
        && let Some(cause) = failure.and_then(|failure| failure.take())
    {
        raised.set_cause(py, Some(PyErr::from_value(cause.bind(py).clone())));
    }
    Err(raised)
}

/// How far a call is.
#[pyclass(frozen, eq, module = "tiro")]
#[derive(PartialEq)]
pub(crate) struct Progress(tiro::Progress);

#[pymethods]
impl Progress {
    /// What is being done: `starting`, `uploading`, `processing` or `installing`.
    #[getter]
    fn phase(&self) -> &'static str {
        self.0.phase.name()
    }

    /// How much of it is done: bytes, or milliseconds of audio while `processing`.
    #[getter]
    fn done(&self) -> u64 {
        self.0.done
    }

    /// How much there is; `None`: not known.
    #[getter]
    fn total(&self) -> Option<u64> {
        Some(self.0.total).filter(|total| *total > 0)
    }

    /// The part of this phase that is done, 0 to 1; `None`: not known.
    #[getter]
    fn fraction(&self) -> Option<f64> {
        self.total().map(|total| (self.0.done as f64 / total as f64).min(1.0))
    }

    fn __repr__(&self) -> String {
        let total = crate::shown(self.total());
        format!("Progress(phase='{}', done={}, total={total})", self.phase(), self.0.done)
    }
}
