//! The scripted service: answers with the statuses, the transcript, the pace and the errors that it is told to, for
//! tests of tiro and of programs that use it. It keeps nothing but in memory and talks to nobody.

mod orders;
mod script;

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

use secrecy::SecretString;

use super::orders::Orders;
use super::{Call, PageRequest, Service, ServiceFuture, no_recording};
use crate::error::{Error, ErrorKind, Result};
use crate::events::{EventFeed, ServiceEvent, ServiceEventKind};
use crate::following::tell_changes;
use crate::instant::now_ms;
use crate::options::{Options, same_secret};
use crate::recording::{Recording, RecordingDetails, RecordingPage, RecordingStatus};
use crate::runtime::sync::Mutex;
use crate::runtime::{ProgressPhase, blocking};
use crate::source::{Claim, read_error};
use crate::transcript::Transcript;
use orders::OrderBook;
use script::{Script, Verb};

pub(super) struct Scripted {
    script: Arc<Script>,
    token: Option<SecretString>,
    next_id: AtomicU64,
    recordings: Mutex<Vec<Entry>>,
    book: OrderBook,
}

struct Entry {
    details: RecordingDetails,
    uploaded: Instant,
}

impl Scripted {
    pub(super) fn open(options: &Options) -> Result<Self> {
        let script = Script::parse(&options.text("script"))?;
        script.panic_if_told(Verb::Open);
        Ok(Self {
            script: Arc::new(script),
            token: options.secret("access_token"),
            next_id: AtomicU64::new(1),
            recordings: Mutex::default(),
            book: OrderBook::default(),
        })
    }

    /// What every answer begins with: the pace, the token, the scripted failure.
    async fn answer(&self, verb: Verb) -> Result<()> {
        self.script.panic_if_told(verb);
        let delay = self.script.answer_ms;
        if delay > 0 {
            tokio::time::sleep(Duration::from_millis(delay)).await;
        }
        if let Some(wanted) = &self.script.access_token
            && !same_secret(self.token.as_ref(), wanted)
        {
            return Err(Error::new(ErrorKind::Auth, "the script wants another access_token"));
        }
        self.script.error(verb)
    }

    /// The recording as of now, and how long until its status changes (`None`: it will not).
    fn now(&self, id: &str) -> Result<(Recording, Option<Duration>)> {
        let recordings = self.recordings.lock();
        let entry = recordings.iter().find(|entry| entry.details.id == id).ok_or_else(|| no_recording(id))?;
        let (status, next_change) = self.script.status_after(entry.uploaded.elapsed());
        let details = RecordingDetails {
            status: status.status,
            raw_status: status.raw.clone().unwrap_or_else(|| status.status.name().to_owned()),
            failure: status.failure.clone(),
            ..entry.details.clone()
        };
        Ok((Recording::new(details), next_change))
    }

    /// Tells the scripted events, and then no more, but for the end of the account, which ends them. Without a script: what
    /// becomes of the recordings.
    async fn tell(&self, call: &Call, feed: EventFeed) -> Result<()> {
        self.answer(Verb::Events).await?;
        if self.script.events().is_empty() {
            return tell_changes(move |page| self.recordings(call, page), feed).await;
        }
        for event in self.script.events() {
            tokio::time::sleep(Duration::from_millis(event.after_ms)).await;
            let detail = event.detail.as_ref().map(ToString::to_string).unwrap_or_default();
            let known = self.now(&event.recording_id).ok().map(|(recording, _)| recording);
            feed.tell(match known.filter(|_| event.kind == ServiceEventKind::RecordingChanged) {
                Some(recording) => ServiceEvent::changed(recording, detail),
                None => ServiceEvent::new(event.kind, detail).about(&event.recording_id),
            });
            if event.kind == ServiceEventKind::AccountDeleted {
                return Err(Error::new(ErrorKind::AccountDeleted, "the account is gone"));
            }
        }
        std::future::pending().await
    }

    async fn take_in(&self, call: &Call, source: Claim) -> Result<Recording> {
        self.answer(Verb::Upload).await?;
        let (name, pace) = (source.name().to_owned(), self.script.upload_bytes_per_second);
        let reporter = call.reporter.clone();
        let (stop, stopped) = std::sync::mpsc::channel::<()>();
        let size = blocking(move || read_all(source, pace, &reporter, &stopped)).await??;
        drop(stop);
        let id = format!("scripted-{}", self.next_id.fetch_add(1, Ordering::Relaxed));
        let details = RecordingDetails {
            id: id.clone(),
            name,
            created_at_ms: now_ms(),
            duration_ms: self.script.duration_ms(),
            size,
            ..Default::default()
        };
        self.recordings.lock().push(Entry { details, uploaded: Instant::now() });
        Ok(self.now(&id)?.0)
    }
}

/// Reads a source to its end, as an upload does. Ends early once nobody waits: the other end of `stopped` is gone.
fn read_all(
    source: Claim,
    bytes_per_second: u64,
    reporter: &crate::runtime::Reporter,
    stopped: &std::sync::mpsc::Receiver<()>,
) -> Result<u64> {
    let mut reader = source.open()?;
    let total = reader.size().unwrap_or(0);
    // Small enough that a slow pace goes in many steps.
    let step = if bytes_per_second == 0 { u64::MAX } else { bytes_per_second / 50 };
    let mut buffer = vec![0; step.clamp(1, 64 << 10) as usize];
    let mut due = Instant::now();
    loop {
        let stopped = match due.saturating_duration_since(Instant::now()) {
            Duration::ZERO => stopped.try_recv() != Err(TryRecvError::Empty),
            pause => stopped.recv_timeout(pause) != Err(RecvTimeoutError::Timeout),
        };
        if stopped {
            return Err(Error::cancelled());
        }
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(reader.position()),
            Ok(count) => {
                due += Duration::from_micros(
                    (count as u64 * 1_000_000).checked_div(bytes_per_second).unwrap_or(0),
                );
                reporter.progress(ProgressPhase::Uploading, reader.position(), total);
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(read_error(&error)),
        }
    }
}

impl Service for Scripted {
    fn upload<'a>(&'a self, call: &'a Call, source: Claim) -> ServiceFuture<'a, Recording> {
        Box::pin(self.take_in(call, source))
    }

    fn recording<'a>(&'a self, _call: &'a Call, id: &'a str) -> ServiceFuture<'a, Recording> {
        Box::pin(async move {
            self.answer(Verb::Recording).await?;
            Ok(self.now(id)?.0)
        })
    }

    fn recordings<'a>(&'a self, _call: &'a Call, page: PageRequest) -> ServiceFuture<'a, RecordingPage> {
        Box::pin(async move {
            self.answer(Verb::Recordings).await?;
            let ids: Vec<String> =
                self.recordings.lock().iter().rev().map(|entry| entry.details.id.clone()).collect();
            let wanted = ids.iter().skip(page.offset as usize).take(page.limit as usize);
            // One that was deleted meanwhile is not in the list, and no reason for it to fail.
            let recordings: Vec<_> = wanted.filter_map(|id| Some(self.now(id).ok()?.0)).collect();
            Ok(RecordingPage { recordings: recordings.into(), total: Some(ids.len() as u64) })
        })
    }

    fn follow<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, Recording> {
        Box::pin(async move {
            self.answer(Verb::Wait).await?;
            let mut was_processed = false;
            loop {
                let (recording, next_change) = self.now(id)?;
                let total = recording.duration_ms.map_or(0, i64::unsigned_abs);
                let done = match recording.status {
                    RecordingStatus::Processing => {
                        was_processed = true;
                        Some(total / 2)
                    }
                    RecordingStatus::Ready => Some(total).filter(|_| was_processed),
                    _ => None,
                };
                if let Some(done) = done.filter(|_| total > 0) {
                    call.reporter.progress(ProgressPhase::Processing, done, total);
                }
                match next_change {
                    _ if recording.status.is_final() => return Ok(recording),
                    Some(wait) => tokio::time::sleep(wait).await,
                    // A script that ends in a status that is not final: only a deadline or a cancel ends the wait.
                    None => std::future::pending().await,
                }
            }
        })
    }

    fn transcript<'a>(&'a self, _call: &'a Call, id: &'a str) -> ServiceFuture<'a, Transcript> {
        Box::pin(async move {
            self.answer(Verb::Transcript).await?;
            let (recording, _) = self.now(id)?;
            match recording.status {
                RecordingStatus::Ready => Ok(self.script.transcript(id)),
                status => Err(Error::new(ErrorKind::NotReady, format!("the recording is {}", status.name()))
                    .with_recording_id(id)),
            }
        })
    }

    fn delete<'a>(&'a self, _call: &'a Call, id: &'a str) -> ServiceFuture<'a, ()> {
        Box::pin(async move {
            self.answer(Verb::Delete).await?;
            let mut recordings = self.recordings.lock();
            let before = recordings.len();
            recordings.retain(|entry| entry.details.id != id);
            if recordings.len() == before { Err(no_recording(id)) } else { Ok(()) }
        })
    }

    fn purge<'a>(&'a self, _call: &'a Call) -> ServiceFuture<'a, ()> {
        Box::pin(async move {
            self.answer(Verb::Purge).await?;
            self.recordings.lock().clear();
            Ok(())
        })
    }

    fn events<'a>(&'a self, call: &'a Call, feed: EventFeed) -> ServiceFuture<'a, ()> {
        Box::pin(self.tell(call, feed))
    }

    fn orders(&self) -> Option<&dyn Orders> {
        self.script.orders.is_some().then_some(self)
    }

    fn may_upload_again(&self) -> bool {
        true
    }

    fn ends_with_client(&self) -> bool {
        true
    }
}
