//! Which requests are sent again, and how often.

use std::time::SystemTime;

use super::server::{Script, Server, answering, closing, cut_answer, ok};
use super::{get, http, options, run};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Body, Method, Repeat, Request, Sink};
use crate::options::Options;

const MOST: usize = 1 << 20;

/// Status and body, or the error.
fn outcome(request: Request, call: Options) -> Result<(u16, Vec<u8>)> {
    run(move |_| async move {
        let response = http(&call).send(request, &call).await?;
        let status = response.status();
        Ok((status, response.bytes(MOST).await?.to_vec()))
    })
}

fn busy() -> Script {
    answering(503, "", "busy")
}

#[test]
fn a_safe_request_outlasts_a_server_that_is_busy() {
    for status in [408, 429, 500, 502, 503, 504] {
        let server = Server::start(vec![answering(status, "", ""), busy(), ok("done")]);
        let got = outcome(get(server.url("/")), Options::new()).unwrap();
        assert_eq!((got.0, &got.1[..], server.seen().len()), (200, &b"done"[..], 3), "{status}");
    }
}

#[test]
fn what_is_refused_is_not_asked_again() {
    for status in [400, 401, 403, 404, 406, 409, 412, 501] {
        let server = Server::start(vec![answering(status, "", "why"), ok("")]);
        let got = outcome(get(server.url("/")), Options::new()).unwrap();
        assert_eq!((got.0, &got.1[..], server.seen().len()), (status, &b"why"[..], 1));
    }
}

#[test]
fn the_last_answer_stands() {
    let server = Server::start(vec![busy(), busy(), busy(), ok("")]);
    let got = outcome(get(server.url("/")), options(&[("max_retries", "2")])).unwrap();
    assert_eq!((got.0, server.seen().len()), (503, 3));
}

#[test]
fn what_may_do_something_twice_is_sent_once() {
    for repeat in [Repeat::Never, Repeat::Unsent] {
        let scripts: [fn() -> Script; 3] = [busy, closing, || cut_answer("half")];
        for script in scripts {
            let server = Server::start(vec![script(), ok("")]);
            let request = Request::new(Method::POST, server.url("/")).repeat(repeat);
            let got = outcome(request.body(Body::Json(b"{}".to_vec().into())), Options::new());
            match got {
                Ok((status, _)) => assert_eq!(status, 503),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Protocol, "{error}"),
            }
            assert_eq!(server.seen().len(), 1);
        }
    }
}

#[test]
fn nobody_listening_is_an_error_of_connecting() {
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for repeat in [Repeat::Never, Repeat::Unsent, Repeat::Safe] {
        let request = Request::new(Method::POST, format!("http://{unused}/").parse().unwrap()).repeat(repeat);
        let error = outcome(request, Options::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect);
        assert!(error.is_retriable());
    }
}

/// Nobody accepts at first: the connection is refused, and nothing of the request was sent.
#[test]
fn a_post_waits_for_a_server_that_starts_late() {
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let late = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(30));
        let listener = std::net::TcpListener::bind(address).unwrap();
        let (mut stream, _) = listener.accept().unwrap();
        let mut buffer = [0; 4096];
        let count = std::io::Read::read(&mut stream, &mut buffer).unwrap();
        std::io::Write::write_all(&mut stream, b"HTTP/1.1 201 X\r\nContent-Length: 0\r\n\r\n").unwrap();
        String::from_utf8_lossy(&buffer[..count]).into_owned()
    });
    let url = format!("http://{address}/late").parse().unwrap();
    let request = Request::new(Method::POST, url).repeat(Repeat::Unsent);
    let call = options(&[("max_retries", "100")]);
    let got = run(move |_| async move {
        let http = crate::http::Http::with_first_pause(&call, std::time::Duration::from_millis(50)).unwrap();
        http.send(request, &call).await.map(|response| response.status())
    });
    assert_eq!(got.unwrap(), 201);
    assert!(late.join().unwrap().starts_with("POST /late HTTP/1.1"));
}

#[test]
fn an_answer_that_breaks_off_is_asked_for_again() {
    let scripts = || vec![closing(), cut_answer("{\"half\":"), busy(), ok("{\"whole\":1}")];
    let server = Server::start(scripts());
    let got = outcome(get(server.url("/")), Options::new()).unwrap();
    assert_eq!((got.0, &got.1[..], server.seen().len()), (200, &b"{\"whole\":1}"[..], 4));

    let server = Server::start(scripts());
    let url = server.url("/");
    let file = run(move |_| async move {
        let call = Options::new();
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, b"before:").unwrap();
        let response = http(&call).send(get(url), &call).await.unwrap();
        let (sink, count) = response.into_sink(Sink::File(file), 1000, |_, _| {}).await.unwrap();
        assert_eq!(count, 11);
        let Sink::File(mut file) = sink else { panic!("a file was given") };
        let mut text = String::new();
        std::io::Seek::rewind(&mut file).unwrap();
        std::io::Read::read_to_string(&mut file, &mut text).unwrap();
        text
    });
    assert_eq!(file, "before:{\"whole\":1}");
    assert_eq!(server.seen().len(), 4);
}

#[test]
fn an_answer_that_always_breaks_off_is_an_error_in_the_end() {
    let server = Server::start((0..9).map(|_| cut_answer("half")).collect());
    let error = outcome(get(server.url("/")), options(&[("max_retries", "3")])).unwrap_err();
    assert_eq!((error.kind(), error.http_status(), server.seen().len()), (ErrorKind::Protocol, Some(200), 4));
}

#[test]
fn a_server_says_when_to_come_back() {
    let soon = httpdate::fmt_http_date(SystemTime::now() + std::time::Duration::from_secs(1));
    let by_date: &'static str = format!("Retry-After: {soon}\r\n").leak();
    let server = Server::start(vec![
        answering(429, "Retry-After: 0\r\n", ""),
        answering(429, by_date, ""),
        answering(503, "Retry-After: 1\r\n", ""),
        ok("done"),
    ]);
    assert_eq!(outcome(get(server.url("/")), Options::new()).unwrap().0, 200);
    assert_eq!(server.seen().len(), 4);
}

#[test]
fn who_is_to_come_back_after_the_deadline_is_told_at_once() {
    let later = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 09:49:37 GMT\r\n";
    let asked = "Retry-After: 3600\r\nRequest-Id: r-1\r\nX-Correlation-Id: c-1\r\n";
    let rows = [(429, asked, ErrorKind::RateLimited), (503, later, ErrorKind::Service)];
    for (status, headers, kind) in rows {
        let server = Server::start(vec![answering(status, headers, "{}"), ok("")]);
        let url = server.url("/");
        let error: Error = run(move |_| async move {
            let call = Options::new();
            http(&call).send(get(url), &call).await.unwrap().refusal()
        });
        assert_eq!((error.kind(), error.http_status()), (kind, Some(status)));
        assert_eq!(error.retry_after(), Some(std::time::Duration::from_secs(3600)));
        assert!(error.is_retriable());
        assert_eq!(error.request_id(), if status == 429 { "r-1" } else { "" });
        assert_eq!(server.seen().len(), 1);
    }
}
