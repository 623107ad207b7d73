//! The verbs of the client: each starts an operation. How that is waited for is the Python layer's choice.

use std::path::PathBuf;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use secrecy::SecretString;
use tiro::{Client, CustomRequest, Embedding, ErrorKind, NewManagedUser, Options};

use crate::core::{Core, Keywords, cancel_and_wait};
use crate::error::{guarded, refused};
use crate::events::EventStream;
use crate::operation::Operation;
use crate::remote::{Endpoint, Login};
use crate::tokens::Tokens;
use crate::{job, options, order, remote};

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
        let named = options.get_item("service")?.filter(|named| !named.is_none());
        if service.is_some() && named.is_some() {
            return Err(PyTypeError::new_err("service is given twice: by its position and by its name"));
        }
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
        offset: i64,
        limit: i64,
        options: Keywords<'_, '_>,
    ) -> PyResult<Operation> {
        let count = |name: &str, number: i64| {
            let negative = |_| refused(py, ErrorKind::Argument, &format!("{name} is not negative"));
            u64::try_from(number).map_err(negative)
        };
        let (offset, limit) = (count("offset", offset)?, count("limit", limit)?);
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

    fn create_order(
        &self,
        py: Python<'_>,
        recording_ids: Vec<String>,
        options: Keywords<'_, '_>,
    ) -> PyResult<Operation> {
        let ids: Vec<&str> = recording_ids.iter().map(String::as_str).collect();
        self.start(py, options, |client, call| client.create_order(&ids, call))
    }

    fn order(&self, py: Python<'_>, id: &str, options: Keywords<'_, '_>) -> PyResult<Operation> {
        self.start(py, options, |client, call| client.order(id, call))
    }

    fn quote(&self, py: Python<'_>, id: &str, options: Keywords<'_, '_>) -> PyResult<Operation> {
        Ok(self.start(py, options, |client, call| client.quote(id, call))?.with_result(order::quote))
    }

    fn edit_settings(&self, py: Python<'_>, id: &str, options: Keywords<'_, '_>) -> PyResult<Operation> {
        self.start(py, options, |client, call| client.edit_settings(id, call))
    }

    fn apply_promo(
        &self,
        py: Python<'_>,
        id: &str,
        code: &str,
        options: Keywords<'_, '_>,
    ) -> PyResult<Operation> {
        self.start(py, options, |client, call| client.apply_promo(id, code, call))
    }

    fn place(&self, py: Python<'_>, id: &str, options: Keywords<'_, '_>) -> PyResult<Operation> {
        self.start(py, options, |client, call| client.place(id, call))
    }

    fn delete_order(&self, py: Python<'_>, id: &str, options: Keywords<'_, '_>) -> PyResult<Operation> {
        self.start(py, options, |client, call| client.delete_order(id, call))
    }

    fn dictionary(
        &self,
        py: Python<'_>,
        name: &str,
        of: Option<&str>,
        options: Keywords<'_, '_>,
    ) -> PyResult<Operation> {
        let operation = self.start(py, options, |client, call| client.dictionary(name, of, call))?;
        Ok(operation.with_result(order::dictionary))
    }

    fn regenerate_application_token(&self, py: Python<'_>, options: Keywords<'_, '_>) -> PyResult<Operation> {
        self.start(py, options, Client::regenerate_application_token)
    }

    fn billing_address(&self, py: Python<'_>, options: Keywords<'_, '_>) -> PyResult<Operation> {
        self.start(py, options, Client::billing_address)
    }

    fn set_billing_address(
        &self,
        py: Python<'_>,
        address: &str,
        options: Keywords<'_, '_>,
    ) -> PyResult<Operation> {
        self.start(py, options, |client, call| client.set_billing_address(address, call))
    }

    fn billing_card(&self, py: Python<'_>, options: Keywords<'_, '_>) -> PyResult<Operation> {
        self.start(py, options, Client::billing_card)
    }

    fn billing_client_token(&self, py: Python<'_>, options: Keywords<'_, '_>) -> PyResult<Operation> {
        self.start(py, options, Client::billing_client_token)
    }

    fn save_billing_card(
        &self,
        py: Python<'_>,
        nonce: String,
        options: Keywords<'_, '_>,
    ) -> PyResult<Operation> {
        let nonce = SecretString::from(nonce);
        self.start(py, options, |client, call| client.save_billing_card(&nonce, call))
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
