//! An upload that is taken up again: what is sent a second time, and what is not. The server is a few lines: the sandbox
//! holds a copy of this library, which cannot be linked beside the one under test.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::checkpoint::Checkpoint;
use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;
use crate::recording::Recording;
use crate::runtime::Operation;
use crate::runtime::sync::Mutex;
use crate::service::transcribeme::TranscribeMe;
use crate::service::{Call, ResumableUpload, ServiceFuture, UploadLog};
use crate::source::{ReadCallbacks, Source};

const PART: usize = 65_536;

/// Keeps what it is told, as often as it is let.
struct Log {
    kept: Mutex<Option<SecretString>>,
    left: Mutex<usize>,
    /// How many parts had arrived at each time.
    arrived: Mutex<Vec<u32>>,
}

impl Log {
    fn new(times: usize, kept: Option<SecretString>) -> Arc<Self> {
        Arc::new(Self { kept: Mutex::new(kept), left: Mutex::new(times), arrived: Mutex::default() })
    }
}

impl UploadLog for Log {
    fn kept(&self) -> Option<SecretString> {
        self.kept.lock().clone()
    }

    fn keep<'a>(&'a self, recording_id: &'a str, checkpoint: SecretString) -> ServiceFuture<'a, ()> {
        Box::pin(async move {
            assert!(!recording_id.is_empty());
            let mut left = self.left.lock();
            if *left == 0 {
                return Err(Error::new(ErrorKind::DiskFull, "no room"));
            }
            *left -= 1;
            let Ok(Checkpoint::Parts(sent)) = serde_json::from_str(checkpoint.expose_secret()) else {
                panic!("a checkpoint of parts");
            };
            self.arrived.lock().push(sent.done.iter().map(|(first, end)| end - first).sum());
            *self.kept.lock() = Some(checkpoint);
            Ok(())
        })
    }
}

/// Takes parts and joins them, once.
#[derive(Default)]
struct Service {
    /// How often each part of each recording arrived.
    parts: BTreeMap<(u32, u32), u32>,
    /// What each part's request held.
    bodies: BTreeMap<(u32, u32), Vec<u8>>,
    begun: u32,
    joined: Vec<u32>,
    /// Whose place for parts is there no more.
    gone: Option<u32>,
}

struct Server {
    url: String,
    service: Arc<Mutex<Service>>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let service = Arc::new(Mutex::new(Service::default()));
        let shared = service.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, service) = (stream.unwrap(), shared.clone());
                std::thread::spawn(move || serve(stream, &service));
            }
        });
        Self { url, service }
    }
}

fn serve(stream: TcpStream, service: &Mutex<Service>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first).ok()? == 0 {
            return None;
        }
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            if line.trim().is_empty() {
                break;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
        }
        let mut sent = Vec::new();
        Read::take(&mut reader, length).read_to_end(&mut sent).ok()?;
        let (status, body) = service.lock().answer(first.split(' ').nth(1)?, sent);
        let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n", body.len());
        (&stream).write_all((head + &body).as_bytes()).ok()?;
    }
}

impl Service {
    fn answer(&mut self, target: &str, sent: Vec<u8>) -> (u16, String) {
        let number = |name: &str| {
            let query = target.split_once('?')?.1;
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.filter(|(key, _)| *key == name).find_map(|(_, value)| value.parse::<u32>().ok())
        };
        let recording = number("recordingId").unwrap_or_default();
        match target.split('?').next().unwrap_or_default() {
            "/uploads/url" => {
                self.begun += 1;
                let id = self.begun;
                (200, format!(r#"{{"url":"put?recordingId={id}&uploadId=7"}}"#))
            }
            "/put" if self.gone == Some(recording) => (403, String::new()),
            "/put" => {
                self.bodies.insert((recording, number("chunkNumber").unwrap()), sent);
                *self.parts.entry((recording, number("chunkNumber").unwrap())).or_default() += 1;
                (200, String::new())
            }
            "/uploads/async/commit" if !self.joined.contains(&recording) => {
                self.joined.push(recording);
                (200, String::new())
            }
            "/uploads/async/commit" => (400, r#"{"Messages":["Joined before"]}"#.into()),
            status => {
                let id: u32 = status.split('/').nth(2).and_then(|id| id.parse().ok()).unwrap();
                (200, u8::from(self.joined.contains(&id)).to_string())
            }
        }
    }
}

fn options(server: &Server) -> Options {
    [
        ("api_base_url", server.url.as_str()),
        ("client_id", "key"),
        ("access_token", "token"),
        ("transcribeme.part_bytes", &PART.to_string()),
        ("transcribeme.part_body", "raw"),
    ]
    .iter()
    .fold(Options::new(), |options, (key, value)| options.with(key, value).unwrap())
}

fn content(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|index| (index * 31 % 251) as u8).collect()
}

fn upload(server: &Server, bytes: usize, log: &Arc<Log>) -> Result<Recording> {
    upload_of(server, &Source::from_bytes(Arc::new(content(bytes)), "talk.wav"), log)
}

fn upload_of(server: &Server, source: &Source, log: &Arc<Log>) -> Result<Recording> {
    let (options, log, source) = (options(server), log.clone(), source.claim()?);
    let (tell, told) = mpsc::channel();
    let operation = Operation::<()>::start(move |reporter| async move {
        let service = TranscribeMe::open(&options, None)?;
        let call = Call { options: Arc::new(options), reporter };
        let outcome = ResumableUpload::upload(&service, &call, source, &*log).await;
        let _ = tell.send(outcome);
        Ok(())
    });
    operation.unwrap().wait(Some(Duration::from_secs(60))).expect("it ended").unwrap();
    told.recv().unwrap()
}

#[test]
fn what_has_arrived_is_not_sent_again_and_each_step_is_kept() {
    let server = Server::start();
    let whole = Log::new(usize::MAX, None);
    upload(&server, 3 * PART + 1, &whole).unwrap();
    // Before the first byte, after each part, before the parts are joined.
    assert_eq!(*whole.arrived.lock(), [0, 1, 2, 3, 4, 4]);
    for times in 0..6 {
        let first = Log::new(times, None);
        let error = upload(&server, 3 * PART + 1, &first).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DiskFull);
        let kept = first.kept();
        let before = first.arrived.lock().last().copied();
        let second = Log::new(usize::MAX, kept.clone());
        let recording = upload(&server, 3 * PART + 1, &second).unwrap();
        assert_eq!(recording.raw_status, "1");
        if let Some(kept) = kept {
            let same = format!(r#""recording_id":"{}""#, recording.id);
            assert!(kept.expose_secret().contains(&same), "the same recording");
            let after = second.arrived.lock().first().copied();
            assert_eq!(after, Some((before.unwrap() + 1).min(4)), "from the first that is missing");
        }
        // Joined once: whoever takes it up again finds that out.
        let third = Log::new(usize::MAX, second.kept());
        assert_eq!(upload(&server, 3 * PART + 1, &third).unwrap().id, recording.id);
        assert!(third.arrived.lock().is_empty());
        let service = server.service.lock();
        let id: u32 = recording.id.parse().unwrap();
        let times_sent = service.parts.iter().filter(|((of, _), _)| *of == id).map(|(_, count)| *count);
        let sent: Vec<u32> = times_sent.collect();
        assert_eq!(sent.len(), 4);
        assert!(sent.iter().sum::<u32>() <= 5, "at most the part in flight goes twice: {sent:?}");
        assert_eq!(service.joined.iter().filter(|joined| **joined == id).count(), 1);
    }
}

#[test]
fn another_source_and_another_form_are_refused() {
    let server = Server::start();
    let first = Log::new(2, None);
    upload(&server, 3 * PART, &first).unwrap_err();
    let second = Log::new(usize::MAX, first.kept());
    let error = upload(&server, 3 * PART + 1, &second).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SourceChanged);
    assert!(!error.recording_id().is_empty() && second.arrived.lock().is_empty());
    let foreign = Log::new(usize::MAX, Some("{\"kind\":\"newer\"}".into()));
    assert_eq!(upload(&server, 3 * PART, &foreign).unwrap_err().kind(), ErrorKind::NeedsAction);
}

/// Gives its bytes as often as they are asked for, and does not say how many.
struct Unsized(std::io::Cursor<Vec<u8>>);

impl ReadCallbacks for Unsized {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer)
    }

    fn rewind(&mut self) -> std::io::Result<()> {
        self.0.set_position(0);
        Ok(())
    }

    fn can_rewind(&self) -> bool {
        true
    }

    fn size(&mut self) -> Option<u64> {
        None
    }
}

#[test]
fn an_upload_whose_place_is_gone_begins_at_the_beginning_whatever_the_source() {
    let sources = [
        Source::from_bytes(Arc::new(content(3 * PART + 1)), "talk.wav"),
        Source::from_callbacks(Box::new(Unsized(std::io::Cursor::new(content(3 * PART + 1)))), "talk.wav"),
    ];
    for source in sources {
        let server = Server::start();
        let first = Log::new(3, None);
        assert_eq!(upload_of(&server, &source, &first).unwrap_err().kind(), ErrorKind::DiskFull);
        server.service.lock().gone = Some(1);
        let second = Log::new(usize::MAX, first.kept());
        assert_eq!(upload_of(&server, &source, &second).unwrap().id, "2");
        let service = server.service.lock();
        let of_second = service.bodies.iter().filter(|((of, _), _)| *of == 2);
        let sent: Vec<u8> = of_second.flat_map(|(_, body)| body.clone()).collect();
        assert!(sent == content(3 * PART + 1), "{} bytes", sent.len());
        assert_eq!(service.joined, [2]);
    }
}
