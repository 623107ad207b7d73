//! Following recordings until they are done, and telling what changes: one [`Watcher`] an identity, for however many
//! wait. It learns from a push source where there is one, and asks the service's list where there is none; all watchers
//! of a client and its children ask within one [`Budget`]. Here is no knowledge of any service: it sees a [`Listing`]
//! and a [`Push`].

mod audience;
mod budget;
mod driver;
mod known;
mod near;
mod plan;
mod watcher;

#[cfg(test)]
mod tests;

use std::time::Duration;

use tokio::sync::mpsc;

pub(crate) use budget::Budget;
pub(crate) use near::tell_changes;
pub(crate) use watcher::{Interest, Subscription, Watcher};

use crate::error::Error;
use crate::recording::{Recording, RecordingPage};
use crate::service::{PageRequest, ServiceFuture};

/// What a service is asked. Each call is one request: no repetition inside, the watcher asks again by itself.
pub(crate) trait Listing: Send + Sync + 'static {
    /// A page of the list, in whatever order the service has.
    fn page(&self, page: PageRequest) -> ServiceFuture<'_, RecordingPage>;

    /// One recording. An id that the service does not have (yet) is [`crate::ErrorKind::NotFound`].
    fn one<'a>(&'a self, id: &'a str) -> ServiceFuture<'a, Recording>;
}

/// Where changes come from without being asked for.
pub(crate) trait Push: Send + Sync + 'static {
    /// Connects, stays connected, tells; dropped, it disconnects. It ends only when there will never be a connection:
    /// reconnecting, with its back-off, is its own business.
    fn run(&self, news: NewsSender) -> ServiceFuture<'_, ()>;
}

pub(crate) type NewsSender = mpsc::Sender<News>;

/// What a push source tells. It may come twice or in the wrong order. `detail` is what the service sent, as JSON.
#[derive(Clone, Debug)]
pub(crate) enum News {
    /// From now on, changes come. What happened before may be unknown.
    Connected,
    /// Until further news, changes do not come.
    Disconnected,
    /// A recording has changed; it has what the change says, which may be little more than the status.
    Changed { change: Recording, detail: String },
    /// Recordings were deleted or renamed; which is not said.
    ListChanged { detail: String },
    /// A recording is not taken: whoever waits for it gets the error.
    UploadDenied { id: String, error: Error, detail: String },
    /// A document is complete.
    ExportCompleted { id: String, detail: String },
    /// The identity is gone: whoever waits gets the error.
    AccountDeleted { error: Error, detail: String },
}

/// How often a service is asked. The [`Budget`] holds whatever this says.
#[derive(Clone, Debug)]
pub(crate) struct Pacing {
    /// From when a recording is followed to when it is first asked for.
    pub(crate) first_delay: Duration,
    /// By how much the delay grows each time that nothing has changed.
    pub(crate) growth: f64,
    /// The delay grows no further.
    pub(crate) longest_delay: Duration,
    /// So long after the beginning, a recording that the service does not know may still come.
    pub(crate) not_found_grace: Duration,
    /// How many recordings a page of the list is to have.
    pub(crate) page_size: u64,
    /// While changes are pushed: after so much silence a recording is asked for all the same. `None`: never.
    pub(crate) recheck: Option<Duration>,
    /// How long the push source stays connected when nobody waits any more.
    pub(crate) linger: Duration,
}

impl Default for Pacing {
    fn default() -> Self {
        Self {
            first_delay: Duration::from_millis(500),
            growth: 1.5,
            longest_delay: Duration::from_secs(15),
            not_found_grace: Duration::from_secs(10),
            page_size: 100,
            recheck: Some(Duration::from_secs(300)),
            linger: Duration::from_secs(5),
        }
    }
}
