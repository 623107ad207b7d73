use serde_json::{Value, json};

use super::support::Customer;

#[tokio::test]
async fn errors_have_every_form_that_has_been_seen() {
    let customer = Customer::new().await;
    let refused = async |behaviour: Value| {
        customer.behave(behaviour).await;
        let answer = customer.get("orders/none").await;
        assert_eq!(answer.status(), 404);
        let media_type = answer.headers().get("content-type").map(|value| value.to_str().unwrap().to_owned());
        (media_type.unwrap_or_default(), answer.text().await.unwrap())
    };
    let json_type = "application/json; charset=utf-8".to_owned();
    for (behaviour, body) in [
        (json!({}), r#"{"Messages":["There is no such order"],"StatusCode":404}"#),
        (json!({ "error_casing": "lower" }), r#"{"messages":["There is no such order"],"statuscode":404}"#),
        (
            json!({ "error_casing": "camel", "error_messages": "objects" }),
            r#"{"messages":[{"data":[],"message":"There is no such order","type":null}],"statusCode":404}"#,
        ),
        (
            json!({ "error_casing": "upper", "error_messages": "single" }),
            r#"{"MESSAGE":"There is no such order","STATUSCODE":404}"#,
        ),
    ] {
        assert_eq!(refused(behaviour).await, (json_type.clone(), body.to_owned()));
    }
    let (media_type, page) = refused(json!({ "error_messages": "html" })).await;
    assert!(media_type.starts_with("text/html") && page.starts_with("<!doctype"));
    assert_eq!(refused(json!({ "error_messages": "empty" })).await.1, "");
}

#[tokio::test]
async fn answers_have_every_form_that_has_been_seen() {
    let customer = Customer::new().await;
    let recording = customer.upload("talk.wav", b"sound").await;
    let status = format!("recordings/{recording}/status");
    assert_eq!(customer.get_json(&status).await, 1);
    customer.behave(json!({ "status_answer": "text" })).await;
    assert_eq!(customer.get_json(&status).await, "1");
    customer.behave(json!({ "status_answer": "object", "casing": "pascal" })).await;
    assert_eq!(customer.get_json(&status).await, json!({ "Status": 1 }));
    assert!(customer.order(&recording).await["GrandTotal"].is_number());
    customer.behave(json!({ "order_answer": "created", "casing": "camel" })).await;
    assert_eq!(customer.order(&recording).await["recordings"], json!([recording]));
    customer.behave(json!({ "order_answer": "text" })).await;
    assert!(customer.order(&recording).await.is_string());
}

#[tokio::test]
async fn dictionaries_are_bare_or_wrapped() {
    let customer = Customer::new().await;
    for path in [
        "transcription/types",
        "transcription/speakers",
        "transcription/outputgroups",
        "transcription/turnaround",
        "transcription/domains",
        "transcription/currencies",
        "dictionaries/languages",
        "dictionaries/languages/accents?languageId=en",
        "dictionaries/recordingstatuses",
    ] {
        let items = customer.get_json(path).await;
        assert!(items.as_array().unwrap().iter().all(|item| item["name"].is_string()), "{path}");
    }
    assert_eq!(customer.get("dictionaries/languages/accents?languageId=xx").await.status(), 400);
    customer.behave(json!({ "dictionary": "wrapped", "ids_as_text": true })).await;
    let types = customer.get_json("transcription/types").await;
    assert_eq!((&types["total"], &types["data"][0]["id"]), (&json!(4), &json!("2")));
}

#[tokio::test]
async fn billing_is_kept() {
    let customer = Customer::new().await;
    let address = json!({
        "firstName": "Mary", "lastName": "Example", "email": "me@example.com", "address1": "1 Street", "address2": null,
        "country": { "id": 1, "name": "New Zealand" }, "state": { "id": "AUK", "name": "Auckland" },
        "city": "Auckland", "zip": "1010",
    });
    assert_eq!(customer.get_json("billing/address").await, Value::Null);
    assert_eq!(customer.post_json("billing/address", &address).await, address);
    assert_eq!(customer.get_json("billing/address").await, address);
    assert_eq!(customer.post("billing/address", &json!({ "city": "Auckland" })).await.status(), 400);
    assert!(customer.get_json("billing/gateway/client-token").await.is_string());
    assert_eq!(customer.post("billing/card", &json!({ "token": "nonsense" })).await.status(), 400);
    assert_eq!(customer.post("billing/card", &json!({ "token": "fake-valid-nonce" })).await.status(), 200);
    assert_eq!(customer.get_json("billing/card").await["last4"], "1111");
}

#[tokio::test]
async fn faults_and_the_log_know_these_operations() {
    let customer = Customer::new().await;
    let recording = customer.upload("talk.wav", b"sound").await;
    let id = crate::support::text(&customer.order(&recording).await["id"]);
    customer.fixture.fault(json!({ "operation": "place_order", "cut_before_response": true })).await;
    let placed = customer.request(reqwest::Method::POST, &format!("orders/{id}/place"));
    assert!(placed.json(&json!([{ "billingType": 0 }])).send().await.is_err());
    assert_eq!(customer.orders_kept().await[0]["placed"], 1, "it was bought, and nobody was told");
    let log = customer.fixture.log().await;
    let entry = |operation: &str| {
        let mut entries = log["entries"].as_array().unwrap().iter();
        entries.find(|entry| entry["operation"] == operation).unwrap().clone()
    };
    assert_eq!(entry("create_order")["ordered"], id);
    assert_eq!(entry("upload_url")["created"], recording);
    assert_eq!(entry("upload_part")["query"]["chunkNumber"], "0");
    assert_eq!(entry("upload_part")["query"]["uploadId"], Value::Null, "kept to itself");
    assert_eq!(entry("place_order")["status"], Value::Null);
}
