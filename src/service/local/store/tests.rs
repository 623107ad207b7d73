//! Stores opened, shared, aged, damaged and emptied, without a recognition: what those do is `tests/local_store.rs`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rusqlite::Connection;
use tempfile::TempDir;

use super::DATABASE;
use super::archive::Archive;
use super::entry::Entry;
use super::folder::Folder;
use super::media::{Copied, Media};
use super::rows::{self, Again, NewRow};
use super::{id_of, number_of};
use crate::client::Embedding;
use crate::database::{Database, Found, prepare};
use crate::error::{Error, ErrorKind, Result};
use crate::instant::now_ms;
use crate::options::Options;
use crate::recording::RecordingStatus;
use crate::runtime::Reporter;
use crate::service::PageRequest;
use crate::service::local::listener::Listener;
use crate::source::Source;
use crate::transcript::{Segment, Transcript, Word};

mod again;
mod deleting;

const SECRET_WORD: &str = "Kolokythokeftedes";

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn open(path: &Path) -> Result<Archive> {
    open_with(path, &Options::new())
}

fn open_with(path: &Path, options: &Options) -> Result<Archive> {
    Archive::open(path, Arc::new(Listener::new(options, Embedding::Rust)))
}

fn again(media: Media) -> Again {
    let options = BTreeMap::from([("language".to_owned(), "en".to_owned())]);
    Again { options, model: "/models/ggml-x.bin".into(), media }
}

fn somewhere() -> Media {
    Media::Reference { path: "/talks/talk.wav".into(), size: 7, modified_ns: 8 }
}

fn add(archive: &Archive, media: Media, created_at_ms: i64) -> i64 {
    let again = again(media);
    let owner = archive.owner();
    let new = NewRow { name: "talk.wav", size: 7, created_at_ms, duration_ms: 9, again: &again, owner };
    archive.database.write(|rows| Ok(rows::insert(rows, &new)?)).unwrap()
}

fn finish(archive: &Archive, number: i64, outcome: Result<Transcript>) -> bool {
    archive.database.write(|rows| Ok(rows::finish(rows, number, archive.owner(), &outcome)?)).unwrap()
}

fn transcript(words: usize) -> Transcript {
    let word = Word { text: SECRET_WORD.into(), start_ms: 0, end_ms: 1, ..Word::default() };
    let segment = Segment { words: vec![word; words], ..Segment::default() };
    Transcript::builder().segment(&segment).build()
}

fn numbers(archive: &Archive) -> Vec<String> {
    let page = archive.database.read(|rows| rows::page(rows, PageRequest { offset: 0, limit: 100 })).unwrap();
    assert_eq!(page.total, Some(page.recordings.len() as u64));
    page.recordings.iter().map(|recording| recording.id.clone()).collect()
}

fn status(archive: &Archive, number: i64) -> Option<RecordingStatus> {
    let recording = archive.database.read(|rows| rows::recording(rows, number)).unwrap();
    recording.map(|recording| recording.status)
}

/// Whether any file of the folder holds a text.
fn holds(path: &Path, text: &str) -> bool {
    std::fs::read_dir(path).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => holds(&path, text),
            false => std::fs::read(path).unwrap().windows(text.len()).any(|bytes| bytes == text.as_bytes()),
        }
    })
}

#[test]
fn an_id_is_written_in_one_way() {
    assert_eq!(number_of(&id_of(17)), Some(17));
    for id in ["local-", "local-0", "local--1", "local-017", "local-+17", "local-17 ", "17", "local-x"] {
        assert_eq!(number_of(id), None, "{id}");
    }
}

#[test]
fn what_is_kept_comes_back() {
    let folder = folder();
    let archive = open(folder.path()).unwrap();
    let odd = Media::Reference { path: path_that_is_no_text(), size: u64::MAX / 2, modified_ns: -1 };
    let first = add(&archive, odd.clone(), 5);
    let second = add(&archive, Media::Copy { name: "x-y.wav".into() }, 6);
    let unfinished = archive.database.read(|rows| rows::unfinished(rows, archive.owner())).unwrap();
    assert_eq!(unfinished.iter().map(|row| row.number).collect::<Vec<_>>(), [first, second]);
    assert_eq!(unfinished[0].again, again(odd));
    assert!(finish(&archive, first, Ok(transcript(2))));
    assert!(!finish(&archive, first, Ok(transcript(3))), "it is finished");
    assert!(finish(&archive, second, Err(Error::new(ErrorKind::MediaEmpty, "no sound"))));
    drop(archive);

    let archive = open(folder.path()).unwrap();
    assert_eq!(numbers(&archive), [id_of(second), id_of(first)], "the newest first");
    let (document, kind, failed) = archive
        .database
        .read(|rows| {
            let failed = rows::recording(rows, second)?.unwrap();
            Ok((rows::transcript(rows, first)?.unwrap(), rows::failure_kind(rows, second)?, failed))
        })
        .unwrap();
    assert_eq!(Transcript::from_json(&document).unwrap().text(), format!("{SECRET_WORD} {SECRET_WORD}"));
    assert_eq!((kind, failed.failure.as_str()), (Some(ErrorKind::MediaEmpty), "no sound"));
    assert_eq!(
        (failed.name.as_str(), failed.size, failed.created_at_ms, failed.duration_ms),
        ("talk.wav", 7, 6, Some(9))
    );
}

#[cfg(unix)]
fn path_that_is_no_text() -> std::path::PathBuf {
    <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"/caf\xe9.wav").into()
}

#[cfg(not(unix))]
fn path_that_is_no_text() -> std::path::PathBuf {
    "/talk.wav".into()
}

#[test]
fn ids_are_never_used_again() {
    let folder = folder();
    let archive = open(folder.path()).unwrap();
    let first = add(&archive, somewhere(), 0);
    assert!(archive.delete(first).unwrap() && !archive.delete(first).unwrap());
    archive.purge().unwrap();
    drop(archive);
    assert!(add(&open(folder.path()).unwrap(), somewhere(), 0) > first);
}

#[test]
fn every_step_of_the_schema_is_taken_once() {
    let folder = folder();
    let path = folder.path().join("x.db");
    let first = "CREATE TABLE talks (name TEXT); INSERT INTO talks VALUES ('kept');";
    let second = "ALTER TABLE talks ADD COLUMN length INTEGER NOT NULL DEFAULT 3;";
    let prepare =
        |steps: &[&str]| prepare(&mut Connection::open(&path).unwrap(), DATABASE.application_id, steps);
    let talks = || {
        let sql = "SELECT name || length FROM talks";
        Connection::open(&path).unwrap().query_row(sql, [], |row| row.get::<_, String>(0))
    };
    assert_eq!(prepare(&[first]).unwrap(), Found::Ready);
    assert!(prepare(&[first, "ALTER TABLE talks ADD COLUMN length; SELECT nonsense"]).is_err());
    assert!(talks().is_err(), "a step that failed is not taken by half");
    assert_eq!(prepare(&[first, second]).unwrap(), Found::Ready);
    assert_eq!(prepare(&[first, second]).unwrap(), Found::Ready);
    assert_eq!(talks().unwrap(), "kept3");
    assert_eq!(prepare(&[first]).unwrap(), Found::Newer(2));
}

#[test]
fn an_end_is_a_change_of_our_own() {
    let folder = folder();
    let archive = Arc::new(open(folder.path()).unwrap());
    archive.look().unwrap();
    let number = add(&archive, somewhere(), 0);
    let recording = archive.database.read(|rows| rows::recording(rows, number)).unwrap().unwrap();
    let before = archive.look().unwrap();
    archive.settle(&Entry::new(recording), number, Ok(transcript(1)));
    assert_ne!(archive.look().unwrap(), before, "who follows it has to look at it again");
}

/// As if the process that has this store had been killed: its lock is gone, its file is not.
fn kill(archive: Archive, path: &Path) {
    let name = archive.owner().to_owned();
    drop(archive);
    write_private(&Folder::open(path).unwrap().owners().join(format!("{name}.lock")), b"");
}

#[test]
fn many_open_a_new_store_at_once() {
    let folder = folder();
    let path = folder.path().join("a/b");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| add(&open(&path).unwrap(), somewhere(), 0));
        }
    });
    assert_eq!(numbers(&open(&path).unwrap()).len(), 8);
}

fn write_private(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}

/// A store as the first version that had one wrote it.
#[test]
fn a_store_of_every_released_schema_can_be_read() {
    for version in 1..=DATABASE.migrations.len() {
        let folder = folder();
        let released = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/store-v{version}.db"));
        drop(Folder::open(folder.path()).unwrap());
        write_private(&folder.path().join("tiro.db"), &std::fs::read(released).unwrap());
        let archive = open(folder.path()).unwrap();
        assert_eq!(numbers(&archive), ["local-4", "local-3", "local-1"]);
        let document = archive.database.read(|rows| rows::transcript(rows, 1)).unwrap().unwrap();
        assert_eq!(Transcript::from_json(&document).unwrap().text(), "Ever tried.");
        assert_eq!(status(&archive, 3), Some(RecordingStatus::Failed));
        let unfinished = archive.database.read(|rows| rows::unfinished(rows, archive.owner())).unwrap();
        assert_eq!((unfinished[0].number, &unfinished[0].again), (4, &again(somewhere())));
    }
}

#[test]
fn what_is_no_store_of_ours_is_left_as_it_is() {
    let database = |sql: &str| {
        let folder = folder();
        Connection::open(folder.path().join("x")).unwrap().execute_batch(sql).unwrap();
        std::fs::read(folder.path().join("x")).unwrap()
    };
    let ours = {
        let folder = folder();
        let archive = open(folder.path()).unwrap();
        let _: Vec<_> = (0..100).map(|_| add(&archive, somewhere(), 0)).collect();
        drop(archive);
        std::fs::read(folder.path().join("tiro.db")).unwrap()
    };
    let mut damaged = ours.clone();
    damaged[4096..].fill(0x5a);
    let mut newer = ours.clone();
    newer[60..64].copy_from_slice(&99u32.to_be_bytes());
    let cases = [
        ("no database", b"Dear diary, ".repeat(1000), ErrorKind::StoreCorrupt),
        ("short", vec![1; 100], ErrorKind::StoreCorrupt),
        ("cut", ours[..4000].to_vec(), ErrorKind::StoreCorrupt),
        ("damaged", damaged, ErrorKind::StoreCorrupt),
        ("another program's", database("CREATE TABLE x (y)"), ErrorKind::StoreCorrupt),
        ("with another's mark", database("PRAGMA application_id = 7"), ErrorKind::StoreCorrupt),
        ("newer", newer, ErrorKind::StoreNewer),
    ];
    for (what, bytes, kind) in cases {
        let folder = folder();
        let places = Folder::open(folder.path()).unwrap();
        write_private(&places.database(), &bytes);
        let error = open(folder.path()).err().unwrap_or_else(|| panic!("{what} was opened"));
        assert_eq!(error.kind(), kind, "{what}: {error:?}");
        assert!(error.to_string().contains("tiro.db") && !error.hint().is_empty(), "{error:?}");
        assert_eq!(std::fs::read(places.database()).unwrap(), bytes, "{what} was changed");
        assert_eq!(std::fs::read_dir(places.owners()).unwrap().count(), 0, "{what}");
    }
}

#[test]
fn a_store_that_is_held_is_busy_for_as_long() {
    let folder = folder();
    let places = Folder::open(folder.path()).unwrap();
    drop(open(folder.path()).unwrap());
    let holder = Connection::open(places.database()).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| open(folder.path()).map(drop));
        std::thread::sleep(std::time::Duration::from_millis(100));
        holder.execute_batch("COMMIT").unwrap();
        waiting.join().unwrap().unwrap();
    });
}

#[test]
fn a_copy_is_whole_or_not_there() {
    let folder = folder();
    let archive = open(folder.path()).unwrap();
    let copies = || std::fs::read_dir(archive.folder.media()).unwrap().count();
    let source = Source::from_bytes(Arc::new(b"sound".to_vec()), "../Talk.WAV");
    let make = |stop| {
        let stop = Arc::new(AtomicBool::new(stop));
        Copied::make(source.claim()?, &archive.folder, archive.owner(), &Reporter::to_nobody(), &stop)
    };
    assert_eq!(make(true).err().unwrap().kind(), ErrorKind::Cancelled);
    assert_eq!(copies(), 0);
    drop(make(false).unwrap());
    assert_eq!(copies(), 0, "not kept, it goes");
    let copied = make(false).unwrap();
    let media = copied.media();
    copied.keep();
    let Media::Copy { name } = &media else { panic!("{media:?}") };
    assert!(name.starts_with(archive.owner()) && name.ends_with(".wav"), "{name}");
    assert_eq!(std::fs::read(archive.folder.media().join(name)).unwrap(), b"sound");
    let number = add(&archive, media, 0);
    let orphan = make(false).unwrap();
    orphan.keep();
    let living = open(folder.path()).unwrap();
    assert_eq!(copies(), 2, "both are a living one's");
    drop(archive);
    let places = Folder::open(folder.path()).unwrap();
    let archive = open(folder.path()).unwrap();
    assert_eq!(std::fs::read_dir(places.media()).unwrap().count(), 1, "the orphan of the dead went");
    drop(living);
    assert!(archive.delete(number).unwrap());
    assert_eq!(std::fs::read_dir(places.media()).unwrap().count(), 0);
}

#[test]
fn a_file_that_was_changed_is_not_the_recording() {
    let folder = folder();
    let places = Folder::open(folder.path()).unwrap();
    let path = folder.path().join("talk.wav");
    std::fs::write(&path, b"one").unwrap();
    let media = Media::reference(&path).unwrap();
    media.claim(&places).unwrap();
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1)).unwrap();
    assert_eq!(media.claim(&places).unwrap_err().kind(), ErrorKind::Source);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(media.claim(&places).unwrap_err().kind(), ErrorKind::FileNotFound);
}

#[cfg(unix)]
mod permissions {
    use std::fs::Permissions;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        path.symlink_metadata().unwrap().mode() & 0o777
    }

    fn refused(path: &Path) -> Error {
        open(path).err().unwrap_or_else(|| panic!("{} was opened", path.display()))
    }

    fn check_private(path: &Path) {
        let wanted = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(path), wanted, "{}", path.display());
        if path.is_dir() {
            std::fs::read_dir(path).unwrap().for_each(|entry| check_private(&entry.unwrap().path()));
        }
    }

    #[test]
    fn everything_is_its_owners_alone() {
        let folder = folder();
        let path = folder.path().join("new/store");
        let archive = open(&path).unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let source = Source::from_bytes(Arc::new(b"sound".to_vec()), "x");
        let _copied = Copied::make(
            source.claim().unwrap(),
            &archive.folder,
            archive.owner(),
            &Reporter::to_nobody(),
            &stop,
        );
        archive
            .database
            .write(|rows| {
                rows.execute_batch("CREATE TABLE x (y)")?;
                check_private(&folder.path().join("new"));
                assert!(path.join("tiro.db-journal").exists());
                Ok(())
            })
            .unwrap();
    }

    #[test]
    fn a_folder_that_others_may_write_is_refused() {
        let folder = folder();
        for bad in [0o777, 0o770, 0o702] {
            std::fs::set_permissions(folder.path(), Permissions::from_mode(bad)).unwrap();
            let error = refused(folder.path());
            assert_eq!(error.kind(), ErrorKind::Permission, "{bad:o}");
            assert!(error.hint().contains("chmod 7"), "{error:?}");
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made in it");
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        drop(open(folder.path()).unwrap());
        for (name, bad) in [("tiro.db", 0o640), ("media", 0o711), ("owners", 0o770)] {
            let path = folder.path().join(name);
            let good = mode(&path);
            std::fs::set_permissions(&path, Permissions::from_mode(bad)).unwrap();
            assert_eq!(refused(folder.path()).kind(), ErrorKind::Permission, "{name}");
            std::fs::set_permissions(&path, Permissions::from_mode(good)).unwrap();
        }
        drop(open(folder.path()).unwrap());
    }

    #[test]
    fn somebody_elses_folder_is_refused() {
        // SAFETY: takes nothing and cannot fail.
        let root = unsafe { libc::geteuid() } == 0;
        let folder = folder();
        match root {
            true => std::os::unix::fs::chown(folder.path(), Some(65_534), None).unwrap(),
            false => return assert!(refused(Path::new("/")).kind() == ErrorKind::Permission),
        }
        let error = refused(folder.path());
        assert!(
            error.kind() == ErrorKind::Permission && error.to_string().contains("another user"),
            "{error:?}"
        );
    }

    #[test]
    fn links_inside_are_refused_and_one_to_the_folder_is_followed() {
        let elsewhere = folder();
        drop(open(elsewhere.path()).unwrap());
        for name in ["tiro.db", "media", "owners"] {
            let folder = folder();
            symlink(elsewhere.path().join(name), folder.path().join(name)).unwrap();
            assert!(
                matches!(refused(folder.path()).kind(), ErrorKind::Permission | ErrorKind::NotAFile),
                "{name}"
            );
        }
        let folder = folder();
        let link = folder.path().join("link");
        symlink(elsewhere.path(), &link).unwrap();
        add(&open(&link).unwrap(), somewhere(), 0);
        assert_eq!(numbers(&open(elsewhere.path()).unwrap()).len(), 1);
    }
}

#[test]
fn a_database_may_be_opened_alone() {
    let folder = folder();
    let places = Folder::open(folder.path()).unwrap();
    let database = Database::open(&DATABASE, places.database()).unwrap();
    let ok: String =
        database.read(|rows| rows.query_row("PRAGMA integrity_check", [], |row| row.get(0))).unwrap();
    assert_eq!(ok, "ok");
}
