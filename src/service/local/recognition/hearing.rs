//! Windows on their way to the recogniser. All recognitions of the process put theirs into one row; whoever has a turn
//! takes the first, and with it others that fit into the same half minute: the recogniser takes as long for a second of
//! sound as for thirty, so many short recordings together take little longer than one.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::oneshot;

use super::super::engine::{Engine, Heard, Phrase, Request, Token};
use super::super::media::RATE;
use super::windows::{LONGEST_MS, Window};
use super::{Sound, gate};
use crate::error::{Error, Result};
use crate::runtime::sync::Mutex;
use crate::runtime::{PerProcess, blocking};

/// Silence between the windows of two recordings: more than between pieces of one, as a word must not be taken for the
/// other's.
const BETWEEN_MS: i64 = 600;

static WAITING: PerProcess<Mutex<VecDeque<Waiting>>> = PerProcess::new();

/// A window to hear, and how.
#[derive(Clone)]
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
    hearing: Hearing,
    answer: oneshot::Sender<Result<Heard>>,
}

/// Hears a window when its turn comes, on at most so many threads.
pub(super) async fn hear(hearing: Hearing, most_threads: usize) -> Result<Heard> {
    let (answer, heard) = oneshot::channel();
    WAITING.get().lock().push_back(Waiting { hearing, answer });
    // One turn for each window that waits. A turn takes whoever is first, so that one given up by its owner is not lost.
    tokio::spawn(async move {
        let turn = gate::turn(most_threads).await;
        let batch = take_batch();
        if !batch.is_empty() {
            // Nobody is left to tell of a failure: each member's answer says what there is to say.
            let _ = blocking(move || hear_batch(batch, turn.threads())).await;
        }
    });
    heard.await.unwrap_or_else(|_| Err(Error::cancelled()))
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
fn take_batch() -> Vec<Waiting> {
    let mut waiting = WAITING.get().lock();
    waiting.retain(|waiting| !waiting.hearing.is_given_up());
    let Some(first) = waiting.pop_front() else { return Vec::new() };
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
    batch.iter().for_each(|waiting| (waiting.hearing.begin)());
    let hearings: Vec<&Hearing> = batch.iter().map(|waiting| &waiting.hearing).collect();
    let mut outcomes = match hearings.as_slice() {
        [alone] => vec![hear_alone(alone, threads)],
        together => hear_together(together, threads),
    };
    for (waiting, outcome) in batch.into_iter().zip(outcomes.drain(..)) {
        // Who has gone wants no answer.
        let _ = waiting.answer.send(outcome);
    }
}

fn hear_alone(hearing: &Hearing, threads: usize) -> Result<Heard> {
    let mut samples = Vec::new();
    hearing.append_to(&mut samples)?;
    let stop = || hearing.is_given_up();
    hearing.engine.hear(&Request { samples: &samples, language: &hearing.language, threads, stop: &stop })
}

/// Hears several as one. Who got no word of it is heard again alone: a batch must never cost anybody a word.
fn hear_together(hearings: &[&Hearing], threads: usize) -> Vec<Result<Heard>> {
    let Some(parts) = try_together(hearings, threads) else {
        return hearings.iter().map(|hearing| hear_alone(hearing, threads)).collect();
    };
    let rehear_if_empty = |(part, hearing): (Heard, &&Hearing)| match part.phrases.is_empty() {
        true => hear_alone(hearing, threads),
        false => Ok(part),
    };
    parts.into_iter().zip(hearings).map(rehear_if_empty).collect()
}

fn try_together(hearings: &[&Hearing], threads: usize) -> Option<Vec<Heard>> {
    let mut samples = Vec::new();
    let mut starts_ms = Vec::new();
    for hearing in hearings {
        if !samples.is_empty() {
            samples.resize(samples.len() + samples_of(BETWEEN_MS), 0.0);
        }
        starts_ms.push((samples.len() as i64) * 1000 / i64::from(RATE));
        hearing.append_to(&mut samples).ok()?;
    }
    let first = hearings.first()?;
    let stop = || hearings.iter().all(|hearing| hearing.is_given_up());
    let request = Request { samples: &samples, language: &first.language, threads, stop: &stop };
    let heard = first.engine.hear(&request).ok()?;
    Some(divide(heard, &starts_ms))
}

/// What each of the recordings that start at these times said. A phrase that runs over a border is divided word by word,
/// by when the words end.
fn divide(heard: Heard, starts_ms: &[i64]) -> Vec<Heard> {
    let empty = Heard { phrases: Vec::new(), language: heard.language.clone() };
    let mut parts = vec![empty; starts_ms.len()];
    let part_at = |ms: i64| starts_ms.partition_point(|start| start - BETWEEN_MS / 2 <= ms).saturating_sub(1);
    for phrase in heard.phrases {
        let mut last_part = None;
        for word in words(&phrase.tokens) {
            let part = part_at(word.iter().find_map(|token| token.aligned_ms).unwrap_or(word[0].start_ms));
            let start_ms = starts_ms[part];
            if last_part != Some(part) {
                let begin_ms = (phrase.start_ms - start_ms).max(0);
                parts[part].phrases.push(Phrase { start_ms: begin_ms, tokens: Vec::new() });
            }
            last_part = Some(part);
            if let Some(phrase) = parts[part].phrases.last_mut() {
                phrase.tokens.extend(word.iter().map(|token| earlier(token, start_ms)));
            }
        }
    }
    parts
}

/// The tokens word by word.
fn words(tokens: &[Token]) -> impl Iterator<Item = &[Token]> {
    tokens.chunk_by(|_, next| !next.begins_word())
}

fn earlier(token: &Token, by_ms: i64) -> Token {
    Token {
        start_ms: token.start_ms - by_ms,
        end_ms: token.end_ms - by_ms,
        aligned_ms: token.aligned_ms.map(|time| time - by_ms),
        ..token.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str, aligned_ms: i64) -> Token {
        let (text, aligned_ms) = (text.as_bytes().to_vec(), Some(aligned_ms));
        Token { text, probability: 1.0, start_ms: 0, end_ms: 0, aligned_ms }
    }

    #[test]
    fn a_phrase_over_a_border_is_divided_between_words() {
        let tokens = vec![token(" one", 500), token(" tw", 2_600), token("o", 2_900), token(" three", 3_400)];
        let heard = Heard { phrases: vec![Phrase { start_ms: 100, tokens }], language: "en".into() };
        let parts = divide(heard, &[0, 2_000]);
        let text = |part: &Heard| part.phrases.iter().map(|phrase| phrase.tokens.len()).collect::<Vec<_>>();
        assert_eq!((text(&parts[0]), text(&parts[1])), (vec![1], vec![3]));
        assert_eq!(parts[1].phrases[0].tokens[0].aligned_ms, Some(600));
        assert_eq!(parts[1].phrases[0].start_ms, 0);
    }

    #[test]
    fn who_said_nothing_has_no_phrase() {
        let heard = Heard { phrases: vec![], language: "en".into() };
        assert!(divide(heard, &[0, 2_000]).iter().all(|part| part.phrases.is_empty()));
    }
}
