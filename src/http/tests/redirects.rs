//! Where redirects lead, and what they carry.

use secrecy::SecretString;

use super::server::{Script, Server, answering, ok};
use super::{get, http, run};
use crate::error::{Error, ErrorKind};
use crate::http::redirect::followed;
use crate::http::{Body, HeaderName, HeaderValue, Method, Repeat, Request};
use crate::options::Options;

fn redirecting(status: u16, to: String) -> Script {
    answering(status, format!("Location: {to}\r\n").leak(), "")
}

fn outcome(request: Request) -> Result<(String, u16), Error> {
    run(move |_| async move {
        let call = Options::new();
        let response = http(&call).send(request, &call).await?;
        Ok((response.url().path().to_owned(), response.status()))
    })
}

fn with_credentials(request: Request) -> Request {
    let mut key = HeaderValue::from_static("hidden-key");
    key.set_sensitive(true);
    request
        .bearer(SecretString::from("hidden-token"))
        .header(HeaderName::from_static("x-api-key"), key)
        .header(HeaderName::from_static("x-plain"), HeaderValue::from_static("yes"))
}

#[test]
fn within_an_origin_everything_goes_along() {
    for status in [301, 302, 303, 307, 308] {
        let server = Server::start(vec![redirecting(status, "/there?x=1#part".into()), ok("")]);
        let got = outcome(with_credentials(get(server.url("/here")))).unwrap();
        assert_eq!(got, ("/there".into(), 200));
        let seen = server.seen();
        assert_eq!(seen[1].first_line(), "GET /there?x=1 HTTP/1.1");
        assert_eq!(seen[1].header("authorization"), Some("Bearer hidden-token"));
    }
}

#[test]
fn credentials_stay_with_their_origin() {
    let elsewhere = Server::start(vec![ok("")]);
    let to = elsewhere.url("/there?sig=hidden-query").to_string();
    let server = Server::start(vec![redirecting(302, to)]);
    let error = outcome(with_credentials(get(server.url("/here")))).unwrap_err();
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::Protocol, Some(302)));
    let place = format!("http://{}", elsewhere.address);
    assert!(error.message().contains(&place) && !error.message().contains("hidden"), "{error}");
    assert_eq!((server.seen().len(), elsewhere.connections()), (1, 0));
}

#[test]
fn what_has_no_credentials_may_go_anywhere() {
    let elsewhere = Server::start(vec![ok("")]);
    let server = Server::start(vec![redirecting(302, elsewhere.url("/there").to_string())]);
    assert_eq!(outcome(get(server.url("/here"))).unwrap(), ("/there".into(), 200));
}

#[test]
fn what_carries_something_is_not_sent_elsewhere() {
    let elsewhere = Server::start(vec![ok("")]);
    for status in [302, 303, 307, 308] {
        for to in ["/same".to_owned(), elsewhere.url("/there").to_string()] {
            let server = Server::start(vec![redirecting(status, to), ok("")]);
            let request = Request::new(Method::POST, server.url("/here"))
                .body(Body::Json(b"{\"private\":1}".to_vec().into()))
                .repeat(Repeat::Safe);
            let error = outcome(request).unwrap_err();
            assert_eq!((error.kind(), server.seen().len()), (ErrorKind::Protocol, 1));
        }
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[test]
fn a_circle_ends() {
    let server = Server::start((0..20).map(|_| redirecting(302, "/round".into())).collect());
    let error = outcome(get(server.url("/round"))).unwrap_err();
    assert_eq!((error.kind(), server.seen().len()), (ErrorKind::Protocol, 6));
}

#[test]
fn some_places_are_never_gone_to() {
    let request = get("https://api.example/x".parse().unwrap());
    for place in ["http://api.example/x", "file:///etc/passwd", "https://me@api.example/", "https://"] {
        let headers = [("location", place)]
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        assert!(followed(&request, 302, &headers.into_iter().collect()).is_err(), "{place}");
    }
    assert!(followed(&request, 302, &Default::default()).unwrap().is_none(), "no Location");
    assert!(followed(&request, 304, &Default::default()).unwrap().is_none());
}
