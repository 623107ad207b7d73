//! What every test here begins with.

use std::ops::Deref;

use serde_json::{Value, json};
use tiro::{Client, Error, Operation, Options, ResultOf, Source};
use tiro_sandbox::Settings;

pub use crate::support::options::options;
use crate::support::options::with;
use crate::support::sandbox::TestSandbox;

/// Small parts, so that a few hundred kilobytes are several.
pub const PART: usize = 65_536;

/// A sandbox, spoken to as TranscribeMe.
pub struct Fixture(TestSandbox);

impl Deref for Fixture {
    type Target = TestSandbox;

    fn deref(&self) -> &TestSandbox {
        &self.0
    }
}

impl Fixture {
    pub fn start() -> Self {
        Self(TestSandbox::start())
    }

    pub fn with(settings: Settings) -> Self {
        Self(TestSandbox::with(settings))
    }

    /// A sandbox that behaves so.
    pub fn behaving(behaviour: Value) -> Self {
        let fixture = Self::start();
        fixture.behave(behaviour);
        fixture
    }

    pub fn behave(&self, behaviour: Value) {
        self.control("PATCH", "/behaviour", Some(json!({ "transcribeme": behaviour })));
    }

    /// Of a program, which says nothing of who signs in.
    pub fn program(&self) -> Options {
        let url = &self.ready().transcribeme_url;
        options(&[
            ("service", "transcribeme"),
            ("auth_base_url", url),
            ("api_base_url", url),
            ("client_id", "demo"),
            ("client_secret", "demo-secret"),
            ("transcribeme.poll_first_ms", "10"),
            ("transcribeme.part_bytes", &PART.to_string()),
        ])
    }

    pub fn tm_options(&self) -> Options {
        self.program().with("application_token", "demo-application-token").unwrap()
    }

    pub fn tm(&self) -> Client {
        Client::new(&self.tm_options()).unwrap()
    }

    pub fn tm_with(&self, pairs: &[(&str, &str)]) -> Client {
        Client::new(&with(self.tm_options(), pairs)).unwrap()
    }

    /// What the sandbox has of a recording.
    pub fn kept(&self, id: &str) -> Value {
        let kept = self.control("GET", "/transcribeme/recordings", None);
        let mut kept = kept["recordings"].as_array().unwrap().iter();
        kept.find(|kept| kept["id"] == id).unwrap().clone()
    }

    /// How often each order was placed.
    pub fn placed(&self) -> Vec<u64> {
        let orders = self.control("GET", "/transcribeme/orders", None);
        orders["orders"].as_array().unwrap().iter().map(|order| order["placed"].as_u64().unwrap()).collect()
    }

    /// A recording that is uploaded, and an order of it.
    pub fn ordered(&self, client: &Client) -> (String, String) {
        let recording = done(client.upload(&sound(100, "talk.wav"), None));
        let order = done(client.create_order(&[&recording.id], None));
        (recording.id.clone(), order.id)
    }

    /// The requests of an operation since the log was cleared.
    pub fn requests(&self, operation: &str) -> Vec<Value> {
        let log = self.log();
        let entries = log["entries"].as_array().unwrap().iter();
        entries.filter(|entry| entry["operation"] == operation).cloned().collect()
    }
}

pub fn done<T: ResultOf>(started: tiro::Result<Operation<T>>) -> T {
    started.unwrap().wait(None).expect("no timeout").unwrap()
}

pub fn fails<T: ResultOf>(started: tiro::Result<Operation<T>>) -> Error {
    match started.unwrap().wait(None).expect("no timeout") {
        Ok(_) => panic!("it went well"),
        Err(error) => error,
    }
}

pub fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|index| (index * 31 % 251) as u8).collect()
}

pub fn sound(count: usize, name: &str) -> Source {
    Source::from_bytes(std::sync::Arc::new(bytes(count)), name)
}
