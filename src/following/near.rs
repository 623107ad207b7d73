//! The events of a service in this process, which costs nothing to ask.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Interest;
use super::audience::Audience;
use crate::error::Result;
use crate::events::EventFeed;
use crate::recording::RecordingPage;
use crate::service::{PageRequest, ServiceFuture};

const INTERVAL: Duration = Duration::from_millis(250);
/// The newest recordings; a change of an older one is not told.
const PAGE: PageRequest = PageRequest { offset: 0, limit: 1000 };

/// Tells what changes in a list, until it is dropped or the list cannot be had.
pub(crate) async fn tell_changes<'a>(
    list: impl Fn(PageRequest) -> ServiceFuture<'a, RecordingPage>,
    feed: EventFeed,
) -> Result<()> {
    let mut audience = Audience::default();
    let listener = audience.join(Interest::Everything);
    loop {
        let asked_at = Instant::now();
        match list(PAGE).await {
            Ok(page) => audience.first_page(&page, asked_at, |_| false),
            Err(error) if error.is_retriable() => false,
            Err(error) => return Err(error),
        };
        while let Some(event) = listener.take() {
            feed.tell(event);
        }
        sleep(INTERVAL).await;
    }
}
