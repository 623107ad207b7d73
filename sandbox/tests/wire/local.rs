//! With the recogniser of this machine, the transcripts are real.

use std::path::PathBuf;

use tiro::Transcript;
use tiro_sandbox::{EngineChoice, Settings};

use crate::support::{DEVELOPER, Fixture, fast};

fn brought(variable: &str, folder: &str) -> PathBuf {
    let default = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.demo")).join(folder);
    std::env::var_os(variable).map_or_else(default, PathBuf::from)
}

fn with_recogniser() -> Fixture {
    let models = brought("TIRO_MODEL_DIR", "models");
    assert!(models.exists(), "{} is missing: `make test` brings it", models.display());
    let local_options = vec![("model_dir".to_owned(), models.to_str().unwrap().to_owned())];
    Fixture::with(Settings { engine: EngineChoice::Local, local_options, ..fast() })
}

#[tokio::test]
async fn speech_becomes_its_words() {
    let fixture = with_recogniser();
    let token = fixture.token(DEVELOPER).await;
    let speech = std::fs::read(brought("TIRO_TEST_AUDIO", "audio").join("beckett.wav")).unwrap();
    let id = fixture.upload(&token, "beckett.wav", &speech).await;
    let record = fixture.wait_for(&token, &id, "readyForCorrection").await;
    let document = fixture.get(&format!("/api/records/{id}/transcript"), &token).await.text().await.unwrap();
    let transcript = Transcript::from_gospeech(&document).unwrap();
    assert!(transcript.word_count() > 10 && transcript.word_count() as u64 == record["wordsCount"]);
    assert!(transcript.words().all(|word| word.end_ms > word.start_ms && !word.estimated));
    assert!(record["trackTime"].as_i64().unwrap() > 9_000);
}

#[tokio::test]
async fn what_is_no_recording_fails() {
    let fixture = with_recogniser();
    let token = fixture.token(DEVELOPER).await;
    let id = fixture.upload(&token, "noise.wav", b"this is no recording").await;
    fixture.wait_for(&token, &id, "recognitionFailed").await;
}
