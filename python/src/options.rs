//! Options from keywords.

use std::ffi::OsString;
use std::path::PathBuf;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyInt, PyString};
use tiro::Options;

use crate::error::guarded;

/// Sets what the keywords give; `None` is as if it were not given.
pub(crate) fn set_all(options: &mut Options, keywords: &Bound<'_, PyDict>) -> PyResult<()> {
    for (key, value) in keywords {
        let key: String = key.extract()?;
        if !value.is_none() {
            let value = text_of(&key, &value)?;
            guarded(keywords.py(), || options.set(&key, value))?;
        }
    }
    Ok(())
}

/// The options of one call; `None` if there are none.
pub(crate) fn of_call(keywords: Option<&Bound<'_, PyDict>>) -> PyResult<Option<Options>> {
    let Some(keywords) = keywords.filter(|keywords| !keywords.is_empty()) else { return Ok(None) };
    let mut options = Options::new();
    set_all(&mut options, keywords)?;
    Ok(Some(options))
}

fn text_of(key: &str, value: &Bound<'_, PyAny>) -> PyResult<OsString> {
    if value.is_instance_of::<PyString>() {
        return value.extract();
    }
    if value.is_instance_of::<PyInt>() && !value.is_instance_of::<PyBool>() {
        return value.str()?.extract();
    }
    value.extract::<PathBuf>().map(PathBuf::into_os_string).map_err(|_| {
        let given = value.get_type().name().map(|name| name.to_string()).unwrap_or_default();
        PyTypeError::new_err(format!("{key} takes text, a whole number or a path, not {given}"))
    })
}
