//! Options from keywords.

use std::ffi::OsString;
use std::path::PathBuf;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyInt, PyString};
use tiro::{OptionEntry, OptionType, Options, option_entry};

use crate::error::guarded;
use crate::order::Price;

/// Sets what the keywords give; `None` is as if it were not given.
pub(crate) fn set_all(options: &mut Options, keywords: &Bound<'_, PyDict>) -> PyResult<()> {
    for (key, value) in keywords {
        let key: String = key.extract()?;
        if !value.is_none() {
            // That there is no such key is told before what is wrong with its value.
            let text = option_entry(&key).map(|entry| text_of(&key, entry, &value)).transpose()?;
            guarded(keywords.py(), || options.set(&key, text.unwrap_or_default()))?;
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

fn text_of(key: &str, entry: &OptionEntry, value: &Bound<'_, PyAny>) -> PyResult<OsString> {
    if value.is_instance_of::<PyString>() {
        return value.extract();
    }
    if let Ok(flag) = value.cast::<PyBool>() {
        let word = entry.word_for(flag.is_true()).ok_or_else(|| wrong_type(key, entry, value))?;
        return Ok(word.into());
    }
    if value.is_instance_of::<PyInt>() || (is_price(entry) && value.is_instance_of::<Price>()) {
        return value.str()?.extract();
    }
    value.extract::<PathBuf>().map(PathBuf::into_os_string).map_err(|_| wrong_type(key, entry, value))
}

/// Whether the option's text is an amount of money.
fn is_price(entry: &OptionEntry) -> bool {
    entry.key.ends_with("_price")
}

fn wrong_type(key: &str, entry: &OptionEntry, value: &Bound<'_, PyAny>) -> PyErr {
    let takes = match entry.kind {
        OptionType::Text if is_price(entry) => "a Price or its text".to_owned(),
        OptionType::Text | OptionType::Secret => "text".to_owned(),
        OptionType::Choice(words) if entry.word_for(true).is_some() => {
            format!("True, False or one of {}", words.join(", "))
        }
        OptionType::Choice(words) => format!("one of {}", words.join(", ")),
        OptionType::Path => "a path".to_owned(),
        OptionType::Integer(..) => "a whole number".to_owned(),
    };
    let given = value.get_type().name().map(|name| name.to_string()).unwrap_or_default();
    PyTypeError::new_err(format!("{key} takes {takes}, not {given}"))
}
