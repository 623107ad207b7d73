use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{DEVELOPER, Fixture};

const LIST: &str = "/api/records/worklist";

#[tokio::test]
async fn an_answer_is_given_in_place_of_the_real_one() {
    let fixture = Fixture::start();
    let token = fixture.token(DEVELOPER).await;
    let busy =
        json!({ "operation": "recordings", "times": 2, "status": 503, "headers": { "Retry-After": "1" } });
    fixture.fault(busy).await;
    for _ in 0..2 {
        let answer = fixture.get(LIST, &token).await;
        assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (503, "1"));
    }
    assert_eq!(fixture.get(LIST, &token).await.status(), 200);
    fixture.fault(json!([{ "garbage": true }, { "html": true, "status": 502 }])).await;
    let garbage = fixture.get(LIST, &token).await;
    assert_eq!(garbage.headers()["content-type"], "application/json");
    assert!(garbage.json::<Value>().await.is_err());
    let page = fixture.get(LIST, &token).await;
    assert_eq!(page.status(), 502);
    assert!(page.text().await.unwrap().starts_with("<!doctype html>"));
    fixture.fault(json!({ "redirect": "http://127.0.0.2:1/elsewhere" })).await;
    let away = fixture.get(LIST, &token).await;
    assert_eq!(
        (away.status().as_u16(), away.headers()["location"].to_str().unwrap()),
        (307, "http://127.0.0.2:1/elsewhere")
    );
    fixture.fault(json!({ "headers": { "Date": "Thu, 01 Jan 1970 00:00:00 GMT" } })).await;
    let dated = fixture.get(LIST, &token).await;
    assert_eq!(
        (dated.status().as_u16(), dated.headers()["date"].to_str().unwrap()),
        (200, "Thu, 01 Jan 1970 00:00:00 GMT")
    );
}

#[tokio::test]
async fn every_answer_names_its_entry_in_the_log() {
    let fixture = Fixture::start();
    let token = fixture.token(DEVELOPER).await;
    fixture.fault(json!({ "operation": "recordings", "status": 429 })).await;
    for status in [429, 200] {
        let answer = fixture.get(LIST, &token).await;
        let id = answer.headers()["x-request-id"].to_str().unwrap();
        let log = fixture.log().await;
        let entry = log["entries"].as_array().unwrap().last().unwrap();
        assert_eq!((id, answer.status().as_u16()), (&*format!("sandbox-{}", entry["number"]), status));
    }
}

#[tokio::test]
async fn an_upload_that_is_cut_leaves_nothing() {
    let fixture = Fixture::start();
    let token = fixture.token(DEVELOPER).await;
    fixture.fault(json!({ "operation": "upload", "cut_request_after": 500_000 })).await;
    assert!(fixture.try_upload(&token, "x.wav", &vec![1; 3_000_000]).await.is_err());
    // Whoever uploads may see the cut before the sandbox has tidied up.
    let left = async || fixture.tell(Method::GET, "/recordings", &json!({})).await["recordings"].clone();
    for _ in 0..500 {
        if left().await == json!([]) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(left().await, json!([]));
    let log = fixture.log().await;
    assert_eq!(
        (&log["totals"]["upload"]["statuses"]["none"], &log["created_recordings"]),
        (&json!(1), &json!(0))
    );
    let seen = log["entries"].as_array().unwrap().last().unwrap()["request_bytes"].as_u64().unwrap();
    assert!((500_000..3_000_000).contains(&seen), "{seen}");
}

#[tokio::test]
async fn an_answer_may_be_lost_after_the_work_was_done() {
    let fixture = Fixture::start();
    let token = fixture.token(DEVELOPER).await;
    fixture.fault(json!({ "operation": "upload", "cut_before_response": true })).await;
    assert!(fixture.try_upload(&token, "x.wav", b"x").await.is_err());
    assert_eq!(
        fixture.tell(Method::GET, "/recordings", &json!({})).await["recordings"].as_array().unwrap().len(),
        1
    );
    fixture.fault(json!({ "operation": "upload", "status": 500, "handled": true })).await;
    assert_eq!(fixture.try_upload(&token, "x.wav", b"x").await.unwrap().status(), 500);
    assert_eq!(fixture.log().await["created_recordings"], 1, "that of the answer that was replaced");
    assert_eq!(
        fixture.tell(Method::GET, "/recordings", &json!({})).await["recordings"].as_array().unwrap().len(),
        2
    );
}

#[tokio::test]
async fn a_response_is_cut_in_the_middle() {
    let fixture = Fixture::start();
    let token = fixture.token(DEVELOPER).await;
    for after in [0, 5] {
        fixture.fault(json!({ "operation": "recordings", "cut_response_after": after })).await;
        let answer = fixture.get(LIST, &token).await;
        assert_eq!(answer.status(), 200, "the head arrives");
        let length = answer.content_length().unwrap();
        assert!(length > 5 && answer.bytes().await.is_err());
        let log = fixture.log().await;
        assert_eq!(log["entries"].as_array().unwrap().last().unwrap()["response_bytes"], after);
    }
}

#[tokio::test]
async fn a_response_drips_and_is_whole() {
    let fixture = Fixture::start();
    let token = fixture.token(DEVELOPER).await;
    fixture.fault(json!({ "operation": "recordings", "drip_ms": 1, "delay_ms": 1 })).await;
    assert_eq!(fixture.get_json(LIST, &token).await["totalCount"], 0);
}

#[tokio::test]
async fn a_refusal_comes_while_the_upload_is_on_its_way() {
    let fixture = Fixture::start();
    let answer = fixture.try_upload("no token", "x.wav", &vec![0; 20_000_000]).await.unwrap();
    assert_eq!(answer.status(), 401);
}
