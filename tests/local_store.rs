//! Recordings in a folder, with real recognitions: processes that are killed, that share a folder, that find no room on
//! the disk. This program runs itself as the other process; what it is to do there stands in the environment.
#![cfg(all(feature = "local", unix))]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use support::files::{disk_folder, model_dir, speech, wav};
use support::random::Random;
use support::wait::eventually;
use tiro::{Client, ErrorKind, Operation, Options, Recording, RecordingStatus, ResultOf, Source, Transcript};

const CHILD: &str = "TIRO_TEST_STORE_CHILD";
const FOLDER: &str = "TIRO_TEST_STORE_FOLDER";

/// Far longer than anything here takes.
const LONG: Duration = Duration::from_secs(600);

fn options(folder: &Path) -> Options {
    Options::new().with("model_dir", model_dir()).unwrap().with("data_dir", folder).unwrap()
}

fn client(folder: &Path) -> Client {
    Client::new(&options(folder)).unwrap()
}

fn done<T: ResultOf>(operation: tiro::Result<Operation<T>>) -> tiro::Result<T> {
    operation?.wait(Some(LONG)).expect("it hangs")
}

fn all(client: &Client) -> Vec<Recording> {
    done(client.recordings(0, 10_000, None)).unwrap().recordings.to_vec()
}

/// The first two seconds of a clip, as a WAV of its own: `Ever tried.`
fn short_clip() -> Vec<u8> {
    let whole = std::fs::read(speech("beckett.wav")).unwrap();
    let data = whole.windows(4).position(|bytes| bytes == b"data").unwrap();
    let number = |at: usize, width: usize| {
        whole[at..at + width].iter().rev().fold(0usize, |sum, byte| sum << 8 | usize::from(*byte))
    };
    let format = whole.windows(4).position(|bytes| bytes == b"fmt ").unwrap() + 8;
    assert_eq!(
        (number(format, 2), number(format + 2, 2), number(format + 14, 2)),
        (1, 1, 16),
        "16-bit mono PCM"
    );
    let bytes = (number(format + 8, 4) * 2).min(number(data + 4, 4)) & !1;
    let samples = whole[data + 8..data + 8 + bytes].chunks_exact(2);
    let samples: Vec<i16> = samples.map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    let mut clip = wav(&samples, bytes as u32);
    clip[24..32].copy_from_slice(&whole[format + 4..format + 12]);
    clip
}

fn bytes_source(name: &str) -> Source {
    Source::from_bytes(Arc::new(short_clip()), name)
}

fn transcript(client: &Client, id: &str) -> Transcript {
    done(client.transcript(id, None)).unwrap()
}

fn check_text(transcript: &Transcript) {
    assert!(transcript.text().to_lowercase().starts_with("ever tried"), "{:?}", transcript.text());
    assert_eq!(transcript.language(), "en");
}

/// SQLite's own check of the whole file.
fn check_database(folder: &Path) {
    let database = rusqlite::Connection::open(folder.join("tiro.db")).unwrap();
    database.busy_timeout(LONG).unwrap();
    let said: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(said, "ok");
    let lost: i64 =
        database.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
    assert_eq!(lost, 0);
}

fn files_in(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

/// A process that does one of the things below.
struct Other {
    process: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Other {
    fn start(what: &str, folder: &Path) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--nocapture", "--test-threads", "1"])
            .env(CHILD, what)
            .env(FOLDER, folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, lines }
    }

    /// The rest of the next line that begins with a word; `None` at its end.
    fn told(&mut self, word: &str) -> Option<String> {
        loop {
            let line = self.lines.next()?.unwrap();
            // The test harness writes the beginning of the first line.
            if let Some((_, rest)) = line.split_once(&format!("{word}:")) {
                return Some(rest.to_owned());
            }
        }
    }

    fn kill(mut self) {
        self.process.kill().unwrap(); // SIGKILL
        self.process.wait().unwrap();
    }

    /// Lets it go on, which it waits for, and end.
    fn finish(mut self) {
        drop(self.process.stdin.take());
        while let Some(Ok(line)) = self.lines.next() {
            println!("the other: {line}");
        }
        assert!(self.process.wait().unwrap().success());
    }
}

fn tell(word: &str, what: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{word}:{what}").unwrap();
    out.flush().unwrap();
}

/// Waits for [`Other::finish`].
fn until_told() {
    let _ = std::io::stdin().lines().next();
}

/// The other process.
#[test]
fn child() {
    let Some(what) = std::env::var_os(CHILD) else { return };
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    match what.to_str().unwrap() {
        "work" => work(&folder),
        "one" => one(&folder, &bytes_source("one.wav")),
        "long" => one(&folder, &Source::from_path(speech("beckett.wav")).unwrap()),
        "longer" => one(&folder, &Source::from_path(speech("two_cities.wav")).unwrap()),
        "shut down" => shut_down(&folder),
        "full disk" => full_disk(&folder),
        "read only" => read_only(&folder),
        other => panic!("{other}?"),
    }
}

/// Uploads, of every kind, until somebody kills it.
fn work(folder: &Path) {
    let client = client(folder);
    tell("opening", "");
    all(&client);
    let path = folder.join("caller.wav");
    for round in 0.. {
        tell("uploading", "");
        let copy = Options::new().with("keep_media", "copy").unwrap();
        let uploads = [
            client.upload(&Source::from_path(&path).unwrap(), None),
            client.upload(&bytes_source("bytes.wav"), None),
            client.upload(&Source::from_path(&path).unwrap(), Some(&copy)),
        ];
        for upload in uploads {
            let id = done(upload).unwrap().id.clone();
            tell("uploaded", &id);
            // What is deleted is not to come back.
            if round % 2 == 1 && id.ends_with('3') {
                done(client.delete(&id, None)).unwrap();
                tell("deleted", &id);
            }
        }
        for recording in all(&client) {
            // By itself it may have failed: the file may be gone.
            let _ = done(client.wait(&recording.id, None));
            tell("waited", &recording.id);
        }
    }
}

/// Takes one in, and holds on.
fn one(folder: &Path, source: &Source) {
    let client = Client::new(&options(folder).with("threads", "1").unwrap()).unwrap();
    let recording = done(client.upload(source, None)).unwrap();
    tell("uploaded", &recording.id);
    let waited = done(client.wait(&recording.id, None));
    tell("waited", &waited.map_or_else(|error| error.kind().entry().name.to_owned(), |_| "ready".to_owned()));
    until_told();
}

fn rounds() -> usize {
    match std::env::var_os("TIRO_TEST_FULL") {
        Some(_) => 50,
        None => 8,
    }
}

#[test]
fn killed_at_any_moment_nothing_is_lost() {
    let mut random = Random::from_environment();
    let folder = tempfile::tempdir().unwrap();
    let caller = folder.path().join("caller.wav");
    std::fs::write(&caller, short_clip()).unwrap();
    let (mut finished, mut failed) = (0, 0);
    let (mut known, mut deleted) = (Vec::new(), Vec::new());
    for round in 0..rounds() {
        // Sometimes what takes up again is killed, too.
        for _ in 0..1 + random.below(2) {
            let mut other = Other::start("work", folder.path());
            let moments = ["opening", "uploading", "uploaded", "uploaded", "uploaded", "waited", "waited"];
            let moment = moments[random.below(moments.len() as u64) as usize];
            let mut passed = Vec::new();
            for line in other.lines.by_ref() {
                let line = line.unwrap();
                let line = line.rsplit(' ').next().unwrap_or_default();
                let Some((word, id)) = line.split_once(':') else { continue };
                passed.push((word.to_owned(), id.to_owned()));
                if word == moment {
                    break;
                }
            }
            // Half of them in the steps right after, half anywhere in a recognition.
            let span = if random.below(2) == 0 { 20_000 } else { 1_500_000 };
            let pause = Duration::from_micros(random.below(span));
            println!("round {round}: killed {pause:?} after {moment}");
            std::thread::sleep(pause);
            other.kill();
            for (word, id) in passed {
                match word.as_str() {
                    "uploaded" => known.push(id),
                    "deleted" => deleted.push(id),
                    _ => {}
                }
            }
        }
        let file_is_there = random.below(4) > 0;
        if !file_is_there {
            std::fs::remove_file(&caller).unwrap();
        }
        check_database(folder.path());
        let client = client(folder.path());
        for recording in all(&client) {
            match done(client.wait(&recording.id, None)) {
                Ok(ready) => {
                    check_text(&transcript(&client, &ready.id));
                    finished += 1;
                }
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Failed, "{error:?}");
                    assert!(error.to_string().contains("caller.wav"), "{error:?}");
                    failed += 1;
                }
            }
        }
        let there: Vec<String> = all(&client).iter().map(|recording| recording.id.clone()).collect();
        // The one that was being deleted when the process was killed was perhaps not told of.
        let gone: Vec<_> = known.iter().filter(|id| !there.contains(id) && !deleted.contains(id)).collect();
        assert!(gone.iter().all(|id| id.ends_with('3')), "lost: {gone:?} of {known:?}, there are {there:?}");
        assert!(deleted.iter().all(|id| !there.contains(id)), "back: {deleted:?} in {there:?}");
        check_database(folder.path());
        drop(client);
        // The store is closed by whoever uses it last, which may be a thread of the library.
        eventually(|| files_in(&folder.path().join("owners")) == 0);
        assert_eq!(files_in(&folder.path().join("media")), 0, "copies of what is finished");
        std::fs::write(&caller, short_clip()).unwrap();
    }
    println!(
        "{finished} finished, {failed} failed (seen once a round), {} uploads were told of",
        known.len()
    );
    assert!(finished > 0);
}

#[test]
fn recordings_outlive_their_client() {
    let folder = tempfile::tempdir().unwrap();
    let first = client(folder.path());
    let (path, bytes) = (speech("beckett.wav"), bytes_source("bytes.wav"));
    let of_path = done(first.upload(&Source::from_path(&path).unwrap(), None)).unwrap();
    let of_bytes = done(first.upload(&bytes, None)).unwrap();
    assert_eq!((of_path.id.as_str(), of_bytes.id.as_str()), ("local-1", "local-2"));
    assert_eq!(files_in(&folder.path().join("media")), 1, "the one that cannot be found again");
    drop(first); // in the middle of it
    let second = client(folder.path());
    for (uploaded, name) in [(&of_path, "beckett.wav"), (&of_bytes, "bytes.wav")] {
        let ready = done(second.wait(&uploaded.id, None)).unwrap();
        assert_eq!((ready.status, ready.name.as_str()), (RecordingStatus::Ready, name));
        assert_eq!((ready.created_at_ms, ready.size), (uploaded.created_at_ms, uploaded.size));
        assert_eq!(transcript(&second, &ready.id).recording_id(), ready.id);
        check_text(&transcript(&second, &ready.id));
    }
    assert_eq!(files_in(&folder.path().join("media")), 0);
    drop(second);
    let third = client(folder.path());
    check_text(&transcript(&third, "local-1"));
    done(third.delete("local-1", None)).unwrap();
    for error in [done(third.wait("local-1", None)).err(), done(third.delete("local-1", None)).err()] {
        assert_eq!(error.unwrap().kind(), ErrorKind::NotFound);
    }
    done(third.purge(None)).unwrap();
    assert!(all(&third).is_empty());
    let new = done(third.upload(&bytes, None)).unwrap();
    assert_eq!(new.id, "local-3", "an id is never used again");
    check_text(&{
        done(third.wait(&new.id, None)).unwrap();
        transcript(&third, &new.id)
    });
    let holds_text = || {
        let database = std::fs::read(folder.path().join("tiro.db")).unwrap();
        database.windows(5).any(|bytes| bytes == b"tried")
    };
    assert!(holds_text());
    done(third.purge(None)).unwrap();
    assert!(!holds_text());
}

#[test]
fn a_cancelled_job_has_failed_for_everybody() {
    let folder = tempfile::tempdir().unwrap();
    let client = client(folder.path());
    let job = client.transcribe(&Source::from_path(speech("two_cities.wav")).unwrap(), None).unwrap();
    eventually(|| job.progress().unwrap().phase == tiro::ProgressPhase::Processing);
    job.cancel();
    let error = job.wait(Some(LONG)).unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    let error = done(client.wait("local-1", None)).unwrap_err();
    assert!(error.kind() == ErrorKind::Failed && error.to_string().contains("stopped"), "{error:?}");
}

/// Alone in a process, as it ends what every client has under way.
fn shut_down(folder: &Path) {
    let client = client(folder);
    let uploaded = done(client.upload(&bytes_source("talk.wav"), None)).unwrap();
    assert!(tiro::shutdown(Some(LONG)).unwrap());
    // Nobody works on it now; the next call goes on with it.
    done(client.wait(&uploaded.id, None)).unwrap();
    check_text(&transcript(&client, &uploaded.id));
}

#[test]
fn a_shutdown_only_interrupts() {
    let folder = tempfile::tempdir().unwrap();
    Other::start("shut down", folder.path()).finish();
    check_text(&transcript(&client(folder.path()), "local-1"));
}

#[test]
fn what_cannot_be_taken_up_again_says_why() {
    let folder = disk_folder();
    let caller = |name: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, short_clip()).unwrap();
        path
    };
    let model = folder.path().join("ggml-mine.bin");
    std::fs::copy(model_dir().join("ggml-tiny.en-q8_0.bin"), &model).unwrap();
    let store = folder.path().join("store");
    let first = Client::new(&options(&store).with("model", &model).unwrap()).unwrap();
    let upload =
        |path: &Path| done(first.upload(&Source::from_path(path).unwrap(), None)).unwrap().id.clone();
    upload(&speech("two_cities.wav")); // which the others have to wait for
    let (gone, changed, kept) = (caller("gone.wav"), caller("changed.wav"), caller("kept.wav"));
    let ids = [&gone, &changed, &kept].map(|path| upload(path));
    drop(first);
    std::fs::remove_file(gone).unwrap();
    std::fs::write(&changed, [short_clip(), vec![0; 2]].concat()).unwrap();
    let second = client(&store);
    let failure = |client: &Client, id: &str| {
        let error = done(client.wait(id, None)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Failed, "{error:?}");
        error.to_string()
    };
    assert!(failure(&second, &ids[0]).contains("gone.wav"));
    assert!(failure(&second, &ids[1]).contains("changed.wav was changed"));
    done(second.wait(&ids[2], None)).unwrap();
    // The model that it was brought with.
    drop(second);
    let third = Client::new(&options(&store).with("model", &model).unwrap()).unwrap();
    let id = done(third.upload(&Source::from_path(speech("beckett.wav")).unwrap(), None)).unwrap().id.clone();
    drop(third);
    let aside = folder.path().join("aside.bin");
    std::fs::rename(&model, &aside).unwrap();
    // That is no fault of the recording's: it waits for its model.
    let fourth = client(&store);
    for _ in 0..2 {
        let error = done(fourth.wait(&id, None)).unwrap_err();
        assert_eq!((error.kind(), error.recording_id()), (ErrorKind::ModelMissing, id.as_str()), "{error:?}");
        assert!(error.to_string().contains("ggml-mine.bin"), "{error:?}");
        assert_eq!(done(fourth.recording(&id, None)).unwrap().status, RecordingStatus::Queued);
    }
    drop(fourth);
    std::fs::rename(&aside, &model).unwrap();
    let fifth = client(&store);
    done(fifth.wait(&id, None)).unwrap();
    check_text(&transcript(&fifth, &id));
}

#[test]
fn the_only_copy_is_kept_until_it_is_heard() {
    let folder = disk_folder();
    let store = folder.path().join("store");
    let model = folder.path().join("ggml-mine.bin");
    std::fs::copy(model_dir().join("ggml-tiny.en-q8_0.bin"), &model).unwrap();
    let first = Client::new(&options(&store).with("model", &model).unwrap()).unwrap();
    done(first.upload(&Source::from_path(speech("two_cities.wav")).unwrap(), None)).unwrap(); // to be waited for
    let id = done(first.upload(&bytes_source("bytes.wav"), None)).unwrap().id.clone();
    drop(first);
    std::fs::write(&model, b"damaged").unwrap();
    let second = client(&store);
    assert_eq!(done(second.wait(&id, None)).unwrap_err().kind(), ErrorKind::ModelCorrupt);
    assert_eq!(files_in(&store.join("media")), 1);
    drop(second);
    std::fs::copy(model_dir().join("ggml-tiny.en-q8_0.bin"), &model).unwrap();
    let third = client(&store);
    done(third.wait(&id, None)).unwrap();
    check_text(&transcript(&third, &id));
    assert_eq!(files_in(&store.join("media")), 0);
}

#[test]
fn two_processes_share_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let mine = client(folder.path());
    assert!(all(&mine).is_empty());

    // What the other does can be followed here, and fetched.
    let mut other = Other::start("one", folder.path());
    let id = other.told("uploaded").unwrap();
    done(mine.wait(&id, None)).unwrap();
    check_text(&transcript(&mine, &id));
    assert_eq!(other.told("waited").unwrap(), "ready");

    // Both at once; ids are not given twice.
    let uploads: Vec<_> =
        (0..4).map(|_| client(folder.path()).upload(&bytes_source("x.wav"), None)).collect();
    let ids: Vec<_> = uploads.into_iter().map(|upload| done(upload).unwrap().id.clone()).collect();
    ids.iter().for_each(|id| drop(done(mine.wait(id, None)).unwrap()));
    other.finish();
    assert_eq!(all(&mine).len(), 5);

    // What is deleted here ends there, and does not come back.
    for purge in [false, true] {
        let mut other = Other::start("longer", folder.path());
        let id = other.told("uploaded").unwrap();
        match purge {
            false => done(mine.delete(&id, None)).unwrap(),
            true => done(mine.purge(None)).unwrap(),
        }
        assert_eq!(other.told("waited").unwrap(), "TIRO_E_NOT_FOUND");
        other.finish();
        assert!(all(&mine).iter().all(|recording| recording.id != id));
    }
    assert!(all(&mine).is_empty());

    // The other dies while it is waited for here.
    let mut other = Other::start("long", folder.path());
    let id = other.told("uploaded").unwrap();
    let waiting = mine.wait(&id, None);
    other.kill();
    done(waiting).unwrap();
    check_text(&transcript(&mine, &id));

    // It dies, and nobody waits: whoever lists takes over.
    let mut other = Other::start("long", folder.path());
    let id = other.told("uploaded").unwrap();
    other.kill();
    let is_ready = |recording: &Recording| recording.id == id && recording.status == RecordingStatus::Ready;
    eventually(|| all(&mine).iter().any(is_ready));
    check_database(folder.path());
}

/// Sets how large this process may make a file; more is as if the disk were full.
fn limit_files(bytes: u64) {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: plain data of this function's.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
        assert_eq!(libc::getrlimit(libc::RLIMIT_FSIZE, &mut limit), 0);
        limit.rlim_cur = bytes.min(limit.rlim_max);
        assert_eq!(libc::setrlimit(libc::RLIMIT_FSIZE, &limit), 0);
    }
}

fn full_disk(folder: &Path) {
    let client = client(folder);
    let kept = done(client.upload(&bytes_source("kept.wav"), None)).unwrap();
    done(client.wait(&kept.id, None)).unwrap();
    // Neither a copy nor a row finds room: that is an error of the upload, and no recording.
    limit_files(10_000);
    let path = folder.join("caller.wav");
    let copied = done(client.upload(&bytes_source("copied.wav"), None)).unwrap_err();
    assert_eq!(copied.kind(), ErrorKind::DiskFull, "{copied:?}");
    limit_files(0);
    let referenced = done(client.upload(&Source::from_path(&path).unwrap(), None)).unwrap_err();
    assert_eq!(referenced.kind(), ErrorKind::DiskFull, "{referenced:?}");
    let error = done(client.delete(&kept.id, None)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DiskFull, "{error:?}");
    assert_eq!(all(&client).len(), 1, "what was there can be read");
    check_text(&transcript(&client, &kept.id));
    // Full at the end of a recognition: it is told, and what was recognised is kept until there is room.
    limit_files(u64::MAX);
    let last = done(client.upload(&Source::from_path(&path).unwrap(), None)).unwrap();
    limit_files(0);
    let error = done(client.wait(&last.id, None)).unwrap_err();
    assert_eq!((error.kind(), error.recording_id()), (ErrorKind::DiskFull, last.id.as_str()), "{error:?}");
    // The file is not read again: what was recognised is there.
    std::fs::remove_file(&path).unwrap();
    let error = done(client.wait(&last.id, None)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DiskFull, "{error:?}");
    limit_files(u64::MAX);
    // An attempt that began before there was room may still fail.
    eventually(|| done(client.wait(&last.id, None)).is_ok());
    check_text(&transcript(&client, &last.id));
}

#[test]
fn a_full_disk_is_a_named_error_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    // Long enough that the disk is full before it is heard.
    std::fs::copy(speech("beckett.wav"), folder.path().join("caller.wav")).unwrap();
    Other::start("full disk", folder.path()).finish();
    check_database(folder.path());
    let client = client(folder.path());
    assert_eq!(all(&client).len(), 2);
    all(&client).iter().for_each(|recording| check_text(&transcript(&client, &recording.id)));
    assert_eq!(files_in(&folder.path().join("media")), 0);
}

/// As nobody in particular: the privileged user may write everywhere.
fn read_only(folder: &Path) {
    // SAFETY: take no memory.
    unsafe {
        if libc::geteuid() == 0 {
            assert_eq!(libc::setgid(65_534), 0);
            assert_eq!(libc::setuid(65_534), 0);
        }
    }
    for name in ["new", "old"] {
        let error = done(client_without_model(&folder.join(name)).recordings(0, 1, None)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Permission, "{name}: {error:?}");
    }
    let error = done(client_without_model(&folder.join("new/below")).recordings(0, 1, None)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Permission, "{error:?}");
}

fn client_without_model(folder: &Path) -> Client {
    Client::new(&Options::new().with("data_dir", folder).unwrap()).unwrap()
}

#[test]
fn a_folder_that_may_not_be_written_is_a_named_error() {
    use std::os::unix::fs::{PermissionsExt, chown};
    let folder = tempfile::tempdir().unwrap();
    let mode = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(folder.path(), 0o755);
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    std::fs::create_dir(&new).unwrap();
    let client = client(&old);
    let id = done(client.upload(&bytes_source("x.wav"), None)).unwrap().id.clone();
    done(client.wait(&id, None)).unwrap();
    drop(client);
    eventually(|| files_in(&old.join("owners")) == 0);
    let all = [old.clone(), old.join("media"), old.join("owners"), old.join("tiro.db"), new.clone()];
    // SAFETY: takes nothing.
    let root = unsafe { libc::geteuid() } == 0;
    for path in all.iter().filter(|_| root) {
        if let Err(error) = chown(path, Some(65_534), Some(65_534)) {
            assert_eq!(error.raw_os_error(), Some(libc::EINVAL), "{error}");
            println!("SKIPPED: this system has no other user");
            return;
        }
    }
    all.iter().for_each(|path| mode(path, if path.is_dir() { 0o500 } else { 0o400 }));
    Other::start("read only", folder.path()).finish();
    assert_eq!((files_in(&new), files_in(&old)), (0, 3));
    all.iter().for_each(|path| mode(path, if path.is_dir() { 0o700 } else { 0o600 }));
    for path in all.iter().filter(|_| root) {
        chown(path, Some(0), Some(0)).unwrap();
    }
    check_text(&transcript(&self::client(&old), &id));
}
