//! An opened store in a folder: the database, this process's part in it, and what it works on. Everything here blocks,
//! but for what is said to be async.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

use super::DATABASE;
use super::entry::Entry;
use super::folder::Folder;
use super::media::{self, Copied, Media};
use super::owner::{self, Owner};
use super::rows::{self, Again, Deleted, NewRow, Unfinished};
use super::running::{Running, Work};
use crate::database::{Database, Problem};
use crate::error::{Error, ErrorKind, Result};
use crate::instant::now_ms;
use crate::recording::Recording;
use crate::runtime::sync::Mutex;
use crate::runtime::{Reporter, blocking};
use crate::service::Call;
use crate::service::local::engine::Engine;
use crate::service::local::listener::{self, Listener};
use crate::service::local::recognition::Room;
use crate::source::Claim;
use crate::transcript::Transcript;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// A recording that was begun so often and each time ended the process, or failed for no reason that can be put right, has
/// failed: it would keep a program from ever running.
const MOST_ATTEMPTS: u32 = 5;
/// So many recordings are given out at a time of those that are taken up again; they are heard one by one.
const GIVEN_OUT: usize = 16;
/// How long after a failure what was put off is tried once more.
const NEXT_TRY: Duration = Duration::from_secs(60);
/// The database is asked for changes of others' at most this often, however many wait for them.
const LOOK_INTERVAL: Duration = Duration::from_millis(200);

pub(super) struct Archive {
    pub(super) listener: Arc<Listener>,
    pub(super) folder: Folder,
    pub(super) database: Database,
    owner: Owner,
    /// What this process works on.
    entries: Mutex<BTreeMap<i64, Arc<Entry>>>,
    /// One recording at a time is taken up again: their sounds would fill the memory.
    pub(super) again: Arc<Semaphore>,
    /// Held by whoever gives out work, from the row to its entry: no recording is worked on twice.
    giving_out: Mutex<()>,
    /// A task ended before its work did.
    interrupted: AtomicBool,
    /// There are more to be taken up again than were given out.
    more: AtomicBool,
    /// When the first of those recordings is due that were put off.
    due: Mutex<Option<Instant>>,
    /// Changes of our own, which SQLite does not tell us of.
    own_changes: AtomicU64,
    looked: Mutex<Option<(Instant, i64)>>,
}

/// Tells one state of the store from another.
pub(super) type Version = (i64, u64);

impl Archive {
    /// Opens the store. What dead processes left unfinished is this one's now: [`Archive::resume`] goes on with it.
    pub(super) fn open(path: &Path, listener: Arc<Listener>) -> Result<Self> {
        let folder = Folder::open(path)?;
        let database = Database::open(&DATABASE, folder.database())?;
        let expired_before = expired_before(&listener);
        let owners = folder.owners();
        let failed = |error| Error::io(format_args!("{}", owners.display()), &error);
        let (owner, dead, unwanted) = database.write(|rows| {
            let owner = Owner::register(&owners)?;
            let dead = owner::dead(&owners).map_err(failed)?;
            take_over_dead(rows, &owners, owner.name())?;
            let mut unwanted = match expired_before {
                Some(time) => rows::delete_older_than(rows, time)?.copies,
                None => Vec::new(),
            };
            unwanted.extend(left_behind(rows, &folder)?);
            Ok((owner, dead, unwanted))
        })?;
        media::remove(&folder, &unwanted);
        dead.iter().for_each(|name| owner::forget(&owners, name));
        Ok(Self {
            listener,
            folder,
            database,
            owner,
            entries: Mutex::default(),
            again: Arc::new(Semaphore::new(1)),
            giving_out: Mutex::default(),
            interrupted: AtomicBool::new(true),
            more: AtomicBool::new(false),
            due: Mutex::default(),
            own_changes: AtomicU64::new(0),
            looked: Mutex::default(),
        })
    }

    pub(super) fn owner(&self) -> &str {
        self.owner.name()
    }

    pub(super) fn entry(&self, number: i64) -> Option<Arc<Entry>> {
        self.entries.lock().get(&number).cloned()
    }

    /// Takes a recording in: its media is where it can be found again, its sound is decoded, its row is written.
    pub(super) fn accept(
        self: &Arc<Self>,
        engine: Arc<Engine>,
        call: &Call,
        source: Claim,
        room: Room,
        stop: &Arc<AtomicBool>,
    ) -> Result<(Recording, Running, Work)> {
        let name = source.name().to_owned();
        let by_reference = call.options.text("keep_media") == "reference";
        let (copied, media, source, reporter) = match source.path().filter(|_| by_reference) {
            Some(path) => (None, Media::reference(path)?, source, call.reporter.clone()),
            None => {
                let copied = Copied::make(source, &self.folder, self.owner(), &call.reporter, stop)?;
                let media = copied.media();
                let source = media.claim(&self.folder)?;
                // The copy was what the caller followed.
                (Some(copied), media, source, Reporter::to_nobody())
            }
        };
        let (job, size) = listener::hear(engine, &call.options, source, room, &reporter, stop)?;
        let options = call.options.call_texts("local");
        let options = options.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let again = Again { options, model: self.listener.model()?, media };
        let duration_ms = job.speech.sound.duration_ms;
        let new = NewRow {
            name: &name,
            size,
            created_at_ms: now_ms(),
            duration_ms,
            again: &again,
            owner: self.owner(),
        };
        let expired_before = expired_before(&self.listener);
        let giving_out = self.giving_out.lock();
        let (number, recording, expired) = self.database.write(|rows| {
            let expired = match expired_before {
                Some(time) => rows::delete_older_than(rows, time)?,
                None => Deleted::default(),
            };
            if stop.load(Ordering::Acquire) {
                return Err(Error::cancelled().into());
            }
            let number = rows::insert(rows, &new)?;
            let recording = rows::recording(rows, number)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
            Ok((number, recording, expired))
        })?;
        if let Some(copied) = copied {
            copied.keep();
        }
        let running = self.run(number, Entry::new(recording.clone()));
        drop(giving_out);
        self.forget(&expired);
        Ok((recording, running, Work::Heard(job)))
    }

    /// An entry for a recording that this process is to work on.
    fn run(self: &Arc<Self>, number: i64, entry: Arc<Entry>) -> Running {
        let running = Running::new(self, &entry, number);
        self.entries.lock().insert(number, entry);
        running
    }

    /// Goes on with whatever is this process's to do and nobody does: what dead processes left, what a shutdown of the
    /// library interrupted, what could not be written, what was put off and is due.
    pub(super) fn resume(self: &Arc<Self>) -> Result<()> {
        let is_due = self.due.lock().take_if(|due| *due <= Instant::now()).is_some();
        if !self.interrupted.swap(false, Ordering::AcqRel) && !is_due {
            return Ok(());
        }
        let resumed = self.resume_all();
        if resumed.is_err() {
            self.set_interrupted();
        }
        resumed
    }

    fn resume_all(self: &Arc<Self>) -> Result<()> {
        let _giving_out = self.giving_out.lock();
        let mut given_out = 0;
        for unfinished in self.database.read(|rows| rows::unfinished(rows, self.owner()))? {
            let Unfinished { number, recording, again, failed_attempts } = unfinished;
            let entry = self.entry(number);
            if failed_attempts >= MOST_ATTEMPTS && !entry.as_ref().is_some_and(|entry| entry.is_running()) {
                let entry = entry.unwrap_or_else(|| Entry::new(recording));
                self.settle(&entry, number, Err(too_often(failed_attempts)));
                continue;
            }
            if given_out >= GIVEN_OUT {
                self.more.store(true, Ordering::Release);
                break;
            }
            match entry {
                Some(entry) if entry.is_running() => given_out += 1,
                Some(entry) if entry.is_abandoned() => self.settle(&entry, number, Err(Error::cancelled())),
                Some(entry) => match (entry.take_held(), entry.again_at()) {
                    (Some(outcome), _) => self.settle(&entry, number, outcome),
                    (None, Some(due)) if due > Instant::now() => self.set_due(due),
                    (None, _) => {
                        given_out += 1;
                        let entry = Entry::after(entry.times_put_off(), recording);
                        self.run(number, entry).start(Work::Again(again));
                    }
                },
                None => {
                    given_out += 1;
                    self.run(number, Entry::new(recording)).start(Work::Again(again));
                }
            }
        }
        Ok(())
    }

    /// One is done: the next of those that wait to be taken up again can follow.
    pub(super) fn give_out_more(self: &Arc<Self>) {
        if self.more.swap(false, Ordering::AcqRel) {
            self.set_interrupted();
            if let Err(error) = self.resume() {
                crate::log::warn!("local", "what is unfinished could not be taken up again: {error}");
            }
        }
    }

    /// There is something to [resume](Archive::resume).
    pub(super) fn set_interrupted(&self) {
        self.interrupted.store(true, Ordering::Release);
    }

    /// Puts a recording off that cannot be heard now, for no fault of its own.
    pub(super) fn put_off(self: &Arc<Self>, entry: &Arc<Entry>, number: i64, because: Error) {
        crate::log::warn!("local", "recording {number} is put off: {because}");
        let pause = entry.put_off(because);
        entry.set_ended();
        if let Some(due) = entry.again_at() {
            self.set_due(due);
        }
        // Whoever calls next sees to it, but perhaps nobody does.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let archive = Arc::downgrade(self);
        runtime.spawn(async move {
            let mut pause = pause;
            loop {
                tokio::time::sleep(pause).await;
                let archive = archive.clone();
                let resumed = blocking(move || archive.upgrade().map_or(Ok(()), |archive| archive.resume()));
                if let Ok(Ok(())) | Err(_) = resumed.await {
                    return;
                }
                pause = NEXT_TRY;
            }
        });
    }

    /// An attempt has failed, and not for what can be put right; `true`: it was the last one.
    pub(super) fn was_last_attempt(&self, number: i64) -> bool {
        let counted = self.database.write(|rows| Ok(rows::count_failed_attempt(rows, number, self.owner())?));
        counted.is_ok_and(|count| count >= MOST_ATTEMPTS)
    }

    fn set_due(&self, due: Instant) {
        let mut first = self.due.lock();
        *first = Some(first.map_or(due, |first| first.min(due)));
    }

    /// Writes down how a recognition ended.
    pub(super) fn settle(&self, entry: &Arc<Entry>, number: i64, outcome: Result<Transcript>) {
        let copy = self.database.write(|rows| {
            let copy = rows::media_copy(rows, number)?;
            Ok(rows::finish(rows, number, self.owner(), &outcome)?.then_some(copy))
        });
        match copy {
            Ok(copy) => {
                entry.set_ended();
                if let Some(copy) = copy {
                    media::remove(&self.folder, copy.as_slice());
                    entry.finish(outcome);
                }
                self.own_changes.fetch_add(1, Ordering::AcqRel);
                self.remove(number, entry);
            }
            Err(error) => {
                crate::log::warn!("local", "recording {number} could not be stored: {error}");
                entry.hold(outcome, error);
                entry.set_ended();
                self.set_interrupted();
            }
        }
    }

    /// Takes an entry away, unless another has its place by now.
    pub(super) fn remove(&self, number: i64, entry: &Arc<Entry>) {
        let mut entries = self.entries.lock();
        let removed = match entries.get(&number) {
            Some(current) if Arc::ptr_eq(current, entry) => entries.remove(&number),
            _ => None,
        };
        drop(entries);
        drop(removed);
    }

    /// Whether this process is still the one to work on a recording.
    pub(super) fn is_ours(&self, number: i64) -> Result<bool> {
        self.database.read(|rows| rows::is_owned(rows, number, self.owner()))
    }

    /// Deletes one; `false` if there is none.
    pub(super) fn delete(&self, number: i64) -> Result<bool> {
        let deleted = self.database.write(|rows| Ok(rows::delete(rows, number)?))?;
        self.forget(&deleted);
        Ok(!deleted.numbers.is_empty())
    }

    /// Deletes all, and leaves no text in the file.
    pub(super) fn purge(&self) -> Result<()> {
        let (deleted, left_behind) =
            self.database.write(|rows| Ok((rows::delete_all(rows)?, left_behind(rows, &self.folder)?)))?;
        media::remove(&self.folder, &left_behind);
        self.forget(&deleted);
        self.database.shrink()
    }

    /// What follows a deletion of rows: their copies go, their recognitions end.
    fn forget(&self, deleted: &Deleted) {
        media::remove(&self.folder, &deleted.copies);
        let mut entries = self.entries.lock();
        let removed: Vec<_> = deleted.numbers.iter().filter_map(|number| entries.remove(number)).collect();
        drop(entries);
        drop(removed);
        self.own_changes.fetch_add(1, Ordering::AcqRel);
    }

    /// Looks what others have done, and takes over from those who are dead.
    pub(super) fn look(self: &Arc<Self>) -> Result<Version> {
        let mut looked = self.looked.lock();
        let theirs = match *looked {
            Some((at, version)) if at.elapsed() < LOOK_INTERVAL => version,
            _ => {
                self.take_over()?;
                let version = self
                    .database
                    .read(|connection| connection.query_row("PRAGMA data_version", [], |row| row.get(0)))?;
                *looked = Some((Instant::now(), version));
                version
            }
        };
        Ok((theirs, self.own_changes.load(Ordering::Acquire)))
    }

    fn take_over(self: &Arc<Self>) -> Result<()> {
        let owners = self.folder.owners();
        let names = self.database.read(rows::owners)?;
        if names.iter().any(|name| !owner::is_alive(&owners, name)) {
            self.database.write(|rows| take_over_dead(rows, &owners, self.owner()))?;
            self.own_changes.fetch_add(1, Ordering::AcqRel);
            self.set_interrupted();
        }
        self.resume()
    }
}

/// Gives the recordings of dead owners to `to`.
fn take_over_dead(
    rows: &rusqlite::Transaction<'_>,
    owners: &Path,
    to: &str,
) -> std::result::Result<(), Problem> {
    for name in rows::owners(rows)? {
        if name != to && !owner::is_alive(owners, &name) {
            rows::take_over(rows, &name, owner::was_ended(owners, &name), to)?;
        }
    }
    Ok(())
}

/// The copies that no recording has, of owners who are dead.
fn left_behind(
    rows: &rusqlite::Transaction<'_>,
    folder: &Folder,
) -> std::result::Result<Vec<String>, Problem> {
    let (kept, owners) = (rows::copies(rows)?, folder.owners());
    let is_dead = |name: &str| !owner::is_alive(&owners, name);
    let found = media::left_behind(folder, is_dead, |name| kept.contains(name));
    Ok(found.map_err(|error| Error::io(format_args!("{}", folder.media().display()), &error))?)
}

fn too_often(attempts: u32) -> Error {
    let message =
        format!("it was begun {attempts} times, and each time the process ended or the recogniser failed");
    Error::new(ErrorKind::Engine, message)
}

/// The time before which recordings are too old to be kept, if there is one.
fn expired_before(listener: &Listener) -> Option<i64> {
    let days = listener.options().integer("retention_days");
    (days > 0).then(|| now_ms().saturating_sub(days.saturating_mul(DAY_MS)))
}
