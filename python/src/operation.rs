//! A running call: waited for by a thread that Ctrl-C can interrupt, or delivered to an event loop.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use tiro::{Error, ErrorKind, Output, ProgressPhase, ResultOf};

use crate::attach::{Held, attached, detached, release_dropped};
use crate::convert::to_python;
use crate::error::{exception, guarded};
use crate::inherited::Own;
use crate::remote::Login;
use crate::source::Failure;

/// How long a wait goes on before it looks for Ctrl-C.
const SLICE: Duration = Duration::from_millis(100);
/// How long before it looks for progress, too.
const SLICE_WITH_PROGRESS: Duration = Duration::from_millis(50);
/// How long a wait that was broken off waits for the operation to end; it has been cancelled by then.
const CANCEL_PATIENCE: Duration = Duration::from_secs(1);

/// How a result becomes Python's.
type Convert = Arc<dyn Fn(Python<'_>, Output) -> PyResult<Py<PyAny>> + Send + Sync>;

/// A running call of the core.
#[pyclass(frozen, module = "tiro._tiro")]
pub(crate) struct Operation {
    operation: Own<tiro::Operation<Output>>,
    convert: Convert,
    failure: Mutex<Option<Failure>>,
}

impl Operation {
    pub(crate) fn of<T: ResultOf>(operation: tiro::Operation<T>) -> Self {
        Self {
            operation: Own::new(operation.erase()),
            convert: Arc::new(to_python),
            failure: Mutex::default(),
        }
    }

    /// How its result is shown, where its type alone does not say that.
    pub(crate) fn with_result(
        self,
        convert: impl Fn(Python<'_>, Output) -> PyResult<Py<PyAny>> + Send + Sync + 'static,
    ) -> Self {
        Self { convert: Arc::new(convert), ..self }
    }

    /// Where the source, or the token provider, keeps the exception that it failed with.
    pub(crate) fn with_failure(self, failure: Option<Failure>) -> Self {
        match failure {
            Some(failure) => Self { failure: Mutex::new(Some(failure)), ..self },
            None => self,
        }
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
    /// Waits for the end and gives the result. `on_progress` is called on this thread, and so is `on_login`, once, if a
    /// person has to log in first; without it that is an error.
    #[pyo3(signature = (on_progress, on_login = None))]
    fn wait(
        &self,
        py: Python<'_>,
        on_progress: Option<Bound<'_, PyAny>>,
        on_login: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let slice = if on_progress.is_some() { SLICE_WITH_PROGRESS } else { SLICE };
        let mut told = tiro::Progress::default();
        let mut asked = false;
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
                        nothing_to_await("on_progress", &callback.call1((Progress(progress),))?)?;
                    }
                }
                if !asked && let Some(login) = self.login(py)? {
                    asked = true;
                    let callback = on_login
                        .as_ref()
                        .ok_or_else(|| PyErr::from_value(nobody_to_log_in(py).into_bound(py)))?;
                    nothing_to_await("on_login", &callback.call1((login,))?)?;
                }
                Ok(())
            };
            if let Err(broken) = step() {
                self.break_off(py);
                return Err(broken);
            }
            if ended && let Some(outcome) = self.operation.outcome() {
                return result(py, outcome, &*self.convert, self.failure().as_ref());
            }
        }
    }

    /// Has `done(result, error)` called in an event loop, and before it `progress(progress)`, and `log_in()` once a person
    /// has to log in first. Waits for nothing.
    #[pyo3(signature = (event_loop, done, progress, log_in = None))]
    fn deliver(
        &self,
        py: Python<'_>,
        event_loop: Py<PyAny>,
        done: Py<PyAny>,
        progress: Option<Py<PyAny>>,
        log_in: Option<Py<PyAny>>,
    ) -> PyResult<()> {
        if let Some(log_in) = log_in {
            let (event_loop, log_in) = (Held::new(event_loop.clone_ref(py)), Held::new(log_in));
            let tell = move |state: tiro::Progress| {
                if state.phase == ProgressPhase::LoginRequired {
                    attached(|py| post(event_loop.bind(py), (log_in.bind(py),)));
                }
            };
            guarded(py, || self.operation.on_progress(tell))?;
        }
        if let Some(progress) = progress {
            let (event_loop, progress) = (Held::new(event_loop.clone_ref(py)), Held::new(progress));
            let tell = move |state| {
                attached(|py| post(event_loop.bind(py), (progress.bind(py), Progress(state))));
            };
            guarded(py, || self.operation.on_progress(tell))?;
        }
        let (event_loop, done) = (Held::new(event_loop), Held::new(done));
        let (failure, convert) = (self.failure(), self.convert.clone());
        let tell = move |outcome| {
            attached(|py| {
                let (value, error) = match result(py, outcome, &*convert, failure.as_ref()) {
                    Ok(value) => (value, py.None()),
                    Err(error) => (py.None(), error.into_value(py).into_any()),
                };
                post(event_loop.bind(py), (done.bind(py), value, error));
            });
        };
        guarded(py, || self.operation.on_done(tell))
    }

    /// The login that it waits for; `None`: it waits for none.
    fn login(&self, py: Python<'_>) -> PyResult<Option<Login>> {
        Ok(guarded(py, || self.operation.login())?.map(Login))
    }

    /// Asks it to end.
    fn cancel(&self) {
        self.operation.cancel();
    }
}

/// The error of a call whose caller has said nothing about a login.
#[pyfunction]
pub(crate) fn nobody_to_log_in(py: Python<'_>) -> Py<PyAny> {
    let error = Error::new(ErrorKind::LoginRequired, "a person has to log in first")
        .with_hint("give on_login=, or use the client that login() gives");
    exception(py, &error).into_value(py).into_any()
}

/// Refuses what a callback gives that would have to be awaited: nothing of it would ever run.
fn nothing_to_await(callback: &str, given: &Bound<'_, PyAny>) -> PyResult<()> {
    match crate::is_awaitable(given)? {
        true => Err(PyTypeError::new_err(format!("{callback} is awaited by tiro.AsyncClient only"))),
        false => Ok(()),
    }
}

/// Calls in an event loop. One that is closed has nobody left to tell.
pub(crate) fn post<'py>(event_loop: &Bound<'py, PyAny>, call: impl pyo3::call::PyCallArgs<'py>) {
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

/// How an operation ended, in Python's terms. What a source's own `read()` or the program's token provider raised is the
/// error's cause.
fn result(
    py: Python<'_>,
    outcome: tiro::Result<Output>,
    convert: &(dyn Fn(Python<'_>, Output) -> PyResult<Py<PyAny>> + Send + Sync),
    failure: Option<&Failure>,
) -> PyResult<Py<PyAny>> {
    let error = match outcome {
        Ok(output) => return convert(py, output),
        Err(error) => error,
    };
    let raised = exception(py, &error);
    if matches!(error.kind(), ErrorKind::Source | ErrorKind::Auth)
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
    /// What is being done: `starting`, `uploading`, `processing`, `installing` or `login_required`.
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
