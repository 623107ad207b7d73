//! How a thread of tiro's meets the interpreter: through a gate that closes before the interpreter ends, so that none
//! is caught inside; and how it lets go of Python's objects: without waiting for the interpreter at all.

use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use pyo3::prelude::*;

/// Longest time that the end of the interpreter waits for the library's threads: only a source's own `read()` that
/// does not return can use it up.
const EXIT_PATIENCE: Duration = Duration::from_secs(2);

/// Which process (upper half), whether the gate is closed, and how many threads are inside. A forked child starts with
/// an open gate and nobody inside, whatever its parent's threads were doing.
static GATE: AtomicU64 = AtomicU64::new(0);
const CLOSED: u64 = 1 << 31;

/// The gate as it counts in this process.
fn current(seen: u64) -> u64 {
    let process = u64::from(tiro::generation());
    if seen >> 32 == process { seen } else { process << 32 }
}

fn update(change: impl Fn(u64) -> Option<u64>) -> bool {
    GATE.fetch_update(Ordering::AcqRel, Ordering::Acquire, |seen| change(current(seen))).is_ok()
}

/// A thread that has passed the gate.
struct Inside;

impl Inside {
    fn enter() -> Option<Self> {
        update(|gate| (gate & CLOSED == 0).then_some(gate + 1)).then_some(Self)
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        // In a child that was forked in here nobody counts.
        update(|gate| Some(if gate & (CLOSED - 1) > 0 { gate - 1 } else { gate }));
    }
}

/// Runs `work` on a thread of tiro's, attached to the interpreter; `None` once that is about to end.
pub(crate) fn attached<R>(work: impl FnOnce(Python<'_>) -> R) -> Option<R> {
    let _inside = Inside::enter()?;
    Python::try_attach(|py| {
        let result = work(py);
        release_dropped(py);
        result
    })
}

/// Has the library's threads end before the interpreter does.
pub(crate) fn register_exit(py: Python<'_>) -> PyResult<()> {
    let hook = wrap_pyfunction!(at_exit, py)?;
    py.import("atexit")?.call_method1("register", (hook,))?;
    Ok(())
}

thread_local! {
    /// Whether this thread is the one that ends the interpreter.
    static ENDS_IT: Cell<bool> = const { Cell::new(false) };
}

/// Waits for something of tiro's, not attached. A daemon thread that is still at it when the interpreter is about to
/// end stays here: it has nobody left to return to, and would only complain that its call was cancelled.
pub(crate) fn detached<R: Send>(py: Python<'_>, wait: impl FnOnce() -> R + Send) -> R {
    py.detach(|| {
        let result = wait();
        while current(GATE.load(Ordering::Acquire)) & CLOSED != 0 && !ENDS_IT.get() {
            std::thread::park();
        }
        result
    })
}

/// Runs when the interpreter is about to end: nobody waits for what is still pending.
#[pyfunction]
fn at_exit(py: Python<'_>) {
    ENDS_IT.set(true);
    update(|gate| Some(gate | CLOSED));
    py.detach(|| {
        let deadline = Instant::now() + EXIT_PATIENCE;
        // A recogniser at work while the C library tears down what it uses would crash: end it, then exit.
        let _ = tiro::shutdown(Some(EXIT_PATIENCE));
        while current(GATE.load(Ordering::Acquire)) & (CLOSED - 1) > 0 && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
    });
}

/// An object of Python's in the hands of tiro's threads. Dropped on any thread without waiting for the interpreter:
/// it is put aside and released by the next thread that is attached.
pub(crate) struct Held(ManuallyDrop<Py<PyAny>>);

impl Held {
    pub(crate) fn new(object: impl Into<Py<PyAny>>) -> Self {
        Self(ManuallyDrop::new(object.into()))
    }

    pub(crate) fn bind<'py>(&self, py: Python<'py>) -> &Bound<'py, PyAny> {
        self.0.bind(py)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // SAFETY: taken once, in the drop.
        let object = unsafe { ManuallyDrop::take(&mut self.0) };
        let dropped = Box::into_raw(Box::new(Dropped { object, next: std::ptr::null_mut() }));
        let _ = DROPPED.fetch_update(Ordering::AcqRel, Ordering::Acquire, |head| {
            // SAFETY: not published yet.
            unsafe { (*dropped).next = head };
            Some(dropped)
        });
    }
}

/// What was let go of, as a list that is only ever pushed to or taken whole: no lock that a fork could leave locked.
static DROPPED: AtomicPtr<Dropped> = AtomicPtr::new(std::ptr::null_mut());

struct Dropped {
    object: Py<PyAny>,
    next: *mut Dropped,
}

/// Releases what tiro's threads let go of.
pub(crate) fn release_dropped(_py: Python<'_>) {
    if DROPPED.load(Ordering::Relaxed).is_null() {
        return;
    }
    let mut next = DROPPED.swap(std::ptr::null_mut(), Ordering::AcqRel);
    while !next.is_null() {
        // SAFETY: made by `Box::into_raw`; the swap made this thread its only owner.
        let dropped = unsafe { Box::from_raw(next) };
        next = dropped.next;
        drop(dropped.object);
    }
}
