//! What programs take as a table, by Arrow's PyCapsule interface.

use std::ops::Range;

use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use tiro::{ArrowArrayStream, ErrorKind};

use crate::error::refused;
use crate::sequence::Run;

/// A stream of the items of a sequence. Buffers have no steps and cannot be walked backwards.
pub(crate) fn capsule(
    py: Python<'_>,
    run: Run,
    stream: impl FnOnce(Range<usize>) -> ArrowArrayStream,
) -> PyResult<Bound<'_, PyCapsule>> {
    let Some(range) = run.range() else {
        let message =
            "Arrow is given items that follow one another: take the table of these, and step through that";
        return Err(refused(py, ErrorKind::Unsupported, message));
    };
    PyCapsule::new_with_value(py, stream(range), c"arrow_array_stream")
}
