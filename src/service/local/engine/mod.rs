//! The recogniser: whisper.cpp behind a safe face. Here is all of the crate's contact with it.
//!
//! `whisper-rs-sys` is called directly: of the safe layer above it (0.16), the abort callback casts to the wrong type
//! and `set_language` leaks, and it hides the pointers that are needed to go round either.

mod ending;
mod log;

use std::ffi::{CStr, CString, c_int, c_void};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use whisper_rs_sys as sys;

use super::cpu;
use super::model::{ModelInfo, Preset};
use crate::error::{Error, ErrorKind, Result};
use crate::runtime::sync::Mutex;
use ending::{Marks, Rest};

/// Width of the largest model that leaves processors idle when it has all of them.
const SMALL: u32 = 512;
/// Shorter sounds are padded with silence: the engine drops what is under a second.
const LEAST_SAMPLES: usize = 17_600;
/// Positions of the recogniser's attention, 20 ms each, of 1500 at most. A multiple of 32 lets its matrix code run
/// without remainders.
const ATTENTION: c_int = 1472;
/// The longest window in samples: what the attention covers. The engine ends the process if it is to align more.
const LONGEST_SAMPLES: usize = ATTENTION as usize * 320;
/// Scratch memory for aligning words with the sound, in bytes. Taken only while it is needed.
const ALIGNMENT_MEMORY: usize = 128 << 20;

/// Where the times of words come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum WordTimes {
    /// The attention of the recogniser, which reads its words a second time for that.
    Aligned,
    /// The times of phrases.
    Estimated,
}

/// A loaded model. Recognitions share it; each has a state of its own.
pub(super) struct Engine {
    context: *mut sys::whisper_context,
    multilingual: bool,
    word_times: WordTimes,
    /// How many windows may be heard at once: each takes working memory, and large models fill the processors alone.
    windows_at_once: usize,
    turns: Arc<Semaphore>,
    /// Working memory that nobody uses right now, and since when.
    idle: Mutex<Vec<(State, Instant)>>,
}

// SAFETY: the context is only read after it is loaded; all that a recognition changes is in its own state.
unsafe impl Send for Engine {}
// SAFETY: as above.
unsafe impl Sync for Engine {}

impl Drop for Engine {
    fn drop(&mut self) {
        self.idle.lock().clear();
        // SAFETY: a context that was loaded once and is freed once, after all that was made from it.
        unsafe { sys::whisper_free(self.context) };
    }
}

/// A stretch of speech with its pieces.
#[derive(Clone, Debug, Default)]
pub(super) struct Phrase {
    pub(super) start_ms: i64,
    pub(super) end_ms: i64,
    pub(super) tokens: Vec<Token>,
}

/// A piece of a word.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// Bytes of text; a character may be spread over several tokens.
    pub(super) text: Vec<u8>,
    pub(super) probability: f32,
    /// When it ends, by alignment with the sound, where the model can tell and was asked to.
    pub(super) aligned_ms: Option<i64>,
}

impl Token {
    pub(super) fn begins_word(&self) -> bool {
        self.text.first().is_some_and(u8::is_ascii_whitespace)
    }

    /// Whether it has a letter or a digit. Punctuation is aligned with the pause that follows. Letters of other scripts
    /// are bytes above ASCII here.
    pub(super) fn is_spoken(&self) -> bool {
        self.text.iter().any(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80)
    }
}

/// What was heard in a window.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard {
    pub(super) phrases: Vec<Phrase>,
    pub(super) language: String,
}

/// A window to hear.
pub(super) struct Request<'a> {
    /// Mono, 16,000 a second, -1 to 1; at most [`LONGEST_SAMPLES`].
    pub(super) samples: &'a [f32],
    pub(super) language: &'a str,
    pub(super) threads: usize,
    /// Asked at each step of the computation whether to give up.
    pub(super) stop: &'a (dyn Fn() -> bool + Sync),
}

impl Engine {
    /// Loads a model file that was checked before: the engine's own loader trusts every byte. Words are not aligned by a
    /// model of which it is not known how.
    pub(super) fn load(path: &Path, info: &ModelInfo, wanted: WordTimes) -> Result<Self> {
        cpu::check()?;
        log::redirect();
        let path_text = path_for_c(path)?;
        // SAFETY: plain data, filled by the engine.
        let mut parameters = unsafe { sys::whisper_context_default_params() };
        parameters.use_gpu = false;
        let heads = info.preset.and_then(alignment_heads).filter(|_| wanted == WordTimes::Aligned);
        // The matrix code that this is built with is faster than what the engine calls flash attention.
        parameters.flash_attn = false;
        if let Some(heads) = heads {
            parameters.dtw_token_timestamps = true;
            parameters.dtw_aheads_preset = heads;
            parameters.dtw_mem_size = ALIGNMENT_MEMORY;
        }
        let word_times = if heads.is_some() { WordTimes::Aligned } else { WordTimes::Estimated };
        // SAFETY: a NUL-terminated path and parameters by value.
        let context =
            unsafe { sys::whisper_init_from_file_with_params_no_state(path_text.as_ptr(), parameters) };
        if context.is_null() {
            return Err(Error::new(
                ErrorKind::Engine,
                format!("the recogniser could not load {}", path.display()),
            ));
        }
        let windows_at_once = if info.n_audio_state <= SMALL { 4 } else { 1 };
        let turns = Arc::new(Semaphore::new(windows_at_once));
        let idle = Mutex::default();
        Ok(Self { context, multilingual: info.multilingual, word_times, windows_at_once, turns, idle })
    }

    /// What it gives, whatever was wanted.
    pub(super) fn word_times(&self) -> WordTimes {
        self.word_times
    }

    pub(super) fn windows_at_once(&self) -> usize {
        self.windows_at_once
    }

    /// Waits until one window fewer than [`Engine::windows_at_once`] is being heard; held while the next is.
    pub(super) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        // Never closed.
        self.turns.clone().acquire_owned().await.ok()
    }

    /// Hears a window. Blocks, computes, and takes as many threads as it is told.
    pub(super) fn hear(&self, request: &Request<'_>) -> Result<Heard> {
        let kept = self.idle.lock().pop();
        let mut listener = match kept {
            Some((listener, _)) => listener,
            None => State::new(self)?,
        };
        let heard = listener.hear(self, request);
        self.idle.lock().push((listener, Instant::now()));
        heard
    }

    /// Gives back the working memory that was not used for so long.
    pub(super) fn release_idle(&self, unused_for: Duration) {
        self.idle.lock().retain(|(_, since)| since.elapsed() < unused_for);
    }

    /// Refuses a language that the model does not know.
    pub(super) fn check_language(&self, language: &str) -> Result<()> {
        let unknown =
            |what: &str| Err(Error::new(ErrorKind::Option, format!("language {language:?} {what}")));
        let Ok(text) = CString::new(language) else { return unknown("is no language code") };
        // SAFETY: a NUL-terminated text that outlives the call.
        if language != "auto" && unsafe { sys::whisper_lang_id(text.as_ptr()) } < 0 {
            return unknown("is not one that the recogniser knows");
        }
        if !self.multilingual && language != "en" && language != "english" {
            return unknown("needs a multilingual model; this one knows English only");
        }
        Ok(())
    }
}

/// What hearing changes: working memory, for one window at a time. Belongs to one engine, which frees it first.
struct State {
    state: *mut sys::whisper_state,
}

// SAFETY: a state is used by one thread at a time.
unsafe impl Send for State {}

impl Drop for State {
    fn drop(&mut self) {
        // SAFETY: made once, freed once.
        unsafe { sys::whisper_free_state(self.state) };
    }
}

impl State {
    fn new(engine: &Engine) -> Result<Self> {
        // SAFETY: a loaded context.
        let state = unsafe { sys::whisper_init_state(engine.context) };
        match state.is_null() {
            false => Ok(Self { state }),
            true => Err(Error::new(ErrorKind::Engine, "the recogniser found no memory to work in")),
        }
    }

    fn hear(&mut self, engine: &Engine, request: &Request<'_>) -> Result<Heard> {
        let language = CString::new(request.language).unwrap_or_default();
        let mut padded = Vec::new();
        let samples = if request.samples.len() < LEAST_SAMPLES {
            padded.extend_from_slice(request.samples);
            padded.resize(LEAST_SAMPLES, 0.0);
            &padded
        } else {
            request.samples
        };
        let count = samples.len().min(LONGEST_SAMPLES) as c_int;
        // SAFETY: plain data, filled by the engine.
        let mut parameters = unsafe {
            sys::whisper_full_default_params(sys::whisper_sampling_strategy_WHISPER_SAMPLING_GREEDY)
        };
        parameters.greedy.best_of = 1;
        parameters.n_threads = request.threads as c_int;
        parameters.language = language.as_ptr();
        parameters.audio_ctx = ATTENTION;
        parameters.no_context = true;
        parameters.suppress_nst = true;
        parameters.print_progress = false;
        parameters.print_realtime = false;
        parameters.print_timestamps = false;
        parameters.print_special = false;
        // SAFETY: a loaded context.
        let marks = unsafe {
            Marks {
                end: sys::whisper_token_eot(engine.context),
                zero: sys::whisper_token_beg(engine.context),
            }
        };
        // SAFETY: as above.
        let choices = unsafe { sys::whisper_n_vocab(engine.context) }.max(0) as usize;
        let steering = Steering { marks, choices, length_ms: request.samples.len() as i64 / 16 };
        parameters.logits_filter_callback = Some(steer);
        parameters.logits_filter_callback_user_data = std::ptr::from_ref(&steering).cast_mut().cast();
        parameters.abort_callback = Some(asked_to_stop);
        parameters.abort_callback_user_data = std::ptr::from_ref(&request.stop).cast_mut().cast();
        // SAFETY: context and state are alive and the state is this call's alone; samples, language, question and
        // steering outlive the call; the callbacks touch nothing but what they are handed.
        let status = unsafe {
            sys::whisper_full_with_state(engine.context, self.state, parameters, samples.as_ptr(), count)
        };
        if (request.stop)() {
            return Err(Error::cancelled());
        }
        if status != 0 {
            return Err(Error::new(
                ErrorKind::Engine,
                format!("the recogniser failed (its status is {status})"),
            ));
        }
        Ok(self.heard(engine))
    }

    fn heard(&self, engine: &Engine) -> Heard {
        // SAFETY: a state that whisper_full_with_state has filled; every index is below the count the engine gives;
        // texts are copied before the state is freed.
        unsafe {
            let end_of_text = sys::whisper_token_eot(engine.context);
            let phrases = (0..sys::whisper_full_n_segments_from_state(self.state)).map(|segment| {
                let tokens =
                    (0..sys::whisper_full_n_tokens_from_state(self.state, segment)).filter_map(|index| {
                        let data = sys::whisper_full_get_token_data_from_state(self.state, segment, index);
                        let text = sys::whisper_full_get_token_text_from_state(
                            engine.context,
                            self.state,
                            segment,
                            index,
                        );
                        // From the end-of-text token on there are only marks, no text.
                        (data.id < end_of_text && !text.is_null()).then(|| Token {
                            text: CStr::from_ptr(text).to_bytes().to_vec(),
                            probability: data.p,
                            aligned_ms: Some(data.t_dtw * 10).filter(|time| *time >= 0),
                        })
                    });
                Phrase {
                    start_ms: sys::whisper_full_get_segment_t0_from_state(self.state, segment) * 10,
                    end_ms: sys::whisper_full_get_segment_t1_from_state(self.state, segment) * 10,
                    tokens: tokens.collect(),
                }
            });
            let phrases = phrases.collect();
            let language = sys::whisper_lang_str(sys::whisper_full_lang_id_from_state(self.state));
            let language =
                if language.is_null() { "".into() } else { CStr::from_ptr(language).to_string_lossy() };
            Heard { phrases, language: language.into_owned() }
        }
    }
}

/// What [`steer`] has to know.
struct Steering {
    marks: Marks,
    choices: usize,
    length_ms: i64,
}

unsafe extern "C" fn steer(
    _: *mut sys::whisper_context,
    state: *mut sys::whisper_state,
    tokens: *const sys::whisper_token_data,
    count: c_int,
    choices: *mut f32,
    steering: *mut c_void,
) {
    // SAFETY: `hear` hands over a steering that outlives the recognition; the engine so many tokens, and a choice for each
    // token of its vocabulary.
    let (steering, tokens, choices) = unsafe {
        let steering = &*steering.cast::<Steering>();
        let tokens = if count > 0 { std::slice::from_raw_parts(tokens, count as usize) } else { &[] };
        (steering, tokens, std::slice::from_raw_parts_mut(choices, steering.choices))
    };
    // SAFETY: the state that is hearing; the index is below the count that it gives.
    let heard_ms = unsafe {
        match sys::whisper_full_n_segments_from_state(state) {
            0 => 0,
            phrases => sys::whisper_full_get_segment_t1_from_state(state, phrases - 1) * 10,
        }
    };
    let tokens: Vec<i32> = tokens.iter().map(|token| token.id).collect();
    let rest = Rest { length_ms: steering.length_ms - heard_ms, is_after_another: heard_ms > 0 };
    ending::steer(steering.marks, rest, &tokens, choices);
}

unsafe extern "C" fn asked_to_stop(stop: *mut c_void) -> bool {
    // SAFETY: `hear` hands over a question that outlives the recognition.
    unsafe { (*stop.cast::<&(dyn Fn() -> bool + Sync)>())() }
}

#[cfg(unix)]
fn path_for_c(path: &Path) -> Result<CString> {
    use std::os::unix::ffi::OsStrExt;
    CString::new(path.as_os_str().as_bytes())
        .map_err(|_| Error::new(ErrorKind::Argument, "a path holds a NUL"))
}

#[cfg(not(unix))]
fn path_for_c(path: &Path) -> Result<CString> {
    let text = path.to_str().ok_or_else(|| Error::new(ErrorKind::Utf8, "the model's path is not Unicode"))?;
    CString::new(text).map_err(|_| Error::new(ErrorKind::Argument, "a path holds a NUL"))
}

/// Which of the model's attention follows the sound; only measured presets.
fn alignment_heads(preset: Preset) -> Option<sys::whisper_alignment_heads_preset> {
    Some(match preset {
        Preset::TinyEn => sys::whisper_alignment_heads_preset_WHISPER_AHEADS_TINY_EN,
        Preset::Tiny => sys::whisper_alignment_heads_preset_WHISPER_AHEADS_TINY,
        Preset::BaseEn => sys::whisper_alignment_heads_preset_WHISPER_AHEADS_BASE_EN,
        Preset::Base => sys::whisper_alignment_heads_preset_WHISPER_AHEADS_BASE,
        Preset::SmallEn => sys::whisper_alignment_heads_preset_WHISPER_AHEADS_SMALL_EN,
        Preset::Small => sys::whisper_alignment_heads_preset_WHISPER_AHEADS_SMALL,
        Preset::MediumEn => sys::whisper_alignment_heads_preset_WHISPER_AHEADS_MEDIUM_EN,
        Preset::Medium => sys::whisper_alignment_heads_preset_WHISPER_AHEADS_MEDIUM,
        _ => return None,
    })
}
