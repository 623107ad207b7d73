//! Through a proxy: by CONNECT, by forwarding, with a login, or past it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use super::secure::Authority;
use super::server::{Server, answering, ok};
use super::{get, http, options, run};
use crate::error::{Error, ErrorKind, Result};
use crate::http::Request;
use crate::options::Options;

const LOGIN: &str = "Basic bWU6cEBzcw==";

/// A proxy that connects to the same target whatever it is asked for, if the login is right.
struct Proxy {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn start(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let of_thread = asked.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let asked = of_thread.clone();
                std::thread::spawn(move || tunnel(stream.unwrap(), target, &asked));
            }
        });
        Self { address, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn tunnel(mut client: TcpStream, target: SocketAddr, asked: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if client.read(&mut byte).unwrap_or(0) == 0 {
            return;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    asked.lock().unwrap().push(head.lines().next().unwrap().to_owned());
    if !head.to_lowercase().contains(&format!("proxy-authorization: {LOGIN}").to_lowercase()) {
        let _ = client.write_all(b"HTTP/1.1 407 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return;
    }
    let mut server = TcpStream::connect(target).unwrap();
    client.write_all(b"HTTP/1.1 200 X\r\n\r\n").unwrap();
    let (mut back_from, mut back_to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    std::thread::spawn(move || std::io::copy(&mut back_from, &mut back_to));
    let _ = std::io::copy(&mut client, &mut server);
}

fn status(request: Request, call: Options) -> Result<u16> {
    run(move |_| async move { http(&call).send(request, &call).await.map(|response| response.status()) })
}

fn with_login(call: Options, password: &str) -> Options {
    call.with("proxy_username", "me").and_then(|call| call.with("proxy_password", password)).unwrap()
}

#[test]
fn https_goes_through_a_tunnel() {
    let authority = Authority::new();
    let tls = authority.server(&["service.test"]);
    let server = Server::start_with(vec![ok(""), ok("")], Some(tls));
    let proxy = Proxy::start(server.address);
    let ca_file = authority.file();
    let call = || {
        options(&[("proxy", &format!("http://{}", proxy.address)), ("max_retries", "1")])
            .with("ca_file", ca_file.path())
            .unwrap()
    };
    // Nobody resolves the name but the proxy.
    let request = || get("https://service.test/x?y=1".parse().unwrap());
    assert_eq!(status(request(), with_login(call(), "p@ss")).unwrap(), 200);
    assert_eq!(proxy.asked(), ["CONNECT service.test:443 HTTP/1.1"]);
    let head = &server.seen()[0];
    assert_eq!((head.first_line(), head.header("proxy-authorization")), ("GET /x?y=1 HTTP/1.1", None));

    let in_url = format!("http://me:p%40ss@{}", proxy.address);
    assert_eq!(status(request(), call().with("proxy", &in_url).unwrap()).unwrap(), 200);

    let error = status(request(), with_login(call(), "hidden-word")).unwrap_err();
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::Connect, Some(407)), "{error}");
    assert!(!error.is_retriable() && error.hint().contains("proxy_username"));
    assert!(!format!("{error:?}").contains("hidden"));
    assert_eq!(proxy.asked().len(), 3, "a login that is refused is not tried again");
}

#[test]
fn plain_http_is_forwarded_only_if_it_may_go_outside() {
    let proxy = Server::start(vec![ok("")]);
    let call = || options(&[("proxy", &format!("http://{}", proxy.address)), ("max_retries", "0")]);
    let outside = || get("http://outside.test/x?y=1".parse().unwrap());
    // The name cannot be resolved here, and the proxy is not asked to.
    assert_eq!(status(outside(), call()).unwrap_err().kind(), ErrorKind::Connect);
    assert_eq!(proxy.connections(), 0);
    let allowed = call().with("allow_plain_http", "yes").unwrap();
    assert_eq!(status(outside(), with_login(allowed, "p@ss")).unwrap(), 200);
    let seen = &proxy.seen()[0];
    assert_eq!(seen.first_line(), "GET http://outside.test/x?y=1 HTTP/1.1");
    assert_eq!(seen.header("proxy-authorization"), Some(LOGIN));
}

#[test]
fn who_is_exempt_is_reached_directly() {
    for exempt in ["127.0.0.1", "10.0.0.0/8, 127.0.0.0/8", "*"] {
        let server = Server::start(vec![answering(204, "", "")]);
        let call = options(&[
            ("proxy", "http://127.0.0.1:1"),
            ("no_proxy", exempt),
            ("allow_plain_http", "yes"),
            ("max_retries", "0"),
        ]);
        assert_eq!(status(get(server.url("/")), call).unwrap(), 204, "{exempt}");
    }
    let server = Server::start(vec![answering(204, "", "")]);
    let mut named = server.url("/");
    named.set_host(Some("localhost")).unwrap();
    let call = |exempt| {
        options(&[
            ("proxy", "http://127.0.0.1:1"),
            ("no_proxy", exempt),
            ("allow_plain_http", "yes"),
            ("max_retries", "0"),
        ])
    };
    let error: Error = status(get(named.clone()), call("host, example.org")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert_eq!(status(get(named), call("example.org;*.LOCALHOST")).unwrap(), 204);
}
