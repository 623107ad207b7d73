//! The journal's file: whose it is, how durable, and what it is not.

use std::time::Duration;

use super::super::journal::{InFile, Journal};
use super::fake::{Counts, FakeKind};
use super::{Place, spending, talk};
use crate::error::ErrorKind;

const PATIENCE: Option<Duration> = Some(Duration::from_secs(30));

#[test]
fn what_is_written_is_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let journal = InFile::open(&folder.path().join("jobs.db")).unwrap();
    let pragma = |name: &str| {
        let sql = format!("PRAGMA {name}");
        journal
            .database()
            .read(|rows| rows.query_row(&sql, [], |row| row.get::<_, rusqlite::types::Value>(0)))
            .unwrap()
    };
    // 2 is FULL, 3 is FULL and the folder, too.
    assert_eq!(pragma("synchronous"), 3.into());
    assert_eq!(pragma("journal_mode"), "delete".to_owned().into());
    assert_eq!(pragma("secure_delete"), 1.into());
    assert!(journal.is_durable());
}

#[cfg(unix)]
#[test]
fn it_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new(FakeKind::Charging, true);
    let run = || place.client().transcribe(&talk(), Some(&spending())).unwrap().wait(PATIENCE).unwrap();
    run().unwrap();
    for name in ["jobs.db", "jobs.db.lock"] {
        let mode = place.folder.path().join(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    std::fs::set_permissions(place.journal(), std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(run().unwrap_err().kind(), ErrorKind::Permission);
    std::fs::remove_file(place.journal()).unwrap();
    std::os::unix::fs::symlink("/dev/null", place.journal()).unwrap();
    assert_eq!(run().unwrap_err().kind(), ErrorKind::NotAFile);
    assert_eq!(place.world.counts().placed, 1, "nothing is done that could not be remembered");
}

#[test]
fn one_that_is_damaged_or_newer_is_left_as_it_is() {
    let newer = "PRAGMA application_id = 0x7469726a; PRAGMA user_version = 99; CREATE TABLE jobs (x)";
    for (sql, kind) in [("", ErrorKind::StoreCorrupt), (newer, ErrorKind::StoreNewer)] {
        let place = Place::new(FakeKind::Charging, true);
        if sql.is_empty() {
            std::fs::write(place.journal(), "Dear diary, ".repeat(1000)).unwrap();
        } else {
            rusqlite::Connection::open(place.journal()).unwrap().execute_batch(sql).unwrap();
        }
        #[cfg(unix)]
        std::fs::set_permissions(
            place.journal(),
            <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o600),
        )
        .unwrap();
        let before = std::fs::read(place.journal()).unwrap();
        let error = place
            .client()
            .transcribe(&talk(), Some(&spending()))
            .unwrap()
            .wait(PATIENCE)
            .unwrap()
            .unwrap_err();
        assert_eq!(error.kind(), kind, "{error:?}");
        assert!(error.message().contains("journal"), "{error:?}");
        assert_eq!(std::fs::read(place.journal()).unwrap(), before);
        assert_eq!(place.world.counts().recordings, 0);
    }
}

/// Whatever cannot be written must not be done.
#[test]
fn a_step_whose_intent_cannot_be_written_is_not_done() {
    let before = [
        ("uploading_parts", Counts::default()),
        ("ordering", Counts { recordings: 1, ..Counts::default() }),
        ("placing", Counts { recordings: 1, orders: 1, placed: 0 }),
    ];
    for (step, counts) in before {
        let place = Place::new(FakeKind::Charging, true);
        let client = place.client();
        client.jobs(None).unwrap().wait(PATIENCE).unwrap().unwrap();
        let other = rusqlite::Connection::open(place.journal()).unwrap();
        other
            .execute_batch(&format!(
                "CREATE TRIGGER refuses BEFORE UPDATE ON jobs WHEN new.step = '{step}'
                 BEGIN SELECT raise(ABORT, 'the disk is full'); END"
            ))
            .unwrap();
        let run = || client.transcribe(&talk(), Some(&spending())).unwrap().wait(PATIENCE).unwrap();
        let error = run().unwrap_err();
        assert_eq!((error.kind(), error.job_id().is_empty()), (ErrorKind::Io, false), "{step}: {error:?}");
        assert_eq!(place.world.counts(), counts, "{step}");
        other.execute_batch("DROP TRIGGER refuses").unwrap();
        run().unwrap();
        assert_eq!(place.world.counts(), Counts { recordings: 1, orders: 1, placed: 1 }, "{step}");
    }
}

/// The service has done it; that it cannot be noted for a while must not make it unknown.
#[test]
fn an_outcome_is_written_as_soon_as_it_can_be() {
    let place = Place::new(FakeKind::Charging, false);
    let client = place.client();
    client.jobs(None).unwrap().wait(PATIENCE).unwrap().unwrap();
    let other = rusqlite::Connection::open(place.journal()).unwrap();
    other
        .execute_batch(
            "CREATE TRIGGER refuses BEFORE UPDATE ON jobs WHEN new.step IN ('uploaded', 'ordered', 'placed')
             BEGIN SELECT raise(ABORT, 'the disk is full'); END",
        )
        .unwrap();
    let operation = client.transcribe(&talk(), Some(&spending())).unwrap();
    assert!(operation.wait(Some(Duration::from_millis(500))).is_none());
    other.execute_batch("DROP TRIGGER refuses").unwrap();
    operation.wait(PATIENCE).unwrap().unwrap();
    assert_eq!(place.world.counts(), Counts { recordings: 1, orders: 1, placed: 1 });
}

/// Where somebody takes the lock file for a leftover and removes it, two processes may have the same job in hand. Whoever
/// writes must know how it was; so one of them only goes on to buy.
#[test]
fn whoever_was_not_alone_with_a_job_stops_before_it_buys() {
    let place = Place::new(FakeKind::Charging, true);
    let client = place.client();
    client.jobs(None).unwrap().wait(PATIENCE).unwrap().unwrap();
    let other = rusqlite::Connection::open(place.journal()).unwrap();
    other
        .execute_batch(
            "CREATE TRIGGER another AFTER UPDATE ON jobs WHEN new.step = 'configured'
             BEGIN UPDATE jobs SET revision = revision + 1; END",
        )
        .unwrap();
    let run = || client.transcribe(&talk(), Some(&spending())).unwrap().wait(PATIENCE).unwrap();
    assert_eq!(run().unwrap_err().kind(), ErrorKind::State);
    assert_eq!(place.world.counts(), Counts { recordings: 1, orders: 1, placed: 0 });
    other.execute_batch("DROP TRIGGER another").unwrap();
    run().unwrap();
    assert_eq!(place.world.counts().placed, 1);
}
