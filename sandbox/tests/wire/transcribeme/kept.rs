//! With a file for its data, the sandbox goes on where it was killed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use crate::support::{eventually, http, text};

struct Program {
    child: Child,
    ready: Value,
    http: Client,
}

/// A port that was free a moment ago.
fn free_port() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

impl Program {
    fn start(data: &Path, ports: &[String; 2]) -> Self {
        let script = r#"{"pace_ms":50}"#;
        let behaviour = r#"{"transcribeme":{"upload_url_origin":"storage"}}"#;
        let mut child = Command::new(env!("CARGO_BIN_EXE_tiro-sandbox"))
            .args(["--engine", "scripted", "--script", script, "--behaviour", behaviour])
            .args(["--listen", &ports[0], "--listen-storage", &ports[1], "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, ready: serde_json::from_str(&line).unwrap(), http: http().build().unwrap() }
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", text(&self.ready["transcribeme_url"]))
    }

    async fn ask(&self, request: RequestBuilder, token: &str) -> Value {
        let answer = request.bearer_auth(token).header("X-Api-Key", "demo").send().await.unwrap();
        let (status, body) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap_or_default()
    }

    async fn part(&self, url: &str, number: u32) {
        let url = format!("{url}&chunkNumber={number}");
        assert_eq!(self.http.post(url).body("sound").send().await.unwrap().status(), 200);
    }

    async fn control(&self, what: &str) -> Value {
        let url = format!("{}/transcribeme/{what}", text(&self.ready["control_url"]));
        let request = self.http.get(url).bearer_auth(text(&self.ready["control_token"]));
        request.send().await.unwrap().json().await.unwrap()
    }
}

/// Killed, without a chance to tidy up: SIGKILL, where there is one.
impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn tokens_parts_orders_and_the_work_outlive_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("sandbox.sqlite");
    let ports = [free_port(), free_port()];
    let program = Program::start(&data, &ports);
    let sign_in = program.http.post(program.url("token")).form(&super::support::password());
    let token = text(&program.ask(sign_in, "none").await["access_token"]);
    let begin = program.http.get(program.url("uploads/url?fileName=x.wav&isAsync=true"));
    let url = text(&program.ask(begin, &token).await["url"]);
    program.part(&url, 0).await;
    drop(program);

    let program = Program::start(&data, &ports);
    program.part(&url, 1).await;
    let query = url.split_once('?').unwrap().1;
    let commit =
        program.http.post(program.url(&format!("uploads/async/commit?{query}"))).header("Content-Length", 0);
    program.ask(commit, &token).await;
    let recording = program.control("recordings").await["recordings"][0].clone();
    assert_eq!((&recording["size"], &recording["status"]), (&json!(10), &json!(1)));
    let body = json!({ "id": "", "recordings": [recording["id"]] });
    let order = program.ask(program.http.post(program.url("orders")).json(&body), &token).await;
    let place = program.url(&format!("orders/{}/place", text(&order["id"])));
    program.ask(program.http.post(place).json(&json!([{ "billingType": 0 }])), &token).await;
    drop(program);

    let program = Program::start(&data, &ports);
    assert_eq!(program.control("orders").await["orders"][0]["placed"], 1);
    let status = program.url(&format!("recordings/{}/status", text(&recording["id"])));
    let now = async || program.ask(program.http.get(&status), &token).await;
    eventually(now, |status| *status == 3).await;
}
