//! What is deleted, or too old, and what of it is left.

use super::*;

#[test]
fn what_is_deleted_leaves_no_text() {
    let folder = folder();
    let archive = open(folder.path()).unwrap();
    for words in [1, 10_000] {
        let deleted = add(&archive, somewhere(), 0);
        finish(&archive, deleted, Ok(transcript(words)));
        assert!(holds(folder.path(), SECRET_WORD));
        archive.delete(deleted).unwrap();
        assert!(!holds(folder.path(), SECRET_WORD), "after deleting {words}");
        let purged = add(&archive, somewhere(), 0);
        finish(&archive, purged, Ok(transcript(words)));
        archive.purge().unwrap();
        assert!(!holds(folder.path(), SECRET_WORD), "after purging {words}");
    }
    assert!(numbers(&archive).is_empty());
    assert!(std::fs::metadata(folder.path().join("tiro.db")).unwrap().len() < 100_000, "it shrank");
}

#[test]
fn another_connections_deletion_is_seen() {
    let folder = folder();
    let archive = Arc::new(open(folder.path()).unwrap());
    let other = open(folder.path()).unwrap();
    let number = add(&archive, somewhere(), 0);
    let before =
        archive.database.read(|rows| rows.query_row("PRAGMA data_version", [], |row| row.get::<_, i64>(0)));
    other.purge().unwrap();
    let after =
        archive.database.read(|rows| rows.query_row("PRAGMA data_version", [], |row| row.get::<_, i64>(0)));
    assert_ne!(before.unwrap(), after.unwrap());
    assert!(!archive.is_ours(number).unwrap() && !finish(&archive, number, Ok(transcript(1))));
    assert!(numbers(&archive).is_empty(), "nothing comes back to life");
}

#[test]
fn old_recordings_go_at_opening() {
    let folder = folder();
    let archive = open(folder.path()).unwrap();
    let now = now_ms();
    let day = 24 * 60 * 60 * 1000;
    let numbers: Vec<_> = [0, 1, 2, 3].map(|age| add(&archive, somewhere(), now - age * day - 1000)).to_vec();
    numbers.iter().for_each(|number| assert!(finish(&archive, *number, Ok(transcript(1)))));
    drop(archive);
    let kept = |days: &str| {
        let options = Options::new().with("retention_days", days).unwrap();
        let archive = open_with(folder.path(), &options).unwrap();
        numbers.iter().map(|number| status(&archive, *number).is_some()).collect::<Vec<_>>()
    };
    assert_eq!(kept("0"), [true; 4]);
    assert_eq!(kept("3"), [true, true, true, false]);
    assert_eq!(kept("1"), [true, false, false, false]);
}

#[test]
fn what_is_not_finished_is_not_old() {
    let folder = folder();
    let options = Options::new().with("retention_days", "1").unwrap();
    let archive = open(folder.path()).unwrap();
    let (unfinished, finished) = (add(&archive, somewhere(), 5), add(&archive, somewhere(), 5));
    finish(&archive, finished, Ok(transcript(1)));
    drop(archive);
    let archive = open_with(folder.path(), &options).unwrap();
    assert_eq!((status(&archive, unfinished).is_some(), status(&archive, finished).is_some()), (true, false));
}

#[test]
fn a_purge_takes_what_the_dead_left() {
    let folder = folder();
    let archive = open(folder.path()).unwrap();
    let other = open(folder.path()).unwrap();
    let media = Folder::open(folder.path()).unwrap().media();
    write_private(&media.join(format!("{}-abc.part", other.owner())), b"half a copy");
    write_private(&media.join(format!("{}-def.part", archive.owner())), b"one that is being made");
    kill(other, folder.path());
    archive.purge().unwrap();
    let left: Vec<_> = std::fs::read_dir(media).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0].to_string_lossy().ends_with("-def.part"));
}
