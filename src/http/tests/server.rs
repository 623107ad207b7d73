//! A server that does what a script says, request by request, and records what arrived.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Url;

/// What happens with one request after its head was read.
pub(super) type Script = Box<dyn FnOnce(&mut Peer) + Send>;

/// A request as it arrived.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub(super) head: String,
    pub(super) body: Vec<u8>,
    /// Whether the body came to its declared end.
    pub(super) whole: bool,
}

impl Seen {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(super) fn first_line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }
}

pub(super) struct Server {
    pub(super) address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    scripts: Mutex<VecDeque<Script>>,
    seen: Mutex<Vec<Seen>>,
    connections: Mutex<usize>,
    /// Scripts that run now.
    at_work: AtomicUsize,
    tls: Option<Arc<rustls::ServerConfig>>,
}

impl Server {
    pub(super) fn start(scripts: Vec<Script>) -> Self {
        Self::start_with(scripts, None)
    }

    pub(super) fn start_with(scripts: Vec<Script>, tls: Option<rustls::ServerConfig>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            scripts: Mutex::new(scripts.into()),
            seen: Mutex::default(),
            connections: Mutex::default(),
            at_work: AtomicUsize::new(0),
            tls: tls.map(Arc::new),
        });
        let of_thread = shared.clone();
        // Lives as long as the test process: a test may end while a connection is stuck on purpose.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, shared) = (stream.unwrap(), of_thread.clone());
                *shared.connections.lock().unwrap() += 1;
                std::thread::spawn(move || serve(stream, &shared));
            }
        });
        Self { address, shared }
    }

    pub(super) fn url(&self, path: &str) -> Url {
        let scheme = if self.shared.tls.is_some() { "https" } else { "http" };
        Url::parse(&format!("{scheme}://{}{path}", self.address)).unwrap()
    }

    /// The requests so far, in their order. A client may have its answer a moment before the script has ended.
    pub(super) fn seen(&self) -> Vec<Seen> {
        for _ in 0..200 {
            if self.shared.at_work.load(Ordering::SeqCst) == 0 {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.shared.seen.lock().unwrap().clone()
    }

    pub(super) fn connections(&self) -> usize {
        *self.shared.connections.lock().unwrap()
    }

    /// Waits until what arrived is as the test needs it: a server's threads are a little behind.
    pub(super) fn wait_for(&self, enough: impl Fn(&[Seen]) -> bool) -> Vec<Seen> {
        for _ in 0..2000 {
            let seen = self.seen();
            if enough(&seen) {
                return seen;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("it never came: {:?}", self.seen());
    }
}

fn serve(stream: TcpStream, shared: &Shared) {
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let io: Box<dyn Io> = match &shared.tls {
        None => Box::new(stream.try_clone().unwrap()),
        Some(config) => {
            let connection = rustls::ServerConnection::new(config.clone()).unwrap();
            Box::new(rustls::StreamOwned::new(connection, stream.try_clone().unwrap()))
        }
    };
    let mut peer = Peer { io, stream, seen: Seen::default(), open: true };
    while peer.open && peer.read_head() {
        shared.at_work.fetch_add(1, Ordering::SeqCst);
        let script = shared.scripts.lock().unwrap().pop_front();
        let place = {
            let mut seen = shared.seen.lock().unwrap();
            seen.push(peer.seen.clone());
            seen.len() - 1
        };
        match script {
            Some(script) => script(&mut peer),
            None => peer.open = false,
        }
        shared.seen.lock().unwrap()[place] = peer.seen.clone();
        shared.at_work.fetch_sub(1, Ordering::SeqCst);
    }
    let _ = peer.stream.shutdown(Shutdown::Both);
}

trait Io: Read + Write {}
impl<T: Read + Write> Io for T {}

/// The server's end of a connection, for a script.
pub(super) struct Peer {
    io: Box<dyn Io>,
    pub(super) stream: TcpStream,
    pub(super) seen: Seen,
    open: bool,
}

impl Peer {
    fn read_head(&mut self) -> bool {
        self.seen = Seen::default();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            match self.io.read(&mut byte) {
                Ok(1) => head.push(byte[0]),
                _ => return false,
            }
        }
        self.seen.head = String::from_utf8(head).unwrap();
        true
    }

    /// So many bytes of the body as they come, whatever they mean; fewer if the client stops.
    pub(super) fn read_some(&mut self, most: usize) -> usize {
        let before = self.seen.body.len();
        let mut buffer = vec![0; 64 << 10];
        while self.seen.body.len() - before < most {
            let room = (most - (self.seen.body.len() - before)).min(buffer.len());
            match self.io.read(&mut buffer[..room]) {
                Ok(0) => break,
                Ok(count) => self.seen.body.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        self.seen.body.len() - before
    }

    /// The body to its end.
    pub(super) fn read_body(&mut self) {
        if let Some(length) = self.seen.header("content-length").map(|length| length.parse().unwrap()) {
            self.read_some(length);
            self.seen.whole = self.seen.body.len() == length;
        } else if self.seen.header("transfer-encoding") == Some("chunked") {
            self.read_chunks();
        } else {
            self.seen.whole = true;
        }
    }

    fn read_chunks(&mut self) {
        loop {
            let mut line = Vec::new();
            while !line.ends_with(b"\r\n") {
                let mut byte = [0];
                match self.io.read(&mut byte) {
                    Ok(1) => line.push(byte[0]),
                    _ => return,
                }
            }
            let size = usize::from_str_radix(std::str::from_utf8(&line).unwrap().trim(), 16).unwrap();
            if self.read_some(size) < size {
                return;
            }
            let mut end = [0; 2];
            if self.io.read_exact(&mut end).is_err() {
                return;
            }
            if size == 0 {
                self.seen.whole = true;
                return;
            }
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> bool {
        self.io.write_all(bytes).and_then(|()| self.io.flush()).is_ok()
    }

    pub(super) fn answer(&mut self, status: u16, headers: &str, body: &[u8]) {
        let length = body.len();
        self.write(format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {length}\r\n\r\n").as_bytes());
        self.write(body);
    }

    /// Ends the connection in order, after what was written.
    pub(super) fn close(&mut self) {
        self.open = false;
        let _ = self.stream.shutdown(Shutdown::Both);
    }

    /// Drops the connection with unread bytes in it, as a server does that has heard enough.
    pub(super) fn abandon(&mut self) {
        self.open = false;
    }
}

/// Reads the whole request and answers it.
pub(super) fn answering(status: u16, headers: &'static str, body: &'static str) -> Script {
    Box::new(move |peer| {
        peer.read_body();
        peer.answer(status, headers, body.as_bytes());
    })
}

pub(super) fn ok(body: &'static str) -> Script {
    answering(200, "Content-Type: application/json\r\n", body)
}

/// Reads the whole request and closes.
pub(super) fn closing() -> Script {
    Box::new(|peer| {
        peer.read_body();
        peer.close();
    })
}

/// Answers with fewer bytes than it announces.
pub(super) fn cut_answer(body: &'static str) -> Script {
    Box::new(move |peer| {
        peer.read_body();
        let length = body.len() + 10;
        peer.write(format!("HTTP/1.1 200 X\r\nContent-Length: {length}\r\n\r\n{body}").as_bytes());
        peer.close();
    })
}
