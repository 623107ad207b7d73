//! What the hub's negotiation says (spec: 10.1): go elsewhere, or connect with this token. It does no I/O.

use secrecy::SecretString;
use serde::Deserialize;

use super::codec::{refusal, violation};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Url, checked_url};

/// What to do after an answer.
#[derive(Debug)]
pub(super) enum Negotiated {
    /// Connect here.
    Connect(Url),
    /// Negotiate there, with this token if there is one.
    Elsewhere { url: Url, token: Option<SecretString> },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(default)]
    negotiate_version: u32,
    connection_id: Option<String>,
    connection_token: Option<String>,
    available_transports: Option<Vec<Transport>>,
    url: Option<String>,
    access_token: Option<SecretString>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Transport {
    transport: String,
}

/// Where to negotiate about the hub at `hub`.
pub(super) fn negotiate_url(hub: &Url) -> Url {
    let mut url = hub.clone();
    url.set_path(&format!("{}/negotiate", hub.path().trim_end_matches('/')));
    url.query_pairs_mut().append_pair("negotiateVersion", "1");
    url
}

/// Reads the answer of the hub at `hub`.
pub(super) fn negotiated(hub: &Url, body: &[u8]) -> Result<Negotiated> {
    let answer: Answer =
        serde_json::from_slice(body).map_err(|_| violation("answered the negotiation with another thing"))?;
    if let Some(error) = answer.error {
        return Err(refusal("the connection", &error));
    }
    if let Some(url) = answer.url {
        return Ok(Negotiated::Elsewhere { url: same_origin(hub, &url)?, token: answer.access_token });
    }
    let webs = |transport: &Transport| transport.transport.eq_ignore_ascii_case("WebSockets");
    if answer.available_transports.is_some_and(|transports| !transports.iter().any(webs)) {
        return Err(Error::new(ErrorKind::Unsupported, "the hub offers no WebSockets"));
    }
    let id = match answer.negotiate_version {
        0 => answer.connection_id,
        _ => answer.connection_token,
    };
    let id = id.filter(|id| !id.is_empty()).ok_or_else(|| violation("negotiated no connection"))?;
    let mut url = hub.clone();
    url.query_pairs_mut().append_pair("id", &id);
    Ok(Negotiated::Connect(url))
}

/// A hub may send us to another of its addresses, never to another party.
fn same_origin(hub: &Url, text: &str) -> Result<Url> {
    let url = hub.join(text).map_err(|_| violation("sends us to an address that is none"))?;
    // Plain http only where the hub itself is so reached.
    let allowed =
        url.origin() == hub.origin() && (url.scheme() == hub.scheme() || checked_url(url.as_str()).is_ok());
    match allowed && url.username().is_empty() && url.password().is_none() {
        true => Ok(url),
        false => {
            let what = format!("sends us to {}, another origin", crate::http::origin(&url));
            Err(violation(&what).with_retriable(false))
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn hub() -> Url {
        Url::parse("https://api.example:8443/base/hubs/common?tenant=1").unwrap()
    }

    fn connect_url(body: &str) -> Result<String> {
        match negotiated(&hub(), body.as_bytes())? {
            Negotiated::Connect(url) => Ok(url.into()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_token_of_the_connection_goes_into_its_address() {
        let expected = "https://api.example:8443/base/hubs/common/negotiate?tenant=1&negotiateVersion=1";
        assert_eq!(negotiate_url(&hub()).as_str(), expected);
        let body = r#"{"negotiateVersion":1,"connectionId":"i","connectionToken":"t/+ &=","new":[],
            "availableTransports":[{"transport":"LongPolling"},{"transport":"WebSockets","transferFormats":["Text"]}]}"#;
        let expected = "https://api.example:8443/base/hubs/common?tenant=1&id=t%2F%2B+%26%3D";
        assert_eq!(connect_url(body).unwrap(), expected);
        assert!(connect_url(r#"{"connectionId":"old"}"#).unwrap().ends_with("&id=old"));
    }

    #[test]
    fn what_leads_nowhere_is_an_error() {
        let kind = |body: &str| negotiated(&hub(), body.as_bytes()).unwrap_err().kind();
        for bad in [
            "",
            "[]",
            "<html>",
            "{}",
            r#"{"negotiateVersion":1,"connectionId":"i"}"#,
            r#"{"connectionId":""}"#,
        ] {
            assert_eq!(kind(bad), ErrorKind::Protocol, "{bad}");
        }
        assert_eq!(kind(r#"{"error":"full"}"#), ErrorKind::Service);
        let body = r#"{"connectionId":"i","availableTransports":[{"transport":"LongPolling"}]}"#;
        assert_eq!(kind(body), ErrorKind::Unsupported);
    }

    #[test]
    fn it_goes_elsewhere_only_within_the_origin() {
        let there =
            |url: &str| negotiated(&hub(), format!(r#"{{"url":"{url}","accessToken":"s"}}"#).as_bytes());
        for good in ["https://api.example:8443/other?x=1", "/other"] {
            let Negotiated::Elsewhere { url, token } = there(good).unwrap() else { panic!("{good}") };
            assert_eq!((url.path(), url.host_str()), ("/other", Some("api.example")));
            assert_eq!(token.unwrap().expose_secret(), "s");
        }
        for bad in [
            "https://api.example/other",
            "http://api.example:8443/other",
            "https://evil.example:8443/",
            "//evil.example:8443/",
            "https://me:pw@api.example:8443/",
            "javascript:alert(1)",
            "https://",
        ] {
            let error = there(bad).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Protocol, "{bad}");
            assert!(!error.message().contains("pw"));
        }
    }
}
