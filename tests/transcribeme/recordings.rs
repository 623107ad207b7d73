use serde_json::json;
use tiro::{Client, CustomRequest, ErrorKind, RecordingStatus};

use crate::fixture::{Fixture, done, fails, options, sound};
use crate::support::wait::eventually;

/// A recording of this status.
fn add(fixture: &Fixture, status: i64) -> String {
    let given = json!({ "account": "me@example.com", "status": status, "name": "talk.wav" });
    let added = fixture.control("POST", "/transcribeme/recordings", Some(given));
    added["ids"][0].as_str().unwrap().to_owned()
}

#[test]
fn every_status_in_every_form_and_one_that_nobody_knows() {
    for form in ["number", "text", "object"] {
        let fixture = Fixture::behaving(json!({ "status_answer": form }));
        let client = fixture.tm();
        for (status, meaning) in [
            (0, RecordingStatus::Uploading),
            (1, RecordingStatus::NeedsAction),
            (2, RecordingStatus::Processing),
            (3, RecordingStatus::Ready),
            (4, RecordingStatus::Failed),
            (17, RecordingStatus::Unknown),
        ] {
            let recording = done(client.recording(&add(&fixture, status), None));
            assert_eq!(
                (recording.status, recording.raw_status.clone()),
                (meaning, status.to_string()),
                "{form}"
            );
        }
    }
}

#[test]
fn a_wait_ends_where_somebody_has_to_order_and_where_it_failed() {
    let fixture = Fixture::start();
    let client = fixture.tm();
    let uploaded = done(client.upload(&sound(10, "talk.wav"), None));
    assert_eq!(fails(client.wait(&uploaded.id, None)).kind(), ErrorKind::NeedsAction);
    // Another program learns the same from the list.
    assert_eq!(fails(fixture.tm().wait(&uploaded.id, None)).kind(), ErrorKind::NeedsAction);
    assert_eq!(fails(client.wait(&add(&fixture, 4), None)).kind(), ErrorKind::Failed);
    assert_eq!(
        fails(client.wait("none", Some(&options(&[("wait_timeout_ms", "60000")])))).kind(),
        ErrorKind::NotFound
    );
}

#[test]
fn a_status_that_is_unknown_is_waited_through() {
    let fixture = Fixture::start();
    let client = fixture.tm();
    let id = add(&fixture, 17);
    let wait = client.wait(&id, None).unwrap();
    eventually(|| !fixture.requests("recording_status").is_empty());
    fixture.control("POST", &format!("/transcribeme/recordings/{id}/status"), Some(json!({ "status": 3 })));
    assert_eq!(wait.wait(None).unwrap().unwrap().status, RecordingStatus::Ready);
}

#[test]
fn the_list_and_a_service_without_one() {
    let fixture = Fixture::start();
    let client = fixture.tm();
    let ids: Vec<String> = (0..3).map(|_| add(&fixture, 3)).collect();
    let page = done(client.recordings(0, 10, None));
    assert_eq!((page.recordings.len(), page.total), (3, Some(3)));
    assert!(
        page.recordings.iter().all(|recording| ids.contains(&recording.id) && recording.name == "talk.wav")
    );
    fixture.behave(json!({ "orders_in_list": false }));
    assert_eq!(fails(client.recordings(0, 10, None)).kind(), ErrorKind::NotFound);
    assert_eq!(done(client.wait(&ids[0], None)).status, RecordingStatus::Ready);
}

#[test]
fn too_early_is_told_from_missing() {
    let fixture = Fixture::start();
    let client = fixture.tm();
    let early = add(&fixture, 2);
    for status in [204, 400, 404, 409] {
        fixture.behave(json!({ "not_ready_status": status }));
        for format in ["json", "pdf"] {
            let error = match format {
                "json" => fails(client.transcript(&early, None)),
                _ => fails(client.export(&early, "pdf", None)),
            };
            assert_eq!(
                (error.kind(), error.recording_id()),
                (ErrorKind::NotReady, early.as_str()),
                "{status}"
            );
        }
    }
    assert_eq!(fails(client.transcript("none", None)).kind(), ErrorKind::NotFound);
    assert_eq!(fails(client.transcript(&add(&fixture, 4), None)).kind(), ErrorKind::Failed);
    fixture.faults(json!([{"operation": "transcript", "status": 200, "body": " "}]));
    assert_eq!(fails(client.transcript(&early, None)).kind(), ErrorKind::NotReady);
}

#[test]
fn transcripts_are_kept_raw_and_read_as_well_as_can_be() {
    let fixture = Fixture::start();
    let client = fixture.tm();
    let id = add(&fixture, 3);
    let transcript = done(client.transcript(&id, None));
    assert!(!transcript.text().is_empty() && !transcript.raw().is_empty());
    assert_eq!(transcript.recording_id(), id);
}

#[test]
fn exports_by_format_and_by_download() {
    let fixture = Fixture::start();
    let id = add(&fixture, 3);
    for how in ["file", "download", "tiro"] {
        let client = fixture.tm_with(&[("transcribeme.export", how)]);
        for format in ["txt", "pdf"] {
            let document = done(client.export(&id, format, None));
            assert!(!document.bytes().is_empty(), "{how} {format}");
        }
        assert!(done(client.export(&id, "srt", None)).text().unwrap().starts_with("1\n"));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("talk.txt");
    done(fixture.tm().export_to_path(&id, "txt", &path, None));
    assert!(std::fs::metadata(&path).unwrap().len() > 0);
    // A job in place of the file is shown, and never written under its name.
    fixture.behave(json!({ "download_as_job": true }));
    let client = fixture.tm_with(&[("transcribeme.export", "download")]);
    assert!(done(client.export(&id, "pdf", None)).content_type().contains("json"));
    let path = folder.path().join("talk.pdf");
    assert_eq!(fails(client.export_to_path(&id, "pdf", &path, None)).kind(), ErrorKind::Protocol);
    assert!(!path.exists());
}

#[test]
fn what_is_known_of_the_endpoints_and_what_the_doctor_finds() {
    let fixture = Fixture::start();
    add(&fixture, 3);
    let client = fixture.tm();
    assert!(client.endpoints().unwrap().iter().all(|endpoint| !endpoint.path.is_empty()));
    let recordings = fixture.control("GET", "/transcribeme/recordings", None);
    let diagnosis = done(client.doctor(None));
    for probe in &diagnosis.probes {
        assert_ne!(probe.outcome, "fails", "{probe:?}");
        let asked = probe.endpoint.starts_with("GET")
            && !["upload_url", "order", "billing_client_token"].contains(&probe.operation.as_str());
        assert_eq!(probe.outcome == "works", asked || probe.operation == "token", "{probe:?}");
    }
    assert_eq!(fixture.control("GET", "/transcribeme/recordings", None), recordings, "nothing was made");
    let stranger = Client::new(&fixture.tm_options().with("application_token", "wrong").unwrap()).unwrap();
    let diagnosis = done(stranger.doctor(None));
    let token = diagnosis.probes.iter().find(|probe| probe.operation == "token").unwrap();
    assert_eq!(token.outcome, "fails");
}

#[test]
fn a_request_of_ones_own_and_what_is_not_offered() {
    let fixture = Fixture::start();
    let client = fixture.tm();
    let request = |path: &str| CustomRequest {
        method: "GET".into(),
        path: path.into(),
        body: None,
        content_type: String::new(),
    };
    assert_eq!(done(client.request(request("/transcription/types"), None)).http_status(), 200);
    assert_eq!(done(client.request(request("/orders/none"), None)).http_status(), 404);
    for path in ["https://evil.example/", "//evil.example/x", "/a/../../b", "x"] {
        assert_eq!(fails(client.request(request(path), None)).kind(), ErrorKind::Argument, "{path}");
    }
    assert_eq!(fails(client.delete("x", None)).kind(), ErrorKind::Unsupported);
    assert_eq!(fails(client.login_begin(None)).kind(), ErrorKind::Unsupported);
    assert_eq!(client.logout_url().unwrap_err().kind(), ErrorKind::Unsupported);
}
