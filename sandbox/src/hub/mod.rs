//! The hub that tells clients what happens: SignalR's JSON protocol over WebSocket. Here lives who is connected and how
//! frames are written; `events` says what is told when, `socket` speaks with one client.

pub(crate) mod events;
mod frames;
mod socket;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Deserialize;
use serde_json::Value;
use tokio::sync::mpsc;

pub(crate) use socket::{connect, negotiate};

use crate::secret;
use crate::timestamp::now_ms;

/// So many events a client may be behind before it is dropped.
const BACKLOG: usize = 1024;
/// How long a negotiated connection may take to come.
const NEGOTIATED_MS: i64 = 30_000;

/// What a connection is told to do.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Order {
    /// Send an invocation.
    Send { target: String, arguments: Vec<Value> },
    /// Send a text as it is.
    Raw { text: String },
    /// Close as the protocol has it.
    Close { error: Option<String>, allow_reconnect: bool },
    /// Close the socket and say nothing.
    Cut,
    /// Say nothing from now on, and stay.
    Silence,
}

/// Who is connected.
#[derive(Default)]
pub(crate) struct Hub {
    peers: Mutex<HashMap<u64, Peer>>,
    next: AtomicU64,
    negotiated: Mutex<HashMap<String, Negotiated>>,
}

struct Peer {
    account: String,
    orders: mpsc::Sender<Order>,
}

struct Negotiated {
    account: String,
    until_ms: i64,
}

impl Hub {
    /// Tells every connection of an account, or of all; how many there were.
    pub(crate) fn order(&self, account: Option<&str>, order: &Order) -> usize {
        let mut peers = lock(&self.peers);
        let mut told = 0;
        // Whoever is too far behind is dropped: it finds out by listing again.
        peers.retain(|_, peer| {
            if account.is_some_and(|account| account != peer.account) {
                return true;
            }
            told += 1;
            peer.orders.try_send(order.clone()).is_ok()
        });
        told
    }

    fn tell(&self, account: &str, target: &str, argument: Option<Value>) {
        let order = Order::Send { target: target.to_owned(), arguments: argument.into_iter().collect() };
        self.order(Some(account), &order);
    }

    /// How many connections there are, by account.
    pub(crate) fn connections(&self) -> HashMap<String, usize> {
        let mut counts = HashMap::new();
        for peer in lock(&self.peers).values() {
            *counts.entry(peer.account.clone()).or_default() += 1;
        }
        counts
    }

    fn enter(&self, account: &str) -> (u64, mpsc::Receiver<Order>) {
        let (orders, received) = mpsc::channel(BACKLOG);
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        lock(&self.peers).insert(number, Peer { account: account.to_owned(), orders });
        (number, received)
    }

    fn leave(&self, number: u64) {
        lock(&self.peers).remove(&number);
    }

    /// A token by which a connection of an account may come, once.
    fn promise(&self, account: &str) -> String {
        let token = secret::random("");
        let now = now_ms();
        let mut negotiated = lock(&self.negotiated);
        negotiated.retain(|_, waiting| waiting.until_ms > now);
        let waiting = Negotiated { account: account.to_owned(), until_ms: now + NEGOTIATED_MS };
        negotiated.insert(token.clone(), waiting);
        token
    }

    fn keep_promise(&self, token: &str, account: &str) -> bool {
        let waiting = lock(&self.negotiated).remove(token);
        waiting.is_some_and(|waiting| waiting.account == account && waiting.until_ms > now_ms())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
