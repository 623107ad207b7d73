use reqwest::Method;
use serde_json::{Value, json};

use super::support::{Customer, password, with};
use crate::support::{DEVELOPER, Fixture, text};

const CLIENT: [(&str, &str); 2] = [("client_id", "demo"), ("client_secret", "demo-secret")];

fn form<'f>(fields: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    CLIENT.iter().chain(fields).copied().collect()
}

#[tokio::test]
async fn a_password_gives_all_that_is_documented() {
    let fixture = Fixture::start();
    let (status, answer) = fixture.tm_token(&password()).await;
    assert_eq!(status, 200);
    assert_eq!(answer["token_type"], "bearer");
    assert_eq!(answer["expires_in"], 3600);
    assert_eq!(answer["userName"], DEVELOPER);
    for name in
        ["access_token", "refresh_token", "userId", "firstName", "lastName", "roles", ".issued", ".expires"]
    {
        assert!(!text(&answer[name]).is_empty(), "{name}");
    }
    assert!(text(&answer[".expires"]).ends_with(" GMT"));
}

#[tokio::test]
async fn every_call_wants_token_and_key_and_they_belong_together() {
    let customer = Customer::new().await;
    assert_eq!(customer.get("billing/card").await.status(), 200);
    let http = &customer.fixture.http;
    let url = customer.fixture.tm("billing/card");
    let gospeech = customer.fixture.token(DEVELOPER).await;
    for request in [
        http.get(&url),
        http.get(&url).header("X-Api-Key", "demo"),
        http.get(&url).bearer_auth(&customer.token),
        http.get(&url).bearer_auth(&customer.token).header("X-Api-Key", "demo-public"),
        http.get(&url).bearer_auth(&gospeech).header("X-Api-Key", "demo"),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 401);
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["StatusCode"], 401);
        assert!(answer["Messages"][0].is_string());
    }
    let other = customer.fixture.get("/api/records/worklist", &customer.token).await;
    assert_eq!(other.status(), 403, "and a token of this half opens nothing of the other");
}

#[tokio::test]
async fn an_application_token_signs_in_until_there_is_a_new_one() {
    let customer = Customer::new().await;
    let sign_in = async |token: &str| {
        let form = form(&[("grant_type", "applicationtoken"), ("authtoken", token)]);
        customer.fixture.tm_token(&form).await
    };
    let (status, answer) = sign_in("demo-application-token").await;
    assert_eq!((status.as_u16(), &answer["userId"]), (200, &json!(customer.user_id)));
    let request = customer.request(Method::POST, "applications/tokens/regenerate");
    let answer = request.form(&[("client_id", "demo")]).send().await.unwrap();
    let fresh = text(&answer.json::<Value>().await.unwrap()["application_token"]);
    assert_eq!(sign_in(&fresh).await.0, 200);
    let (status, answer) = sign_in("demo-application-token").await;
    assert_eq!((status.as_u16(), &answer["error"]), (400, &json!("invalid_grant")));
}

#[tokio::test]
async fn tokens_of_two_other_providers_sign_in() {
    let fixture = Fixture::start();
    let sign_in = async |token: &str, provider: &str| {
        let fields = [
            ("grant_type", "externaltoken"),
            ("authtoken", token),
            ("provider", provider),
            ("role", "Reviewer"),
        ];
        fixture.tm_token(&form(&fields)).await
    };
    for (token, provider) in [("demo-google-token", "Google"), ("demo-facebook-token", "Facebook")] {
        let (status, answer) = sign_in(token, provider).await;
        assert_eq!((status.as_u16(), &answer["roles"]), (200, &json!("Reviewer")), "{provider}");
    }
    assert_eq!(sign_in("demo-google-token", "Facebook").await.1["error"], "invalid_grant");
    assert_eq!(sign_in("demo-google-token", "Elsewhere").await.1["error"], "invalid_request");
}

#[tokio::test]
async fn a_refresh_uses_its_token_up() {
    let fixture = Fixture::start();
    let (_, first) = fixture.tm_token(&password()).await;
    let refresh = async |token: &Value| {
        let token = text(token);
        fixture.tm_token(&form(&[("grant_type", "refresh_token"), ("refresh_token", &token)])).await
    };
    let (status, second) = refresh(&first["refresh_token"]).await;
    assert_eq!(status, 200);
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_eq!(refresh(&first["refresh_token"]).await.1["error"], "invalid_grant");
    assert_eq!(fixture.log().await["refreshes"], 2);
}

#[tokio::test]
async fn what_is_refused_here_is_written_as_oauth_has_it() {
    let fixture = Fixture::start();
    let mut wrong = password();
    wrong[2].1 = "wrong";
    let (status, answer) = fixture.tm_token(&wrong).await;
    assert_eq!(status, 400);
    let documented = json!({ "error": "invalid_client", "error_description": "Invalid client secret" });
    assert_eq!(answer, documented);
    let without_key = fixture.http.post(fixture.tm("token")).form(&password()).send().await.unwrap();
    assert_eq!(without_key.json::<Value>().await.unwrap()["error"], "invalid_client");
    let mut wrong = password();
    wrong[4].1 = "wrong";
    assert_eq!(fixture.tm_token(&wrong).await.1["error"], "invalid_grant");
    let (_, answer) = fixture.tm_token(&form(&[("grant_type", "client_credentials")])).await;
    assert_eq!(answer["error"], "unsupported_grant_type");
}

#[tokio::test]
async fn the_forms_that_are_not_known_can_be_chosen() {
    let settings = with(|behaviour| {
        behaviour.sign_in_error_status = 401;
        behaviour.expires_in = tiro_sandbox::ExpiresIn::Text;
    });
    let fixture = Fixture::with(settings);
    assert_eq!(fixture.tm_token(&password()).await.1["expires_in"], "3600");
    assert_eq!(fixture.tm_token(&CLIENT).await.0, 401);
    let absent = json!({ "transcribeme": { "expires_in": "absent" } });
    fixture.tell(Method::PATCH, "/behaviour", &absent).await;
    assert_eq!(fixture.tm_token(&password()).await.1.get("expires_in"), None);
}
