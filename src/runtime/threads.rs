//! Starting threads as a guest of somebody else's process: all signals blocked from the first instruction on, a name,
//! an explicit stack.

/// Stack of every thread of the library, in bytes. Address space, not memory: only what is touched is used.
pub(crate) const STACK_SIZE: usize = 4 << 20;

/// Starts a thread with every signal blocked.
pub(crate) fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    let builder = std::thread::Builder::new().name(name.into()).stack_size(STACK_SIZE);
    with_signals_blocked(|| builder.spawn(body)).map(drop)
}

/// Runs `start` with every signal blocked on this thread: threads that it starts inherit that, so that there is no
/// moment at which one of them could be handed a signal of the host's. Signals of a fault (SIGSEGV and the like) are
/// left as they are: they go to the thread that causes them, and blocked ones would end the process without the
/// host's crash handler.
#[cfg(unix)]
pub(crate) fn with_signals_blocked<R>(start: impl FnOnce() -> R) -> R {
    struct Restore(libc::sigset_t);
    impl Drop for Restore {
        fn drop(&mut self) {
            // SAFETY: a set that pthread_sigmask has filled.
            unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.0, std::ptr::null_mut()) };
        }
    }
    let mut all = std::mem::MaybeUninit::uninit();
    let mut before = std::mem::MaybeUninit::uninit();
    // SAFETY: the sets are initialised by sigfillset and pthread_sigmask, which cannot fail with these arguments.
    let _restore = unsafe {
        libc::sigfillset(all.as_mut_ptr());
        for fault in [
            libc::SIGSEGV,
            libc::SIGBUS,
            libc::SIGFPE,
            libc::SIGILL,
            libc::SIGTRAP,
            libc::SIGSYS,
            libc::SIGABRT,
        ] {
            libc::sigdelset(all.as_mut_ptr(), fault);
        }
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
        Restore(before.assume_init())
    };
    start()
}

/// Other platforms deliver no signals to chosen threads.
#[cfg(not(unix))]
pub(crate) fn with_signals_blocked<R>(start: impl FnOnce() -> R) -> R {
    start()
}
