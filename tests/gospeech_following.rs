//! Following recordings of GoSpeech: how often the service is asked, counted by the sandbox.

mod support;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::sandbox::TestSandbox;
use support::wait::{LONG, eventually, settled};
use tiro::{Client, Operation, Recording, RecordingStatus, ServiceEventKind};

const STATUS_REQUESTS: [&str; 2] = ["recordings", "recording"];

/// Recordings that stay where they are until somebody says otherwise.
fn queued(sandbox: &TestSandbox, count: u64) -> Vec<String> {
    let given = json!({"account": "me@example.com", "count": count, "status": "inRecognitionQueue"});
    let ids = sandbox.control("POST", "/recordings", Some(given));
    ids["ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

fn become_ready(sandbox: &TestSandbox, id: &str) {
    let path = format!("/recordings/{id}/status");
    sandbox.control("POST", &path, Some(json!({"status": "readyForCorrection"})));
}

fn wait_for(client: &Client, ids: &[String]) -> Vec<Operation<Recording>> {
    ids.iter().map(|id| client.wait(id, None).unwrap()).collect()
}

fn status_requests(sandbox: &TestSandbox) -> Vec<i64> {
    let log = sandbox.log();
    let asks = |entry: &&Value| STATUS_REQUESTS.contains(&entry["operation"].as_str().unwrap());
    log["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter(asks)
        .map(|entry| entry["at_ms"].as_i64().unwrap())
        .collect()
}

fn at_most_one_a_second(sandbox: &TestSandbox) {
    let times = status_requests(sandbox);
    assert!(times.len() >= 2, "{times:?}");
    for pair in times.windows(2) {
        assert!(pair[1] - pair[0] >= 1000, "{times:?}");
    }
}

fn all_ready(operations: Vec<Operation<Recording>>) {
    for operation in operations {
        let recording = operation.wait(Some(LONG)).expect("it ends").unwrap();
        assert_eq!(recording.status, RecordingStatus::Ready);
    }
}

#[test]
fn a_hundred_recordings_by_asking() {
    let sandbox = TestSandbox::start();
    let ids = queued(&sandbox, 100);
    let client = sandbox.client();
    let operations = wait_for(&client, &ids);
    std::thread::sleep(Duration::from_secs(5));
    ids.iter().for_each(|id| become_ready(&sandbox, id));
    all_ready(operations);
    at_most_one_a_second(&sandbox);
}

#[test]
fn three_among_fifty_thousand() {
    let sandbox = TestSandbox::start();
    let ids = queued(&sandbox, 50_000);
    let three = [ids[0].clone(), ids[25_000].clone(), ids[49_999].clone()];
    let client = sandbox.client();
    let operations = wait_for(&client, &three);
    three.iter().for_each(|id| become_ready(&sandbox, id));
    all_ready(operations);
    at_most_one_a_second(&sandbox);
    assert!(
        status_requests(&sandbox).len() < 40,
        "it paged through the list: {:?}",
        status_requests(&sandbox)
    );
}

#[test]
fn children_share_the_budget() {
    let sandbox = TestSandbox::start();
    let ids = queued(&sandbox, 2);
    let client = sandbox.client();
    sandbox.control(
        "POST",
        "/accounts",
        Some(json!({"email": "carl@example.com", "kind": "managed", "owner": "me@example.com"})),
    );
    let person = client.as_user("carl@example.com").unwrap();
    let mut operations = wait_for(&client, &ids);
    let given = json!({"account": "carl@example.com", "count": 1, "status": "recognizing"});
    let own = sandbox.control("POST", "/recordings", Some(given));
    let own = own["ids"][0].as_str().unwrap().to_owned();
    operations.push(person.wait(&own, None).unwrap());
    std::thread::sleep(Duration::from_secs(4));
    ids.iter().chain([&own]).for_each(|id| become_ready(&sandbox, id));
    all_ready(operations);
    at_most_one_a_second(&sandbox);
}

fn pushed(sandbox: &TestSandbox) -> Client {
    Client::new(&sandbox.options().with("gospeech.push", "on").unwrap()).unwrap()
}

/// Waits until the hub has a connection and the list was looked at after it.
fn connected(sandbox: &TestSandbox) {
    eventually(|| {
        let hub = sandbox.control("GET", "/hub", None);
        let is_connected = hub["connections"].as_object().is_some_and(|by_email| !by_email.is_empty());
        is_connected && !status_requests(sandbox).is_empty()
    });
    // What the connection set off has been asked by then.
    settled(Duration::from_secs(4), || status_requests(sandbox));
}

#[test]
fn by_push_nothing_is_asked_between_events() {
    let sandbox = TestSandbox::start();
    let ids = queued(&sandbox, 20);
    let client = pushed(&sandbox);
    let operations = wait_for(&client, &ids);
    connected(&sandbox);
    sandbox.clear_log();
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(status_requests(&sandbox), [0; 0]);
    ids.iter().for_each(|id| become_ready(&sandbox, id));
    all_ready(operations);
    assert_eq!(status_requests(&sandbox), [0; 0]);
}

#[test]
fn a_hub_that_goes_is_come_back_to_and_nothing_is_missed() {
    let sandbox = TestSandbox::start();
    let ids = queued(&sandbox, 3);
    let client = pushed(&sandbox);
    let operations = wait_for(&client, &ids);
    connected(&sandbox);
    sandbox.control("POST", "/hub", Some(json!({"order": "cut"})));
    ids.iter().for_each(|id| become_ready(&sandbox, id));
    all_ready(operations);
}

#[test]
fn events_tell_what_happens() {
    let sandbox = TestSandbox::start();
    let id = queued(&sandbox, 1).remove(0);
    let client = pushed(&sandbox);
    let events = client.events(None).unwrap();
    connected(&sandbox);
    become_ready(&sandbox, &id);
    client.export(&id, "txt", None).unwrap().wait(None).unwrap().unwrap();
    client.delete(&id, None).unwrap().wait(None).unwrap().unwrap();
    let mut kinds = Vec::new();
    let deadline = Instant::now() + LONG;
    while !kinds.contains(&ServiceEventKind::ListChanged)
        || !kinds.contains(&ServiceEventKind::ExportCompleted)
    {
        assert!(Instant::now() < deadline, "{kinds:?}");
        if let Some(event) = events.next(Some(Duration::from_millis(200))).unwrap() {
            if event.kind == ServiceEventKind::RecordingChanged {
                let recording = event.recording.expect("a change comes with what is known");
                assert_eq!(recording.id, id);
            }
            kinds.push(event.kind);
        }
    }
    assert!(kinds.contains(&ServiceEventKind::RecordingChanged), "{kinds:?}");
}
