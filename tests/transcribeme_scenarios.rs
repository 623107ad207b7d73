//! TranscribeMe in C: each way to sign in and to upload and each step of an order is a case of `tests/c/transcribeme_*.c`,
//! against the sandbox. `python/tests/test_transcribeme.py` has the same in Python.
#![cfg(all(feature = "capi", target_os = "linux"))]

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;

use serde_json::{Value, json};
use support::files::sha256;
use support::program::{build, run, source};
use support::sandbox::TestSandbox;
use tiro_sandbox::{Behaviour, Settings};

/// What the sandbox is the vendor of, by the environment.
fn passes(name: &str, sandbox: &TestSandbox, further: &[(&str, &str)]) {
    let url = sandbox.ready().transcribeme_url.as_str();
    let mut variables = vec![
        ("TIRO_AUTH_BASE_URL", url),
        ("TIRO_API_BASE_URL", url),
        ("TIRO_CLIENT_ID", "demo"),
        ("TIRO_CLIENT_SECRET", "demo-secret"),
    ];
    variables.extend(further);
    let text = std::fs::read_to_string(source(name)).unwrap();
    let cases = text.lines().filter_map(|line| line.trim().strip_prefix("RUN(")?.strip_suffix(");"));
    assert_eq!(run(&build(name), &[], &variables).passed(), cases.collect::<Vec<_>>());
}

/// Every grant reaches the wire, and each call there has the API key.
#[test]
fn grants_lists_and_billing() {
    let mut behaviour = Behaviour::default();
    behaviour.access_token_seconds = 3;
    let sandbox = TestSandbox::with(Settings { behaviour, ..Settings::default() });
    passes("transcribeme_1", &sandbox, &[]);
    let log = sandbox.log();
    let entries = log["entries"].as_array().unwrap();
    for grant in ["password", "applicationtoken", "externaltoken", "refresh_token"] {
        assert!(entries.iter().any(|entry| entry["grant"] == grant), "{grant}: {log}");
    }
    assert!(entries.iter().all(|entry| entry["api_key"] == true), "{log}");
    let lists = entries.iter().filter(|entry| entry["operation"] == "types").count();
    assert_eq!(lists, 1, "a list is asked for once in a client's life");
}

/// What came is what was sent, by every kind of upload; one order of one recording was bought, once.
#[test]
fn uploads_and_orders() {
    let (remote, content) = (serve_a_recording(), recording());
    let settings = Settings { remote_origins: vec![remote.clone()], ..Settings::default() };
    let sandbox = TestSandbox::with(settings);
    passes("transcribeme_2", &sandbox, &[("REMOTE_URL", &format!("{remote}/talk.wav"))]);
    let recordings = sandbox.control("GET", "/transcribeme/recordings", None);
    let recordings = recordings["recordings"].as_array().unwrap();
    let digest = sha256(&content);
    for kind in ["parts", "simple", "sync", "remote"] {
        assert!(recordings.iter().any(|recording| recording["upload"] == kind), "{kind}");
    }
    for recording in recordings {
        assert_eq!(recording["sha256"], digest.as_str(), "{recording}");
        for part in recording["parts"].as_array().unwrap() {
            assert_eq!(part["received"], 1, "{recording}");
        }
    }
    let orders = sandbox.control("GET", "/transcribeme/orders", None);
    let placed: Vec<&Value> =
        orders["orders"].as_array().unwrap().iter().map(|order| &order["placed"]).collect();
    assert_eq!(placed, [&json!(1)]);
}

/// As the programs write it.
fn recording() -> Vec<u8> {
    (0..300_000).map(|index| (index * 31 % 251) as u8).collect()
}

/// Serves the recording at an origin of its own, until the test's process ends.
fn serve_a_recording() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, content) = (stream.unwrap(), recording());
            let _ = stream.read(&mut [0; 4096]);
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                content.len()
            );
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&content));
        }
    });
    origin
}
