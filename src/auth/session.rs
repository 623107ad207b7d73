//! The tokens of one identity: kept, given out, renewed by one at a time.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::sync::oneshot;

use super::keeping::{self, OWNER_PATIENCE};
use super::renewal::{self, Reason};
use super::store::Ownership;
use super::tokens::{RenewAhead, Tokens};
use super::{AccessToken, Grant, IdentityKey, OAuthError, TokenEndpoint, TokenStore};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Http, Request, Response, Url};
use crate::instant::now_ms;
use crate::options::Options;
use crate::runtime::Lease;
use crate::runtime::sync::Mutex;

/// After a renewal ahead of time that failed, while the old token is still good.
pub(super) const RENEWAL_PAUSE: Duration = Duration::from_secs(10);

/// What a session is made of.
pub(crate) struct SessionSettings {
    pub(crate) http: Http,
    pub(crate) endpoint: TokenEndpoint,
    pub(crate) grant: Grant,
    /// Asked for by the grant; `""`: the field is left out.
    pub(crate) scope: String,
    pub(crate) key: IdentityKey,
    pub(crate) store: Arc<dyn TokenStore>,
    pub(crate) ahead: RenewAhead,
    /// Further members of the token answer that are kept: [`AccessToken::extra`].
    pub(crate) keep: &'static [&'static str],
    /// What the service's own documentation advises.
    pub(crate) advice: fn(&OAuthError) -> Option<String>,
}

/// A renewal under way.
#[derive(Clone)]
struct Flight {
    reason: Reason,
    outcome: Shared<BoxFuture<'static, Result<AccessToken>>>,
}

/// The tokens of one identity. Every call has to run inside the library's runtime.
pub(crate) struct Session {
    pub(super) settings: SessionSettings,
    pub(super) state: Mutex<State>,
    /// The renewal under way. Whoever comes meanwhile waits for it.
    flight: Mutex<Option<Flight>>,
    /// Held by whoever changes tokens.
    pub(super) changing: tokio::sync::Mutex<()>,
    pub(super) myself: Weak<Session>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) tokens: Option<Arc<Tokens>>,
    /// The store could not take these tokens: until it holds other ones than those of this id, they count for more.
    pub(super) unsaved_over: Option<Option<String>>,
    /// No renewal ahead of time before this.
    pub(super) pause_until: Option<Instant>,
    /// The right to change tokens, while this session has it.
    pub(super) owned: Weak<Ownership>,
    /// Somebody is at it to save what is not saved.
    pub(super) saving: bool,
    /// The store is not asked again before this.
    pub(super) save_after: Option<Instant>,
}

impl State {
    pub(super) fn forget(&mut self) {
        (self.tokens, self.unsaved_over, self.pause_until) = (None, None, None);
    }

    fn should_save(&self) -> bool {
        let is_time = self.save_after.is_none_or(|after| Instant::now() >= after);
        self.unsaved_over.is_some() && !self.saving && is_time
    }
}

impl Session {
    pub(crate) fn new(settings: SessionSettings) -> Arc<Self> {
        Arc::new_cyclic(|myself| Self {
            settings,
            state: Mutex::default(),
            flight: Mutex::default(),
            changing: tokio::sync::Mutex::default(),
            myself: myself.clone(),
        })
    }

    /// Whose tokens they are.
    pub(crate) fn key(&self) -> &IdentityKey {
        &self.settings.key
    }

    /// A token that is good for a while. Asks the service where none is at hand.
    pub(crate) async fn token(&self, call: &Options) -> Result<AccessToken> {
        match &self.settings.grant {
            Grant::Fixed(token) => return Ok(AccessToken(Arc::new(Tokens::foreign(token.clone())))),
            Grant::Provider(_) => {}
            Grant::Form(_) | Grant::Login => {
                if let Some(token) = self.at_hand() {
                    if self.state.lock().should_save() {
                        keeping::save_again(self, None);
                    }
                    return Ok(token);
                }
            }
        }
        self.join_flight(Reason::Due, call).await
    }

    /// Another token than one that the service refused.
    pub(crate) async fn renew(&self, refused: &AccessToken, call: &Options) -> Result<AccessToken> {
        if let Grant::Fixed(_) = self.settings.grant {
            return Err(Error::new(ErrorKind::Auth, "the service does not accept the access token")
                .with_http_status(401)
                .with_hint("set access_token anew, or have tiro sign in by itself"));
        }
        if let Some(token) = self.at_hand()
            && !token.is(refused)
        {
            return Ok(token);
        }
        self.join_flight(Reason::Refused(refused.clone()), call).await
    }

    /// Sends a request with a token. A 401 is answered by one renewal and one more request, where the body can be sent
    /// again; the second answer is the caller's, whatever it is.
    pub(crate) async fn send(
        &self,
        http: &Http,
        call: &Options,
        make: impl Fn() -> Result<Request> + Send + Sync,
    ) -> Result<Response> {
        let token = self.token(call).await?;
        let request = make()?.bearer(token.bearer());
        let can_replay = request.can_replay();
        let response = http.send(request, call).await?;
        if response.status() != 401 || !can_replay {
            return Ok(response);
        }
        drop(response);
        let token = self.renew(&token, call).await?;
        http.send(make()?.bearer(token.bearer()), call).await
    }

    /// Signs in anew, whatever is at hand. A person's login is renewed.
    pub(crate) async fn sign_in(&self, call: &Options) -> Result<AccessToken> {
        match &self.settings.grant {
            Grant::Fixed(_) => self.token(call).await,
            _ => self.join_flight(Reason::SignIn, call).await,
        }
    }

    /// Takes the tokens of a login. A renewal under way ends first: what it finds out is about other tokens.
    pub(crate) async fn adopt(&self, tokens: Tokens) -> Result<AccessToken> {
        let _changing = self.changing.lock().await;
        let owned = match keeping::own(self, OWNER_PATIENCE).await {
            Ok(owned) => owned,
            // A person has logged in: that is not thrown away.
            Err(error) if error.kind() == ErrorKind::StoreBusy => Ownership::undisputed().into(),
            Err(error) => return Err(error),
        };
        let over = keeping::load(self).await.ok().flatten().map(|stored| stored.id.clone());
        Ok(keeping::keep(self, tokens, over, &owned).await)
    }

    /// Forgets the tokens, here and in the store, and asks the service to end them where it has a place for that. The
    /// error of the store is returned; by then everything else has been done.
    pub(crate) async fn sign_out(&self, call: &Options, revocation: Option<&Url>) -> Result<()> {
        let _changing = self.changing.lock().await;
        // A renewal elsewhere ends first, or it would bring back what is forgotten here.
        let owned = keeping::own(self, patience(call) * 2).await;
        let stored = keeping::load(self).await;
        let tokens = keeping::choose(self, stored.as_ref().ok().cloned().flatten());
        self.state.lock().forget();
        let wiped = keeping::save(self, None).await;
        let owned = owned.map(drop);
        let revoked = match (revocation, &tokens) {
            (Some(url), Some(tokens)) => self.revoke(call, url, tokens).await,
            _ => Ok(()),
        };
        if let Err(error) = &revoked {
            crate::log::warn!("auth", "the service did not end the tokens: {error}");
        }
        wiped?;
        stored?;
        owned?;
        Ok(())
    }

    async fn revoke(&self, call: &Options, url: &Url, tokens: &Tokens) -> Result<()> {
        let (token, kind) = match &tokens.refresh {
            Some(refresh) => (refresh, "refresh_token"),
            None => (&tokens.access, "access_token"),
        };
        let SessionSettings { http, endpoint, advice, .. } = &self.settings;
        endpoint.revoke(http, call, url, token, kind).await.map_err(|failure| failure.into_error(*advice))
    }

    /// The token in memory, unless it is time to renew it.
    fn at_hand(&self) -> Option<AccessToken> {
        let state = self.state.lock();
        let tokens = state.tokens.as_ref()?;
        let now = now_ms();
        let paused = state.pause_until.is_some_and(|until| Instant::now() < until);
        let usable = !tokens.is_due(self.settings.ahead, now) || (paused && !tokens.has_ended(now));
        usable.then(|| AccessToken(tokens.clone()))
    }

    async fn join_flight(&self, reason: Reason, call: &Options) -> Result<AccessToken> {
        // A renewal may be a request, one more, and a grant.
        match tokio::time::timeout(patience(call) * 3, self.renewed(reason, call)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::new(ErrorKind::Timeout, "the tokens were not renewed in time")),
        }
    }

    /// What the renewal under way gives. One that began for less than this reason, and changed nothing, is no answer to it:
    /// then the next is waited for.
    async fn renewed(&self, reason: Reason, call: &Options) -> Result<AccessToken> {
        loop {
            let flight = self.flight_for(&reason, call);
            let token = flight.outcome.await?;
            let is_another = matches!(&reason, Reason::Refused(refused) if !token.is(refused));
            if is_another || flight.reason.covers(&reason) {
                return Ok(token);
            }
        }
    }

    /// The renewal under way, or a new one: a task of its own, which goes on where the caller that began it gives up, as a
    /// refresh token that was sent and whose answer is not heard may be lost.
    fn flight_for(&self, reason: &Reason, call: &Options) -> Flight {
        let mut slot = self.flight.lock();
        if let Some(flight) = &*slot {
            return flight.clone();
        }
        let (tell, told) = oneshot::channel();
        let outcome = told.map(|told| told.unwrap_or_else(|_| Err(Error::cancelled())));
        let flight = Flight { reason: reason.clone(), outcome: outcome.boxed().shared() };
        *slot = Some(flight.clone());
        // After the lock: a runtime that is ending drops the task at once, and with it what makes room for the next.
        drop(slot);
        let (myself, reason, call) = (self.myself.clone(), reason.clone(), call.clone());
        let landed = Landed(self.myself.clone());
        tokio::spawn(async move {
            let _lease = Lease::take();
            let renewal = async {
                let session = myself.upgrade().ok_or_else(Error::cancelled)?;
                renewal::run(&session, reason, &call).await
            };
            let outcome = AssertUnwindSafe(renewal)
                .catch_unwind()
                .await
                .unwrap_or_else(|_| Err(Error::new(ErrorKind::Panic, "the renewal of the tokens panicked")));
            // First: whoever is told may want another renewal.
            drop(landed);
            let _ = tell.send(outcome);
        });
        flight
    }
}

fn patience(call: &Options) -> Duration {
    call.duration("request_timeout_ms")
}

/// Makes room for the next renewal, however this one ends.
struct Landed(Weak<Session>);

impl Drop for Landed {
    fn drop(&mut self) {
        if let Some(session) = self.0.upgrade() {
            let flight = session.flight.lock().take();
            drop(flight); // after the lock: it may be the last to know of much
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("key", &self.settings.key).finish_non_exhaustive()
    }
}
