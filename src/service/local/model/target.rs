//! The model's file in the making, and the directories that are made for it.

use super::ModelError;
use crate::files::NewFile;
use std::fs::File;
use std::path::{Path, PathBuf};

/// A file in the making: removed when dropped, unless kept.
pub(super) struct Target {
    file: NewFile,
    dir: CreatedDir,
}

impl Target {
    /// An empty file without its name yet; the directory is created if need be.
    pub(super) fn create(dest_dir: &Path) -> Result<Self, ModelError> {
        // What `join` makes of an empty path is relative to the current directory.
        let dest_dir = if dest_dir.as_os_str().is_empty() { Path::new(".") } else { dest_dir };
        let dir = CreatedDir::ensure(dest_dir)?;
        // A model is no secret.
        let file = NewFile::create(dest_dir, ".ggml-", false)
            .map_err(ModelError::io(|| format!("creating a file in {}", dest_dir.display())))?;
        Ok(Self { file, dir })
    }

    /// The file, to write to.
    pub(super) fn file(&self) -> &File {
        self.file.file()
    }

    /// Where it is for now.
    pub(super) fn path(&self) -> &Path {
        self.file.path()
    }

    /// Makes it durable and gives it its name, in this order: a name never stands for half a file.
    pub(super) fn keep(self, dest: &Path) -> Result<(), ModelError> {
        // Locals are dropped last to first: on failure the file has to go before its directory can.
        let Self { mut dir, file } = self;
        file.put(dest, None).map_err(ModelError::io(|| format!("writing {}", dest.display())))?;
        dir.created.clear();
        Ok(())
    }
}

/// Directories that were created for a file, innermost first; removed again when the file does not come.
struct CreatedDir {
    created: Vec<PathBuf>,
}

impl CreatedDir {
    fn ensure(dir: &Path) -> Result<Self, ModelError> {
        let created = dir
            .ancestors()
            .take_while(|dir| !dir.as_os_str().is_empty() && !dir.exists())
            .map(Path::to_owned)
            .collect();
        // Before the attempt, so that a half-made path goes too.
        let this = Self { created };
        std::fs::create_dir_all(dir).map_err(ModelError::io(|| format!("creating {}", dir.display())))?;
        Ok(this)
    }
}

impl Drop for CreatedDir {
    fn drop(&mut self) {
        for dir in &self.created {
            // Fails, rightly, once somebody else has put something there.
            let _ = std::fs::remove_dir(dir);
        }
    }
}
