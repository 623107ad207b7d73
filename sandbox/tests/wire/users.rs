use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::support::{DEVELOPER, Fixture, text};

async fn create(fixture: &Fixture, token: &str, body: &Value) -> Response {
    fixture.http.post(fixture.url("/api/users/managed")).bearer_auth(token).json(body).send().await.unwrap()
}

fn bob() -> Value {
    json!({ "email": "bob@example.com", "firstName": "Bob", "lastName": "Builder", "initials": null })
}

#[tokio::test]
async fn a_managed_user_lives_and_ends() {
    let fixture = Fixture::start();
    let manager = fixture.management_token().await;
    let made = create(&fixture, &manager, &bob()).await;
    assert_eq!(made.status(), 201);
    let made: Value = made.json().await.unwrap();
    assert_eq!((&made["initials"], &made["displayName"]), (&json!("BB"), &json!("Bob Builder")));
    assert_eq!(create(&fixture, &manager, &bob()).await.status(), 409);
    let token = fixture.token("bob@example.com").await;
    fixture.upload(&token, "x.wav", b"x").await;
    let id = text(&made["id"]);
    let delete =
        || fixture.http.delete(fixture.url(&format!("/api/users/managed/{id}"))).bearer_auth(&manager).send();
    assert_eq!(delete().await.unwrap().status(), 204);
    assert_eq!(delete().await.unwrap().status(), 404);
    assert_eq!(fixture.get("/api/records/worklist", &token).await.status(), 401);
    assert_eq!(fixture.tell(Method::GET, "/recordings", &json!({})).await["recordings"], json!([]));
}

#[tokio::test]
async fn what_is_wrong_is_said_field_by_field() {
    let fixture = Fixture::start();
    let manager = fixture.management_token().await;
    let wrong = json!({ "email": "", "firstName": "x".repeat(101), "lastName": null });
    let refused = create(&fixture, &manager, &wrong).await;
    assert_eq!(refused.status(), 400);
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(problem["errors"]["email"], json!(["Email must be non-empty"]));
    assert_eq!(problem["errorCodes"]["email"], json!([{ "code": "NotEmpty.Violated", "propertyValue": "" }]));
    assert_eq!(problem["errorCodes"]["firstName"][0]["maxLength"], 100);
    assert_eq!(problem["errorCodes"]["lastName"][0]["propertyValue"], Value::Null);
}

#[tokio::test]
async fn only_the_management_scope_and_the_own_users() {
    let fixture = Fixture::start();
    let user = fixture.token(DEVELOPER).await;
    assert_eq!(create(&fixture, &user, &bob()).await.status(), 403);
    let manager = fixture.management_token().await;
    let accounts = fixture.tell(Method::GET, "/accounts", &json!({})).await;
    for account in accounts["accounts"].as_array().unwrap() {
        let url = fixture.url(&format!("/api/users/managed/{}", account["id"].as_str().unwrap()));
        assert_eq!(fixture.http.delete(url).bearer_auth(&manager).send().await.unwrap().status(), 404);
    }
}

#[tokio::test]
async fn the_vendors_own_content_type_is_taken() {
    let fixture = Fixture::start();
    let manager = fixture.management_token().await;
    let post = |media_type: &'static str| {
        let url = fixture.url("/api/users/managed");
        fixture
            .http
            .post(url)
            .bearer_auth(&manager)
            .header("content-type", media_type)
            .body(bob().to_string())
            .send()
    };
    assert_eq!(post("text/plain").await.unwrap().status(), 415);
    assert_eq!(post("application/json-patch+json; charset=utf-8").await.unwrap().status(), 201);
}
