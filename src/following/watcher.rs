//! The watcher as the rest of the library sees it: whoever waits, and whoever listens.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::time::Instant;

use super::audience::Listener;
use super::driver::{self, Shared};
use super::plan::Sight;
use super::{Budget, Listing, Pacing, Push};
use crate::error::{Error, Result};
use crate::events::{EventFeed, ServiceEvent};
use crate::recording::Recording;

/// Follows the recordings of one identity. Its work runs on the library's runtime while somebody waits or listens, and
/// a little longer; its methods are for use inside an operation.
pub(crate) struct Watcher {
    shared: Arc<Shared>,
}

/// What a [`Subscription`] is to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interest {
    /// All there is: where changes are not pushed, the list is asked for them.
    Everything,
    /// What comes by itself. Nothing is asked for it.
    Pushed,
}

impl Watcher {
    /// Asks `listing`, listens to `push` where there is one. Clients of one family share `budget`.
    pub(crate) fn new(
        listing: Arc<dyn Listing>,
        push: Option<Arc<dyn Push>>,
        budget: Budget,
        pacing: Pacing,
    ) -> Self {
        Self { shared: Arc::new(Shared::new(listing, push, budget, pacing)) }
    }

    /// Follows a recording until what this gives is dropped. `known`: what the upload said of it.
    pub(crate) fn follow(&self, id: &str, known: Option<Recording>) -> Following {
        let mut sights = self.shared.plan.lock().follow(id, known, Instant::now());
        sights.mark_changed();
        driver::wake(&self.shared);
        Following { sights: Some(sights), shared: self.shared.clone() }
    }

    /// Listens until what this gives is dropped.
    pub(crate) fn subscribe(&self, interest: Interest) -> Subscription {
        let listener = self.shared.plan.lock().join(interest, Instant::now());
        driver::wake(&self.shared);
        Subscription { listener: Some(listener), shared: self.shared.clone() }
    }

    /// Tells everything to `feed`, until it is dropped or the identity can ask no more.
    pub(crate) async fn events(&self, feed: EventFeed) -> Result<()> {
        let mut subscription = self.subscribe(Interest::Everything);
        loop {
            feed.tell(subscription.next().await?);
        }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.shared.close();
    }
}

/// One who waits for a recording.
pub(crate) struct Following {
    sights: Option<watch::Receiver<Sight>>,
    shared: Arc<Shared>,
}

impl Following {
    /// The recording at its next change; at first, as it is. May be dropped and called again.
    pub(crate) async fn next(&mut self) -> Result<Recording> {
        let Some(sights) = &mut self.sights else { return Err(Error::cancelled()) };
        loop {
            sights.changed().await.map_err(|_| Error::cancelled())?;
            match &*sights.borrow_and_update() {
                Sight::Unseen => {}
                Sight::At(recording) => return Ok(recording.clone()),
                Sight::Ended(error) => return Err(error.clone()),
            }
        }
    }

    /// The recording once its status is final; `tell` gets every change on the way.
    pub(crate) async fn end(mut self, mut tell: impl FnMut(&Recording) + Send) -> Result<Recording> {
        loop {
            let recording = self.next().await?;
            if recording.status.is_final() {
                return Ok(recording);
            }
            tell(&recording);
        }
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.sights = None; // before the watcher looks who is left
        self.shared.look();
    }
}

/// One who listens.
pub(crate) struct Subscription {
    listener: Option<Arc<Listener>>,
    shared: Arc<Shared>,
}

impl Subscription {
    /// The next event; an error once none can follow. May be dropped and called again.
    pub(crate) async fn next(&mut self) -> Result<ServiceEvent> {
        match &self.listener {
            Some(listener) => listener.next().await,
            None => Err(Error::cancelled()),
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.listener = None; // before the watcher looks who is left
        self.shared.look();
    }
}
