//! What programs take as a table, by Arrow's PyCapsule interface.

use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use tiro::{ArrowArrayStream, ErrorKind};

use crate::error::refused;
use crate::sequence::Run;

/// A stream of all items of a transcript. A part of them has no buffers of its own.
pub(super) fn capsule(
    py: Python<'_>,
    run: Run,
    all: usize,
    stream: impl FnOnce() -> ArrowArrayStream,
) -> PyResult<Bound<'_, PyCapsule>> {
    if !run.is_whole(all) {
        let message =
            "Arrow is given all words or segments of a transcript: take the table of all, and slice that";
        return Err(refused(py, ErrorKind::Unsupported, message));
    }
    PyCapsule::new_with_value(py, stream(), c"arrow_array_stream")
}
