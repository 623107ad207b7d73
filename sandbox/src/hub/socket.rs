//! One client of the hub: negotiation, the WebSocket's handshake, the protocol's, and what follows.

use std::time::Duration;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message, Role, WebSocketConfig};
use url::form_urlencoded;
use uuid::Uuid;

use super::Order;
use super::frames::{self, Said};
use crate::app::{App, SharedApp};
use crate::connection::Connection;
use crate::gospeech::User;
use crate::request_log::Note;
use crate::timestamp::now_ms;

/// Nothing that a client of this hub has to say is longer.
const LONGEST_MESSAGE: usize = 64 << 10;
const HANDSHAKE: Duration = Duration::from_secs(15);
/// How long a client may take to close the socket, once it was told to.
const GOODBYE: Duration = Duration::from_secs(5);

/// Gives a connection its token.
pub(crate) async fn negotiate(State(app): State<SharedApp>, user: User) -> Response {
    let token = app.hub.promise(&user.account.id);
    let answer = json!({
        "negotiateVersion": 1,
        "connectionId": Uuid::new_v4().to_string(),
        "connectionToken": token,
        "availableTransports": [{ "transport": "WebSockets", "transferFormats": ["Text"] }],
    });
    (Extension(user.note()), axum::Json(answer)).into_response()
}

/// Opens the WebSocket.
pub(crate) async fn connect(
    State(app): State<SharedApp>,
    Extension(connection): Extension<Connection>,
    user: User,
    mut request: Request,
) -> Response {
    let Some(key) = websocket_key(request.headers()) else {
        let headers = [(header::UPGRADE, "websocket"), (header::SEC_WEBSOCKET_VERSION, "13")];
        return (StatusCode::UPGRADE_REQUIRED, headers, "a WebSocket is asked for here\n").into_response();
    };
    let query = request.uri().query().unwrap_or("").as_bytes();
    let id = form_urlencoded::parse(query).find(|(name, _)| name == "id").map(|(_, id)| id.into_owned());
    if id.is_some_and(|id| !app.hub.keep_promise(&id, &user.account.id)) {
        return (StatusCode::NOT_FOUND, "No Connection with that ID").into_response();
    }
    let Some(upgrade) = request.extensions_mut().remove::<OnUpgrade>() else {
        return StatusCode::UPGRADE_REQUIRED.into_response();
    };
    let note: Note = user.note();
    tokio::spawn(async move {
        if let Ok(upgraded) = upgrade.await {
            tokio::select! {
                _ = speak(&app, &user, upgraded) => {}
                () = connection.until_cut() => {}
            }
        }
    });
    let headers = [
        (header::CONNECTION, "Upgrade".to_owned()),
        (header::UPGRADE, "websocket".to_owned()),
        (header::SEC_WEBSOCKET_ACCEPT, derive_accept_key(key.as_bytes())),
    ];
    (StatusCode::SWITCHING_PROTOCOLS, headers, Extension(note)).into_response()
}

fn websocket_key(headers: &HeaderMap) -> Option<String> {
    let is = |name, wanted: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
        value.split(',').any(|part| part.trim().eq_ignore_ascii_case(wanted))
    };
    let asked = is(header::CONNECTION, "upgrade")
        && is(header::UPGRADE, "websocket")
        && is(header::SEC_WEBSOCKET_VERSION, "13");
    let key = headers.get(header::SEC_WEBSOCKET_KEY)?.to_str().ok()?;
    asked.then(|| key.to_owned())
}

type Socket = WebSocketStream<TokioIo<Upgraded>>;
/// Nothing: the socket is closed, in whatever way.
type Ended = Option<()>;

async fn speak(app: &App, user: &User, upgraded: Upgraded) -> Ended {
    let config = WebSocketConfig::default()
        .max_message_size(Some(LONGEST_MESSAGE))
        .max_frame_size(Some(LONGEST_MESSAGE));
    let mut socket =
        WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await;
    let first = timeout(HANDSHAKE, next_frames(&mut socket)).await.ok()??;
    if first.first() != Some(&Said::Handshake) {
        let refusal = frames::frame(&json!({ "error": "Requested protocol is not available." }));
        send(&mut socket, refusal).await?;
        return part(&mut socket).await;
    }
    send(&mut socket, frames::frame(&json!({}))).await?;
    let (number, orders) = app.hub.enter(&user.account.id);
    let _entered = Entered { app, number };
    follow(app, user, &mut socket, orders).await
}

/// Leaves the list of connections whichever way this ends.
struct Entered<'a> {
    app: &'a App,
    number: u64,
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.app.hub.leave(self.number);
    }
}

async fn follow(
    app: &App,
    user: &User,
    socket: &mut Socket,
    mut orders: tokio::sync::mpsc::Receiver<Order>,
) -> Ended {
    let behaviour = app.behaviour();
    let mut pings = interval(Duration::from_millis(behaviour.hub_ping_ms.max(1)));
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pings.tick().await;
    let silence = Duration::from_millis(behaviour.hub_silence_ms);
    let mut heard = Instant::now();
    let token_ends =
        sleep(Duration::from_millis(user.expires_at_ms.saturating_sub(now_ms()).max(0).unsigned_abs()));
    tokio::pin!(token_ends);
    loop {
        tokio::select! {
            frames = next_frames(socket) => {
                heard = Instant::now();
                for said in frames? {
                    answer(socket, said).await?;
                }
            }
            order = orders.recv() => match order {
                Some(Order::Silence) => return stay(socket).await,
                Some(order) => obey(socket, order).await?,
                // Too far behind.
                None => return part(socket).await,
            },
            _ = pings.tick() => send(socket, frames::ping()).await?,
            () = sleep_until(heard + silence) => return None,
            () = &mut token_ends => return close(socket, Some("The token has expired."), true).await,
        }
    }
}

async fn answer(socket: &mut Socket, said: Said) -> Ended {
    match said {
        Said::Ping | Said::Other | Said::Call(None) => Some(()),
        Said::Call(Some(id)) => {
            let error = json!({ "type": 3, "invocationId": id, "error": "Unknown hub method." });
            send(socket, frames::frame(&error)).await
        }
        Said::Close => part(socket).await,
        Said::Handshake | Said::Nonsense => close(socket, Some("That is no frame."), false).await,
    }
}

async fn obey(socket: &mut Socket, order: Order) -> Ended {
    match order {
        Order::Send { target, arguments } => send(socket, frames::invocation(&target, &arguments)).await,
        Order::Raw { text } => send(socket, text).await,
        Order::Close { error, allow_reconnect } => close(socket, error.as_deref(), allow_reconnect).await,
        Order::Cut | Order::Silence => None,
    }
}

/// Reads and says nothing.
async fn stay(socket: &mut Socket) -> Ended {
    while let Some(Ok(_)) = socket.next().await {}
    None
}

async fn close(socket: &mut Socket, error: Option<&str>, allow_reconnect: bool) -> Ended {
    send(socket, frames::close(error, allow_reconnect)).await?;
    part(socket).await
}

/// Says goodbye and waits for the client's: to close the socket over its last words would reset the connection, and might
/// take ours away from it.
async fn part(socket: &mut Socket) -> Ended {
    let goodbye = CloseFrame { code: CloseCode::Normal, reason: Utf8Bytes::default() };
    socket.close(Some(goodbye)).await.ok()?;
    timeout(GOODBYE, stay(socket)).await.ok()?
}

async fn send(socket: &mut Socket, text: String) -> Ended {
    socket.send(Message::text(text)).await.ok()
}

/// What the next message says; nothing once the socket is closed.
async fn next_frames(socket: &mut Socket) -> Option<Vec<Said>> {
    loop {
        match socket.next().await?.ok()? {
            Message::Text(text) => return Some(frames::said(&text)),
            Message::Binary(_) => return Some(vec![Said::Nonsense]),
            Message::Close(_) => return None,
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
        }
    }
}
