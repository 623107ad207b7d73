//! Every call of TranscribeMe, what it stands on, and what has to be true of the service once it has ended.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tiro::{Client, Error, Operation, Options, ResultOf, Source};
use tiro_sandbox::Settings;

use crate::fixture::{Fixture, PART, bytes, done, options, sound};
use crate::support::files::sha256;

/// Four parts.
pub const SIZE: usize = 3 * PART + 1234;

/// A call of the matrix, by the operation whose request is hit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verb {
    Token,
    UploadUrl,
    Part,
    /// To the storage, which gets no credentials.
    StoredPart,
    Commit,
    Simple,
    Sync,
    Remote,
    RemoteSecond,
    CreateOrder,
    Order,
    Edit,
    Promo,
    Place,
    DeleteOrder,
    List(&'static str),
    Status,
    Recordings,
    Transcript,
    File,
    Download,
    Address,
    SetAddress,
    Card,
    ClientToken,
    SaveCard,
    Regenerate,
}

use Verb::*;

pub const VERBS: &[Verb] = &[
    Token,
    UploadUrl,
    Part,
    StoredPart,
    Commit,
    Simple,
    Sync,
    Remote,
    RemoteSecond,
    CreateOrder,
    Order,
    Edit,
    Promo,
    Place,
    DeleteOrder,
    List("types"),
    List("speakers"),
    List("outputs"),
    List("turnarounds"),
    List("languages"),
    List("accents"),
    List("domains"),
    List("recording_statuses"),
    List("currencies"),
    Status,
    Recordings,
    Transcript,
    File,
    Download,
    Address,
    SetAddress,
    Card,
    ClientToken,
    SaveCard,
    Regenerate,
];

/// How often a call may be made (spec: 7.4).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Class {
    /// Asking twice is as asking once.
    Safe,
    /// At most once.
    Once,
    /// The status tells whether it was done, and it may go once more.
    Commit,
    /// At most once, and then it is looked up.
    Place,
}

impl Verb {
    pub fn operation(self) -> &'static str {
        match self {
            Token => "token",
            UploadUrl => "upload_url",
            Part | StoredPart => "upload_part",
            Commit => "upload_commit",
            Simple => "upload_simple",
            Sync => "upload_sync",
            Remote => "upload_remote",
            RemoteSecond => "upload_remote_second",
            CreateOrder => "create_order",
            Order => "order",
            Edit => "edit_order",
            Promo => "apply_promo",
            Place => "place_order",
            DeleteOrder => "delete_order",
            List(name) => name,
            Status => "recording_status",
            Recordings => "recordings",
            Transcript => "transcript",
            File => "transcript_file",
            Download => "download",
            Address => "billing_address",
            SetAddress => "set_billing_address",
            Card => "billing_card",
            ClientToken => "billing_client_token",
            SaveCard => "save_billing_card",
            Regenerate => "regenerate_application_token",
        }
    }

    pub fn class(self) -> Class {
        match self {
            Commit => Class::Commit,
            Place => Class::Place,
            Simple | Sync | Remote | RemoteSecond | CreateOrder | Download | SetAddress | SaveCard
            | Regenerate => Class::Once,
            _ => Class::Safe,
        }
    }

    pub fn uploads(self) -> bool {
        matches!(self, UploadUrl | Part | StoredPart | Commit | Simple | Sync | Remote | RemoteSecond)
    }

    pub fn goes_in_parts(self) -> bool {
        matches!(self, UploadUrl | Part | StoredPart | Commit)
    }

    /// Whether its answer has no byte.
    pub fn answers_nothing(self) -> bool {
        matches!(self, Part | StoredPart | Commit | Sync | Place | DeleteOrder | SaveCard)
    }

    /// How many bytes of its request arrive before a cut.
    pub fn cuts(self) -> &'static [u64] {
        match self {
            Part | StoredPart => &[0, 1, 1000, 65_000],
            Simple | Sync => &[0, 1, 100_000, SIZE as u64],
            Token | Remote | RemoteSecond | CreateOrder | Edit | Promo | Place | Download | SetAddress
            | SaveCard | Regenerate => &[0, 1],
            _ => &[],
        }
    }
}

/// A server that answers everything with the same bytes, and notes what it is sent.
pub fn server(content: Vec<u8>) -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(String::new()));
    let noted = seen.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut buffer = [0; 65536];
            let count = stream.read(&mut buffer).unwrap_or(0);
            noted.lock().unwrap().push_str(&String::from_utf8_lossy(&buffer[..count]));
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", content.len());
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&content));
        }
    });
    (origin, seen)
}

/// A sandbox with all that a call needs, and a client that has signed in.
pub struct Scene {
    pub fixture: Fixture,
    verb: Verb,
    client: Client,
    call: Options,
    /// Has a transcript.
    ready: String,
    /// Uploaded, and of the order.
    uploaded: String,
    order: String,
    remote: String,
    folder: tempfile::TempDir,
}

impl Scene {
    pub fn new(verb: Verb, call: &[(&str, &str)]) -> Self {
        let (origin, _) =
            if matches!(verb, Remote | RemoteSecond) { server(bytes(SIZE)) } else { Default::default() };
        let remote_origins = if origin.is_empty() { Vec::new() } else { vec![origin.clone()] };
        let fixture = Fixture::with(Settings { remote_origins, ..Settings::default() });
        let mut pairs = vec![("max_price", "10 USD"), ("order.type", "3")];
        pairs.extend_from_slice(call);
        let client = fixture.tm_with(match verb {
            Simple => &[("transcribeme.upload", "simple")],
            Sync => &[("transcribeme.upload", "sync")],
            Download => &[("transcribeme.export", "download")],
            _ => &[("transcribeme.export", "file")],
        });
        let given = json!({ "account": "me@example.com", "status": 3, "name": "talk.wav" });
        let added = fixture.control("POST", "/transcribeme/recordings", Some(given));
        let (uploaded, order) = match verb {
            CreateOrder => (done(client.upload(&sound(100, "talk.wav"), None)).id.clone(), String::new()),
            Order | Edit | Promo | Place | DeleteOrder => fixture.ordered(&client),
            Token => Default::default(),
            _ => {
                done(client.sign_in(None));
                Default::default()
            }
        };
        match verb {
            StoredPart => fixture.behave(json!({ "upload_url_origin": "storage" })),
            RemoteSecond => fixture.behave(json!({ "remote_path": "second" })),
            _ => {}
        }
        fixture.clear_log();
        Self {
            verb,
            client,
            call: options(&pairs),
            ready: added["ids"][0].as_str().unwrap().to_owned(),
            uploaded,
            order,
            remote: format!("{origin}/talk.wav"),
            folder: tempfile::tempdir().unwrap(),
            fixture,
        }
    }

    pub fn hit(&self, mut fault: Value) {
        fault["operation"] = self.verb.operation().into();
        self.fixture.faults(fault);
    }

    pub fn asked(&self) -> usize {
        self.fixture.count(self.verb.operation())
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("talk.pdf")
    }

    /// Makes the call; the id of what was uploaded.
    pub fn run(&self) -> Result<Option<String>, Error> {
        let (client, call) = (&self.client, Some(&self.call));
        let upload = |source: &Source| ended(client.upload(source, call)).map(|made| Some(made.id.clone()));
        let none = |outcome: Result<(), Error>| outcome.map(|()| None);
        match self.verb {
            Token => none(ended(client.sign_in(call))),
            UploadUrl | Part | StoredPart | Commit | Simple | Sync => upload(&sound(SIZE, "talk.wav")),
            Remote | RemoteSecond => upload(&Source::from_url(&self.remote)?),
            CreateOrder => none(ended(client.create_order(&[&self.uploaded], call)).map(drop)),
            Order => none(ended(client.order(&self.order, call)).map(drop)),
            Edit => none(ended(client.edit_settings(&self.order, call)).map(drop)),
            Promo => none(ended(client.apply_promo(&self.order, "SANDBOX-HALF", call)).map(drop)),
            Place => none(ended(client.place(&self.order, call)).map(drop)),
            DeleteOrder => none(ended(client.delete_order(&self.order, call))),
            List(name) => none(ended(client.dictionary(name, Some("en"), call)).map(drop)),
            Status => none(ended(client.recording(&self.ready, call)).map(drop)),
            Recordings => none(ended(client.recordings(0, 10, call)).map(drop)),
            Transcript => none(ended(client.transcript(&self.ready, call)).map(drop)),
            File | Download => {
                none(ended(client.export_to_path(&self.ready, "pdf", self.file(), call)).map(drop))
            }
            Address => none(ended(client.billing_address(call)).map(drop)),
            SetAddress => none(ended(client.set_billing_address(&address(), call)).map(drop)),
            Card => none(ended(client.billing_card(call)).map(drop)),
            ClientToken => none(ended(client.billing_client_token(call)).map(drop)),
            SaveCard => none(ended(client.save_billing_card(&"fake-valid-nonce".into(), call)).map(drop)),
            Regenerate => none(ended(client.regenerate_application_token(call)).map(drop)),
        }
    }

    /// What the service has is what the call said, and nothing was made twice.
    pub fn hold(&self, row: &str, outcome: &Result<Option<String>, Error>) {
        let (fixture, verb, is_ok) = (&self.fixture, self.verb, outcome.is_ok());
        let kept = fixture.control("GET", "/transcribeme/recordings", None);
        let whole = |kept: &&Value| kept["size"].as_u64() == Some(SIZE as u64);
        let uploads = kept["recordings"].as_array().unwrap().iter().filter(whole).count();
        assert!(uploads <= usize::from(verb.uploads()), "{row}, {verb:?}: {kept:#}");
        let orders = fixture.control("GET", "/transcribeme/orders", None);
        let orders = orders["orders"].as_array().unwrap();
        let made = usize::from(verb == CreateOrder || !self.order.is_empty());
        assert!(orders.len() <= made, "{row}, {verb:?}: {orders:#?}");
        let placed: u64 = orders.iter().filter_map(|order| order["placed"].as_u64()).sum();
        assert!(placed <= u64::from(verb == Place), "{row}, {verb:?}: {orders:#?}");
        if let Ok(Some(id)) = outcome {
            self.holds_whole(row, id);
        }
        let stands = match verb {
            CreateOrder => orders.len() == 1,
            Edit => orders[0]["recordings"][0]["settings"]["type"] == 3,
            Promo => orders[0]["promo_code"] == "SANDBOX-HALF",
            Place => placed == 1,
            DeleteOrder => orders.is_empty(),
            File | Download => self.file().metadata().is_ok_and(|file| file.len() > 0),
            SaveCard => done(self.client.billing_card(None)).text().unwrap().contains("last4"),
            SetAddress => done(self.client.billing_address(None)).text().unwrap().contains("Oakland"),
            _ => true,
        };
        assert!(stands || !is_ok, "{row}, {verb:?}: it was said to be done\n{:#}", fixture.log());
        if !is_ok {
            assert_eq!(std::fs::read_dir(self.folder.path()).unwrap().count(), 0, "{row}, {verb:?}");
        }
    }

    fn holds_whole(&self, row: &str, id: &str) {
        let (verb, kept) = (self.verb, self.fixture.kept(id));
        assert_eq!(kept["sha256"], sha256(&bytes(SIZE)), "{row}, {verb:?}: {kept:#}");
        if verb.goes_in_parts() {
            let parts = kept["parts"].as_array().unwrap();
            let received: Vec<u64> = parts.iter().map(|part| part["received"].as_u64().unwrap()).collect();
            assert_eq!((received.len(), &kept["commits"]), (4, &json!(1)), "{row}, {verb:?}: {kept:#}");
            assert!(received.iter().sum::<u64>() <= 5, "{row}, {verb:?}: {received:?}");
        }
    }
}

fn ended<T: ResultOf>(started: tiro::Result<Operation<T>>) -> Result<T, Error> {
    started?.wait(None).expect("no timeout")
}

fn address() -> String {
    json!({
        "firstName": "A", "lastName": "B", "email": "a@example.com", "address1": "Street 1", "address2": null,
        "country": {"id": "US", "name": "United States"}, "state": {"id": "CA", "name": "California"},
        "city": "Oakland", "zip": "94601",
    })
    .to_string()
}
