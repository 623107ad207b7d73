//! What services with accounts give: logins, documents, accounts of end-users, and what is known of the endpoints.

use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyUnicodeDecodeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};
use secrecy::ExposeSecret;
use tiro::{ErrorKind, Output, ResultOf};

use crate::error::refused;
use crate::quoted;

/// A login that a person has to go through in a browser. Its ticket is a secret, which no `repr` shows.
#[pyclass(frozen, module = "tiro")]
pub(crate) struct Login(pub(crate) tiro::Login);

#[pymethods]
impl Login {
    /// The service's login page: where to send the person's browser.
    #[getter]
    fn url(&self) -> &str {
        self.0.url()
    }

    /// What the redirect carries back as `state`: by it a web host finds the person's session.
    #[getter]
    fn state(&self) -> &str {
        self.0.state()
    }

    /// What `complete_login()` takes, here or in another process with the same options. A secret.
    #[getter]
    fn ticket(&self) -> &str {
        self.0.ticket().expose_secret()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let page = self.0.url().split('?').next().unwrap_or_default();
        Ok(format!("<tiro.Login at {}>", quoted(py, page)?))
    }
}

/// Bytes with their media type: an export, or an answer of the service. Immutable.
#[pyclass(frozen, eq, module = "tiro")]
#[derive(PartialEq)]
pub(crate) struct Document(pub(crate) tiro::Document);

#[pymethods]
impl Document {
    /// The bytes.
    #[getter]
    fn content<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.bytes())
    }

    /// The bytes as text. Bytes that are not UTF-8 are a `UnicodeDecodeError`.
    #[getter]
    fn text<'py>(&self, py: Python<'py>) -> PyResult<&str> {
        std::str::from_utf8(self.0.bytes()).map_err(|error| {
            match PyUnicodeDecodeError::new_utf8(py, self.0.bytes(), error) {
                Ok(error) => PyErr::from_value(error.into_any()),
                Err(error) => error,
            }
        })
    }

    /// Reads it as JSON.
    fn json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.import("json")?.call_method1("loads", (self.content(py),))
    }

    /// The media type, as the service said; `""`: it said nothing.
    #[getter]
    fn content_type(&self) -> &str {
        self.0.content_type()
    }

    /// The file name that the service suggests, without any folder; `""`: none. Not to be trusted further.
    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    /// The HTTP status it came with; `None`: not from a server.
    #[getter]
    fn http_status(&self) -> Option<u16> {
        Some(self.0.http_status()).filter(|status| *status != 0)
    }

    fn __bytes__<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        self.content(py)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let (count, kind) = (self.0.bytes().len(), quoted(py, self.0.content_type())?);
        let status = self.http_status().map(|status| format!(", http_status={status}"));
        Ok(format!("<tiro.Document: {count} bytes, {kind}{}>", status.unwrap_or_default()))
    }
}

/// The account of an end-user, as it was made.
#[pyclass(frozen, eq, module = "tiro")]
#[derive(PartialEq)]
pub(crate) struct ManagedUser(tiro::ManagedUser);

#[pymethods]
impl ManagedUser {
    /// The service's id, by which the account is removed; `""` if the service did not tell.
    #[getter]
    fn id(&self) -> &str {
        &self.0.id
    }

    /// E-mail address, by which the user is acted for.
    #[getter]
    fn email(&self) -> &str {
        &self.0.email
    }

    /// The service's own answer, as JSON.
    #[getter]
    fn raw(&self) -> &str {
        &self.0.raw
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("<tiro.ManagedUser {}>", quoted(py, &self.0.id)?))
    }
}

/// What a service's endpoints answered when they were asked. Its text is a table.
#[pyclass(frozen, eq, module = "tiro")]
#[derive(PartialEq)]
pub(crate) struct Diagnosis(tiro::Diagnosis);

#[pymethods]
impl Diagnosis {
    /// The service.
    #[getter]
    fn service(&self) -> &str {
        &self.0.service
    }

    /// What became of each operation.
    #[getter]
    fn probes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.probes.iter().cloned().map(Probe))
    }

    fn __str__(&self) -> String {
        let width = |field: fn(&tiro::Probe) -> &str| {
            self.0.probes.iter().map(|probe| field(probe).chars().count()).max().unwrap_or_default()
        };
        let operation = width(|probe| &probe.operation);
        let (standing, outcome) = (width(|probe| &probe.standing), width(|probe| &probe.outcome));
        let line = |probe: &tiro::Probe| {
            let tiro::Probe { operation: name, standing: known, outcome: came, .. } = probe;
            let mut line =
                format!("{name:operation$}  {known:standing$}  {came:outcome$}  {}", probe.endpoint);
            if !probe.reason.is_empty() {
                line += &format!(": {}", probe.reason);
            }
            if !probe.option.is_empty() {
                line += &format!(" (option {})", probe.option);
            }
            line.trim_end().to_owned()
        };
        self.0.probes.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let count = |outcome: &str| self.0.probes.iter().filter(|probe| probe.outcome == outcome).count();
        let service = quoted(py, &self.0.service)?;
        let (all, works, fails) = (self.0.probes.len(), count("works"), count("fails"));
        Ok(format!("<tiro.Diagnosis of {service}: {all} operations, {works} work, {fails} fail>"))
    }
}

/// What became of one operation of a service when it was asked.
#[pyclass(frozen, eq, module = "tiro")]
#[derive(PartialEq)]
pub(crate) struct Probe(tiro::Probe);

#[pymethods]
impl Probe {
    /// The operation, by tiro's word for it.
    #[getter]
    fn operation(&self) -> &str {
        &self.0.operation
    }

    /// The method and path that were asked, or would be.
    #[getter]
    fn endpoint(&self) -> &str {
        &self.0.endpoint
    }

    /// `documented`, `assumed`, `unset` or `configured`.
    #[getter]
    fn standing(&self) -> &str {
        &self.0.standing
    }

    /// `works`, `fails` or `not probed`.
    #[getter]
    fn outcome(&self) -> &str {
        &self.0.outcome
    }

    /// Why it fails or was not probed; `""` otherwise.
    #[getter]
    fn reason(&self) -> &str {
        &self.0.reason
    }

    /// The option that would mend it; `""`: none.
    #[getter]
    fn option(&self) -> &str {
        &self.0.option
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let (operation, outcome) = (quoted(py, &self.0.operation)?, quoted(py, &self.0.outcome)?);
        Ok(format!("Probe(operation={operation}, outcome={outcome}, reason={})", quoted(py, &self.0.reason)?))
    }
}

/// An endpoint of a service, as it is for a client.
#[pyclass(frozen, module = "tiro")]
pub(crate) struct Endpoint(pub(crate) tiro::EndpointState);

#[pymethods]
impl Endpoint {
    /// The operation, by tiro's word for it.
    #[getter]
    fn operation(&self) -> &str {
        self.0.endpoint.operation
    }

    /// The HTTP method; `""` for a link that is never asked for.
    #[getter]
    fn method(&self) -> &str {
        self.0.endpoint.method
    }

    /// The path in force; `""`: none.
    #[getter]
    fn path(&self) -> &str {
        &self.0.path
    }

    /// The option that sets the path.
    #[getter]
    fn option(&self) -> &str {
        self.0.endpoint.option
    }

    /// How far the path can be relied on: `documented`, `assumed`, `unset` or `configured`.
    #[getter]
    fn standing(&self) -> &str {
        self.0.standing()
    }

    /// Where the fact comes from.
    #[getter]
    fn source(&self) -> &str {
        self.0.endpoint.source
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let (operation, path) = (quoted(py, self.operation())?, quoted(py, &self.0.path)?);
        Ok(format!("Endpoint(operation={operation}, path={path}, standing={})", quoted(py, self.standing())?))
    }
}

/// The account that an operation made.
pub(crate) fn managed_user(py: Python<'_>, output: Output) -> PyResult<Py<PyAny>> {
    ManagedUser(read(py, output)?).into_py_any(py)
}

/// What an operation found out about the endpoints.
pub(crate) fn diagnosis(py: Python<'_>, output: Output) -> PyResult<Py<PyAny>> {
    Diagnosis(read(py, output)?).into_py_any(py)
}

pub(crate) fn read<T: ResultOf>(py: Python<'_>, output: Output) -> PyResult<T> {
    T::from_output(output)
        .ok_or_else(|| refused(py, ErrorKind::ResultType, "the operation's result is another"))
}
