//! What a forked child inherits of the core: leaked there instead of dropped, as a drop might wait for a lock that a
//! thread of the parent's holds for ever.

use std::mem::ManuallyDrop;
use std::ops::Deref;

/// A value that is dropped only in the process that made it.
pub(crate) struct Own<T> {
    process: u32,
    value: ManuallyDrop<T>,
}

impl<T> Own<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { process: tiro::generation(), value: ManuallyDrop::new(value) }
    }

    /// Whether this process made it.
    pub(crate) fn is_ours(&self) -> bool {
        self.process == tiro::generation()
    }
}

impl<T> Deref for Own<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Drop for Own<T> {
    fn drop(&mut self) {
        if self.is_ours() {
            // SAFETY: dropped once, here.
            unsafe { ManuallyDrop::drop(&mut self.value) };
        }
    }
}
