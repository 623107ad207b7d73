//! The one fuzzing program: the environment's TIRO_FUZZ_TARGET names which of the targets it runs.
#![no_main]

mod targets;

use std::sync::LazyLock;

static TARGET: LazyLock<fn(&str)> = LazyLock::new(|| {
    let name = std::env::var("TIRO_FUZZ_TARGET").expect("TIRO_FUZZ_TARGET names a target");
    targets::ALL.iter().find(|(known, _)| *known == name).expect("a target of tests/fuzz/targets").1
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(document) = std::str::from_utf8(data) {
        TARGET(document);
    }
});
