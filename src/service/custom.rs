//! Requests of the caller's own: sent as they are, below the service's API, and answered with whatever comes.

use super::address;
use super::remote::CustomRequest;
use crate::document::Document;
use crate::error::{Error, ErrorKind, Result, excerpt};
use crate::http::{Body, Method, Request, Response, Url};

/// The largest answer to a request of the caller's own.
const LARGEST_ANSWER: usize = 512 << 20;

impl CustomRequest {
    /// The request, at a place below this URL.
    pub(super) fn below(self, api: &Url) -> Result<Request> {
        let method = match self.method.as_str() {
            "GET" => Method::GET,
            "POST" => Method::POST,
            "PUT" => Method::PUT,
            "PATCH" => Method::PATCH,
            "DELETE" => Method::DELETE,
            other => {
                let shown = excerpt(other);
                let what = format!("{shown:?} is no method of a request");
                return Err(
                    Error::new(ErrorKind::Argument, what).with_hint("GET, POST, PUT, PATCH or DELETE")
                );
            }
        };
        let request = Request::new(method, address::below(api, &self.path)?);
        let content_type = match self.content_type {
            unsaid if unsaid.is_empty() => "application/json".to_owned(),
            given => given,
        };
        Ok(match self.body {
            None => request,
            Some(bytes) => request.body(Body::Bytes { content_type, bytes }),
        })
    }
}

/// Any answer, also one that says no.
pub(super) async fn answered(response: Response) -> Result<Document> {
    let status = response.status();
    let content_type = response.header("content-type").unwrap_or_default().to_owned();
    let body = response.bytes(LARGEST_ANSWER).await?;
    Ok(Document::new(content_type, body).with_http_status(status))
}
