//! The client of the core: each verb starts an operation. How that is waited for is the Python layer's choice.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use secrecy::SecretString;
use tiro::{Client, CustomRequest, Embedding, ErrorKind, NewManagedUser, Options, Output, ResultOf};

use crate::attach::{detached, release_dropped};
use crate::convert::to_python;
use crate::error::{guarded, refused};
use crate::events::EventStream;
use crate::inherited::Own;
use crate::operation::Operation;
use crate::remote::{Endpoint, Login};
use crate::source::{Failure, Given};
use crate::tokens::Tokens;
use crate::{job, options, remote, source};

/// How long a wait goes on before it looks for Ctrl-C.
const SLICE: Duration = Duration::from_millis(100);

/// A client of the core. Behind `tiro.Client` and `tiro.AsyncClient`.
#[pyclass(frozen, module = "tiro._tiro")]
pub(crate) struct Core {
    /// Who transcribes.
    #[pyo3(get)]
    service: String,
    client: Own<Mutex<Option<Client>>>,
    /// Where the token provider keeps the exception that it raised.
    failure: Option<Failure>,
}

type Keywords<'a, 'py> = Option<&'a Bound<'py, PyDict>>;

#[pymethods]
impl Core {
    #[new]
    #[pyo3(signature = (service, options, profile, config, environment, token_provider, /))]
    fn new(
        service: Option<&str>,
        options: &Bound<'_, PyDict>,
        profile: Option<&str>,
        config: Option<PathBuf>,
        environment: bool,
        token_provider: Option<&Bound<'_, PyAny>>,
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
        let tokens = token_provider.map(Tokens::new);
        let client = guarded(py, || match &tokens {
            Some(tokens) => Client::with_token_provider(&set, Embedding::Python, tokens.clone()),
            None => Client::embedded(&set, Embedding::Python),
        })?;
        let service = guarded(py, || set.get("service"))?.to_string_lossy().into_owned();
        Ok(Self { failure: tokens.map(|tokens| tokens.failure()), ..Self::of(client, service) })
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

    fn jobs(&self, py: Python<'_>, options: Keywords<'_, '_>) -> PyResult<Operation> {
        Ok(self.start(py, options, Client::jobs)?.with_result(job::jobs))
    }

    fn resume(
        &self,
        py: Python<'_>,
        id: &str,
        source: Option<&Bound<'_, PyAny>>,
        name: Option<&str>,
        options: Keywords<'_, '_>,
    ) -> PyResult<Operation> {
        match source {
            None => self.start(py, options, |client, call| client.resume(id, None, call)),
            Some(source) => self.start_with_source(source, name, options, |client, source, call| {
                client.resume(id, Some(source), call)
            }),
        }
    }

    fn resume_all(&self, py: Python<'_>, options: Keywords<'_, '_>) -> PyResult<Operation> {
        Ok(self.start(py, options, Client::resume_all)?.with_result(job::outcomes))
    }

    fn forget(&self, py: Python<'_>, id: &str, options: Keywords<'_, '_>) -> PyResult<Operation> {
        self.start(py, options, |client, call| client.forget(id, call))
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

    fn export(
        &self,
        py: Python<'_>,
        id: &str,
        format: &str,
        options: Keywords<'_, '_>,
    ) -> PyResult<Operation> {
        self.start(py, options, |client, call| client.export(id, format, call))
    }

    fn export_to_path(
        &self,
        py: Python<'_>,
        id: &str,
        format: &str,
        path: PathBuf,
        options: Keywords<'_, '_>,
    ) -> PyResult<Operation> {
        self.start(py, options, |client, call| client.export_to_path(id, format, path, call))
    }

    fn sign_in(&self, py: Python<'_>, options: Keywords<'_, '_>) -> PyResult<Operation> {
        self.start(py, options, Client::sign_in)
    }

    fn sign_out(&self, py: Python<'_>, options: Keywords<'_, '_>) -> PyResult<Operation> {
        self.start(py, options, Client::sign_out)
    }

    fn login_begin(&self, py: Python<'_>, options: Keywords<'_, '_>) -> PyResult<Operation> {
        self.start(py, options, Client::login_begin)
    }

    fn complete_login(
        &self,
        py: Python<'_>,
        ticket: String,
        redirect_url: &str,
        options: Keywords<'_, '_>,
    ) -> PyResult<Operation> {
        let ticket = SecretString::from(ticket);
        self.start_of_client(py, options, |client, call| client.complete_login(&ticket, redirect_url, call))
    }

    fn receive_login(
        &self,
        py: Python<'_>,
        login: &Bound<'_, Login>,
        options: Keywords<'_, '_>,
    ) -> PyResult<Operation> {
        self.start_of_client(py, options, |client, call| client.receive_login(&login.get().0, call))
    }

    fn logout_url(&self, py: Python<'_>) -> PyResult<String> {
        let client = self.client(py)?;
        guarded(py, || client.logout_url())
    }

    fn request(
        &self,
        py: Python<'_>,
        method: String,
        path: String,
        body: Option<Vec<u8>>,
        content_type: String,
        options: Keywords<'_, '_>,
    ) -> PyResult<Operation> {
        let request = CustomRequest { method, path, body: body.map(Into::into), content_type };
        self.start(py, options, |client, call| client.request(request, call))
    }

    fn endpoints(&self, py: Python<'_>) -> PyResult<Vec<Endpoint>> {
        let client = self.client(py)?;
        Ok(guarded(py, || client.endpoints())?.into_iter().map(Endpoint).collect())
    }

    fn doctor(&self, py: Python<'_>, options: Keywords<'_, '_>) -> PyResult<Operation> {
        Ok(self.start(py, options, Client::doctor)?.with_result(remote::diagnosis))
    }

    fn recording_link(&self, py: Python<'_>, id: &str) -> PyResult<String> {
        let client = self.client(py)?;
        guarded(py, || client.recording_link(id))
    }

    fn worklist_link(&self, py: Python<'_>) -> PyResult<String> {
        let client = self.client(py)?;
        guarded(py, || client.worklist_link())
    }

    #[allow(clippy::too_many_arguments)] // one for each field of an account
    fn create_managed_user(
        &self,
        py: Python<'_>,
        email: String,
        first_name: String,
        last_name: String,
        initials: Option<String>,
        display_name: Option<String>,
        options: Keywords<'_, '_>,
    ) -> PyResult<Operation> {
        let user = NewManagedUser { email, first_name, last_name, initials, display_name };
        let operation = self.start(py, options, |client, call| client.create_managed_user(user, call))?;
        Ok(operation.with_result(remote::managed_user))
    }

    fn delete_managed_user(
        &self,
        py: Python<'_>,
        id: &str,
        options: Keywords<'_, '_>,
    ) -> PyResult<Operation> {
        self.start(py, options, |client, call| client.delete_managed_user(id, call))
    }

    fn as_user(&self, py: Python<'_>, email: &str) -> PyResult<Self> {
        let client = self.client(py)?;
        guarded(py, || client.as_user(email)).map(|user| Self::of(user, self.service.clone()))
    }

    fn events(&self, py: Python<'_>, options: Keywords<'_, '_>) -> PyResult<EventStream> {
        let client = self.client(py)?;
        let call = options::of_call(options)?;
        guarded(py, || client.events(call.as_ref())).map(EventStream::of)
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
    fn of(client: Client, service: String) -> Self {
        Self { service, client: Own::new(Mutex::new(Some(client))), failure: None }
    }

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
        let operation = guarded(py, || verb(&client, call.as_ref())).map(Operation::of)?;
        Ok(operation.with_failure(self.failure.clone()))
    }

    /// Starts what results in a client of the same service.
    fn start_of_client(
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
