//! Uploads: every byte arrives, or there is an error.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use super::server::{Script, Server, answering, closing, ok};
use super::{http, options, run};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Body, Method, Repeat, Request, Upload};
use crate::options::Options;
use crate::runtime::{Operation, ProgressPhase};
use crate::source::{ReadCallbacks, Source};

/// More than the buffers of both ends hold.
const LARGE: usize = 24 << 20;

fn content(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8).collect()
}

/// Beside this program: where there is room, which the folder for short-lived files may not have.
fn file(length: usize) -> tempfile::NamedTempFile {
    let program = std::env::current_exe().unwrap();
    let mut file = tempfile::NamedTempFile::new_in(program.parent().unwrap()).unwrap();
    file.write_all(&content(length)).unwrap();
    file
}

fn of_file(file: &tempfile::NamedTempFile) -> Source {
    Source::from_path(file.path()).unwrap()
}

/// Gives bytes as asked for, or says another size than it has.
struct Callbacks {
    bytes: Vec<u8>,
    at: usize,
    declared: Option<u64>,
    rewinds: bool,
}

impl Callbacks {
    fn source(length: usize, declared: Option<u64>, rewinds: bool) -> Source {
        let callbacks = Self { bytes: content(length), at: 0, declared, rewinds };
        Source::from_callbacks(Box::new(callbacks), "talk.wav")
    }
}

impl ReadCallbacks for Callbacks {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let rest = &self.bytes[self.at..];
        // An odd number, so that pieces do not fall together with anything.
        let count = rest.len().min(buffer.len()).min(100_003);
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
    fn rewind(&mut self) -> std::io::Result<()> {
        self.at = 0;
        Ok(())
    }
    fn can_rewind(&self) -> bool {
        self.rewinds
    }
    fn size(&mut self) -> Option<u64> {
        self.declared
    }
}

fn raw(upload: Upload) -> Body {
    Body::Raw { content_type: "audio/wav".into(), upload }
}

/// Sends a source as it is; gives the status, or the error.
fn send(server: &Server, source: &Source, repeat: Repeat, call: Options) -> Result<u16> {
    let (url, claim) = (server.url("/upload"), source.claim().unwrap());
    run(move |reporter| async move {
        let upload = Upload::open(claim, "talk.wav", "audio/wav").await?;
        let request = Request::new(Method::PUT, url).body(raw(upload)).repeat(repeat).reporter(reporter);
        http(&call).send(request, &call).await.map(|response| response.status())
    })
}

#[test]
fn a_form_is_framed_and_as_long_as_it_says() {
    let file = file(1_000_001);
    let pipe = || {
        let (reader, mut writer) = std::io::pipe().unwrap();
        std::thread::spawn(move || writer.write_all(&content(1_000_001)).unwrap());
        Source::from_fd(reader.into(), 0, "pipe").unwrap()
    };
    let sources = [
        (of_file(&file), true),
        (Source::from_bytes(Arc::new(content(1_000_001)), "b"), true),
        (Callbacks::source(1_000_001, Some(1_000_001), false), true),
        (Callbacks::source(1_000_001, None, false), false),
        (pipe(), false),
    ];
    for (source, sized) in sources {
        let server = Server::start(vec![answering(201, "", "")]);
        let (url, claim) = (server.url("/upload"), source.claim().unwrap());
        let status = run(move |reporter| async move {
            let call = Options::new();
            let upload = Upload::open(claim, "Gespräch \"1\".wav", "audio/wav").await.unwrap();
            let fields = vec![("language".to_owned(), "de".to_owned())];
            let body = Body::Multipart { fields, part: "file".into(), upload };
            let request = Request::new(Method::POST, url).body(body).reporter(reporter);
            http(&call).send(request, &call).await.unwrap().status()
        });
        assert_eq!(status, 201);
        let seen = &server.seen()[0];
        assert!(seen.whole && seen.header("content-length").is_some() == sized, "{}", seen.head);
        let boundary = seen.header("content-type").unwrap().split_once("boundary=").unwrap().1;
        let before = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"language\"\r\n\r\nde\r\n--{boundary}\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"Gespräch %221%22.wav\"\r\n\
             Content-Type: audio/wav\r\n\r\n"
        );
        let after = format!("\r\n--{boundary}--\r\n");
        let expected = [before.as_bytes(), &content(1_000_001), after.as_bytes()].concat();
        assert!(seen.body == expected, "{} bytes for {}", seen.body.len(), expected.len());
    }
}

#[test]
fn progress_counts_the_file() {
    let file = file(1_000_000);
    let server = Server::start(vec![ok("")]);
    let (url, claim) = (server.url("/"), of_file(&file).claim().unwrap());
    let operation = Operation::<()>::start(move |reporter| async move {
        let call = Options::new();
        let upload = Upload::open(claim, "a", "audio/wav").await?;
        let body = Body::Multipart { fields: vec![], part: "file".into(), upload };
        let request = Request::new(Method::POST, url).body(body).reporter(reporter);
        http(&call).send(request, &call).await.map(drop)
    })
    .unwrap();
    operation.wait(None).unwrap().unwrap();
    let progress = operation.progress().unwrap();
    assert_eq!(progress.phase, ProgressPhase::Uploading);
    assert_eq!((progress.done, progress.total), (1_000_000, 1_000_000));
}

#[test]
fn an_empty_source_is_sent_as_one() {
    for source in [Source::from_bytes(Arc::new(Vec::new()), "b"), Callbacks::source(0, None, false)] {
        let server = Server::start(vec![ok("")]);
        assert_eq!(send(&server, &source, Repeat::Never, Options::new()).unwrap(), 200);
        assert!(server.seen()[0].whole && server.seen()[0].body.is_empty());
    }
}

#[test]
fn parts_of_a_source_make_the_whole() {
    let file = file(700_001);
    for source in [of_file(&file), Callbacks::source(700_001, None, true)] {
        let server = Server::start((0..5).map(|_| ok("")).collect());
        let (url, claim) = (server.url("/part"), source.claim().unwrap());
        run(move |_| async move {
            let call = Options::new();
            let http = http(&call);
            let upload = Upload::open(claim, "a", "audio/wav").await.unwrap();
            // Not in their order, and one twice.
            for (offset, length) in [(300_000, 300_000), (0, 300_000), (600_000, 100_001), (0, 300_000)] {
                let part = upload.part(offset, length).unwrap();
                assert_eq!(part.size(), Some(length));
                let request = Request::new(Method::PUT, url.clone()).body(raw(part));
                assert_eq!(http.send(request, &call).await.unwrap().status(), 200);
            }
            if upload.size().is_some() {
                assert!(upload.part(700_000, 2).is_err() && upload.part(u64::MAX, 1).is_err());
            }
        });
        let whole = content(700_001);
        let bodies: Vec<_> = server.seen().into_iter().map(|seen| seen.body).collect();
        assert!(bodies[0] == whole[300_000..600_000] && bodies[1] == whole[..300_000]);
        assert!(bodies[2] == whole[600_000..] && bodies[3] == whole[..300_000]);
    }
}

#[test]
fn a_source_that_is_not_as_long_as_it_says_never_passes_for_whole() {
    for declared in [LARGE as u64 / 2, 10, 3_000_000] {
        for actual in [declared - 5, declared + 1] {
            let server = Server::start(vec![ok("")]);
            let source = Callbacks::source(actual as usize, Some(declared), true);
            let error = send(&server, &source, Repeat::Safe, Options::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Source, "{error}");
            let seen = server.seen();
            assert!(seen.len() <= 1 && seen.iter().all(|seen| !seen.whole), "{actual} of {declared}");
        }
    }
}

#[test]
fn a_cut_upload_says_how_far_it_came_and_is_not_repeated() {
    let file = file(LARGE);
    for repeat in [Repeat::Never, Repeat::Unsent] {
        let cut: Script = Box::new(|peer| {
            peer.read_some(1 << 20);
            peer.abandon();
        });
        let server = Server::start(vec![cut, ok("")]);
        let error = send(&server, &of_file(&file), repeat, Options::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol);
        assert!(error.message().contains(&format!("of {LARGE} bytes of the request went out")), "{error}");
        assert_eq!(server.seen().len(), 1);
    }
}

#[test]
fn a_repeated_upload_is_whole() {
    let file = file(LARGE / 4);
    let sources = [
        of_file(&file),
        Callbacks::source(LARGE / 4, None, true),
        Callbacks::source(LARGE / 4, Some(LARGE as u64 / 4), true),
    ];
    for source in sources {
        let cut: Script = Box::new(|peer| {
            peer.read_some(1 << 20);
            peer.abandon();
        });
        let server = Server::start(vec![answering(503, "", ""), cut, closing(), ok("")]);
        assert_eq!(send(&server, &source, Repeat::Safe, Options::new()).unwrap(), 200);
        let seen = server.seen();
        assert_eq!(seen.len(), 4);
        for whole in [&seen[0], &seen[2], &seen[3]] {
            assert!(whole.whole && whole.body == content(LARGE / 4));
        }
    }
}

#[test]
fn what_cannot_be_read_twice_is_not_sent_twice() {
    let scripts: [fn() -> Script; 2] = [|| answering(503, "", ""), closing];
    for script in scripts {
        let server = Server::start(vec![script(), ok("")]);
        let source = Callbacks::source(1000, None, false);
        let outcome = send(&server, &source, Repeat::Safe, Options::new());
        assert!(outcome.is_err() || outcome.is_ok_and(|status| status == 503));
        assert_eq!(server.seen().len(), 1);
    }
}

fn early(status: u16, then: fn(&mut super::server::Peer)) -> Script {
    Box::new(move |peer| {
        peer.read_some(100_000);
        peer.answer(status, "", b"the reason");
        then(peer);
    })
}

#[test]
fn a_refusal_while_the_body_is_going_is_the_answer() {
    let file = file(LARGE);
    // The server lets go at once, listens to the end of the connection, or never takes another byte.
    let manners: [fn(&mut super::server::Peer); 3] = [
        |peer| {
            let _ = peer.stream.shutdown(std::net::Shutdown::Write);
            peer.read_some(200_000);
        },
        |peer| {
            peer.read_some(LARGE);
        },
        |peer| {
            std::thread::sleep(Duration::from_secs(1));
            peer.abandon();
        },
    ];
    for manner in manners {
        let server = Server::start(vec![early(413, manner)]);
        let (url, claim) = (server.url("/upload"), of_file(&file).claim().unwrap());
        let (status, body) = run(move |_| async move {
            let call = Options::new();
            let upload = Upload::open(claim, "a", "audio/wav").await?;
            let request = Request::new(Method::POST, url).body(raw(upload));
            let response = http(&call).send(request, &call).await?;
            Ok::<_, Error>((response.status(), response.bytes(100).await?))
        })
        .unwrap();
        assert_eq!((status, &body[..]), (413, &b"the reason"[..]));
        let seen = server.wait_for(|seen| seen.len() == 1 && !seen[0].body.is_empty());
        assert!(!seen[0].whole && seen[0].body.len() < LARGE);
    }
}

#[test]
fn a_yes_before_the_end_counts_only_with_the_end() {
    let file = file(LARGE);
    let server = Server::start(vec![early(200, |peer| peer.abandon())]);
    let error = send(&server, &of_file(&file), Repeat::Never, Options::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");

    let patient = early(200, |peer| {
        peer.read_some(LARGE - 100_000);
    });
    let server = Server::start(vec![patient]);
    assert_eq!(send(&server, &of_file(&file), Repeat::Never, Options::new()).unwrap(), 200);
    assert!(server.wait_for(|seen| seen[0].body.len() == LARGE)[0].body == content(LARGE));
}

#[test]
fn a_server_that_does_not_read_and_a_source_that_does_not_give_are_given_up() {
    let waits = || -> Script { Box::new(|_| std::thread::sleep(Duration::from_secs(5))) };
    let call = || options(&[("idle_timeout_ms", "400"), ("max_retries", "0")]);
    let file = file(LARGE);
    let server = Server::start(vec![waits()]);
    let error = send(&server, &of_file(&file), Repeat::Never, call()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.message().contains(&format!("of {LARGE} bytes")), "{error}");

    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(b"some").unwrap();
    let source = Source::from_fd(reader.into(), 0, "pipe").unwrap();
    let server = Server::start(vec![Box::new(|peer| peer.read_body())]);
    let error = send(&server, &source, Repeat::Never, call()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.message().contains("the source gave nothing"), "{error}");
    drop(writer);
    assert!(!server.wait_for(|seen| seen.len() == 1)[0].whole);
}
