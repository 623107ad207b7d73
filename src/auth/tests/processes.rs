//! One token file, many processes: this test program starts itself anew as each of them.

use std::collections::HashSet;
use std::io::BufRead;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use secrecy::ExposeSecret;

use super::server::{Asked, Reply, Server, refusal, tokens};
use super::{call, key, password, runtime, settings};
use crate::auth::{FileStore, Grant, Session, TokenStore};
use crate::error::ErrorKind;
use crate::http::Url;
use crate::runtime::{Operation, shutdown};

const PROCESSES: usize = 4;
const THREADS: usize = 8;

const SERVER: &str = "TIRO_TEST_TOKEN_SERVER";
const STORE: &str = "TIRO_TEST_TOKEN_STORE";
const ROUNDS: &str = "TIRO_TEST_TOKEN_ROUNDS";

/// A server whose refresh tokens serve once: whoever brings one again logs everybody out.
struct Rotating {
    next: u32,
    used: HashSet<String>,
    current: String,
    reused: u32,
}

impl Rotating {
    fn answer(&mut self, asked: &Asked, life: u32) -> Reply {
        let given = asked.field("refresh_token").unwrap_or_default();
        if asked.field("grant_type").as_deref() == Some("refresh_token") && given != self.current {
            self.reused += 1;
            self.current.clear();
            return refusal("invalid_grant");
        }
        self.used.insert(given);
        self.next += 1;
        self.current = format!("refresh-{}", self.next);
        tokens(&self.next.to_string(), life)
    }
}

fn rotating(lives: impl Fn(u32) -> u32 + Send + 'static) -> (Server, Arc<Mutex<Rotating>>) {
    let state =
        Arc::new(Mutex::new(Rotating { next: 0, used: HashSet::new(), current: String::new(), reused: 0 }));
    let shared = state.clone();
    let server = Server::start(move |asked| {
        let mut state = shared.lock().unwrap();
        let life = lives(state.next + 1);
        state.answer(asked, life)
    });
    (server, state)
}

fn start(server: &Server, store: &Path, rounds: u32) -> Child {
    start_as("one_of_many", server, store, rounds)
}

fn start_as(child: &str, server: &Server, store: &Path, rounds: u32) -> Child {
    let child = format!("auth::tests::processes::{child}");
    Command::new(std::env::current_exe().unwrap())
        .args([child.as_str(), "--exact", "--ignored", "--nocapture"])
        .env(SERVER, server.url(""))
        .env(STORE, store)
        .env(ROUNDS, rounds.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// One process: as many sessions as threads, all on one file. It says when it is ready and begins when it is told to.
#[test]
#[ignore = "a child of the tests beside it"]
fn one_of_many() {
    let (Ok(url), Ok(store), Ok(rounds)) =
        (std::env::var(SERVER), std::env::var(STORE), std::env::var(ROUNDS))
    else {
        return;
    };
    let rounds = rounds.parse::<u32>().unwrap();
    let runtime = runtime();
    let sessions = (0..THREADS).map(|_| session_at(&url, Path::new(&store)));
    let sessions = sessions.collect::<Vec<_>>();
    println!("ready");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    std::thread::scope(|scope| {
        for session in &sessions {
            scope.spawn(|| {
                for _ in 0..rounds {
                    let token = runtime.block_on(session.token(&call())).unwrap();
                    println!("got {}", token.bearer().expose_secret());
                }
            });
        }
    });
}

fn session_at(url: &str, store: &Path) -> Arc<Session> {
    let nowhere = Server::script([]);
    let store: Arc<dyn TokenStore> = Arc::new(FileStore::new(store.to_owned()));
    let mut settings = settings(&nowhere, Grant::Login, store);
    settings.endpoint.url = Url::parse(&format!("{url}/connect/token")).unwrap();
    Session::new(settings)
}

/// Logs somebody in, whose token has ended, and lets all processes ask for a token at once. Gives what each line says.
fn run_all(server: &Server, rounds: u32) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.json");
    let store: Arc<dyn TokenStore> = Arc::new(FileStore::new(path.clone()));
    let first = Session::new(settings(server, password(), store));
    runtime().block_on(first.token(&call())).unwrap();
    let mut children = (0..PROCESSES).map(|_| start(server, &path, rounds)).collect::<Vec<_>>();
    let mut outputs = Vec::new();
    for child in &mut children {
        let mut lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        assert!(lines.any(|line| line.ends_with("ready")));
        outputs.push(lines);
    }
    children.iter_mut().for_each(|child| drop(child.stdin.take()));
    let got = outputs.into_iter().flatten();
    let got = got.filter_map(|line| line.split_once("got ").map(|(_, token)| token.to_owned())).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    got
}

#[test]
fn one_expired_token_in_a_file_is_renewed_once() {
    let (server, state) = rotating(|number| if number == 1 { 0 } else { 3600 });
    let got = run_all(&server, 1);
    assert_eq!(got.len(), PROCESSES * THREADS);
    assert!(got.iter().all(|token| token == "access-2"), "{got:?}");
    assert_eq!(server.grants(), ["password", "refresh_token"]);
    assert_eq!(state.lock().unwrap().reused, 0);
}

#[test]
fn refresh_tokens_that_serve_once_log_nobody_out() {
    // Every token has ended as soon as it comes: each call renews, and passes the next refresh token on.
    let (server, state) = rotating(|_| 0);
    let rounds = 3;
    let got = run_all(&server, rounds);
    assert_eq!(got.len(), PROCESSES * THREADS * rounds as usize);
    let state = state.lock().unwrap();
    assert_eq!((state.reused, server.grants().len()), (0, got.len() + 1));
    assert_eq!(got.iter().collect::<HashSet<_>>().len(), got.len());
}

#[test]
fn a_process_that_is_killed_while_it_renews_blocks_nobody() {
    // The first refresh is never answered, and its process dies.
    let (asked, heard) = std::sync::mpsc::channel();
    let (release, held) = std::sync::mpsc::channel::<()>();
    let mut number = 0;
    let server = Server::start(move |_| {
        number += 1;
        if number == 2 {
            asked.send(()).unwrap();
            let _ = held.recv();
            return Reply::Cut;
        }
        tokens(&number.to_string(), if number == 1 { 0 } else { 3600 })
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.json");
    let store: Arc<dyn TokenStore> = Arc::new(FileStore::new(path.clone()));
    let runtime = runtime();
    runtime.block_on(Session::new(settings(&server, password(), store.clone())).token(&call())).unwrap();
    let mut child = start(&server, &path, 1);
    drop(child.stdin.take());
    heard.recv().unwrap();
    assert!(store.try_own(&key()).unwrap().is_none(), "the child renews");
    child.kill().unwrap();
    child.wait().unwrap();
    release.send(()).unwrap();
    let next = Session::new(settings(&server, Grant::Login, store));
    let token = runtime.block_on(next.token(&call())).unwrap();
    assert_eq!(token.bearer().expose_secret(), "access-3");
    let sent = server.asked().iter().filter_map(|asked| asked.field("refresh_token")).collect::<Vec<_>>();
    assert_eq!(sent, ["refresh-1", "refresh-1"]);
}

/// One process that is told to end while it renews.
#[test]
#[ignore = "a child of the test beside it"]
fn one_that_ends() {
    let (Ok(url), Ok(store)) = (std::env::var(SERVER), std::env::var(STORE)) else { return };
    let session = session_at(&url, Path::new(&store));
    let work = |_| async move { session.token(&call()).await.map(drop) };
    let operation: Operation<()> = Operation::start(work).unwrap();
    std::io::stdin().read_line(&mut String::new()).unwrap();
    operation.cancel();
    assert_eq!(operation.wait(None).unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
    println!("cancelled");
    assert!(shutdown(Some(Duration::from_secs(60))).unwrap());
}

#[test]
fn a_process_that_ends_while_it_renews_keeps_the_answer() {
    let (asked, heard) = std::sync::mpsc::channel();
    let (release, held) = std::sync::mpsc::channel::<()>();
    let server = Server::start(move |request| {
        if request.field("refresh_token").is_none() {
            return tokens("1", 0);
        }
        asked.send(()).unwrap();
        held.recv().unwrap();
        tokens("2", 3600)
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.json");
    let store: Arc<dyn TokenStore> = Arc::new(FileStore::new(path.clone()));
    runtime().block_on(Session::new(settings(&server, password(), store.clone())).token(&call())).unwrap();
    let mut child = start_as("one_that_ends", &server, &path, 1);
    heard.recv().unwrap();
    drop(child.stdin.take());
    let mut lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.ends_with("cancelled")));
    // The child is at its shutdown by then, or comes to it with the answer on its way.
    std::thread::sleep(Duration::from_millis(200));
    release.send(()).unwrap();
    let rest = lines.collect::<Vec<_>>();
    assert!(child.wait().unwrap().success(), "{rest:?}");
    let stored = store.load(&key()).unwrap().unwrap();
    assert_eq!(stored.refresh.unwrap().expose_secret(), "refresh-2");
}
