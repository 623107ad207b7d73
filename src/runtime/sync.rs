//! Locks and conditions for the runtime, with one face over three makes: std's; parking_lot's for ThreadSanitizer,
//! which cannot see into std; and shuttle's, under which the tests try many schedules. A poisoned lock is taken all
//! the same: what it guards is changed in single steps.

#[cfg(shuttle)]
use shuttle::sync as make;
#[cfg(not(any(shuttle, tiro_tsan)))]
use std::sync as make;

use std::time::Instant;

#[cfg(not(tiro_tsan))]
mod imp {
    use super::make;
    use std::sync::PoisonError;

    pub(crate) type Guard<'a, T> = make::MutexGuard<'a, T>;

    #[derive(Default)]
    pub(crate) struct Mutex<T>(make::Mutex<T>);

    impl<T> Mutex<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(make::Mutex::new(value))
        }

        pub(crate) fn lock(&self) -> Guard<'_, T> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    /// A lock for values that are read often; never waited for in a forked child.
    #[cfg(feature = "capi")]
    pub(crate) struct RwLock<T>(make::RwLock<T>);

    #[cfg(feature = "capi")]
    impl<T> RwLock<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(make::RwLock::new(value))
        }

        pub(crate) fn read(&self) -> make::RwLockReadGuard<'_, T> {
            self.0.read().unwrap_or_else(PoisonError::into_inner)
        }

        pub(crate) fn write(&self) -> make::RwLockWriteGuard<'_, T> {
            self.0.write().unwrap_or_else(PoisonError::into_inner)
        }

        pub(crate) fn try_read(&self) -> Option<make::RwLockReadGuard<'_, T>> {
            match self.0.try_read() {
                Ok(guard) => Some(guard),
                Err(make::TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
                Err(make::TryLockError::WouldBlock) => None,
            }
        }

        pub(crate) fn try_write(&self) -> Option<make::RwLockWriteGuard<'_, T>> {
            match self.0.try_write() {
                Ok(guard) => Some(guard),
                Err(make::TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
                Err(make::TryLockError::WouldBlock) => None,
            }
        }
    }

    pub(crate) struct Condvar(make::Condvar);

    impl Condvar {
        pub(crate) fn new() -> Self {
            Self(make::Condvar::new())
        }

        pub(crate) fn notify_all(&self) {
            self.0.notify_all();
        }

        /// Waits for a notification, at most until `deadline`. May wake early.
        pub(crate) fn wait<'a, T>(
            &self,
            guard: Guard<'a, T>,
            deadline: Option<super::Instant>,
        ) -> Guard<'a, T> {
            let Some(deadline) = deadline else {
                return self.0.wait(guard).unwrap_or_else(PoisonError::into_inner);
            };
            let left = deadline.saturating_duration_since(super::Instant::now());
            self.0.wait_timeout(guard, left).unwrap_or_else(PoisonError::into_inner).0
        }
    }
}

#[cfg(tiro_tsan)]
mod imp {
    pub(crate) type Guard<'a, T> = parking_lot::MutexGuard<'a, T>;

    #[derive(Default)]
    pub(crate) struct Mutex<T>(parking_lot::Mutex<T>);

    impl<T> Mutex<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(parking_lot::Mutex::new(value))
        }

        pub(crate) fn lock(&self) -> Guard<'_, T> {
            self.0.lock()
        }
    }

    #[cfg(feature = "capi")]
    pub(crate) struct RwLock<T>(parking_lot::RwLock<T>);

    #[cfg(feature = "capi")]
    impl<T> RwLock<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(parking_lot::RwLock::new(value))
        }

        pub(crate) fn read(&self) -> parking_lot::RwLockReadGuard<'_, T> {
            self.0.read()
        }

        pub(crate) fn write(&self) -> parking_lot::RwLockWriteGuard<'_, T> {
            self.0.write()
        }

        pub(crate) fn try_read(&self) -> Option<parking_lot::RwLockReadGuard<'_, T>> {
            self.0.try_read()
        }

        pub(crate) fn try_write(&self) -> Option<parking_lot::RwLockWriteGuard<'_, T>> {
            self.0.try_write()
        }
    }

    pub(crate) struct Condvar(parking_lot::Condvar);

    impl Condvar {
        pub(crate) fn new() -> Self {
            Self(parking_lot::Condvar::new())
        }

        pub(crate) fn notify_all(&self) {
            self.0.notify_all();
        }

        pub(crate) fn wait<'a, T>(
            &self,
            mut guard: Guard<'a, T>,
            deadline: Option<super::Instant>,
        ) -> Guard<'a, T> {
            match deadline {
                Some(deadline) => drop(self.0.wait_until(&mut guard, deadline)),
                None => self.0.wait(&mut guard),
            }
            guard
        }
    }
}

#[cfg(feature = "capi")]
pub(crate) use imp::RwLock;
pub(crate) use imp::{Condvar, Guard, Mutex};

/// Waits until `done` holds of what the lock guards, at most until `deadline` (`None`: without limit). Gives the guard
/// and whether it holds.
pub(crate) fn wait_until<'a, T>(
    condvar: &Condvar,
    mut guard: Guard<'a, T>,
    deadline: Option<Instant>,
    done: impl Fn(&T) -> bool,
) -> (Guard<'a, T>, bool) {
    loop {
        if done(&guard) {
            return (guard, true);
        }
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return (guard, false);
        }
        guard = condvar.wait(guard, deadline);
    }
}
