//! One conversation over an open WebSocket: handshake, events, a sign of life each way, and how it ends.

use std::time::Duration;

use futures_util::{Sink, SinkExt, Stream, StreamExt};
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_tungstenite::tungstenite::{self, Message};

use super::codec::{self, Frame, HubEvent, Records, violation};
use crate::error::{Error, ErrorKind, Result};
use crate::following::{News, NewsSender};
use crate::service::gospeech::problem;

const PING_INTERVAL: Duration = Duration::from_secs(15);
/// After so much silence nobody is there.
const LONGEST_SILENCE: Duration = Duration::from_secs(30);

/// Why a conversation is over that the service ended in good order.
#[derive(Debug)]
pub(super) enum End {
    /// We may come back.
    Closed,
    /// We are not wanted back.
    Dismissed(Error),
    /// There is nobody any more whom we could speak for.
    AccountDeleted,
}

/// Speaks until the conversation ends. `begun` is called once the service has taken the handshake.
pub(super) async fn converse<S>(mut socket: S, news: &NewsSender, begun: impl FnOnce()) -> Result<End>
where
    S: Stream<Item = tungstenite::Result<Message>> + Sink<Message, Error = tungstenite::Error> + Unpin,
{
    let mut records = Records::default();
    let mut silent_at = Instant::now() + LONGEST_SILENCE;
    let mut ping_at = Instant::now() + PING_INTERVAL;
    say(&mut socket, codec::HANDSHAKE, silent_at).await?;
    let mut begun = Some(begun);
    loop {
        let message = tokio::select! {
            message = timeout_at(silent_at, socket.next()) => message.map_err(|_| silent())?,
            () = sleep_until(ping_at) => {
                ping_at += PING_INTERVAL;
                say(&mut socket, codec::PING, silent_at).await?;
                continue;
            }
        };
        let message = match message {
            None | Some(Ok(Message::Close(_))) => return Ok(End::Closed),
            Some(Ok(message)) => message,
            Some(Err(error)) => return Err(broken(&error)),
        };
        silent_at = Instant::now() + LONGEST_SILENCE;
        if !matches!(message, Message::Text(_) | Message::Binary(_)) {
            continue;
        }
        for record in records.feed(&message.into_data())? {
            if let Some(begun) = begun.take() {
                codec::handshake_answer(&record)?;
                begun();
                tell(news, News::Connected).await;
            } else if let Some(end) = heed(codec::frame(&record)?, news).await {
                return Ok(end);
            }
        }
    }
}

/// Passes on what a frame says; `Some`: it was the last.
async fn heed(frame: Frame, news: &NewsSender) -> Option<End> {
    let event = match frame {
        Frame::Invocation { target, payload } => codec::event(&target, &payload)?,
        Frame::Close { may_reconnect: true, .. } => return Some(End::Closed),
        Frame::Close { error, .. } => {
            return Some(End::Dismissed(codec::refusal("the connection", &error)));
        }
        Frame::Other => return None,
    };
    let told = match event {
        HubEvent::RecordChanged { record, detail } => News::Changed { change: record, detail },
        HubEvent::WorklistChanged { detail } => News::ListChanged { detail },
        HubEvent::UploadDenied { record_id, codes, detail } => {
            let error = problem::upload_denied(&record_id, &codes);
            News::UploadDenied { id: record_id, error, detail }
        }
        HubEvent::ExportCompleted { record_id, detail } => News::ExportCompleted { id: record_id, detail },
        HubEvent::AccountDeleted { detail } => {
            let error = Error::new(ErrorKind::AccountDeleted, "GoSpeech says that the account was deleted");
            tell(news, News::AccountDeleted { error, detail }).await;
            return Some(End::AccountDeleted);
        }
    };
    tell(news, told).await;
    None
}

/// If nobody listens any more, the whole connection is about to be dropped.
async fn tell(news: &NewsSender, told: News) {
    let _ = news.send(told).await;
}

async fn say<S>(socket: &mut S, text: &'static str, until: Instant) -> Result<()>
where
    S: Sink<Message, Error = tungstenite::Error> + Unpin,
{
    let sent = timeout_at(until, socket.send(Message::text(text))).await.map_err(|_| silent())?;
    sent.map_err(|error| broken(&error))
}

fn silent() -> Error {
    Error::new(ErrorKind::Timeout, format!("the hub was silent for {} s", LONGEST_SILENCE.as_secs()))
}

fn broken(error: &tungstenite::Error) -> Error {
    violation(&format!("broke off the connection: {error}"))
}
