//! One renewal of a session's tokens: by its refresh token where there is one, else by its grant. At any time one task of
//! all processes that share a store renews the tokens of an identity; the others find what it got.

use std::sync::Arc;
use std::time::Instant;

use secrecy::{ExposeSecret, SecretString};

use super::endpoint::{Ask, Failure};
use super::keeping::{OWNER_PATIENCE, choose, keep, load, own, save, tell_unsaved};
use super::session::{RENEWAL_PAUSE, Session, SessionSettings};
use super::tokens::Tokens;
use super::{AccessToken, Grant};
use crate::error::{Error, ErrorKind, Result};
use crate::http::Repeat;
use crate::instant::now_ms;
use crate::options::Options;
use crate::runtime::{Unfinished, blocking, callbacks};

/// The least time that a refresh gets, in ms.
const REFRESH_TIME: i64 = 60_000;

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
    /// Whether a renewal for this reason does all that one for `other` would do.
    pub(super) fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::Due) | (Self::SignIn, Self::SignIn) => true,
            (Self::Refused(known), Self::Refused(refused)) => known.is(refused),
            _ => false,
        }
    }

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
    let settings = &session.settings;
    let owned = own(session, OWNER_PATIENCE).await?;
    let grant = match &settings.grant {
        Grant::Form(fields) => Some(fields.as_slice()),
        _ => None,
    };
    let mut used_up: Option<Arc<Tokens>> = None;
    let (over, tokens) = loop {
        let stored = load(session).await?;
        let over = stored.as_ref().map(|stored| stored.id.clone());
        let tokens = choose(session, stored);
        if let Some(tokens) = &tokens
            && is_good(session, reason, tokens)
        {
            session.state.lock().tokens = Some(tokens.clone());
            return Ok(AccessToken(tokens.clone()));
        }
        // Whoever has no lock may have put others there meanwhile: those are not the ones that were refused.
        let is_used_up = |tokens: &Tokens| used_up.as_ref().is_some_and(|used_up| used_up.id == tokens.id);
        let old = tokens.as_ref().filter(|tokens| !is_used_up(tokens));
        let old = old.filter(|tokens| grant.is_none() || is_of_scope(session, tokens));
        // A sign-in shows whether the grant itself works, where there is one.
        let refresh = match (reason, grant) {
            (Reason::SignIn, Some(_)) => None,
            _ => old.and_then(|old| Some((old, old.refresh.as_ref()?))),
        };
        let Some((old, refresh)) = refresh else { break (over, tokens) };
        // From the request on until the answer is kept: what is lost of it logs the identity out.
        let _unfinished = Unfinished::begin()?;
        match by_refresh(session, refresh, call).await {
            Ok(mut new) => {
                inherit(&mut new, old);
                return Ok(keep(session, new, over, &owned).await);
            }
            Err(failure) if failure.ends_refresh() => {
                crate::log::warn!("auth", "the refresh token is used up");
                used_up = Some(old.clone());
            }
            Err(failure) => return Err(failure.into_error(settings.advice)),
        }
    };
    let Some(fields) = grant else {
        if tokens.is_some() {
            session.state.lock().forget();
            save(session, None).await.unwrap_or_else(|error| tell_unsaved(&error));
        }
        return Err(login_required());
    };
    let ask = Ask { fields, scope: &settings.scope, keep: settings.keep, repeat: Repeat::Safe };
    match settings.endpoint.ask(&settings.http, call, ask).await {
        Ok(new) => Ok(keep(session, new, over, &owned).await),
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
    let call = with_time(call).map_err(Failure::Other)?;
    endpoint.ask_with_care(http, &call, ask, 1).await
}

/// A refresh is everybody's: one call that is in a hurry must not take a slow answer for a lost one, and send again what
/// serves once. How long each caller waits for it is another matter.
fn with_time(call: &Options) -> Result<Options> {
    let at_least = |options: Options, key| {
        let ms = options.integer(key).max(REFRESH_TIME);
        options.with(key, ms.to_string())
    };
    at_least(at_least(call.clone(), "request_timeout_ms")?, "idle_timeout_ms")
}
