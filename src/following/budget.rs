//! The budget of status requests of a client and its children: one at a time is let off, a second after the one before.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard, watch};
use tokio::time::{Instant, sleep_until, timeout_at};

/// A request that takes longer than this holds nobody else up.
const LONGEST_HOLD: Duration = Duration::from_secs(5);

/// At most one request an interval, whoever asks; whoever came first is first. Cheap to clone, every clone is the same.
#[derive(Clone)]
pub(crate) struct Budget {
    last: Arc<Mutex<Option<Last>>>,
    interval: Duration,
}

/// The request that was let off last.
struct Last {
    begun: Instant,
    ended: watch::Receiver<Option<Instant>>,
}

impl Budget {
    /// Of one request in each `interval`.
    pub(crate) fn new(interval: Duration) -> Self {
        Self { last: Arc::default(), interval }
    }

    /// Waits until a request may go. The interval runs from the end of the last one: so the service, too, never sees two
    /// within it, however long each was on its way.
    pub(crate) async fn turn(&self) -> Turn {
        let mut guard = self.last.clone().lock_owned().await;
        if let Some(last) = guard.as_mut() {
            let latest = last.begun + LONGEST_HOLD;
            let free = match timeout_at(latest, last.ended.wait_for(Option::is_some)).await {
                Ok(ended) => ended.ok().and_then(|ended| *ended).unwrap_or(latest),
                Err(_) => latest,
            };
            sleep_until(free + self.interval).await;
        }
        Turn { guard }
    }
}

impl Default for Budget {
    /// Of one request a second.
    fn default() -> Self {
        Self::new(Duration::from_secs(1))
    }
}

/// The right to one request. Dropped unused, it costs nothing.
pub(crate) struct Turn {
    guard: OwnedMutexGuard<Option<Last>>,
}

impl Turn {
    /// Takes it. The next turn comes after what this gives is dropped.
    pub(crate) fn begin(mut self) -> Asking {
        let (sender, ended) = watch::channel(None);
        *self.guard = Some(Last { begun: Instant::now(), ended });
        Asking(sender)
    }
}

/// A request under way; dropped at its end.
pub(crate) struct Asking(watch::Sender<Option<Instant>>);

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.send_replace(Some(Instant::now()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn requests_are_an_interval_apart_from_end_to_beginning() {
        let budget = Budget::default();
        let mut ends = Vec::new();
        for _ in 0..5 {
            let turn = budget.turn().await;
            if let Some(end) = ends.last() {
                assert!(Instant::now() - *end >= Duration::from_secs(1));
            }
            let asking = turn.begin();
            tokio::time::sleep(Duration::from_millis(300)).await;
            drop(asking);
            ends.push(Instant::now());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_unused_turn_costs_nothing_and_a_hung_request_does_not_stop_the_others() {
        let budget = Budget::default();
        let hung = budget.turn().await.begin();
        let began = Instant::now();
        drop(budget.turn().await);
        assert_eq!(began.elapsed().as_secs(), 6);
        drop(budget.turn().await);
        assert_eq!(began.elapsed().as_secs(), 6);
        drop(hung);
    }
}
