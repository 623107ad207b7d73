//! Cancelling a recognition ends its computing, not only the wait. Alone in its process, as it counts threads.
#![cfg(feature = "local")]

mod support;

use std::time::{Duration, Instant};

use support::files::{model_dir, speech};
use tiro::{Client, ErrorKind, Options, Source};

/// Far longer than a cancel takes, far shorter than what is cancelled.
const SOON: Duration = Duration::from_secs(5);

#[test]
fn a_cancelled_recognition_stops_computing() {
    // One thread on a slow build: the clip takes long enough to be caught in the middle.
    let options = Options::new().with("model_dir", model_dir()).unwrap().with("threads", "1").unwrap();
    let client = Client::new(&options).unwrap();
    let source = Source::from_path(speech("two_cities.wav")).unwrap();
    for pause_ms in [0, 50, 300] {
        let operation = client.transcribe(&source, None).unwrap();
        let wait_for_processing = Instant::now();
        while operation.progress().unwrap().phase != tiro::ProgressPhase::Processing
            && wait_for_processing.elapsed() < SOON
        {
            std::thread::sleep(Duration::from_millis(5));
        }
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
    let transcript = client.transcribe(&source, None).unwrap().wait(None).unwrap().unwrap();
    assert!(transcript.text().starts_with("It was the best of times"), "{}", transcript.text());
}
