//! Whether this processor can run the recogniser, asked before its first instruction: the engine is built for one
//! baseline (`.cargo/config.toml`) and would die of an illegal instruction on less.

use crate::error::{Error, ErrorKind, Result};

/// Refuses a processor below the baseline.
pub(super) fn check() -> Result<()> {
    match missing() {
        None => Ok(()),
        Some(feature) => Err(Error::new(
            ErrorKind::CpuUnsupported,
            format!("unsupported cpu: the local recogniser needs {feature}, which this processor lacks"),
        )
        .with_hint("every other service works on this machine")),
    }
}

#[cfg(target_arch = "x86_64")]
fn missing() -> Option<&'static str> {
    macro_rules! first_missing {
        ($($feature:tt),+) => {
            [$(($feature, std::arch::is_x86_feature_detected!($feature))),+]
        };
    }
    let features = first_missing!("sse4.2", "avx", "avx2", "fma", "f16c", "bmi2");
    features.iter().find(|(_, present)| !present).map(|(name, _)| *name)
}

#[cfg(not(target_arch = "x86_64"))]
fn missing() -> Option<&'static str> {
    None
}
