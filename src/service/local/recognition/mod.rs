//! One recognition, from a source's bytes to a transcript. A recording is decoded once (`sound`), if not too much waits
//! already (`backlog`), its speech found by
//! level (`loudness`, `activity`) and cut into windows at pauses (`windows`), the windows are heard several at a time in
//! turns that the whole process shares (`gate`), and what was heard becomes words in the recording's own time (`words`,
//! `scripts`, `times`, `repeats`, `seams`). The recogniser itself is behind `engine`; formats are behind `media`.

mod activity;
mod backlog;
mod gate;
mod hearing;
mod loudness;
mod repeats;
mod scripts;
mod seams;
mod sound;
mod times;
mod windows;
mod words;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};

use futures_util::future::try_join_all;

use super::engine::{Engine, Heard};
use crate::error::{Error, Result};
use crate::runtime::sync::Mutex;
use crate::transcript::Transcript;
pub(super) use backlog::{Room, room};
use hearing::Hearing;
pub(super) use sound::{Sound, read_sound};
use windows::Window;
use words::LaneWords;

/// More threads than this make a small model slower.
const MOST_THREADS: usize = 8;

/// A sound and how to listen to it.
pub(super) struct Speech {
    pub(super) sound: Sound,
    pub(super) language: String,
    pub(super) threads: usize,
}

/// How many threads a recognition takes: what the option says, but never more than the processors this process may
/// run on; two threads that share one processor wait for each other far longer than they compute.
pub(super) fn threads(wanted: i64) -> usize {
    let available = std::thread::available_parallelism().map_or(1, usize::from);
    match usize::try_from(wanted) {
        Ok(0) | Err(_) => available.min(MOST_THREADS),
        Ok(wanted) => wanted.min(available),
    }
}

/// Recognises a sound, window by window, as the process's turns allow.
pub(super) async fn run(
    engine: Arc<Engine>,
    speech: Speech,
    stop: Arc<AtomicBool>,
    id: &str,
    begin: impl Fn() + Send + Sync + 'static,
    progress: impl Fn(u32) + Send + Sync + 'static,
) -> Result<Transcript> {
    let Speech { sound, language, threads } = speech;
    let sound = Arc::new(sound);
    let lanes = sound.lanes.iter().enumerate();
    let plans: Vec<_> = lanes.map(|(number, lane)| windows::plan(number, &lane.levels)).collect();
    let windows: Vec<_> = plans.iter().flat_map(|plan| plan.windows.iter().cloned()).collect();
    let listening = Listening {
        engine,
        sound: sound.clone(),
        threads,
        stop,
        next: AtomicUsize::new(0),
        heard: Mutex::new(vec![None; windows.len()]),
        done_ms: AtomicI64::new(0),
        windows,
        begin: once(begin),
        progress: Box::new(progress),
    };
    let language = listening.to_all(&language).await?;
    let mut heard = listening.heard.lock().drain(..).flatten().collect::<Vec<_>>().into_iter();
    let lanes = plans.iter().map(|plan| {
        let mut words = LaneWords::default();
        for (window, heard) in plan.windows.iter().zip(&mut heard) {
            words.append(window, &heard, &plan.active);
        }
        words
    });
    Ok(words::transcript(id, &language, sound.duration_ms, lanes.collect()))
}

/// A function that runs the first time it is called.
fn once(run: impl Fn() + Send + Sync + 'static) -> Arc<dyn Fn() + Send + Sync> {
    let run_before = AtomicBool::new(false);
    Arc::new(move || {
        if !run_before.swap(true, Ordering::AcqRel) {
            run();
        }
    })
}

/// What the hearers of one recognition share.
struct Listening {
    engine: Arc<Engine>,
    sound: Arc<Sound>,
    threads: usize,
    stop: Arc<AtomicBool>,
    windows: Vec<Window>,
    next: AtomicUsize,
    heard: Mutex<Vec<Option<Heard>>>,
    done_ms: AtomicI64,
    begin: Arc<dyn Fn() + Send + Sync>,
    progress: Box<dyn Fn(u32) + Send + Sync>,
}

impl Listening {
    /// Hears every window; gives the language.
    async fn to_all(&self, language: &str) -> Result<Arc<str>> {
        let mut language = Arc::from(language);
        if &*language == "auto" {
            // The first window tells the language of all.
            language = self.to_next(&language).await?.unwrap_or_default();
        }
        try_join_all((0..self.at_once()).map(|_| self.to_the_rest(&language))).await?;
        Ok(language)
    }

    /// How many windows are heard at once: each on fewer threads takes longer, all together take less.
    fn at_once(&self) -> usize {
        self.threads.min(self.engine.windows_at_once()).min(self.windows.len()).max(1)
    }

    async fn to_the_rest(&self, language: &Arc<str>) -> Result<()> {
        while self.to_next(language).await?.is_some() {}
        Ok(())
    }

    /// Hears the next window, if there is one; gives the language.
    async fn to_next(&self, language: &Arc<str>) -> Result<Option<Arc<str>>> {
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        let Some(window) = self.windows.get(index) else { return Ok(None) };
        if self.stop.load(Ordering::Acquire) {
            return Err(Error::cancelled());
        }
        let hearing = Hearing {
            engine: self.engine.clone(),
            sound: self.sound.clone(),
            window: window.clone(),
            language: language.clone(),
            stop: self.stop.clone(),
            begin: self.begin.clone(),
        };
        let heard = hearing::hear(hearing, self.threads / self.at_once()).await?;
        let language = Arc::from(heard.language.as_str());
        self.heard.lock()[index] = Some(heard);
        self.tell_progress(window);
        Ok(Some(language))
    }

    fn tell_progress(&self, window: &Window) {
        let total: i64 = self.windows.iter().map(Window::length_ms).sum();
        let length = window.length_ms();
        let done = self.done_ms.fetch_add(length, Ordering::Relaxed) + length;
        (self.progress)((done * 100 / total.max(1)) as u32);
    }
}
