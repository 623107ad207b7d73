//! What goes wrong on the wire, on every call of GoSpeech: each row says beforehand what has to come of it. An error where
//! a safe repetition exists is a failure, and so is an upload that creates more than one record.

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use support::options::options;
use support::sandbox::{TestSandbox, noise};
use tiro::{Client, Error, ErrorKind, NewManagedUser, Options};

/// A call of the matrix, by the operation whose request is hit.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Verb {
    Token,
    Recordings,
    Recording,
    Upload,
    Delete,
    Transcript,
    ExportStart,
    ExportDownload,
    CreateUser,
    DeleteUser,
}

use Verb::*;

const VERBS: &[Verb] = &[
    Token,
    Recordings,
    Recording,
    Upload,
    Delete,
    Transcript,
    ExportStart,
    ExportDownload,
    CreateUser,
    DeleteUser,
];

impl Verb {
    fn operation(self) -> &'static str {
        match self {
            Token => "token",
            Recordings => "recordings",
            Recording => "recording",
            Upload => "upload",
            Delete => "delete",
            Transcript => "transcript",
            ExportStart => "export_start",
            ExportDownload => "export_download",
            CreateUser => "create_managed_user",
            DeleteUser => "delete_managed_user",
        }
    }

    /// Whether asking twice is as asking once.
    fn is_safe(self) -> bool {
        matches!(self, Token | Recordings | Recording | Delete | Transcript | ExportDownload | DeleteUser)
    }

    /// Whether its answer is read as JSON of a known shape.
    fn reads_json(self) -> bool {
        matches!(self, Token | Recordings | Recording | Transcript | CreateUser)
    }
}

/// A sandbox with a recording and a managed user, and a client that has signed in.
struct Scene {
    sandbox: TestSandbox,
    client: Client,
    /// Of the call that is hit alone: what comes before it has all the time it needs.
    call: Options,
    recording: String,
    user: String,
}

impl Scene {
    fn new(verb: Verb, extra: &[(&str, &str)]) -> Self {
        let sandbox = TestSandbox::start();
        let call = options(extra);
        let client = sandbox.client();
        let recording = sandbox.add_recordings(1).remove(0);
        if verb != Token {
            client.sign_in(None).unwrap().wait(None).unwrap().unwrap();
        }
        let mut user = String::new();
        if matches!(verb, CreateUser | DeleteUser) {
            user = client
                .create_managed_user(person("first@example.com"), None)
                .unwrap()
                .wait(None)
                .unwrap()
                .unwrap()
                .id;
        }
        sandbox.clear_log();
        Self { sandbox, client, call, recording, user }
    }

    fn hit(&self, verb: Verb, fault: Value) {
        let mut fault = fault;
        fault["operation"] = verb.operation().into();
        self.sandbox.faults(fault);
    }

    fn run(&self, verb: Verb) -> Result<(), Error> {
        let (client, call) = (&self.client, Some(&self.call));
        match verb {
            Token => client.sign_in(call)?.wait(None).unwrap(),
            Recordings => client.recordings(0, 10, call)?.wait(None).unwrap().map(drop),
            Recording => client.recording(&self.recording, call)?.wait(None).unwrap().map(drop),
            Upload => client.upload(&noise(3 << 20), call)?.wait(None).unwrap().map(drop),
            Delete => client.delete(&self.recording, call)?.wait(None).unwrap(),
            Transcript => client.transcript(&self.recording, call)?.wait(None).unwrap().map(drop),
            ExportStart | ExportDownload => {
                client.export(&self.recording, "txt", call)?.wait(None).unwrap().map(|document| {
                    assert!(!document.bytes().is_empty());
                })
            }
            CreateUser => {
                client.create_managed_user(person("second@example.com"), call)?.wait(None).unwrap().map(drop)
            }
            DeleteUser => client.delete_managed_user(&self.user, call)?.wait(None).unwrap(),
        }
    }

    fn created(&self) -> u64 {
        self.sandbox.log()["created_recordings"].as_u64().unwrap()
    }

    fn check(&self, row: &str, verb: Verb, expected: Option<&[ErrorKind]>) {
        let outcome = self.run(verb);
        match (&outcome, expected) {
            (Ok(()), None) => {}
            (Err(error), Some(kinds)) if kinds.contains(&error.kind()) => {}
            _ => panic!("{row}, {verb:?}: {outcome:?}, expected {expected:?}\n{:#}", self.sandbox.log()),
        }
        assert!(self.created() <= 1, "{row}, {verb:?}: {} records", self.created());
        if verb == Upload && outcome.is_ok() {
            let recordings = self.sandbox.control("GET", "/recordings", None);
            let sizes: Vec<u64> = recordings["recordings"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|r| r["size"].as_u64())
                .collect();
            assert!(sizes.contains(&(3 << 20)), "{row}: {sizes:?}");
        }
    }
}

fn person(email: &str) -> NewManagedUser {
    NewManagedUser {
        email: email.into(),
        first_name: "Anna".into(),
        last_name: "Example".into(),
        ..Default::default()
    }
}

/// Runs a row over all calls: what is safe to repeat has to succeed, the rest ends in one of these.
fn row(name: &str, fault: Value, unsafe_ends_in: &[ErrorKind]) {
    row_of(name, || fault.clone(), unsafe_ends_in);
}

/// The same of a fault that is made anew for each call.
fn row_of(name: &str, fault: impl Fn() -> Value, unsafe_ends_in: &[ErrorKind]) {
    for verb in VERBS.iter().copied() {
        let scene = Scene::new(verb, &[]);
        scene.hit(verb, fault());
        scene.check(name, verb, if verb.is_safe() { None } else { Some(unsafe_ends_in) });
    }
}

#[test]
fn busy_twice_then_fine() {
    row("503 twice", json!({"status": 503, "times": 2}), &[ErrorKind::Service]);
}

#[test]
fn too_many_requests_with_seconds() {
    let fault = json!({"status": 429, "headers": {"retry-after": "1"}, "times": 1});
    row("429 with seconds", fault, &[ErrorKind::RateLimited]);
}

#[test]
fn too_many_requests_with_a_date() {
    let fault = || {
        let soon = std::time::SystemTime::now() + std::time::Duration::from_secs(2);
        json!({"status": 429, "headers": {"retry-after": httpdate::fmt_http_date(soon)}, "times": 1})
    };
    row_of("429 with a date", fault, &[ErrorKind::RateLimited]);
}

/// Whichever call it was: who is told to come back later learns when, and by what id the service knows the request.
#[test]
fn what_the_head_of_a_refusal_says() {
    for verb in VERBS.iter().copied() {
        let scene = Scene::new(verb, &[]);
        scene.hit(verb, json!({"status": 429, "headers": {"retry-after": "100000"}}));
        let error = scene.run(verb).unwrap_err();
        assert_eq!((error.kind(), error.http_status()), (ErrorKind::RateLimited, Some(429)), "{verb:?}");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(100_000)), "{verb:?}");
        assert!(error.request_id().starts_with("sandbox-"), "{verb:?}: {:?}", error.request_id());
    }
}

#[test]
fn a_recording_that_is_not_far_enough_names_the_request() {
    let scene = Scene::new(Transcript, &[]);
    let problem = json!({
        "type": "https://docs.gospeech.com/docs/invalid-record-status",
        "detail": "Record status expected to be 'readyForCorrection', but got 'uploading'",
    });
    let headers = json!({"retry-after": "7", "x-request-id": "of the fault", "request-id": "r-1"});
    scene.hit(Transcript, json!({"status": 400, "headers": headers, "body": problem}));
    let error = scene.run(Transcript).unwrap_err();
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::NotReady, Some(400)));
    // A text with spaces is no id.
    assert_eq!((error.request_id(), error.retry_after()), ("r-1", Some(Duration::from_secs(7))));
    assert_eq!(error.recording_id(), scene.recording);
}

#[test]
fn cut_before_the_answer() {
    row(
        "cut before the answer",
        json!({"cut_before_response": true}),
        &[ErrorKind::Protocol, ErrorKind::Connect],
    );
}

#[test]
fn cut_in_the_middle_of_the_answer() {
    for verb in VERBS.iter().copied() {
        let scene = Scene::new(verb, &[]);
        scene.hit(verb, json!({"cut_response_after": 1}));
        let outcome = scene.run(verb);
        // An answer of no byte has no middle.
        let empty = matches!(verb, Delete | DeleteUser);
        assert_eq!(outcome.is_ok(), verb.is_safe() || empty, "{verb:?}: {outcome:?}");
        if verb == Upload {
            let error = outcome.unwrap_err();
            assert!(
                !error.is_retriable() && !error.hint().is_empty(),
                "it may have been taken in: {error:?}"
            );
        }
        assert!(scene.created() <= 1);
    }
}

#[test]
fn cut_while_the_file_is_sent() {
    for bytes in [0, 1, 100_000, 3 << 20] {
        let scene = Scene::new(Upload, &[]);
        scene.hit(Upload, json!({"cut_request_after": bytes}));
        let error = scene.run(Upload).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Protocol | ErrorKind::Connect), "{bytes}: {error:?}");
        assert!(scene.created() <= 1);
        assert_eq!(scene.sandbox.count("upload"), 1, "an upload is not repeated");
    }
}

#[test]
fn a_refused_token_is_renewed_once() {
    for verb in VERBS.iter().copied().filter(|verb| *verb != Token) {
        let scene = Scene::new(verb, &[]);
        scene.hit(verb, json!({"status": 401, "times": 1}));
        scene.check("401 once", verb, None);
        let scene = Scene::new(verb, &[]);
        scene.hit(verb, json!({"status": 401, "times": 0}));
        scene.check("401 for ever", verb, Some(&[ErrorKind::Auth]));
        assert_eq!(scene.sandbox.count(verb.operation()), 2, "{verb:?}");
    }
}

#[test]
fn what_is_no_json() {
    for fault in [json!({"garbage": true, "times": 0}), json!({"html": true, "times": 0})] {
        for verb in VERBS.iter().copied().filter(|verb| verb.reads_json()) {
            let scene = Scene::new(verb, &[]);
            scene.hit(verb, fault.clone());
            scene.check(&fault.to_string(), verb, Some(&[ErrorKind::Protocol, ErrorKind::Document]));
            assert_eq!(scene.sandbox.count(verb.operation()), 1, "{verb:?}: it was asked for again");
        }
    }
    let scene = Scene::new(Upload, &[]);
    scene.hit(Upload, json!({"garbage": true, "handled": true, "times": 0}));
    scene.check("garbage", Upload, Some(&[ErrorKind::Protocol]));
    assert_eq!(scene.created(), 1);
}

#[test]
fn a_slow_drip_past_the_deadline() {
    for verb in [Recordings, Recording, Transcript] {
        let scene = Scene::new(verb, &[("request_timeout_ms", "700")]);
        scene.hit(verb, json!({"drip_ms": 100, "times": 0}));
        scene.check("drip", verb, Some(&[ErrorKind::Timeout]));
    }
}

#[test]
fn an_answer_that_never_comes() {
    for verb in [Recordings, Upload] {
        let scene = Scene::new(verb, &[("idle_timeout_ms", "500"), ("request_timeout_ms", "1500")]);
        scene.hit(verb, json!({"delay_ms": 60_000, "times": 0}));
        scene.check("silence", verb, Some(&[ErrorKind::Timeout]));
    }
}

/// A server that notes what it is sent.
fn other_origin() -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/elsewhere", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(String::new()));
    let noted = seen.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut buffer = [0; 65536];
            let count = stream.read(&mut buffer).unwrap_or(0);
            noted.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..count]));
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]");
        }
    });
    (url, seen)
}

#[test]
fn a_redirect_to_another_origin_gets_no_credential_and_no_body() {
    for verb in VERBS.iter().copied() {
        for status in [302, 307, 308] {
            let (url, seen) = other_origin();
            let scene = Scene::new(verb, &[]);
            scene.hit(verb, json!({"redirect": url, "status": status, "times": 0}));
            let outcome = scene.run(verb);
            assert!(outcome.is_err(), "{verb:?} {status}");
            let seen = seen.lock().unwrap().to_lowercase();
            for secret in ["authorization", "bearer", "demo-secret", "refresh_token", "multipart"] {
                assert!(!seen.contains(secret), "{verb:?} {status}: {seen}");
            }
            assert!(scene.created() <= 1);
        }
    }
}

#[test]
fn nobody_is_there() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let options = options(&[
        ("service", "gospeech"),
        ("auth_base_url", &url),
        ("api_base_url", &url),
        ("client_id", "demo"),
        ("username", "me@example.com"),
        ("max_retries", "1"),
    ]);
    let client = Client::new(&options).unwrap();
    let error = client.recordings(0, 10, None).unwrap().wait(None).unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.is_retriable());
}
