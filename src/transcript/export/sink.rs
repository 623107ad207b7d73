//! Where an export goes: a file that appears whole or not at all, a buffer, or whatever takes bytes.

use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Error, ErrorKind, Result};

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

fn replace_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let io = |error| Error::io(format_args!("writing {}", path.display()), &error);
    let place = Place::of(path)?;
    let mut file = place.temporary().map_err(io)?;
    write(&mut Named { file: file.as_file_mut(), path })?;
    file.as_file().sync_all().map_err(io)?;
    if let Some(permissions) = place.permissions {
        file.as_file().set_permissions(permissions).map_err(io)?;
    }
    file.persist(&place.target).map_err(|error| io(error.error))?;
    // The bytes are durable; that the name is, too, is more than some file systems offer.
    #[cfg(unix)]
    let _ = std::fs::File::open(&place.folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// The file in the end: what a link points to, not the link.
struct Place {
    target: PathBuf,
    folder: PathBuf,
    /// Those of the file that is replaced.
    permissions: Option<std::fs::Permissions>,
}

impl Place {
    fn of(path: &Path) -> Result<Self> {
        let not_a_file = || {
            let what = format!("{} is no place for a file", path.display());
            Error::new(ErrorKind::NotAFile, what).with_hint("a stream or a pipe takes a writer's bytes")
        };
        let old = std::fs::metadata(path).ok();
        if old.as_ref().is_some_and(|old| !old.is_file()) {
            return Err(not_a_file());
        }
        let target = match &old {
            Some(_) => std::fs::canonicalize(path)
                .map_err(|error| Error::io(format_args!("writing {}", path.display()), &error))?,
            None => path.to_owned(),
        };
        target.file_name().ok_or_else(not_a_file)?;
        let folder = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        Ok(Self { folder, permissions: old.map(|old| old.permissions()), target })
    }

    fn temporary(&self) -> std::io::Result<NamedTempFile> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".tiro-").suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // Who may read a new file is up to the umask; one that replaces another is private until it is whole.
            let mode = if self.permissions.is_some() { 0o600 } else { 0o666 };
            builder.permissions(std::fs::Permissions::from_mode(mode));
        }
        builder.tempfile_in(&self.folder)
    }
}

/// A file whose errors name its path.
struct Named<'a> {
    file: &'a mut std::fs::File,
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
