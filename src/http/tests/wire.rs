//! What a request looks like on the wire, and what is told of it elsewhere.

use reqwest::dns::Resolve;
use secrecy::SecretString;

use super::server::{Server, answering, ok};
use super::{get, http, options, run};
use crate::error::{Error, ErrorKind};
use crate::http::resolve::Resolver;
use crate::http::{Body, HeaderName, HeaderValue, Http, Method, Request, base_url};
use crate::options::Options;

const MOST: usize = 1 << 20;

#[test]
fn a_request_arrives_as_it_is_written() {
    let server = Server::start(vec![ok("{\"a\":1}"), ok("{}"), ok("{}"), ok("{}"), answering(204, "", "")]);
    let urls: Vec<_> = ["/one?x=1", "/two", "/three", "/four", "/five"].map(|path| server.url(path)).into();
    let value = run(move |_| async move {
        let call = Options::new();
        let http = http(&call);
        let mut urls = urls.into_iter();
        let request = get(urls.next().unwrap())
            .bearer(SecretString::from("the-token"))
            .header(HeaderName::from_static("x-extra"), HeaderValue::from_static("yes"));
        let value: serde_json::Value = http.send(request, &call).await.unwrap().json(MOST).await.unwrap();
        for body in [
            Body::Empty,
            Body::Json(b"{\"b\":2}".to_vec().into()),
            Body::Form(SecretString::from("a=b&password=word")),
        ] {
            let request = Request::new(Method::POST, urls.next().unwrap()).body(body);
            assert!(http.send(request, &call).await.unwrap().bytes(MOST).await.is_ok());
        }
        let response = http.send(Request::new(Method::DELETE, urls.next().unwrap()), &call).await.unwrap();
        assert_eq!((response.status(), response.bytes(0).await.unwrap().len()), (204, 0));
        value
    });
    assert_eq!(value["a"], 1);
    let seen = server.seen();
    assert_eq!(seen[0].first_line(), "GET /one?x=1 HTTP/1.1");
    assert_eq!(seen[0].header("authorization"), Some("Bearer the-token"));
    assert_eq!(seen[0].header("x-extra"), Some("yes"));
    assert_eq!(seen[0].header("accept"), Some("application/json, application/problem+json"));
    assert!(seen[0].header("user-agent").unwrap().starts_with("tiro/"));
    assert_eq!(seen[0].header("content-length"), None);
    assert_eq!(seen[1].header("content-length"), Some("0"));
    assert_eq!(seen[2].header("content-type"), Some("application/json; charset=utf-8"));
    assert_eq!(seen[2].body, b"{\"b\":2}");
    assert_eq!(seen[3].header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(seen[3].body, b"a=b&password=word");
    assert_eq!(seen[4].header("content-length"), None);
    // Not for each: one comes back to the pool a moment after its answer has ended.
    assert!(server.connections() < 5, "a connection is used again");
}

#[test]
fn no_secret_is_shown() {
    let server = Server::start(vec![answering(500, "", "echo of hidden-token")]);
    let url = server.url("/private-path?sig=hidden-query");
    let shown = run(move |_| async move {
        let call =
            options(&[("max_retries", "0"), ("proxy_password", "hidden-proxy"), ("proxy_username", "me")]);
        let http = http(&call);
        let mut sensitive = HeaderValue::from_static("hidden-key");
        sensitive.set_sensitive(true);
        let request = get(url)
            .bearer(SecretString::from("hidden-token"))
            .header(HeaderName::from_static("x-api-key"), sensitive)
            .body(Body::Form(SecretString::from("password=hidden-form")));
        let mut shown = format!("{request:?} {http:?} ");
        let response = http.send(request.clone(), &call).await.unwrap();
        shown += &format!("{response:?} {:?}", response.refusal());
        let error = response.json::<serde_json::Value>(MOST).await.unwrap_err();
        shown += &format!("{error:?}");
        // No script is left: the server closes.
        let error = http.send(request, &call).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol);
        shown += &format!("{error:?}");
        let call = options(&[("proxy", "http://me:hidden-proxy@127.0.0.1:1"), ("max_retries", "0")]);
        let unreachable = get("https://127.0.0.1:1/x?sig=hidden-query".parse().unwrap());
        let http = Http::new(&call).unwrap();
        let error = http.send(unreachable, &call).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect);
        shown + &format!("{error:?}")
    });
    assert!(!shown.contains("hidden"), "{shown}");
    assert!(!shown.contains("private-path"), "{shown}");
}

#[test]
fn plain_http_is_for_this_machine() {
    let refused = run(|_| async {
        let call = options(&[("max_retries", "0")]);
        let http = http(&call);
        let mut kinds = Vec::new();
        for url in ["http://192.0.2.1/", "http://[2001:db8::1]/", "ftp://127.0.0.1/"] {
            kinds.push(http.send(get(url.parse().unwrap()), &call).await.unwrap_err().kind());
        }
        kinds
    });
    assert_eq!(refused, [ErrorKind::Option, ErrorKind::Option, ErrorKind::Argument]);
    let server = Server::start(vec![ok("{}")]);
    let named = format!("http://localhost:{}/", server.address.port());
    run(move |_| async move {
        let call = Options::new();
        http(&call).send(get(named.parse().unwrap()), &call).await.unwrap();
    });
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_name_is_judged_by_its_address() {
    // Addresses in the place of names: a server of names may be slow, or not there.
    let judged = run(|_| async {
        let mut judged = Vec::new();
        for (name, loopback_only) in [("127.0.0.1", true), ("192.0.2.1", true), ("192.0.2.1", false)] {
            let resolved = Resolver { loopback_only }.resolve(name.parse().unwrap()).await;
            judged.push(resolved.err().map(|error| error.downcast::<Error>().unwrap().kind()));
        }
        judged
    });
    assert_eq!(judged, [None, Some(ErrorKind::Option), None]);
}

#[test]
fn a_name_of_another_machine_is_refused() {
    // The machine's own name often stands for its address in a network. Where it does not, there is nothing to test.
    let Some(name) = listed_name() else { return };
    let error = run(move |_| async move {
        let call = options(&[("max_retries", "0")]);
        http(&call).send(get(format!("http://{name}:9/").parse().unwrap()), &call).await.unwrap_err()
    });
    assert_eq!(error.kind(), ErrorKind::Option, "{error}");
}

/// The name of this machine, if its own list of names, which asks nobody, has an address for it in a network.
fn listed_name() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?.trim().to_owned();
    let list = std::fs::read_to_string("/etc/hosts").ok()?;
    let is_listed = list.lines().any(|line| {
        let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
        let address = words.next().and_then(|word| word.parse::<std::net::IpAddr>().ok());
        address.is_some_and(|address| !address.is_loopback()) && words.any(|word| word == name)
    });
    is_listed.then_some(name)
}

#[test]
fn a_base_url_is_checked() {
    let of = |url: &str, plain: &str| {
        let options = options(&[("api_base_url", url), ("allow_plain_http", plain)]);
        base_url("api_base_url", &options).map(|url| url.to_string())
    };
    for good in ["https://api.example/v1", "http://localhost:8080", "http://[::1]:1", "http://name.example"] {
        assert!(of(good, "no").is_ok(), "{good}");
    }
    for bad in [
        "",
        "api.example",
        "ftp://api.example",
        "http://192.0.2.1",
        "https://me:pw@api.example",
        "https://api.example/?x=1",
        "https://api.example/#x",
        "file:///etc/passwd",
    ] {
        assert_eq!(of(bad, "no").unwrap_err().kind(), ErrorKind::Option, "{bad}");
    }
    assert!(of("http://192.0.2.1", "yes").is_ok());
}
