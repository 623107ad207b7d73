//! What a client of TranscribeMe's half asks most.

use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tiro_sandbox::{Behaviour, Settings, TranscribeMeBehaviour};

use crate::support::{DEVELOPER, Fixture, eventually, fast, text};

pub const PASSWORD: &str = "developer-password";
/// The status of a recording that comes to nothing.
const FAILED: i64 = 4;

/// A client that is signed in.
pub struct Customer {
    pub fixture: Fixture,
    pub token: String,
    pub user_id: String,
}

pub fn password() -> [(&'static str, &'static str); 5] {
    [
        ("grant_type", "password"),
        ("client_id", "demo"),
        ("client_secret", "demo-secret"),
        ("username", DEVELOPER),
        ("password", PASSWORD),
    ]
}

pub fn with(change: impl FnOnce(&mut TranscribeMeBehaviour)) -> Settings {
    let mut behaviour = Behaviour::default();
    change(&mut behaviour.transcribeme);
    Settings { behaviour, ..fast() }
}

impl Fixture {
    pub fn tm(&self, path: &str) -> String {
        format!("{}/{path}", self.sandbox.ready().transcribeme_url)
    }

    pub async fn tm_token(&self, form: &[(&str, &str)]) -> (StatusCode, Value) {
        let answer = self.http.post(self.tm("token")).header("X-Api-Key", "demo").form(form);
        let answer = answer.send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }
}

impl Customer {
    pub async fn new() -> Self {
        Self::of(Fixture::start()).await
    }

    pub async fn with(change: impl FnOnce(&mut TranscribeMeBehaviour)) -> Self {
        Self::of(Fixture::with(with(change))).await
    }

    pub async fn of(fixture: Fixture) -> Self {
        let (status, answer) = fixture.tm_token(&password()).await;
        assert_eq!(status, 200, "{answer}");
        Self { token: text(&answer["access_token"]), user_id: text(&answer["userId"]), fixture }
    }

    /// A request below the base, or to a whole URL, with the credentials.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = if path.starts_with("http") { path.to_owned() } else { self.fixture.tm(path) };
        self.fixture.http.request(method, url).bearer_auth(&self.token).header("X-Api-Key", "demo")
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub async fn get_json(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: &Value) -> Response {
        self.request(Method::POST, path).json(body).send().await.unwrap()
    }

    pub async fn post_json(&self, path: &str, body: &Value) -> Value {
        let answer = self.post(path, body).await;
        assert_eq!(answer.status(), 200, "{path}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    /// The answer of a new upload, and the ids in its URL.
    pub async fn begin(&self, name: &str) -> Begun {
        let query = [("fileName", name), ("isAsync", "true")];
        let answer = self.request(Method::GET, "uploads/url").query(&query).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let url = reqwest::Url::parse(&text(&answer.json::<Value>().await.unwrap()["url"])).unwrap();
        let id = |wanted| url.query_pairs().find(|(name, _)| name == wanted).unwrap().1.into_owned();
        Begun { recording: id("recordingId"), upload: id("uploadId"), url }
    }

    pub async fn part(&self, begun: &Begun, number: u32, bytes: &[u8]) -> StatusCode {
        let file = reqwest::multipart::Part::bytes(bytes.to_vec()).file_name("part");
        let form = reqwest::multipart::Form::new().part("file", file);
        let answer = self.request(Method::POST, &begun.part_url(number)).multipart(form);
        answer.send().await.unwrap().status()
    }

    pub async fn commit(&self, begun: &Begun) -> StatusCode {
        let path = format!("uploads/async/commit?uploadId={}&recordingId={}", begun.upload, begun.recording);
        self.request(Method::POST, &path).header("Content-Length", 0).send().await.unwrap().status()
    }

    /// A whole upload; the recording's id.
    pub async fn upload(&self, name: &str, bytes: &[u8]) -> String {
        let begun = self.begin(name).await;
        assert_eq!(self.part(&begun, 0, bytes).await, 200);
        assert_eq!(self.commit(&begun).await, 200);
        begun.recording
    }

    pub async fn order(&self, recording: &str) -> Value {
        self.post_json("orders", &json!({ "id": "", "recordings": [recording] })).await
    }

    pub async fn place(&self, order: &str) -> Response {
        self.post(&format!("orders/{order}/place"), &json!([{ "billingType": 0 }])).await
    }

    pub async fn wait_for(&self, recording: &str, status: i64) {
        let path = format!("recordings/{recording}/status");
        let is_there = |now: &Value| {
            assert!(*now == status || *now != FAILED, "it failed");
            *now == status
        };
        eventually(async || self.get_json(&path).await, is_there).await;
    }

    /// As the control API shows it.
    pub async fn kept(&self, recording: &str) -> Value {
        let kept = self.fixture.tell(Method::GET, "/transcribeme/recordings", &json!({})).await;
        let mut kept = kept["recordings"].as_array().unwrap().iter();
        kept.find(|kept| kept["id"] == recording).unwrap().clone()
    }

    pub async fn orders_kept(&self) -> Vec<Value> {
        let kept = self.fixture.tell(Method::GET, "/transcribeme/orders", &json!({})).await;
        kept["orders"].as_array().unwrap().clone()
    }

    pub async fn behave(&self, behaviour: Value) {
        let behaviour = json!({ "transcribeme": behaviour });
        self.fixture.tell(Method::PATCH, "/behaviour", &behaviour).await;
    }
}

pub struct Begun {
    pub recording: String,
    pub upload: String,
    pub url: reqwest::Url,
}

impl Begun {
    pub fn part_url(&self, number: u32) -> String {
        let mut url = self.url.clone();
        url.query_pairs_mut().append_pair("chunkNumber", &number.to_string());
        url.into()
    }
}
