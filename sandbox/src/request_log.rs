//! Every request that came, so that a test can count: status requests a second, refreshes, created recordings. No
//! secret is in it: of the query, only what is known to be none; of the headers, whether they came.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use crate::timestamp::now_ms;

/// As many are kept; older ones go.
const LONGEST: usize = 200_000;

/// Values of the query that are shown.
pub(crate) const SHOWN_QUERY: [&str; 13] = [
    "offset",
    "limit",
    "api-version",
    "negotiateVersion",
    "response_type",
    "code_challenge_method",
    "isAsync",
    "chunkNumber",
    "recordingId",
    "languageId",
    "Status",
    "From",
    "To",
];

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Entry {
    pub(crate) number: u64,
    pub(crate) at_ms: i64,
    pub(crate) method: String,
    pub(crate) path: String,
    /// Names, and the values of some.
    pub(crate) query: BTreeMap<String, Option<String>>,
    /// tiro's word for it; `""` for what is no operation.
    pub(crate) operation: &'static str,
    pub(crate) http: &'static str,
    pub(crate) authorization: bool,
    /// Whether X-Api-Key came.
    pub(crate) api_key: bool,
    pub(crate) cookie: bool,
    /// The request's Content-Length.
    pub(crate) declared_bytes: Option<u64>,
    /// Nothing until an answer began.
    pub(crate) status: Option<u16>,
    /// The fault that was done to it.
    pub(crate) fault: Option<u64>,
    #[serde(flatten)]
    pub(crate) note: Note,
    #[serde(flatten, serialize_with = "counts")]
    pub(crate) traffic: Arc<Traffic>,
}

/// What a handler says of a request; put into the extensions of its response.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Note {
    /// The e-mail of whoever asked.
    pub(crate) identity: Option<String>,
    pub(crate) grant: Option<String>,
    /// The recording that was created.
    pub(crate) created: Option<String>,
    /// The order that was made.
    pub(crate) ordered: Option<String>,
}

/// Bytes of the bodies, as far as they went.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    pub(crate) request: AtomicU64,
    pub(crate) response: AtomicU64,
}

fn counts<S: serde::Serializer>(traffic: &Traffic, serializer: S) -> Result<S::Ok, S::Error> {
    let counts = BTreeMap::from([
        ("request_bytes", traffic.request.load(Ordering::Relaxed)),
        ("response_bytes", traffic.response.load(Ordering::Relaxed)),
    ]);
    counts.serialize(serializer)
}

#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    list: VecDeque<Entry>,
    next: u64,
}

/// An excerpt of the log, with sums over all that matched.
#[derive(Debug, Serialize)]
pub(crate) struct Excerpt {
    pub(crate) entries: Vec<Entry>,
    /// What to ask for next as `since`.
    pub(crate) next: u64,
    /// By operation: how many, and how many of each status (`none`: no answer began).
    pub(crate) totals: BTreeMap<&'static str, Total>,
    pub(crate) refreshes: u64,
    pub(crate) created_recordings: u64,
}

#[derive(Debug, Default, Serialize)]
pub(crate) struct Total {
    requests: u64,
    statuses: BTreeMap<String, u64>,
}

impl RequestLog {
    /// Begins an entry; its number.
    pub(crate) fn begin(&self, mut entry: Entry) -> u64 {
        let mut entries = self.lock();
        entry.number = entries.next;
        entry.at_ms = now_ms();
        entries.next += 1;
        if entries.list.len() == LONGEST {
            entries.list.pop_front();
        }
        entries.list.push_back(entry);
        entries.next - 1
    }

    pub(crate) fn answered(&self, number: u64, status: u16, note: Option<Note>) {
        let mut entries = self.lock();
        let first = entries.list.front().map_or(0, |entry| entry.number);
        let index = number.checked_sub(first).and_then(|index| usize::try_from(index).ok());
        // It may have been cleared away since.
        if let Some(entry) = index.and_then(|index| entries.list.get_mut(index)) {
            entry.status = Some(status);
            entry.note = note.unwrap_or_default();
        }
    }

    pub(crate) fn excerpt(&self, since: u64, operation: Option<&str>, most: usize) -> Excerpt {
        let entries = self.lock();
        let mut excerpt = Excerpt {
            entries: Vec::new(),
            next: entries.next,
            totals: BTreeMap::new(),
            refreshes: 0,
            created_recordings: 0,
        };
        let wanted = |entry: &&Entry| {
            entry.number >= since && operation.is_none_or(|operation| entry.operation == operation)
        };
        for entry in entries.list.iter().filter(wanted) {
            let total = excerpt.totals.entry(entry.operation).or_default();
            total.requests += 1;
            let status = entry.status.map_or("none".to_owned(), |status| status.to_string());
            *total.statuses.entry(status).or_default() += 1;
            excerpt.refreshes += u64::from(entry.note.grant.as_deref() == Some("refresh_token"));
            excerpt.created_recordings += u64::from(entry.note.created.is_some());
            if excerpt.entries.len() < most {
                excerpt.entries.push(entry.clone());
            }
        }
        excerpt
    }

    pub(crate) fn clear(&self) {
        self.lock().list.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
