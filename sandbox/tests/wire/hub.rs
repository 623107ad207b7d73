use futures_util::{SinkExt, StreamExt};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::support::{DEVELOPER, Fixture, text};

struct Hub {
    socket: WebSocketStream<TcpStream>,
    waiting: Vec<Value>,
}

impl Hub {
    async fn open(fixture: &Fixture, token: &str) -> Self {
        let negotiate = fixture.url("/hubs/common/negotiate?negotiateVersion=1");
        let answer = fixture.http.post(negotiate).bearer_auth(token).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["availableTransports"][0]["transport"], "WebSockets");
        let mut hub = Self::connect(fixture, token, Some(&text(&answer["connectionToken"]))).await.unwrap();
        hub.say(json!({ "protocol": "json", "version": 1 })).await;
        assert_eq!(hub.next().await, Some(json!({})));
        hub
    }

    async fn connect(fixture: &Fixture, token: &str, id: Option<&str>) -> Result<Self, String> {
        let address = fixture.url("").replace("http://", "");
        let id = id.map(|id| format!("?id={id}")).unwrap_or_default();
        let mut request = format!("ws://{address}/hubs/common{id}").into_client_request().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        let stream = TcpStream::connect(&address).await.unwrap();
        let opened = client_async(request, stream).await.map_err(|error| error.to_string());
        opened.map(|(socket, _)| Self { socket, waiting: Vec::new() })
    }

    async fn say(&mut self, frame: Value) {
        self.socket.send(Message::text(format!("{frame}\u{1e}"))).await.unwrap();
    }

    /// The next frame; nothing once it is closed.
    async fn next(&mut self) -> Option<Value> {
        while self.waiting.is_empty() {
            match self.socket.next().await?.ok()? {
                Message::Text(text) => {
                    let frames = text.strip_suffix('\u{1e}').unwrap().split('\u{1e}');
                    self.waiting = frames.map(|frame| serde_json::from_str(frame).unwrap()).collect();
                }
                _ => return None,
            }
        }
        Some(self.waiting.remove(0))
    }

    async fn event(&mut self) -> (String, Value) {
        loop {
            let frame = self.next().await.expect("an event");
            if frame["type"] == 1 {
                return (text(&frame["target"]), frame["arguments"].clone());
            }
        }
    }
}

#[tokio::test]
async fn a_recording_is_told_of_from_upload_to_export() {
    let fixture = Fixture::start();
    let token = fixture.token(DEVELOPER).await;
    let mut hub = Hub::open(&fixture, &token).await;
    let id = fixture.upload(&token, "x.wav", b"four").await;
    let mut statuses = Vec::new();
    let mut last = String::new();
    while statuses.last().is_none_or(|status| status != "readyForCorrection") {
        let (target, arguments) = hub.event().await;
        assert_eq!((target.as_str(), &arguments[0]["recordId"]), ("workListChanged", &json!(id)));
        let date = text(&arguments[0]["lastStatusDate"]);
        assert!(date > last, "later than the one before");
        last = date;
        let status = text(&arguments[0]["status"]);
        assert_eq!(arguments[0].get("fileSize").is_some(), status == "uploaded", "{status}");
        assert_eq!(arguments[0].get("wordsCount").is_some(), status == "readyForCorrection", "{status}");
        statuses.push(status);
    }
    let course =
        ["uploading", "converting", "uploaded", "inRecognitionQueue", "recognizing", "readyForCorrection"];
    assert_eq!(statuses, course);

    let export = fixture.url(&format!("/api/records/{id}/transcript/export"));
    let body = json!({ "format": "txt" });
    fixture.http.post(export).bearer_auth(&token).json(&body).send().await.unwrap();
    let (target, arguments) = hub.event().await;
    assert_eq!((target.as_str(), &arguments[0]["fileFormat"]), ("transcriptExportCompleted", &json!("txt")));
    assert_eq!(arguments[0]["fileName"], "x.txt");

    fixture.http.delete(fixture.url(&format!("/api/records/{id}"))).bearer_auth(&token).send().await.unwrap();
    assert_eq!(hub.event().await, ("refreshWorklist".to_owned(), json!([])));
}

#[tokio::test]
async fn a_denial_and_the_end_of_an_account_are_told() {
    let fixture = Fixture::start();
    let bob = json!({ "email": "bob@example.com", "kind": "managed", "owner": DEVELOPER, "denied_codes": ["fileUploadLimitReached"] });
    fixture.tell(Method::POST, "/accounts", &bob).await;
    let (token, developer) = (fixture.token("bob@example.com").await, fixture.token(DEVELOPER).await);
    let mut hub = Hub::open(&fixture, &token).await;
    let mut of_developer = Hub::open(&fixture, &developer).await;
    fixture.try_upload(&token, "x.wav", b"x").await.unwrap();
    let (target, arguments) = loop {
        let event = hub.event().await;
        if event.0 != "workListChanged" {
            break event;
        }
    };
    assert_eq!(
        (target.as_str(), &arguments[0]["deniedCodes"][0]),
        ("recordUploadDenied", &json!("fileUploadLimitReached"))
    );
    assert_eq!(arguments[0]["recordName"], "x.wav");
    fixture.tell(Method::DELETE, "/accounts/bob@example.com", &json!({})).await;
    assert_eq!(hub.event().await.0, "accountDeleted");
    assert_eq!(hub.next().await.unwrap()["type"], 7);
    assert_eq!(hub.next().await, None);
    let connections = fixture.tell(Method::GET, "/hub", &json!({})).await;
    assert_eq!(connections["connections"], json!({ DEVELOPER: 1 }));
    fixture
        .tell(Method::POST, "/hub", &json!({ "order": { "send": { "target": "x", "arguments": [] } } }))
        .await;
    assert_eq!(of_developer.event().await.0, "x", "nothing of the other's before");
}

#[tokio::test]
async fn a_connection_needs_a_token_of_its_own_and_speaks_the_protocol() {
    let fixture = Fixture::start();
    let token = fixture.token(DEVELOPER).await;
    assert!(Hub::connect(&fixture, "none", None).await.is_err());
    assert!(Hub::connect(&fixture, &token, Some("made-up")).await.is_err());
    let mut hub = Hub::connect(&fixture, &token, None).await.unwrap();
    hub.say(json!({ "protocol": "messagepack", "version": 1 })).await;
    assert!(hub.next().await.unwrap()["error"].is_string());
    assert_eq!(hub.next().await, None);
    let plain = fixture.get("/hubs/common", &token).await;
    assert_eq!(plain.status(), 426);
}

#[tokio::test]
async fn it_pings_answers_closes_and_drops_as_it_is_told() {
    let fixture = Fixture::start();
    fixture.tell(Method::PATCH, "/behaviour", &json!({ "hub_ping_ms": 10 })).await;
    let token = fixture.token(DEVELOPER).await;
    let mut hub = Hub::open(&fixture, &token).await;
    assert_eq!(hub.next().await, Some(json!({ "type": 6 })));
    hub.say(json!({ "type": 1, "target": "subscribe", "invocationId": "7", "arguments": [] })).await;
    let answer = loop {
        let frame = hub.next().await.unwrap();
        if frame["type"] != 6 {
            break frame;
        }
    };
    assert_eq!((&answer["type"], &answer["invocationId"]), (&json!(3), &json!("7")));
    let close = json!({ "order": { "close": { "error": "bye", "allow_reconnect": true } } });
    fixture.tell(Method::POST, "/hub", &close).await;
    let last = loop {
        let frame = hub.next().await.unwrap();
        if frame["type"] != 6 {
            break frame;
        }
    };
    assert_eq!(last, json!({ "type": 7, "error": "bye", "allowReconnect": true }));
    let mut hub = Hub::open(&fixture, &token).await;
    fixture.tell(Method::POST, "/hub", &json!({ "order": "cut" })).await;
    while hub.next().await.is_some() {}
}

#[tokio::test]
async fn a_connection_ends_with_its_token_and_with_silence() {
    let fixture = Fixture::start();
    fixture.tell(Method::PATCH, "/behaviour", &json!({ "access_token_seconds": 3 })).await;
    let mut hub = Hub::open(&fixture, &fixture.token(DEVELOPER).await).await;
    assert_eq!(hub.next().await.unwrap()["type"], 7);
    fixture
        .tell(Method::PATCH, "/behaviour", &json!({ "access_token_seconds": 60, "hub_silence_ms": 1 }))
        .await;
    let mut hub = Hub::open(&fixture, &fixture.token(DEVELOPER).await).await;
    assert_eq!(hub.next().await, None);
}
