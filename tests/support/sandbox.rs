//! A sandbox in this process, and its control API.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::options::options;
use super::secrets;
use serde_json::{Value, json};
use tiro::{Client, Options, Source};
use tiro_sandbox::{EngineChoice, Sandbox, Settings};

/// A sandbox with the scripted engine.
pub struct TestSandbox {
    sandbox: Sandbox,
}

impl TestSandbox {
    pub fn start() -> Self {
        Self::with(Settings::default())
    }

    pub fn with(settings: Settings) -> Self {
        let settings = Settings { engine: EngineChoice::Scripted, ..settings };
        secrets::listen();
        Self { sandbox: Sandbox::start(settings).unwrap() }
    }

    pub fn ready(&self) -> &tiro_sandbox::Ready {
        self.sandbox.ready()
    }

    pub fn url(&self) -> &str {
        &self.sandbox.ready().url
    }

    /// Options of the developer's account, by asking and not by events.
    pub fn options(&self) -> Options {
        options(&[
            ("service", "gospeech"),
            ("auth_base_url", self.url()),
            ("api_base_url", self.url()),
            ("client_id", "demo"),
            ("client_secret", "demo-secret"),
            ("username", "me@example.com"),
            ("gospeech.push", "off"),
        ])
    }

    pub fn client(&self) -> Client {
        Client::new(&self.options()).unwrap()
    }

    pub fn faults(&self, faults: Value) {
        self.control("DELETE", "/faults", None);
        self.control("POST", "/faults", Some(faults));
    }

    /// Puts ready recordings on the developer's list.
    pub fn add_recordings(&self, count: u64) -> Vec<String> {
        let given = json!({"account": "me@example.com", "count": count, "title": "talk"});
        let ids = self.control("POST", "/recordings", Some(given));
        ids["ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
    }

    /// What came since the log was cleared.
    pub fn log(&self) -> Value {
        self.control("GET", "/log", None)
    }

    pub fn count(&self, operation: &str) -> usize {
        let log = self.log();
        let entries = log["entries"].as_array().unwrap();
        entries.iter().filter(|entry| entry["operation"] == operation).count()
    }

    pub fn clear_log(&self) {
        self.control("DELETE", "/log", None);
    }

    pub fn control(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let ready = self.sandbox.ready();
        control(&ready.url, &ready.control_url, &ready.control_token, method, path, body)
    }
}

impl Drop for TestSandbox {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            secrets::assert_none_in("the log", &secrets::logged());
        }
    }
}

/// Asks a sandbox's control API.
pub fn control(
    url: &str,
    control_url: &str,
    token: &str,
    method: &str,
    path: &str,
    body: Option<Value>,
) -> Value {
    let authority = url.strip_prefix("http://").unwrap();
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    let base = control_url.strip_prefix(url).unwrap();
    let request = format!(
        "{method} {base}{path} HTTP/1.1\r\nHost: {authority}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(authority).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 2"), "{method} {path}: {answer}");
    // A large answer comes in chunks.
    let body = if head.to_lowercase().contains("transfer-encoding: chunked") {
        unchunked(body)
    } else {
        body.to_owned()
    };
    serde_json::from_str(&body).unwrap_or_default()
}

fn unchunked(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        whole.push_str(&rest[..size]);
        body = rest[size..].trim_start_matches("\r\n");
        if size == 0 {
            break;
        }
    }
    whole
}

/// A source of so many bytes that no codec has to understand.
pub fn noise(bytes: usize) -> Source {
    let content: Vec<u8> = (0..bytes).map(|index| (index * 31 % 251) as u8).collect();
    Source::from_bytes(std::sync::Arc::new(content), "talk.wav")
}

/// An access token as the token endpoint gives it out.
pub fn token(sandbox: &TestSandbox) -> String {
    let authority = sandbox.url().strip_prefix("http://").unwrap();
    let form = "grant_type=password&client_id=demo&client_secret=demo-secret&username=me%40example.com\
                &scope=openid+integrated-api";
    let mut stream = TcpStream::connect(authority).unwrap();
    write!(
        stream,
        "POST /connect/token HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\nContent-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n{form}",
        form.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let answer: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}
