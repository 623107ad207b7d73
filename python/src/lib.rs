//! The extension module `tiro._tiro`: the core of tiro for the Python package around it. Objects are converted on the
//! way in and out here, and threads meet the interpreter; what a program is shown is written in Python.
//!
//! Threads and the interpreter: a thread of Python's never waits for anything of tiro's while it is attached, and a
//! thread of tiro's attaches only through [`attach::attached`].

mod arrow;
mod attach;
mod client;
mod convert;
mod core;
mod error;
mod events;
mod inherited;
mod job;
mod library;
mod operation;
mod options;
mod order;
mod recording;
mod remote;
mod sequence;
mod source;
mod tokens;
mod transcript;

use pyo3::prelude::*;

/// The compiled part of tiro.
#[pymodule(gil_used = false)]
mod _tiro {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::core::Core;
    #[pymodule_export]
    use crate::events::{EventStream, ServiceEvent};
    #[pymodule_export]
    use crate::job::{Job, JobOutcome};
    #[pymodule_export]
    use crate::library::{
        error_table, export_formats, install_model, installable_models, option_table, set_log_callback,
    };
    #[pymodule_export]
    use crate::operation::{Operation, Progress, nobody_to_log_in};
    #[pymodule_export]
    use crate::order::{Dictionary, DictionaryEntry, Order, Price, Quote, RecordingPrice};
    #[pymodule_export]
    use crate::recording::{Page, Recording};
    #[pymodule_export]
    use crate::remote::{Diagnosis, Document, Endpoint, Login, ManagedUser, Probe};
    #[pymodule_export]
    use crate::source::RemoteSource;
    #[pymodule_export]
    use crate::transcript::{Match, Paragraph, Paragraphs, Segment, Segments, Transcript, Word, Words};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        crate::attach::register_exit(module.py())
    }
}

/// A text for a `repr`, as Python writes it.
fn quoted(py: Python<'_>, text: &str) -> PyResult<String> {
    pyo3::types::PyString::new(py, text).repr()?.extract()
}

/// Whether something is there to be awaited, where nobody will: then it is closed, so that nothing complains later.
fn is_awaitable(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    if object.is_none() || !object.hasattr("__await__")? {
        return Ok(false);
    }
    if object.hasattr("close")? {
        object.call_method0("close")?;
    }
    Ok(true)
}

/// A number for a `repr`, as Python writes it.
fn shown<T: std::fmt::Display>(number: Option<T>) -> String {
    number.map_or_else(|| "None".to_owned(), |number| number.to_string())
}
