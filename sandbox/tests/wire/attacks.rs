//! What somebody would try who must not get in.

use std::io::{Read, Write};
use std::net::TcpStream;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{DEVELOPER, Fixture, text};

/// The status of a request that no well-behaved client would send.
fn raw(fixture: &Fixture, head: &str) -> u16 {
    let address = fixture.url("").replace("http://", "");
    let mut stream = TcpStream::connect(&address).unwrap();
    let head = head.replace("{address}", &address).replace('\n', "\r\n");
    stream.write_all(format!("{head}\r\nConnection: close\r\n\r\n").as_bytes()).unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

#[tokio::test]
async fn the_control_api_wants_its_token() {
    let fixture = Fixture::start();
    let user = fixture.token(DEVELOPER).await;
    let url = format!("{}/log", fixture.sandbox.ready().control_url);
    assert_eq!(fixture.http.get(&url).send().await.unwrap().status(), 401);
    assert_eq!(fixture.http.get(&url).bearer_auth(&user).send().await.unwrap().status(), 401);
    let of_query = format!("{url}?access_token={}", fixture.sandbox.ready().control_token);
    assert_eq!(fixture.http.get(of_query).send().await.unwrap().status(), 401);
    let nothing = format!("{}/nothing", fixture.sandbox.ready().control_url);
    assert_eq!(fixture.http.get(nothing).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn another_host_gets_nothing() {
    let fixture = Fixture::start();
    let token = fixture.sandbox.ready().control_token.clone();
    for path in ["/_control/log", "/api/records/worklist", "/account/login", "/connect/token"] {
        let with = |host: &str| {
            raw(&fixture, &format!("GET {path} HTTP/1.1\nHost: {host}\nAuthorization: Bearer {token}"))
        };
        for host in ["evil.test", "127.0.0.1", "localhost", "localhost.evil.test:80", "[::1]:80", ""] {
            assert_eq!(with(host), 421, "{host}");
        }
        assert_ne!(with("{address}"), 421);
        let two = format!("GET {path} HTTP/1.1\nHost: {{address}}\nHost: evil.test");
        assert_eq!(raw(&fixture, &two), 421);
        let absolute = format!("GET http://evil.test{path} HTTP/1.1\nHost: {{address}}");
        assert_eq!(raw(&fixture, &absolute), 421);
        assert_ne!(raw(&fixture, &format!("GET {path} HTTP/1.0")), 200, "no host at all");
    }
}

#[tokio::test]
async fn a_path_with_tricks_leads_nowhere() {
    let fixture = Fixture::start();
    let token = fixture.token(DEVELOPER).await;
    for path in [
        "/api/records/../../_control/log",
        "/api/records/%2e%2e%2f%2e%2e%2f_control%2flog",
        "/api/records/..%2f..%2fetc%2fpasswd",
        "/api/records//",
        "//_control/log",
        "/%5fcontrol/log",
        "/api/records/%00",
        "/app/style.css/../../_control/log",
    ] {
        let status =
            raw(&fixture, &format!("GET {path} HTTP/1.1\nHost: {{address}}\nAuthorization: Bearer {token}"));
        assert!([400, 401, 404].contains(&status), "{path}: {status}");
    }
}

#[tokio::test]
async fn a_file_name_leads_nowhere_and_is_kept_as_it_is() {
    let fixture = Fixture::start();
    let token = fixture.token(DEVELOPER).await;
    for name in ["../../../etc/passwd", "/etc/passwd", "a\u{202e}gpj.exe", "<b>&\"'.wav"] {
        let id = fixture.upload(&token, name, b"x").await;
        let record = fixture.wait_for(&token, &id, "readyForCorrection").await;
        assert_eq!(record["title"], name);
    }
    let part = "Content-Disposition: form-data; name=\"file\"; filename=\"..\\..\\%22x%22.wav\"";
    let body = format!("--b\r\n{part}\r\n\r\nx\r\n--b--\r\n");
    let post = fixture.http.post(fixture.url("/api/records")).bearer_auth(&token).body(body);
    let answer = post.header("content-type", "multipart/form-data; boundary=b").send().await.unwrap();
    assert_eq!(answer.status(), 201);
    let id = text(&answer.json::<Value>().await.unwrap()["recordId"]);
    assert_eq!(fixture.get_json(&format!("/api/records/{id}"), &token).await["title"], "..\\..\\\"x\".wav");
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused() {
    let fixture = Fixture::start();
    let token = fixture.token(DEVELOPER).await;
    let long = "x".repeat(3_000_000);
    let form = [("grant_type", long.as_str())];
    let answer = fixture.http.post(fixture.url("/connect/token")).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), 413);
    let field = reqwest::multipart::Form::new().text("title", long);
    let answer = fixture.http.post(fixture.url("/api/records")).bearer_auth(&token).multipart(field);
    assert_eq!(answer.send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn where_other_machines_reach_it_leave_is_wanted() {
    let settings =
        || tiro_sandbox::Settings { listen: "0.0.0.0:0".parse().unwrap(), ..crate::support::fast() };
    let refused = tiro_sandbox::Sandbox::start(settings()).unwrap_err();
    assert!(refused.to_string().contains("--allow-remote"));
    let allowed = tiro_sandbox::Settings { allow_remote: true, ..settings() };
    let fixture = Fixture::with(allowed);
    fixture.control(Method::GET, "/log").json(&json!({})).send().await.unwrap();
}
