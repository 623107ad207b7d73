//! The client of the core as Python holds it, and how a verb becomes an operation. The verbs stand in [`crate::client`].

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use tiro::{Client, ErrorKind, Options, Output, ResultOf};

use crate::attach::{detached, release_dropped};
use crate::convert::to_python;
use crate::error::{guarded, refused};
use crate::inherited::Own;
use crate::operation::Operation;
use crate::source::{Failure, Given};
use crate::{options, source};

/// How long a wait goes on before it looks for Ctrl-C.
const SLICE: Duration = Duration::from_millis(100);

/// A client of the core. Behind `tiro.Client` and `tiro.AsyncClient`.
#[pyclass(frozen, module = "tiro._tiro")]
pub(crate) struct Core {
    /// Who transcribes.
    #[pyo3(get)]
    pub(crate) service: String,
    pub(crate) client: Own<Mutex<Option<Client>>>,
    /// Where the token provider keeps the exception that it raised.
    pub(crate) failure: Option<Failure>,
}

/// The options of a call.
pub(crate) type Keywords<'a, 'py> = Option<&'a Bound<'py, PyDict>>;

impl Core {
    pub(crate) fn of(client: Client, service: String) -> Self {
        Self { service, client: Own::new(Mutex::new(Some(client))), failure: None }
    }

    /// Never held while the interpreter is given up: whoever waits for it may be attached.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Option<Client>> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn client(&self, py: Python<'_>) -> PyResult<Client> {
        if !self.client.is_ours() {
            let error = tiro::Error::new(ErrorKind::Forked, "this client belongs to the parent process")
                .with_hint("make a client after the fork");
            return Err(crate::error::exception(py, &error));
        }
        self.lock().clone().ok_or_else(|| refused(py, ErrorKind::State, "this client is closed"))
    }

    pub(crate) fn start<T: ResultOf>(
        &self,
        py: Python<'_>,
        keywords: Keywords<'_, '_>,
        verb: impl FnOnce(&Client, Option<&Options>) -> tiro::Result<tiro::Operation<T>>,
    ) -> PyResult<Operation> {
        let client = self.client(py)?;
        let call = options::of_call(keywords)?;
        release_dropped(py);
        let operation = guarded(py, || verb(&client, call.as_ref())).map(Operation::of)?;
        Ok(operation.with_failure(self.failure.clone()))
    }

    /// Starts what results in a client of the same service.
    pub(crate) fn start_of_client(
        &self,
        py: Python<'_>,
        keywords: Keywords<'_, '_>,
        verb: impl FnOnce(&Client, Option<&Options>) -> tiro::Result<tiro::Operation<Client>>,
    ) -> PyResult<Operation> {
        let service = self.service.clone();
        let operation = self.start(py, keywords, verb)?;
        Ok(operation.with_result(move |py, output| match output {
            Output::Client(client) => Self::of(client, service.clone()).into_py_any(py),
            other => to_python(py, other),
        }))
    }

    pub(crate) fn start_with_source<T: ResultOf>(
        &self,
        object: &Bound<'_, PyAny>,
        name: Option<&str>,
        keywords: Keywords<'_, '_>,
        verb: impl FnOnce(&Client, &tiro::Source, Option<&Options>) -> tiro::Result<tiro::Operation<T>>,
    ) -> PyResult<Operation> {
        let py = object.py();
        // Before the source is looked at: in a forked child nothing is to be done with it.
        self.client(py)?;
        let Given { source, failure } = source::given(object, name)?;
        let operation = self.start(py, keywords, |client, call| verb(client, &source, call))?;
        Ok(operation.with_failure(failure))
    }
}

pub(crate) fn cancel_and_wait(py: Python<'_>, client: &Client, timeout: Option<f64>) -> PyResult<bool> {
    let deadline = match timeout {
        None => None,
        Some(seconds) => {
            let wait = Duration::try_from_secs_f64(seconds)
                .map_err(|_| refused(py, ErrorKind::Argument, "timeout is a number of seconds from 0 on"))?;
            Instant::now().checked_add(wait)
        }
    };
    loop {
        let left = deadline.map_or(SLICE, |deadline| deadline.saturating_duration_since(Instant::now()));
        let ended = detached(py, || client.cancel_all(Some(left.min(SLICE))));
        release_dropped(py);
        if guarded(py, || ended)? {
            return Ok(true);
        }
        py.check_signals()?;
        if left.is_zero() {
            return Ok(false);
        }
    }
}
