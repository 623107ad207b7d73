//! The task behind a watcher: it keeps the push source running, asks what the plan wants asked, and tells the plan what
//! came of it.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep_until};

use super::plan::{Asked, Plan, Question};
use super::{Budget, Listing, News, NewsSender, Pacing, Push};
use crate::error::{Error, ErrorKind, Result};
use crate::recording::{Recording, RecordingPage};
use crate::runtime::sync::Mutex;
use crate::service::PageRequest;

/// News that may wait for the plan before the push source has to.
const MOST_NEWS: usize = 64;
/// Longer than anybody waits.
const NEVER: Duration = Duration::from_secs(365 * 24 * 60 * 60);

pub(super) struct Shared {
    pub(super) plan: Mutex<Plan>,
    listing: Arc<dyn Listing>,
    push: Option<Arc<dyn Push>>,
    budget: Budget,
    page_size: u64,
    running: Mutex<bool>,
    closed: AtomicBool,
    woken: Notify,
}

impl Shared {
    pub(super) fn new(
        listing: Arc<dyn Listing>,
        push: Option<Arc<dyn Push>>,
        budget: Budget,
        pacing: Pacing,
    ) -> Self {
        Self {
            page_size: pacing.page_size,
            plan: Mutex::new(Plan::new(pacing)),
            listing,
            push,
            budget,
            running: Mutex::default(),
            closed: AtomicBool::new(false),
            woken: Notify::new(),
        }
    }

    /// Nobody will come any more.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.look();
    }

    /// Lets the task see what has changed.
    pub(super) fn look(&self) {
        self.woken.notify_one();
    }

    /// Whether the task ends here. Decided under the lock of `running`: whoever comes after that starts another.
    fn may_end(&self, now: Instant) -> bool {
        let mut running = self.running.lock();
        let mut plan = self.plan.lock();
        let over = self.closed.load(Ordering::Acquire) || plan.is_over(now);
        if over {
            plan.stop(now);
            *running = false;
        }
        over
    }
}

/// Sees to it that the task runs and looks. For use inside the library's runtime.
pub(super) fn wake(shared: &Arc<Shared>) {
    let runs = std::mem::replace(&mut *shared.running.lock(), true);
    // After the lock: a runtime that is ending drops the task at once, and that takes the lock.
    if !runs {
        tokio::spawn(drive(Run { shared: shared.clone(), ended: false }));
    }
    shared.look();
}

/// A task at work. Dropped before its end (the library is shut down, or it panicked), nobody waits in vain.
struct Run {
    shared: Arc<Shared>,
    ended: bool,
}

impl Drop for Run {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        *self.shared.running.lock() = false;
        let error = match std::thread::panicking() {
            true => Error::new(ErrorKind::Panic, "tiro panicked while it followed recordings"),
            false => Error::cancelled(),
        };
        let mut plan = self.shared.plan.lock();
        plan.stop(Instant::now());
        plan.end_all(&error);
    }
}

/// What came of a question.
enum Answer {
    /// Nothing was due any more when it might have been asked.
    Unasked,
    Page(Asked, u64, Result<RecordingPage>),
    One(Asked, String, Result<Recording>),
}

type Asking = Pin<Box<dyn Future<Output = Answer> + Send>>;

async fn drive(mut run: Run) {
    let shared = run.shared.clone();
    let (sender, mut news) = mpsc::channel(MOST_NEWS);
    let mut push = pin!(listen(shared.push.clone(), sender));
    let mut asking: Option<Asking> = None;
    loop {
        let now = Instant::now();
        if shared.may_end(now) {
            run.ended = true;
            return;
        }
        let wake_at = shared.plan.lock().wake_at();
        let due = wake_at.is_some_and(|at| at <= now);
        if due && asking.is_none() {
            asking = Some(Box::pin(ask(shared.clone())));
        }
        let busy = asking.is_some();
        let answered = async {
            match &mut asking {
                Some(asking) => asking.await,
                None => std::future::pending().await,
            }
        };
        let pause = sleep_until(wake_at.unwrap_or_else(|| now + NEVER));
        tokio::select! {
            Some(told) = news.recv() => shared.plan.lock().told(told, Instant::now()),
            answer = answered => {
                asking = None;
                take(&shared, answer);
            }
            () = shared.woken.notified() => {}
            () = pause, if !busy => {}
            () = &mut push => {}
        }
    }
}

/// Keeps the push source running. Never ends, and tells when the source has.
async fn listen(push: Option<Arc<dyn Push>>, news: NewsSender) {
    if let Some(push) = push {
        if let Err(error) = push.run(news.clone()).await {
            crate::log::warn!("following", "changes are not pushed, and asked for instead: {error}");
        }
        let _ = news.send(News::Disconnected).await;
    }
    std::future::pending().await
}

/// Waits for a turn, and asks what the plan wants asked then.
async fn ask(shared: Arc<Shared>) -> Answer {
    let turn = shared.budget.turn().await;
    let Some(asked) = shared.plan.lock().next(Instant::now()) else { return Answer::Unasked };
    let _asking = turn.begin();
    match asked.question.clone() {
        Question::Page { offset } => {
            let page = shared.listing.page(PageRequest { offset, limit: shared.page_size }).await;
            Answer::Page(asked, offset, page)
        }
        Question::One(id) => {
            let one = shared.listing.one(&id).await;
            Answer::One(asked, id, one)
        }
    }
}

fn take(shared: &Shared, answer: Answer) {
    let now = Instant::now();
    let mut plan = shared.plan.lock();
    match answer {
        Answer::Unasked => {}
        Answer::Page(asked, offset, page) => plan.page_came(&asked, offset, page, now),
        Answer::One(asked, id, one) => plan.one_came(&asked, &id, one, now),
    }
}
