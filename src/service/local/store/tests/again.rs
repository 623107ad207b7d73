//! What is taken up again, by whom, and how often.

use super::*;

#[test]
fn a_live_stores_recordings_are_its_own_and_a_dead_ones_are_taken_over() {
    let folder = folder();
    let first = open(folder.path()).unwrap();
    let second = open(folder.path()).unwrap();
    let number = add(&first, somewhere(), 0);
    let third = open(folder.path()).unwrap();
    let of = |archive: &Archive| archive.is_ours(number).unwrap();
    assert_eq!((of(&first), of(&second), of(&third)), (true, false, false));
    assert!(!finish(&second, number, Ok(transcript(1))), "it is the first one's");
    drop(first);
    let fourth = open(folder.path()).unwrap();
    assert_eq!((of(&second), of(&fourth)), (false, true));
    drop((second, third, fourth));
    let locks = std::fs::read_dir(Folder::open(folder.path()).unwrap().owners()).unwrap();
    assert_eq!(locks.count(), 0, "each took its lock away");
}

#[test]
fn what_was_put_off_is_taken_up_again_when_it_is_due() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let _inside = runtime.enter();
    let folder = folder();
    let archive = Arc::new(open(folder.path()).unwrap());
    archive.look().unwrap();
    let number = add(&archive, somewhere(), 0);
    // As if a process before had left it. Its task is never run here.
    archive.set_interrupted();
    archive.resume().unwrap();
    let first = archive.entry(number).unwrap();
    archive.put_off(&first, number, Error::new(ErrorKind::ModelMissing, "no model"));
    assert_eq!(first.state().setback.unwrap().kind(), ErrorKind::ModelMissing);
    let same = |one: &Arc<Entry>| Arc::ptr_eq(one, &archive.entry(number).unwrap());
    for _ in 0..2 {
        archive.set_interrupted();
        archive.resume().unwrap();
        assert!(same(&first), "not yet");
    }
    assert_eq!(status(&archive, number), Some(RecordingStatus::Queued), "it has not failed");
    first.let_it_be_due();
    archive.set_interrupted();
    archive.resume().unwrap();
    assert!(!same(&first) && archive.entry(number).unwrap().is_running());
    assert_eq!(archive.entry(number).unwrap().times_put_off(), 1);
}

fn set_status(archive: &Archive, number: i64, status: RecordingStatus) {
    let owner = archive.owner();
    archive.database.write(|rows| Ok(rows::set_status(rows, number, owner, status)?)).unwrap();
}

fn failed_attempts(archive: &Archive, number: i64) -> u32 {
    let unfinished = archive.database.read(|rows| rows::unfinished(rows, archive.owner())).unwrap();
    unfinished.iter().find(|row| row.number == number).unwrap().failed_attempts
}

#[test]
fn what_ends_every_process_is_not_begun_for_ever() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let _inside = runtime.enter();
    let folder = folder();
    let first = open(folder.path()).unwrap();
    let (fatal, waiting) = (add(&first, somewhere(), 0), add(&first, somewhere(), 0));
    let mut archive = first;
    for killed in 1..=5 {
        set_status(&archive, fatal, RecordingStatus::Processing);
        kill(archive, folder.path());
        archive = open(folder.path()).unwrap();
        assert_eq!((failed_attempts(&archive, fatal), failed_attempts(&archive, waiting)), (killed, 0));
    }
    let archive = Arc::new(archive);
    archive.resume().unwrap();
    assert_eq!(status(&archive, fatal), Some(RecordingStatus::Failed));
    let failed = archive.database.read(|rows| rows::recording(rows, fatal)).unwrap().unwrap();
    assert!(failed.failure.contains("5 times"), "{}", failed.failure);
    assert!(archive.entry(fatal).is_none() && archive.entry(waiting).unwrap().is_running());
}

#[test]
fn a_store_that_is_closed_has_not_failed() {
    let folder = folder();
    let mut archive = open(folder.path()).unwrap();
    let number = add(&archive, somewhere(), 0);
    for _ in 0..3 {
        set_status(&archive, number, RecordingStatus::Processing);
        drop(archive);
        archive = open(folder.path()).unwrap();
        assert_eq!(failed_attempts(&archive, number), 0);
    }
    let last: Vec<bool> = (0..5).map(|_| archive.was_last_attempt(number)).collect();
    assert_eq!(last, [false, false, false, false, true], "those that the recogniser failed at do count");
}

#[test]
fn many_are_taken_up_again_a_few_at_a_time() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let _inside = runtime.enter();
    let folder = folder();
    let archive = Arc::new(open(folder.path()).unwrap());
    archive.look().unwrap();
    let numbers: Vec<i64> = (0..40).map(|_| add(&archive, somewhere(), 0)).collect();
    archive.set_interrupted();
    archive.resume().unwrap();
    let given_out = || numbers.iter().filter(|number| archive.entry(**number).is_some()).count();
    assert_eq!(given_out(), 16);
    // Their tasks never run here; each that ends makes room for another.
    for (done, number) in numbers.iter().take(24).enumerate() {
        let entry = archive.entry(*number).unwrap();
        archive.settle(&entry, *number, Ok(transcript(1)));
        archive.give_out_more();
        assert_eq!(given_out(), 16, "{done}");
    }
}
