//! Tokens, and when they end. Their end is wall time of the server's: so it holds while a machine sleeps, and in another
//! process.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

/// How long before its end a token is renewed: so long, but no more than a part of its life.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RenewAhead {
    pub(crate) most: Duration,
    /// Percent of the token's life.
    pub(crate) of_life: u32,
}

impl RenewAhead {
    fn margin_ms(self, lifetime_ms: i64) -> i64 {
        let most = i64::try_from(self.most.as_millis()).unwrap_or(i64::MAX);
        most.min(lifetime_ms / 100 * i64::from(self.of_life.min(100)))
    }
}

/// When an access token ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Expiry {
    /// By the server's clock.
    pub(super) at_ms: i64,
    pub(super) lifetime_ms: i64,
    /// How far the server's clock was ahead of this machine's.
    pub(super) clock_ahead_ms: i64,
}

impl Expiry {
    /// Of an answer that arrived at `now_ms`, with the server's own time where it told it.
    pub(super) fn of_answer(lifetime_ms: i64, server_ms: Option<i64>, now_ms: i64) -> Self {
        let server_ms = server_ms.unwrap_or(now_ms);
        Self {
            at_ms: server_ms.saturating_add(lifetime_ms),
            lifetime_ms,
            clock_ahead_ms: server_ms.saturating_sub(now_ms),
        }
    }

    fn left_ms(&self, now_ms: i64) -> i64 {
        self.at_ms.saturating_sub(now_ms.saturating_add(self.clock_ahead_ms))
    }
}

/// What an authorisation server gave out for one identity.
#[derive(Clone)]
pub(crate) struct Tokens {
    /// Tells one set from another without a look at the secrets.
    pub(super) id: String,
    pub(super) access: SecretString,
    pub(super) refresh: Option<SecretString>,
    pub(super) id_token: Option<SecretString>,
    /// What was granted, as far as the server said.
    pub(super) scope: String,
    /// What was asked for.
    pub(super) asked_scope: String,
    /// `None`: not known, the token is used until it is refused.
    pub(super) expiry: Option<Expiry>,
    /// What else the server told that the service wants to know.
    pub(super) extra: BTreeMap<String, String>,
}

impl Tokens {
    /// A token of the caller's, of which nothing else is known.
    pub(super) fn foreign(access: SecretString) -> Self {
        Self {
            id: String::new(),
            access,
            refresh: None,
            id_token: None,
            scope: String::new(),
            asked_scope: String::new(),
            expiry: None,
            extra: BTreeMap::new(),
        }
    }

    /// Whether it is time to renew.
    pub(super) fn is_due(&self, ahead: RenewAhead, now_ms: i64) -> bool {
        self.expiry.is_some_and(|expiry| expiry.left_ms(now_ms) <= ahead.margin_ms(expiry.lifetime_ms))
    }

    pub(super) fn has_ended(&self, now_ms: i64) -> bool {
        self.expiry.is_some_and(|expiry| expiry.left_ms(now_ms) <= 0)
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("expiry", &self.expiry).finish_non_exhaustive()
    }
}

/// An access token for requests. Cheap to clone.
#[derive(Clone)]
pub(crate) struct AccessToken(pub(super) Arc<Tokens>);

impl AccessToken {
    /// For an Authorization header.
    pub(crate) fn bearer(&self) -> SecretString {
        self.0.access.clone()
    }

    /// The scopes that were granted, as far as the server said.
    #[cfg(test)]
    pub(crate) fn scope(&self) -> &str {
        &self.0.scope
    }

    /// One of the further members of the token answer that [`super::SessionSettings::keep`] names.
    pub(crate) fn extra(&self, name: &str) -> Option<&str> {
        self.0.extra.get(name).map(String::as_str)
    }

    /// When it ends by this machine's clock, in Unix milliseconds, where that is known.
    pub(crate) fn expires_at_ms(&self) -> Option<i64> {
        self.0.expiry.map(|expiry| expiry.at_ms.saturating_sub(expiry.clock_ahead_ms))
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        self.0.access.expose_secret() == other.0.access.expose_secret()
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken").field("expires_at_ms", &self.expires_at_ms()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AHEAD: RenewAhead = RenewAhead { most: Duration::from_secs(60), of_life: 50 };

    fn tokens(lifetime_ms: i64, server_ms: Option<i64>, now_ms: i64) -> Tokens {
        let expiry = Some(Expiry::of_answer(lifetime_ms, server_ms, now_ms));
        Tokens { expiry, ..Tokens::foreign("t".into()) }
    }

    #[test]
    fn a_token_is_due_a_margin_before_its_end() {
        let tokens = tokens(3_600_000, None, 1_000_000);
        assert!(!tokens.is_due(AHEAD, 1_000_000 + 3_539_999));
        assert!(tokens.is_due(AHEAD, 1_000_000 + 3_540_000));
        assert!(!tokens.has_ended(1_000_000 + 3_599_999));
        assert!(tokens.has_ended(1_000_000 + 3_600_000));
    }

    #[test]
    fn the_margin_of_a_short_life_is_a_part_of_it() {
        let tokens = tokens(10_000, None, 0);
        assert!(!tokens.is_due(AHEAD, 4_999) && tokens.is_due(AHEAD, 5_000));
        let tenth = RenewAhead { most: Duration::from_secs(300), of_life: 10 };
        assert!(!tokens.is_due(tenth, 8_999) && tokens.is_due(tenth, 9_000));
    }

    #[test]
    fn a_clock_that_is_wrong_by_hours_changes_nothing() {
        for wrong in [-7_200_000, 0, 7_200_000] {
            let tokens = tokens(3_600_000, Some(50_000_000), 50_000_000 + wrong);
            let later = |ms| 50_000_000 + wrong + ms;
            assert!(!tokens.is_due(AHEAD, later(3_500_000)) && tokens.is_due(AHEAD, later(3_550_000)));
            assert_eq!(tokens.expiry.unwrap().at_ms, 53_600_000);
        }
    }

    #[test]
    fn absurd_lives_overflow_nothing() {
        for (lifetime, server, now) in
            [(i64::MAX, Some(i64::MAX), i64::MIN), (0, Some(i64::MIN), i64::MAX), (i64::MAX, None, i64::MAX)]
        {
            let tokens = tokens(lifetime, server, now);
            let _ = (tokens.is_due(AHEAD, i64::MAX), tokens.has_ended(i64::MIN));
            let _ = AccessToken(Arc::new(tokens)).expires_at_ms();
        }
    }

    #[test]
    fn debug_shows_no_token() {
        let tokens = Tokens {
            refresh: Some("hidden-refresh".into()),
            id_token: Some("hidden-id".into()),
            ..Tokens::foreign("hidden-access".into())
        };
        let shown = format!("{tokens:?} {:?}", AccessToken(Arc::new(tokens.clone())));
        assert!(!shown.contains("hidden"), "{shown}");
    }
}
