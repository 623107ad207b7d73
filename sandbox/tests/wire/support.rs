//! A sandbox for a test, and what a client of it asks most.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tiro_sandbox::{EngineChoice, Sandbox, Script, Settings};

pub const DEVELOPER: &str = "me@example.com";
pub const SCOPES: &str = "openid offline_access email profile integrated-api";

pub struct Fixture {
    pub sandbox: Sandbox,
    pub http: Client,
}

/// Far longer than anything here takes.
const LONG: Duration = Duration::from_secs(120);

/// Looks again and again, until it sees what is wanted.
pub async fn eventually<T: Debug>(look: impl AsyncFn() -> T, wanted: impl Fn(&T) -> bool) -> T {
    let started = Instant::now();
    loop {
        let seen = look().await;
        if wanted(&seen) {
            return seen;
        }
        assert!(started.elapsed() < LONG, "it never comes: {seen:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub fn fast() -> Settings {
    Settings {
        engine: EngineChoice::Scripted,
        script: Script { pace_ms: 1, ..Script::default() },
        ..Settings::default()
    }
}

/// A client that follows no redirect by itself.
pub fn http() -> reqwest::ClientBuilder {
    let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy()
}

impl Fixture {
    pub fn start() -> Self {
        Self::with(fast())
    }

    pub fn with(settings: Settings) -> Self {
        Self { sandbox: Sandbox::start(settings).unwrap(), http: http().build().unwrap() }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.ready().url)
    }

    pub async fn token_answer(&self, form: &[(&str, &str)]) -> (StatusCode, Value) {
        let answer = self.http.post(self.url("/connect/token")).form(form).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    /// The vendor's own example of a request for a token.
    pub async fn log_in(&self, email: &str) -> Value {
        let form = [
            ("grant_type", "password"),
            ("client_id", "demo"),
            ("client_secret", "demo-secret"),
            ("username", email),
            ("scope", SCOPES),
        ];
        let (status, answer) = self.token_answer(&form).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    pub async fn token(&self, email: &str) -> String {
        text(&self.log_in(email).await["access_token"])
    }

    pub async fn management_token(&self) -> String {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", "demo"),
            ("client_secret", "demo-secret"),
            ("scope", "management-api"),
        ];
        text(&self.token_answer(&form).await.1["access_token"])
    }

    pub async fn get(&self, path: &str, token: &str) -> Response {
        self.http.get(self.url(path)).bearer_auth(token).send().await.unwrap()
    }

    pub async fn get_json(&self, path: &str, token: &str) -> Value {
        let answer = self.get(path, token).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    pub async fn upload(&self, token: &str, name: &str, bytes: &[u8]) -> String {
        let answer = self.try_upload(token, name, bytes).await.unwrap();
        assert_eq!(answer.status(), 201);
        text(&answer.json::<Value>().await.unwrap()["recordId"])
    }

    pub async fn try_upload(&self, token: &str, name: &str, bytes: &[u8]) -> reqwest::Result<Response> {
        let file = reqwest::multipart::Part::bytes(bytes.to_vec()).file_name(name.to_owned());
        let form = reqwest::multipart::Form::new().text("language", "en").part("file", file);
        self.http.post(self.url("/api/records")).bearer_auth(token).multipart(form).send().await
    }

    pub async fn wait_for(&self, token: &str, id: &str, status: &str) -> Value {
        let path = format!("/api/records/{id}");
        let is_there = |record: &Value| {
            let now = &record["status"];
            assert!(now == status || now != "recognitionFailed", "{record}");
            now == status
        };
        eventually(async || self.get_json(&path, token).await, is_there).await
    }

    pub fn control(&self, method: Method, path: &str) -> RequestBuilder {
        let ready = self.sandbox.ready();
        self.http.request(method, format!("{}{path}", ready.control_url)).bearer_auth(&ready.control_token)
    }

    pub async fn tell(&self, method: Method, path: &str, body: &Value) -> Value {
        let answer = self.control(method, path).json(body).send().await.unwrap();
        let status = answer.status();
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(status, 200, "{answer}");
        answer
    }

    pub async fn fault(&self, fault: Value) {
        self.tell(Method::POST, "/faults", &fault).await;
    }

    pub async fn log(&self) -> Value {
        self.tell(Method::GET, "/log", &json!({})).await
    }
}

/// In hexadecimal digits, as the control API gives it.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
