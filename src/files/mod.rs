//! What the library does with files wherever it writes some: a file that appears whole and durable, or not at all. What
//! is in a file, and where it belongs, is said by whoever writes it. Also the locks by which processes keep out of each other's way.

pub(crate) mod lock;
pub(crate) mod private;

use std::fs::{File, Permissions};
use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

/// A file in the making, in the folder that it is for: removed when dropped, unless it is put in its place.
pub(crate) struct NewFile {
    file: NamedTempFile,
}

impl NewFile {
    /// An empty file without its name yet. Who may read it in the end is up to the umask; until then too, unless it is
    /// `private`.
    pub(crate) fn create(folder: &Path, prefix: &str, private: bool) -> io::Result<Self> {
        let mut options = File::options();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, if private { 0o600 } else { 0o666 });
        #[cfg(not(unix))]
        let _ = private;
        let mut builder = tempfile::Builder::new();
        builder.prefix(prefix).suffix(".part");
        // Opened here, as the error must not speak of a name that nobody has heard of.
        Ok(Self { file: builder.make_in(folder, |path| options.open(path))? })
    }

    /// The file, to write to.
    pub(crate) fn file(&self) -> &File {
        self.file.as_file()
    }

    /// Where it is for now.
    #[cfg(feature = "local")]
    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// Makes it durable and gives it its name, in this order: a name never stands for half a file. What was there is
    /// replaced.
    pub(crate) fn put(self, place: &Path, permissions: Option<Permissions>) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        if let Some(permissions) = permissions {
            self.file.as_file().set_permissions(permissions)?;
        }
        self.file.persist(place).map_err(|error| error.error)?;
        // The bytes are durable; that the name is, too, is more than some file systems offer.
        #[cfg(unix)]
        let _ = File::open(folder_of(place)).and_then(|folder| folder.sync_all());
        Ok(())
    }
}

/// The folder that a path is in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
