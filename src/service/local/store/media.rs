//! What an unfinished recording can be taken up again from: the caller's own file, if it is still the same, or a copy.

use std::fs::Metadata;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::UNIX_EPOCH;

use super::folder::Folder;
use crate::error::{Error, ErrorKind, Result};
use crate::runtime::{ProgressPhase, Reporter};
use crate::source::{Claim, Source, read_error};

const PART: &str = ".part";
/// No format has a longer suffix.
const LONGEST_SUFFIX: usize = 8;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Media {
    /// A file of the caller's, as it was when it was read.
    Reference { path: PathBuf, size: u64, modified_ns: i64 },
    /// A file in the store's folder of copies.
    Copy { name: String },
}

impl Media {
    pub(super) fn reference(path: &Path) -> Result<Self> {
        let metadata =
            path.metadata().map_err(|error| Error::io(format_args!("{}", path.display()), &error))?;
        Ok(Self::Reference {
            path: path.to_owned(),
            size: metadata.len(),
            modified_ns: modified_ns(&metadata),
        })
    }

    /// The source to read it from again. A file that is not the one it was is an error.
    pub(super) fn claim(&self, folder: &Folder) -> Result<Claim> {
        let path = match self {
            Self::Copy { name } => folder.media().join(name),
            Self::Reference { path, .. } => {
                if Self::reference(path)? != *self {
                    return Err(Error::new(
                        ErrorKind::Source,
                        format!("{} was changed before it was recognised", path.display()),
                    ));
                }
                path.clone()
            }
        };
        Source::from_path(path)?.claim()
    }
}

fn modified_ns(metadata: &Metadata) -> i64 {
    let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_nanos()).ok()).unwrap_or(0)
}

/// A copy that is removed again, unless it is kept.
pub(super) struct Copied {
    path: PathBuf,
    kept: bool,
}

impl Copied {
    /// Copies a source into the folder, whole and on the disk, or not at all. The name begins with the owner's.
    pub(super) fn make(
        source: Claim,
        folder: &Folder,
        owner: &str,
        reporter: &Reporter,
        stop: &Arc<AtomicBool>,
    ) -> Result<Self> {
        let dir = folder.media();
        let failed = |error| Error::io(format_args!("a copy in {}", dir.display()), &error);
        let suffix = suffix_of(source.name());
        let mut file = tempfile::Builder::new()
            .prefix(&format!("{owner}-"))
            .suffix(PART)
            .rand_bytes(8)
            .tempfile_in(&dir)
            .map_err(failed)?;
        let mut reader = source.open()?;
        reader.stop_with(stop.clone());
        let mut buffer = vec![0; 64 << 10];
        loop {
            if stop.load(Ordering::Acquire) {
                return Err(Error::cancelled());
            }
            match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => file.write_all(&buffer[..count]).map_err(failed)?,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(read_error(&error)),
            }
            reporter.progress(ProgressPhase::Uploading, reader.position(), reader.size().unwrap_or(0));
        }
        file.as_file().sync_all().map_err(failed)?;
        let path = file.path().with_extension(suffix);
        file.persist(&path).map_err(|error| failed(error.error))?;
        let copied = Self { path, kept: false };
        sync_dir(&dir).map_err(failed)?;
        Ok(copied)
    }

    pub(super) fn media(&self) -> Media {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Media::Copy { name }
    }

    pub(super) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        if !self.kept {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// The end of a name that tells the format: letters and digits, nothing that could lead elsewhere.
fn suffix_of(name: &str) -> String {
    let suffix = name.rsplit_once('.').map_or("", |(_, suffix)| suffix);
    let plain = suffix.len() <= LONGEST_SUFFIX && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if plain && !suffix.is_empty() { suffix.to_ascii_lowercase() } else { "media".to_owned() }
}

/// A new name is on the disk only once its folder is.
#[cfg(unix)]
fn sync_dir(dir: &Path) -> std::io::Result<()> {
    std::fs::File::open(dir)?.sync_all()
}

#[cfg(not(unix))]
fn sync_dir(_dir: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Removes copies that belong to no recording.
pub(super) fn remove<'a>(folder: &Folder, names: impl IntoIterator<Item = &'a String>) {
    for name in names {
        let _ = std::fs::remove_file(folder.media().join(name));
    }
}

/// The copies of an owner's that no recording has: begun, or left between two steps.
pub(super) fn left_behind(
    folder: &Folder,
    is_dead: impl Fn(&str) -> bool,
    is_kept: impl Fn(&str) -> bool,
) -> std::io::Result<Vec<String>> {
    let names =
        std::fs::read_dir(folder.media())?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    Ok(names
        .filter(|name| {
            let owner = name.split('-').next().unwrap_or_default();
            !is_kept(name) && is_dead(owner)
        })
        .collect())
}
