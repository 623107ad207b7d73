use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::support::Customer;
use crate::support::{Fixture, fast, sha256, text};

const NAMES: [&str; 6] = [
    "a&b#c+d=e.wav",
    "say \"hello\".wav",
    "two\r\nlines.wav",
    "Gespräch 录音 перевод.wav",
    "100%25 ?.wav",
    "percent%22quoted.wav",
];

#[tokio::test]
async fn parts_come_in_any_order_and_form_and_are_joined() {
    let customer = Customer::new().await;
    let bytes: Vec<u8> = (0..250_000_u32).map(|number| number as u8).collect();
    let parts: Vec<_> = bytes.chunks(100_000).collect();
    let begun = customer.begin("talk.wav").await;
    let status = format!("recordings/{}/status", begun.recording);
    assert_eq!(customer.get_json(&status).await, 0);
    assert_eq!(customer.part(&begun, 2, parts[2]).await, 200);
    assert_eq!(customer.commit(&begun).await, 400, "two are missing");
    let raw = customer.request(Method::POST, &begun.part_url(0)).body(parts[0].to_vec());
    assert_eq!(raw.send().await.unwrap().status(), 200);
    assert_eq!(customer.part(&begun, 1, b"something else").await, 200);
    assert_eq!(customer.commit(&begun).await, 400, "of different sizes");
    assert_eq!(customer.part(&begun, 1, parts[1]).await, 200);
    assert_eq!(customer.commit(&begun).await, 200);
    assert_eq!(customer.get_json(&status).await, 1);
    let kept = customer.kept(&begun.recording).await;
    assert_eq!((&kept["sha256"], &kept["size"]), (&json!(sha256(&bytes)), &json!(250_000)));
    let received: Vec<_> = kept["parts"].as_array().unwrap().iter().map(|part| &part["received"]).collect();
    assert_eq!(received, [1, 2, 1]);
    assert_eq!(customer.commit(&begun).await, 400, "it is done once");
    assert_eq!(customer.part(&begun, 0, parts[0]).await, 400);
    assert_eq!(customer.kept(&begun.recording).await["commits"], 1);
}

#[tokio::test]
async fn the_storage_wants_the_signature_and_no_credentials() {
    let customer = Customer::with(|behaviour| {
        behaviour.upload_url_origin = tiro_sandbox::UploadOrigin::Storage;
    })
    .await;
    let begun = customer.begin("talk.wav").await;
    assert!(begun.url.as_str().starts_with(&customer.fixture.sandbox.ready().storage_url));
    assert_eq!(customer.part(&begun, 0, b"sound").await, 403, "with credentials");
    let http = &customer.fixture.http;
    let bare = async |url: String| http.post(url).body("sound").send().await.unwrap().status();
    assert_eq!(bare(begun.part_url(0).replace("sig=", "was=")).await, 403);
    assert_eq!(bare(begun.part_url(0)).await, 200);
    assert_eq!(customer.commit(&begun).await, 200);
    let log = customer.fixture.tell(Method::GET, "/log?operation=upload_part", &json!({})).await;
    let came = |entry: &Value| (entry["authorization"].as_bool(), entry["api_key"].as_bool());
    let came: Vec<_> = log["entries"].as_array().unwrap().iter().map(came).collect();
    assert_eq!(came, [(Some(true), Some(true)), (Some(false), Some(false)), (Some(false), Some(false))]);
}

#[tokio::test]
async fn the_url_for_the_parts_has_several_forms() {
    let customer = Customer::new().await;
    let answer = async |behaviour: Value| {
        customer.behave(behaviour).await;
        customer.get_json("uploads/url?fileName=x.wav&isAsync=true").await
    };
    let path = answer(json!({ "upload_url": "path" })).await;
    assert!(text(&path["url"]).starts_with("/api/v1/uploads/async?"));
    let relative = answer(json!({ "upload_url": "relative", "upload_ids": "both" })).await;
    assert!(text(&relative["url"]).starts_with("uploads/async?uploadId="));
    assert!(relative["recordingId"].is_string());
    let beside = answer(json!({ "upload_ids": "beside", "casing": "pascal" })).await;
    assert_eq!(beside["Url"], "uploads/async");
    assert!(beside["UploadId"].is_string());
}

#[tokio::test]
async fn a_post_says_how_long_it_is() {
    use std::io::{Read, Write};
    let customer = Customer::new().await;
    let address = customer.fixture.sandbox.ready().url.replace("http://", "");
    let mut socket = std::net::TcpStream::connect(&address).unwrap();
    let request = format!(
        "POST /api/v1/uploads/async/commit HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         X-Api-Key: demo\r\nAuthorization: Bearer {}\r\n\r\n",
        customer.token
    );
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 411"), "{answer}");
}

#[tokio::test]
async fn one_request_brings_a_recording_with_or_without_an_id() {
    let customer = Customer::new().await;
    for (field, behaviour, pointer) in [
        ("file", "object", "/recordingId"),
        ("name", "id", "/id"),
        ("file", "text", ""),
        ("file", "array", "/0"),
    ] {
        customer.behave(json!({ "recording_answer": behaviour })).await;
        let form = Form::new().part(field, Part::bytes(b"sound".to_vec()).file_name("talk.mp3"));
        let answer = customer.request(Method::POST, "recordings/upload").multipart(form);
        let answer: Value = answer.send().await.unwrap().json().await.unwrap();
        let kept = customer.kept(answer.pointer(pointer).unwrap().as_str().unwrap()).await;
        assert_eq!(
            (&kept["status"], &kept["upload"], &kept["size"]),
            (&json!(1), &json!("simple"), &json!(5))
        );
    }
    let empty = Form::new().part("file", Part::bytes(Vec::new()).file_name("talk.mp3"));
    let answer = customer.request(Method::POST, "recordings/upload").multipart(empty).send().await.unwrap();
    assert_eq!(answer.status(), 400);

    let begun = customer.get_json("uploads/url?fileName=talk.mp3&isAsync=False").await;
    let url = text(&begun["url"]);
    assert!(url.contains("/api/v1/uploads/sync?"));
    for status in [200, 400] {
        let form = Form::new().part("talk.mp3", Part::bytes(b"sound".to_vec()).file_name("talk.mp3"));
        let answer = customer.request(Method::POST, &url).multipart(form).send().await.unwrap();
        assert_eq!(answer.status(), status);
    }
}

#[tokio::test]
async fn names_come_back_unharmed() {
    let customer = Customer::new().await;
    let longest = format!("{}.wav", "ü".repeat(125));
    for name in NAMES.into_iter().chain([&*format!("{longest}x")]) {
        let id = customer.upload(name, b"sound").await;
        assert_eq!(customer.kept(&id).await["name"], name);
    }
    let name = format!("{longest}xy");
    let too_long = [("fileName", &*name), ("isAsync", "true")];
    let answer = customer.request(Method::GET, "uploads/url").query(&too_long).send().await.unwrap();
    assert_eq!(answer.status(), 400);
}

#[tokio::test]
async fn a_url_is_fetched_from_a_listed_origin_and_no_other() {
    // The place to fetch from: another sandbox's key set, which anybody may read.
    let source = Fixture::start();
    let origin = source.sandbox.ready().url.clone();
    let settings = tiro_sandbox::Settings { remote_origins: vec![origin.clone()], ..fast() };
    let customer = Customer::of(Fixture::with(settings)).await;
    let url = format!("{origin}/.well-known/openid-configuration/jwks");
    let remote = async |path: &str, url: &str| customer.post(path, &json!({ "url": url })).await;
    let answer: Value = remote("recordings/remote", &url).await.json().await.unwrap();
    let id = text(&answer["recordingId"]);
    customer.wait_for(&id, 1).await;
    let bytes = source.http.get(&url).send().await.unwrap().bytes().await.unwrap();
    let kept = customer.kept(&id).await;
    assert_eq!((&kept["sha256"], &kept["name"]), (&json!(sha256(&bytes)), &json!("jwks")));
    let answer: Value = remote("recordings/remote", &format!("{origin}/nothing")).await.json().await.unwrap();
    customer.wait_for(&text(&answer["recordingId"]), 4).await;
    let own = customer.fixture.url("/x");
    assert_eq!(remote("recordings/remote", &own).await.status(), 400);
    assert_eq!(remote("recordings/upload/remote", &url).await.status(), 404);
    customer.behave(json!({ "remote_path": "second" })).await;
    assert_eq!(remote("recordings/remote", &url).await.status(), 404);
    assert_eq!(remote("recordings/upload/remote", &url).await.status(), 200);
}

#[tokio::test]
async fn an_upload_is_its_owners() {
    let customer = Customer::new().await;
    let begun = customer.begin("talk.wav").await;
    let anna = [("username", "anna@example.com"), ("password", "anna-password")];
    let form: Vec<_> = super::support::password().into_iter().take(3).chain(anna).collect();
    let token = text(&customer.fixture.tm_token(&form).await.1["access_token"]);
    let customer = Customer { token, ..customer };
    assert_eq!(customer.part(&begun, 0, b"sound").await, 404);
    assert_eq!(customer.commit(&begun).await, 404);
    let status = customer.get(&format!("recordings/{}/status", begun.recording)).await;
    assert_eq!(status.status(), 404);
}
