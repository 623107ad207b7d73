//! A session in one process: grants, renewal, refusals.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use secrecy::{ExposeSecret, SecretString};

use super::server::{Reply, Server, json, refusal, tokens};
use super::{call, endpoint, key, password, run, runtime, session, settings, until};
use crate::auth::{AccessToken, Grant, MemoryStore, Session, TokenProvider, TokenStore};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Http, Request, Url};
use crate::options::Options;

fn text(token: &AccessToken) -> String {
    token.bearer().expose_secret().to_owned()
}

#[test]
fn a_password_is_traded_for_a_token_that_is_kept() {
    let server = Server::script([tokens("1", 3600)]);
    let session = session(&server, password());
    let (first, again) =
        run(async { (session.token(&call()).await.unwrap(), session.token(&call()).await.unwrap()) });
    assert_eq!((text(&first).as_str(), text(&again).as_str()), ("access-1", "access-1"));
    assert_eq!(first.extra("userId"), Some("u-7"));
    let asked = server.asked();
    assert_eq!(asked.len(), 1);
    let field = |name| asked[0].field(name).unwrap();
    assert_eq!((field("grant_type").as_str(), field("scope").as_str()), ("password", "openid api"));
    assert_eq!((field("username").as_str(), field("password").as_str()), ("ann@example.org", "pa ss&word=ä"));
    assert_eq!(
        (field("client_id").as_str(), field("client_secret").as_str()),
        ("client-1", "the-client-secret")
    );
    assert_eq!(asked[0].header("content-type"), Some("application/x-www-form-urlencoded"));
    assert!(asked[0].header("authorization").is_none());
}

#[test]
fn a_field_that_is_not_given_is_not_sent_and_an_empty_one_is() {
    let server = Server::script([tokens("1", 3600), tokens("2", 3600)]);
    for password in [None, Some("")] {
        let mut form = vec![("grant_type", SecretString::from("password"))];
        form.extend(password.map(|password| ("password", password.into())));
        run(session(&server, Grant::Form(form)).token(&call())).unwrap();
    }
    let given = server.asked().iter().map(|asked| asked.field("password")).collect::<Vec<_>>();
    assert_eq!(given, [None, Some(String::new())]);
}

#[test]
fn the_client_may_sign_in_by_basic_and_send_headers_of_its_own() {
    let server = Server::script([tokens("1", 3600)]);
    let mut settings = settings(&server, password(), Arc::new(MemoryStore::new()));
    settings.endpoint.basic = true;
    settings.endpoint.client_secret = Some("s:e c".into());
    settings.endpoint.headers = vec![("x-api-key".parse().unwrap(), "key-1".parse().unwrap())];
    run(Session::new(settings).token(&call())).unwrap();
    let asked = &server.asked()[0];
    // base64 of client-1:s%3Ae%20c
    assert_eq!(asked.header("authorization"), Some("Basic Y2xpZW50LTE6cyUzQWUlMjBj"));
    assert_eq!((asked.field("client_id"), asked.field("client_secret")), (None, None));
    assert_eq!(asked.header("x-api-key"), Some("key-1"));
}

#[test]
fn a_token_near_its_end_is_renewed_by_its_refresh_token() {
    let server = Server::script([tokens("1", 0), tokens("2", 3600)]);
    let session = session(&server, password());
    run(async {
        assert_eq!(text(&session.token(&call()).await.unwrap()), "access-1");
        assert_eq!(text(&session.token(&call()).await.unwrap()), "access-2");
        assert_eq!(text(&session.token(&call()).await.unwrap()), "access-2");
    });
    assert_eq!(server.grants(), ["password", "refresh_token"]);
    let refresh = &server.asked()[1];
    assert_eq!(refresh.field("refresh_token").as_deref(), Some("refresh-1"));
    assert_eq!(refresh.field("scope"), None);
}

#[test]
fn a_refresh_token_that_does_not_come_anew_stays() {
    let renewed = |name: &str| json(200, format!(r#"{{"access_token":"access-{name}","expires_in":0}}"#));
    let server = Server::script([tokens("1", 0), renewed("2"), renewed("3")]);
    let session = session(&server, password());
    let last = run(async {
        session.token(&call()).await.unwrap();
        session.token(&call()).await.unwrap();
        session.token(&call()).await.unwrap()
    });
    assert_eq!((text(&last).as_str(), last.extra("userId")), ("access-3", Some("u-7")));
    let sent = server.asked().iter().filter_map(|asked| asked.field("refresh_token")).collect::<Vec<_>>();
    assert_eq!(sent, ["refresh-1", "refresh-1"]);
}

#[test]
fn a_refresh_token_that_is_used_up_leads_back_to_the_grant_or_to_a_login() {
    let server = Server::script([tokens("1", 0), refusal("invalid_grant"), tokens("2", 3600)]);
    let by_password = session(&server, password());
    run(async {
        by_password.token(&call()).await.unwrap();
        assert_eq!(text(&by_password.token(&call()).await.unwrap()), "access-2");
    });
    assert_eq!(server.grants(), ["password", "refresh_token", "password"]);

    let server = Server::script([tokens("1", 0), refusal("invalid_grant")]);
    let store: Arc<dyn TokenStore> = Arc::new(MemoryStore::new());
    run(async {
        Session::new(settings(&server, password(), store.clone())).token(&call()).await.unwrap();
        let person = Session::new(settings(&server, Grant::Login, store.clone()));
        for _ in 0..2 {
            let error = person.token(&call()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::LoginRequired);
        }
    });
    assert_eq!(server.asked().len(), 2, "what is used up is not tried again");
    assert!(store.load(&key()).unwrap().is_none());
}

#[test]
fn another_refusal_of_a_refresh_is_an_error_and_costs_no_login() {
    let server = Server::script([tokens("1", 0), refusal("invalid_client"), tokens("2", 3600)]);
    let session = session(&server, password());
    run(async {
        session.token(&call()).await.unwrap();
        let error = session.token(&call()).await.unwrap_err();
        assert_eq!((error.kind(), error.service_code()), (ErrorKind::Auth, "invalid_client"));
        assert_eq!(text(&session.token(&call()).await.unwrap()), "access-2");
    });
    assert_eq!(server.grants(), ["password", "refresh_token", "refresh_token"]);
}

#[test]
fn a_refresh_whose_answer_is_lost_is_asked_for_once_more_with_the_same_token() {
    for lost in [|| Reply::Cut, || json(502, "<html>"), || json(200, "{\"access_tok")] {
        let server = Server::script([tokens("1", 0), lost(), tokens("2", 3600)]);
        let renewing = session(&server, password());
        run(async {
            renewing.token(&call()).await.unwrap();
            assert_eq!(text(&renewing.token(&call()).await.unwrap()), "access-2");
        });
        let sent = server.asked().iter().filter_map(|asked| asked.field("refresh_token")).collect::<Vec<_>>();
        assert_eq!(sent, ["refresh-1", "refresh-1"]);

        let server = Server::script([tokens("1", 0), lost(), refusal("invalid_grant"), tokens("3", 3600)]);
        let renewing = session(&server, password());
        run(async {
            renewing.token(&call()).await.unwrap();
            assert_eq!(text(&renewing.token(&call()).await.unwrap()), "access-3");
        });

        let server = Server::script([tokens("1", 0), lost(), lost()]);
        let renewing = session(&server, password());
        run(async {
            renewing.token(&call()).await.unwrap();
            assert!(renewing.token(&call()).await.unwrap_err().is_retriable());
        });
        assert_eq!(server.asked().len(), 3, "no third time by itself");
    }
}

#[test]
fn a_server_without_time_is_asked_again() {
    let busy = |status| Reply::Answer(status, "Retry-After: 0\r\n".into(), String::new());
    let server =
        Server::script([busy(503), busy(429), tokens("1", 0), busy(503), busy(503), tokens("2", 3600)]);
    let session = session(&server, password());
    run(async {
        assert_eq!(text(&session.token(&call()).await.unwrap()), "access-1");
        assert_eq!(text(&session.token(&call()).await.unwrap()), "access-2");
    });
    assert_eq!(server.asked().len(), 6);
}

#[test]
fn a_token_that_is_still_good_outlives_a_failed_renewal() {
    // Due at once, as half of a life of so few seconds may be the margin, and good for long enough to be sent.
    let server = Server::script([tokens("1", 3600), json(500, ""), json(500, "")]);
    let mut settings = settings(&server, password(), Arc::new(MemoryStore::new()));
    settings.ahead = crate::auth::RenewAhead { most: std::time::Duration::from_secs(86_400), of_life: 100 };
    let session = Session::new(settings);
    run(async {
        for _ in 0..4 {
            assert_eq!(text(&session.token(&call()).await.unwrap()), "access-1");
        }
    });
    assert_eq!(server.asked().len(), 3, "one failed renewal, then a pause");
}

#[test]
fn vendors_advice_and_the_clients_secrets() {
    let body = r#"{"error":"invalid_grant","error_description":"invalid_username_or_password"}"#;
    let repeating = r#"{"error":"invalid_grant","error_description":"no the-client-secret pa ss&word=ä"}"#;
    let server = Server::script([json(400, body), json(400, repeating)]);
    let session = session(&server, password());
    let error = run(session.token(&call())).unwrap_err();
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::Auth, Some(400)));
    assert_eq!((error.service_code(), error.hint()), ("invalid_username_or_password", "check the client"));
    let error = run(session.token(&call())).unwrap_err();
    assert_eq!(error.message(), "the sign-in was refused: invalid_grant: no *** ***");
    let shown = format!("{session:?} {:?} {:?} {error:?}", endpoint(&server), password());
    for secret in ["the-client-secret", "pa ss", "word"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn many_at_once_share_one_renewal() {
    let counter = Arc::new(AtomicUsize::new(0));
    let counted = counter.clone();
    let server = Server::start(move |asked| {
        let life = if asked.field("grant_type").as_deref() == Some("password") { 0 } else { 3600 };
        tokens(&counted.fetch_add(1, Ordering::Relaxed).to_string(), life)
    });
    let session = session(&server, password());
    let runtime = runtime();
    runtime.block_on(session.token(&call())).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(text(&runtime.block_on(session.token(&call())).unwrap()), "access-1"));
        }
    });
    assert_eq!(server.grants(), ["password", "refresh_token"]);
}

#[test]
fn a_401_costs_one_renewal_and_one_replay() {
    let server = Server::start(|asked| match asked.target.as_str() {
        "/connect/token" if asked.field("grant_type").as_deref() == Some("password") => tokens("old", 3600),
        "/connect/token" => tokens("new", 3600),
        "/api/never" => json(401, "{}"),
        _ if asked.header("authorization") == Some("Bearer access-new") => json(200, "{}"),
        _ => json(401, "{}"),
    });
    let session = session(&server, password());
    let http = Http::new(&Options::new()).unwrap();
    let get = |path: &str| {
        let url = Url::parse(&server.url(path)).unwrap();
        move || Ok(Request::get(url.clone()))
    };
    run(async {
        assert_eq!(session.send(&http, &call(), get("/api/list")).await.unwrap().status(), 200);
        assert_eq!(server.grants(), ["password", "refresh_token"]);
        assert_eq!(session.send(&http, &call(), get("/api/list")).await.unwrap().status(), 200);
        assert_eq!(server.asked().len(), 5, "the new token serves from now on");
        assert_eq!(session.send(&http, &call(), get("/api/never")).await.unwrap().status(), 401);
    });
    let asked = server.asked();
    assert_eq!(asked.iter().filter(|asked| asked.target == "/api/never").count(), 2);
}

#[test]
fn many_refusals_of_one_token_cost_one_renewal() {
    let server = Server::start(|asked| match asked.field("grant_type").as_deref() {
        Some("password") => tokens("old", 3600),
        _ => tokens("new", 3600),
    });
    let session = session(&server, password());
    let runtime = runtime();
    let old = runtime.block_on(session.token(&call())).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let new = runtime.block_on(session.renew(&old, &call())).unwrap();
                assert_eq!(text(&new), "access-new");
            });
        }
    });
    assert_eq!(server.grants(), ["password", "refresh_token"]);
}

#[test]
fn a_caller_that_gives_up_does_not_lose_the_new_tokens() {
    let (release, held) = std::sync::mpsc::channel::<()>();
    let server = Server::start(move |asked| match asked.field("grant_type").as_deref() {
        Some("password") => tokens("1", 0),
        _ => {
            held.recv().unwrap();
            tokens("2", 3600)
        }
    });
    let session = session(&server, password());
    let runtime = runtime();
    runtime.block_on(async {
        session.token(&call()).await.unwrap();
        let giving_up = tokio::spawn({
            let session = session.clone();
            async move { session.token(&call()).await }
        });
        until(|| server.asked().len() >= 2).await;
        giving_up.abort();
        let _ = giving_up.await;
        release.send(()).unwrap();
        assert_eq!(text(&session.token(&call()).await.unwrap()), "access-2");
    });
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn a_ready_token_is_used_as_it_is() {
    let server = Server::script([]);
    let session = session(&server, Grant::Fixed("mine".into()));
    run(async {
        let token = session.token(&call()).await.unwrap();
        assert_eq!(text(&token), "mine");
        let error = session.renew(&token, &call()).await.unwrap_err();
        assert_eq!((error.kind(), error.http_status()), (ErrorKind::Auth, Some(401)));
    });
    assert!(server.asked().is_empty());
}

struct Host(std::sync::Mutex<Vec<Option<String>>>);

impl TokenProvider for Host {
    fn token(&self, refused: Option<&str>) -> Result<SecretString> {
        self.0.lock().unwrap().push(refused.map(str::to_owned));
        match self.0.lock().unwrap().len() {
            1 => Ok("first".into()),
            2 => Ok("second".into()),
            3 => Ok("bro\nken".into()),
            4 => Err(Error::new(ErrorKind::Forbidden, "the vault is closed")),
            _ => panic!("the host's own fault"),
        }
    }
}

#[test]
fn a_host_provides_tokens_and_hears_of_refused_ones() {
    let server = Server::script([]);
    let host = Arc::new(Host(Default::default()));
    let session = session(&server, Grant::Provider(host.clone()));
    run(async {
        let first = session.token(&call()).await.unwrap();
        assert_eq!(text(&session.renew(&first, &call()).await.unwrap()), "second");
        assert_eq!(session.token(&call()).await.unwrap_err().kind(), ErrorKind::Argument);
        assert_eq!(session.token(&call()).await.unwrap_err().message(), "the vault is closed");
        assert_eq!(session.token(&call()).await.unwrap_err().kind(), ErrorKind::Panic);
    });
    assert_eq!(
        host.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())[..2],
        [None, Some("first".into())]
    );
}

#[test]
fn a_logout_forgets_everywhere_even_where_the_service_fails() {
    for answer in [json(200, ""), json(503, ""), Reply::Cut] {
        let server = Server::script([tokens("1", 3600), answer]);
        let store: Arc<dyn TokenStore> = Arc::new(MemoryStore::new());
        let session = Session::new(settings(&server, password(), store.clone()));
        let revocation = Url::parse(&server.url("/connect/revocation")).unwrap();
        let once = call().with("max_retries", "0").unwrap();
        run(async {
            session.token(&once).await.unwrap();
            session.sign_out(&once, Some(&revocation)).await.unwrap();
        });
        assert!(store.load(&key()).unwrap().is_none());
        let asked = &server.asked()[1];
        assert_eq!(asked.field("token").as_deref(), Some("refresh-1"));
        assert_eq!(asked.field("token_type_hint").as_deref(), Some("refresh_token"));
    }
}

#[test]
fn tokens_of_another_scope_do_not_serve_a_grant() {
    let server = Server::script([tokens("1", 3600), tokens("2", 3600)]);
    let store: Arc<dyn TokenStore> = Arc::new(MemoryStore::new());
    run(async {
        let narrow = Session::new(settings(&server, password(), store.clone()));
        narrow.token(&call()).await.unwrap();
        let mut same = settings(&server, password(), store.clone());
        same.scope = "api openid".into();
        assert_eq!(text(&Session::new(same).token(&call()).await.unwrap()), "access-1");
        let mut wide = settings(&server, password(), store.clone());
        wide.scope = "openid api management".into();
        assert_eq!(text(&Session::new(wide).token(&call()).await.unwrap()), "access-2");
    });
    assert_eq!(server.grants(), ["password", "password"]);
}
