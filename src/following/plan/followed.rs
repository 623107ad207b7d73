//! One recording that somebody waits for, and how far whoever waits has seen it.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::error::Error;
use crate::following::known::Known;
use crate::recording::Recording;

/// How far whoever waits for a recording has seen it.
#[derive(Clone, Debug)]
pub(in crate::following) enum Sight {
    Unseen,
    At(Recording),
    Ended(Error),
}

/// One recording that somebody waits for.
pub(super) struct Followed {
    pub(super) known: Option<Known>,
    pub(super) tell: watch::Sender<Sight>,
    pub(super) since: Instant,
    pub(super) delay: Duration,
    /// When to ask for it; `None`: there is nothing to ask.
    pub(super) due: Option<Instant>,
    pub(super) asked: bool,
    /// An answer has shown it.
    pub(super) exists: bool,
    /// Answers in a row that could not be understood.
    pub(super) puzzles: u32,
}

impl Followed {
    pub(super) fn new(
        known: Option<Known>,
        tell: watch::Sender<Sight>,
        delay: Duration,
        now: Instant,
    ) -> Self {
        let due = Some(now + delay);
        Self { known, tell, since: now, delay, due, asked: false, exists: false, puzzles: 0 }
    }

    pub(super) fn is_final(&self) -> bool {
        self.known.as_ref().is_some_and(|known| known.recording.status.is_final())
    }

    pub(super) fn is_told_final(&self) -> bool {
        matches!(&*self.tell.borrow(), Sight::At(recording) if recording.status.is_final())
    }

    /// A change has told its end, and nothing else is known of it.
    pub(super) fn awaits_the_rest(&self) -> bool {
        self.is_final() && self.known.as_ref().is_some_and(|known| !known.whole)
    }

    /// Tells what is known. The end is told with all that belongs to it: where a change said it, that is asked for once.
    pub(super) fn deliver(&mut self, now: Instant) {
        match self.awaits_the_rest() {
            true => self.due = Some(now),
            false => self.deliver_as_it_is(),
        }
    }

    pub(super) fn deliver_as_it_is(&mut self) {
        let Some(known) = &self.known else { return };
        if known.recording.status.is_final() {
            self.due = None;
        }
        self.tell.send_if_modified(|sight| {
            let same = matches!(sight, Sight::At(recording) if *recording == known.recording);
            if !same {
                *sight = Sight::At(known.recording.clone());
            }
            !same
        });
    }
}
