//! Sessions against a token server that does what a test tells it.

mod discovering;
mod listening;
mod logins;
mod processes;
mod server;
mod sessions;
mod sharing;

use std::sync::Arc;
use std::time::{Duration, Instant};

use secrecy::SecretString;

use self::server::Server;
use super::{
    Grant, IdentityKey, MemoryStore, OAuthError, RenewAhead, Session, SessionSettings, TokenEndpoint,
    TokenStore,
};
use crate::http::{Http, Url};
use crate::options::Options;

fn key() -> IdentityKey {
    IdentityKey {
        service: "s".into(),
        auth_origin: "https://auth.example".into(),
        client_id: "client-1".into(),
        identity: "ann@example.org".into(),
    }
}

fn call() -> Options {
    Options::new().with("request_timeout_ms", "120000").unwrap()
}

fn advice(error: &OAuthError) -> Option<String> {
    error.mentions("invalid_username_or_password").then(|| "check the client".to_owned())
}

fn password() -> Grant {
    let secret = |text: &str| SecretString::from(text);
    Grant::Form(vec![
        ("grant_type", secret("password")),
        ("username", secret("ann@example.org")),
        ("password", secret("pa ss&word=ä")),
    ])
}

fn endpoint(server: &Server) -> TokenEndpoint {
    TokenEndpoint {
        url: Url::parse(&server.url("/connect/token")).unwrap(),
        discovery: None,
        client_id: "client-1".into(),
        client_secret: Some("the-client-secret".into()),
        basic: false,
        headers: vec![],
    }
}

fn settings(server: &Server, grant: Grant, store: Arc<dyn TokenStore>) -> SessionSettings {
    SessionSettings {
        http: Http::new(&Options::new()).unwrap(),
        endpoint: endpoint(server),
        grant,
        scope: "openid api".into(),
        key: key(),
        store,
        ahead: RenewAhead { most: Duration::from_secs(60), of_life: 50 },
        keep: &["userId"],
        advice,
    }
}

fn session(server: &Server, grant: Grant) -> Arc<Session> {
    Session::new(settings(server, grant, Arc::new(MemoryStore::new())))
}

fn run<T>(future: impl Future<Output = T>) -> T {
    runtime().block_on(future)
}

/// Far longer than anything takes that is waited for, on the slowest machine.
const LONG: Duration = Duration::from_secs(120);

/// Looks again and again, until it holds.
async fn until(holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < LONG, "it never comes true");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}
