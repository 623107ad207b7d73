//! The connection to the hub, kept up: opened, spoken over, and opened again after a pause.

use std::time::Duration;

use futures_util::{Sink, Stream};
use tokio::time::{Instant, sleep};
use tokio_tungstenite::tungstenite::{self, Message};

use super::conversation::{End, converse};
use crate::backoff::backed_off;
use crate::error::{Error, Result};
use crate::following::{News, NewsSender};
use crate::service::ServiceFuture;

const LEAST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Until the next try where the service does not want us, or there is no hub; no longer, whatever it asks for. Meanwhile
/// recordings are asked for.
const LONG_PAUSE: Duration = Duration::from_secs(300);
/// A connection that lasted as long was a good one.
const GOOD: Duration = Duration::from_secs(30);

/// What opens a WebSocket of the hub, with a token that is good now.
pub(super) trait Opener: Send + Sync {
    type Socket: Stream<Item = tungstenite::Result<Message>>
        + Sink<Message, Error = tungstenite::Error>
        + Unpin
        + Send;

    fn open(&self) -> ServiceFuture<'_, Self::Socket>;
}

/// Keeps a connection up until it is dropped, or until the account is gone.
pub(super) async fn keep_up<O: Opener>(opener: &O, news: &NewsSender) {
    let mut failures: u32 = 0;
    loop {
        let mut good_since = None;
        let outcome = once(opener, news, &mut good_since).await;
        if good_since.is_some() {
            let _ = news.send(News::Disconnected).await;
        }
        let was_good = good_since.is_some_and(|since: Instant| since.elapsed() >= GOOD);
        failures = if was_good { 1 } else { failures.saturating_add(1) };
        let (may_return, error) = match outcome {
            Ok(End::AccountDeleted) => return,
            Ok(End::Closed) => (true, None),
            // It may have meant that connection only: of one that was good, it is tried.
            Ok(End::Dismissed(error)) => (was_good, Some(error)),
            Err(error) => (error.is_retriable(), Some(error)),
        };
        let pause = match may_return {
            true => backed_off(failures, LEAST_PAUSE, LONGEST_PAUSE),
            false => LONG_PAUSE,
        };
        let asked = error.as_ref().and_then(Error::retry_after).unwrap_or_default().min(LONG_PAUSE);
        if let Some(error) = error {
            crate::log::warn!("gospeech", "the hub of events: {error}");
        }
        sleep(pause.max(asked)).await;
    }
}

/// Opens a connection and speaks over it; `good_since` is set once the hub has taken the handshake.
async fn once<O: Opener>(opener: &O, news: &NewsSender, good_since: &mut Option<Instant>) -> Result<End> {
    let socket = opener.open().await?;
    converse(socket, news, || *good_since = Some(Instant::now())).await
}

#[cfg(test)]
mod tests;
