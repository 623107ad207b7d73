//! Jobs whose process is killed anywhere, and the next one that goes on: nothing is lost, nothing is done twice.
#![cfg(unix)]

mod support;

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use support::jobs::{Moment, Pairs, Tally, Worker, recording, rounds};
use support::random::Random;
use support::sandbox::TestSandbox;
use support::wait::settled;
use tiro::Client;

#[test]
fn child() {
    support::jobs::child();
}

fn pairs(given: &[(&str, &str)]) -> Pairs {
    given.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

const STEPS: &[&str] = &["uploading", "uploaded"];

/// What the sandbox writes for every recording.
const TEXT: &str = "Hello there.";

fn moment(random: &mut Random, round: usize, whole: Duration) -> Moment {
    // Each step in turn (or a later one, where an earlier process got further), and anywhere at all.
    match &STEPS[round % (STEPS.len() + 1)..] {
        steps if !steps.is_empty() => Moment::AtStep(steps, Duration::from_micros(random.below(30_000))),
        _ => Moment::After(Duration::from_micros(random.below(whole.as_micros() as u64))),
    }
}

#[test]
fn gospeech_killed_anywhere_has_one_recording_a_job() {
    let mut random = Random::from_environment();
    let sandbox = TestSandbox::with(tiro_sandbox::Settings {
        script: serde_json::from_value(json!({"pace_ms": 5, "text": TEXT})).unwrap(),
        ..Default::default()
    });
    let folder = tempfile::tempdir().unwrap();
    let worker = gospeech(&sandbox, folder.path());
    sandbox.faults(json!([{"operation": "upload", "times": 0, "delay_ms": 20}]));
    let mut tally = Tally::default();
    for round in 0..rounds() {
        let talk = recording(folder.path(), round, 200_000, &mut random);
        tally.jobs += 1;
        // Sometimes what goes on with it is killed, too.
        for _ in 0..1 + random.below(2) {
            let moment = moment(&mut random, round, Duration::from_millis(300));
            tally.killed(worker.killed(&talk, moment));
        }
        let mut outcome = worker.start(&talk).outcome();
        if outcome["error"] == "TIRO_E_NEEDS_ACTION" {
            tally.needed_action += 1;
            // Whoever looks does so once what was on its way has arrived.
            let client = worker.client();
            let mut found = settled(Duration::from_secs(2), || uploaded(&client, &talk));
            let found = found.pop().unwrap_or("not_done".to_owned());
            outcome = worker.start_with(&talk, &[("settle", &found)]).outcome();
        }
        assert_eq!(text(&outcome), TEXT, "{outcome}");
        assert_eq!(uploaded(&worker.client(), &talk).len(), 1, "round {round}");
        // Once more: it is done, and nothing is sent.
        assert_eq!(text(&worker.start(&talk).outcome()), TEXT);
    }
    println!("gospeech: {tally:?}; recordings a job: 1; jobs lost: 0; transcripts equal: all");
    assert_eq!(sandbox.log()["created_recordings"], tally.jobs);
    assert!(STEPS.iter().all(|step| tally.kills.contains_key(*step)), "{tally:?}");
}

fn gospeech(sandbox: &TestSandbox, folder: &Path) -> Worker {
    let journal = folder.join("jobs.db");
    let client = pairs(&[
        ("service", "gospeech"),
        ("auth_base_url", sandbox.url()),
        ("api_base_url", sandbox.url()),
        ("client_id", "demo"),
        ("client_secret", "demo-secret"),
        ("username", "me@example.com"),
        ("gospeech.push", "off"),
        ("journal", journal.to_str().unwrap()),
    ]);
    Worker { client, call: Pairs::new(), full_disk: false }
}

fn uploaded(client: &Client, talk: &Path) -> Vec<String> {
    let name = talk.file_name().unwrap().to_str().unwrap();
    let page = client.recordings(0, 1000, None).unwrap().wait(None).unwrap().unwrap();
    page.recordings.iter().filter(|known| known.name == name).map(|known| known.id.clone()).collect()
}

fn text(outcome: &Value) -> &str {
    outcome["text"].as_str().unwrap_or_default().trim()
}
