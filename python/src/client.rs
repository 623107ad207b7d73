//! The client of the core: each verb starts an operation. How that is waited for is the Python layer's choice.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tiro::{Client, Embedding, ErrorKind, Options, ResultOf};

use crate::attach::{detached, release_dropped};
use crate::error::{guarded, refused};
use crate::inherited::Own;
use crate::operation::Operation;
use crate::source::Given;
use crate::{options, source};

/// How long a wait goes on before it looks for Ctrl-C.
const SLICE: Duration = Duration::from_millis(100);

/// A client of the core. Behind `tiro.Client` and `tiro.AsyncClient`.
#[pyclass(frozen, module = "tiro._tiro")]
pub(crate) struct Core {
    /// Who transcribes.
    #[pyo3(get)]
    service: String,
    client: Own<Mutex<Option<Client>>>,
}

type Keywords<'a, 'py> = Option<&'a Bound<'py, PyDict>>;

#[pymethods]
impl Core {
    #[new]
    #[pyo3(signature = (service, options, profile, config, environment, /))]
    fn new(
        service: Option<&str>,
        options: &Bound<'_, PyDict>,
        profile: Option<&str>,
        config: Option<PathBuf>,
        environment: bool,
    ) -> PyResult<Self> {
        let py = options.py();
        let mut set = Options::new();
        match config {
            Some(path) => guarded(py, || set.load_file(&path, profile))?,
            None if profile.is_some() => {
                return Err(refused(
                    py,
                    ErrorKind::Option,
                    "a profile is read from a file: config is its path",
                ));
            }
            None => {}
        }
        if environment {
            guarded(py, || set.load_environment())?;
        }
        if let Some(service) = service {
            guarded(py, || set.set("service", service))?;
        }
        options::set_all(&mut set, options)?;
        let client = guarded(py, || Client::embedded(&set, Embedding::Python))?;
        let service = guarded(py, || set.get("service"))?.to_string_lossy().into_owned();
        Ok(Self { service, client: Own::new(Mutex::new(Some(client))) })
    }

    fn upload(
        &self,
        source: &Bound<'_, PyAny>,
        name: Option<&str>,
        options: Keywords<'_, '_>,
    ) -> PyResult<Operation> {
        self.start_with_source(source, name, options, Client::upload)
    }

    fn transcribe(
        &self,
        source: &Bound<'_, PyAny>,
        name: Option<&str>,
        options: Keywords<'_, '_>,
    ) -> PyResult<Operation> {
        self.start_with_source(source, name, options, Client::transcribe)
    }

    fn recording(&self, py: Python<'_>, id: &str, options: Keywords<'_, '_>) -> PyResult<Operation> {
        self.start(py, options, |client, call| client.recording(id, call))
    }

    fn recordings(
        &self,
        py: Python<'_>,
        offset: u64,
        limit: u64,
        options: Keywords<'_, '_>,
    ) -> PyResult<Operation> {
        self.start(py, options, |client, call| client.recordings(offset, limit, call))
    }

    fn wait(&self, py: Python<'_>, id: &str, options: Keywords<'_, '_>) -> PyResult<Operation> {
        self.start(py, options, |client, call| client.wait(id, call))
    }

    fn transcript(&self, py: Python<'_>, id: &str, options: Keywords<'_, '_>) -> PyResult<Operation> {
        self.start(py, options, |client, call| client.transcript(id, call))
    }

    fn delete(&self, py: Python<'_>, id: &str, options: Keywords<'_, '_>) -> PyResult<Operation> {
        self.start(py, options, |client, call| client.delete(id, call))
    }

    fn purge(&self, py: Python<'_>, options: Keywords<'_, '_>) -> PyResult<Operation> {
        self.start(py, options, Client::purge)
    }

    /// Cancels what is under way and waits for its end, at most `timeout` seconds; whether all has ended.
    fn cancel_all(&self, py: Python<'_>, timeout: Option<f64>) -> PyResult<bool> {
        let client = self.client(py)?;
        cancel_and_wait(py, &client, timeout)
    }

    /// Cancels what is under way, waits for its end and gives the client up. Nothing in a forked child.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        if !self.client.is_ours() {
            return Ok(());
        }
        let Some(client) = self.lock().take() else { return Ok(()) };
        cancel_and_wait(py, &client, None).map(drop)
    }

    /// Whether [`Core::close`] was called.
    fn is_closed(&self) -> bool {
        self.client.is_ours() && self.lock().is_none()
    }
}

impl Core {
    /// Never held while the interpreter is given up: whoever waits for it may be attached.
    fn lock(&self) -> MutexGuard<'_, Option<Client>> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn client(&self, py: Python<'_>) -> PyResult<Client> {
        if !self.client.is_ours() {
            let error = tiro::Error::new(ErrorKind::Forked, "this client belongs to the parent process")
                .with_hint("make a client after the fork");
            return Err(crate::error::exception(py, &error));
        }
        self.lock().clone().ok_or_else(|| refused(py, ErrorKind::State, "this client is closed"))
    }

    fn start<T: ResultOf>(
        &self,
        py: Python<'_>,
        keywords: Keywords<'_, '_>,
        verb: impl FnOnce(&Client, Option<&Options>) -> tiro::Result<tiro::Operation<T>>,
    ) -> PyResult<Operation> {
        let client = self.client(py)?;
        let call = options::of_call(keywords)?;
        release_dropped(py);
        guarded(py, || verb(&client, call.as_ref())).map(Operation::of)
    }

    fn start_with_source<T: ResultOf>(
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

fn cancel_and_wait(py: Python<'_>, client: &Client, timeout: Option<f64>) -> PyResult<bool> {
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
