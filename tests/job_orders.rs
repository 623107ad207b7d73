//! Jobs that are ordered and paid, whose process is killed anywhere: never is an order bought twice, and what the vendor
//! tells is found out. With a vendor that answers only what its pages have, somebody has to look at what is not known.
#![cfg(unix)]

mod support;

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use support::files::sha256;
use support::jobs::{Moment, Pairs, Server, Tally, Worker, recording, rounds};
use support::random::Random;
use support::wait::settled;

/// Jobs side by side, on one journal.
const LANES: usize = 5;
const STEPS: &[&str] =
    &["begun", "uploading_parts", "uploaded", "ordering", "ordered", "configured", "placing", "placed"];
/// Those that last as long as a request does.
const LONG_STEPS: [&str; 6] = ["uploading_parts", "ordering", "ordered", "configured", "placing", "placed"];
const PART: usize = 65_536;
const TEXT: &str = "Hello there.";

#[test]
fn child() {
    support::jobs::child();
}

struct Place {
    folder: tempfile::TempDir,
    server: Server,
}

impl Place {
    /// `tells`: the vendor answers what only its own client of 2020 reads, too.
    fn new(tells: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = json!({"pace_ms": 5, "text": TEXT});
        let behaviour = json!({"transcribeme": {"orders_in_list": tells, "latency_ms": 25}});
        let server = Server::start(folder.path(), script, behaviour);
        Self { folder, server }
    }

    fn worker(&self) -> Worker {
        let url = self.server.transcribeme_url();
        let journal = self.folder.path().join("jobs.db");
        let client = pairs(&[
            ("service", "transcribeme"),
            ("auth_base_url", url),
            ("api_base_url", url),
            ("client_id", "demo"),
            ("client_secret", "demo-secret"),
            ("application_token", "demo-application-token"),
            ("identity", "me"),
            ("journal", journal.to_str().unwrap()),
        ]);
        let part = PART.to_string();
        let call = pairs(&[
            ("max_price", "1000 USD"),
            ("request_timeout_ms", "3000"),
            ("transcribeme.part_bytes", &part),
        ]);
        Worker { client, call, full_disk: false }
    }

    /// What the vendor has of a recording: the ids of its orders, how often one was placed, parts that came again.
    fn had(&self, talk: &Path) -> Had {
        let name = talk.file_name().unwrap().to_str().unwrap();
        let sha256 = sha256(&std::fs::read(talk).unwrap());
        let recordings = self.server.control("GET", "/transcribeme/recordings", None);
        let recordings = recordings["recordings"].as_array().unwrap().iter();
        let of_talk: Vec<&Value> = recordings.filter(|known| known["name"] == name).collect();
        let committed = of_talk.iter().filter(|known| known["commits"] != 0);
        for known in committed.clone() {
            assert_eq!(known["sha256"], sha256.as_str(), "what came is what was sent");
        }
        let parts = of_talk.iter().flat_map(|known| known["parts"].as_array().unwrap());
        let again = parts.map(|part| part["received"].as_u64().unwrap().saturating_sub(1)).sum::<u64>();
        let id_of = |value: &Value| value["id"].as_str().unwrap().to_owned();
        let ids: Vec<String> = of_talk.iter().map(|known| id_of(known)).collect();
        let orders = self.server.control("GET", "/transcribeme/orders", None);
        let of_talk = |order: &&Value| {
            order["recordings"].as_array().unwrap().iter().any(|line| ids.contains(&id_of(line)))
        };
        let orders: Vec<Value> =
            orders["orders"].as_array().unwrap().iter().filter(of_talk).cloned().collect();
        Had {
            committed: committed.count(),
            orders: orders.iter().map(id_of).collect(),
            placed: orders.iter().map(|order| order["placed"].as_u64().unwrap() as usize).sum(),
            parts_again: again as usize,
        }
    }

    /// What somebody finds in the vendor's pages, as the option `settle` has it.
    fn looked_up(&self, talk: &Path, outcome: &Value) -> String {
        let detail: Value = serde_json::from_str(outcome["detail"].as_str().unwrap()).unwrap();
        // Whoever looks does so once what was on its way has arrived.
        let had = settled(Duration::from_secs(2), || self.had(talk));
        match detail["unknown"].as_str().unwrap_or_else(|| panic!("{outcome}")) {
            "order" => had.orders.last().cloned().unwrap_or("not_done".to_owned()),
            "place" if had.placed > 0 => "done".to_owned(),
            "place" => "not_done".to_owned(),
            other => panic!("{other}: {outcome}"),
        }
    }
}

#[derive(PartialEq)]
struct Had {
    committed: usize,
    orders: Vec<String>,
    placed: usize,
    parts_again: usize,
}

fn pairs(given: &[(&str, &str)]) -> Pairs {
    given.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn text(outcome: &Value) -> &str {
    outcome["text"].as_str().unwrap_or_default().trim()
}

/// Goes on with a job while a request takes too long: side by side on a slow machine, some do. Gives how many did.
fn past_timeouts(worker: &Worker, talk: &Path, outcome: &mut Value) -> usize {
    let mut count = 0;
    while outcome["error"] == "TIRO_E_TIMEOUT" && count < 5 {
        count += 1;
        *outcome = worker.start(talk).outcome();
    }
    count
}

/// One job, killed once or twice, and gone on with to its end.
fn killed_job(place: &Place, number: usize, random: &mut Random, tells: bool) -> Tally {
    let worker = place.worker();
    let mut tally = Tally { jobs: 1, ..Tally::default() };
    let talk = recording(place.folder.path(), number, PART * 4 + 1000, random);
    let kills = 1 + random.below(2) as usize;
    for kill in 0..kills {
        // Each step in turn (or a later one, where an earlier process got further), and anywhere at all.
        let first = (number + kill * 3) % (STEPS.len() + 1);
        let moment = match &STEPS[first..] {
            steps if !steps.is_empty() => Moment::AtStep(steps, Duration::from_micros(random.below(20_000))),
            _ => Moment::After(Duration::from_micros(random.below(1_000_000))),
        };
        tally.killed(worker.killed(&talk, moment));
        assert!(place.had(&talk).placed <= 1);
    }
    let mut outcome = worker.start(&talk).outcome();
    let mut timeouts = past_timeouts(&worker, &talk, &mut outcome);
    if !tells && outcome["error"] == "TIRO_E_NEEDS_ACTION" {
        tally.needed_action = 1;
        let settle = place.looked_up(&talk, &outcome);
        outcome = worker.start_with(&talk, &[("settle", &settle)]).outcome();
        timeouts += past_timeouts(&worker, &talk, &mut outcome);
    }
    assert_eq!(text(&outcome), TEXT, "job {number}: {outcome}");
    let had = place.had(&talk);
    assert_eq!((had.committed, had.orders.len(), had.placed), (1, 1, 1), "job {number}");
    let again = had.parts_again;
    assert!(again <= kills + timeouts, "only the part in flight comes again: {again}, {timeouts} timeouts");
    (tally.orders, tally.placed, tally.parts_again) = (had.orders.len(), had.placed, had.parts_again);
    tally
}

fn killed_anywhere(tells: bool) -> Tally {
    let mut random = Random::from_environment();
    let place = Place::new(tells);
    let seeds: Vec<u64> = (0..LANES).map(|_| random.below(u64::MAX)).collect();
    let mut all = Tally::default();
    std::thread::scope(|scope| {
        let lane = |(lane, seed): (usize, u64)| {
            let place = &place;
            scope.spawn(move || {
                let mut random = Random::seeded(seed);
                let mut tally = Tally::default();
                for number in (0..rounds() * 4).filter(|number| number % LANES == lane) {
                    tally.add(killed_job(place, number, &mut random, tells));
                    if tally.hits() >= rounds() / LANES {
                        break;
                    }
                }
                tally
            })
        };
        let lanes: Vec<_> = seeds.into_iter().enumerate().map(lane).collect();
        lanes.into_iter().for_each(|lane| all.add(lane.join().unwrap()));
    });
    assert!(all.hits() >= rounds(), "{all:?}");
    // Of few, chance may pass one by.
    assert!(rounds() < 100 || LONG_STEPS.iter().all(|step| all.kills.contains_key(*step)), "{all:?}");
    all
}

#[test]
fn killed_anywhere_with_a_vendor_that_tells_every_job_ends_with_one_order() {
    let tally = killed_anywhere(true);
    println!("a vendor that tells: {tally:?}; jobs lost: 0; transcripts equal: all");
    assert_eq!((tally.orders, tally.placed, tally.needed_action), (tally.jobs, tally.jobs, 0));
}

#[test]
fn killed_anywhere_with_a_vendor_that_does_not_tell_nothing_is_bought_twice() {
    let tally = killed_anywhere(false);
    println!("a vendor that does not tell: {tally:?}; jobs lost: 0; transcripts equal: all");
    assert_eq!((tally.orders, tally.placed), (tally.jobs, tally.jobs));
}

/// Goes on with a job until its transcript is there; gives how often it stopped before.
fn finish(worker: &Worker, talk: &Path, mut outcome: Value, most: usize) -> usize {
    for stops in 0..=most {
        if outcome.get("error").is_none() {
            assert_eq!(text(&outcome), TEXT, "{outcome}");
            return stops;
        }
        outcome = worker.start(talk).outcome();
    }
    panic!("it does not end: {outcome}");
}

fn bought_once(place: &Place, talk: &Path) {
    let had = place.had(talk);
    assert_eq!((had.committed, had.orders.len(), had.placed), (1, 1, 1));
}

/// The vendor goes down instead, and comes back with what it had.
#[test]
fn the_vendor_is_killed_and_comes_back() {
    let mut random = Random::from_environment();
    let mut place = Place::new(true);
    let worker = place.worker();
    let mut stops = 0;
    for number in 0..rounds() / 10 {
        let talk = recording(place.folder.path(), number, PART * 4, &mut random);
        let running = worker.start(&talk);
        std::thread::sleep(Duration::from_millis(100 + random.below(700)));
        place.server.kill_and_restart(Duration::from_millis(random.below(500)));
        stops += finish(&worker, &talk, running.outcome(), 5);
        bought_once(&place, &talk);
    }
    println!("the vendor killed: {} jobs, stopped {stops} times, 1 order each", rounds() / 10);
}

#[test]
fn a_disk_that_is_full_for_a_while_loses_nothing() {
    let mut random = Random::from_environment();
    let place = Place::new(true);
    let cramped = Worker { full_disk: true, ..place.worker() };
    let mut stops = 0;
    for number in 0..rounds() / 10 {
        let talk = recording(place.folder.path(), number, PART * 4, &mut random);
        stops += finish(&cramped, &talk, cramped.start(&talk).outcome(), 100);
        bought_once(&place, &talk);
    }
    println!("a full disk: {} jobs, stopped {stops} times, 1 order each", rounds() / 10);
}

#[test]
fn two_workers_on_one_journal_are_one_job() {
    let mut random = Random::from_environment();
    let place = Place::new(true);
    let worker = place.worker();
    for number in 0..rounds() / 10 {
        let talk = recording(place.folder.path(), number, PART * 4, &mut random);
        let mut first = worker.start(&talk);
        let others = [worker.start(&talk), worker.start(&talk)];
        // One of them dies on the way: another goes on.
        std::thread::sleep(Duration::from_millis(random.below(600)));
        first.kill();
        for other in others {
            assert_eq!(text(&other.outcome()), TEXT);
        }
        bought_once(&place, &talk);
    }
    println!("three workers, one killed: {} jobs, 1 order each", rounds() / 10);
}
