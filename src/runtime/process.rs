//! Which process this is. After a fork the child has one thread, locks that nobody will release, and handles of a
//! runtime that is not there: so all process-wide state hangs on a generation number that is new in a forked child,
//! and is found without a lock.

use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

use crate::error::{Error, ErrorKind, Result};

/// The number of this process among its forked ancestors, from 1. About a nanosecond.
pub fn generation() -> u32 {
    imp::generation()
}

/// The process that something was made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Generation(u32);

impl Generation {
    pub(crate) fn now() -> Self {
        Self(generation())
    }

    pub(crate) fn is_past(self) -> bool {
        self != Self::now()
    }

    /// Refuses what is the parent's in a forked child. To be asked before any lock: the parent may have held it.
    pub(crate) fn check(self, what: &str) -> Result<()> {
        match self.is_past() {
            false => Ok(()),
            true => Err(Error::new(ErrorKind::Forked, format!("this {what} belongs to the parent process"))),
        }
    }
}

/// State of which each process has its own: a forked child starts with a fresh one, its parent's is left alone (and
/// never freed, as a thread that no longer exists may have been changing it).
pub(crate) struct PerProcess<T: 'static> {
    current: AtomicPtr<Entry<T>>,
}

struct Entry<T> {
    generation: Generation,
    value: T,
}

impl<T> PerProcess<T> {
    pub(crate) const fn new() -> Self {
        Self { current: AtomicPtr::new(std::ptr::null_mut()) }
    }

    /// This process's own, made at the first call.
    pub(crate) fn get_or_init(&'static self, init: impl FnOnce() -> T) -> &'static T {
        let generation = Generation::now();
        let seen = self.current.load(Ordering::Acquire);
        // SAFETY: an entry is published whole and never freed.
        if let Some(entry) = unsafe { seen.as_ref() }
            && entry.generation == generation
        {
            return &entry.value;
        }
        let fresh = Box::into_raw(Box::new(Entry { generation, value: init() }));
        match self.current.compare_exchange(seen, fresh, Ordering::AcqRel, Ordering::Acquire) {
            // SAFETY: as above.
            Ok(_) => unsafe { &(*fresh).value },
            Err(winner) => {
                // SAFETY: `fresh` was never published; `winner` is as above, and of this generation.
                unsafe {
                    drop(Box::from_raw(fresh));
                    &(*winner).value
                }
            }
        }
    }
}

impl<T: Default> PerProcess<T> {
    /// This process's own, by default at first.
    pub(crate) fn get(&'static self) -> &'static T {
        self.get_or_init(T::default)
    }
}

#[cfg(unix)]
mod imp {
    use super::*;

    /// One page that the kernel wipes in a forked child. It holds the generation; 0 says: forked since.
    static PAGE: AtomicPtr<AtomicU32> = AtomicPtr::new(std::ptr::null_mut());
    /// The last generation given out; plain memory, which a child inherits.
    static LAST: AtomicU32 = AtomicU32::new(0);

    pub(super) fn generation() -> u32 {
        // SAFETY: the page is mapped before it is published, and never unmapped.
        match unsafe { PAGE.load(Ordering::Acquire).as_ref() } {
            Some(word) => match word.load(Ordering::Acquire) {
                0 => advance(word),
                generation => generation,
            },
            None => first_use(),
        }
    }

    /// Gives this process its number; of several threads one wins.
    fn advance(word: &AtomicU32) -> u32 {
        let next = LAST.fetch_add(1, Ordering::AcqRel) + 1;
        match word.compare_exchange(0, next, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => next,
            Err(winner) => winner,
        }
    }

    fn first_use() -> u32 {
        if let Some(page) = wiped_on_fork() {
            if PAGE.compare_exchange(std::ptr::null_mut(), page, Ordering::AcqRel, Ordering::Acquire).is_err()
            {
                // SAFETY: another thread's page won; this one was never published.
                unsafe { libc::munmap(page.cast(), std::mem::size_of::<AtomicU32>()) };
            }
            // SAFETY: whichever page is published stays mapped.
            return match unsafe { &*PAGE.load(Ordering::Acquire) } {
                word if word.load(Ordering::Acquire) != 0 => word.load(Ordering::Acquire),
                word => advance(word),
            };
        }
        by_process_id()
    }

    /// Where the kernel cannot wipe a page: compare process ids, a system call each time.
    fn by_process_id() -> u32 {
        static OWNER: AtomicU32 = AtomicU32::new(0);
        let process = std::process::id();
        if OWNER.swap(process, Ordering::AcqRel) != process {
            LAST.fetch_add(1, Ordering::AcqRel);
        }
        LAST.load(Ordering::Acquire)
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn wiped_on_fork() -> Option<*mut AtomicU32> {
        let size = std::mem::size_of::<AtomicU32>();
        // SAFETY: an anonymous mapping of our own; nothing is read before it is known to be one.
        unsafe {
            let page = libc::mmap(
                std::ptr::null_mut(),
                size,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            );
            if page == libc::MAP_FAILED {
                return None;
            }
            if libc::madvise(page, size, libc::MADV_WIPEONFORK) != 0 {
                libc::munmap(page, size);
                return None;
            }
            Some(page.cast())
        }
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn wiped_on_fork() -> Option<*mut AtomicU32> {
        None
    }
}

#[cfg(not(unix))]
mod imp {
    pub(super) fn generation() -> u32 {
        1
    }
}
