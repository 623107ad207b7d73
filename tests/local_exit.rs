//! A process that exits while recognitions run: promptly, with its own exit code, without a word.
#![cfg(feature = "local")]

mod support;

use std::process::Command;
use std::time::Duration;

use support::files::{model_dir, speech};
use support::wait::{eventually, output};
use tiro::{Client, Options, ProgressPhase, Source};

const CHILD: &str = "TIRO_TEST_EXITING_CHILD";

/// The child: starts recognitions, waits until one computes, and exits.
#[test]
fn child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let client = Client::new(&Options::new().with("model_dir", model_dir()).unwrap()).unwrap();
    let source = || Source::from_path(speech("two_cities.wav")).unwrap();
    let operations: Vec<_> = (0..3).map(|_| client.transcribe(&source(), None).unwrap()).collect();
    eventually(|| {
        assert!(operations[0].wait(Some(Duration::ZERO)).is_none(), "it ended");
        operations[0].progress().unwrap().phase == ProgressPhase::Processing
    });
    std::thread::sleep(Duration::from_millis(100));
    std::process::exit(7);
}

#[test]
fn exit_does_not_wait_for_a_recognition() {
    for _ in 0..3 {
        let mut child = Command::new(std::env::current_exe().unwrap());
        let child = child.args(["--exact", "child", "--nocapture", "--test-threads", "1"]);
        let output = output(child.env(CHILD, "1"));
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(7), "{stderr}");
        assert_eq!(stderr, "");
    }
}
