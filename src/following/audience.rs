//! Who is told of every change, and what of the list they have seen: a change is what differs from it.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use tokio::sync::Notify;
use tokio::time::Instant;

use super::Interest;
use super::known::Known;
use crate::error::{Error, Result};
use crate::events::{Inbox, ServiceEvent, ServiceEventKind};
use crate::recording::{Recording, RecordingPage};
use crate::runtime::sync::Mutex;

/// Recordings that are remembered to tell their changes, besides those of the list's first page.
const MOST_REMEMBERED: usize = 4096;

/// One who listens, with what was not taken yet.
pub(super) struct Listener {
    interest: Interest,
    waiting: Mutex<Waiting>,
    told: Notify,
}

#[derive(Default)]
struct Waiting {
    inbox: Inbox,
    ended: Option<Error>,
}

impl Listener {
    fn tell(&self, event: ServiceEvent) {
        self.waiting.lock().inbox.put(event);
        self.told.notify_one();
    }

    fn end(&self, error: &Error) {
        self.waiting.lock().ended.get_or_insert_with(|| error.clone());
        self.told.notify_one();
    }

    pub(super) fn take(&self) -> Option<ServiceEvent> {
        self.waiting.lock().inbox.take()
    }

    pub(super) async fn next(&self) -> Result<ServiceEvent> {
        loop {
            {
                let mut waiting = self.waiting.lock();
                if let Some(event) = waiting.inbox.take() {
                    return Ok(event);
                }
                if let Some(error) = &waiting.ended {
                    return Err(error.clone());
                }
            }
            self.told.notified().await;
        }
    }
}

#[derive(Default)]
pub(super) struct Audience {
    listeners: Vec<Weak<Listener>>,
    known: HashMap<String, Known>,
    /// The ids of the list's first page when it was last seen, in its order.
    first_page: Option<Vec<String>>,
}

impl Audience {
    pub(super) fn join(&mut self, interest: Interest) -> Arc<Listener> {
        let listener = Arc::new(Listener { interest, waiting: Mutex::default(), told: Notify::new() });
        self.listeners.push(Arc::downgrade(&listener));
        listener
    }

    /// Forgets who has gone, and what was remembered for them.
    pub(super) fn prune(&mut self) {
        self.listeners.retain(|listener| listener.strong_count() > 0);
        if !self.wants_list() {
            self.known.clear();
            self.first_page = None;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.listeners.is_empty()
    }

    /// Whether anybody wants to be told what only the list shows.
    pub(super) fn wants_list(&self) -> bool {
        let present = self.listeners.iter().filter_map(Weak::upgrade);
        present.into_iter().any(|listener| listener.interest == Interest::Everything)
    }

    pub(super) fn tell(&self, event: &ServiceEvent) {
        for listener in self.listeners.iter().filter_map(Weak::upgrade) {
            listener.tell(event.clone());
        }
    }

    pub(super) fn end(&mut self, error: &Error) {
        for listener in self.listeners.drain(..).filter_map(|listener| listener.upgrade()) {
            listener.end(error);
        }
        self.prune();
    }

    /// A change of a recording that nobody waits for.
    pub(super) fn pushed(&mut self, change: &Recording, detail: &str, now: Instant) {
        let (known, changed) = match self.known.get_mut(&change.id) {
            Some(known) => {
                let changed = known.push(change, now);
                (&*known, changed)
            }
            None => {
                self.make_room();
                let known = Known::pushed(change, now);
                (&*self.known.entry(change.id.clone()).or_insert(known), true)
            }
        };
        if changed {
            let event = ServiceEvent::changed(known.recording.clone(), detail);
            self.tell(&event);
        }
    }

    /// Tells what is new, different or gone since the list was seen before; says whether anything is. A recording that
    /// somebody waits for is told of by whoever keeps it, and only counted here.
    pub(super) fn first_page(
        &mut self,
        page: &RecordingPage,
        asked_at: Instant,
        is_followed: impl Fn(&str) -> bool,
    ) -> bool {
        if !self.wants_list() {
            return false;
        }
        let whole_list = page.total.is_some_and(|total| page.recordings.len() as u64 >= total);
        let ids: Vec<String> = page.recordings.iter().map(|seen| seen.id.clone()).collect();
        let before = self.first_page.take();
        let was_there = |id: &String| before.as_ref().is_some_and(|before| before.contains(id));
        // Behind the last that was there, an older one may have moved up.
        let new_before = match whole_list {
            true => ids.len(),
            false => ids.iter().rposition(was_there).unwrap_or(ids.len()),
        };
        let mut events = Vec::new();
        let mut arrived = 0;
        for (index, seen) in page.recordings.iter().enumerate() {
            let id = &ids[index];
            let is_new = before.is_some() && index < new_before && !was_there(id);
            arrived += usize::from(is_new);
            if is_followed(id) {
                continue;
            }
            if self.observe(seen, asked_at).unwrap_or(is_new) {
                events.push(id);
            }
        }
        let changed = !events.is_empty();
        for id in events {
            if let Some(known) = self.known.get(id) {
                self.tell(&ServiceEvent::changed(known.recording.clone(), ""));
            }
        }
        let reached = ids.len();
        let deleted = before.iter().flatten().enumerate().any(|(index, id)| {
            let should_be_seen = whole_list || index + arrived < reached;
            should_be_seen && !ids.contains(id)
        });
        if deleted {
            self.tell(&ServiceEvent::new(ServiceEventKind::ListChanged, ""));
        }
        self.first_page = Some(ids);
        changed || deleted
    }

    /// Takes in an answer; whether anything is different, or `None` if the recording was not known.
    fn observe(&mut self, seen: &Recording, asked_at: Instant) -> Option<bool> {
        if let Some(known) = self.known.get_mut(&seen.id) {
            return Some(known.observe(seen, asked_at));
        }
        self.make_room();
        self.known.insert(seen.id.clone(), Known::observed(seen, asked_at));
        None
    }

    fn make_room(&mut self) {
        if self.known.len() >= MOST_REMEMBERED {
            let listed = self.first_page.as_deref().unwrap_or_default();
            self.known.retain(|id, _| listed.contains(id));
        }
    }
}
