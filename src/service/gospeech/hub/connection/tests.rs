use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{SinkExt, StreamExt};
use tokio::io::DuplexStream;
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::*;
use crate::error::ErrorKind;
use crate::runtime::sync::Mutex;

type Socket = WebSocketStream<DuplexStream>;

/// A hub that gives each connection to the test.
struct Hub {
    accepted: mpsc::UnboundedSender<Socket>,
    opened: Mutex<Vec<Instant>>,
    refusals: AtomicUsize,
    refusal: Error,
}

impl Opener for Hub {
    type Socket = Socket;

    fn open(&self) -> ServiceFuture<'_, Socket> {
        Box::pin(async move {
            self.opened.lock().push(Instant::now());
            let left = |left: usize| left.checked_sub(1);
            if self.refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, left).is_ok() {
                return Err(self.refusal.clone());
            }
            let (ours, theirs) = tokio::io::duplex(1 << 16);
            let server = WebSocketStream::from_raw_socket(theirs, Role::Server, None).await;
            let _ = self.accepted.send(server);
            Ok(WebSocketStream::from_raw_socket(ours, Role::Client, None).await)
        })
    }
}

struct Test {
    hub: Arc<Hub>,
    connections: mpsc::UnboundedReceiver<Socket>,
    news: mpsc::Receiver<News>,
}

fn test(refusals: usize, refusal: ErrorKind) -> Test {
    refusing(refusals, Error::new(refusal, "not now"))
}

fn refusing(refusals: usize, refusal: Error) -> Test {
    let (accepted, connections) = mpsc::unbounded_channel();
    let refusals = AtomicUsize::new(refusals);
    let hub = Arc::new(Hub { accepted, opened: Mutex::default(), refusals, refusal });
    let (sender, news) = mpsc::channel(1000);
    let opener = hub.clone();
    tokio::spawn(async move { keep_up(&*opener, &sender).await });
    Test { hub, connections, news }
}

impl Test {
    /// The next connection, with its handshake taken.
    async fn connection(&mut self) -> Socket {
        let mut socket = self.connections.recv().await.unwrap();
        let handshake = socket.next().await.unwrap().unwrap();
        assert_eq!(handshake.into_text().unwrap().as_str(), "{\"protocol\":\"json\",\"version\":1}\u{1e}");
        say(&mut socket, "{}").await;
        socket
    }

    async fn news(&mut self) -> String {
        match self.news.recv().await {
            Some(News::Changed { change, .. }) => format!("{} {}", change.id, change.raw_status),
            Some(News::UploadDenied { id, error, .. }) => format!("{id} {}", error.service_code()),
            Some(News::ExportCompleted { id, .. }) => format!("export of {id}"),
            Some(News::AccountDeleted { error, .. }) => format!("{:?}", error.kind()),
            Some(News::ListChanged { .. }) => "list".into(),
            Some(News::Connected) => "connected".into(),
            Some(News::Disconnected) => "disconnected".into(),
            None => "over".into(),
        }
    }

    fn pauses(&self) -> Vec<Duration> {
        self.hub.opened.lock().windows(2).map(|pair| pair[1] - pair[0]).collect()
    }
}

async fn say(socket: &mut Socket, text: &str) {
    socket.send(Message::text(format!("{text}\u{1e}"))).await.unwrap();
}

const CHANGE: &str =
    r#"{"type":1,"target":"workListChanged","arguments":[{"recordId":"r-1","status":"recognizing"}]}"#;

#[tokio::test(start_paused = true)]
async fn events_are_told_and_after_a_cut_it_comes_back() {
    let mut test = test(0, ErrorKind::Connect);
    let mut socket = test.connection().await;
    assert_eq!(test.news().await, "connected");
    let two = format!("{CHANGE}\u{1e}{{\"type\":1,\"target\":\"refreshWorklist\",\"arguments\":[]}}");
    say(&mut socket, &two).await;
    assert_eq!(test.news().await, "r-1 recognizing");
    assert_eq!(test.news().await, "list");
    drop(socket);
    assert_eq!(test.news().await, "disconnected");
    let mut socket = test.connection().await;
    assert_eq!(test.news().await, "connected");
    say(&mut socket, r#"{"type":7,"error":"restart","allowReconnect":true}"#).await;
    assert_eq!(test.news().await, "disconnected");
    let mut socket = test.connection().await;
    assert_eq!(test.news().await, "connected");
    say(&mut socket, r#"{"type":1,"target":"accountDeleted","arguments":[]}"#).await;
    assert_eq!(test.news().await, "AccountDeleted");
    assert_eq!(test.news().await, "disconnected");
    assert_eq!(test.news().await, "over");
    assert!(test.pauses().iter().all(|pause| *pause >= Duration::from_secs(1)), "{:?}", test.pauses());
}

#[tokio::test(start_paused = true)]
async fn it_pings_and_leaves_a_hub_that_is_silent() {
    let mut test = test(0, ErrorKind::Connect);
    let mut socket = test.connection().await;
    assert_eq!(test.news().await, "connected");
    let began = Instant::now();
    let mut pings = 0;
    while let Some(Ok(message)) = socket.next().await {
        pings += usize::from(message.into_text().unwrap().as_str() == "{\"type\":6}\u{1e}");
    }
    assert!(pings >= 1);
    assert_eq!(began.elapsed().as_secs(), 30);
    assert_eq!(test.news().await, "disconnected");
    let mut socket = test.connection().await;
    assert_eq!(test.news().await, "connected");
    for _ in 0..10 {
        sleep(Duration::from_secs(20)).await;
        say(&mut socket, r#"{"type":6}"#).await;
    }
    say(&mut socket, CHANGE).await;
    assert_eq!(test.news().await, "r-1 recognizing");
}

#[tokio::test(start_paused = true)]
async fn failing_again_and_again_it_waits_longer_and_never_less_than_a_second() {
    let mut test = test(200, ErrorKind::Connect);
    test.connection().await;
    let pauses = test.pauses();
    assert!(pauses.iter().all(|pause| *pause >= Duration::from_secs(1)));
    let late: Duration = pauses[100..].iter().sum();
    assert!(late > Duration::from_secs(100 * 15), "{late:?}");
}

#[tokio::test(start_paused = true)]
async fn where_there_is_no_hub_it_seldom_looks() {
    let mut test = test(3, ErrorKind::NotFound);
    test.connection().await;
    assert!(test.pauses().iter().all(|pause| *pause >= Duration::from_secs(299)), "{:?}", test.pauses());
}

#[tokio::test(start_paused = true)]
async fn a_pause_of_days_is_not_granted() {
    let days = Duration::from_secs(3 * 24 * 60 * 60);
    let mut test = refusing(2, Error::new(ErrorKind::RateLimited, "not now").with_retry_after(days));
    test.connection().await;
    let expected = Duration::from_secs(300)..Duration::from_secs(301);
    assert!(test.pauses().iter().all(|pause| expected.contains(pause)), "{:?}", test.pauses());
}

#[tokio::test(start_paused = true)]
async fn a_refused_handshake_and_a_dismissal_are_no_reason_to_hurry() {
    let mut test = test(0, ErrorKind::Connect);
    let mut socket = test.connections.recv().await.unwrap();
    say(&mut socket, r#"{"error":"no such protocol"}"#).await;
    let mut socket = test.connection().await;
    assert_eq!(test.news().await, "connected");
    say(&mut socket, r#"{"type":7,"error":"go away"}"#).await;
    test.connection().await;
    assert!(test.pauses()[1] >= Duration::from_secs(299), "{:?}", test.pauses());
}

#[tokio::test(start_paused = true)]
async fn garbage_ends_a_conversation_and_not_the_listening() {
    let mut test = test(0, ErrorKind::Connect);
    for garbage in ["<html>", "[]", "{\"type\":1,"] {
        let mut socket = test.connection().await;
        assert_eq!(test.news().await, "connected");
        say(&mut socket, garbage).await;
        assert_eq!(test.news().await, "disconnected");
    }
    let mut socket = test.connection().await;
    assert_eq!(test.news().await, "connected");
    let large = Message::binary(vec![b'x'; 2 << 20]);
    assert!(socket.send(large).await.is_ok() || socket.next().await.is_none());
    assert_eq!(test.news().await, "disconnected");
}
