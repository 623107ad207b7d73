use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{DEVELOPER, Fixture};

#[tokio::test]
async fn fifty_thousand_recordings_are_there_at_once() {
    let fixture = Fixture::start();
    let token = fixture.token(DEVELOPER).await;
    let new = json!({ "account": DEVELOPER, "count": 50_000, "status": "recognizing" });
    assert_eq!(
        fixture.tell(Method::POST, "/recordings", &new).await["ids"].as_array().unwrap().len(),
        50_000
    );
    let page = fixture.get_json("/api/records/worklist?offset=49990&limit=100", &token).await;
    assert_eq!((page["items"].as_array().unwrap().len(), &page["totalCount"]), (10, &json!(50_000)));
}

#[tokio::test]
async fn the_log_counts_and_holds_no_secret() {
    let fixture = Fixture::start();
    let token = fixture.token(DEVELOPER).await;
    fixture.get("/api/records/worklist?limit=5&access_token=hush", &token).await;
    fixture.get("/nowhere", "hush").await;
    let log = fixture.log().await;
    let entries = log["entries"].as_array().unwrap();
    let operations: Vec<_> = entries.iter().map(|entry| entry["operation"].as_str().unwrap()).collect();
    assert_eq!(operations, ["token", "recordings", ""]);
    assert_eq!((&entries[0]["grant"], &entries[0]["identity"]), (&json!("password"), &json!(DEVELOPER)));
    assert_eq!((&entries[0]["authorization"], &entries[1]["authorization"]), (&json!(false), &json!(true)));
    assert_eq!(entries[1]["query"], json!({ "limit": "5", "access_token": null }));
    assert_eq!(log["totals"]["recordings"]["statuses"], json!({ "200": 1 }));
    let text = log.to_string();
    for secret in ["hush", "demo-secret", token.as_str()] {
        assert!(!text.contains(secret), "{secret}");
    }
    let next = log["next"].as_u64().unwrap();
    assert_eq!(
        fixture.tell(Method::GET, &format!("/log?since={next}"), &json!({})).await["entries"],
        json!([])
    );
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_the_reason() {
    let fixture = Fixture::start();
    for (method, path, body) in [
        (Method::POST, "/faults", json!({ "statsu": 503 })),
        (Method::PATCH, "/behaviour", json!({ "access_token_second": 1 })),
        (Method::POST, "/recordings", json!({ "account": DEVELOPER, "count": 10_000_000 })),
        (Method::PUT, "/engine", json!({ "rules": [{ "script": { "transcript": "nothing" } }] })),
        (Method::POST, "/accounts", json!({ "email": "x@example.com", "kind": "managed" })),
    ] {
        let answer = fixture.control(method, path).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{path}");
        assert!(answer.json::<Value>().await.unwrap()["error"].is_string());
    }
    let none = fixture.control(Method::POST, "/recordings/none/status").json(&json!({ "status": "ready" }));
    assert_eq!(none.send().await.unwrap().status(), 404);
    assert_eq!(fixture.control(Method::GET, "/nothing").send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_path_can_be_moved() {
    let moved = ("gospeech.path.upload".to_owned(), "/v2/upload".to_owned());
    let settings = tiro_sandbox::Settings { paths: vec![moved], ..crate::support::fast() };
    let fixture = Fixture::with(settings);
    let token = fixture.token(DEVELOPER).await;
    assert_eq!(fixture.try_upload(&token, "x", b"x").await.unwrap().status(), 404);
    let form = reqwest::multipart::Form::new()
        .part("file", reqwest::multipart::Part::bytes(b"x".as_slice()).file_name("x.wav"));
    let answer = fixture.http.post(fixture.url("/v2/upload")).bearer_auth(&token).multipart(form);
    assert_eq!(answer.send().await.unwrap().status(), 201);
    assert_eq!(fixture.log().await["created_recordings"], 1);
}
