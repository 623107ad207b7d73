//! What a service tells without being asked: taken one by one, by a thread that Ctrl-C can interrupt or by an event loop
//! that is woken.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use pyo3::prelude::*;
use tiro::{ErrorKind, Queue};

use crate::attach::{Held, attached, detached, release_dropped};
use crate::error::{guarded, refused};
use crate::inherited::Own;
use crate::operation::post;
use crate::quoted;
use crate::recording::Recording;

/// How long a wait goes on before it looks for Ctrl-C.
const SLICE: Duration = Duration::from_millis(100);

/// What a service has told. Immutable.
#[pyclass(frozen, eq, module = "tiro")]
#[derive(PartialEq)]
pub(crate) struct ServiceEvent(tiro::ServiceEvent);

#[pymethods]
impl ServiceEvent {
    /// `recording_changed`, `list_changed`, `upload_denied`, `account_deleted` or `export_completed`. Pass over others.
    #[getter]
    fn kind(&self) -> &'static str {
        self.0.kind.name()
    }

    /// The recording that it is about; `""`: none.
    #[getter]
    fn recording_id(&self) -> &str {
        &self.0.recording_id
    }

    /// What is known of the recording by then; `None` where the event says nothing of it.
    #[getter]
    fn recording(&self) -> Option<Recording> {
        self.0.recording.clone().map(Recording)
    }

    /// What the service sent, read as JSON; `None` if the event was found by asking.
    #[getter]
    fn detail<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        if self.0.detail.is_empty() {
            return Ok(None);
        }
        py.import("json")?.call_method1("loads", (&self.0.detail,)).map(Some)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("<tiro.ServiceEvent {}: {}>", self.kind(), quoted(py, &self.0.recording_id)?))
    }
}

/// The events of a service. Behind `tiro.Events` and `tiro.AsyncEvents`.
#[pyclass(frozen, module = "tiro._tiro")]
pub(crate) struct EventStream {
    events: Own<tiro::Events>,
    queue: Own<Mutex<Option<Queue>>>,
}

#[pymethods]
impl EventStream {
    /// Waits for an event, at most `timeout` seconds; `None` if none came.
    fn next(&self, py: Python<'_>, timeout: Option<f64>) -> PyResult<Option<ServiceEvent>> {
        let wait = timeout.map(Duration::try_from_secs_f64).transpose();
        let wait =
            wait.map_err(|_| refused(py, ErrorKind::Argument, "timeout is a number of seconds from 0 on"))?;
        let deadline = wait.and_then(|wait| Instant::now().checked_add(wait));
        loop {
            let left = deadline.map_or(SLICE, |deadline| deadline.saturating_duration_since(Instant::now()));
            let event = detached(py, || self.events.next(Some(left.min(SLICE))));
            release_dropped(py);
            if let Some(event) = guarded(py, || event)? {
                return Ok(Some(ServiceEvent(event)));
            }
            py.check_signals()?;
            if left.is_zero() {
                return Ok(None);
            }
        }
    }

    /// Takes an event that waits, if one does. What ended them is raised once all are taken.
    fn take(&self, py: Python<'_>) -> PyResult<Option<ServiceEvent>> {
        // First the queue: what comes after this wakes the loop again.
        if let Some(queue) = self.queue() {
            while guarded(py, || queue.next(Some(Duration::ZERO)))?.is_some() {}
        }
        Ok(guarded(py, || self.events.next(Some(Duration::ZERO)))?.map(ServiceEvent))
    }

    /// Has `wake()` called in an event loop when something is there to be taken.
    fn notify(&self, py: Python<'_>, event_loop: Py<PyAny>, wake: Py<PyAny>) -> PyResult<()> {
        let queue = Queue::new();
        let (event_loop, wake) = (Held::new(event_loop), Held::new(wake));
        let tell = move || {
            attached(|py| post(event_loop.bind(py), (wake.bind(py),)));
        };
        guarded(py, || {
            queue.set_wakeup(Some(Arc::new(tell)))?;
            self.events.operation().attach(&queue, 0, 0)
        })?;
        *self.queue.lock().unwrap_or_else(PoisonError::into_inner) = Some(queue);
        Ok(())
    }

    /// Ends them.
    fn cancel(&self) {
        self.events.operation().cancel();
    }
}

impl EventStream {
    pub(crate) fn of(events: tiro::Events) -> Self {
        Self { events: Own::new(events), queue: Own::new(Mutex::default()) }
    }

    fn queue(&self) -> Option<Queue> {
        match self.queue.is_ours() {
            true => self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            false => None,
        }
    }
}
