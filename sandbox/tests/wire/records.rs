use reqwest::Method;
use serde_json::{Value, json};
use tiro::Transcript;

use crate::support::{DEVELOPER, Fixture, sha256, text};

#[tokio::test]
async fn a_file_is_uploaded_transcribed_and_deleted() {
    let fixture = Fixture::start();
    let token = fixture.token(DEVELOPER).await;
    let bytes = vec![7; 300_000];
    let id = fixture.upload(&token, "talk \"one\".wav", &bytes).await;
    let record = fixture.wait_for(&token, &id, "readyForCorrection").await;
    assert_eq!(record["title"], "talk \"one\".wav");
    assert_eq!(record["fileSize"], 300_000);
    assert_eq!(record["lastStatusDate"].as_str().unwrap().len(), "2024-05-09T12:03:14.6356191Z".len());

    let list = fixture.get_json("/api/records/worklist?offset=0&limit=20", &token).await;
    assert_eq!((&list["totalCount"], &list["items"][0]["id"]), (&json!(1), &json!(id)));

    let document = fixture.get(&format!("/api/records/{id}/transcript"), &token).await.text().await.unwrap();
    let transcript = Transcript::from_gospeech(&document).unwrap();
    assert_eq!(transcript.word_count() as u64, record["wordsCount"]);

    let seen = fixture.tell(Method::GET, "/recordings", &json!({})).await;
    assert_eq!(seen["recordings"][0]["sha256"], sha256(&bytes));
    assert_eq!(seen["recordings"][0]["fields"]["language"], "en");

    let delete =
        || fixture.http.delete(fixture.url(&format!("/api/records/{id}"))).bearer_auth(&token).send();
    assert_eq!(delete().await.unwrap().status(), 204);
    assert_eq!(delete().await.unwrap().status(), 404);
}

#[tokio::test]
async fn what_is_on_its_way_is_not_listed_and_has_no_transcript() {
    let fixture = Fixture::start();
    let token = fixture.token(DEVELOPER).await;
    let new = json!({ "account": DEVELOPER, "status": "uploading" });
    let id = text(&fixture.tell(Method::POST, "/recordings", &new).await["ids"][0]);
    assert_eq!(fixture.get_json("/api/records/worklist", &token).await["totalCount"], 0);
    assert_eq!(fixture.get_json(&format!("/api/records/{id}"), &token).await["status"], "uploading");
    let refused = fixture.get(&format!("/api/records/{id}/transcript"), &token).await;
    assert_eq!(refused.status(), 400);
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(problem["type"], "https://docs.gospeech.com/docs/invalid-record-status");
    assert_eq!(problem["detail"], "Record status expected to be 'readyForCorrection', but got 'uploading'");
}

#[tokio::test]
async fn a_long_list_is_paged_and_the_limit_is_clamped() {
    let fixture = Fixture::start();
    let token = fixture.token(DEVELOPER).await;
    let new = json!({ "account": DEVELOPER, "count": 250, "title": "call" });
    fixture.tell(Method::POST, "/recordings", &new).await;
    let page = fixture.get_json("/api/records/worklist?offset=0&limit=1000", &token).await;
    assert_eq!((page["items"].as_array().unwrap().len(), &page["totalCount"]), (100, &json!(250)));
    assert_eq!(page["items"][0]["title"], "call 250", "the newest first");
    let end = fixture.get_json("/api/records/worklist?offset=249", &token).await;
    assert_eq!(end["items"].as_array().unwrap().len(), 1);
    fixture.tell(Method::PATCH, "/behaviour", &json!({ "list_envelope": "bare" })).await;
    assert_eq!(fixture.get_json("/api/records/worklist", &token).await.as_array().unwrap().len(), 20);
    for bad in ["limit=0", "limit=x", "offset=-1"] {
        let refused = fixture.get(&format!("/api/records/worklist?{bad}"), &token).await;
        let problem: Value = refused.json().await.unwrap();
        assert_eq!(problem["type"], "https://docs.gospeech.com/docs/validation-error", "{bad}");
    }
}

#[tokio::test]
async fn a_rule_gives_a_file_its_own_course() {
    let fixture = Fixture::start();
    let token = fixture.token(DEVELOPER).await;
    let rules = json!({ "rules": [
        { "name": "fail*", "engine": "scripted", "script": { "pace_ms": 1, "statuses": ["converting", "recognitionFailed"] } },
        { "name": "act.wav", "engine": "scripted", "script": { "pace_ms": 1, "statuses": ["uploadedAndRequireAction"] } },
        { "engine": "scripted", "script": { "pace_ms": 1, "transcript": "every_attribute" } },
    ]});
    fixture.tell(Method::PUT, "/engine", &rules).await;
    let failed = fixture.upload(&token, "fails.wav", b"x").await;
    let acting = fixture.upload(&token, "act.wav", b"x").await;
    let other = fixture.upload(&token, "x.wav", b"x").await;
    fixture.wait_for(&token, &failed, "recognitionFailed").await;
    fixture.wait_for(&token, &acting, "uploadedAndRequireAction").await;
    fixture.wait_for(&token, &other, "readyForCorrection").await;
    let document =
        fixture.get(&format!("/api/records/{other}/transcript"), &token).await.text().await.unwrap();
    assert!(document.contains("\"script\": \"super\""));
    let correcting = json!({ "status": "correctingBy", "corrector_name": "Carla", "corrector_id": "c1" });
    fixture.tell(Method::POST, &format!("/recordings/{other}/status"), &correcting).await;
    let record = fixture.wait_for(&token, &other, "correctingBy").await;
    assert_eq!((&record["correctorName"], &record["correctorId"]), (&json!("Carla"), &json!("c1")));
}

#[tokio::test]
async fn an_upload_that_is_denied_makes_no_recording() {
    let fixture = Fixture::start();
    let token = fixture.token(DEVELOPER).await;
    let denied = json!({ "denied_codes": ["fileUploadLimitReached"] });
    fixture.tell(Method::PATCH, &format!("/accounts/{DEVELOPER}"), &denied).await;
    let answer = fixture.try_upload(&token, "x.wav", &vec![0; 3_000_000]).await.unwrap();
    assert_eq!(answer.status(), 403);
    assert_eq!(answer.json::<Value>().await.unwrap()["deniedCodes"][0], "fileUploadLimitReached");
    assert_eq!(fixture.tell(Method::GET, "/recordings", &json!({})).await["recordings"], json!([]));
}

#[tokio::test]
async fn a_denial_may_come_by_the_event_alone() {
    let fixture = Fixture::start();
    let token = fixture.token(DEVELOPER).await;
    fixture.tell(Method::PATCH, "/behaviour", &json!({ "upload_denial": "event" })).await;
    let denied = json!({ "denied_codes": ["fileUploadLimitReached"] });
    fixture.tell(Method::PATCH, &format!("/accounts/{DEVELOPER}"), &denied).await;
    let id = fixture.upload(&token, "x.wav", b"x").await;
    assert_eq!(fixture.get(&format!("/api/records/{id}"), &token).await.status(), 404);
    assert_eq!(fixture.log().await["created_recordings"], 0);
}

#[tokio::test]
async fn an_upload_without_a_file_is_refused() {
    let fixture = Fixture::start();
    let token = fixture.token(DEVELOPER).await;
    let form = reqwest::multipart::Form::new().text("title", "x");
    let post = || fixture.http.post(fixture.url("/api/records")).bearer_auth(&token);
    assert_eq!(post().multipart(form).send().await.unwrap().status(), 400);
    assert_eq!(post().body("x").send().await.unwrap().status(), 415);
    let broken = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nhalf";
    let media_type = "multipart/form-data; boundary=b";
    let answer = post().header("content-type", media_type).body(broken).send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert_eq!(fixture.tell(Method::GET, "/recordings", &json!({})).await["recordings"], json!([]));
}

#[tokio::test]
async fn nobody_sees_the_recordings_of_another() {
    let fixture = Fixture::start();
    let managed = json!({ "email": "bob@example.com", "kind": "managed", "owner": DEVELOPER });
    fixture.tell(Method::POST, "/accounts", &managed).await;
    let (developer, bob) = (fixture.token(DEVELOPER).await, fixture.token("bob@example.com").await);
    let id = fixture.upload(&bob, "bob.wav", b"x").await;
    assert_eq!(fixture.get_json("/api/records/worklist", &developer).await["totalCount"], 0);
    for path in [format!("/api/records/{id}"), format!("/api/records/{id}/transcript")] {
        assert_eq!(fixture.get(&path, &developer).await.status(), 404);
    }
    fixture.wait_for(&bob, &id, "readyForCorrection").await;
}

#[tokio::test]
async fn what_is_kept_in_a_file_is_there_again() {
    let folder = tempfile::tempdir().unwrap();
    let settings =
        || tiro_sandbox::Settings { data: Some(folder.path().join("data")), ..crate::support::fast() };
    let fixture = Fixture::with(settings());
    let token = fixture.token(DEVELOPER).await;
    let id = fixture.upload(&token, "x.wav", b"x").await;
    fixture.wait_for(&token, &id, "readyForCorrection").await;
    drop(fixture);
    let fixture = Fixture::with(settings());
    assert_eq!(fixture.get_json(&format!("/api/records/{id}"), &token).await["status"], "readyForCorrection");
}
