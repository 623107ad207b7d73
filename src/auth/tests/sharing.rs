//! Tokens that several have to do with at once: calls in a hurry, two sessions, a store that fails, a runtime that ends.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use futures_util::FutureExt;
use secrecy::{ExposeSecret, SecretString};

use super::server::{Server, refusal, tokens};
use super::{call, key, password, run, runtime, session, settings, until};
use crate::auth::store::Ownership;
use crate::auth::{AccessToken, Grant, IdentityKey, MemoryStore, Session, TokenProvider, TokenStore, Tokens};
use crate::error::{Error, ErrorKind, Result};

fn text(token: &AccessToken) -> String {
    token.bearer().expose_secret().to_owned()
}

fn refresh_token_in(store: &dyn TokenStore) -> Option<String> {
    let stored = store.load(&key()).unwrap()?;
    Some(stored.refresh.unwrap().expose_secret().to_owned())
}

#[test]
fn a_call_in_a_hurry_takes_no_slow_refresh_for_a_lost_one() {
    let mut used = false;
    let server = Server::start(move |asked| match asked.field("refresh_token") {
        None => tokens("1", 0),
        Some(_) if std::mem::replace(&mut used, true) => refusal("invalid_grant"),
        Some(_) => {
            std::thread::sleep(Duration::from_millis(700));
            tokens("2", 3600)
        }
    });
    let store: Arc<dyn TokenStore> = Arc::new(MemoryStore::new());
    run(async {
        Session::new(settings(&server, password(), store.clone())).token(&call()).await.unwrap();
        let person = Session::new(settings(&server, Grant::Login, store.clone()));
        let hurried = call().with("request_timeout_ms", "500").unwrap();
        let hurried = hurried.with("idle_timeout_ms", "500").unwrap();
        // It may have given up by then; the answer is kept all the same.
        let _ = person.token(&hurried).await;
        assert_eq!(text(&person.token(&call()).await.unwrap()), "access-2");
    });
    assert_eq!(server.grants(), ["password", "refresh_token"]);
}

/// On a runtime that has ended a task is dropped where it is started.
#[test]
fn whoever_asks_while_the_library_ends_is_told_so() {
    let server = Server::script([]);
    let session = session(&server, password());
    let runtime = runtime();
    let handle = runtime.handle().clone();
    runtime.shutdown_timeout(Duration::from_secs(10));
    let _inside = handle.enter();
    for _ in 0..2 {
        let error = session.token(&call()).now_or_never().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled);
    }
}

/// A store that cannot save so many times.
struct Failing {
    kept: MemoryStore,
    failures: AtomicUsize,
}

impl Failing {
    fn new() -> Arc<Self> {
        Arc::new(Self { kept: MemoryStore::new(), failures: AtomicUsize::new(0) })
    }
}

impl TokenStore for Failing {
    fn load(&self, key: &IdentityKey) -> Result<Option<Tokens>> {
        self.kept.load(key)
    }

    fn save(&self, key: &IdentityKey, tokens: Option<&Tokens>) -> Result<()> {
        let left = |left: usize| left.checked_sub(1);
        match self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, left) {
            Ok(_) => Err(Error::new(ErrorKind::StoreBusy, "no room just now")),
            Err(_) => self.kept.save(key, tokens),
        }
    }

    fn try_own(&self, key: &IdentityKey) -> Result<Option<Ownership>> {
        self.kept.try_own(key)
    }
}

#[test]
fn what_a_store_could_not_take_is_brought_again_before_anybody_else_renews() {
    let server = Server::script([tokens("1", 0), tokens("2", 3600)]);
    let store = Failing::new();
    run(async {
        let session = Session::new(settings(&server, password(), store.clone()));
        session.token(&call()).await.unwrap();
        store.failures.store(2, Ordering::SeqCst);
        assert_eq!(text(&session.token(&call()).await.unwrap()), "access-2");
        assert_eq!(refresh_token_in(&*store).as_deref(), Some("refresh-1"));
        // It finds the first one in the store, and must not use it.
        let other = Session::new(settings(&server, Grant::Login, store.clone()));
        assert_eq!(text(&other.token(&call()).await.unwrap()), "access-2");
        assert_eq!(refresh_token_in(&*store).as_deref(), Some("refresh-2"));
        until(|| store.try_own(&key()).unwrap().is_some()).await;
    });
    assert_eq!(server.grants(), ["password", "refresh_token"]);
}

#[test]
fn what_is_not_saved_for_long_is_brought_again_by_whoever_uses_it() {
    let server = Server::script([tokens("1", 3600)]);
    let store = Failing::new();
    run(async {
        let session = Session::new(settings(&server, password(), store.clone()));
        session.token(&call()).await.unwrap();
        // As after half a minute of failures.
        store.kept.save(&key(), None).unwrap();
        session.state.lock().unsaved_over = Some(None);
        assert_eq!(text(&session.token(&call()).await.unwrap()), "access-1");
        until(|| refresh_token_in(&*store).is_some()).await;
    });
    assert_eq!(server.asked().len(), 1);
}

/// A session whose refresh waits for its answer, and another on the same store.
struct Two {
    store: Arc<dyn TokenStore>,
    renewing: tokio::task::JoinHandle<Result<AccessToken>>,
    other: Arc<Session>,
    answer: mpsc::Sender<bool>,
    _server: Server,
}

impl Two {
    async fn start() -> Self {
        let (answer, answers) = mpsc::channel();
        let server = Server::start(move |asked| match asked.field("refresh_token") {
            None => tokens("1", 0),
            Some(_) if answers.recv().unwrap() => tokens("2", 3600),
            Some(_) => refusal("invalid_grant"),
        });
        let store: Arc<dyn TokenStore> = Arc::new(MemoryStore::new());
        Session::new(settings(&server, password(), store.clone())).token(&call()).await.unwrap();
        let person = Session::new(settings(&server, Grant::Login, store.clone()));
        let renewing = tokio::spawn(async move { person.token(&call()).await });
        until(|| server.asked().len() == 2).await;
        let other = Session::new(settings(&server, Grant::Login, store.clone()));
        Self { store, renewing, other, answer, _server: server }
    }
}

#[test]
fn a_login_outlives_the_refusal_of_the_one_before() {
    run(async {
        let two = Two::start().await;
        let new = Tokens {
            id: "new".into(),
            refresh: Some("refresh-new".into()),
            ..Tokens::foreign("access-new".into())
        };
        let other = two.other.clone();
        let adopting = tokio::spawn(async move { other.adopt(new).await });
        tokio::time::sleep(Duration::from_millis(50)).await;
        two.answer.send(false).unwrap();
        assert_eq!(two.renewing.await.unwrap().unwrap_err().kind(), ErrorKind::LoginRequired);
        adopting.await.unwrap().unwrap();
        assert_eq!(refresh_token_in(&*two.store).as_deref(), Some("refresh-new"));
        assert_eq!(text(&two.other.token(&call()).await.unwrap()), "access-new");
    });
}

#[test]
fn a_refusal_wipes_only_what_was_refused() {
    run(async {
        let two = Two::start().await;
        // By somebody who knows no locks.
        let new =
            Tokens { id: "new".into(), refresh: Some("refresh-new".into()), ..Tokens::foreign("new".into()) };
        two.store.save(&key(), Some(&new)).unwrap();
        two.answer.send(false).unwrap();
        assert_eq!(text(&two.renewing.await.unwrap().unwrap()), "new");
        assert_eq!(refresh_token_in(&*two.store).as_deref(), Some("refresh-new"));
    });
}

#[test]
fn a_renewal_brings_nobody_back_who_has_signed_out() {
    run(async {
        let two = Two::start().await;
        let other = two.other.clone();
        let leaving = tokio::spawn(async move { other.sign_out(&call(), None).await });
        tokio::time::sleep(Duration::from_millis(50)).await;
        two.answer.send(true).unwrap();
        two.renewing.await.unwrap().unwrap();
        leaving.await.unwrap().unwrap();
        assert!(two.store.load(&key()).unwrap().is_none());
    });
}

/// Gives another token only when it hears that the first was refused.
struct Stubborn(std::sync::Mutex<&'static str>);

impl TokenProvider for Stubborn {
    fn token(&self, refused: Option<&str>) -> Result<SecretString> {
        std::thread::sleep(Duration::from_millis(50));
        let mut token = self.0.lock().unwrap();
        if refused == Some("old") {
            *token = "new";
        }
        Ok((*token).into())
    }
}

#[test]
fn a_host_hears_of_a_refusal_however_many_ask() {
    let server = Server::script([]);
    let host = Arc::new(Stubborn("old".into()));
    let session = session(&server, Grant::Provider(host));
    let runtime = runtime();
    let old = runtime.block_on(session.token(&call())).unwrap();
    std::thread::scope(|scope| {
        for number in 0..16 {
            let (session, runtime, old) = (&session, &runtime, &old);
            scope.spawn(move || {
                for _ in 0..4 {
                    runtime.block_on(session.token(&call())).unwrap();
                    if number % 4 == 0 {
                        let renewed = runtime.block_on(session.renew(old, &call())).unwrap();
                        assert_eq!(text(&renewed), "new");
                    }
                }
            });
        }
    });
}
