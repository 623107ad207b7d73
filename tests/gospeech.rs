//! GoSpeech against the sandbox: what each verb gives, and each error that the wire knows.

mod support;

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::json;
use support::person;
use support::sandbox::{TestSandbox, noise};
use tiro::{Client, CustomRequest, Embedding, ErrorKind, RecordingStatus, TokenProvider};
use tiro_sandbox::Settings;

#[test]
fn a_list_goes_on_to_its_end_page_by_page() {
    let sandbox = TestSandbox::start();
    let mut ids = sandbox.add_recordings(250);
    let client = sandbox.client();
    for envelope in ["items", "records", "bare"] {
        sandbox.control("PATCH", "/behaviour", Some(json!({"list_envelope": envelope, "page_limit": 40})));
        let mut listed = Vec::new();
        loop {
            let page =
                client.recordings(listed.len() as u64, 100, None).unwrap().wait(None).unwrap().unwrap();
            if page.recordings.is_empty() {
                break;
            }
            listed.extend(page.recordings.iter().map(|recording| recording.id.clone()));
        }
        listed.sort();
        ids.sort();
        assert_eq!(listed, ids, "{envelope}");
    }
}

#[test]
fn every_status_and_one_that_nobody_knows() {
    let sandbox = TestSandbox::start();
    let id = sandbox.add_recordings(1).remove(0);
    let client = sandbox.client();
    let statuses = tiro::GOSPEECH_STATUSES.iter().copied();
    for (code, status) in statuses.chain([("dreaming", RecordingStatus::Unknown)]) {
        let mut given = json!({"status": code});
        if code == "correctingBy" {
            given["corrector_name"] = "Ann Corrector".into();
        }
        sandbox.control("POST", &format!("/recordings/{id}/status"), Some(given));
        let recording = client.recording(&id, None).unwrap().wait(None).unwrap().unwrap();
        assert_eq!((recording.raw_status.as_str(), recording.status), (code, status));
        assert!(recording.raw.contains(code));
        assert_eq!(recording.editor.is_empty(), code != "correctingBy", "{code}");
    }
}

#[test]
fn a_wait_ends_where_somebody_has_to_act_and_where_it_failed() {
    let sandbox = TestSandbox::start();
    let client = sandbox.client();
    for (code, kind) in
        [("uploadedAndRequireAction", ErrorKind::NeedsAction), ("recognitionFailed", ErrorKind::Failed)]
    {
        let given = json!({"account": "me@example.com", "status": code});
        let ids = sandbox.control("POST", "/recordings", Some(given));
        let id = ids["ids"][0].as_str().unwrap();
        let error = client.wait(id, None).unwrap().wait(None).unwrap().unwrap_err();
        assert_eq!((error.kind(), error.service_code(), error.recording_id()), (kind, code, id));
    }
}

#[test]
fn a_denied_upload_names_every_code() {
    let sandbox = TestSandbox::start();
    let codes = json!({"denied_codes": ["fileUploadLimitReached", "somethingNew"]});
    sandbox.control("PATCH", "/accounts/me@example.com", Some(codes.clone()));
    let error = sandbox.client().upload(&noise(1 << 20), None).unwrap().wait(None).unwrap().unwrap_err();
    assert_eq!((error.kind(), error.service_code()), (ErrorKind::Quota, "fileUploadLimitReached"));
    assert_eq!(error.detail(), codes.to_string());
}

#[test]
fn a_transcript_that_is_not_there_yet() {
    let sandbox = TestSandbox::start();
    let given = json!({"account": "me@example.com", "status": "recognizing"});
    let ids = sandbox.control("POST", "/recordings", Some(given));
    let id = ids["ids"][0].as_str().unwrap();
    let error = sandbox.client().transcript(id, None).unwrap().wait(None).unwrap().unwrap_err();
    assert_eq!((error.kind(), error.service_code()), (ErrorKind::NotReady, "invalid-record-status"));
    assert!(error.detail().contains("\"actual_status\":\"recognizing\""), "{}", error.detail());
    assert!(error.is_retriable());
}

#[test]
fn every_attribute_of_a_transcript_arrives() {
    let sandbox = TestSandbox::start();
    let given = json!({"account": "me@example.com", "script": {"transcript": "every_attribute"}});
    let ids = sandbox.control("POST", "/recordings", Some(given));
    let id = ids["ids"][0].as_str().unwrap();
    let transcript = sandbox.client().transcript(id, None).unwrap().wait(None).unwrap().unwrap();
    assert!(transcript.words().any(|word| word.format.bold));
    assert!(transcript.paragraphs().count() > 1);
    assert!(transcript.raw().contains("ql-"));
    assert_eq!(transcript.recording_id(), id);
}

#[test]
fn exports_whichever_way_they_come() {
    let sandbox = TestSandbox::start();
    let id = sandbox.add_recordings(1).remove(0);
    let client = sandbox.client();
    for outcome in ["completes", "silent", "immediate"] {
        sandbox.control("PATCH", "/behaviour", Some(json!({"export_outcome": outcome})));
        for (format, begin) in [("txt", &b""[..]), ("docx", b"PK"), ("pdf", b"%PDF")] {
            let document = client.export(&id, format, None).unwrap().wait(None).unwrap().unwrap();
            assert!(document.bytes().len() > 20 && document.bytes().starts_with(begin), "{outcome} {format}");
            assert!(!document.name().contains('/'));
        }
    }
    // What GoSpeech does not write, tiro does.
    let srt = client.export(&id, "srt", None).unwrap().wait(None).unwrap().unwrap();
    assert!(srt.text().unwrap().starts_with("1\n00:00:"));
    sandbox.control("PATCH", "/behaviour", Some(json!({"export_outcome": "never"})));
    let call = tiro::Options::new().with("wait_timeout_ms", "1500").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("talk.docx");
    let error =
        client.export_to_path(&id, "docx", &path, Some(&call)).unwrap().wait(None).unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
}

#[test]
fn what_is_documented_assumed_and_unset_is_told_and_the_doctor_asks() {
    let sandbox = TestSandbox::start();
    sandbox.add_recordings(1);
    let client =
        Client::new(&sandbox.options().with("gospeech.path.delete", "/elsewhere/{recordId}").unwrap())
            .unwrap();
    let standing = |operation: &str| {
        let endpoints = client.endpoints().unwrap();
        endpoints.iter().find(|state| state.endpoint.operation == operation).unwrap().standing().to_owned()
    };
    assert_eq!(standing("recordings"), "documented");
    assert_eq!(standing("upload"), "assumed");
    assert_eq!(standing("recording_link"), "unset");
    assert_eq!(standing("delete"), "configured");
    sandbox.clear_log();
    let diagnosis = client.doctor(None).unwrap().wait(None).unwrap().unwrap();
    for probe in &diagnosis.probes {
        let wanted = match probe.operation.as_str() {
            "discovery" | "token" | "recordings" | "recording" | "transcript" | "events" => "works",
            _ => "not probed",
        };
        assert_eq!(probe.outcome, wanted, "{probe:?}");
    }
    let log = sandbox.log();
    assert_eq!(log["created_recordings"], 0);
    for entry in log["entries"].as_array().unwrap() {
        let (method, operation) = (entry["method"].as_str().unwrap(), entry["operation"].as_str().unwrap());
        assert!(method == "GET" || ["token", "negotiate"].contains(&operation), "{entry}");
    }
    // One that is elsewhere is found out, with the option that mends it.
    let lost =
        Client::new(&sandbox.options().with("gospeech.path.recordings", "/api/nowhere").unwrap()).unwrap();
    let diagnosis = lost.doctor(None).unwrap().wait(None).unwrap().unwrap();
    let probe = diagnosis.probes.iter().find(|probe| probe.operation == "recordings").unwrap();
    assert_eq!((probe.outcome.as_str(), probe.option.as_str()), ("fails", "gospeech.path.recordings"));
}

#[test]
fn an_unset_endpoint_sends_nothing() {
    let sandbox = TestSandbox::start();
    let client = sandbox.client();
    assert_eq!(client.recording_link("r").unwrap_err().kind(), ErrorKind::EndpointUnset);
    assert_eq!(client.worklist_link().unwrap_err().kind(), ErrorKind::EndpointUnset);
    assert!(sandbox.log()["entries"].as_array().unwrap().is_empty());
}

#[test]
fn a_request_of_ones_own_stays_at_the_service() {
    let sandbox = TestSandbox::start();
    let client = sandbox.client();
    let request = |method: &str, path: &str| CustomRequest {
        method: method.into(),
        path: path.into(),
        body: None,
        content_type: String::new(),
    };
    let list = client.request(request("GET", "/api/records/worklist?offset=0&limit=5"), None).unwrap();
    let list = list.wait(None).unwrap().unwrap();
    assert_eq!(list.http_status(), 200);
    let missing =
        client.request(request("GET", "/api/records/none"), None).unwrap().wait(None).unwrap().unwrap();
    assert_eq!(missing.http_status(), 404);
    for path in ["https://evil.example/", "//evil.example/x", "/a/../../b", "/%2e%2e/x", "x"] {
        let error = client.request(request("GET", path), None).unwrap().wait(None).unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Argument, "{path}");
    }
    let error = client.request(request("TRACE", "/x"), None).unwrap().wait(None).unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Argument);
}

#[test]
fn wrong_credentials_come_with_the_vendors_advice() {
    let sandbox = TestSandbox::start();
    for place in ["description", "error"] {
        sandbox.control("PATCH", "/behaviour", Some(json!({"login_error_in": place})));
        let options = sandbox.options().with("username", "nobody@example.com").unwrap();
        let error = Client::new(&options).unwrap().sign_in(None).unwrap().wait(None).unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Auth, "{error:?}");
        assert!(error.hint().contains("Developer account"), "{place}: {error:?}");
    }
    let options = sandbox.options().with("client_secret", "wrong-secret").unwrap();
    let error = Client::new(&options).unwrap().sign_in(None).unwrap().wait(None).unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert!(!format!("{error:?}{error}{}", error.detail()).contains("wrong-secret"));
}

#[test]
fn the_other_spelling_of_the_management_scope_is_a_hint() {
    let sandbox = TestSandbox::start();
    sandbox.control("PATCH", "/behaviour", Some(json!({"management_scope": "managed-api"})));
    let error = sandbox.client().delete_managed_user("u", None).unwrap().wait(None).unwrap().unwrap_err();
    assert_eq!(error.service_code(), "invalid_scope");
    assert!(error.hint().contains("gospeech.management_scope"));
    let options = sandbox.options().with("gospeech.management_scope", "managed-api").unwrap();
    let client = Client::new(&options).unwrap();
    let error = client.delete_managed_user("u", None).unwrap().wait(None).unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

/// Gives the sandbox's own tokens, one after the other.
struct Given(std::sync::Mutex<Vec<String>>);

impl TokenProvider for Given {
    fn token(&self, _refused: Option<&str>) -> tiro::Result<SecretString> {
        let mut tokens = self.0.lock().unwrap();
        let token = if tokens.len() > 1 { tokens.remove(0) } else { tokens[0].clone() };
        Ok(token.into())
    }
}

#[test]
fn tokens_of_the_programs_own() {
    let sandbox = TestSandbox::start();
    let options = sandbox.options();
    let token = support::sandbox::token(&sandbox);
    let with_token = Client::new(&options.clone().with("access_token", &token).unwrap()).unwrap();
    with_token.recordings(0, 1, None).unwrap().wait(None).unwrap().unwrap();
    let provider = Arc::new(Given(vec!["stale".to_owned(), token].into()));
    let client = Client::with_token_provider(&options, Embedding::Rust, provider).unwrap();
    sandbox.clear_log();
    client.recordings(0, 1, None).unwrap().wait(None).unwrap().unwrap();
    assert_eq!(sandbox.count("recordings"), 2, "one refused, one with the next token");
    assert_eq!(sandbox.count("token"), 0);
}

#[test]
fn two_persons_log_in_at_once_and_swapped_redirects_are_refused() {
    let redirect = "http://127.0.0.1:8765/callback";
    let sandbox = TestSandbox::with(Settings::default());
    let account = json!({"email": "otto@example.com", "kind": "user", "password": "otto-password"});
    sandbox.control("POST", "/accounts", Some(account));
    let mut options = sandbox.options();
    options.unset("username").unwrap();
    options.unset("client_secret").unwrap();
    options.set("client_id", "demo-public").unwrap();
    options.set("redirect_uri", redirect).unwrap();
    let host = Client::new(&options).unwrap();
    let begin = || host.login_begin(None).unwrap().wait(None).unwrap().unwrap();
    let (anna, otto) = (begin(), begin());
    let back_to_anna = person::log_in(anna.url(), "anna@example.com", "anna-password");
    let back_to_otto = person::log_in(otto.url(), "otto@example.com", "otto-password");
    let swapped = host.complete_login(anna.ticket(), &back_to_otto, None).unwrap().wait(None).unwrap();
    assert_eq!(swapped.unwrap_err().kind(), ErrorKind::Auth);
    // Another process with the same options completes it as well.
    let other_process = Client::new(&options).unwrap();
    let anna = other_process
        .complete_login(anna.ticket(), &back_to_anna, None)
        .unwrap()
        .wait(None)
        .unwrap()
        .unwrap();
    let otto = host.complete_login(otto.ticket(), &back_to_otto, None).unwrap().wait(None).unwrap().unwrap();
    let of_anna = anna.upload(&noise(1000), None).unwrap().wait(None).unwrap().unwrap();
    let seen = otto.recording(&of_anna.id, None).unwrap().wait(None).unwrap();
    assert!(matches!(seen.unwrap_err().kind(), ErrorKind::NotFound | ErrorKind::Forbidden));
    let nobody = host.recordings(0, 1, None).unwrap().wait(None).unwrap();
    assert_eq!(nobody.unwrap_err().kind(), ErrorKind::LoginRequired, "the client that began stays nobody's");
}

#[test]
fn an_expired_token_is_renewed_and_a_reused_refresh_token_ends_nothing_of_ours() {
    let sandbox = TestSandbox::start();
    let client = sandbox.client();
    client.sign_in(None).unwrap().wait(None).unwrap().unwrap();
    for _ in 0..3 {
        sandbox.control("POST", "/tokens/expire", Some(json!({})));
        let operations: Vec<_> = (0..8).map(|_| client.recordings(0, 1, None).unwrap()).collect();
        operations.into_iter().for_each(|operation| drop(operation.wait(None).unwrap().unwrap()));
    }
    assert_eq!(sandbox.log()["refreshes"], 3);
}

#[test]
fn a_pipe_is_uploaded_once_and_never_again() {
    use std::io::Write;
    let sandbox = TestSandbox::start();
    let client = sandbox.client();
    client.sign_in(None).unwrap().wait(None).unwrap().unwrap();
    let pipe = || {
        let (reader, mut writer) = std::io::pipe().unwrap();
        std::thread::spawn(move || writer.write_all(&[7; 300_000]));
        tiro::Source::from_fd(reader.into(), 0, "talk.wav").unwrap()
    };
    client.upload(&pipe(), None).unwrap().wait(None).unwrap().unwrap();
    sandbox.faults(json!({"operation": "upload", "status": 401}));
    let error = client.upload(&pipe(), None).unwrap().wait(None).unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert_eq!(sandbox.log()["created_recordings"], 1);
}

#[test]
fn names_of_files_arrive_unharmed() {
    let sandbox = TestSandbox::start();
    let client = sandbox.client();
    for name in ["a&b#c+d.wav", "qu\"o'te.wav", "речь на встрече.wav", "100%.wav", &"x".repeat(255)]
    {
        let source = tiro::Source::from_bytes(Arc::new(vec![1_u8; 1000]), name);
        let recording = client.upload(&source, None).unwrap().wait(None).unwrap().unwrap();
        let seen = client.recording(&recording.id, None).unwrap().wait(None).unwrap().unwrap();
        assert_eq!(seen.name, name);
    }
}

#[test]
fn a_cancelled_upload_stops_at_once() {
    let sandbox = TestSandbox::start();
    let client = sandbox.client();
    client.sign_in(None).unwrap().wait(None).unwrap().unwrap();
    sandbox.faults(json!({"operation": "upload", "delay_ms": 60_000}));
    let upload = client.upload(&noise(3 << 20), None).unwrap();
    assert!(upload.wait(Some(Duration::from_millis(300))).is_none());
    upload.cancel();
    assert_eq!(upload.wait(Some(Duration::from_secs(10))).unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
    assert_eq!(sandbox.log()["created_recordings"], 0);
}

#[test]
fn nothing_that_can_be_shown_shows_a_secret() {
    let sandbox = TestSandbox::start();
    let mut shown = String::new();
    let mut show = |what: &dyn std::fmt::Debug| shown += &format!("{what:?}\n{what:#?}\n");
    let options = sandbox.options().with("redirect_uri", "http://127.0.0.1:8765/callback").unwrap();
    let client = Client::new(&options).unwrap();
    let login = client.login_begin(None).unwrap();
    show(&login);
    let login = login.wait(None).unwrap().unwrap();
    show(&(&options, &client, &login));
    let back = person::log_in(login.url(), "anna@example.com", "anna-password");
    let anna = client.complete_login(login.ticket(), &back, None).unwrap().wait(None).unwrap().unwrap();
    let recording = anna.upload(&noise(1000), None).unwrap().wait(None).unwrap().unwrap();
    show(&(&anna, &recording, anna.endpoints().unwrap()));
    show(&client.complete_login(login.ticket(), &back, None).unwrap().wait(None).unwrap().unwrap_err());
    for (key, value) in [("client_secret", "demo-secret-but-wrong"), ("password", "a-password-that-is-wrong")]
    {
        let refused = Client::new(&sandbox.options().with(key, value).unwrap()).unwrap();
        let error = refused.sign_in(None).unwrap().wait(None).unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Auth);
        show(&(
            refused,
            format!("{error} {} {} {}", error.hint(), error.detail(), error.service_code()),
            error,
        ));
    }
    for fault in [json!({"garbage": true}), json!({"status": 500}), json!({"cut_response_after": 20})] {
        let mut fault = fault;
        fault["operation"] = "token".into();
        sandbox.faults(fault);
        let unlucky = Client::new(&sandbox.options().with("max_retries", "0").unwrap()).unwrap();
        show(&unlucky.recordings(0, 1, None).unwrap().wait(None).unwrap().err());
    }
    support::secrets::assert_none_in("Debug", &shown);
    assert!(!support::secrets::logged().is_empty(), "something is logged, so that there is what to look at");
}
