//! A recognition under way for a store in a folder.

use std::pin::pin;
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::future::{Either, select};

use super::archive::Archive;
use super::entry::Entry;
use super::id_of;
use super::rows::{self, Again};
use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;
use crate::recording::RecordingStatus;
use crate::runtime::{Reporter, blocking};
use crate::service::local::listener::{self, Job};
use crate::service::local::recognition;
use crate::transcript::Transcript;

/// How often a recognition looks whether its recording is still there.
const WATCH_INTERVAL: Duration = Duration::from_millis(500);

/// What there is to do.
pub(super) enum Work {
    /// A recording whose sound is at hand.
    Heard(Job),
    /// One that is read again first.
    Again(Again),
}

/// Why a recognition came to nothing.
struct Setback {
    error: Error,
    /// It is the recording itself: another time, or on another machine, would be no better. What else can go wrong (no
    /// room, no model, no memory) can be put right, and its media is kept until then.
    is_final: bool,
}

impl From<Error> for Setback {
    fn from(error: Error) -> Self {
        let is_final = error.kind().is_of_the_recording() || error.kind() == ErrorKind::Source;
        Self { error, is_final }
    }
}

impl Setback {
    /// Of the file that a recording is read from again: gone, it does not come back.
    fn of_the_file(error: Error) -> Self {
        let is_gone = matches!(error.kind(), ErrorKind::FileNotFound | ErrorKind::NotAFile);
        let of_any = Self::from(error);
        Self { is_final: is_gone || of_any.is_final, ..of_any }
    }
}

/// The hold of a task on its recording. It keeps neither entry nor store: a recording that is deleted, and a client
/// that is gone, end the recognition. Dropped before its end (the library is shut down), the recording is left for
/// whoever comes next.
pub(super) struct Running {
    archive: Weak<Archive>,
    entry: Weak<Entry>,
    number: i64,
    started: bool,
}

impl Running {
    pub(super) fn new(archive: &Arc<Archive>, entry: &Arc<Entry>, number: i64) -> Self {
        Self { archive: Arc::downgrade(archive), entry: Arc::downgrade(entry), number, started: false }
    }

    /// Starts to work. Runs inside the library's runtime.
    pub(super) fn start(mut self, work: Work) {
        self.started = true;
        tokio::spawn(async move {
            let outcome = match select(pin!(self.recognise(work)), pin!(self.lost())).await {
                Either::Left((outcome, _)) => Some(outcome),
                Either::Right(_) => None,
            };
            match outcome {
                Some(outcome) => self.settle(outcome).await,
                None => {
                    let archive = self.archive.clone();
                    drop(self);
                    let more = move || archive.upgrade().map(|archive| archive.give_out_more());
                    // Nobody is left to tell of a failure.
                    let _ = blocking(more).await;
                }
            }
        });
    }

    async fn recognise(&self, work: Work) -> Result<Transcript, Setback> {
        let entry = || self.entry.upgrade().ok_or_else(Error::cancelled);
        let stop = entry()?.stop_flag();
        // Held to the end: only one is read again and waits with its sound in memory.
        let mut _turn = None;
        let job = match work {
            Work::Heard(job) => job,
            Work::Again(again) => {
                let turns = self.archive.upgrade().ok_or_else(Error::cancelled)?.again.clone();
                _turn = Some(turns.acquire_owned().await.map_err(|_| Error::cancelled())?);
                self.hear_again(again).await?
            }
        };
        let (begun, ongoing) = (self.entry.clone(), self.entry.clone());
        let (archive, number) = (self.archive.clone(), self.number);
        let begin = move || {
            if let Some(entry) = begun.upgrade() {
                entry.begin();
            }
            // For other processes to see; what it says has no weight, so it is not waited for.
            let archive = archive.clone();
            tokio::spawn(blocking(move || {
                let archive = archive.upgrade()?;
                let (owner, status) = (archive.owner(), RecordingStatus::Processing);
                archive.database.write(|rows| Ok(rows::set_status(rows, number, owner, status)?)).ok()
            }));
        };
        let progress = move |percent| {
            if let Some(entry) = ongoing.upgrade() {
                entry.progress(percent);
            }
        };
        Ok(recognition::run(job.engine, job.speech, stop, &id_of(number), begin, progress).await?)
    }

    /// Reads a recording again, with the options and the model it came with.
    async fn hear_again(&self, again: Again) -> Result<Job, Setback> {
        let room = recognition::room().await;
        let archive = self.archive.upgrade().ok_or_else(Error::cancelled)?;
        let stop = self.entry.upgrade().ok_or_else(Error::cancelled)?.stop_flag();
        let (listener, folder, number) = (archive.listener.clone(), archive.folder.clone(), self.number);
        blocking(move || {
            // Before it is read: reading it, too, may be what ends the process. What cannot be noted is not counted.
            let (owner, status) = (archive.owner(), RecordingStatus::Processing);
            let _ = archive.database.write(|rows| Ok(rows::set_status(rows, number, owner, status)?));
            drop(archive);
            let mut options = Options::new().with("model", &again.model)?;
            for (key, value) in &again.options {
                options.set(key, value)?;
            }
            let options = listener.options().for_call(Some(&options));
            let source = again.media.claim(&folder).map_err(Setback::of_the_file)?;
            let engine = listener.engine_of(&options)?;
            Ok(listener::hear(engine, &options, source, room, &Reporter::to_nobody(), &stop)?.0)
        })
        .await?
    }

    /// Ends once the recording is not ours any more: another process has deleted it.
    async fn lost(&self) {
        let mut seen = None;
        loop {
            tokio::time::sleep(WATCH_INTERVAL).await;
            let Some(archive) = self.archive.upgrade() else { return };
            let (number, before) = (self.number, seen);
            let looked = blocking(move || {
                let version = archive.look()?;
                let ours = before == Some(version) || archive.is_ours(number)?;
                Ok::<_, Error>((version, ours))
            });
            match looked.await {
                Ok(Ok((_, false))) => return self.drop_entry(),
                Ok(Ok((version, true))) => seen = Some(version),
                // What cannot be asked now is asked later; at the end it matters.
                _ => {}
            }
        }
    }

    fn drop_entry(&self) {
        if let (Some(archive), Some(entry)) = (self.archive.upgrade(), self.entry.upgrade()) {
            entry.set_ended();
            archive.remove(self.number, &entry);
        }
    }

    async fn settle(self, outcome: Result<Transcript, Setback>) {
        let settled = blocking(move || {
            let (Some(archive), Some(entry)) = (self.archive.upgrade(), self.entry.upgrade()) else { return };
            let number = self.number;
            match outcome {
                Ok(transcript) => archive.settle(&entry, number, Ok(transcript)),
                Err(Setback { error, .. }) if entry.is_abandoned() => {
                    archive.settle(&entry, number, Err(error))
                }
                Err(Setback { error, is_final: true }) => archive.settle(&entry, number, Err(error)),
                Err(Setback { error, .. }) if error.kind() == ErrorKind::Cancelled => {}
                // No fault of the machine's that somebody could put right.
                Err(Setback { error, .. })
                    if matches!(error.kind(), ErrorKind::Engine | ErrorKind::Panic | ErrorKind::Option)
                        && archive.was_last_attempt(number) =>
                {
                    archive.settle(&entry, number, Err(error));
                }
                Err(Setback { error, .. }) => {
                    let (owner, status) = (archive.owner(), RecordingStatus::Queued);
                    // For other processes to see; without it they see it begun.
                    let _ = archive.database.write(|rows| Ok(rows::set_status(rows, number, owner, status)?));
                    archive.put_off(&entry, number, error);
                }
            }
            archive.give_out_more();
        });
        // Cancelled, it was dropped with what it holds, and goes on later.
        let _ = settled.await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let (Some(archive), Some(entry)) = (self.archive.upgrade(), self.entry.upgrade()) else { return };
        if entry.is_running() && std::thread::panicking() {
            // At once again it would only panic again.
            archive.put_off(&entry, self.number, Error::new(ErrorKind::Panic, "a task of tiro panicked"));
        } else if entry.is_running() {
            match self.started && !entry.is_abandoned() {
                // Away with it, so that whoever follows it looks again.
                true => archive.remove(self.number, &entry),
                // Whoever brought it has gone before it began, and wants it no more.
                false => entry.abandon(),
            }
            entry.set_ended();
            archive.set_interrupted();
        }
    }
}
