//! A browser's session: who is logged in, and the token that its forms carry.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use crate::secret;
use crate::timestamp::now_ms;

const COOKIE: &str = "tiro_sandbox_session";
const SESSION_MS: i64 = 12 * 3_600_000;
const LINK_CODE_MS: i64 = 60_000;
/// More are not kept: all go.
const MOST: usize = 10_000;

#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) account: Option<String>,
    pub(crate) csrf: String,
    until_ms: i64,
}

#[derive(Default)]
pub(crate) struct Sessions {
    sessions: Mutex<HashMap<String, Session>>,
    link_codes: Mutex<HashMap<String, (String, i64)>>,
}

impl Sessions {
    pub(crate) fn of(&self, headers: &HeaderMap) -> Option<Session> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs =
            cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.split_once('='));
        let (_, id) = pairs.find(|(name, _)| name.trim() == COOKIE)?;
        lock(&self.sessions).get(id.trim()).filter(|session| session.until_ms > now_ms()).cloned()
    }

    /// The browser's session, or a new one with the cookie to set.
    pub(crate) fn of_or_new(&self, headers: &HeaderMap, secure: bool) -> (Session, Option<String>) {
        if let Some(session) = self.of(headers) {
            return (session, None);
        }
        let (session, cookie) = self.start(None, secure);
        (session, Some(cookie))
    }

    /// A session under a name that nobody knew before. That of the time before the login ends.
    pub(super) fn sign_in(&self, before: Option<&Session>, account: &str, secure: bool) -> (Session, String) {
        if let Some(before) = before {
            self.end(&before.id);
        }
        self.start(Some(account.to_owned()), secure)
    }

    fn start(&self, account: Option<String>, secure: bool) -> (Session, String) {
        let session = Session {
            id: secret::random(""),
            account,
            csrf: secret::random(""),
            until_ms: now_ms() + SESSION_MS,
        };
        let mut sessions = lock(&self.sessions);
        if sessions.len() >= MOST {
            sessions.clear();
        }
        sessions.insert(session.id.clone(), session.clone());
        let secure = if secure { "; Secure" } else { "" };
        let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax{secure}", session.id);
        (session, cookie)
    }

    pub(crate) fn end(&self, id: &str) {
        lock(&self.sessions).remove(id);
    }

    /// Ends all that an account has.
    pub(crate) fn end_of(&self, account: &str) {
        lock(&self.sessions).retain(|_, session| session.account.as_deref() != Some(account));
        lock(&self.link_codes).retain(|_, (owner, _)| owner != account);
    }

    /// A code that signs a browser in, once and soon.
    pub(crate) fn link_code(&self, account: &str) -> String {
        let code = secret::random("sandbox-link-");
        let mut codes = lock(&self.link_codes);
        codes.retain(|_, (_, until_ms)| *until_ms > now_ms());
        codes.insert(code.clone(), (account.to_owned(), now_ms() + LINK_CODE_MS));
        code
    }

    pub(super) fn take_link_code(&self, code: &str) -> Option<String> {
        let (account, until_ms) = lock(&self.link_codes).remove(code)?;
        (until_ms > now_ms()).then_some(account)
    }
}

/// Whether a form was sent from a page of this session: by its token, and by where the browser says it was.
pub(super) fn is_own_form(session: &Session, token: Option<&str>, headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let origin = text(header::ORIGIN).map(|origin| origin.split_once("://").map_or("", |(_, host)| host));
    let own_origin = origin.is_none_or(|origin| text(header::HOST).is_none_or(|host| host == origin));
    own_origin && token.is_some_and(|token| secret::same(token, &session.csrf))
}

pub(crate) fn set_cookie(response: &mut Response, cookie: Option<String>) {
    if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::try_from(cookie).ok()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
