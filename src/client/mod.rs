//! The client: one identity at one service, and the verbs. Each verb checks its arguments, starts an operation and
//! returns at once.

mod billing;
mod exports;
mod jobs;
mod logins;
mod orders;
mod remote;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};

use self::logins::Logins;
use crate::auth::TokenProvider;
use crate::error::{Error, ErrorKind, Result};
use crate::events::{EventFeed, Events};
use crate::job::{self, Jobs};
use crate::options::{Options, Scope};
use crate::recording::{Recording, RecordingPage};
use crate::runtime::{Generation, Lease, Operation, Reporter, ResultOf, TaskList};
use crate::service::{self, Call, PageRequest, Service, ServiceFuture};
use crate::source::{Claim, Source};
use crate::transcript::Transcript;

/// A service takes ids of its own making; none is longer than this.
const LONGEST_ID: usize = 1024;

/// Through what tiro was loaded. Advice in errors is given in its words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Embedding {
    /// A Rust program.
    #[default]
    Rust,
    /// The C ABI.
    C,
    /// The Python module.
    Python,
}

/// One identity at one service. Cheap to clone; every clone is the same client.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    generation: Generation,
    options: Options,
    service: Arc<dyn Service>,
    in_flight: Arc<Semaphore>,
    logins: Arc<Logins>,
    jobs: Arc<Jobs>,
    tasks: TaskList,
    _lease: Lease,
}

impl Shared {
    /// A client of another identity at the same service, within the same limits.
    fn sibling(&self, service: Arc<dyn Service>) -> Client {
        let shared = Shared {
            generation: self.generation,
            service,
            in_flight: self.in_flight.clone(),
            logins: self.logins.clone(),
            jobs: self.jobs.clone(),
            options: self.options.clone(),
            tasks: TaskList::default(),
            _lease: Lease::take(),
        };
        Client { shared: Arc::new(shared) }
    }
}

impl Client {
    /// A client of the service that the options name. Does no I/O and starts no thread.
    pub fn new(options: &Options) -> Result<Self> {
        Self::embedded(options, Embedding::Rust)
    }

    /// As [`Client::new`], for a binding of another language.
    pub fn embedded(options: &Options, embedding: Embedding) -> Result<Self> {
        Self::open(options, embedding, None)
    }

    /// A client whose access tokens come from the program itself, wherever it has them from.
    pub fn with_token_provider(
        options: &Options,
        embedding: Embedding,
        tokens: Arc<dyn TokenProvider>,
    ) -> Result<Self> {
        Self::open(options, embedding, Some(tokens))
    }

    fn open(options: &Options, embedding: Embedding, tokens: Option<Arc<dyn TokenProvider>>) -> Result<Self> {
        options.check_scope(Scope::Client)?;
        Self::with_service(options, service::open(options, embedding, tokens)?)
    }

    pub(crate) fn with_service(options: &Options, service: Arc<dyn Service>) -> Result<Self> {
        let shared = Shared {
            generation: Generation::now(),
            service,
            in_flight: Arc::new(Semaphore::new(options.integer("max_in_flight") as usize)),
            logins: Arc::default(),
            jobs: Arc::new(Jobs::new(options)?),
            options: options.clone(),
            tasks: TaskList::default(),
            _lease: Lease::take(),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Uploads a recording. The result is the recording as the service took it in.
    pub fn upload(&self, source: &Source, call: Option<&Options>) -> Result<Operation<Recording>> {
        self.check_process()?;
        let claim = source.claim()?;
        self.start(call, move |mut context| async move {
            context.logged_in().await?;
            context.upload(claim).await
        })
    }

    /// A recording as it is now.
    pub fn recording(&self, id: &str, call: Option<&Options>) -> Result<Operation<Recording>> {
        let id = checked_id(id)?;
        self.start(call, move |context| async move {
            context.in_turn(context.service.recording(&context.call, &id)).await
        })
    }

    /// A page of the recordings: at most `limit` from `offset` on.
    pub fn recordings(
        &self,
        offset: u64,
        limit: u64,
        call: Option<&Options>,
    ) -> Result<Operation<RecordingPage>> {
        if limit == 0 {
            return Err(Error::new(ErrorKind::Argument, "a page of 0 recordings was asked for"));
        }
        self.start(call, move |context| async move {
            context.in_turn(context.service.recordings(&context.call, PageRequest { offset, limit })).await
        })
    }

    /// Waits until a recording is ready, at most `wait_timeout_ms`. One that fails or waits for somebody is an error.
    pub fn wait(&self, id: &str, call: Option<&Options>) -> Result<Operation<Recording>> {
        let id = checked_id(id)?;
        self.start(call, move |context| async move { context.wait(&id).await })
    }

    /// The transcript of a recording that is ready.
    pub fn transcript(&self, id: &str, call: Option<&Options>) -> Result<Operation<Transcript>> {
        let id = checked_id(id)?;
        self.start(call, move |context| async move { context.transcript(&id).await })
    }

    /// Deletes a recording and its transcript.
    pub fn delete(&self, id: &str, call: Option<&Options>) -> Result<Operation<()>> {
        let id = checked_id(id)?;
        self.start(call, move |context| async move {
            context.in_turn(context.service.delete(&context.call, &id)).await
        })
    }

    /// Deletes every recording that the service keeps for this client, with its transcript and whatever else is kept of
    /// it. For the local service: all that is in its store, whoever put it there.
    pub fn purge(&self, call: Option<&Options>) -> Result<Operation<()>> {
        self.start(
            call,
            move |context| async move { context.in_turn(context.service.purge(&context.call)).await },
        )
    }

    /// What the service tells of the recordings, pushed where it can, else found by asking. What there is already is not
    /// told, only what changes once the operation listens. Without a limit in time: it ends with an error, or when it is
    /// dropped or cancelled.
    pub fn events(&self, call: Option<&Options>) -> Result<Events> {
        let operation = self.start(call, move |context| async move {
            let feed = EventFeed::new(context.call.reporter.clone());
            context.service.events(&context.call, feed).await
        })?;
        Ok(Events::new(operation))
    }

    /// The whole job: upload, order and buy where the service wants that, wait, fetch the transcript. With the option
    /// `journal` a job of the same recording and settings is gone on with, also one of another process (docs/jobs.md).
    pub fn transcribe(&self, source: &Source, call: Option<&Options>) -> Result<Operation<Transcript>> {
        self.check_process()?;
        let claim = source.claim()?;
        self.start(call, move |mut context| async move {
            context.logged_in().await?;
            job::transcribe(context, claim).await
        })
    }

    /// Cancels the operations of this client and waits until they have ended; `false` if some have not by then. The
    /// client stays usable.
    pub fn cancel_all(&self, timeout: Option<Duration>) -> Result<bool> {
        self.check_process()?;
        let deadline = match crate::runtime::callbacks::inside() {
            true => Some(Instant::now()),
            false => timeout.and_then(|timeout| Instant::now().checked_add(timeout)),
        };
        Ok(self.shared.tasks.cancel_and_wait(deadline))
    }

    fn start<T, W, F>(&self, call: Option<&Options>, work: W) -> Result<Operation<T>>
    where
        T: ResultOf,
        W: FnOnce(CallContext) -> F + Send + 'static,
        F: Future<Output = Result<T>> + Send,
    {
        self.check_process()?;
        if let Some(call) = call {
            call.check_scope(Scope::Call)?;
        }
        let options = Arc::new(self.shared.options.for_call(call));
        let (service, in_flight) = (self.shared.service.clone(), self.shared.in_flight.clone());
        let (logins, jobs) = (self.shared.logins.clone(), self.shared.jobs.clone());
        let operation = Operation::start(move |reporter: Reporter| {
            work(CallContext { service, in_flight, logins, jobs, call: Call { options, reporter } })
        })?;
        self.shared.tasks.add(operation.task());
        Ok(operation)
    }

    fn check_process(&self) -> Result<()> {
        self.shared.check_process()
    }
}

impl Shared {
    fn check_process(&self) -> Result<()> {
        let hinted = |error: Error| error.with_hint("make a client after the fork");
        self.generation.check("client").map_err(hinted)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("options", &self.shared.options).finish_non_exhaustive()
    }
}

/// What the work of one operation has at hand.
#[derive(Clone)]
pub(crate) struct CallContext {
    pub(crate) service: Arc<dyn Service>,
    in_flight: Arc<Semaphore>,
    logins: Arc<Logins>,
    pub(crate) jobs: Arc<Jobs>,
    pub(crate) call: Call,
}

impl CallContext {
    /// Runs one request once the client has fewer than `max_in_flight` under way.
    pub(crate) async fn in_turn<T>(&self, request: ServiceFuture<'_, T>) -> Result<T> {
        let _turn = self.turn().await?;
        request.await
    }

    /// Waits until the client has fewer than `max_in_flight` requests under way; one more is, until this is dropped.
    pub(crate) async fn turn(&self) -> Result<SemaphorePermit<'_>> {
        self.in_flight.acquire().await.map_err(|_| Error::cancelled())
    }

    /// The same, with other options.
    pub(crate) fn with_options(self, options: Options) -> Self {
        Self { call: Call { options: Arc::new(options), ..self.call }, ..self }
    }

    pub(crate) async fn upload(&self, source: Claim) -> Result<Recording> {
        let is_fetched = source.url().is_some();
        self.uploading(is_fetched, self.service.upload(&self.call, source)).await
    }

    /// Runs an upload in its turn; one that the service fetches from a URL takes none, as that may last for days.
    pub(crate) async fn uploading<T>(&self, is_fetched: bool, upload: ServiceFuture<'_, T>) -> Result<T> {
        if is_fetched { upload.await } else { self.in_turn(upload).await }
    }

    pub(crate) async fn transcript(&self, id: &str) -> Result<Transcript> {
        self.in_turn(self.service.transcript(&self.call, id)).await
    }

    /// Waits for a recording to be ready. Takes no turn: a wait may last for days.
    pub(crate) async fn wait(&self, id: &str) -> Result<Recording> {
        let follow = self.service.follow(&self.call, id);
        let recording = match u64::try_from(self.call.options.integer("wait_timeout_ms")) {
            Err(_) => follow.await?,
            Ok(limit) => {
                tokio::time::timeout(Duration::from_millis(limit), follow).await.map_err(|_| {
                    Error::new(ErrorKind::Timeout, format!("recording {id} is not ready after {limit} ms"))
                        .with_recording_id(id)
                        .with_hint("it goes on; wait again with its id")
                })??
            }
        };
        job::ready(recording)
    }
}

fn checked_id(id: &str) -> Result<String> {
    if id.is_empty() || id.len() > LONGEST_ID || id.contains(char::is_control) {
        return Err(Error::new(
            ErrorKind::Argument,
            "an id is neither empty nor overlong and has no control characters",
        ));
    }
    Ok(id.to_owned())
}
