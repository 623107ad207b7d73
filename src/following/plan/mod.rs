//! What to ask next and when, and what each answer and each piece of news means for those who wait. It does no I/O and
//! reads no clock.

mod followed;
mod news;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::audience::{Audience, Listener};
use super::known::Known;
use super::{Interest, Pacing};
use crate::backoff::{about, backed_off};
use crate::error::{Error, ErrorKind, Result};
use crate::events::ServiceEvent;
use crate::recording::{Recording, RecordingPage};
use followed::Followed;
pub(super) use followed::Sight;

/// Of the list's pages, this many are asked for before the rest is asked for singly.
const MOST_PAGES: u32 = 10;
/// After so many that are asked for singly, the list gets another look: one may show what would take many.
const MOST_SINGLY: usize = 10;
const LEAST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Longer than this the service is not left alone, whatever it asks for: a wait has no other end than an answer.
const LONGEST_ASKED_PAUSE: Duration = Duration::from_secs(300);
/// After so many pages in a row that failed, the list alone may be out of order.
const MOST_FAILED_PAGES: u32 = 3;
/// After so many answers in a row that cannot be understood, no better one is waited for.
const MOST_PUZZLES: u32 = 5;

/// What to ask the service.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Question {
    Page { offset: u64 },
    One(String),
}

/// A question on its way.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) question: Question,
    at: Instant,
    connection: u64,
}

#[derive(Clone, Copy, Default)]
enum Round {
    #[default]
    Over,
    Paging {
        offset: u64,
        pages: u32,
        begun: Instant,
    },
    Singly {
        left: usize,
    },
}

pub(super) struct Plan {
    pacing: Pacing,
    followed: HashMap<String, Followed>,
    audience: Audience,
    pushing: bool,
    /// How often the push source has connected: an answer that was asked for before says nothing of the time since.
    connections: u64,
    round: Round,
    list_due: Option<Instant>,
    list_delay: Duration,
    paused_until: Option<Instant>,
    failures: u32,
    /// Pages in a row that failed, whatever came of what was asked singly.
    failed_pages: u32,
    idle_since: Option<Instant>,
}

impl Plan {
    pub(super) fn new(pacing: Pacing) -> Self {
        Self {
            list_delay: pacing.first_delay,
            pacing,
            followed: HashMap::new(),
            audience: Audience::default(),
            pushing: false,
            connections: 0,
            round: Round::default(),
            list_due: None,
            paused_until: None,
            failures: 0,
            failed_pages: 0,
            idle_since: None,
        }
    }

    pub(super) fn follow(
        &mut self,
        id: &str,
        known: Option<Recording>,
        now: Instant,
    ) -> watch::Receiver<Sight> {
        self.prune(now);
        if let Some(followed) = self.followed.get(id) {
            return followed.tell.subscribe();
        }
        let known = known.map(|recording| Known::observed(&recording, now));
        let (tell, receiver) = watch::channel(Sight::Unseen);
        let mut followed = Followed::new(known, tell, self.pacing.first_delay, now);
        followed.deliver(now);
        self.followed.insert(id.to_owned(), followed);
        receiver
    }

    pub(super) fn join(&mut self, interest: Interest, now: Instant) -> Arc<Listener> {
        self.prune(now);
        if interest == Interest::Everything && !self.audience.wants_list() {
            self.list_delay = self.pacing.first_delay;
            self.list_due = Some(now + self.list_delay);
        }
        self.audience.join(interest)
    }

    /// Forgets those who have gone.
    fn prune(&mut self, now: Instant) {
        self.followed.retain(|_, followed| followed.tell.receiver_count() > 0);
        self.audience.prune();
        if !self.audience.wants_list() {
            self.list_due = None;
        }
        match self.followed.is_empty() && self.audience.is_empty() {
            true => self.idle_since = self.idle_since.or(Some(now)),
            false => self.idle_since = None,
        }
    }

    /// Whether nobody has waited for long enough that the connection may go.
    pub(super) fn is_over(&mut self, now: Instant) -> bool {
        self.prune(now);
        self.idle_since.is_some_and(|since| since + self.pacing.linger <= now)
    }

    /// When there will be something to do, if nothing happens before.
    pub(super) fn wake_at(&self) -> Option<Instant> {
        if let Some(since) = self.idle_since {
            return Some(since + self.pacing.linger);
        }
        let due = self.followed.values().filter_map(|followed| followed.due).chain(self.list_due).min()?;
        Some(self.paused_until.map_or(due, |paused| due.max(paused)))
    }

    /// The next question, if one is due. Nothing else is asked until it is answered.
    pub(super) fn next(&mut self, now: Instant) -> Option<Asked> {
        self.prune(now);
        if self.paused_until.is_some_and(|paused| now < paused) {
            return None;
        }
        let question = self.next_question(now)?;
        Some(Asked { question, at: now, connection: self.connections })
    }

    fn next_question(&mut self, now: Instant) -> Option<Question> {
        if let Round::Singly { left } = self.round {
            let longest_due = self.due(now).min_by_key(|(_, followed)| followed.due);
            let id = longest_due.map(|(id, _)| id.clone());
            match (left.checked_sub(1), id) {
                (Some(left), Some(id)) => {
                    self.round = Round::Singly { left };
                    return Some(Question::One(id));
                }
                _ => self.round = Round::Over,
            }
        }
        if let Round::Paging { offset, begun, .. } = self.round
            && self.due(begun).next().is_some()
        {
            return Some(Question::Page { offset });
        }
        self.round = Round::Over;
        let wanted = self.due(now).next().is_some() || self.list_due.is_some_and(|due| due <= now);
        wanted.then(|| {
            self.round = Round::Paging { offset: 0, pages: 1, begun: now };
            Question::Page { offset: 0 }
        })
    }

    fn due(&self, now: Instant) -> impl Iterator<Item = (&String, &Followed)> {
        self.followed.iter().filter(move |(_, followed)| followed.due.is_some_and(|due| due <= now))
    }

    pub(super) fn page_came(
        &mut self,
        asked: &Asked,
        offset: u64,
        answer: Result<RecordingPage>,
        now: Instant,
    ) {
        match answer {
            Ok(page) => self.paged(asked, offset, &page, now),
            Err(error) if error.is_retriable() => {
                self.pause(&error, now);
                self.failed_pages = self.failed_pages.saturating_add(1);
                if self.failed_pages >= MOST_FAILED_PAGES {
                    self.go_without_list(now);
                }
            }
            Err(error) if is_of_the_list(error.kind()) => {
                crate::log::warn!("following", "the list of recordings cannot be had: {error}");
                self.go_without_list(now);
            }
            Err(error) => self.end_all(&error),
        }
    }

    /// For a while, what is due is asked for singly.
    fn go_without_list(&mut self, now: Instant) {
        self.round = Round::Singly { left: self.due(now).count().min(MOST_SINGLY) };
        self.list_due = self.list_due.map(|_| now + self.pacing.longest_delay);
    }

    fn paged(&mut self, asked: &Asked, offset: u64, page: &RecordingPage, now: Instant) {
        (self.failures, self.failed_pages) = (0, 0);
        if offset == 0 {
            let followed = &self.followed;
            let changed = self.audience.first_page(page, asked.at, |id| followed.contains_key(id));
            self.list_was_seen(changed, now);
        }
        let mut found = 0;
        for seen in page.recordings.iter() {
            found += usize::from(self.observed(&seen.id, seen, asked, now));
        }
        let Round::Paging { pages, begun, .. } = self.round else { return };
        // What has become due since was not looked for on the pages before.
        let missing = self.due(begun).count();
        let reached = offset.saturating_add(page.recordings.len() as u64);
        let end = page.recordings.is_empty() || page.total.is_some_and(|total| reached >= total);
        self.round = match missing > 0 && found > 0 && !end && pages < MOST_PAGES {
            true => Round::Paging { offset: reached, pages: pages + 1, begun },
            false => Round::Singly { left: missing.min(MOST_SINGLY) },
        };
    }

    fn list_was_seen(&mut self, changed: bool, now: Instant) {
        let Some(_) = self.list_due else { return };
        self.list_delay = match changed {
            true => self.pacing.first_delay,
            false => grown(&self.pacing, self.list_delay),
        };
        self.list_due = (!self.pushing).then(|| now + about(self.list_delay));
    }

    /// Takes in an answer; says whether anybody waits for this recording.
    fn observed(&mut self, id: &str, seen: &Recording, asked: &Asked, now: Instant) -> bool {
        let up_to_date = self.pushing && asked.connection == self.connections;
        let Some(followed) = self.followed.get_mut(id) else { return false };
        let changed = match &mut followed.known {
            Some(known) => known.observe(seen, asked.at),
            none => {
                *none = Some(Known::observed(seen, asked.at));
                true
            }
        };
        (followed.asked, followed.exists, followed.puzzles) = (true, true, 0);
        followed.delay = match changed {
            true => self.pacing.first_delay,
            false => grown(&self.pacing, followed.delay),
        };
        followed.due = match up_to_date {
            true => self.pacing.recheck.map(|after| now + after),
            false => Some(now + about(followed.delay)),
        };
        followed.deliver(now);
        if changed && let Some(known) = &followed.known {
            self.audience.tell(&ServiceEvent::changed(known.recording.clone(), ""));
        }
        true
    }

    pub(super) fn one_came(&mut self, asked: &Asked, id: &str, answer: Result<Recording>, now: Instant) {
        let error = match answer {
            Ok(seen) => {
                self.failures = 0;
                self.observed(id, &seen, asked, now);
                return;
            }
            Err(error) => error,
        };
        if matches!(error.kind(), ErrorKind::Auth | ErrorKind::LoginRequired | ErrorKind::AccountDeleted) {
            return self.end_all(&error);
        }
        if error.is_retriable() {
            self.pause(&error, now);
        }
        let grace = self.pacing.not_found_grace;
        let Some(followed) = self.followed.get_mut(id) else { return };
        followed.asked = true;
        if followed.awaits_the_rest() {
            return followed.deliver_as_it_is();
        }
        let may_come =
            error.kind() == ErrorKind::NotFound && !followed.exists && now < followed.since + grace;
        if error.kind() == ErrorKind::Protocol && !error.is_retriable() {
            followed.puzzles += 1;
        }
        let may_clear_up = (1..MOST_PUZZLES).contains(&followed.puzzles);
        if error.is_retriable() || may_come || may_clear_up {
            followed.delay = grown(&self.pacing, followed.delay);
            followed.due = Some(now + about(followed.delay));
        } else {
            self.end(id, error);
        }
    }

    /// Asks nothing for a while. Those who wait have deadlines of their own.
    fn pause(&mut self, error: &Error, now: Instant) {
        let pause = backed_off(self.failures, LEAST_PAUSE, LONGEST_PAUSE);
        self.failures = self.failures.saturating_add(1);
        let asked = error.retry_after().unwrap_or_default().min(LONGEST_ASKED_PAUSE);
        self.paused_until = Some(now + pause.max(asked));
        self.round = Round::Over;
        crate::log::warn!("following", "the service does not answer: {error}");
    }

    /// Ends the wait for one recording.
    fn end(&mut self, id: &str, error: Error) {
        if let Some(followed) = self.followed.remove(id)
            && !followed.is_told_final()
        {
            let error = if error.recording_id().is_empty() { error.with_recording_id(id) } else { error };
            followed.tell.send_replace(Sight::Ended(error));
        }
    }

    /// What was under way is not any more.
    pub(super) fn stop(&mut self, now: Instant) {
        self.disconnected(now);
        self.round = Round::Over;
    }

    /// Ends every wait of this identity.
    pub(super) fn end_all(&mut self, error: &Error) {
        for (_, followed) in self.followed.drain() {
            if !followed.is_told_final() {
                followed.tell.send_replace(Sight::Ended(error.clone()));
            }
        }
        self.audience.end(error);
        self.list_due = None;
        self.round = Round::Over;
    }
}

/// Such an error is about the list as such: its path may be wrong, while that of a recording is right.
fn is_of_the_list(kind: ErrorKind) -> bool {
    use ErrorKind::{EndpointUnset, NotFound, Protocol, Rejected, Unsupported};
    matches!(kind, EndpointUnset | NotFound | Protocol | Rejected | Unsupported)
}

fn grown(pacing: &Pacing, delay: Duration) -> Duration {
    delay.mul_f64(pacing.growth).min(pacing.longest_delay)
}
