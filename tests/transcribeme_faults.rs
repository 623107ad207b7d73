//! What goes wrong on the wire, on every call of TranscribeMe: each row says beforehand what has to come of it. An error
//! where a safe repetition exists is a failure; so is an upload that is said to be there and lacks a byte, and anything
//! that is made or bought twice.

#[path = "transcribeme/calls.rs"]
mod calls;
#[allow(dead_code)] // another test uses the rest
#[path = "transcribeme/fixture.rs"]
mod fixture;
mod support;

use std::time::{Duration, SystemTime};

use calls::{Class, Scene, VERBS, Verb, server};
use serde_json::{Value, json};
use tiro::ErrorKind::{Auth, Connect, Document, NeedsAction, Protocol, RateLimited, Service, Timeout};
use tiro::{Error, ErrorKind};

/// So many calls are tried at a time.
const AT_ONCE: usize = 6;

/// What has to come of a call: well, or one of these errors.
type Expected = Option<&'static [ErrorKind]>;

const WELL: Expected = None;
const BUSY: Expected = Some(&[Service]);
const LIMITED: Expected = Some(&[RateLimited]);
const CUT: Expected = Some(&[Protocol, Connect]);

/// What has to come of the calls that are not safe to repeat. The others have to end well.
struct Outcomes {
    once: Expected,
    commit: Expected,
    place: Expected,
}

impl Outcomes {
    fn of(&self, verb: Verb) -> Expected {
        match verb.class() {
            Class::Safe => WELL,
            Class::Once => self.once,
            Class::Commit => self.commit,
            Class::Place => self.place,
        }
    }
}

fn each(verbs: impl Iterator<Item = Verb>, check: impl Fn(Verb) + Sync) {
    let verbs: Vec<Verb> = verbs.collect();
    for some in verbs.chunks(AT_ONCE) {
        std::thread::scope(|scope| {
            for verb in some.iter().copied() {
                let check = &check;
                scope.spawn(move || check(verb));
            }
        });
    }
}

fn all() -> impl Iterator<Item = Verb> {
    VERBS.iter().copied()
}

fn verify(row: &str, verb: Verb, scene: &Scene, expected: Expected) {
    let outcome = scene.run();
    match (&outcome, expected) {
        (Ok(_), None) => {}
        (Err(error), Some(kinds)) if kinds.contains(&error.kind()) => {}
        _ => panic!("{row}, {verb:?}: {outcome:?}, expected {expected:?}\n{:#}", scene.fixture.log()),
    }
    scene.hold(row, &outcome);
    if verb.class() == Class::Once && !is_refused_for_its_token(&outcome) {
        assert_eq!(scene.asked(), 1, "{row}, {verb:?}: it was asked for again");
    }
}

/// A 401 is answered by a new token and the same request, whatever it does: the first was not let in.
fn is_refused_for_its_token<T>(outcome: &Result<T, Error>) -> bool {
    matches!(outcome, Err(error) if error.kind() == Auth)
}

fn row(name: &str, fault: Value, outcomes: &Outcomes) {
    row_of(name, || fault.clone(), outcomes);
}

/// The same of a fault that is made anew for each call.
fn row_of(name: &str, fault: impl Fn() -> Value + Sync, outcomes: &Outcomes) {
    each(all(), |verb| {
        let scene = Scene::new(verb, &[]);
        scene.hit(fault());
        verify(name, verb, &scene, outcomes.of(verb));
        if verb.class() == Class::Place {
            assert_eq!(scene.asked(), 1, "{name}: a purchase is sent once");
        }
    });
}

#[test]
fn busy_once_then_fine() {
    row("503", json!({"status": 503}), &Outcomes { once: BUSY, commit: WELL, place: BUSY });
}

#[test]
fn busy_twice_then_fine() {
    row("503 twice", json!({"status": 503, "times": 2}), &Outcomes { once: BUSY, commit: BUSY, place: BUSY });
}

#[test]
fn too_many_requests_with_seconds_and_with_a_date() {
    let soon = || httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(2));
    let after = |after: &str| json!({"status": 429, "headers": {"retry-after": after}});
    let outcomes = Outcomes { once: LIMITED, commit: WELL, place: LIMITED };
    row("429 with seconds", after("1"), &outcomes);
    row_of("429 with a date", || after(&soon()), &outcomes);
}

#[test]
fn a_commit_waits_no_longer_than_the_call_may() {
    let scene = Scene::new(Verb::Commit, &[]);
    scene.hit(json!({"status": 429, "headers": {"retry-after": "100000"}}));
    verify("429 for a day", Verb::Commit, &scene, LIMITED);
}

/// Whichever call it was: who is told to come back later learns when, and by what id the service knows the request.
#[test]
fn what_the_head_of_a_refusal_says() {
    each(all(), |verb| {
        let scene = Scene::new(verb, &[]);
        scene.hit(json!({"status": 429, "headers": {"retry-after": "100000"}}));
        let error = scene.run().unwrap_err();
        assert_eq!((error.kind(), error.http_status()), (RateLimited, Some(429)), "{verb:?}");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(100_000)), "{verb:?}");
        assert!(error.request_id().starts_with("sandbox-"), "{verb:?}: {:?}", error.request_id());
    });
}

#[test]
fn cut_before_the_answer() {
    let outcomes = Outcomes { once: CUT, commit: WELL, place: WELL };
    row("cut before the answer", json!({"cut_before_response": true}), &outcomes);
}

#[test]
fn cut_in_the_middle_of_the_answer() {
    each(all(), |verb| {
        let scene = Scene::new(verb, &[]);
        scene.hit(json!({"cut_response_after": 1}));
        // An answer of no byte has no middle.
        let is_well = verb.class() == Class::Safe || verb.answers_nothing();
        verify("cut in the answer", verb, &scene, if is_well { WELL } else { CUT });
    });
}

#[test]
fn cut_while_the_request_is_sent() {
    let outcomes = Outcomes { once: CUT, commit: WELL, place: CUT };
    each(all(), |verb| {
        for bytes in verb.cuts() {
            let scene = Scene::new(verb, &[]);
            scene.hit(json!({"cut_request_after": bytes}));
            verify(&format!("cut after {bytes}"), verb, &scene, outcomes.of(verb));
        }
    });
}

#[test]
fn a_refused_token_is_renewed_once() {
    // The storage knows no token.
    each(all().filter(|verb| ![Verb::Token, Verb::StoredPart].contains(verb)), |verb| {
        let scene = Scene::new(verb, &[]);
        scene.hit(json!({"status": 401}));
        let outcome = scene.run();
        assert!(outcome.is_ok(), "401, {verb:?}: {outcome:?}");
        scene.hold("401", &outcome);
        let scene = Scene::new(verb, &[]);
        scene.hit(json!({"status": 401, "times": 0}));
        verify("401 for ever", verb, &scene, Some(&[Auth]));
        assert_eq!(scene.asked(), 2, "{verb:?}");
    });
}

#[test]
fn what_is_no_answer_is_no_yes() {
    for fault in [json!({"garbage": true, "times": 0}), json!({"html": true, "times": 0})] {
        let name = fault.to_string();
        each(all(), |verb| {
            let scene = Scene::new(verb, &[]);
            scene.hit(fault.clone());
            verify(&name, verb, &scene, Some(&[Protocol, Document]));
            let asked = if verb.class() == Class::Commit { 2 } else { 1 };
            assert_eq!(scene.asked(), asked, "{name}, {verb:?}");
        });
    }
}

#[test]
fn what_is_no_answer_to_the_last_part_is_no_upload() {
    for fault in
        [json!({"garbage": true, "skip": 3, "times": 0}), json!({"html": true, "skip": 3, "times": 0})]
    {
        let scene = Scene::new(Verb::Part, &[]);
        scene.hit(fault);
        verify("the last part", Verb::Part, &scene, Some(&[Protocol]));
        assert_eq!(scene.fixture.count("upload_commit"), 0);
    }
}

#[test]
fn what_was_done_and_is_answered_with_garbage() {
    let outcomes = Outcomes { once: Some(&[Protocol]), commit: WELL, place: WELL };
    each(all().filter(|verb| verb.class() != Class::Safe), |verb| {
        let scene = Scene::new(verb, &[]);
        scene.hit(json!({"garbage": true, "handled": true, "times": 0}));
        verify("done, garbage", verb, &scene, outcomes.of(verb));
    });
}

#[test]
fn a_slow_drip_past_the_deadline() {
    use Verb::*;
    let verbs = [Order, Recordings, List("languages"), Transcript, Promo, CreateOrder];
    each(verbs.into_iter(), |verb| {
        let scene = Scene::new(verb, &[("request_timeout_ms", "1500")]);
        scene.hit(json!({"drip_ms": 250, "times": 0}));
        verify("drip", verb, &scene, Some(&[Timeout]));
    });
}

#[test]
fn an_answer_that_never_comes() {
    each(all(), |verb| {
        let limits = [("idle_timeout_ms", "500"), ("request_timeout_ms", "1500"), ("max_retries", "1")];
        let scene = Scene::new(verb, &limits);
        scene.hit(json!({"delay_ms": 60_000, "times": 0}));
        let kinds: &'static [ErrorKind] =
            if verb.class() == Class::Place { &[Timeout, NeedsAction] } else { &[Timeout] };
        verify("silence", verb, &scene, Some(kinds));
    });
}

#[test]
fn a_redirect_to_another_origin_gets_nothing() {
    each(all(), |verb| {
        for status in [302, 307, 308] {
            let (origin, seen) = server(b"[]".to_vec());
            let scene = Scene::new(verb, &[]);
            scene.hit(json!({"redirect": format!("{origin}/elsewhere"), "status": status, "times": 0}));
            verify("redirect", verb, &scene, Some(&[Protocol]));
            assert_eq!(*seen.lock().unwrap(), "", "{verb:?} {status}");
        }
    });
}
