use reqwest::Method;
use serde_json::json;

use crate::support::{DEVELOPER, Fixture, SCOPES, text};

#[tokio::test]
async fn the_vendors_example_gets_a_token_without_a_password() {
    let fixture = Fixture::start();
    let answer = fixture.log_in(DEVELOPER).await;
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["expires_in"], 3600);
    assert_eq!(answer["scope"], "email integrated-api offline_access openid profile");
    assert!(answer["refresh_token"].is_string() && answer.get("id_token").is_none());
}

#[tokio::test]
async fn a_password_that_is_given_has_to_be_right() {
    let fixture = Fixture::start();
    let form = |password| {
        [
            ("grant_type", "password"),
            ("client_id", "demo"),
            ("client_secret", "demo-secret"),
            ("username", DEVELOPER),
            ("scope", "integrated-api"),
            ("password", password),
        ]
    };
    assert_eq!(fixture.token_answer(&form("developer-password")).await.0, 200);
    for wrong in ["", "developer"] {
        let (status, answer) = fixture.token_answer(&form(wrong)).await;
        assert_eq!((status.as_u16(), text(&answer["error"]).as_str()), (400, "invalid_grant"));
        assert_eq!(answer["error_description"], "invalid_username_or_password");
    }
}

#[tokio::test]
async fn who_may_not_is_told_so_in_the_vendors_words() {
    let fixture = Fixture::start();
    let ask = |client: &'static str, secret: &'static str, user: &'static str, scope: &'static str| {
        let form = [
            ("grant_type", "password"),
            ("client_id", client),
            ("client_secret", secret),
            ("username", user),
            ("scope", scope),
        ];
        let fixture = &fixture;
        async move { fixture.token_answer(&form).await.1 }
    };
    for answer in [
        ask("demo", "wrong", DEVELOPER, SCOPES).await,
        ask("nobody", "demo-secret", DEVELOPER, SCOPES).await,
        ask("demo", "demo-secret", "anna@example.com", SCOPES).await,
        ask("demo", "demo-secret", "nobody@example.com", SCOPES).await,
    ] {
        assert_eq!(answer["error_description"], "invalid_username_or_password");
    }
    assert_eq!(ask("demo", "demo-secret", DEVELOPER, "managed-api").await["error"], "invalid_scope");
    fixture.tell(Method::PATCH, "/behaviour", &json!({ "login_error_in": "error" })).await;
    assert_eq!(ask("demo", "wrong", DEVELOPER, SCOPES).await["error"], "invalid_username_or_password");
}

#[tokio::test]
async fn the_client_may_come_by_http_basic() {
    let fixture = Fixture::start();
    let ask = |secret: &'static str| {
        let form = [("grant_type", "client_credentials"), ("scope", "management-api")];
        fixture.http.post(fixture.url("/connect/token")).basic_auth("demo", Some(secret)).form(&form).send()
    };
    assert_eq!(ask("demo-secret").await.unwrap().status(), 200);
    let refused = ask("wrong").await.unwrap();
    assert_eq!(refused.status(), 401);
    assert!(refused.headers()["www-authenticate"].to_str().unwrap().starts_with("Basic"));
}

#[tokio::test]
async fn client_credentials_manage_and_do_no_more() {
    let fixture = Fixture::start();
    let token = fixture.management_token().await;
    assert_eq!(fixture.get("/api/records/worklist", &token).await.status(), 403);
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", "demo"),
        ("client_secret", "demo-secret"),
        ("scope", "management-api offline_access"),
    ];
    assert_eq!(fixture.token_answer(&form).await.1["error"], "invalid_scope");
}

async fn refresh(fixture: &Fixture, token: &str) -> serde_json::Value {
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "demo"),
        ("client_secret", "demo-secret"),
        ("refresh_token", token),
    ];
    fixture.token_answer(&form).await.1
}

#[tokio::test]
async fn a_refresh_token_that_comes_twice_ends_the_login() {
    let fixture = Fixture::start();
    let first = text(&fixture.log_in(DEVELOPER).await["refresh_token"]);
    let answer = refresh(&fixture, &first).await;
    let (second, access) = (text(&answer["refresh_token"]), text(&answer["access_token"]));
    assert_ne!(first, second);
    assert_eq!(fixture.get("/api/records/worklist", &access).await.status(), 200);
    assert_eq!(refresh(&fixture, &first).await["error"], "invalid_grant");
    assert_eq!(refresh(&fixture, &second).await["error"], "invalid_grant", "the family has ended");
    assert_eq!(fixture.get("/api/records/worklist", &access).await.status(), 401);
    assert_eq!(fixture.log().await["refreshes"], 3);
}

#[tokio::test]
async fn within_the_grace_a_lost_answer_is_given_again() {
    let fixture = Fixture::start();
    fixture.tell(Method::PATCH, "/behaviour", &json!({ "refresh_reuse_grace_ms": 60_000 })).await;
    let token = text(&fixture.log_in(DEVELOPER).await["refresh_token"]);
    assert!(refresh(&fixture, &token).await["access_token"].is_string());
    let again = refresh(&fixture, &token).await;
    assert!(refresh(&fixture, &text(&again["refresh_token"])).await["access_token"].is_string());
}

#[tokio::test]
async fn without_rotation_the_refresh_token_stays() {
    let fixture = Fixture::start();
    fixture.tell(Method::PATCH, "/behaviour", &json!({ "rotate_refresh_tokens": false })).await;
    let token = text(&fixture.log_in(DEVELOPER).await["refresh_token"]);
    for _ in 0..2 {
        assert_eq!(text(&refresh(&fixture, &token).await["refresh_token"]), token);
    }
}

#[tokio::test]
async fn tokens_expire_and_are_revoked() {
    let fixture = Fixture::start();
    let login = fixture.log_in(DEVELOPER).await;
    let access = text(&login["access_token"]);
    assert_eq!(
        fixture.tell(Method::POST, "/tokens/expire", &json!({ "account": DEVELOPER })).await["expired"],
        1
    );
    let refused = fixture.get("/api/records/worklist", &access).await;
    assert_eq!(refused.status(), 401);
    assert!(refused.headers()["www-authenticate"].to_str().unwrap().contains("invalid_token"));
    let form = [
        ("client_id", "demo"),
        ("client_secret", "demo-secret"),
        ("token", login["refresh_token"].as_str().unwrap()),
    ];
    let revoked = fixture.http.post(fixture.url("/connect/revocation")).form(&form).send().await.unwrap();
    assert_eq!(revoked.status(), 200);
    assert_eq!(refresh(&fixture, &text(&login["refresh_token"])).await["error"], "invalid_grant");
}

#[tokio::test]
async fn a_bad_request_is_an_oauth_error() {
    let fixture = Fixture::start();
    let twice = [("grant_type", "password"), ("grant_type", "password")];
    assert_eq!(fixture.token_answer(&twice).await.1["error"], "invalid_request");
    let client = [("client_id", "demo"), ("client_secret", "demo-secret"), ("grant_type", "magic")];
    assert_eq!(fixture.token_answer(&client).await.1["error"], "unsupported_grant_type");
    let answer = fixture.http.post(fixture.url("/connect/token")).json(&json!({})).send().await.unwrap();
    assert_eq!(answer.status(), 400);
}

#[tokio::test]
async fn discovery_says_where_everything_is() {
    let fixture = Fixture::start();
    let found = fixture.get_json("/.well-known/openid-configuration", "").await;
    assert_eq!(found["issuer"], fixture.url(""));
    assert_eq!(found["token_endpoint"], fixture.url("/connect/token"));
    assert_eq!(
        fixture.get_json("/.well-known/openid-configuration/jwks", "").await["keys"][0]["crv"],
        "P-256"
    );
    let token = fixture.token(DEVELOPER).await;
    assert_eq!(fixture.get_json("/connect/userinfo", &token).await["email"], DEVELOPER);
}
