//! The transport of a client: its connections, and requests that are repeated until they are answered or may not be
//! repeated any more.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Url;

use super::clients::{Clients, Way};
use super::exchange::{Answer, Failed, Patience, exchange};
use super::proxy::Proxies;
use super::redirect::{self, MOST_REDIRECTS};
use super::request::{Repeat, Request};
use super::response::Response;
use super::retry;
use super::url::{check_plain, origin};
use crate::backoff;
use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;

/// The transport of a client. Cheap to clone; clones share connections.
#[derive(Clone)]
pub(crate) struct Http {
    shared: Arc<Shared>,
}

struct Shared {
    proxies: Proxies,
    allow_plain_http: bool,
    first_pause: Duration,
    clients: Clients,
}

impl Http {
    /// Checks the options; connects to nothing and reads no file.
    pub(crate) fn new(options: &Options) -> Result<Self> {
        Self::with_first_pause(options, retry::FIRST_PAUSE)
    }

    pub(super) fn with_first_pause(options: &Options, first_pause: Duration) -> Result<Self> {
        let shared = Shared {
            proxies: Proxies::of_options(options)?,
            allow_plain_http: options.text("allow_plain_http") == "yes",
            first_pause,
            clients: Clients::default(),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Sends a request, again if it may be, and gives the answer as soon as its head is there. An answer that refuses
    /// is an answer, too: [`Response::refusal`] makes an error of it.
    pub(crate) async fn send(&self, request: Request, call: &Options) -> Result<Response> {
        Attempts::new(self.clone(), request, call).answer().await
    }

    /// The client for a URL. The address of a plain target is judged here, so it is not left to a proxy to resolve.
    async fn client(&self, url: &Url, common: &Way) -> Result<reqwest::Client> {
        let plain = match url.scheme() {
            "https" => false,
            "http" => true,
            _ => return Err(Error::new(ErrorKind::Argument, "the URL is neither https nor http")),
        };
        let loopback_only = plain && !self.shared.allow_plain_http;
        if loopback_only {
            check_plain(url)?;
        }
        let without_proxy = loopback_only || self.shared.proxies.spare(url);
        let way = Way { loopback_only, without_proxy, ..common.clone() };
        self.shared.clients.of(&way, &self.shared.proxies).await
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").finish_non_exhaustive()
    }
}

/// A request, with what is left of its tries and of its time.
#[derive(Clone)]
pub(super) struct Attempts {
    http: Http,
    pub(super) request: Request,
    way: Way,
    /// Of a request that streams no file.
    pub(super) deadline: Option<Instant>,
    /// Where there is no deadline: the longest pause.
    patience: Duration,
    pub(super) made: u32,
    most: u32,
}

impl Attempts {
    pub(super) fn new(http: Http, request: Request, call: &Options) -> Self {
        let patience = call.duration("request_timeout_ms");
        let deadline = match request.body.upload() {
            Some(_) => None,
            None => Instant::now().checked_add(patience),
        };
        let way = Way {
            ca_file: call.path("ca_file"),
            connect_timeout: call.duration("connect_timeout_ms"),
            idle_timeout: call.duration("idle_timeout_ms"),
            loopback_only: false,
            without_proxy: false,
            http1_only: false,
        };
        let retries = u32::try_from(call.integer("max_retries")).unwrap_or(0);
        Self { http, request, way, deadline, patience, made: 0, most: retries.saturating_add(1) }
    }

    pub(super) fn over_http1(mut self) -> Self {
        self.way.http1_only = true;
        self
    }

    /// Of an answer that is read whole.
    pub(super) fn deadline_of_answer(&self) -> Option<Instant> {
        self.deadline.or_else(|| Instant::now().checked_add(self.patience))
    }

    /// For an answer that took its time to stream: what follows has a time of its own.
    pub(super) fn renew_deadline(&mut self) {
        self.deadline = self.deadline.and_then(|_| Instant::now().checked_add(self.patience));
    }

    /// Tries until there is an answer that stands.
    pub(super) async fn answer(mut self) -> Result<Response> {
        loop {
            self.made += 1;
            let (outcome, asked) = match self.followed().await {
                Ok((request, answer)) if self.may_repeat_after(&answer) => {
                    let asked = retry::retry_after(answer.head.headers());
                    (Ok((request, answer)), asked)
                }
                Err(failed) if self.may_repeat(&failed) => {
                    (Err(failed.error.with_unsent(failed.unsent)), None)
                }
                Ok((request, answer)) => return Ok(Response::new(request.url, answer, self)),
                Err(failed) => return Err(failed.error.with_unsent(failed.unsent)),
            };
            let Some(pause) = self.pause(asked) else {
                return outcome.map(|(request, answer)| Response::new(request.url, answer, self));
            };
            drop(outcome);
            tokio::time::sleep(pause).await;
        }
    }

    /// One try, and where redirects lead it.
    async fn followed(&self) -> Result<(Request, Answer), Failed> {
        let mut request = self.request.clone();
        for hop in 0..=MOST_REDIRECTS {
            let answer = self.once(&request).await;
            let answer = if hop > 0 { answer.map_err(redirect::led_astray) } else { answer }?;
            match redirect::followed(&request, answer.head.status().as_u16(), answer.head.headers())? {
                Some(next) => request = next,
                None => return Ok((request, answer)),
            }
        }
        Err(redirect::too_many(&self.request.url).into())
    }

    pub(super) async fn once(&self, request: &Request) -> Result<Answer, Failed> {
        let client = self.http.client(&request.url, &self.way).await?;
        let begun = Instant::now();
        let patience = Patience { idle: self.idle(), connect: self.way.connect_timeout };
        let outcome = exchange(&client, request, patience, self.deadline).await;
        log_exchange(request, &outcome, begun.elapsed());
        outcome
    }

    /// The longest time in which no byte of a body moves.
    pub(super) fn idle(&self) -> Duration {
        self.way.idle_timeout
    }

    fn may_repeat_after(&self, answer: &Answer) -> bool {
        retry::is_transient(answer.head.status().as_u16())
            && self.request.repeat == Repeat::Safe
            && self.request.body.can_replay()
    }

    fn may_repeat(&self, failed: &Failed) -> bool {
        let allowed = match self.request.repeat {
            Repeat::Never => false,
            Repeat::Unsent => failed.unsent,
            Repeat::Safe => failed.unsent || self.request.body.can_replay(),
        };
        allowed && retry::is_transient_failure(&failed.error)
    }

    /// Whether an answer that breaks off may be asked for again.
    pub(super) fn may_ask_again(&self, error: &Error) -> bool {
        self.request.repeat == Repeat::Safe
            && self.request.body.can_replay()
            && retry::is_transient_failure(error)
    }

    /// `None`: no further try.
    pub(super) fn pause(&self, asked: Option<Duration>) -> Option<Duration> {
        if self.made >= self.most {
            return None;
        }
        let end = self.deadline.or_else(|| Instant::now().checked_add(self.patience))?;
        backoff::pause(self.http.shared.first_pause, self.made, asked, end)
    }
}

/// No query is logged, and no path that carries no token: it may be a pre-signed one, which is a secret.
fn log_exchange(request: &Request, outcome: &Result<Answer, Failed>, took: Duration) {
    let path = if request.bearer.is_some() { request.url.path() } else { "/..." };
    let (method, origin, ms) = (&request.method, origin(&request.url), took.as_millis());
    match outcome {
        Ok(answer) => {
            crate::log::debug!(
                "http",
                "{method} {origin}{path}: {} after {ms} ms",
                answer.head.status().as_u16()
            );
        }
        Err(failed) => crate::log::debug!("http", "{method} {origin}{path}: {} ({ms} ms)", failed.error),
    }
}
