//! Operations: a running call and, once it has ended, its result. A [`Task`] is completed exactly once and can be
//! waited for in every way at the same time: blocking, as a future, by callback, by queue.

use std::future::Future;
use std::marker::PhantomData;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::{AbortHandle, Abortable};

use super::output::{Output, ResultOf};
use super::progress::{Progress, ProgressPhase};
use super::queue::{Attachment, EventKind, Posted, Queue};
use super::sync::{Condvar, Mutex, wait_until};
use super::{Generation, Lease, callbacks, post_callback, runtime};
use crate::auth::Login;
use crate::error::{Error, ErrorKind, Result};
use crate::events::{Inbox, ServiceEvent, no_more};

/// Progress is told at most this often; what comes in between is merged.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);

type DoneCallback = Box<dyn FnOnce(&Result<Output>) + Send>;
type ProgressCallback = Arc<dyn Fn(Progress) + Send + Sync>;

/// The state of one operation, shared by whoever runs it and whoever waits.
pub(crate) struct Task {
    generation: Generation,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    outcome: Option<Result<Output>>,
    cancelled: bool,
    cancel: Option<Box<dyn FnOnce() + Send>>,
    progress: Progress,
    login: Option<Login>,
    progress_told: Option<Instant>,
    wakers: Vec<Waker>,
    on_done: Vec<DoneCallback>,
    on_progress: Vec<ProgressCallback>,
    attachment: Option<Attachment>,
    events: Inbox,
    event_wakers: Vec<Waker>,
}

impl State {
    /// The oldest event; once the task has ended and all are taken, what ended it.
    fn next_event(&mut self) -> Option<Result<ServiceEvent>> {
        if let Some(event) = self.events.take() {
            return Some(Ok(event));
        }
        self.outcome.as_ref().map(|outcome| Err(outcome.as_ref().err().cloned().unwrap_or_else(no_more)))
    }
}

/// Wakes `waker` at the next change, once.
fn enlist(wakers: &mut Vec<Waker>, waker: &Waker) {
    if !wakers.iter().any(|known| known.will_wake(waker)) {
        wakers.push(waker.clone());
    }
}

impl Task {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { generation: Generation::now(), state: Mutex::default(), changed: Condvar::new() })
    }

    fn check_process(&self) -> Result<()> {
        self.generation.check("operation")
    }

    /// What [`Task::cancel`] is to do; at once, if that was called already.
    pub(crate) fn set_cancel(&self, cancel: impl FnOnce() + Send + 'static) {
        let mut state = self.state.lock();
        if state.outcome.is_none() && !state.cancelled {
            state.cancel = Some(Box::new(cancel));
            return;
        }
        drop(state);
        cancel();
    }

    pub(crate) fn cancel(&self) {
        if self.check_process().is_err() {
            return;
        }
        let mut state = self.state.lock();
        state.cancelled = true;
        let cancel = state.cancel.take();
        drop(state);
        if let Some(cancel) = cancel {
            cancel();
        }
    }

    /// Ends the task. Only the first call counts.
    pub(crate) fn complete(&self, outcome: Result<Output>) {
        let mut state = self.state.lock();
        if state.outcome.is_some() {
            return;
        }
        state.outcome = Some(outcome.clone());
        // Taken out, so that nothing of the host's is called or dropped under the lock.
        let on_done = std::mem::take(&mut state.on_done);
        let released = (state.cancel.take(), std::mem::take(&mut state.on_progress));
        let mut wakers = std::mem::take(&mut state.wakers);
        wakers.append(&mut state.event_wakers);
        let attachment = state.attachment.take();
        let failure = outcome.as_ref().err().map(Error::kind);
        let posted = attachment.and_then(|attachment| attachment.post(EventKind::Done, failure));
        drop(state);
        self.changed.notify_all();
        wakers.into_iter().for_each(Waker::wake);
        if let Some(posted) = posted {
            posted.tell();
        }
        for callback in on_done {
            let outcome = outcome.clone();
            post_callback(Box::new(move || callback(&outcome)));
        }
        drop(released);
    }

    /// Waits for the end; without limit if there is no deadline.
    pub(crate) fn wait(&self, deadline: Option<Instant>) -> bool {
        wait_until(&self.changed, self.state.lock(), deadline, |state| state.outcome.is_some()).1
    }

    fn outcome(&self) -> Option<Result<Output>> {
        self.state.lock().outcome.clone()
    }

    fn set_progress(&self, progress: Progress) {
        let mut state = self.state.lock();
        if state.outcome.is_some() || state.progress == progress {
            return;
        }
        let new_phase = state.progress.phase != progress.phase;
        let complete = progress.total > 0 && progress.done >= progress.total;
        state.progress = progress;
        let now = Instant::now();
        let recent = state.progress_told.is_some_and(|told| now.duration_since(told) < PROGRESS_INTERVAL);
        if recent && !new_phase && !complete {
            return;
        }
        state.progress_told = Some(now);
        let callbacks = state.on_progress.clone();
        let attachment = state.attachment.as_ref();
        let posted = attachment.and_then(|attachment| attachment.post(EventKind::Progress, None));
        drop(state);
        if let Some(posted) = posted {
            posted.tell();
        }
        for callback in callbacks {
            post_callback(Box::new(move || callback(progress)));
        }
    }

    fn on_done(&self, callback: DoneCallback) {
        let mut state = self.state.lock();
        let Some(outcome) = state.outcome.clone() else {
            state.on_done.push(callback);
            return;
        };
        drop(state);
        post_callback(Box::new(move || callback(&outcome)));
    }

    fn on_progress(&self, callback: ProgressCallback) {
        let mut state = self.state.lock();
        if state.outcome.is_some() {
            return;
        }
        state.on_progress.push(callback.clone());
        let progress = state.progress;
        if progress != Progress::default() {
            // Under the lock: what comes next is told after it.
            post_callback(Box::new(move || callback(progress)));
        }
    }

    fn attach(&self, attachment: Attachment) -> Result<()> {
        let mut state = self.state.lock();
        if let Some(outcome) = &state.outcome {
            let failure = outcome.as_ref().err().map(Error::kind);
            drop(state);
            if let Some(posted) = attachment.post(EventKind::Done, failure) {
                posted.tell();
            }
        } else if state.attachment.is_some() {
            return Err(Error::new(ErrorKind::State, "the operation is attached to a queue already"));
        } else {
            let progressed = state.progress != Progress::default();
            let waiting = [(progressed, EventKind::Progress), (!state.events.is_empty(), EventKind::Service)];
            let posted = waiting.map(|(waits, kind)| waits.then(|| attachment.post(kind, None)).flatten());
            state.attachment = Some(attachment);
            drop(state);
            posted.into_iter().flatten().for_each(Posted::tell);
        }
        Ok(())
    }

    /// Keeps an event until somebody takes it.
    fn put_event(&self, event: ServiceEvent) {
        let mut state = self.state.lock();
        if state.outcome.is_some() {
            return;
        }
        state.events.put(event);
        let wakers = std::mem::take(&mut state.event_wakers);
        let attachment = state.attachment.as_ref();
        let posted = attachment.and_then(|attachment| attachment.post(EventKind::Service, None));
        drop(state);
        self.changed.notify_all();
        wakers.into_iter().for_each(Waker::wake);
        if let Some(posted) = posted {
            posted.tell();
        }
    }
}

/// Completes a task when it is dropped unfinished: the runtime was shut down under it.
struct Completion {
    task: Arc<Task>,
    // Dropped after the completion: the callback thread must be there for it.
    _lease: Lease,
}

impl Drop for Completion {
    fn drop(&mut self) {
        self.task.complete(Err(Error::cancelled()));
    }
}

/// By which running work tells how far it is.
#[derive(Clone)]
pub(crate) struct Reporter {
    task: Arc<Task>,
}

impl Reporter {
    /// For work that nobody follows.
    #[cfg(feature = "local")]
    pub(crate) fn to_nobody() -> Self {
        Self { task: Task::new() }
    }

    pub(crate) fn progress(&self, phase: ProgressPhase, done: u64, total: u64) {
        self.task.set_progress(Progress { phase, done, total });
    }

    /// Tells that a person has to log in, and where.
    pub(crate) fn login_required(&self, login: Login) {
        self.task.state.lock().login = Some(login);
        self.progress(ProgressPhase::LoginRequired, 0, 0);
    }

    /// Tells an event of the service to whoever holds the operation.
    pub(crate) fn event(&self, event: ServiceEvent) {
        self.task.put_event(event);
    }
}

/// A running call. Dropping it cancels the call, unless it has ended or was [detached](Operation::detach).
///
/// An operation is a [`Future`] for every executor, can be waited for by a thread ([`Operation::wait`]), reports to a
/// callback and to a [`Queue`]; all of that at once if need be.
pub struct Operation<T: ResultOf> {
    task: Arc<Task>,
    detached: AtomicBool,
    result: PhantomData<fn() -> T>,
}

impl<T: ResultOf> Operation<T> {
    /// Starts work on the library's runtime.
    pub(crate) fn start<F, W>(work: F) -> Result<Self>
    where
        F: FnOnce(Reporter) -> W + Send + 'static,
        W: Future<Output = Result<T>> + Send,
    {
        let lease = Lease::take();
        let runtime = runtime()?;
        let task = Task::new();
        let (abort, registration) = AbortHandle::new_pair();
        task.set_cancel(move || abort.abort());
        let completion = Completion { task: task.clone(), _lease: lease };
        let reporter = Reporter { task: task.clone() };
        runtime.spawn(&task, async move {
            let work = AssertUnwindSafe(async move { work(reporter).await.map(T::into_output) });
            let outcome = match Abortable::new(work.catch_unwind(), registration).await {
                Ok(Ok(outcome)) => outcome,
                Ok(Err(_)) => Err(Error::new(ErrorKind::Panic, "tiro panicked in this operation")),
                Err(_) => Err(Error::cancelled()),
            };
            completion.task.complete(outcome);
        });
        Ok(Self::of_task(task))
    }

    /// Asks the operation to end. It completes as [`ErrorKind::Cancelled`], unless it has ended already.
    pub fn cancel(&self) {
        self.task.cancel();
    }

    /// Lets the operation go on without anybody waiting.
    pub fn detach(self) {
        self.let_go();
    }

    /// From now on, dropping this does not cancel the call.
    pub(crate) fn let_go(&self) {
        self.detached.store(true, Ordering::Release);
    }

    pub(super) fn of_task(task: Arc<Task>) -> Self {
        Self { task, detached: AtomicBool::new(false), result: PhantomData }
    }

    /// Waits for the end, at most for `timeout` (`None`: without limit; zero: looks and returns), and gives the
    /// result; `None` if it is still pending. Inside a callback of the library's a wait that would block is refused as
    /// [`ErrorKind::Deadlock`]; in a forked child everything of the parent's is [`ErrorKind::Forked`].
    pub fn wait(&self, timeout: Option<Duration>) -> Option<Result<T>> {
        match self.wait_end(timeout) {
            Err(refusal) => Some(Err(refusal)),
            Ok(false) => None,
            Ok(true) => self.outcome().map(|outcome| outcome.and_then(Self::result)),
        }
    }

    /// As [`Operation::wait`], but tells only whether the operation has ended; an error is one of the wait itself.
    pub fn wait_end(&self, timeout: Option<Duration>) -> Result<bool> {
        self.task.check_process()?;
        if self.outcome().is_some() {
            return Ok(true);
        }
        if timeout == Some(Duration::ZERO) {
            return Ok(false);
        }
        if callbacks::inside() {
            return Err(Error::new(ErrorKind::Deadlock, "waiting inside a callback would wait for itself"));
        }
        Ok(self.task.wait(timeout.and_then(|timeout| Instant::now().checked_add(timeout))))
    }

    /// How the operation ended, whatever its type; `None` while it runs.
    pub fn outcome(&self) -> Option<Result<Output>> {
        match self.task.check_process() {
            Ok(()) => self.task.outcome(),
            Err(forked) => Some(Err(forked)),
        }
    }

    /// How far the operation is.
    pub fn progress(&self) -> Result<Progress> {
        self.task.check_process()?;
        Ok(self.task.state.lock().progress)
    }

    /// The login that the operation waits for, while a person has to log in before it can go on: send their browser to
    /// its URL, then end it with [`Client::complete_login`] or [`Client::receive_login`].
    pub fn login(&self) -> Result<Option<Login>> {
        self.task.check_process()?;
        let state = self.task.state.lock();
        let waits = state.outcome.is_none() && state.progress.phase == ProgressPhase::LoginRequired;
        Ok(state.login.clone().filter(|_| waits))
    }

    /// Takes the oldest event of the service that waits in the operation, if there is one; also after the operation has
    /// ended. Only an operation of [`crate::Client::events`] has any. An [`EventKind::Service`] in the queue stands for
    /// all that wait: take them until there is none.
    pub fn take_event(&self) -> Result<Option<ServiceEvent>> {
        self.task.check_process()?;
        Ok(self.task.state.lock().events.take())
    }

    pub(crate) fn next_event(&self, timeout: Option<Duration>) -> Result<Option<ServiceEvent>> {
        self.task.check_process()?;
        let mut state = self.task.state.lock();
        if let Some(next) = state.next_event() {
            return next.map(Some);
        }
        if timeout == Some(Duration::ZERO) {
            return Ok(None);
        }
        if callbacks::inside() {
            return Err(Error::new(ErrorKind::Deadlock, "waiting inside a callback would wait for itself"));
        }
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let ready = |state: &State| state.outcome.is_some() || !state.events.is_empty();
        state = wait_until(&self.task.changed, state, deadline, ready).0;
        state.next_event().transpose()
    }

    pub(crate) fn poll_event(&self, context: &mut Context<'_>) -> Poll<Result<ServiceEvent>> {
        self.task.check_process()?;
        let mut state = self.task.state.lock();
        match state.next_event() {
            Some(next) => Poll::Ready(next),
            None => {
                enlist(&mut state.event_wakers, context.waker());
                Poll::Pending
            }
        }
    }

    /// Calls back on the library's callback thread once the operation has ended; also if it has already.
    pub fn on_done(&self, callback: impl FnOnce(Result<T>) + Send + 'static) -> Result<()> {
        self.task.check_process()?;
        self.task.on_done(Box::new(move |outcome| callback(outcome.clone().and_then(Self::result))));
        Ok(())
    }

    /// Calls back on the library's callback thread as the operation goes on, at most ten times a second; at once with how
    /// far it is, if it has begun.
    pub fn on_progress(&self, callback: impl Fn(Progress) + Send + Sync + 'static) -> Result<()> {
        self.task.check_process()?;
        self.task.on_progress(Arc::new(callback));
        Ok(())
    }

    /// Sends the operation's events to a queue, each with `key` and `tag`: first those that say what there is already.
    /// Once an operation.
    pub fn attach(&self, queue: &Queue, key: u64, tag: usize) -> Result<()> {
        self.task.check_process()?;
        self.task.attach(queue.attachment(key, tag)?)
    }

    /// From now on, no event of the operation comes to its queue.
    #[cfg(feature = "capi")]
    pub(crate) fn leave_queue(&self) {
        if self.task.check_process().is_ok() {
            self.task.state.lock().attachment = None;
        }
    }

    /// The same operation without its type.
    pub fn erase(self) -> Operation<Output> {
        self.let_go();
        Operation::of_task(self.task.clone())
    }

    pub(crate) fn task(&self) -> &Arc<Task> {
        &self.task
    }

    fn result(output: Output) -> Result<T> {
        T::from_output(output)
            .ok_or_else(|| Error::new(ErrorKind::ResultType, "the operation's result is of another type"))
    }
}

impl<T: ResultOf> Drop for Operation<T> {
    fn drop(&mut self) {
        if !self.detached.load(Ordering::Acquire) {
            self.task.cancel();
        }
    }
}

impl<T: ResultOf> Future for Operation<T> {
    type Output = Result<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Err(forked) = self.task.check_process() {
            return Poll::Ready(Err(forked));
        }
        let mut state = self.task.state.lock();
        if let Some(outcome) = state.outcome.clone() {
            return Poll::Ready(outcome.and_then(Self::result));
        }
        enlist(&mut state.wakers, context.waker());
        Poll::Pending
    }
}

impl<T: ResultOf> std::fmt::Debug for Operation<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Operation").finish_non_exhaustive()
    }
}
