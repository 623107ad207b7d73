//! Exports: options from keywords, and writers of Python's.

use std::io::{Error as IoError, Write};

use pyo3::exceptions::PyBlockingIOError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use tiro::{ExportFormat, Sink, Transcript};

use crate::error::{guarded, guarded_detached};
use crate::options;

type Keywords<'a, 'py> = Option<&'a Bound<'py, PyDict>>;

pub(super) fn to_bytes(
    py: Python<'_>,
    transcript: &Transcript,
    format: &str,
    keywords: Keywords<'_, '_>,
) -> PyResult<Vec<u8>> {
    let options = options::of_call(keywords)?;
    guarded_detached(py, || {
        let mut buffer = Vec::new();
        transcript.export(format, options.as_ref(), &mut buffer)?;
        Ok(buffer)
    })
}

pub(super) fn to_path(
    py: Python<'_>,
    transcript: &Transcript,
    path: &std::path::Path,
    format: Option<&str>,
    keywords: Keywords<'_, '_>,
) -> PyResult<()> {
    let options = options::of_call(keywords)?;
    let format = match format {
        Some(format) => format,
        None => guarded(py, || ExportFormat::of_path(path))?.name,
    };
    guarded_detached(py, || transcript.export(format, options.as_ref(), path))
}

pub(super) fn to_writer(
    py: Python<'_>,
    transcript: &Transcript,
    format: &str,
    writer: Bound<'_, PyAny>,
    keywords: Keywords<'_, '_>,
) -> PyResult<()> {
    let options = options::of_call(keywords)?;
    let is_raw = writer.is_instance(&py.import("io")?.getattr("RawIOBase")?)?;
    let write = writer.getattr("write")?.unbind();
    let mut writer = Writer { write, is_raw, raised: None };
    let outcome =
        guarded_detached(py, || transcript.export(format, options.as_ref(), Sink::Writer(&mut writer)));
    // The sink hides what was raised behind an error of its own.
    writer.raised.map_or(outcome, Err)
}

/// A `write` of Python's, called from a thread that is not attached.
struct Writer {
    write: Py<PyAny>,
    /// It is an `io.RawIOBase`, whose `None` means that nothing was taken.
    is_raw: bool,
    raised: Option<PyErr>,
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let taken = Python::try_attach(|py| {
            let taken = self.write.bind(py).call1((PyBytes::new(py, bytes),))?;
            match taken.is_none() {
                true if self.is_raw => Err(PyBlockingIOError::new_err("the writer takes nothing just now")),
                // A writer that does not count takes everything.
                true => Ok(bytes.len()),
                false => taken.extract::<usize>(),
            }
        });
        match taken {
            Some(Ok(taken)) => Ok(taken.min(bytes.len())),
            Some(Err(raised)) => {
                self.raised = Some(raised);
                Err(IoError::other("the writer raised an exception"))
            }
            None => Err(IoError::other("the interpreter ends")),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
