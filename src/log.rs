//! Logging: one callback for the whole process, replaceable, called on the callback thread. Without one, nothing is
//! formatted. Messages name things and numbers; never a secret, never what somebody said in a recording.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::runtime::sync::Mutex;
use crate::runtime::{Lease, PerProcess, generation, post_log};

/// How much a message matters; a callback gets those up to its own level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    /// Something failed that is a bug of tiro or of what it stands on.
    Error = 1,
    /// Something is not as it should be; tiro goes on.
    Warn = 2,
    /// What is done, in large steps.
    Info = 3,
    /// What is done, in detail.
    Debug = 4,
}

impl Level {
    /// The level of a number as in [`Level`]; anything above is the last.
    pub fn from_number(number: i32) -> Option<Self> {
        match number {
            1 => Some(Self::Error),
            2 => Some(Self::Warn),
            3 => Some(Self::Info),
            4.. => Some(Self::Debug),
            _ => None,
        }
    }
}

/// A log callback: level, the part of tiro that speaks, message.
pub type Callback = Arc<dyn Fn(Level, &str, &str) + Send + Sync>;

struct Sink {
    callback: Callback,
    // The callback thread lives as long as somebody listens.
    _lease: Lease,
}

static SINK: PerProcess<Mutex<Option<Arc<Sink>>>> = PerProcess::new();
/// The level in force, with the low bits of the process generation: a forked child starts silent.
static LEVEL: AtomicU8 = AtomicU8::new(0);

fn stamped(level: u8) -> u8 {
    ((generation() as u8) << 4) | level
}

/// Replaces the callback; `None`: no callback. A forked child starts without one.
pub fn set_callback(level: Level, callback: Option<Callback>) {
    let active = if callback.is_some() { level as u8 } else { 0 };
    let sink = callback.map(|callback| Arc::new(Sink { callback, _lease: Lease::take() }));
    let replaced = std::mem::replace(&mut *SINK.get().lock(), sink);
    LEVEL.store(stamped(active), Ordering::Release);
    drop(replaced);
}

/// Whether a message of this level would be told to anybody.
pub(crate) fn enabled(level: Level) -> bool {
    let current = LEVEL.load(Ordering::Acquire);
    let active = current & 0x0f;
    active >= level as u8 && current == stamped(active)
}

pub(crate) fn write(level: Level, target: &'static str, message: fmt::Arguments<'_>) {
    if !enabled(level) {
        return;
    }
    let Some(sink) = SINK.get().lock().clone() else { return };
    let message = message.to_string();
    post_log(Box::new(move || (sink.callback)(level, target, &message)));
}

macro_rules! warn_ {
    ($target:literal, $($message:tt)+) => {
        $crate::log::write($crate::log::Level::Warn, $target, format_args!($($message)+))
    };
}
#[cfg(feature = "local")]
macro_rules! info_ {
    ($target:literal, $($message:tt)+) => {
        $crate::log::write($crate::log::Level::Info, $target, format_args!($($message)+))
    };
}
macro_rules! debug_ {
    ($target:literal, $($message:tt)+) => {
        $crate::log::write($crate::log::Level::Debug, $target, format_args!($($message)+))
    };
}
#[cfg(feature = "local")]
pub(crate) use info_ as info;
pub(crate) use {debug_ as debug, warn_ as warn};
