//! Cut off anywhere: nothing is bought twice, and whatever can be found out is found out.

use std::time::Duration;

use super::fake::{Counts, FakeKind};
use super::{Place, spending, talk};
use crate::error::{Error, ErrorKind};
use crate::options::Options;
use crate::transcript::Transcript;

/// Runs the job until the line is cut, as a process that is killed there; `false`: it ended before.
fn run_until_cut(place: &Place, point: usize) -> bool {
    run_with_until_cut(place, point, &spending())
}

fn run_with_until_cut(place: &Place, point: usize, options: &Options) -> bool {
    place.world.cut_at(point);
    let operation = place.client().transcribe(&talk(), Some(options)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let was_cut = runtime.block_on(async {
        tokio::select! {
            () = place.world.was_cut() => true,
            outcome = operation => {
                outcome.unwrap();
                false
            }
        }
    });
    place.world.never_cut();
    was_cut
}

/// The next process. What was cut off may still be ending in this one.
fn run_again(place: &Place, options: &Options) -> Result<Transcript, Error> {
    place.client().transcribe(&talk(), Some(options)).unwrap().wait(Some(Duration::from_secs(30))).unwrap()
}

/// How many points a whole job passes.
fn points(kind: FakeKind) -> usize {
    let place = Place::new(kind, true);
    place.world.never_cut();
    run_again(&place, &spending()).unwrap();
    place.world.points()
}

#[test]
fn a_vendor_that_tells_is_asked_and_every_job_ends_with_one_order() {
    let points = points(FakeKind::Charging);
    assert!(points >= 9, "{points}");
    for point in 0..points {
        let place = Place::new(FakeKind::Charging, true);
        assert!(run_until_cut(&place, point), "{point}");
        run_again(&place, &spending()).unwrap();
        assert_eq!(place.world.counts(), Counts { recordings: 1, orders: 1, placed: 1 }, "{point}");
        // And once more: it is done.
        run_again(&place, &spending()).unwrap();
        assert_eq!(place.world.counts().placed, 1, "{point}");
    }
}

#[test]
fn with_a_vendor_that_does_not_tell_somebody_has_to_look() {
    let mut asked = 0;
    for point in 0..points(FakeKind::Charging) {
        let place = Place::new(FakeKind::Charging, false);
        assert!(run_until_cut(&place, point));
        let mut outcome = run_again(&place, &spending());
        if let Err(error) = &outcome {
            assert_eq!(error.kind(), ErrorKind::NeedsAction, "{point}: {error:?}");
            assert!(!error.job_id().is_empty() && !error.hint().is_empty());
            asked += 1;
            let detail: serde_json::Value = serde_json::from_str(error.detail()).unwrap();
            let before = place.world.counts();
            let settle = match detail["unknown"].as_str().unwrap() {
                "order" => place.world.order_ids().pop().unwrap_or("not_done".into()),
                "place" if before.placed > 0 => "done".into(),
                _ => "not_done".into(),
            };
            // It stays so until somebody says what they saw.
            assert_eq!(run_again(&place, &spending()).unwrap_err().kind(), ErrorKind::NeedsAction);
            assert_eq!(place.world.counts(), before);
            outcome = run_again(&place, &spending().with("settle", settle).unwrap());
        }
        outcome.unwrap_or_else(|error| panic!("{point}: {error:?}"));
        assert_eq!(place.world.counts(), Counts { recordings: 1, orders: 1, placed: 1 }, "{point}");
    }
    assert_eq!(asked, 4, "before and after the order was made, and before and after it was bought");
}

#[test]
fn an_upload_in_one_request_is_never_repeated_by_itself() {
    let mut asked = 0;
    for point in 0..points(FakeKind::Plain) {
        let place = Place::new(FakeKind::Plain, true);
        assert!(run_until_cut(&place, point));
        if let Err(error) = run_again(&place, &spending()) {
            assert_eq!(error.kind(), ErrorKind::NeedsAction, "{point}: {error:?}");
            asked += 1;
            let settle = place.world.recording_ids().pop().unwrap_or("not_done".into());
            run_again(&place, &spending().with("settle", settle).unwrap()).unwrap();
        }
        assert_eq!(place.world.counts(), Counts { recordings: 1, orders: 0, placed: 0 }, "{point}");
    }
    assert_eq!(asked, 2, "before and after the recording was taken in");
}

/// The request of a process that was killed may reach the vendor after the next process has asked.
#[test]
fn an_answer_that_nothing_was_bought_counts_only_once_nothing_can_be_on_its_way() {
    let total = points(FakeKind::Charging);
    let before_placing = total - 4;
    let place = Place::new(FakeKind::Charging, true);
    let slow = spending().with("request_timeout_ms", "1000").unwrap();
    assert!(run_with_until_cut(&place, before_placing, &slow));
    let job = place.client().jobs(None).unwrap().wait(None).unwrap().unwrap().remove(0);
    assert_eq!(job.step, "placing");
    // How long the next process would wait for its own requests is no measure.
    let options = spending();
    let late = place.world.clone();
    let order = late.order_ids().remove(0);
    let arrives = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(700));
        late.place(&order);
    });
    run_again(&place, &options).unwrap();
    arrives.join().unwrap();
    assert_eq!(place.world.counts().placed, 1);
}

/// The person has looked once. The same command, run again after that, is about another try to buy.
#[test]
fn an_answer_is_given_once() {
    let total = points(FakeKind::Charging);
    let (before_placing, after_placing) = (total - 4, total - 3);
    let place = Place::new(FakeKind::Charging, false);
    assert!(run_until_cut(&place, before_placing));
    let not_done = spending().with("settle", "not_done").unwrap();
    // Said before anybody was asked, it is no answer.
    assert_eq!(run_again(&place, &not_done).unwrap_err().kind(), ErrorKind::NeedsAction);
    assert_eq!(place.world.counts().placed, 0);
    // From here the job passes the points of a purchase alone.
    assert!(run_with_until_cut(&place, after_placing - before_placing, &not_done));
    assert_eq!(place.world.counts().placed, 1);
    assert_eq!(run_again(&place, &not_done).unwrap_err().kind(), ErrorKind::NeedsAction);
    assert_eq!(place.world.counts().placed, 1, "it is not bought again");
    run_again(&place, &spending().with("settle", "done").unwrap()).unwrap();
    assert_eq!(place.world.counts(), Counts { recordings: 1, orders: 1, placed: 1 });
}
