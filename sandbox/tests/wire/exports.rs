use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{DEVELOPER, Fixture, eventually, text};

async fn start(fixture: &Fixture, token: &str, id: &str, body: Value) -> reqwest::Response {
    let url = fixture.url(&format!("/api/records/{id}/transcript/export"));
    fixture.http.post(url).bearer_auth(token).json(&body).send().await.unwrap()
}

async fn ready(fixture: &Fixture, token: &str) -> String {
    let id = fixture.upload(token, "Entwurf \u{201e}neu\u{201c}.wav", b"x").await;
    fixture.wait_for(token, &id, "readyForCorrection").await;
    id
}

#[tokio::test]
async fn every_format_is_made_after_a_while() {
    let fixture = Fixture::start();
    fixture.tell(Method::PATCH, "/behaviour", &json!({ "export_ms": 50 })).await;
    let token = fixture.token(DEVELOPER).await;
    let id = ready(&fixture, &token).await;
    for (format, begins) in [("txt", "Speaker 1"), ("docx", "PK"), ("pdf", "%PDF-")] {
        let started = start(&fixture, &token, &id, json!({ "format": format })).await;
        assert_eq!(started.status(), 202);
        let file = text(&started.json::<Value>().await.unwrap()["fileId"]);
        let path = format!("/api/records/{id}/transcript/export/{file}");
        let answer =
            eventually(async || fixture.get(&path, &token).await, |answer| answer.status() != 412).await;
        assert_eq!(answer.status(), 200);
        let disposition = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
        assert!(
            disposition.starts_with("attachment; filename*=UTF-8''Entwurf%20%E2%80%9Eneu"),
            "{disposition}"
        );
        assert!(disposition.ends_with(&format!("%2E{format}")), "{disposition}");
        let bytes = answer.bytes().await.unwrap();
        assert!(bytes.starts_with(begins.as_bytes()), "{format}: {:?}", &bytes[..20]);
    }
}

#[tokio::test]
async fn what_cannot_be_exported_is_refused() {
    let fixture = Fixture::start();
    let token = fixture.token(DEVELOPER).await;
    let id = ready(&fixture, &token).await;
    for body in [json!({ "format": "exe" }), json!({ "format": "" }), json!({}), json!([])] {
        let refused = start(&fixture, &token, &id, body).await;
        let problem: Value = refused.json().await.unwrap();
        assert_eq!(problem["type"], "https://docs.gospeech.com/docs/validation-error");
    }
    let new = json!({ "account": DEVELOPER, "status": "recognizing" });
    let early = text(&fixture.tell(Method::POST, "/recordings", &new).await["ids"][0]);
    let refused = start(&fixture, &token, &early, json!({ "format": "txt" })).await;
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(problem["type"], "https://docs.gospeech.com/docs/invalid-record-status");
    let none = fixture.get(&format!("/api/records/{id}/transcript/export/none"), &token).await;
    assert_eq!(none.status(), 404);
}

#[tokio::test]
async fn the_file_may_come_at_once() {
    let fixture = Fixture::start();
    fixture.tell(Method::PATCH, "/behaviour", &json!({ "export_outcome": "immediate" })).await;
    let token = fixture.token(DEVELOPER).await;
    let id = ready(&fixture, &token).await;
    let answer = start(&fixture, &token, &id, json!({ "format": "pdf" })).await;
    assert_eq!(answer.headers()["content-type"], "application/pdf");
    assert!(answer.bytes().await.unwrap().starts_with(b"%PDF-"));
}
