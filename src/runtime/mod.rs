//! What runs calls: the library's own tokio runtime and callback thread, operations, completion queues, and what a
//! fork does to all of them. Here is no knowledge of C or of Python, and none of services but the list of what an
//! operation may result in (`output.rs`).
//!
//! Threads of the host never enter tokio: they start an operation and wait on a condition, a queue or a callback.
//! Everything is started at the first operation and ends with the last [`Lease`].

pub(crate) mod callbacks;
mod operation;
mod output;
mod process;
mod progress;
mod queue;
pub(crate) mod sync;
mod tasks;
mod threads;

#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

pub use operation::Operation;
pub(crate) use operation::{Reporter, Task};
pub use output::{Output, ResultOf};
pub(crate) use process::Generation;
pub(crate) use process::PerProcess;
pub use process::generation;
pub use progress::{Progress, ProgressPhase};
pub use queue::{Event, EventKind, Queue};
pub(crate) use tasks::TaskList;

use crate::error::{Error, ErrorKind, Result};
use callbacks::{Dispatcher, Job};
use sync::{Condvar, Mutex, wait_until};

/// Threads that do I/O. Two serve thousands of sockets; work that computes has threads of its own.
const WORKERS: usize = 2;
/// Threads for disk, sources and recognition, over all clients. More work waits.
pub(crate) const BLOCKING_THREADS: usize = 32;
/// Log messages that may wait for the callback thread before further ones are dropped.
const LOG_BACKLOG: usize = 1024;

static PROCESS: PerProcess<Slot> = PerProcess::new();

/// What this process runs.
#[derive(Default)]
struct Slot {
    state: Mutex<Running>,
}

#[derive(Default)]
struct Running {
    leases: usize,
    runtime: Option<Arc<Runtime>>,
    dispatcher: Option<Dispatcher>,
    /// Told to end, and may not have ended yet: a shutdown waits for these, too.
    ending_runtimes: Vec<Arc<Runtime>>,
    ending_dispatchers: Vec<Dispatcher>,
}

impl Running {
    /// Takes the runtime away, for the caller to stop without this lock.
    fn retire_runtime(&mut self) -> Option<Arc<Runtime>> {
        self.ending_runtimes.retain(|runtime| !runtime.threads.counts.lock().have_ended());
        let runtime = self.runtime.take()?;
        self.ending_runtimes.push(runtime.clone());
        Some(runtime)
    }

    /// Lets the callback thread end once its jobs are done.
    fn retire_dispatcher(&mut self) {
        self.ending_dispatchers.retain(|dispatcher| !dispatcher.has_ended());
        if let Some(dispatcher) = self.dispatcher.take() {
            dispatcher.close();
            self.ending_dispatchers.push(dispatcher);
        }
    }
}

/// Keeps the library's threads. Clients, running operations and a log callback hold one.
#[derive(Debug)]
pub(crate) struct Lease {
    generation: Generation,
}

impl Lease {
    pub(crate) fn take() -> Self {
        PROCESS.get().state.lock().leases += 1;
        Self { generation: Generation::now() }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // A lease of the parent's is nothing to a forked child.
        if self.generation.is_past() {
            return;
        }
        let mut running = PROCESS.get().state.lock();
        running.leases -= 1;
        if running.leases > 0 {
            return;
        }
        let runtime = running.retire_runtime();
        running.retire_dispatcher();
        drop(running);
        if let Some(runtime) = runtime {
            runtime.stop();
        }
    }
}

/// The running tokio runtime and what it has in hand.
pub(crate) struct Runtime {
    /// No handle of it anywhere else: one would keep its descriptors open after the end.
    tokio: Mutex<Option<tokio::runtime::Runtime>>,
    tasks: TaskList,
    threads: Arc<ThreadCount>,
}

/// The threads of a runtime, and the blocking work that they were given.
struct ThreadCount {
    counts: Mutex<Counts>,
    changed: Condvar,
}

#[derive(Default)]
struct Counts {
    started: usize,
    stopped: usize,
    work: usize,
    unfinished: usize,
    /// Nothing begins any more that would have to be finished.
    ending: bool,
}

impl Counts {
    /// Of a runtime that was told to stop. A thread counts itself only once it runs: so the workers have to have come,
    /// and work on its way to a thread counts by itself.
    fn have_ended(&self) -> bool {
        self.started >= WORKERS && self.stopped == self.started && self.work == 0
    }
}

thread_local! {
    /// Of the runtime that this thread is one of.
    static OWN_COUNT: RefCell<Option<Arc<ThreadCount>>> = const { RefCell::new(None) };
}

impl ThreadCount {
    fn new() -> Self {
        Self { counts: Mutex::default(), changed: Condvar::new() }
    }

    fn change(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut self.counts.lock());
        self.changed.notify_all();
    }
}

/// Blocking work, from when it is asked for until it was done or dropped.
struct CountedWork(Option<Arc<ThreadCount>>);

impl CountedWork {
    fn new() -> Self {
        let count = OWN_COUNT.with_borrow(Option::clone);
        if let Some(count) = &count {
            count.change(|counts| counts.work += 1);
        }
        Self(count)
    }
}

impl Drop for CountedWork {
    fn drop(&mut self) {
        if let Some(count) = &self.0 {
            count.change(|counts| counts.work -= 1);
        }
    }
}

/// What is to be finished once it has begun, though nobody waits for it: a shutdown does, until its deadline. For use
/// inside the library's runtime.
pub(crate) struct Unfinished(Option<Arc<ThreadCount>>);

impl Unfinished {
    /// [`ErrorKind::Cancelled`] where there is no time left to finish it.
    pub(crate) fn begin() -> Result<Self> {
        let count = OWN_COUNT.with_borrow(Option::clone);
        if let Some(count) = &count {
            let mut counts = count.counts.lock();
            if counts.ending {
                return Err(Error::cancelled());
            }
            counts.unfinished += 1;
        }
        Ok(Self(count))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(count) = &self.0 {
            count.change(|counts| counts.unfinished -= 1);
        }
    }
}

impl Runtime {
    fn start() -> Result<Arc<Self>> {
        let threads = Arc::new(ThreadCount::new());
        let (on_start, on_stop) = (threads.clone(), threads.clone());
        let number = AtomicUsize::new(0);
        let build = || {
            tokio::runtime::Builder::new_multi_thread()
                .worker_threads(WORKERS)
                .max_blocking_threads(BLOCKING_THREADS)
                .thread_stack_size(threads::STACK_SIZE)
                .thread_name_fn(move || format!("tiro-{}", number.fetch_add(1, Ordering::Relaxed)))
                .on_thread_start(move || {
                    on_start.change(|counts| counts.started += 1);
                    OWN_COUNT.set(Some(on_start.clone()));
                })
                .on_thread_stop(move || on_stop.change(|counts| counts.stopped += 1))
                .enable_all()
                .build()
        };
        // tokio panics where the system has no thread left; here that is an error like any other.
        let built = catch_unwind(AssertUnwindSafe(|| threads::with_signals_blocked(build)))
            .unwrap_or_else(|_| Err(std::io::ErrorKind::OutOfMemory.into()));
        let tokio = built.map_err(|error| Error::io("starting the library's threads", &error))?;
        Ok(Arc::new(Self { tokio: Mutex::new(Some(tokio)), tasks: TaskList::default(), threads }))
    }

    /// Waits for what is to be finished; afterwards nothing of that kind begins.
    fn finish(&self, deadline: Option<Instant>) -> bool {
        let counts = self.threads.counts.lock();
        let finished = |counts: &Counts| counts.unfinished == 0;
        let (mut counts, finished) = wait_until(&self.threads.changed, counts, deadline, finished);
        counts.ending = true;
        finished
    }

    /// Drops every task and lets the threads end; waits for nothing. May run on one of those threads.
    fn stop(&self) {
        let tokio = self.tokio.lock().take();
        if let Some(tokio) = tokio {
            tokio.shutdown_background();
        }
    }

    fn spawn(&self, task: &Arc<Task>, future: impl Future<Output = ()> + Send + 'static) {
        self.tasks.add(task);
        // Stopped meanwhile: the future is dropped, without the lock, which completes the task as cancelled.
        if let Some(tokio) = &*self.tokio.lock() {
            tokio.spawn(future);
        }
    }
}

/// The runtime of this process, started if need be. The caller holds a [`Lease`].
fn runtime() -> Result<Arc<Runtime>> {
    let mut running = PROCESS.get().state.lock();
    if let Some(runtime) = &running.runtime {
        return Ok(runtime.clone());
    }
    // Both or none: a call that can run but not report is worse than one that fails now.
    if running.dispatcher.is_none() {
        running.dispatcher = Some(start_dispatcher()?);
    }
    let runtime = Runtime::start()?;
    running.runtime = Some(runtime.clone());
    Ok(runtime)
}

fn start_dispatcher() -> Result<Dispatcher> {
    Dispatcher::start().map_err(|error| Error::io("starting the callback thread", &error))
}

/// The schedules that shuttle tries are those of a task and a queue; whoever is called back has none of his own there.
#[cfg(shuttle)]
pub(crate) fn post_callback(job: Job) {
    job();
}

/// Queues a callback of the host's for the callback thread. Where that thread cannot be had, the callback is dropped.
#[cfg(not(shuttle))]
pub(crate) fn post_callback(job: Job) {
    let mut running = PROCESS.get().state.lock();
    if running.dispatcher.is_none() {
        running.dispatcher = start_dispatcher().ok();
    }
    let Some(dispatcher) = &running.dispatcher else {
        drop(running); // before the job, which may end the host's data
        return;
    };
    // Under the lock: nobody lets the thread end in between.
    dispatcher.post(job);
    // Without a lease nobody would end the thread: it ends by itself after this job.
    if running.leases == 0 {
        running.retire_dispatcher();
    }
}

/// Queues a log message, unless too many wait already.
pub(crate) fn post_log(job: Job) {
    let running = PROCESS.get().state.lock();
    let crowded = running.dispatcher.as_ref().is_some_and(|dispatcher| dispatcher.backlog() >= LOG_BACKLOG);
    drop(running);
    if !crowded {
        post_callback(job);
    }
}

/// Runs work that blocks (disk, a source's callbacks, recognition) on a thread of its own kind. Only for use inside
/// an operation. The work is not stopped when the future is dropped: it has to watch for that itself.
pub(crate) async fn blocking<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> Result<R> {
    let counted = (work, CountedWork::new());
    let counted = move || {
        let counted = counted; // whole: done or dropped, the work goes before its count
        let (work, _count) = counted;
        work()
    };
    tokio::task::spawn_blocking(counted).await.map_err(|error| match error.is_panic() {
        true => Error::new(ErrorKind::Panic, "a thread of tiro panicked"),
        false => Error::cancelled(),
    })
}

/// Cancels every operation, then waits for them, for what would log somebody out if it were cut short, for their
/// callbacks and the library's threads. `true`: all have ended.
/// Clients stay usable: the next operation starts everything again.
pub fn shutdown(timeout: Option<Duration>) -> Result<bool> {
    if callbacks::inside() {
        return Err(Error::new(ErrorKind::Deadlock, "a shutdown inside a callback would wait for itself"));
    }
    let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let mut running = PROCESS.get().state.lock();
    running.retire_runtime();
    let runtimes = running.ending_runtimes.clone();
    drop(running);
    let mut all_ended = true;
    for runtime in runtimes {
        all_ended &= runtime.tasks.cancel_and_wait(deadline);
        all_ended &= runtime.finish(deadline);
        runtime.stop();
        let counts = runtime.threads.counts.lock();
        all_ended &= wait_until(&runtime.threads.changed, counts, deadline, Counts::have_ended).1;
    }
    if !all_ended {
        return Ok(false);
    }
    // What has ended has queued its callbacks by now: only then may their thread end.
    let mut running = PROCESS.get().state.lock();
    running.retire_dispatcher();
    let dispatchers = running.ending_dispatchers.clone();
    drop(running);
    for dispatcher in dispatchers {
        all_ended &= dispatcher.wait_end(deadline);
    }
    Ok(all_ended)
}
