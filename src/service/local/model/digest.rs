//! SHA-256, streamed.

use super::ModelError;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;

/// Bytes moved at a time between two calls of a progress callback.
pub(super) const CHUNK: usize = 256 * 1024;

/// A running SHA-256.
pub(super) struct Hasher(Sha256);

impl Hasher {
    pub(super) fn new() -> Self {
        Self(Sha256::new())
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest in lower-case hexadecimal.
    pub(super) fn finish(self) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut hex = String::with_capacity(64);
        for byte in self.0.finalize() {
            hex.push(char::from(DIGITS[usize::from(byte >> 4)]));
            hex.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
        hex
    }
}

/// The digest of everything `reader` gives; `step` hears of each chunk and may stop it.
pub(super) fn of_reader(
    mut reader: impl Read,
    what: &str,
    step: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<String, ModelError> {
    let mut hasher = Hasher::new();
    let mut buffer = vec![0; CHUNK];
    loop {
        let n = match reader.read(&mut buffer) {
            Ok(0) => return Ok(hasher.finish()),
            Ok(n) => n,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(ModelError::io(|| format!("reading {what}"))(e)),
        };
        hasher.update(&buffer[..n]);
        if step(n as u64).is_break() {
            return Err(ModelError::Interrupted);
        }
    }
}

/// Compares a digest with the pinned one.
pub(super) fn expect(what: &str, actual: String, expected: &str) -> Result<(), ModelError> {
    if actual == expected {
        Ok(())
    } else {
        Err(ModelError::HashMismatch { what: what.to_owned(), expected: expected.to_owned(), actual })
    }
}

/// Compares a file with a digest that the user gave, in either case.
pub fn check_sha256(path: &Path, sha256: &str) -> Result<(), ModelError> {
    let shown = path.display().to_string();
    let (file, _) = open_regular(path)?;
    let found = of_reader(file, &shown, &mut |_| ControlFlow::Continue(()))?;
    expect(&shown, found, &sha256.to_ascii_lowercase())
}

/// Opens a file for reading, and says how long it is.
pub(super) fn open_regular(path: &Path) -> Result<(File, u64), ModelError> {
    let shown = path.display();
    let opening = || format!("opening {shown}");
    // Before opening it: opening a pipe would wait for a writer.
    let metadata = std::fs::metadata(path).map_err(ModelError::io(opening))?;
    if !metadata.is_file() {
        return Err(ModelError::NotAModel(format!("{shown} is not a regular file")));
    }
    let file = File::open(path).map_err(ModelError::io(opening))?;
    let length = file.metadata().map_err(ModelError::io(opening))?.len();
    Ok((file, length))
}
