//! WebSockets: opened over the same connections, proxies and TLS as every request, then spoken by tungstenite.

use reqwest::Upgraded;
use reqwest::header::{
    CONNECTION, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::failure;
use super::request::Request;
use super::response::Response;
use super::send::{Attempts, Http};
use super::url::origin;
use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;

/// A WebSocket. Dropped, it closes its connection.
pub(crate) type WebSocket = WebSocketStream<Upgraded>;

/// No message of a service is larger, in bytes.
const LARGEST_MESSAGE: usize = 8 << 20;

impl Http {
    /// Opens a WebSocket at an https, http, wss or ws URL. One try: whoever keeps one open has a way of its own to come
    /// back. A refusal is an error with the status.
    pub(crate) async fn websocket(&self, mut request: Request, call: &Options) -> Result<WebSocket> {
        let scheme = match request.url.scheme() {
            "wss" => "https",
            "ws" => "http",
            other => other,
        };
        let scheme = scheme.to_owned();
        // Between special schemes this cannot fail.
        let _ = request.url.set_scheme(&scheme);
        let place = origin(&request.url);
        let key = generate_key();
        let value = |text: &str| {
            HeaderValue::try_from(text).map_err(|_| Error::new(ErrorKind::Argument, "a header that is none"))
        };
        request = request
            .header(CONNECTION, HeaderValue::from_static("Upgrade"))
            .header(UPGRADE, HeaderValue::from_static("websocket"))
            .header(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"))
            .header(SEC_WEBSOCKET_KEY, value(&key)?);
        let attempts = Attempts::new(self.clone(), request, call).over_http1();
        let answer = attempts.once(&attempts.request).await.map_err(|failed| failed.error)?;
        if answer.head.status().as_u16() != 101 {
            return Err(Response::new(attempts.request.url.clone(), answer, attempts).refusal());
        }
        let accepted = answer.head.headers().get(SEC_WEBSOCKET_ACCEPT);
        if accepted.map(HeaderValue::as_bytes) != Some(derive_accept_key(key.as_bytes()).as_bytes()) {
            let what = format!("{place} answered the opening of a WebSocket as no WebSocket server does");
            return Err(Error::new(ErrorKind::Protocol, what));
        }
        let upgraded = answer.head.upgrade().await.map_err(|error| failure::of_request(&place, &error))?;
        let config = WebSocketConfig::default()
            .max_message_size(Some(LARGEST_MESSAGE))
            .max_frame_size(Some(LARGEST_MESSAGE));
        Ok(WebSocketStream::from_raw_socket(upgraded, Role::Client, Some(config)).await)
    }
}
