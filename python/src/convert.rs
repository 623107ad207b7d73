//! Results of the core as Python's objects.

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use tiro::{ErrorKind, Output};

use crate::error::refused;
use crate::order::Order;
use crate::recording::{Page, Recording};
use crate::remote::{Document, Login};
use crate::transcript::Transcript;

pub(crate) fn to_python(py: Python<'_>, output: Output) -> PyResult<Py<PyAny>> {
    match output {
        Output::Nothing => Ok(py.None()),
        Output::Recording(recording) => Recording(recording).into_py_any(py),
        Output::Page(page) => Page::of(page).into_py_any(py),
        Output::Transcript(transcript) => Transcript(transcript).into_py_any(py),
        Output::Order(order) => Order(order).into_py_any(py),
        Output::Path(path) => path.into_py_any(py),
        Output::Document(document) => Document(document).into_py_any(py),
        Output::Login(login) => Login(login).into_py_any(py),
        _ => Err(refused(py, ErrorKind::ResultType, "this module does not know the operation's result")),
    }
}
