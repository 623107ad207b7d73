//! Tests of the model files, over models small enough to be built in memory; the real one only where it is at hand.

mod check;
mod convert;
mod ct2;
mod fuzz;
mod install;
mod synth;

use super::ModelError;

/// The text of an error that has to be `Corrupt`.
#[track_caller]
fn corrupt<T: std::fmt::Debug>(result: Result<T, ModelError>) -> String {
    match result {
        Err(ModelError::Corrupt(what)) => what,
        other => panic!("expected Corrupt, got {other:?}"),
    }
}

/// The text of an error that has to be `Unsupported`.
#[track_caller]
fn unsupported<T: std::fmt::Debug>(result: Result<T, ModelError>) -> String {
    match result {
        Err(ModelError::Unsupported(what)) => what,
        other => panic!("expected Unsupported, got {other:?}"),
    }
}

/// The text of an error that has to be `NotAModel`.
#[track_caller]
fn not_a_model<T: std::fmt::Debug>(result: Result<T, ModelError>) -> String {
    match result {
        Err(ModelError::NotAModel(what)) => what,
        other => panic!("expected NotAModel, got {other:?}"),
    }
}

/// Fails unless `text` has `part` in it.
#[track_caller]
fn has(text: &str, part: &str) {
    assert!(text.contains(part), "{part:?} is not in {text:?}");
}
