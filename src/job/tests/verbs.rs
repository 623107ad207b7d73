//! What a program does with jobs.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::fake::{Counts, FakeKind};
use super::{Place, call, spending, talk};
use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::job::Job;
use crate::options::Options;
use crate::runtime::Operation;
use crate::source::Source;
use crate::transcript::Transcript;

const PATIENCE: Option<Duration> = Some(Duration::from_secs(120));

fn transcribe(client: &Client, source: &Source, options: &Options) -> Result<Transcript, Error> {
    client.transcribe(source, Some(options)).unwrap().wait(PATIENCE).unwrap()
}

fn jobs(client: &Client) -> Vec<Job> {
    client.jobs(None).unwrap().wait(PATIENCE).unwrap().unwrap()
}

/// Waits until the newest job has come to this, which an operation is about.
fn until_job(client: &Client, running: &Operation<Transcript>, holds: impl Fn(&Job) -> bool) {
    let started = Instant::now();
    while !jobs(client).first().is_some_and(&holds) {
        assert!(running.wait(Some(Duration::ZERO)).is_none(), "it ended before");
        assert!(Some(started.elapsed()) < PATIENCE, "it never comes to it");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn nothing_is_bought_before_somebody_agrees_and_the_job_goes_on_then() {
    for with_journal in [true, false] {
        let place = Place::new(FakeKind::Charging, true);
        let client = if with_journal { place.client() } else { place.forgetful() };
        let error = transcribe(&client, &talk(), &call(&[])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConfirmRequired);
        let known = jobs(&client).remove(0);
        assert_eq!((known.id.as_str(), known.state.as_str()), (error.job_id(), "confirm_required"));
        assert_eq!(known.quote.unwrap().amount, "5.00");
        assert_eq!(place.world.counts(), Counts { recordings: 1, orders: 1, placed: 0 });
        // Another price than the one that was told is no yes.
        let resume = |price: &str| {
            let options = call(&[("confirmed_price", price)]);
            client.resume(error.job_id(), None, Some(&options)).unwrap().wait(PATIENCE).unwrap()
        };
        assert_eq!(resume("4.00 USD").unwrap_err().kind(), ErrorKind::QuoteChanged);
        assert_eq!(place.world.counts().placed, 0);
        resume("5.00 USD").unwrap();
        assert_eq!(place.world.counts(), Counts { recordings: 1, orders: 1, placed: 1 });
        assert_eq!(jobs(&client).len(), usize::from(with_journal), "in memory, what is done is forgotten");
    }
}

#[test]
fn a_price_that_rose_meanwhile_is_asked_about_again() {
    let place = Place::new(FakeKind::Charging, true);
    let client = place.client();
    let error = transcribe(&client, &talk(), &call(&[])).unwrap_err();
    *place.world.price.lock() = "6.00".into();
    let options = call(&[("confirmed_price", "5.00 USD")]);
    let changed = client.resume(error.job_id(), None, Some(&options)).unwrap().wait(PATIENCE).unwrap();
    assert_eq!(changed.unwrap_err().kind(), ErrorKind::QuoteChanged);
    assert_eq!(place.world.counts().placed, 0);
    let options = call(&[("max_price", "5.50 USD")]);
    let dear = client.resume(error.job_id(), None, Some(&options)).unwrap().wait(PATIENCE).unwrap();
    assert_eq!(dear.unwrap_err().kind(), ErrorKind::ConfirmRequired);
    assert_eq!(place.world.counts().placed, 0);
}

#[test]
fn the_same_program_run_again_attaches_and_force_new_does_not() {
    let place = Place::new(FakeKind::Charging, true);
    for _ in 0..3 {
        transcribe(&place.client(), &talk(), &spending()).unwrap();
    }
    assert_eq!(place.world.counts(), Counts { recordings: 1, orders: 1, placed: 1 });
    transcribe(&place.client(), &talk(), &spending().with("force_new", "yes").unwrap()).unwrap();
    transcribe(&place.client(), &talk(), &spending().with("order.type", "0").unwrap()).unwrap();
    assert_eq!(place.world.counts().placed, 3);
    assert_eq!(jobs(&place.client()).len(), 3);
}

#[test]
fn two_at_once_are_one_job() {
    let place = Place::new(FakeKind::Charging, true);
    let clients: Vec<_> = (0..4).map(|_| place.client()).collect();
    let running: Vec<_> =
        clients.iter().map(|client| client.transcribe(&talk(), Some(&spending())).unwrap()).collect();
    for operation in running {
        operation.wait(PATIENCE).unwrap().unwrap();
    }
    assert_eq!(place.world.counts(), Counts { recordings: 1, orders: 1, placed: 1 });
}

#[test]
fn whoever_waits_for_anothers_job_waits_no_longer_than_it_may() {
    let place = Place::new(FakeKind::Charging, true);
    place.world.cut_at(2);
    let first = place.client();
    let stuck = first.transcribe(&talk(), Some(&spending())).unwrap();
    until_job(&first, &stuck, |job| job.step != "begun");
    let second = place.client();
    assert_eq!(jobs(&second)[0].state, "running");
    let id = jobs(&second).remove(0).id;
    let forgotten = second.forget(&id, None).unwrap().wait(PATIENCE).unwrap();
    assert_eq!(forgotten.unwrap_err().kind(), ErrorKind::State);
    let error = transcribe(&second, &talk(), &call(&[("wait_timeout_ms", "100")])).unwrap_err();
    assert_eq!((error.kind(), error.job_id()), (ErrorKind::Timeout, id.as_str()));
    drop(stuck);
}

#[test]
fn another_recording_under_the_same_key_is_refused() {
    for with_journal in [true, false] {
        let place = Place::new(FakeKind::Charging, true);
        let client = if with_journal { place.client() } else { place.forgetful() };
        let keyed = |price: &[(&str, &str)]| call(price).with("job_key", "the talk").unwrap();
        let other = Source::from_bytes(Arc::new(*b"some walk"), "talk.wav");
        transcribe(&client, &talk(), &keyed(&[])).unwrap_err();
        let error = transcribe(&client, &other, &keyed(&[("max_price", "9 USD")])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SourceChanged);
        transcribe(&client, &talk(), &keyed(&[("max_price", "9 USD")])).unwrap();
        assert_eq!(jobs(&client)[0].key, "the talk");
        assert_eq!(place.world.counts(), Counts { recordings: 1, orders: 1, placed: 1 });
    }
}

#[test]
fn an_upload_that_is_not_done_asks_for_its_recording_again_unless_it_is_a_file() {
    let place = Place::new(FakeKind::Charging, true);
    let path = place.folder.path().join("talk.wav");
    std::fs::write(&path, b"some talk").unwrap();
    for source in [talk(), Source::from_path(&path).unwrap()] {
        let options = spending().with("force_new", "yes").unwrap();
        place.world.cut_at(0);
        let client = place.client();
        let cut = client.transcribe(&source, Some(&options)).unwrap();
        until_job(&client, &cut, |job| job.step != "begun" && job.state == "running");
        drop(cut);
        place.world.never_cut();
        let job = jobs(&client).remove(0);
        let resume = |source: Option<&Source>| {
            place.client().resume(&job.id, source, Some(&spending())).unwrap().wait(PATIENCE).unwrap()
        };
        let other = Source::from_bytes(Arc::new(*b"some walk"), "talk.wav");
        assert_eq!(resume(Some(&other)).unwrap_err().kind(), ErrorKind::SourceChanged);
        if job.path.is_none() {
            assert_eq!(resume(None).unwrap_err().kind(), ErrorKind::SourceChanged);
            resume(Some(&talk())).unwrap();
        } else {
            resume(None).unwrap();
        }
    }
}

#[test]
fn a_failure_is_kept_with_its_job() {
    let place = Place::new(FakeKind::Charging, true);
    place.world.fails.store(true, Ordering::SeqCst);
    let first = transcribe(&place.client(), &talk(), &spending()).unwrap_err();
    let second = transcribe(&place.client(), &talk(), &spending()).unwrap_err();
    assert_eq!(first.kind(), ErrorKind::Failed);
    assert_eq!(
        (first.kind(), first.message(), first.job_id()),
        (second.kind(), second.message(), second.job_id())
    );
    assert_eq!(place.world.counts().placed, 1);
    let job = jobs(&place.client()).remove(0);
    assert_eq!((job.state.as_str(), job.error.as_str()), ("failed", "TIRO_E_FAILED"));
}

#[test]
fn all_are_resumed_side_by_side_and_one_that_cannot_go_on_keeps_nobody() {
    let place = Place::new(FakeKind::Charging, true);
    let client = place.client();
    for content in ["one", "two", "three"] {
        let source = Source::from_bytes(Arc::new(content.to_owned().into_bytes()), content);
        transcribe(&client, &source, &call(&[])).unwrap_err();
    }
    *place.world.price.lock() = "7.00".into();
    let source = Source::from_bytes(Arc::new(*b"dear"), "dear");
    transcribe(&client, &source, &call(&[("max_price", "6 USD")])).unwrap_err();
    let client = place.client();
    let outcomes = client.resume_all(Some(&call(&[("max_price", "7 USD")]))).unwrap();
    let outcomes = outcomes.wait(PATIENCE).unwrap().unwrap();
    assert_eq!(outcomes.len(), 4);
    assert!(
        outcomes.iter().all(|outcome| outcome.error.is_empty() && outcome.job.state == "ready"),
        "{outcomes:?}"
    );
    assert_eq!(place.world.counts(), Counts { recordings: 4, orders: 4, placed: 4 });
    assert!(client.resume_all(None).unwrap().wait(PATIENCE).unwrap().unwrap().is_empty());
}

#[test]
fn a_job_that_is_forgotten_is_gone_and_nobody_elses_is_seen() {
    let place = Place::new(FakeKind::Charging, true);
    transcribe(&place.client(), &talk(), &spending()).unwrap();
    let client = place.client();
    let other = place.world.client(&place.options().with("service", "gospeech").unwrap(), FakeKind::Plain);
    assert!(jobs(&other).is_empty());
    let id = jobs(&client).remove(0).id;
    let seen = other.forget(&id, None).unwrap().wait(PATIENCE).unwrap();
    assert_eq!(seen.unwrap_err().kind(), ErrorKind::NotFound);
    client.forget(&id, None).unwrap().wait(PATIENCE).unwrap().unwrap();
    assert!(jobs(&client).is_empty());
    let gone = client.resume(&id, None, None).unwrap().wait(PATIENCE).unwrap();
    assert_eq!(gone.unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn a_promotional_code_is_applied_before_the_price_is_asked() {
    let place = Place::new(FakeKind::Charging, true);
    let options = call(&[("order.promo_code", "SUMMER")]);
    transcribe(&place.client(), &talk(), &options).unwrap_err();
    assert_eq!(*place.world.promo_codes.lock(), ["SUMMER"]);
}

#[test]
fn what_is_said_of_one_job_is_not_said_of_all() {
    let place = Place::new(FakeKind::Charging, true);
    for (key, value) in [("settle", "not_done"), ("confirmed_price", "5.00 USD")] {
        let refused =
            place.client().resume_all(Some(&call(&[(key, value)]))).unwrap().wait(PATIENCE).unwrap();
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Option, "{key}");
    }
}

#[test]
fn what_cannot_be_transcribed_is_not_ordered() {
    let place = Place::new(FakeKind::Charging, true);
    place.world.fails_at_once.store(true, Ordering::SeqCst);
    let error = transcribe(&place.client(), &talk(), &spending()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert_eq!(place.world.counts(), Counts { recordings: 1, orders: 0, placed: 0 });
    assert_eq!(jobs(&place.client())[0].state, "failed");
}

#[test]
fn what_the_service_has_not_taken_in_yet_is_not_ordered_yet() {
    let place = Place::new(FakeKind::Charging, true);
    place.world.slow_looks.store(2, Ordering::SeqCst);
    let hasty = spending().with("wait_timeout_ms", "100").unwrap();
    let error = transcribe(&place.client(), &talk(), &hasty).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(place.world.counts(), Counts { recordings: 1, orders: 0, placed: 0 });
    transcribe(&place.client(), &talk(), &spending()).unwrap();
    assert_eq!(place.world.counts(), Counts { recordings: 1, orders: 1, placed: 1 });
}

#[test]
fn of_many_jobs_in_memory_those_that_money_hangs_on_stay() {
    let place = Place::new(FakeKind::Charging, true);
    let client = place.forgetful();
    let keyed = |key: &str| call(&[("job_key", key)]);
    let first = transcribe(&client, &talk(), &keyed("first")).unwrap_err();
    assert_eq!(first.kind(), ErrorKind::ConfirmRequired);
    place.world.fails_at_once.store(true, Ordering::SeqCst);
    for number in 0..1010 {
        transcribe(&client, &talk(), &keyed(&number.to_string())).unwrap_err();
    }
    let known = jobs(&client);
    assert!(known.len() <= 1000 && known.iter().any(|job| job.id == first.job_id()));
}
