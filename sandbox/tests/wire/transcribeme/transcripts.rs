use reqwest::{Method, Response};
use serde_json::{Value, json};
use tiro::Transcript;

use super::support::Customer;
use crate::support::{DEVELOPER, text};

async fn recording(customer: &Customer, status: i64) -> String {
    let new = json!({ "account": DEVELOPER, "status": status, "name": "Gespräch.wav", "script": { "text": "Hello there.\nGood day!" } });
    let made = customer.fixture.tell(Method::POST, "/transcribeme/recordings", &new).await;
    text(&made["ids"][0])
}

async fn download(customer: &Customer, id: &str, output: i64) -> Response {
    let body = json!({
        "recordings": [{ "id": id, "ownerId": customer.user_id }], "output": output,
        "highlightedOnly": false, "removeStrikeout": false,
    });
    customer.post("recordings/download", &body).await
}

#[tokio::test]
async fn a_transcript_is_had_as_json_by_format_and_by_download() {
    let customer = Customer::new().await;
    let id = recording(&customer, 3).await;
    let document = customer.get(&format!("recordings/{id}/transcription")).await.text().await.unwrap();
    let transcript = Transcript::from_transcribeme(&document).unwrap();
    assert_eq!(transcript.text(), "Hello there.\nGood day!");
    assert_eq!(transcript.recording_id(), id);
    let file = customer.get(&format!("recordings/{id}/transcription/txt")).await;
    assert_eq!(
        file.headers()["content-disposition"].to_str().unwrap(),
        "attachment; filename*=UTF-8''Gespr%C3%A4ch%2Etxt"
    );
    assert!(file.text().await.unwrap().contains("Good day!"));
    let pdf = customer.get(&format!("recordings/{id}/transcription/pdf")).await;
    assert!(pdf.bytes().await.unwrap().starts_with(b"%PDF"));
    assert!(download(&customer, &id, 2).await.text().await.unwrap().contains("Good day!"));
    assert_eq!(customer.get(&format!("recordings/{id}/transcription/nonsense")).await.status(), 400);
    assert_eq!(download(&customer, &id, 4).await.status(), 400);
    customer.behave(json!({ "download_as_job": true })).await;
    assert_eq!(download(&customer, &id, 2).await.json::<Value>().await.unwrap()["isCompleted"], true);
}

#[tokio::test]
async fn what_is_not_ready_is_told_in_the_form_that_is_chosen() {
    let customer = Customer::new().await;
    let id = recording(&customer, 2).await;
    for status in [404, 400, 409, 204] {
        customer.behave(json!({ "not_ready_status": status })).await;
        for path in ["transcription", "transcription/pdf"] {
            let answer = customer.get(&format!("recordings/{id}/{path}")).await;
            assert_eq!(answer.status().as_u16(), status);
        }
        assert_eq!(download(&customer, &id, 2).await.status().as_u16(), status);
    }
    let control = format!("/transcribeme/recordings/{id}");
    customer.fixture.tell(Method::POST, &format!("{control}/status"), &json!({ "status": 17 })).await;
    assert_eq!(customer.get_json(&format!("recordings/{id}/status")).await, 17);
    customer.fixture.tell(Method::PUT, &format!("{control}/transcript"), &json!([{ "anything": 1 }])).await;
    customer.fixture.tell(Method::POST, &format!("{control}/status"), &json!({ "status": 3 })).await;
    let raw = customer.get(&format!("recordings/{id}/transcription")).await.text().await.unwrap();
    assert_eq!(raw, r#"[{"anything":1}]"#);
    customer.fixture.tell(Method::DELETE, &control, &json!({})).await;
    assert_eq!(customer.get(&format!("recordings/{id}/status")).await.status(), 404);
}

#[tokio::test]
async fn the_list_is_paged_and_filtered() {
    let customer = Customer::new().await;
    for status in [1, 2, 3, 3] {
        recording(&customer, status).await;
    }
    let list = customer.get_json("recordings?Status=3").await;
    assert_eq!((&list["total"], list["data"].as_array().unwrap().len()), (&json!(2), 2));
    let page = customer.get_json("recordings?From=1&To=3").await;
    let statuses: Vec<_> = page["data"].as_array().unwrap().iter().map(|item| &item["status"]).collect();
    assert_eq!((&page["total"], &statuses[..]), (&json!(4), &[&json!(3), &json!(2)][..]), "newest first");
    assert_eq!(customer.get("recordings?From=x").await.status(), 400);
}
