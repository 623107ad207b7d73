//! One renewal of a session's tokens: by its refresh token where there is one, else by its grant. At any time one task of
//! all processes that share a store renews the tokens of an identity; the others find what it got.

use std::sync::Arc;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};

use super::endpoint::{Ask, Failure};
use super::session::{RENEWAL_PAUSE, Session, SessionSettings};
use super::store::Ownership;
use super::tokens::Tokens;
use super::{AccessToken, Grant};
use crate::error::{Error, ErrorKind, Result};
use crate::http::Repeat;
use crate::instant::now_ms;
use crate::options::Options;
use crate::runtime::{blocking, callbacks};

/// How often the right to renew is asked for while another process has it.
const OWNER_PAUSE: Duration = Duration::from_millis(20);
/// Why tokens are renewed.
#[derive(Clone)]
pub(super) enum Reason {
    /// There are none, or they end soon.
    Due,
    Refused(AccessToken),
    /// Somebody wants to know that it works.
    SignIn,
}

pub(super) async fn run(session: &Session, reason: Reason, call: &Options) -> Result<AccessToken> {
    if let Grant::Provider(provider) = &session.settings.grant {
        let (provider, refused) = (provider.clone(), reason.refused().cloned());
        let ask = move || provider.token(refused.as_ref().map(|token| token.0.access.expose_secret()));
        let panicked = || Error::new(ErrorKind::Panic, "the token provider panicked");
        let token = blocking(|| callbacks::run(ask)).await?.ok_or_else(panicked)??;
        return Ok(AccessToken(Arc::new(Tokens::foreign(checked(token)?))));
    }
    let _changing = session.changing.lock().await;
    let before = session.state.lock().tokens.clone();
    let outcome = renew(session, &reason, call).await;
    match (outcome, before) {
        // The old token is good for a while yet: its end is soon enough to fail.
        (Err(error), Some(before)) if may_go_on(&reason, &before, &error) => {
            crate::log::warn!("auth", "the token is not renewed ahead of its end: {error}");
            let mut state = session.state.lock();
            state.pause_until = Instant::now().checked_add(RENEWAL_PAUSE);
            Ok(AccessToken(before))
        }
        (outcome, _) => outcome,
    }
}

impl Reason {
    fn refused(&self) -> Option<&AccessToken> {
        match self {
            Self::Refused(token) => Some(token),
            Self::Due | Self::SignIn => None,
        }
    }
}

fn may_go_on(reason: &Reason, before: &Tokens, error: &Error) -> bool {
    matches!(reason, Reason::Due) && error.is_retriable() && !before.has_ended(now_ms())
}

/// What a host gives as a token has to fit into a header.
fn checked(token: SecretString) -> Result<SecretString> {
    let text = token.expose_secret();
    match !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(token),
        false => {
            Err(Error::new(ErrorKind::Argument, "the token provider gave no token that a header can carry"))
        }
    }
}

async fn renew(session: &Session, reason: &Reason, call: &Options) -> Result<AccessToken> {
    let _owned = own(session, call).await?;
    let stored = load(session).await?;
    let tokens = choose(session, stored);
    if let Some(tokens) = &tokens
        && is_good(session, reason, tokens)
    {
        session.state.lock().tokens = Some(tokens.clone());
        return Ok(AccessToken(tokens.clone()));
    }
    let grant = match &session.settings.grant {
        Grant::Form(fields) => Some(fields.as_slice()),
        _ => None,
    };
    let old = tokens.as_deref().filter(|tokens| grant.is_none() || is_of_scope(session, tokens));
    // A sign-in shows whether the grant itself works, where there is one.
    let refresh = match (reason, grant) {
        (Reason::SignIn, Some(_)) => None,
        _ => old.and_then(|old| Some((old, old.refresh.as_ref()?))),
    };
    if let Some((old, refresh)) = refresh {
        match by_refresh(session, refresh, call).await {
            Ok(mut new) => {
                inherit(&mut new, old);
                return keep(session, new).await;
            }
            Err(failure) if failure.ends_refresh() => {
                crate::log::warn!("auth", "the refresh token is used up");
            }
            Err(failure) => return Err(failure.into_error(session.settings.advice)),
        }
    }
    let Some(fields) = grant else {
        if tokens.is_some() {
            *session.state.lock() = Default::default();
            save(session, None).await.unwrap_or_else(|error| tell_unsaved(&error));
        }
        return Err(login_required());
    };
    let settings = &session.settings;
    let ask = Ask { fields, scope: &settings.scope, keep: settings.keep, repeat: Repeat::Safe };
    match settings.endpoint.ask(&settings.http, call, ask).await {
        Ok(new) => keep(session, new).await,
        Err(failure) => Err(failure.into_error(settings.advice)),
    }
}

fn login_required() -> Error {
    Error::new(ErrorKind::LoginRequired, "a person has to log in first")
        .with_hint("login_begin gives the address of the login page, complete_login takes what it sends back")
}

/// Whether the tokens that are there already serve.
fn is_good(session: &Session, reason: &Reason, tokens: &Arc<Tokens>) -> bool {
    let settings = &session.settings;
    let wanted = match reason {
        Reason::SignIn => false,
        Reason::Due => true,
        Reason::Refused(refused) => !AccessToken(tokens.clone()).is(refused),
    };
    let of_scope = !matches!(settings.grant, Grant::Form(_)) || is_of_scope(session, tokens);
    wanted && of_scope && !tokens.is_due(settings.ahead, now_ms())
}

/// Whether these tokens were asked for with the scope that this session asks for.
fn is_of_scope(session: &Session, tokens: &Tokens) -> bool {
    let set =
        |scope: &str| scope.split_whitespace().map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    set(&session.settings.scope) == set(&tokens.asked_scope)
}

/// What a refresh does not say again.
fn inherit(new: &mut Tokens, old: &Tokens) {
    if new.refresh.is_none() {
        new.refresh = old.refresh.clone();
    }
    if new.id_token.is_none() {
        new.id_token = old.id_token.clone();
    }
    if new.scope.is_empty() {
        new.scope = old.scope.clone();
    }
    new.asked_scope = old.asked_scope.clone();
    for (name, value) in &old.extra {
        new.extra.entry(name.clone()).or_insert_with(|| value.clone());
    }
}

async fn by_refresh(session: &Session, refresh: &SecretString, call: &Options) -> Result<Tokens, Failure> {
    let SessionSettings { http, endpoint, keep, .. } = &session.settings;
    let fields = [("grant_type", "refresh_token".into()), ("refresh_token", refresh.clone())];
    let ask = Ask { fields: &fields, scope: "", keep, repeat: Repeat::Unsent };
    endpoint.ask_with_care(http, call, ask, 1).await
}

/// Waits for the right to renew. Where there can be no lock, each process is on its own.
async fn own(session: &Session, call: &Options) -> Result<Ownership> {
    let patience = Duration::from_millis(call.integer("request_timeout_ms").unsigned_abs());
    let deadline = Instant::now() + patience * 2;
    loop {
        let (store, key) = (session.settings.store.clone(), session.settings.key.clone());
        match blocking(move || store.try_own(&key)).await? {
            Ok(Some(owned)) => return Ok(owned),
            Ok(None) if Instant::now() >= deadline => {
                return Err(Error::new(
                    ErrorKind::StoreBusy,
                    "another process has been renewing the tokens for too long",
                ));
            }
            Ok(None) => tokio::time::sleep(OWNER_PAUSE).await,
            Err(error) => {
                crate::log::warn!("auth", "the tokens are renewed without a lock: {error}");
                return Ok(Ownership::undisputed());
            }
        }
    }
}

pub(super) async fn load(session: &Session) -> Result<Option<Arc<Tokens>>> {
    let (store, key) = (session.settings.store.clone(), session.settings.key.clone());
    Ok(blocking(move || store.load(&key)).await??.map(Arc::new))
}

pub(super) async fn save(session: &Session, tokens: Option<Arc<Tokens>>) -> Result<()> {
    let (store, key) = (session.settings.store.clone(), session.settings.key.clone());
    blocking(move || store.save(&key, tokens.as_deref())).await?
}

/// The tokens that count: the store's, unless it could not take ours and nobody changed it since.
pub(super) fn choose(session: &Session, stored: Option<Arc<Tokens>>) -> Option<Arc<Tokens>> {
    let state = session.state.lock();
    match &state.unsaved_over {
        Some(over) if *over == stored.as_ref().map(|stored| stored.id.clone()) => state.tokens.clone(),
        _ => stored,
    }
}

/// Keeps new tokens: in the store first, as whoever comes after us must not use the old refresh token.
pub(super) async fn keep(session: &Session, tokens: Tokens) -> Result<AccessToken> {
    let tokens = Arc::new(tokens);
    let unsaved_over = match save(session, Some(tokens.clone())).await {
        Ok(()) => None,
        Err(error) => {
            tell_unsaved(&error);
            Some(load(session).await.ok().flatten().map(|stored| stored.id.clone()))
        }
    };
    let mut state = session.state.lock();
    state.tokens = Some(tokens.clone());
    state.unsaved_over = unsaved_over;
    state.pause_until = None;
    Ok(AccessToken(tokens))
}

fn tell_unsaved(error: &Error) {
    crate::log::warn!("auth", "the tokens are used, but not kept: {error}");
}
