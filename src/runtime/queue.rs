//! Completion queues: where the events of many operations are taken one by one, by a thread that waits, or by an
//! event loop that watches a file descriptor or is woken by a callback.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::sync::{Condvar, Mutex, wait_until};
use super::{Generation, callbacks, post_callback};
use crate::error::{Error, ErrorKind, Result};

/// What an [`Event`] tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// The operation has ended.
    Done,
    /// The operation is further than before.
    Progress,
    /// Events of the service wait in the operation: [`super::Operation::take_event`].
    Service,
}

/// An event of an operation that is attached to a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// The key given to [`super::Operation::attach`].
    pub key: u64,
    /// The tag given to [`super::Operation::attach`].
    pub tag: usize,
    /// Of [`EventKind::Done`]: what the operation failed with.
    pub failure: Option<ErrorKind>,
}

type Wakeup = Arc<dyn Fn() + Send + Sync>;

/// A completion queue. Cheap to clone; every clone is the same queue.
#[derive(Clone)]
pub struct Queue {
    shared: Arc<Shared>,
}

struct Shared {
    generation: Generation,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    events: VecDeque<Event>,
    wakeup: Option<Wakeup>,
    closed: bool,
    #[cfg(unix)]
    signal: Option<Signal>,
}

impl State {
    fn push(&mut self, event: Event) -> Option<Wakeup> {
        // One of these an operation is enough: who takes it asks for the progress, or for all that waits, then.
        let waits = |queued: &Event| queued.kind == event.kind && queued.key == event.key;
        if event.kind != EventKind::Done && self.events.iter().any(waits) {
            return None;
        }
        self.events.push_back(event);
        if self.events.len() > 1 {
            return None;
        }
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal {
            signal.raise();
        }
        self.wakeup.clone()
    }

    fn pop(&mut self) -> Option<Event> {
        let event = self.events.pop_front();
        self.quiet_if_empty();
        event
    }

    fn quiet_if_empty(&mut self) {
        #[cfg(unix)]
        if self.events.is_empty()
            && let Some(signal) = &mut self.signal
        {
            signal.clear();
        }
    }
}

impl Queue {
    /// An empty queue.
    #[allow(clippy::new_without_default)] // a queue holds a place in its process, it is no plain value
    pub fn new() -> Self {
        let shared =
            Shared { generation: Generation::now(), state: Mutex::default(), changed: Condvar::new() };
        Self { shared: Arc::new(shared) }
    }

    /// Takes the oldest event, waiting for one at most for `timeout` (`None`: without limit; zero: looks and returns).
    /// A closed queue gives `None` at once.
    pub fn next(&self, timeout: Option<Duration>) -> Result<Option<Event>> {
        self.check_process()?;
        let mut state = self.shared.state.lock();
        if state.events.is_empty() && !state.closed && timeout != Some(Duration::ZERO) {
            if callbacks::inside() {
                return Err(Error::new(
                    ErrorKind::Deadlock,
                    "waiting inside a callback would wait for itself",
                ));
            }
            let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
            let ready = |state: &State| !state.events.is_empty() || state.closed;
            state = wait_until(&self.shared.changed, state, deadline, ready).0;
        }
        Ok(state.pop())
    }

    /// Calls back on the library's callback thread whenever the queue becomes non-empty; at once if it is not empty
    /// now. Replaces an earlier callback; `None`: no callback.
    pub fn set_wakeup(&self, wakeup: Option<Arc<dyn Fn() + Send + Sync>>) -> Result<()> {
        self.check_process()?;
        let mut state = self.shared.state.lock();
        let replaced = std::mem::replace(&mut state.wakeup, wakeup);
        let now = if state.events.is_empty() { None } else { state.wakeup.clone() };
        drop(state);
        drop(replaced);
        if let Some(wakeup) = now {
            post_callback(Box::new(move || wakeup()));
        }
        Ok(())
    }

    /// A file descriptor that is readable while events wait (level-triggered). It belongs to the queue: watch it, but
    /// never read, write or close it.
    #[cfg(unix)]
    pub fn fd(&self) -> Result<std::os::fd::RawFd> {
        self.check_process()?;
        let mut state = self.shared.state.lock();
        if state.signal.is_none() {
            let mut signal = Signal::new().map_err(|error| Error::io("a queue's descriptor", &error))?;
            if !state.events.is_empty() {
                signal.raise();
            }
            state.signal = Some(signal);
        }
        Ok(state.signal.as_ref().map_or(-1, Signal::fd))
    }

    /// Drops the events with a key.
    pub fn purge(&self, key: u64) -> Result<()> {
        self.check_process()?;
        let mut state = self.shared.state.lock();
        state.events.retain(|event| event.key != key);
        state.quiet_if_empty();
        Ok(())
    }

    /// Drops what waits and what comes; wakes whoever waits.
    pub fn close(&self) {
        if self.check_process().is_err() {
            return;
        }
        let mut state = self.shared.state.lock();
        state.closed = true;
        state.events.clear();
        let released = state.wakeup.take();
        // The descriptor goes now: operations that are attached may keep the rest for long.
        #[cfg(unix)]
        drop(state.signal.take());
        drop(state);
        drop(released);
        self.shared.changed.notify_all();
    }

    pub(super) fn attachment(&self, key: u64, tag: usize) -> Result<Attachment> {
        self.check_process()?;
        Ok(Attachment { queue: Arc::downgrade(&self.shared), key, tag })
    }

    fn check_process(&self) -> Result<()> {
        self.shared.generation.check("queue")
    }
}

/// The tie of an operation to a queue. It does not keep the queue.
#[derive(Clone)]
pub(super) struct Attachment {
    queue: Weak<Shared>,
    key: u64,
    tag: usize,
}

impl Attachment {
    /// Puts an event into the queue. Under the lock of the operation, so that its events come in order and none comes
    /// after it has left the queue; whoever waits is told without it, by [`Posted::tell`].
    pub(super) fn post(&self, kind: EventKind, failure: Option<ErrorKind>) -> Option<Posted> {
        let queue = self.queue.upgrade()?;
        let mut state = queue.state.lock();
        let event = Event { kind, key: self.key, tag: self.tag, failure };
        let wakeup = if state.closed { None } else { state.push(event) };
        drop(state);
        Some(Posted { queue, wakeup })
    }
}

/// An event that is in its queue, of which nobody knows yet.
#[must_use]
pub(super) struct Posted {
    queue: Arc<Shared>,
    wakeup: Option<Wakeup>,
}

impl Posted {
    pub(super) fn tell(self) {
        self.queue.changed.notify_all();
        if let Some(wakeup) = self.wakeup {
            post_callback(Box::new(move || wakeup()));
        }
    }
}

/// A pipe that holds one byte while events wait. Neither end can block: there is never a second byte.
#[cfg(unix)]
struct Signal {
    reader: std::io::PipeReader,
    writer: std::io::PipeWriter,
    raised: bool,
}

#[cfg(unix)]
impl Signal {
    fn new() -> std::io::Result<Self> {
        let (reader, writer) = std::io::pipe()?;
        Ok(Self { reader, writer, raised: false })
    }

    fn raise(&mut self) {
        if !self.raised {
            self.raised = std::io::Write::write(&mut self.writer, &[1]).is_ok();
        }
    }

    fn clear(&mut self) {
        if self.raised {
            self.raised = std::io::Read::read(&mut self.reader, &mut [0]).is_err();
        }
    }

    fn fd(&self) -> std::os::fd::RawFd {
        std::os::fd::AsRawFd::as_raw_fd(&self.reader)
    }
}
