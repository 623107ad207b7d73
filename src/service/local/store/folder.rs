//! The folder of a store: what lies where in it, and that it is its owner's alone.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::files::private::{check_owner, create_folder};

const ELSEWHERE: &str = "name another folder as data_dir";

/// Where everything lies. The path has no links in it.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Makes what is missing and checks what is there. Nothing is read, nothing that exists is changed.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let shown = path.display();
        let io = |error| Error::io(format_args!("the data folder {shown}"), &error);
        create_folder(path).map_err(io)?;
        let root = path.canonicalize().map_err(io)?;
        check_owner(&root, &root.metadata().map_err(io)?, 0o022, ELSEWHERE)?;
        let folder = Self { root };
        for private in [folder.media(), folder.owners()] {
            let failed = |error| Error::io(format_args!("{}", private.display()), &error);
            create_folder(&private).map_err(failed)?;
            let metadata = private.symlink_metadata().map_err(failed)?;
            if !metadata.is_dir() {
                return Err(Error::new(
                    ErrorKind::Permission,
                    format!("{} is a link, not a folder", private.display()),
                ));
            }
            check_owner(&private, &metadata, 0o077, ELSEWHERE)?;
        }
        Ok(folder)
    }

    /// The database, with recordings and transcripts.
    pub(super) fn database(&self) -> PathBuf {
        self.root.join("tiro.db")
    }

    /// Copies of recordings that are not finished.
    pub(super) fn media(&self) -> PathBuf {
        self.root.join("media")
    }

    /// The locks of those who work here.
    pub(super) fn owners(&self) -> PathBuf {
        self.root.join("owners")
    }
}
