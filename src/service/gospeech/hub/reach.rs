//! The hub as it is reached over the network: negotiated with and connected to, each with a token that is good now.

use std::sync::Arc;

use secrecy::SecretString;

use super::codec::violation;
use super::connection::{self, Opener};
use super::negotiation::{Negotiated, negotiate_url, negotiated};
use crate::error::Result;
use crate::following::{NewsSender, Push};
use crate::http::{Method, Request, Url, WebSocket};
use crate::options::Options;
use crate::service::gospeech::GoSpeech;
use crate::service::gospeech::following::View;
use crate::service::{Call, ServiceFuture};

/// Answers of a negotiation have a few hundred bytes.
const LARGEST_ANSWER: usize = 64 << 10;
/// How often a hub may send us elsewhere.
const MOST_MOVES: usize = 5;

/// The hub as a source of changes for one identity, unless the options want none.
pub(in crate::service::gospeech) fn push(view: &Arc<View>) -> Option<Arc<dyn Push>> {
    match view.platform.options.text("gospeech.push").as_str() {
        "off" => None,
        _ => Some(Arc::new(Hub(view.clone()))),
    }
}

impl GoSpeech {
    /// Connects to the hub and leaves again: to see whether it is there.
    pub(in crate::service::gospeech) async fn ask_hub(&self, call: &Call) -> Result<()> {
        Hub(self.view()?.clone()).connect(&call.options).await.map(drop)
    }
}

/// The hub for one identity.
struct Hub(Arc<View>);

impl Hub {
    /// Where to connect, and with what token if it is not the identity's own.
    async fn negotiate(&self, call: &Options) -> Result<(Url, Option<SecretString>)> {
        let mut hub = self.0.platform.hub_url()?;
        let mut own: Option<SecretString> = None;
        for _ in 0..=MOST_MOVES {
            let url = negotiate_url(&hub);
            let request = || Ok(Request::new(Method::POST, url.clone()));
            let response = match &own {
                None => self.0.session.send(&self.0.platform.http, call, request).await?,
                Some(token) => self.0.platform.http.send(request()?.bearer(token.clone()), call).await?,
            };
            if !response.is_success() {
                return Err(response.refusal());
            }
            match negotiated(&hub, &response.bytes(LARGEST_ANSWER).await?)? {
                Negotiated::Connect(url) => return Ok((url, own)),
                Negotiated::Elsewhere { url, token } => {
                    hub = url;
                    own = token.or(own);
                }
            }
        }
        Err(violation("sends us from one address to the next"))
    }

    async fn connect(&self, call: &Options) -> Result<WebSocket> {
        let (url, own) = self.negotiate(call).await?;
        let http = &self.0.platform.http;
        if let Some(token) = own {
            return http.websocket(Request::get(url).bearer(token), call).await;
        }
        let token = self.0.session.token(call).await?;
        match http.websocket(Request::get(url.clone()).bearer(token.bearer()), call).await {
            Err(error) if error.http_status() == Some(401) => {
                let token = self.0.session.renew(&token, call).await?;
                http.websocket(Request::get(url).bearer(token.bearer()), call).await
            }
            outcome => outcome,
        }
    }
}

impl Opener for Hub {
    type Socket = WebSocket;

    fn open(&self) -> ServiceFuture<'_, WebSocket> {
        Box::pin(self.connect(&self.0.platform.options))
    }
}

impl Push for Hub {
    fn run(&self, news: NewsSender) -> ServiceFuture<'_, ()> {
        Box::pin(async move {
            connection::keep_up(self, &news).await;
            Ok(())
        })
    }
}
