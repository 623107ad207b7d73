//! How much decoded sound waits to be heard. Decoding is many times faster than hearing: without a bound, a thousand
//! recordings that are brought at once would all lie in memory, or on the disk with a descriptor each.

use std::sync::Arc;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use crate::runtime::sync::Mutex;
use crate::runtime::{BLOCKING_THREADS, PerProcess};

/// From so much sound in memory on, no more is decoded.
const MOST_BYTES: usize = 256 << 20;
/// Nor from so many recordings on. Short ones that wait together are heard together, so it is not few.
const MOST_SOUNDS: usize = 256;
/// So many sources are read at once: a source may take as long as a call does, and the threads that may block are for
/// hearing, too.
const MOST_READERS: usize = BLOCKING_THREADS - BLOCKING_THREADS / 4;

static BACKLOG: PerProcess<Arc<Backlog>> = PerProcess::new();

struct Backlog {
    waiting: Mutex<Waiting>,
    less: Notify,
    readers: Arc<Semaphore>,
}

#[derive(Default)]
struct Waiting {
    bytes: usize,
    sounds: usize,
}

impl Waiting {
    /// Counts one more, if it may be.
    fn take(&mut self) -> bool {
        let has_room = self.bytes < MOST_BYTES && self.sounds < MOST_SOUNDS;
        self.sounds += usize::from(has_room);
        has_room
    }
}

impl Default for Backlog {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
            less: Notify::new(),
            readers: Arc::new(Semaphore::new(MOST_READERS)),
        }
    }
}

impl Backlog {
    async fn room(self: &Arc<Self>) -> Room {
        // Never closed.
        let reader = self.readers.clone().acquire_owned().await.ok();
        loop {
            // Before the look: what is heard in between is not missed.
            let less = self.less.notified();
            if self.waiting.lock().take() {
                return Room { backlog: self.clone(), bytes: 0, reader };
            }
            less.await;
        }
    }
}

/// The place of a recording among those that wait, until dropped.
pub(crate) struct Room {
    backlog: Arc<Backlog>,
    bytes: usize,
    reader: Option<OwnedSemaphorePermit>,
}

impl Room {
    /// Its sound is decoded, and takes so many bytes of memory.
    pub(super) fn fill(&mut self, bytes: usize) {
        self.reader = None;
        self.backlog.waiting.lock().bytes += bytes;
        self.bytes += bytes;
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut waiting = self.backlog.waiting.lock();
        waiting.bytes -= self.bytes;
        waiting.sounds -= 1;
        drop(waiting);
        self.backlog.less.notify_waiters();
    }
}

/// Waits until another recording may be read and decoded.
pub(crate) async fn room() -> Room {
    BACKLOG.get().room().await
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::Poll;

    use super::*;

    async fn is_pending(mut waiting: std::pin::Pin<&mut impl Future<Output = Room>>) -> bool {
        std::future::poll_fn(|context| Poll::Ready(waiting.as_mut().poll(context).is_pending())).await
    }

    fn run(test: impl Future<Output = ()>) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(test);
    }

    #[test]
    fn no_more_is_decoded_than_has_room() {
        run(async {
            let backlog = Arc::new(Backlog::default());
            let mut first = backlog.room().await;
            first.fill(MOST_BYTES - 1);
            let mut second = backlog.room().await;
            second.fill(1);
            let mut third = pin!(backlog.room());
            assert!(is_pending(third.as_mut()).await);
            drop(second);
            drop(third.await);
            drop(first);
            let waiting = backlog.waiting.lock();
            assert_eq!((waiting.bytes, waiting.sounds), (0, 0));
        });
    }

    #[test]
    fn no_more_recordings_wait_than_may() {
        run(async {
            let backlog = Arc::new(Backlog::default());
            let mut waiting = Vec::new();
            for _ in 0..MOST_SOUNDS {
                let mut room = backlog.room().await;
                room.fill(1);
                waiting.push(room);
            }
            let mut one_more = pin!(backlog.room());
            assert!(is_pending(one_more.as_mut()).await);
            waiting.pop();
            one_more.await;
        });
    }

    #[test]
    fn slow_sources_leave_threads_for_hearing() {
        run(async {
            let backlog = Arc::new(Backlog::default());
            let mut slow = Vec::new();
            for _ in 0..MOST_READERS {
                slow.push(backlog.room().await);
            }
            let mut next = pin!(backlog.room());
            assert!(is_pending(next.as_mut()).await);
            slow[0].fill(1);
            next.await;
        });
    }
}
