//! The listener for the browser's redirect, and who else may knock.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use super::{LONG, advice, key, runtime};
use crate::auth::loopback::RedirectListener;
use crate::auth::{Login, LoginSettings};
use crate::error::{ErrorKind, Result};
use crate::http::Url;

fn login(redirect_uri: &str) -> Login {
    let settings = LoginSettings {
        authorize_url: Url::parse("https://auth.example/authorize").unwrap(),
        redirect_uri: redirect_uri.into(),
        scope: "openid".into(),
        extra: vec![],
        key: key(),
        lifetime: Duration::from_secs(600),
        keep: &[],
        advice,
    };
    settings.begin().unwrap()
}

/// A port that nobody has.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Connects as soon as somebody listens.
fn connect(port: u16) -> TcpStream {
    let started = Instant::now();
    loop {
        match TcpStream::connect(("127.0.0.1", port)) {
            Ok(stream) => return stream,
            Err(error) => assert!(started.elapsed() < LONG, "nobody listens: {error}"),
        }
        std::thread::yield_now();
    }
}

fn ask(port: u16, request: &str) -> String {
    let mut stream = connect(port);
    let _ = stream.write_all(request.as_bytes());
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

fn get(port: u16, target: &str) -> String {
    ask(port, &format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"))
}

/// Listens while `browser` runs, which gets the port and the state.
fn listen(browser: impl FnOnce(u16, &str)) -> Result<String> {
    let port = free_port();
    let login = login(&format!("http://127.0.0.1:{port}/back"));
    let state = login.state().to_owned();
    let runtime = runtime();
    let listening = runtime.spawn(async move { receive_redirect(&login, Duration::from_secs(60)).await });
    browser(port, &state);
    runtime.block_on(listening).unwrap()
}

#[test]
fn the_first_redirect_of_the_login_ends_it() {
    let redirect = listen(|port, state| {
        let answer = get(port, &format!("/back?code=the-code&state={state}"));
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(
            answer.contains("Cache-Control: no-store") && answer.contains("Referrer-Policy: no-referrer")
        );
        assert!(!answer.contains("the-code") && !answer.contains(state), "nothing comes back: {answer}");
    });
    let redirect = Url::parse(&redirect.unwrap()).unwrap();
    assert!(redirect.query().unwrap().starts_with("code=the-code&state="));
}

#[test]
fn a_refusal_of_the_login_page_ends_it_too() {
    let redirect = listen(|port, state| {
        get(port, &format!("/back?error=access_denied&state={state}"));
    });
    assert!(redirect.unwrap().contains("error=access_denied"));
}

#[test]
fn nothing_else_ends_it() {
    let redirect = listen(|port, state| {
        let good = format!("/back?code=c&state={state}");
        let host = format!("Host: 127.0.0.1:{port}");
        let expect = |status: u16, request: String| {
            let answer = ask(port, &request);
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{status}: {answer}");
            assert!(!answer.contains("marker") && !answer.contains(state), "{answer}");
        };
        expect(404, format!("GET /favicon.ico?marker HTTP/1.1\r\n{host}\r\n\r\n"));
        expect(404, format!("GET /back/more?state={state} HTTP/1.1\r\n{host}\r\n\r\n"));
        expect(404, format!("GET /Back?state={state} HTTP/1.1\r\n{host}\r\n\r\n"));
        expect(400, format!("GET /back?code=marker&state=wrong HTTP/1.1\r\n{host}\r\n\r\n"));
        expect(400, format!("GET /back?code=marker HTTP/1.1\r\n{host}\r\n\r\n"));
        expect(400, format!("GET /back?code=c&state={state}&state={state} HTTP/1.1\r\n{host}\r\n\r\n"));
        expect(400, format!("GET //evil.example{good} HTTP/1.1\r\n{host}\r\n\r\n"));
        expect(400, format!("GET http://127.0.0.1:{port}{good} HTTP/1.1\r\n{host}\r\n\r\n"));
        expect(421, format!("GET {good} HTTP/1.1\r\nHost: evil.example\r\n\r\n"));
        expect(421, format!("GET {good} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
        expect(421, format!("GET {good} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"));
        expect(421, format!("GET {good} HTTP/1.1\r\n{host}\r\n{host}\r\n\r\n"));
        expect(421, format!("GET {good} HTTP/1.0\r\n\r\n"));
        expect(405, format!("HEAD {good} HTTP/1.1\r\n{host}\r\n\r\n"));
        expect(405, format!("POST {good} HTTP/1.1\r\n{host}\r\nContent-Length: 0\r\n\r\n"));
        expect(413, format!("GET {good} HTTP/1.1\r\n{host}\r\nContent-Length: 5\r\n\r\nhello"));
        expect(413, format!("GET {good} HTTP/1.1\r\n{host}\r\nTransfer-Encoding: chunked\r\n\r\n"));
        expect(400, "\u{1}\u{2}\u{3}nonsense\r\n\r\n".to_owned());
        let many = (0..200).map(|n| format!("X-{n}: y\r\n")).collect::<String>();
        expect(431, format!("GET {good} HTTP/1.1\r\n{host}\r\n{many}\r\n"));
        // Huge, in a line without an end: the listener answers or hangs up, and reads no more of it.
        ask(port, &format!("GET /back?state={} HTTP/1.1\r\n", "y".repeat(1 << 20)));
        get(port, &good);
    });
    assert!(redirect.unwrap().contains("code=c"));
}

#[test]
fn connections_that_say_nothing_or_half_of_it_are_in_nobodys_way() {
    let redirect = listen(|port, state| {
        let idle = (0..80).map(|_| connect(port)).collect::<Vec<_>>();
        let half = (0..20).map(|_| {
            let mut stream = connect(port);
            stream.write_all(b"GET /back?co").unwrap();
            stream
        });
        let half = half.collect::<Vec<_>>();
        let answer = get(port, &format!("/back?code=c&state={state}"));
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        drop((idle, half));
    });
    assert!(redirect.is_ok());
}

#[test]
fn a_request_may_come_in_pieces() {
    let redirect = listen(|port, state| {
        let mut stream = connect(port);
        for byte in
            format!("GET /back?code=c&state={state} HTTP/1.1\r\nhOsT:127.0.0.1:{port}\r\n\r\n").bytes()
        {
            stream.write_all(&[byte]).unwrap();
        }
        stream.read_to_string(&mut String::new()).unwrap();
    });
    assert!(redirect.is_ok());
}

#[test]
fn nobody_came() {
    let login = login(&format!("http://127.0.0.1:{}/back", free_port()));
    let error = runtime().block_on(receive_redirect(&login, Duration::from_millis(1))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LoginRequired);
}

#[test]
fn only_an_address_of_this_machine_with_a_port_is_listened_at() {
    for bad in [
        "https://127.0.0.1:8901/back",
        "http://127.0.0.1/back",
        "http://example.org:8901/back",
        "http://192.168.0.1:8901/back",
        "http://127.0.0.1:0/back",
        "com.example.app:/back",
    ] {
        let error = runtime().block_on(receive_redirect(&login(bad), Duration::from_secs(9))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Option, "{bad}");
    }
}

#[test]
fn a_port_that_another_program_has_is_an_error() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let login = login(&format!("http://localhost:{port}/back"));
    let error = runtime().block_on(receive_redirect(&login, Duration::from_secs(9))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.message().contains(&port.to_string()));
}

async fn receive_redirect(login: &Login, patience: Duration) -> Result<String> {
    RedirectListener::bind(login)?.redirect(patience).await
}
