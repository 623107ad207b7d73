//! Logins by PKCE: what goes into the browser, and what may come back from it.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::server::{Reply, Server, json};
use super::{advice, call, endpoint, key, run, settings};
use crate::auth::{Grant, IdentityKey, Login, LoginSettings, MemoryStore, Session};
use crate::error::ErrorKind;
use crate::http::{Http, Url};
use crate::options::Options;

const BACK: &str = "http://127.0.0.1:8901/back";

fn login_settings() -> LoginSettings {
    LoginSettings {
        authorize_url: Url::parse("https://auth.example/connect/authorize?tenant=a").unwrap(),
        redirect_uri: BACK.into(),
        scope: "openid api".into(),
        extra: vec![("ui_locales".into(), "de en".into())],
        key: key(),
        lifetime: Duration::from_secs(600),
        keep: &[],
        advice,
    }
}

fn query(login: &Login, name: &str) -> String {
    let url = Url::parse(login.url()).unwrap();
    let value = url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
    value.unwrap_or_else(|| panic!("{name} in {url}"))
}

fn redirect(login: &Login) -> String {
    format!("{BACK}?code=the-code&state={}", login.state())
}

fn id_token(claims: &str) -> String {
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
}

#[test]
fn the_address_of_the_login_page_says_what_it_must() {
    let login = login_settings().begin().unwrap();
    let ask = |name| query(&login, name);
    assert!(login.url().starts_with("https://auth.example/connect/authorize?tenant=a&response_type=code&"));
    assert_eq!((ask("client_id").as_str(), ask("redirect_uri").as_str()), ("client-1", BACK));
    assert_eq!((ask("scope").as_str(), ask("ui_locales").as_str()), ("openid api", "de en"));
    assert_eq!((ask("code_challenge_method").as_str(), ask("code_challenge").len()), ("S256", 43));
    assert_eq!(ask("state"), login.state());
    let other = login_settings().begin().unwrap();
    assert_ne!(login.state(), other.state());
    assert_ne!(ask("nonce"), query(&other, "nonce"));
    let shown = format!("{login:?}");
    assert!(!shown.contains(login.state()) && !shown.contains(login.ticket().expose_secret()));
}

#[test]
fn fields_that_are_tiros_own_cannot_be_slipped_in() {
    for name in ["redirect_uri", "state", "code_challenge_method"] {
        let settings = LoginSettings { extra: vec![(name.into(), "x".into())], ..login_settings() };
        assert_eq!(settings.begin().unwrap_err().kind(), ErrorKind::Argument);
    }
}

#[test]
fn a_login_is_completed_by_another_process_of_the_same_options() {
    let login = login_settings().begin().unwrap();
    let nonce = query(&login, "nonce");
    let tokens = format!(
        r#"{{"access_token":"hers","expires_in":3600,"refresh_token":"r","id_token":"{}"}}"#,
        id_token(&format!(r#"{{"nonce":"{nonce}","aud":["client-1","other"]}}"#))
    );
    let server = Server::script([json(200, tokens)]);
    let elsewhere = login_settings();
    let granted = elsewhere.check(login.ticket(), &redirect(&login)).unwrap();
    assert_eq!(granted.key(), &key());
    let http = Http::new(&Options::new()).unwrap();
    let token = run(async {
        let tokens = elsewhere.exchange(&http, &endpoint(&server), granted, &call()).await.unwrap();
        let session = Session::new(settings(&server, Grant::Login, Arc::new(MemoryStore::new())));
        session.adopt(tokens).await.unwrap();
        session.token(&call()).await.unwrap()
    });
    assert_eq!(token.bearer().expose_secret(), "hers");
    assert_eq!(token.scope(), "openid api");
    let asked = &server.asked()[0];
    assert_eq!(asked.field("grant_type").as_deref(), Some("authorization_code"));
    assert_eq!(
        (asked.field("code").as_deref(), asked.field("redirect_uri").as_deref()),
        (Some("the-code"), Some(BACK))
    );
    let verifier = asked.field("code_verifier").unwrap();
    assert_eq!(verifier.len(), 64);
    assert_eq!(URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)), query(&login, "code_challenge"));
}

#[test]
fn two_persons_at_once_cannot_be_swapped() {
    let settings_of = |identity: &str| LoginSettings {
        key: IdentityKey { identity: identity.into(), ..key() },
        ..login_settings()
    };
    let (ann, bob) = (settings_of("ann"), settings_of("bob"));
    let (hers, his) = (ann.begin().unwrap(), bob.begin().unwrap());
    for (settings, ticket, back) in [(&ann, &hers, &his), (&bob, &his, &hers)] {
        let error = settings.check(ticket.ticket(), &redirect(back)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Auth);
        assert!(!error.message().contains(back.state()));
    }
    // One server completes both, and each is who the ticket says.
    assert_eq!(ann.check(his.ticket(), &redirect(&his)).unwrap().key().identity, "bob");
    assert_eq!(ann.check(hers.ticket(), &redirect(&hers)).unwrap().key().identity, "ann");
}

#[test]
fn a_redirect_that_is_not_of_the_login_is_refused() {
    let settings = login_settings();
    let login = settings.begin().unwrap();
    let state = login.state();
    for bad in [
        String::new(),
        BACK.to_owned(),
        format!("{BACK}?code=c"),
        format!("{BACK}?code=c&state="),
        format!("{BACK}?code=c&state={state}x"),
        format!("{BACK}?code=c&state={}", &state[1..]),
        format!("{BACK}?state={state}"),
        format!("{BACK}?code=&state={state}"),
        format!("{BACK}?code=a&code=b&state={state}"),
        format!("{BACK}?code=a&state={state}&state={state}"),
        format!("{BACK}/more?code=c&state={state}"),
        format!("http://127.0.0.1:8901/?code=c&state={state}"),
        format!("{BACK}#code=c&state={state}"),
        format!("http://[?code=c&state={state}"),
        format!("{BACK}?code=c&state={state}&x={}", "y".repeat(100_000)),
    ] {
        let error = settings.check(login.ticket(), &bad).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Auth | ErrorKind::Argument), "{bad}: {error}");
    }
    for good in [
        format!("  {BACK}?code=c&state={state}&session_state=x\n"),
        format!("/back?code=c&state={state}"),
        format!("https://host-behind-a-proxy.example/back?state={state}&code=c#"),
    ] {
        settings.check(login.ticket(), &good).unwrap();
    }
}

#[test]
fn what_the_login_page_refuses_is_typed() {
    let settings = login_settings();
    let login = settings.begin().unwrap();
    let back = |query: &str| format!("{BACK}?state={}&{query}", login.state());
    let error = settings
        .check(login.ticket(), &back("error=access_denied&error_description=She%20said%0Ano"))
        .unwrap_err();
    assert_eq!((error.kind(), error.service_code()), (ErrorKind::Forbidden, "access_denied"));
    assert_eq!(error.message(), "the sign-in was refused: access_denied: She said no");
    let error = settings.check(login.ticket(), &back("error=login_required")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LoginRequired);
    // Without the state anybody could say so.
    let error = settings.check(login.ticket(), &format!("{BACK}?error=access_denied")).unwrap_err();
    assert_eq!(error.service_code(), "");
}

#[test]
fn a_ticket_serves_its_own_options_and_its_own_time() {
    let login = login_settings().begin().unwrap();
    let check = |settings: LoginSettings| settings.check(login.ticket(), &redirect(&login)).unwrap_err();
    let with_key = |key: IdentityKey| LoginSettings { key, ..login_settings() };
    for other in [
        with_key(IdentityKey { client_id: "client-2".into(), ..key() }),
        with_key(IdentityKey { auth_origin: "http://127.0.0.1:1".into(), ..key() }),
        with_key(IdentityKey { service: "t".into(), ..key() }),
        LoginSettings { redirect_uri: "http://127.0.0.1:8902/back".into(), ..login_settings() },
    ] {
        assert_eq!(check(other).kind(), ErrorKind::Auth);
    }
    let late = LoginSettings { lifetime: Duration::ZERO, ..login_settings() };
    let login = late.begin().unwrap();
    assert_eq!(late.check(login.ticket(), &redirect(&login)).unwrap_err().kind(), ErrorKind::LoginRequired);
}

#[test]
fn what_is_no_ticket_is_refused_and_not_repeated() {
    let settings = login_settings();
    let real = settings.begin().unwrap();
    let cut = &real.ticket().expose_secret()[..100];
    for text in ["", "hidden-text", cut, "bnVsbA", &"A".repeat(1 << 20)] {
        let error = settings.check(&SecretString::from(text), BACK).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Argument);
        assert!(!format!("{error:?}").contains("hidden"));
    }
}

#[test]
fn an_id_token_of_another_login_is_refused() {
    let login = login_settings().begin().unwrap();
    let nonce = query(&login, "nonce");
    let good = format!(r#"{{"nonce":"{nonce}","aud":"client-1"}}"#);
    for (token, kind) in [
        (id_token(&good), None),
        (id_token(r#"{"nonce":"other","aud":"client-1"}"#), Some(ErrorKind::Auth)),
        (id_token(r#"{"aud":"client-1"}"#), Some(ErrorKind::Auth)),
        (id_token(&good.replace("client-1", "client-2")), Some(ErrorKind::Auth)),
        ("no-token".into(), Some(ErrorKind::Protocol)),
        ("a.%%%.c".into(), Some(ErrorKind::Protocol)),
        (id_token("[]"), Some(ErrorKind::Protocol)),
    ] {
        let server = Server::script([json(200, format!(r#"{{"access_token":"a","id_token":"{token}"}}"#))]);
        let settings = login_settings();
        let granted = settings.check(login.ticket(), &redirect(&login)).unwrap();
        let http = Http::new(&Options::new()).unwrap();
        let outcome = run(settings.exchange(&http, &endpoint(&server), granted, &call()));
        assert_eq!(outcome.err().map(|error| error.kind()), kind, "{token}");
    }
}

#[test]
fn a_code_is_sent_again_only_to_a_server_that_had_no_time() {
    let login = login_settings().begin().unwrap();
    let busy = || Reply::Answer(503, "Retry-After: 0\r\n".into(), String::new());
    let tokens = || json(200, r#"{"access_token":"a"}"#);
    for (replies, asked, kind) in [
        (vec![json(502, "")], 1, Some(ErrorKind::Service)),
        (vec![Reply::Cut], 1, Some(ErrorKind::Protocol)),
        (vec![busy(), busy(), tokens()], 3, None),
    ] {
        let server = Server::script(replies);
        let settings = login_settings();
        let granted = settings.check(login.ticket(), &redirect(&login)).unwrap();
        let http = Http::new(&Options::new()).unwrap();
        let outcome = run(settings.exchange(&http, &endpoint(&server), granted, &call()));
        assert_eq!((outcome.err().map(|error| error.kind()), server.asked().len()), (kind, asked));
    }
}
