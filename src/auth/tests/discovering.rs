//! Discovery: what it may tell, and where it may not lead.

use std::sync::Arc;

use super::server::{Server, json, tokens};
use super::{call, password, run, settings};
use crate::auth::{Discovery, MemoryStore, Session};
use crate::error::ErrorKind;
use crate::http::{Http, Url};
use crate::options::Options;

fn ask(answer: impl Fn(&str) -> (u16, String) + Send + 'static) -> (Server, Discovery) {
    let server = Server::start(move |asked| match asked.target.as_str() {
        "/.well-known/openid-configuration" => {
            let (status, body) = answer(asked.header("host").unwrap());
            json(status, body)
        }
        _ => tokens("1", 3600),
    });
    let discovery = Discovery::new(Url::parse(&server.url("/.well-known/openid-configuration")).unwrap());
    (server, discovery)
}

#[test]
fn a_session_asks_once_where_tokens_are_given_out() {
    let (server, discovery) = ask(|host| {
        (200, format!(r#"{{"issuer":"http://{host}","token_endpoint":"http://{host}/oauth/token?a=b"}}"#))
    });
    let mut settings = settings(&server, password(), Arc::new(MemoryStore::new()));
    settings.endpoint.discovery = Some(Arc::new(discovery));
    let session = Session::new(settings);
    run(async {
        session.sign_in(&call()).await.unwrap();
        session.sign_in(&call()).await.unwrap();
    });
    let asked = server.asked().into_iter().map(|asked| asked.target).collect::<Vec<_>>();
    assert_eq!(asked, ["/.well-known/openid-configuration", "/oauth/token?a=b", "/oauth/token?a=b"]);
}

#[test]
fn a_server_without_the_document_is_asked_at_the_usual_place() {
    let (server, discovery) = ask(|_| (404, String::new()));
    let mut settings = settings(&server, password(), Arc::new(MemoryStore::new()));
    settings.endpoint.discovery = Some(Arc::new(discovery));
    run(Session::new(settings).token(&call())).unwrap();
    assert_eq!(server.asked()[1].target, "/connect/token");
}

#[test]
fn it_leads_to_no_other_origin() {
    let http = Http::new(&Options::new()).unwrap();
    for (member, value) in [
        ("token_endpoint", "https://evil.example/token"),
        ("token_endpoint", "http://127.0.0.1:1/token"),
        ("token_endpoint", "https://{host}/token"),
        ("token_endpoint", "http://me:pw@{host}/token"),
        ("token_endpoint", "/token"),
        ("authorization_endpoint", "https://evil.example/login"),
        ("revocation_endpoint", "file:///etc/passwd"),
        ("end_session_endpoint", "javascript:alert(1)"),
        ("issuer", "https://evil.example"),
    ] {
        let (server, discovery) =
            ask(move |host| (200, format!(r#"{{"{member}":"{}"}}"#, value.replace("{host}", host))));
        let error = run(async { discovery.ask(&http, &call()).await.map(drop) }).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol, "{member} {value}");
        assert!(error.message().contains(member) && discovery.known().is_none());
        assert_eq!(server.asked().len(), 1);
    }
}

#[test]
fn what_is_no_document_is_an_error() {
    let http = Http::new(&Options::new()).unwrap();
    for (status, body, kind) in [
        (200, "<html>", ErrorKind::Protocol),
        (200, r#"{"token_endpoint":7}"#, ErrorKind::Protocol),
        (401, "", ErrorKind::Auth),
    ] {
        let (_server, discovery) = ask(move |_| (status, body.to_owned()));
        let error = run(async { discovery.ask(&http, &call()).await.map(drop) }).unwrap_err();
        assert_eq!(error.kind(), kind);
    }
}
