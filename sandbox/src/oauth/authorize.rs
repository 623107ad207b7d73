//! The authorization endpoint: a client sends a person's browser here, and gets it back with a code. PKCE with S256 is
//! wanted of every client.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::extract::{RawForm, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use url::{Host, Url};

use super::form::Form;
use super::scope;
use crate::app::{App, SharedApp};
use crate::pages;
use crate::paths::{CONSENT, LOGIN};
use crate::secret;
use crate::state::{ApiClient, Grant};
use crate::timestamp::now_ms;

/// How long a person may take.
const REQUEST_MS: i64 = 15 * 60_000;
const CODE_MS: i64 = 60_000;
/// More are not kept: the oldest go.
const MOST: usize = 10_000;

/// Where the browser goes back to.
#[derive(Clone, Debug)]
pub(crate) struct Redirect {
    uri: Url,
    state: Option<String>,
}

impl Redirect {
    /// Back to the client, with that in the query.
    pub(crate) fn with(&self, app: &App, pairs: &[(&str, &str)]) -> Response {
        let mut uri = self.uri.clone();
        let state = self.state.as_deref().map(|state| ("state", state));
        let issuer = Some(("iss", app.url.as_str()));
        uri.query_pairs_mut().extend_pairs(pairs.iter().copied().chain(state).chain(issuer));
        (StatusCode::SEE_OTHER, [(header::LOCATION, String::from(uri))]).into_response()
    }

    fn error(&self, app: &App, error: &str, description: &str) -> Response {
        self.with(app, &[("error", error), ("error_description", description)])
    }

    pub(crate) fn denied(&self, app: &App) -> Response {
        self.error(app, "access_denied", "the person said no")
    }

    /// What a page's form may lead to, for its content security policy.
    pub(crate) fn source(&self) -> String {
        let origin = self.uri.origin();
        if origin.is_tuple() { origin.ascii_serialization() } else { format!("{}:", self.uri.scheme()) }
    }
}

/// A client's request that waits for a person.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) session: String,
    pub(crate) client: String,
    pub(crate) client_name: String,
    pub(crate) scope: String,
    pub(crate) redirect: Redirect,
    redirect_uri: String,
    challenge: String,
    nonce: Option<String>,
    until_ms: i64,
}

/// What a code stands for.
#[derive(Clone, Debug)]
pub(super) struct Leave {
    pub(super) account: String,
    pub(super) client: String,
    pub(super) scope: String,
    pub(super) redirect_uri: String,
    pub(super) challenge: String,
    pub(super) nonce: Option<String>,
    until_ms: i64,
}

/// Requests that wait, codes given out, and what persons agreed to.
#[derive(Default)]
pub(crate) struct Codes {
    waiting: Mutex<HashMap<String, Waiting>>,
    leaves: Mutex<HashMap<String, Leave>>,
    used: Mutex<HashMap<String, i64>>,
    agreed: Mutex<Vec<(String, String, String)>>,
}

impl Codes {
    fn wait(&self, waiting: Waiting) -> String {
        let id = secret::random("");
        let mut all = lock(&self.waiting);
        all.retain(|_, waiting| waiting.until_ms > now_ms());
        if all.len() < MOST {
            all.insert(id.clone(), waiting);
        }
        id
    }

    /// A request that waits for the person of that session.
    pub(crate) fn waiting(&self, id: &str, session: &str) -> Option<Waiting> {
        let all = lock(&self.waiting);
        all.get(id).filter(|waiting| waiting.session == session && waiting.until_ms > now_ms()).cloned()
    }

    pub(crate) fn forget(&self, id: &str) {
        lock(&self.waiting).remove(id);
    }

    /// A session has another name since its person logged in.
    pub(crate) fn rename_session(&self, old: &str, new: &str) {
        for waiting in lock(&self.waiting).values_mut().filter(|waiting| waiting.session == old) {
            waiting.session = new.to_owned();
        }
    }

    /// The person of an account agreed: back to the client with a code.
    pub(crate) fn agree(&self, app: &App, waiting: &Waiting, account: &str) -> Response {
        let agreement = (account.to_owned(), waiting.client.clone(), waiting.scope.clone());
        let mut agreed = lock(&self.agreed);
        if !agreed.contains(&agreement) {
            agreed.push(agreement);
        }
        drop(agreed);
        let code = secret::random("sandbox-code-");
        let leave = Leave {
            account: account.to_owned(),
            client: waiting.client.clone(),
            scope: waiting.scope.clone(),
            redirect_uri: waiting.redirect_uri.clone(),
            challenge: waiting.challenge.clone(),
            nonce: waiting.nonce.clone(),
            until_ms: now_ms() + CODE_MS,
        };
        let mut leaves = lock(&self.leaves);
        leaves.retain(|_, leave| leave.until_ms > now_ms());
        leaves.insert(code.clone(), leave);
        drop(leaves);
        waiting.redirect.with(app, &[("code", &code)])
    }

    fn has_agreed(&self, account: &str, client: &str, scope: &str) -> bool {
        lock(&self.agreed).iter().any(|(who, whom, what)| who == account && whom == client && what == scope)
    }

    /// What a code stands for, once.
    pub(super) fn take(&self, code: &str) -> Option<Leave> {
        lock(&self.leaves).remove(code).filter(|leave| leave.until_ms > now_ms())
    }

    pub(super) fn set_used(&self, code: &str, family: i64) {
        let mut used = lock(&self.used);
        if used.len() >= MOST {
            used.clear();
        }
        used.insert(code.to_owned(), family);
    }

    /// The tokens that a code was used for.
    pub(super) fn used(&self, code: &str) -> Option<i64> {
        lock(&self.used).remove(code)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) async fn authorize(
    State(app): State<SharedApp>,
    headers: HeaderMap,
    RawForm(encoded): RawForm,
) -> Response {
    // Until client and redirect URI are known to belong together, nobody is sent anywhere.
    let asked = match Form::of(&encoded) {
        Ok(form) => form,
        Err(error) => return pages::refused(&error.description.unwrap_or(error.error)),
    };
    let client = asked.get("client_id").and_then(|id| app.database.client(id).ok().flatten());
    let Some(client) = client else { return pages::refused("The program that sent you here is not known.") };
    let registered = asked.get("redirect_uri").filter(|uri| is_registered(&client, uri));
    let Some((redirect_uri, uri)) = registered.and_then(|uri| Some((uri, Url::parse(uri).ok()?))) else {
        return pages::refused("The program that sent you here gave an address that is not registered.");
    };
    let redirect = Redirect { uri, state: asked.get("state").map(str::to_owned) };
    if asked.get("response_type") != Some("code") {
        return redirect.error(&app, "unsupported_response_type", "only code");
    }
    if !client.grants.contains(&Grant::AuthorizationCode) {
        return redirect.error(&app, "unauthorized_client", "the client has no leave for this grant");
    }
    let challenge = match (asked.get("code_challenge"), asked.get("code_challenge_method")) {
        (Some(challenge), Some("S256")) if challenge.len() == 43 => challenge.to_owned(),
        _ => return redirect.error(&app, "invalid_request", "a code_challenge by S256 is wanted"),
    };
    let management = app.behaviour().management_scope;
    let scope = match scope::granted(asked.get("scope").unwrap_or(""), &management, true) {
        Ok(scope) => scope,
        Err(error) => return redirect.error(&app, &error.error, "a scope is not known"),
    };
    let (session, cookie) = app.sessions.of_or_new(&headers, app.tls);
    let waiting = Waiting {
        session: session.id.clone(),
        client: client.id.clone(),
        client_name: client.name.clone(),
        scope: scope.clone(),
        redirect: redirect.clone(),
        redirect_uri: redirect_uri.to_owned(),
        challenge,
        nonce: asked.get("nonce").map(str::to_owned),
        until_ms: now_ms() + REQUEST_MS,
    };
    let prompt = asked.get("prompt").unwrap_or("");
    let account = session.account.filter(|_| prompt != "login");
    let agreed = |account: &String| app.codes.has_agreed(account, &client.id, &scope) && prompt != "consent";
    match account {
        None if prompt == "none" => redirect.error(&app, "login_required", "nobody is logged in"),
        None => onward(cookie, LOGIN, &app.codes.wait(waiting)),
        Some(account) if agreed(&account) => app.codes.agree(&app, &waiting, &account),
        Some(_) if prompt == "none" => redirect.error(&app, "consent_required", "the person was not asked"),
        Some(_) => onward(cookie, CONSENT, &app.codes.wait(waiting)),
    }
}

fn onward(cookie: Option<String>, page: &str, request: &str) -> Response {
    let mut response =
        (StatusCode::SEE_OTHER, [(header::LOCATION, format!("{page}?request={request}"))]).into_response();
    pages::set_cookie(&mut response, cookie);
    response
}

fn is_registered(client: &ApiClient, given: &str) -> bool {
    client.redirect_uris.iter().any(|registered| {
        registered == given || (client.any_loopback_port && same_but_port(registered, given))
    })
}

/// RFC 8252, 7.3: a program on the same machine may have to take whichever port is free.
fn same_but_port(registered: &str, given: &str) -> bool {
    let (Ok(mut registered), Ok(given)) = (Url::parse(registered), Url::parse(given)) else { return false };
    let loopback = match registered.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    };
    loopback && registered.set_port(given.port()).is_ok() && registered == given
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_port_of_this_machine_may_differ() {
        let registered = "http://127.0.0.1:8765/callback";
        assert!(same_but_port(registered, "http://127.0.0.1:9/callback"));
        for other in [
            "http://127.0.0.1:9/callback2",
            "http://127.0.0.2:9/callback",
            "https://127.0.0.1:9/callback",
            "http://127.0.0.1:9/callback?x=1",
            "http://me@127.0.0.1:9/callback",
            "nonsense",
        ] {
            assert!(!same_but_port(registered, other), "{other}");
        }
        assert!(!same_but_port("https://example.com/callback", "https://example.com:9/callback"));
    }
}
