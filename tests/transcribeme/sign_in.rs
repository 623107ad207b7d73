use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use secrecy::SecretString;
use serde_json::json;
use tiro::{Client, CustomRequest, Embedding, ErrorKind, TokenProvider};

use crate::fixture::{Fixture, done, fails};

/// The grants that were asked for since the log was cleared.
fn grants(fixture: &Fixture) -> Vec<String> {
    let asked = fixture.requests("token");
    assert!(asked.iter().all(|entry| entry["api_key"] == true), "the key goes along with every call");
    asked.iter().map(|entry| entry["grant"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn each_grant_signs_in() {
    let fixture = Fixture::start();
    for (grant, pairs) in [
        ("password", vec![("username", "me@example.com"), ("password", "developer-password")]),
        ("applicationtoken", vec![("application_token", "demo-application-token")]),
        (
            "externaltoken",
            vec![("external_token", "demo-google-token"), ("provider", "Google"), ("role", "Customer")],
        ),
        (
            "externaltoken",
            vec![("external_token", "demo-facebook-token"), ("provider", "Facebook"), ("role", "Customer")],
        ),
    ] {
        fixture.clear_log();
        let options = pairs.iter().fold(fixture.program(), |o, (key, value)| o.with(key, value).unwrap());
        let client = Client::new(&options).unwrap();
        done(client.sign_in(None));
        done(client.billing_card(None));
        assert_eq!(grants(&fixture), [grant]);
        let call = fixture.requests("billing_card").remove(0);
        assert_eq!((&call["api_key"], &call["authorization"]), (&json!(true), &json!(true)));
    }
}

#[test]
fn a_token_that_ends_is_refreshed_once_whoever_asks() {
    let fixture = Fixture::start();
    let client = fixture.tm();
    done(client.billing_card(None));
    fixture.clear_log();
    fixture.control("POST", "/tokens/expire", Some(json!({})));
    let asked: Vec<_> = (0..8).map(|_| client.billing_card(None).unwrap()).collect();
    for operation in asked {
        operation.wait(None).unwrap().unwrap();
    }
    assert_eq!(grants(&fixture), ["refresh_token"]);
}

#[test]
fn a_refresh_token_that_is_used_up_is_made_good_by_the_grant() {
    let fixture = Fixture::start();
    let client = fixture.tm();
    done(client.billing_card(None));
    fixture.clear_log();
    fixture.control("POST", "/tokens/revoke", Some(json!({})));
    done(client.billing_card(None));
    assert_eq!(grants(&fixture), ["refresh_token", "applicationtoken"]);
}

#[test]
fn what_refuses_a_sign_in_is_told_by_its_code() {
    let fixture = Fixture::start();
    for status in [400, 401] {
        fixture.behave(json!({ "sign_in_error_status": status }));
        for (key, wrong, code) in [
            ("client_secret", "wrong-secret", "invalid_client"),
            ("application_token", "wrong-token", "invalid_grant"),
        ] {
            let client = Client::new(&fixture.tm_options().with(key, wrong).unwrap()).unwrap();
            let error = fails(client.sign_in(None));
            assert_eq!((error.kind(), error.service_code()), (ErrorKind::Auth, code), "{error:?}");
            assert_eq!(error.http_status(), Some(status));
            assert!(!error.hint().is_empty() && !format!("{error:?}").contains(wrong));
        }
    }
}

#[test]
fn who_signs_in_has_to_be_said() {
    let fixture = Fixture::start();
    let refused = |pairs: &[(&str, &str)]| {
        let options = pairs.iter().fold(fixture.program(), |o, (key, value)| o.with(key, value).unwrap());
        Client::new(&options).unwrap_err()
    };
    for pairs in [
        vec![],
        vec![("username", "me@example.com")],
        vec![("password", "x")],
        vec![("external_token", "x")],
        vec![("application_token", "x"), ("client_id", "")],
        vec![("application_token", "x"), ("journal", "jobs.db")],
        vec![("access_token", "x"), ("journal", "jobs.db")],
        vec![("application_token", "x"), ("client_id", "a\nb")],
        vec![("application_token", "x"), ("transcribeme.trusted_origins", "https://a.example/path")],
    ] {
        assert_eq!(refused(&pairs).kind(), ErrorKind::Option, "{pairs:?}");
    }
}

#[test]
fn expiry_in_every_form() {
    for form in ["number", "text", "absent"] {
        let fixture = Fixture::behaving(json!({ "expires_in": form }));
        done(fixture.tm().billing_card(None));
    }
}

struct Provider {
    tokens: Vec<String>,
    asked: AtomicUsize,
}

impl TokenProvider for Provider {
    fn token(&self, _refused: Option<&str>) -> tiro::Result<SecretString> {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst);
        Ok(self.tokens[turn.min(self.tokens.len() - 1)].clone().into())
    }
}

#[test]
fn tokens_of_the_programs_own() {
    let fixture = Fixture::start();
    let token = access_token(&fixture);
    let fixed = Client::new(&fixture.program().with("access_token", &token).unwrap()).unwrap();
    done(fixed.billing_card(None));
    let provider = Arc::new(Provider { tokens: vec!["stale".into(), token], asked: AtomicUsize::new(0) });
    let given = Client::with_token_provider(&fixture.program(), Embedding::Rust, provider.clone()).unwrap();
    done(given.billing_card(None));
    assert_eq!(provider.asked.load(Ordering::SeqCst), 2);
    let stale = Client::new(&fixture.program().with("access_token", "stale").unwrap()).unwrap();
    assert_eq!(fails(stale.billing_card(None)).kind(), ErrorKind::Auth);
}

/// As the token endpoint gives it out.
fn access_token(fixture: &Fixture) -> String {
    let form = "grant_type=applicationtoken&authtoken=demo-application-token&client_id=demo&client_secret=demo-secret";
    let request = CustomRequest {
        method: "POST".into(),
        path: "/token".into(),
        body: Some(form.into()),
        content_type: "application/x-www-form-urlencoded".into(),
    };
    let answer: serde_json::Value = done(fixture.tm().request(request, None)).json().unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

#[test]
fn a_new_application_token_ends_the_old_one_and_is_asked_for_only_when_told() {
    let fixture = Fixture::start();
    let client = fixture.tm();
    done(client.sign_in(None));
    let token = done(client.regenerate_application_token(None));
    let token = token.text().unwrap().to_owned();
    assert_eq!(fixture.requests("regenerate_application_token").len(), 1);
    let renewed = Client::new(&fixture.program().with("application_token", &token).unwrap()).unwrap();
    done(renewed.sign_in(None));
    assert_eq!(fails(fixture.tm().sign_in(None)).kind(), ErrorKind::Auth);
    fixture.faults(json!([{"operation": "regenerate_application_token", "status": 503, "times": 0}]));
    fixture.clear_log();
    assert_eq!(fails(renewed.regenerate_application_token(None)).kind(), ErrorKind::Service);
    assert_eq!(fixture.requests("regenerate_application_token").len(), 1, "never twice");
}
