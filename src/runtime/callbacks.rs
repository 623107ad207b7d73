//! The callback thread: what tells the host something runs there, one call after the other, never on a thread that does
//! I/O. Functions of the host's that give something, sources and tokens, run on blocking threads of the call that asks.
//! And the mark by which a wait inside a callback is refused instead of hanging.

use std::cell::Cell;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use super::sync::{Condvar, Mutex, wait_until};
use super::threads;

/// Work for the callback thread.
pub(crate) type Job = Box<dyn FnOnce() + Send>;

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is inside a callback, where waiting is refused.
pub(crate) fn inside() -> bool {
    INSIDE.get()
}

/// Runs a callback of the host's: marks the thread, and keeps a panic of a Rust host from tearing it down.
pub(crate) fn run<R>(callback: impl FnOnce() -> R) -> Option<R> {
    let before = INSIDE.replace(true);
    let result = catch_unwind(AssertUnwindSafe(callback));
    INSIDE.set(before);
    result.ok()
}

/// A thread that runs jobs in their order and ends once it is closed and they are done.
#[derive(Clone)]
pub(crate) struct Dispatcher {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    closed: bool,
    ended: bool,
}

impl Dispatcher {
    pub(crate) fn start() -> std::io::Result<Self> {
        let shared = Arc::new(Shared { state: Mutex::default(), changed: Condvar::new() });
        let of_thread = shared.clone();
        threads::spawn("tiro-callbacks", move || of_thread.work())?;
        Ok(Self { shared })
    }

    /// Queues a job. After the end it is dropped unrun.
    pub(crate) fn post(&self, job: Job) {
        let mut state = self.shared.state.lock();
        if !state.ended {
            state.jobs.push_back(job);
            drop(state);
            self.shared.changed.notify_all();
        }
    }

    /// How many jobs wait.
    pub(crate) fn backlog(&self) -> usize {
        self.shared.state.lock().jobs.len()
    }

    /// Lets the thread end after the jobs that are queued by then.
    pub(crate) fn close(&self) {
        self.shared.state.lock().closed = true;
        self.shared.changed.notify_all();
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.shared.state.lock().ended
    }

    /// Waits for the thread's end.
    pub(crate) fn wait_end(&self, deadline: Option<Instant>) -> bool {
        wait_until(&self.shared.changed, self.shared.state.lock(), deadline, |state| state.ended).1
    }
}

impl Shared {
    fn work(&self) {
        let mut state = self.state.lock();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                drop(state);
                run(job);
                state = self.state.lock();
            } else if state.closed {
                break;
            } else {
                state = self.changed.wait(state, None);
            }
        }
        state.ended = true;
        self.changed.notify_all();
    }
}
