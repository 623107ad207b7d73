//! What a session keeps in its store, and by what right. A store that cannot take new tokens is asked again: until it has
//! them, whoever comes would find the refresh token that they have replaced.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::AccessToken;
use super::session::{RENEWAL_PAUSE, Session};
use super::store::Ownership;
use super::tokens::Tokens;
use crate::backoff::backed_off;
use crate::error::{Error, ErrorKind, Result};
use crate::runtime::{Lease, Unfinished, blocking};

/// How long another process may take to renew the tokens.
pub(super) const OWNER_PATIENCE: Duration = Duration::from_secs(120);
/// How often the right to change tokens is asked for while another process has it.
const OWNER_PAUSE: Duration = Duration::from_millis(20);
/// How long a store that could not take tokens is asked again, before it is left alone for a while.
const SAVE_PATIENCE: Duration = Duration::from_secs(30);
/// Between those tries.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Waits for the right to change the tokens. Where there can be no lock, each process is on its own. The caller holds
/// [`Session::changing`].
pub(super) async fn own(session: &Session, patience: Duration) -> Result<Arc<Ownership>> {
    let held = session.state.lock().owned.upgrade();
    if let Some(owned) = held {
        return Ok(owned);
    }
    let deadline = Instant::now() + patience;
    let owned = loop {
        let (store, key) = (session.settings.store.clone(), session.settings.key.clone());
        match blocking(move || store.try_own(&key)).await? {
            Ok(Some(owned)) => break owned,
            Ok(None) if Instant::now() >= deadline => {
                return Err(Error::new(
                    ErrorKind::StoreBusy,
                    "another process has been renewing the tokens for too long",
                ));
            }
            Ok(None) => tokio::time::sleep(OWNER_PAUSE).await,
            Err(error) => {
                crate::log::warn!("auth", "the tokens are renewed without a lock: {error}");
                break Ownership::undisputed();
            }
        }
    };
    let owned = Arc::new(owned);
    session.state.lock().owned = Arc::downgrade(&owned);
    Ok(owned)
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

/// Keeps new tokens: in the store first, as whoever comes after us must not use the old refresh token. `over`: the id of
/// those that the store held until now. Where it cannot take them yet, the right to change tokens is kept, too.
pub(super) async fn keep(
    session: &Session,
    tokens: Tokens,
    over: Option<String>,
    owned: &Arc<Ownership>,
) -> AccessToken {
    let tokens = Arc::new(tokens);
    let saved = save(session, Some(tokens.clone())).await;
    let mut state = session.state.lock();
    state.tokens = Some(tokens.clone());
    state.unsaved_over = saved.is_err().then_some(over);
    state.pause_until = None;
    drop(state);
    if let Err(error) = saved {
        tell_unsaved(&error);
        save_again(session, Some(owned.clone()));
    }
    AccessToken(tokens)
}

pub(super) fn tell_unsaved(error: &Error) {
    crate::log::warn!("auth", "the tokens are used, but not kept: {error}");
}

/// Starts to ask the store again, unless somebody does already. Runs inside the library's runtime.
pub(super) fn save_again(session: &Session, owned: Option<Arc<Ownership>>) {
    if std::mem::replace(&mut session.state.lock().saving, true) {
        return;
    }
    let saving = Saving(session.myself.clone());
    let Ok(unfinished) = Unfinished::begin() else { return };
    tokio::spawn(async move {
        let (_lease, _unfinished) = (Lease::take(), unfinished);
        if let Some(session) = saving.0.upgrade() {
            save_in_time(&session, owned).await;
        }
    });
}

async fn save_in_time(session: &Session, mut owned: Option<Arc<Ownership>>) {
    let deadline = Instant::now() + SAVE_PATIENCE;
    let mut failures = 0;
    while Instant::now() < deadline {
        tokio::time::sleep(backed_off(failures, FIRST_PAUSE, LONGEST_PAUSE)).await;
        match save_unsaved(session, &mut owned).await {
            Ok(()) => return,
            Err(error) => tell_unsaved(&error),
        }
        failures += 1;
    }
}

/// Saves what is not saved yet, if there is anything.
async fn save_unsaved(session: &Session, owned: &mut Option<Arc<Ownership>>) -> Result<()> {
    let _changing = session.changing.lock().await;
    if session.state.lock().unsaved_over.is_none() {
        return Ok(());
    }
    if owned.is_none() {
        *owned = Some(own(session, Duration::ZERO).await?);
    }
    let stored = load(session).await?;
    let stored_id = stored.as_ref().map(|stored| stored.id.clone());
    let chosen = choose(session, stored);
    // Of what somebody else put there nothing is ours to save.
    if let Some(chosen) = chosen
        && Some(&chosen.id) != stored_id.as_ref()
    {
        save(session, Some(chosen)).await?;
    }
    session.state.lock().unsaved_over = None;
    Ok(())
}

/// Leaves the store to the next one who asks it again, however this one ends.
struct Saving(Weak<Session>);

impl Drop for Saving {
    fn drop(&mut self) {
        if let Some(session) = self.0.upgrade() {
            let mut state = session.state.lock();
            state.saving = false;
            state.save_after = Instant::now().checked_add(RENEWAL_PAUSE);
        }
    }
}
