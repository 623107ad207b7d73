//! HTTP for whatever needs it: which URLs are accepted, names and proxies, TLS, streamed uploads and downloads,
//! deadlines, repetition, redirects, WebSockets. Here is no knowledge of any service, of tokens or of transcripts: a
//! request says by itself what it carries and whether it may be repeated.
//!
//! The way of a request: [`Http::send`] repeats what `exchange` does once, over connections of one of the `clients`.

mod body;
mod clients;
#[cfg(feature = "local")]
mod download;
mod exchange;
mod failure;
mod multipart;
mod proxy;
mod redirect;
mod request;
mod resolve;
mod response;
mod retry;
mod send;
#[cfg(test)]
mod tests;
mod tls;
mod upload;
mod url;
mod websocket;

pub(crate) use body::Body;
#[cfg(feature = "local")]
pub(crate) use download::download;
pub(crate) use request::{Repeat, Request};
pub(crate) use response::{Head, Response, Sink};
pub(crate) use send::Http;
pub(crate) use upload::Upload;
pub(crate) use url::{base_url, checked_url, origin, web_url};
pub(crate) use websocket::WebSocket;

pub(crate) use reqwest::header::{self, HeaderName, HeaderValue};
pub(crate) use reqwest::{Method, Url};
