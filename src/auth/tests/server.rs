//! A small HTTP server on this machine: a closure answers, and what was asked is kept.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A field of a form, decoded.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        let raw = self.body.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
        Some(percent_encoding::percent_decode_str(raw).decode_utf8().unwrap().into_owned())
    }
}

pub(super) enum Reply {
    /// Status, further header lines, body.
    Answer(u16, String, String),
    /// The connection ends without an answer.
    Cut,
}

pub(super) fn json(status: u16, body: impl Into<String>) -> Reply {
    Reply::Answer(status, "Content-Type: application/json\r\n".into(), body.into())
}

/// An answer with tokens of this name.
pub(super) fn tokens(name: &str, expires_in: u32) -> Reply {
    json(
        200,
        format!(
            r#"{{"access_token":"access-{name}","refresh_token":"refresh-{name}","expires_in":{expires_in},"token_type":"Bearer","userId":"u-7"}}"#
        ),
    )
}

pub(super) fn refusal(code: &str) -> Reply {
    json(400, format!(r#"{{"error":"{code}"}}"#))
}

type Answering = dyn FnMut(&Asked) -> Reply + Send;

pub(super) struct Server {
    port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub(super) fn start(answer: impl FnMut(&Asked) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let answer: Arc<Mutex<Box<Answering>>> = Arc::new(Mutex::new(Box::new(answer)));
        let kept = asked.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, answer) = (kept.clone(), answer.clone());
                std::thread::spawn(move || serve(stream, &kept, &answer));
            }
        });
        Self { port, asked }
    }

    /// Answers these, one after the other; a further request is answered by 500.
    pub(super) fn script(replies: impl IntoIterator<Item = Reply>) -> Self {
        let mut replies = replies.into_iter().collect::<std::collections::VecDeque<_>>();
        Self::start(move |_| replies.pop_front().unwrap_or_else(|| json(500, "{}")))
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The grants that were asked for, in order.
    pub(super) fn grants(&self) -> Vec<String> {
        self.asked().iter().filter_map(|asked| asked.field("grant_type")).collect()
    }
}

fn serve(stream: TcpStream, kept: &Mutex<Vec<Asked>>, answer: &Mutex<Box<Answering>>) {
    let mut reader = BufReader::new(stream);
    while let Some(asked) = read(&mut reader) {
        // One lock over both: the order of the answers is that of what was kept.
        let mut answer = answer.lock().unwrap();
        kept.lock().unwrap().push(asked.clone());
        let Reply::Answer(status, headers, body) = answer(&asked) else { return };
        drop(answer);
        let head = format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
        if reader.get_mut().write_all((head + &body).as_bytes()).is_err() {
            return;
        }
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let target = line.split(' ').nth(1)?.to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.trim().to_owned())),
            None => break,
        }
    }
    let mut asked = Asked { target, headers, body: String::new() };
    let length = asked.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    asked.body = String::from_utf8(body).ok()?;
    Some(asked)
}
