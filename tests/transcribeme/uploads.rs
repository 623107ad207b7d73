use std::io::Write;

use serde_json::json;
use tiro::{Client, ErrorKind, Options, ProgressPhase, ReadCallbacks, RecordingStatus, Source};
use tiro_sandbox::Settings;

use crate::fixture::{Fixture, PART, bytes, done, fails, options, sound};
use crate::support::files::sha256;
use crate::support::wait::eventually;

const SIZE: usize = 3 * PART + 1234;

/// How often each part arrived.
fn received(fixture: &Fixture, id: &str) -> Vec<u64> {
    let kept = fixture.kept(id);
    kept["parts"].as_array().unwrap().iter().map(|part| part["received"].as_u64().unwrap()).collect()
}

#[test]
fn each_kind_of_upload_brings_every_byte() {
    let fixture = Fixture::start();
    for (pairs, parts) in [
        (&[][..], 4),
        (&[("transcribeme.part_body", "raw")][..], 4),
        (&[("transcribeme.parallel_parts", "3")][..], 4),
        (&[("transcribeme.upload", "simple")][..], 0),
        (&[("transcribeme.upload", "sync")][..], 0),
    ] {
        let client = fixture.tm_with(pairs);
        let upload = client.upload(&sound(SIZE, "talk.wav"), None).unwrap();
        let recording = upload.wait(None).unwrap().unwrap();
        let kept = fixture.kept(&recording.id);
        assert_eq!(kept["sha256"], sha256(&bytes(SIZE)), "{pairs:?}");
        assert_eq!((&kept["name"], kept["size"].as_u64()), (&json!("talk.wav"), Some(SIZE as u64)));
        assert_eq!(received(&fixture, &recording.id), vec![1; parts], "{pairs:?}");
        assert_eq!((recording.status, recording.raw_status.as_str()), (RecordingStatus::NeedsAction, "1"));
        let progress = upload.progress().unwrap();
        assert_eq!((progress.phase, progress.done), (ProgressPhase::Uploading, SIZE as u64), "{pairs:?}");
    }
}

#[test]
fn sizes_at_the_edges_of_parts() {
    let fixture = Fixture::start();
    for parallel in ["1", "2"] {
        let client = fixture.tm_with(&[("transcribeme.parallel_parts", parallel)]);
        for (size, parts) in [(1, 1), (PART - 1, 1), (PART, 1), (PART + 1, 2), (2 * PART, 2)] {
            let recording = done(client.upload(&sound(size, "talk.wav"), None));
            assert_eq!(fixture.kept(&recording.id)["sha256"], sha256(&bytes(size)), "{size}");
            assert_eq!(received(&fixture, &recording.id).len(), parts, "{size}");
        }
        assert_eq!(fails(client.upload(&sound(0, "talk.wav"), None)).kind(), ErrorKind::MediaEmpty);
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_goes_in_parts_until_it_ends() {
    let fixture = Fixture::start();
    let client = fixture.tm();
    for size in [0, 1, 2 * PART, 2 * PART + 7] {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let writing = std::thread::spawn(move || writer.write_all(&bytes(size)).unwrap());
        let source = Source::from_fd(reader.into(), 0, "pipe.wav").unwrap();
        let outcome = client.upload(&source, None).unwrap().wait(None).unwrap();
        writing.join().unwrap();
        match size {
            0 => assert_eq!(outcome.unwrap_err().kind(), ErrorKind::MediaEmpty),
            size => {
                let recording = outcome.unwrap();
                assert_eq!(fixture.kept(&recording.id)["sha256"], sha256(&bytes(size)), "{size}");
                assert_eq!(recording.size, size as u64);
            }
        }
    }
}

#[test]
fn one_part_that_fails_is_sent_again_alone() {
    for (parallel, fault) in [
        ("1", json!({"operation": "upload_part", "skip": 1, "status": 503})),
        ("1", json!({"operation": "upload_part", "skip": 2, "cut_request_after": 1000})),
        ("2", json!({"operation": "upload_part", "skip": 1, "cut_before_response": true})),
    ] {
        let fixture = Fixture::start();
        let client = fixture.tm_with(&[("transcribeme.parallel_parts", parallel)]);
        fixture.faults(json!([fault]));
        let recording = done(client.upload(&sound(SIZE, "talk.wav"), None));
        assert_eq!(fixture.kept(&recording.id)["sha256"], sha256(&bytes(SIZE)));
        assert!(received(&fixture, &recording.id).iter().sum::<u64>() <= 5);
        assert_eq!(fixture.kept(&recording.id)["commits"], 1);
    }
}

/// Gives its bytes once.
struct Once {
    bytes: Vec<u8>,
    at: usize,
    declared: Option<u64>,
}

impl ReadCallbacks for Once {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let rest = &self.bytes[self.at..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }

    fn rewind(&mut self) -> std::io::Result<()> {
        Err(std::io::ErrorKind::Unsupported.into())
    }

    fn can_rewind(&self) -> bool {
        false
    }

    fn size(&mut self) -> Option<u64> {
        self.declared
    }
}

#[test]
fn a_part_of_what_is_read_once_is_sent_again_all_the_same() {
    for parallel in ["1", "2"] {
        for declared in [Some(SIZE as u64), None] {
            let fixture = Fixture::start();
            let client = fixture.tm_with(&[("transcribeme.parallel_parts", parallel)]);
            fixture.faults(json!([{"operation": "upload_part", "skip": 1, "cut_request_after": 1000}]));
            let source =
                Source::from_callbacks(Box::new(Once { bytes: bytes(SIZE), at: 0, declared }), "talk.wav");
            let recording = done(client.upload(&source, None));
            let kept = fixture.kept(&recording.id);
            assert_eq!(kept["sha256"], sha256(&bytes(SIZE)), "{parallel} at a time, size {declared:?}");
            assert_eq!((recording.size, &kept["commits"]), (SIZE as u64, &json!(1)));
        }
    }
}

#[test]
fn a_commit_whose_answer_is_lost_is_settled_by_the_status() {
    for fault in [
        json!({"operation": "upload_commit", "cut_before_response": true}),
        json!({"operation": "upload_commit", "status": 504}),
        json!({"operation": "upload_commit", "status": 504, "handled": true}),
    ] {
        let fixture = Fixture::start();
        let client = fixture.tm();
        fixture.faults(json!([fault]));
        let recording = done(client.upload(&sound(SIZE, "talk.wav"), None));
        let kept = fixture.kept(&recording.id);
        assert_eq!((&kept["sha256"], &kept["commits"]), (&json!(sha256(&bytes(SIZE))), &json!(1)));
    }
}

#[test]
fn another_origin_gets_no_credentials_and_the_apis_own_gets_both() {
    for (origin, goes_along) in [("storage", false), ("api", true)] {
        let fixture = Fixture::behaving(json!({ "upload_url_origin": origin }));
        let client = fixture.tm();
        let recording = done(client.upload(&sound(SIZE, "talk.wav"), None));
        assert_eq!(fixture.kept(&recording.id)["sha256"], sha256(&bytes(SIZE)));
        let parts = fixture.requests("upload_part");
        assert_eq!(parts.len(), 4);
        for part in parts {
            let headers = [&part["authorization"], &part["api_key"], &part["cookie"]];
            assert_eq!(headers, [&json!(goes_along), &json!(goes_along), &json!(false)], "{origin}");
        }
    }
    // Unless the caller trusts it: this storage takes none.
    let fixture = Fixture::behaving(json!({ "upload_url_origin": "storage" }));
    let storage = fixture.ready().storage_url.clone();
    let client = fixture.tm_with(&[("transcribeme.trusted_origins", &storage), ("max_retries", "0")]);
    assert!(client.upload(&sound(10, "talk.wav"), None).unwrap().wait(None).unwrap().is_err());
    assert_eq!(fixture.requests("upload_part")[0]["api_key"], true);
}

#[test]
fn the_place_of_the_parts_in_every_form() {
    for url in ["absolute", "path", "relative"] {
        for ids in ["in_url", "beside", "both"] {
            let fixture = Fixture::behaving(json!({ "upload_url": url, "upload_ids": ids }));
            let recording = done(fixture.tm().upload(&sound(PART + 1, "talk.wav"), None));
            assert_eq!(fixture.kept(&recording.id)["sha256"], sha256(&bytes(PART + 1)), "{url} {ids}");
        }
    }
}

#[test]
fn ids_of_recordings_in_every_form() {
    for form in ["object", "id", "text", "array"] {
        let fixture = Fixture::behaving(json!({ "recording_answer": form }));
        let client = fixture.tm_with(&[("transcribeme.upload", "simple")]);
        let recording = done(client.upload(&sound(10, "talk.wav"), None));
        assert_eq!(fixture.kept(&recording.id)["sha256"], sha256(&bytes(10)), "{form}");
    }
}

#[test]
fn file_names_arrive_unharmed() {
    let fixture = Fixture::start();
    let long = format!("{}.wav", "n".repeat(251));
    let names = [
        "a&b#c+d=e.wav",
        "say \"hello\" 'there'.wav",
        "two\nlines.wav",
        "Gespräch 录音 перевод.wav",
        "100% ?;.wav",
        &long,
    ];
    for kind in ["parts", "simple", "sync"] {
        let client = fixture.tm_with(&[("transcribeme.upload", kind)]);
        for name in names {
            let recording = done(client.upload(&sound(10, name), None));
            assert_eq!(fixture.kept(&recording.id)["name"], name, "{kind}");
            assert_eq!(recording.name, name);
        }
    }
}

#[test]
fn an_upload_that_may_have_made_something_is_not_repeated() {
    let fixture = Fixture::start();
    for (kind, operation) in [("simple", "upload_simple"), ("sync", "upload_sync")] {
        let client = fixture.tm_with(&[("transcribeme.upload", kind)]);
        fixture.faults(json!([{"operation": operation, "cut_before_response": true}]));
        fixture.clear_log();
        fails(client.upload(&sound(10, "talk.wav"), None));
        assert_eq!(fixture.requests(operation).len(), 1);
    }
}

#[test]
fn a_cancelled_upload_ends_at_once() {
    let fixture = Fixture::start();
    fixture.faults(json!([{"operation": "upload_part", "delay_ms": 600_000, "times": 0}]));
    let upload = fixture.tm().upload(&sound(SIZE, "talk.wav"), None).unwrap();
    eventually(|| !fixture.requests("upload_url").is_empty());
    upload.cancel();
    assert_eq!(upload.wait(None).unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
}

/// A server that answers every request with the same bytes.
fn file_server(content: Vec<u8>) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = std::io::Read::read(&mut stream, &mut [0; 4096]);
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", content.len());
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&content));
        }
    });
    origin
}

#[test]
fn the_service_fetches_a_recording_by_itself_on_either_path() {
    let origin = file_server(bytes(5000));
    let settings = Settings { remote_origins: vec![origin.clone()], ..Settings::default() };
    let fixture = Fixture::with(settings);
    let client = fixture.tm();
    let source = Source::from_url(&format!("{origin}/folder/talk%20one.wav?sig=a%2Fb")).unwrap();
    assert_eq!(source.name(), "talk one.wav");
    for path in ["first", "second"] {
        fixture.behave(json!({ "remote_path": path }));
        let recording = done(client.upload(&source, None));
        assert_eq!(fixture.kept(&recording.id)["sha256"], sha256(&bytes(5000)), "{path}");
        assert_eq!(recording.status, RecordingStatus::NeedsAction);
        done(client.create_order(&[&recording.id], None));
    }
}

#[test]
fn a_url_is_checked_and_is_for_services_that_fetch() {
    for bad in ["", "talk.wav", "file:///etc/passwd", "https://me:pw@h.example/x", "ftp://h.example/x"] {
        assert_eq!(Source::from_url(bad).unwrap_err().kind(), ErrorKind::Argument, "{bad}");
    }
    let source = Source::from_url("https://h.example/talk.wav?secret=1").unwrap();
    assert!(!format!("{source:?}").contains("secret"));
    let fixture = Fixture::start();
    let gospeech = Client::new(&fixture.options()).unwrap();
    assert_eq!(fails(gospeech.upload(&source, None)).kind(), ErrorKind::Unsupported);
}

#[test]
fn a_place_that_nobody_should_write_to_is_refused() {
    let fixture = Fixture::start();
    let client = fixture.tm_with(&[("max_retries", "0")]);
    for url in
        ["file:///tmp/x?recordingId=r&uploadId=u", "https://me:pw@h.example/?recordingId=r&uploadId=u", ""]
    {
        fixture.faults(json!([{"operation": "upload_url", "body": {"url": url}}]));
        let error = fails(client.upload(&sound(10, "talk.wav"), None));
        assert_eq!(error.kind(), ErrorKind::Protocol, "{url}: {error:?}");
        assert!(!format!("{error:?}").contains("pw"));
    }
    let call: Options = options(&[("transcribeme.part_bytes", "65536")]);
    done(client.upload(&sound(10, "talk.wav"), Some(&call)));
}
