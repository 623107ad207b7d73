//! Where an export goes: a file that appears whole or not at all, a buffer, or whatever takes bytes.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::files::{NewFile, folder_of};

/// Where an export goes.
pub enum Sink<'a> {
    /// A file: written beside its place, made durable, then put there. On an error, what was there stays.
    Path(&'a Path),
    /// Appended to a buffer; on an error the buffer is as it was.
    Buffer(&'a mut Vec<u8>),
    /// Written piece by piece; on an error, some may have been written.
    Writer(&'a mut dyn Write),
}

impl<'a> From<&'a Path> for Sink<'a> {
    fn from(path: &'a Path) -> Self {
        Self::Path(path)
    }
}

impl<'a> From<&'a mut Vec<u8>> for Sink<'a> {
    fn from(buffer: &'a mut Vec<u8>) -> Self {
        Self::Buffer(buffer)
    }
}

impl<'a> From<&'a mut dyn Write> for Sink<'a> {
    fn from(writer: &'a mut dyn Write) -> Self {
        Self::Writer(writer)
    }
}

impl std::fmt::Debug for Sink<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Path(path) => f.debug_tuple("Path").field(path).finish(),
            Self::Buffer(_) => f.write_str("Buffer"),
            Self::Writer(_) => f.write_str("Writer"),
        }
    }
}

impl Sink<'_> {
    /// Has `write` write into the sink, and sees to it that it is all there.
    pub(super) fn fill(self, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
        match self {
            Self::Path(path) => replace_file(path, write),
            Self::Buffer(buffer) => {
                let before = buffer.len();
                write(buffer).inspect_err(|_| buffer.truncate(before))
            }
            Self::Writer(writer) => {
                write(writer)?;
                writer.flush().map_err(|error| failed(&error))
            }
        }
    }
}

/// The error of an export whose bytes were not taken.
pub(crate) fn failed(error: &std::io::Error) -> Error {
    Error::io("writing the export", error)
}

fn failed_at(path: &Path, error: &std::io::Error) -> Error {
    Error::io(format_args!("writing {}", path.display()), error).with_path(path)
}

fn replace_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let replacement = Replacement::begin(path)?;
    write(&mut Named { file: replacement.new.file(), path }).map_err(|error| error.with_path(path))?;
    replacement.finish()
}

/// A file on its way to its place. Dropped before [`Replacement::finish`], it is gone, and what was there stays.
pub(crate) struct Replacement {
    path: PathBuf,
    place: Place,
    new: NewFile,
}

impl Replacement {
    pub(crate) fn begin(path: &Path) -> Result<Self> {
        let place = Place::of(path)?;
        // One that replaces another is private until it is whole.
        let new = NewFile::create(folder_of(&place.target), ".tiro-", place.permissions.is_some())
            .map_err(|error| failed_at(path, &error))?;
        Ok(Self { path: path.to_owned(), place, new })
    }

    /// A handle to write through.
    pub(crate) fn writer(&self) -> Result<std::fs::File> {
        self.new.file().try_clone().map_err(|error| failed_at(&self.path, &error))
    }

    /// Makes it durable and puts it there.
    pub(crate) fn finish(self) -> Result<()> {
        let Self { path, place, new } = self;
        new.put(&place.target, place.permissions).map_err(|error| failed_at(&path, &error))
    }
}

/// The file in the end: what a link points to, not the link.
struct Place {
    target: PathBuf,
    /// Those of the file that is replaced.
    permissions: Option<std::fs::Permissions>,
}

impl Place {
    fn of(path: &Path) -> Result<Self> {
        let not_a_file = || {
            let what = format!("{} is no place for a file", path.display());
            let error = Error::new(ErrorKind::NotAFile, what).with_path(path);
            error.with_hint("a stream or a pipe takes a writer's bytes")
        };
        let failed = |error| failed_at(path, &error);
        let old = match std::fs::metadata(path) {
            Ok(old) => Some(old),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(failed(error)),
        };
        if old.as_ref().is_some_and(|old| !old.is_file()) {
            return Err(not_a_file());
        }
        let target = match &old {
            Some(_) => std::fs::canonicalize(path).map_err(failed)?,
            None => end_of_links(path).map_err(failed)?,
        };
        target.file_name().ok_or_else(not_a_file)?;
        Ok(Self { permissions: old.map(|old| old.permissions()), target })
    }
}

/// What a path leads to where no file is yet, past all links that wait for one.
fn end_of_links(path: &Path) -> std::io::Result<PathBuf> {
    let mut end = path.to_owned();
    // As many as Linux follows.
    for _ in 0..40 {
        match std::fs::read_link(&end) {
            Ok(target) => end = folder_of(&end).join(target),
            Err(_) => return Ok(end),
        }
    }
    Err(std::io::Error::other("too many links"))
}

/// A file whose errors name its path.
struct Named<'a> {
    file: &'a std::fs::File,
    path: &'a Path,
}

impl Named<'_> {
    fn named(&self, error: std::io::Error) -> std::io::Error {
        std::io::Error::new(error.kind(), format!("{}: {error}", self.path.display()))
    }
}

impl Write for Named<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file.write(bytes).map_err(|error| self.named(error))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Text on its way to a sink, in pieces of a size that suits one.
pub(crate) struct TextWriter<'a> {
    sink: &'a mut dyn Write,
    pub(crate) text: String,
}

impl<'a> TextWriter<'a> {
    const PIECE: usize = 1 << 16;

    pub(crate) fn new(sink: &'a mut dyn Write) -> Self {
        Self { sink, text: String::new() }
    }

    /// To be called now and then: hands on what has gathered.
    pub(crate) fn relay(&mut self) -> Result<()> {
        if self.text.len() < Self::PIECE { Ok(()) } else { self.finish() }
    }

    /// Hands on what is left.
    pub(crate) fn finish(&mut self) -> Result<()> {
        self.sink.write_all(self.text.as_bytes()).map_err(|error| failed(&error))?;
        self.text.clear();
        Ok(())
    }
}
