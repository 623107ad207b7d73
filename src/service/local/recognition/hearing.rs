//! Windows on their way to the recogniser. All recognitions of the process put theirs into one row; whoever has a turn
//! takes the first, and with it others that fit into the same half minute: the recogniser takes as long for a second of
//! sound as for thirty, so many short recordings together take little longer than one.

use std::collections::VecDeque;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::super::engine::{Engine, Heard, Phrase, Request, Token};
use super::super::media::RATE;
use super::windows::{LONGEST_MS, Window};
use super::{Sound, gate};
use crate::error::{Error, ErrorKind, Result};
use crate::runtime::sync::Mutex;
use crate::runtime::{PerProcess, blocking};

/// Silence between the windows of two recordings: more than between pieces of one, as a word must not be taken for the
/// other's.
const BETWEEN_MS: i64 = 600;

static WAITING: PerProcess<Mutex<VecDeque<Waiting>>> = PerProcess::new();

/// A window to hear, and how.
pub(super) struct Hearing {
    pub(super) engine: Arc<Engine>,
    pub(super) sound: Arc<Sound>,
    pub(super) window: Window,
    pub(super) language: Arc<str>,
    /// Set when nobody waits for the answer any more.
    pub(super) stop: Arc<AtomicBool>,
    /// Called when its turn has come.
    pub(super) begin: Arc<dyn Fn() + Send + Sync>,
}

struct Waiting {
    number: u64,
    hearing: Hearing,
    answer: oneshot::Sender<Result<Heard>>,
}

/// The place of a window in the row. Given up, because nobody waits any more or the library is being shut down, it is
/// left: a window keeps its model and its sound.
struct Place(u64);

impl Place {
    fn take(hearing: Hearing, answer: oneshot::Sender<Result<Heard>>) -> Self {
        static NUMBERS: AtomicU64 = AtomicU64::new(0);
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        WAITING.get().lock().push_back(Waiting { number, hearing, answer });
        Self(number)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut waiting = WAITING.get().lock();
        let at = waiting.iter().position(|waiting| waiting.number == self.0);
        let mine = at.and_then(|at| waiting.remove(at));
        drop(waiting);
        drop(mine);
    }
}

/// Hears a window when its turn comes, on at most so many threads.
pub(super) async fn hear(hearing: Hearing, most_threads: usize) -> Result<Heard> {
    let (answer, heard) = oneshot::channel();
    let engine = hearing.engine.clone();
    let _place = Place::take(hearing, answer);
    // One turn for each window that waits. A turn takes whoever is first, so that one given up by its owner is not lost.
    tokio::spawn(async move {
        let place = engine.turn().await;
        let turn = gate::turn(most_threads).await;
        let batch = take_batch(&engine);
        if !batch.is_empty() {
            let work = move || {
                hear_batch(batch, turn.threads());
                drop((turn, place));
            };
            // Nobody is left to tell of a failure: each member's answer says what there is to say.
            let _ = blocking(work).await;
            release_when_idle(&engine);
        }
    });
    heard.await.unwrap_or_else(|_| Err(Error::cancelled()))
}

/// Between recordings that come one after the other the working memory is kept; some time after the last it is freed.
/// Called when a window has given its memory back, which one that nobody waits for does late.
fn release_when_idle(engine: &Arc<Engine>) {
    const KEPT: Duration = Duration::from_secs(5);
    let engine = Arc::downgrade(engine);
    tokio::spawn(async move {
        tokio::time::sleep(KEPT).await;
        if let Some(engine) = engine.upgrade() {
            engine.release_idle(KEPT);
        }
    });
}

impl Hearing {
    fn is_given_up(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// Whether both can be heard at once. While the language is still to be detected, each is heard alone.
    fn goes_with(&self, other: &Hearing) -> bool {
        Arc::ptr_eq(&self.engine, &other.engine)
            && self.language == other.language
            && &*self.language != "auto"
    }

    /// Puts the window's sound, with silence between its pieces, behind what is there.
    fn append_to(&self, samples: &mut Vec<f32>) -> Result<()> {
        let start = samples.len();
        samples.resize(start + samples_of(self.window.length_ms()), 0.0);
        for piece in &self.window.pieces {
            let at = start + samples_of(piece.at_ms);
            let lane = &self.sound.lanes[self.window.lane];
            let out = &mut samples[at..at + samples_of(piece.length_ms())];
            lane.read(samples_of(piece.from_ms) as u64, out)?;
        }
        Ok(())
    }
}

fn samples_of(ms: i64) -> usize {
    (ms * i64::from(RATE) / 1000) as usize
}

/// The first window that somebody waits for, and those behind it that can be heard with it.
fn take_batch(engine: &Arc<Engine>) -> Vec<Waiting> {
    let mut waiting = WAITING.get().lock();
    waiting.retain(|waiting| !waiting.hearing.is_given_up());
    let first = waiting.iter().position(|waiting| Arc::ptr_eq(&waiting.hearing.engine, engine));
    let Some(first) = first.and_then(|at| waiting.remove(at)) else { return Vec::new() };
    let mut length_ms = first.hearing.window.length_ms();
    let mut batch = vec![first];
    let mut at = 0;
    while at < waiting.len() {
        let hearing = &waiting[at].hearing;
        let with_this = length_ms + BETWEEN_MS + hearing.window.length_ms();
        if with_this <= LONGEST_MS && hearing.goes_with(&batch[0].hearing) {
            length_ms = with_this;
            batch.extend(waiting.remove(at));
        } else {
            at += 1;
        }
    }
    batch
}

fn hear_batch(batch: Vec<Waiting>, threads: usize) {
    let hearings: Vec<&Hearing> = batch.iter().map(|waiting| &waiting.hearing).collect();
    let outcomes = or_panicked(hearings.len(), || hear_all(&hearings, threads));
    for (waiting, outcome) in batch.into_iter().zip(outcomes) {
        // Who has gone wants no answer.
        let _ = waiting.answer.send(outcome);
    }
}

/// The answers of work that gives so many, or that it panicked: an answer that is lost would be taken for one that nobody
/// wants any more, and asked for again for ever.
fn or_panicked<T>(count: usize, work: impl FnOnce() -> Vec<Result<T>>) -> Vec<Result<T>> {
    let panicked = |_| Err(Error::new(ErrorKind::Panic, "a thread of the recogniser panicked"));
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| (0..count).map(panicked).collect())
}

fn hear_all(hearings: &[&Hearing], threads: usize) -> Vec<Result<Heard>> {
    hearings.iter().for_each(|hearing| (hearing.begin)());
    let begun = Instant::now();
    let outcomes = match hearings {
        [alone] => vec![hear_alone(alone, threads)],
        together => hear_together(together, threads),
    };
    let (count, elapsed) = (hearings.len(), begun.elapsed().as_millis());
    let length: i64 = hearings.iter().map(|hearing| hearing.window.length_ms()).sum();
    crate::log::debug!(
        "local",
        "heard {length} ms of sound of {count} windows in {elapsed} ms on {threads} threads"
    );
    outcomes
}

fn hear_alone(hearing: &Hearing, threads: usize) -> Result<Heard> {
    let mut samples = Vec::new();
    hearing.append_to(&mut samples)?;
    let stop = || hearing.is_given_up();
    hearing.engine.hear(&Request { samples: &samples, language: &hearing.language, threads, stop: &stop })
}

/// Hears several as one. A batch must never cost anybody a word, nor give anybody a word of another's: whose part is not
/// beyond doubt is heard again alone.
fn hear_together(hearings: &[&Hearing], threads: usize) -> Vec<Result<Heard>> {
    let parts = try_together(hearings, threads).unwrap_or_else(|| vec![None; hearings.len()]);
    let or_alone =
        |(part, hearing): (Option<Heard>, &&Hearing)| part.map_or_else(|| hear_alone(hearing, threads), Ok);
    parts.into_iter().zip(hearings).map(or_alone).collect()
}

fn try_together(hearings: &[&Hearing], threads: usize) -> Option<Vec<Option<Heard>>> {
    let mut samples = Vec::new();
    let mut places = Vec::new();
    for hearing in hearings {
        if !samples.is_empty() {
            samples.resize(samples.len() + samples_of(BETWEEN_MS), 0.0);
        }
        let start_ms = samples.len() as i64 * 1000 / i64::from(RATE);
        places.push(start_ms..start_ms + hearing.window.length_ms());
        hearing.append_to(&mut samples).ok()?;
    }
    let first = hearings.first()?;
    let stop = || hearings.iter().all(|hearing| hearing.is_given_up());
    let request = Request { samples: &samples, language: &first.language, threads, stop: &stop };
    let heard = first.engine.hear(&request).ok()?;
    Some(divide(&heard, &places))
}

/// What each of the recordings at these places said; none where that is in doubt: nothing was heard of it, or a phrase
/// that reaches into it reaches into another, too.
fn divide(heard: &Heard, places: &[Range<i64>]) -> Vec<Option<Heard>> {
    let empty = Heard { phrases: Vec::new(), language: heard.language.clone() };
    let mut parts = vec![Some(empty); places.len()];
    for phrase in &heard.phrases {
        let touched = touched(phrase, places);
        match touched.len() {
            1 => {
                let start_ms = places[touched.start].start;
                if let Some(part) = &mut parts[touched.start] {
                    part.phrases.push(earlier(phrase, start_ms));
                }
            }
            _ => parts[touched].fill(None),
        }
    }
    parts.into_iter().map(|part| part.filter(|part| !part.phrases.is_empty())).collect()
}

/// The places that a phrase may belong to, by its own times and by those of its words. A phrase's own times may lie in
/// the silence on either side.
fn touched(phrase: &Phrase, places: &[Range<i64>]) -> Range<usize> {
    const SLACK_MS: i64 = 300;
    let last = places.len() - 1;
    let reaches = |from: i64, to: i64| {
        let first = places.partition_point(|place| place.end - SLACK_MS <= from).min(last);
        let end = places.partition_point(|place| place.start + SLACK_MS < to).max(first + 1);
        first..end
    };
    let mut touched = reaches(phrase.start_ms, phrase.end_ms.max(phrase.start_ms));
    let spoken = phrase.tokens.iter().filter(|token| token.is_spoken());
    for aligned_ms in spoken.filter_map(|token| token.aligned_ms) {
        // A word is over when its time has come: what ends before a place begins is not of it.
        let at = places.partition_point(|place| place.end + BETWEEN_MS / 2 < aligned_ms).min(last);
        touched = touched.start.min(at)..touched.end.max(at + 1);
    }
    touched
}

fn earlier(phrase: &Phrase, by_ms: i64) -> Phrase {
    let token =
        |token: &Token| Token { aligned_ms: token.aligned_ms.map(|time| time - by_ms), ..token.clone() };
    Phrase {
        start_ms: (phrase.start_ms - by_ms).max(0),
        end_ms: phrase.end_ms - by_ms,
        tokens: phrase.tokens.iter().map(token).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: [Range<i64>; 3] = [0..2_000, 2_600..5_000, 5_600..7_000];

    fn phrase(start_ms: i64, end_ms: i64, aligned: &[i64]) -> Phrase {
        let token = |aligned_ms: &i64| Token {
            text: b" word".to_vec(),
            probability: 1.0,
            aligned_ms: Some(*aligned_ms),
        };
        Phrase { start_ms, end_ms, tokens: aligned.iter().map(token).collect() }
    }

    fn words(phrases: Vec<Phrase>) -> Vec<Option<usize>> {
        let parts = divide(&Heard { phrases, language: "en".into() }, &PLACES);
        let count = |part: Heard| part.phrases.iter().map(|phrase| phrase.tokens.len()).sum();
        parts.into_iter().map(|part| part.map(count)).collect()
    }

    #[test]
    fn each_phrase_goes_to_its_place() {
        let phrases = vec![
            phrase(100, 2_000, &[500, 1_900]),
            phrase(2_000, 5_400, &[3_000]),
            phrase(5_400, 7_000, &[6_000]),
        ];
        assert_eq!(words(phrases.clone()), [Some(2), Some(1), Some(1)]);
        let heard = Heard { phrases, language: "en".into() };
        let second = divide(&heard, &PLACES)[1].clone().unwrap();
        assert_eq!((second.phrases[0].start_ms, second.phrases[0].tokens[0].aligned_ms), (0, Some(400)));
    }

    #[test]
    fn a_phrase_over_a_border_belongs_to_nobody() {
        assert_eq!(
            words(vec![phrase(100, 3_500, &[500, 3_000]), phrase(5_500, 7_000, &[6_500])]),
            [None, None, Some(1)]
        );
    }

    #[test]
    fn a_word_in_the_place_of_another_puts_both_in_doubt() {
        let phrases = vec![
            phrase(100, 2_000, &[500]),
            phrase(2_600, 5_000, &[1_900, 3_500]),
            phrase(5_600, 7_000, &[6_000]),
        ];
        assert_eq!(words(phrases), [None, None, Some(1)]);
    }

    #[test]
    fn a_panic_is_an_answer_to_everybody() {
        let answers = or_panicked(3, || -> Vec<Result<()>> { panic!("on purpose") });
        assert_eq!(answers.len(), 3);
        assert!(answers.iter().all(|answer| answer.as_ref().unwrap_err().kind() == ErrorKind::Panic));
    }

    #[test]
    fn who_was_not_heard_is_heard_again() {
        assert_eq!(words(vec![phrase(2_600, 5_000, &[3_000])]), [None, Some(1), None]);
    }
}
