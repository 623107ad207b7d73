//! Answers that come late, come slowly, or are not what was asked for; and WebSockets.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use secrecy::SecretString;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::server::{Script, Server, answering, ok};
use super::{get, http, options, run};
use crate::error::{Error, ErrorKind};
use crate::http::{Request, Sink};
use crate::options::Options;
use crate::runtime::Operation;

/// A byte now and then, for ever.
fn drip() -> Script {
    Box::new(|peer| {
        peer.read_body();
        peer.write(b"HTTP/1.1 200 X\r\nContent-Length: 1000000\r\n\r\n");
        while peer.write(b"x") {
            std::thread::sleep(Duration::from_millis(20));
        }
        peer.close();
    })
}

/// Nothing at all, until the client is gone.
fn silence() -> Script {
    Box::new(|peer| {
        peer.read_body();
        peer.read_some(1);
        peer.close();
    })
}

fn error_of(request: Request, call: Options) -> Error {
    run(move |_| async move {
        match http(&call).send(request, &call).await {
            Ok(response) => response.bytes(1 << 20).await.unwrap_err(),
            Err(error) => error,
        }
    })
}

#[test]
fn a_deadline_holds_for_the_whole_answer() {
    for script in [drip(), silence()] {
        let server = Server::start(vec![script]);
        let error = error_of(get(server.url("/")), options(&[("request_timeout_ms", "2000")]));
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert_eq!(server.seen().len(), 1);
    }
}

#[test]
fn a_streamed_answer_may_take_its_time_but_not_fall_silent() {
    let stalls: Script = Box::new(|peer| {
        peer.read_body();
        peer.write(b"HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\n");
        for _ in 0..25 {
            std::thread::sleep(Duration::from_millis(100));
            peer.write(b"x");
        }
        peer.read_some(1);
    });
    let server = Server::start(vec![stalls]);
    let url = server.url("/");
    let error = run(move |_| async move {
        let call =
            options(&[("request_timeout_ms", "2000"), ("idle_timeout_ms", "2500"), ("max_retries", "0")]);
        let response = http(&call).send(get(url), &call).await.unwrap();
        response.into_sink(Sink::Memory(Vec::new()), 1000, |_, _| {}).await.unwrap_err()
    });
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.message().contains("no byte"), "{error}");
}

#[test]
fn what_is_no_json_is_not_quoted() {
    let html = answering(200, "Content-Type: text/html\r\n", "<html>private words</html>");
    let other = ok("{\"a\":\"private words\"}");
    let server = Server::start(vec![html, other]);
    let urls = [server.url("/1"), server.url("/2")];
    for url in urls {
        let error = run(move |_| async move {
            let call = Options::new();
            let response = http(&call).send(get(url), &call).await.unwrap();
            response.json::<Vec<u32>>(1000).await.unwrap_err()
        });
        assert_eq!((error.kind(), error.http_status()), (ErrorKind::Protocol, Some(200)));
        assert!(!error.is_retriable() && !error.message().contains("private"), "{error}");
    }
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn an_answer_has_a_largest_size() {
    let endless: Script = Box::new(|peer| {
        peer.read_body();
        peer.write(b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n");
        while peer.write(b"4\r\nabcd\r\n") {}
        peer.close();
    });
    let claims: Script = Box::new(|peer| {
        peer.read_body();
        peer.write(b"HTTP/1.1 200 X\r\nContent-Length: 99999999999\r\n\r\n");
        peer.read_some(1);
    });
    let server = Server::start(vec![endless, claims]);
    for path in ["/1", "/2"] {
        let error = error_of(get(server.url(path)), Options::new());
        assert_eq!(error.kind(), ErrorKind::Protocol);
        assert!(error.message().contains("larger than"), "{error}");
    }
    assert_eq!(server.seen().len(), 2, "it is not asked for again");
}

#[test]
fn a_head_says_what_time_it_is() {
    let server = Server::start(vec![answering(200, "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", "")]);
    let url = server.url("/");
    let time = run(move |_| async move {
        let call = Options::new();
        http(&call).send(get(url), &call).await.unwrap().server_time()
    });
    assert_eq!(time, Some(std::time::UNIX_EPOCH + Duration::from_secs(784_111_777)));
}

#[test]
fn a_call_that_is_given_up_closes_its_connection() {
    let (tell, told) = std::sync::mpsc::channel();
    let (ask, asked) = std::sync::mpsc::channel();
    let waits: Script = Box::new(move |peer| {
        ask.send(()).unwrap();
        tell.send(peer.read_some(1)).unwrap();
    });
    let server = Server::start(vec![waits]);
    let url = server.url("/");
    let operation = Operation::<()>::start(move |_| async move {
        let call = Options::new();
        http(&call).send(get(url), &call).await.map(drop)
    })
    .unwrap();
    asked.recv().unwrap();
    drop(operation);
    assert_eq!(told.recv_timeout(Duration::from_secs(10)), Ok(0), "the server sees the end");
}

fn upgrading(accept: impl FnOnce(&str) -> String + Send + 'static) -> Script {
    Box::new(move |peer| {
        let accepted = accept(peer.seen.header("sec-websocket-key").unwrap());
        peer.write(
            format!(
                "HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accepted}\r\n\r\n"
            )
            .as_bytes(),
        );
        // A text of a server's, unmasked; then whatever the client says.
        peer.write(b"\x81\x05hello");
        peer.read_some(6 + 3);
    })
}

#[test]
fn a_websocket_is_opened_like_any_request() {
    let server = Server::start(vec![upgrading(|key| derive_accept_key(key.as_bytes()))]);
    let mut url = server.url("/hub?id=1");
    url.set_scheme("ws").unwrap();
    let heard = run(move |_| async move {
        let call = Options::new();
        let request = Request::get(url).bearer(SecretString::from("the-token"));
        let mut socket = http(&call).websocket(request, &call).await.unwrap();
        let heard = socket.next().await.unwrap().unwrap();
        socket.send(Message::text("abc")).await.unwrap();
        heard.into_text().unwrap().to_string()
    });
    assert_eq!(heard, "hello");
    let seen = server.wait_for(|seen| seen.first().is_some_and(|seen| seen.body.len() == 9));
    assert_eq!(seen[0].first_line(), "GET /hub?id=1 HTTP/1.1");
    assert_eq!(seen[0].header("authorization"), Some("Bearer the-token"));
    assert_eq!(seen[0].header("sec-websocket-version"), Some("13"));
    let (mask, text) = (&seen[0].body[2..6], &seen[0].body[6..]);
    let unmasked: Vec<u8> = text.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
    assert_eq!(unmasked, b"abc");
}

#[test]
fn a_websocket_that_is_refused_says_why() {
    let rows: [(Script, ErrorKind, Option<u16>); 3] = [
        (answering(401, "", ""), ErrorKind::Auth, Some(401)),
        (answering(200, "", "<html>"), ErrorKind::Protocol, Some(200)),
        (upgrading(|_| "nonsense".into()), ErrorKind::Protocol, None),
    ];
    for (script, kind, status) in rows {
        let server = Server::start(vec![script]);
        let url = server.url("/hub");
        let error = run(move |_| async move {
            let call = Options::new();
            http(&call).websocket(get(url), &call).await.unwrap_err()
        });
        assert_eq!((error.kind(), error.http_status()), (kind, status));
    }
}
