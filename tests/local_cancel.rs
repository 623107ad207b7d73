//! Cancelling a recognition ends its computing, not only the wait. Alone in its process, as it counts threads.
#![cfg(feature = "local")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use support::files::{model_dir, speech, wav};
use support::wait::eventually;
use tiro::{Client, ErrorKind, Options, Source};

/// Far longer than a cancel takes, far shorter than what is cancelled.
const SOON: Duration = Duration::from_secs(60);

/// Twenty minutes of speech, more or less: minutes of computing on one thread.
fn long_clip() -> Source {
    let file = std::fs::read(speech("two_cities.wav")).unwrap();
    // Every third sample of 48 kHz; the header is a click.
    let samples: Vec<i16> = file.chunks_exact(6).map(|some| i16::from_le_bytes([some[0], some[1]])).collect();
    let samples = samples.repeat(30);
    let bytes = u32::try_from(samples.len() * 2).unwrap();
    Source::from_bytes(Arc::new(wav(&samples, bytes)), "long.wav")
}

#[test]
fn a_cancelled_recognition_stops_computing() {
    let options = Options::new().with("model_dir", model_dir()).unwrap().with("threads", "1").unwrap();
    let client = Client::new(&options).unwrap();
    let long = long_clip();
    for pause_ms in [0, 50, 300] {
        let operation = client.transcribe(&long, None).unwrap();
        eventually(|| {
            assert!(operation.wait(Some(Duration::ZERO)).is_none(), "it ended");
            operation.progress().unwrap().phase == tiro::ProgressPhase::Processing
        });
        std::thread::sleep(Duration::from_millis(pause_ms));
        operation.cancel();
        let error = operation.wait(Some(SOON)).expect("a cancel is prompt").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled);
    }
    // The threads that computed have ended, too: a shutdown waits for them.
    assert!(tiro::shutdown(Some(SOON)).unwrap(), "a recognition goes on after its cancel");
    let page = client.recordings(0, 10, None).unwrap().wait(None).unwrap().unwrap();
    assert!(page.recordings.iter().all(|recording| recording.status.is_final()), "{page:?}");
    // And the service is not the worse for it.
    let source = Source::from_path(speech("two_cities.wav")).unwrap();
    let transcript = client.transcribe(&source, None).unwrap().wait(None).unwrap().unwrap();
    assert!(transcript.text().starts_with("It was the best of times"), "{}", transcript.text());
}
