//! Turns at the processors: all recognitions of the process together never compute on more threads than there are
//! processors. Whoever waits is served in order, with one thread; whoever finds nobody waiting gets more.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::runtime::PerProcess;

static GATE: PerProcess<Arc<Semaphore>> = PerProcess::new();

/// The right to compute on some threads, until dropped.
pub(super) struct Turn {
    permit: Option<OwnedSemaphorePermit>,
}

impl Turn {
    pub(super) fn threads(&self) -> usize {
        self.permit.as_ref().map_or(1, OwnedSemaphorePermit::num_permits)
    }
}

/// Waits for a turn of at least one thread and at most so many.
pub(super) async fn turn(most: usize) -> Turn {
    let available = || std::thread::available_parallelism().map_or(1, usize::from);
    let gate = GATE.get_or_init(|| Arc::new(Semaphore::new(available()))).clone();
    // The gate is never closed.
    let mut permit = gate.clone().acquire_owned().await.ok();
    // What is free now, nobody waits for.
    while let Some(held) = permit.as_mut().filter(|held| held.num_permits() < most) {
        let Ok(more) = gate.clone().try_acquire_owned() else { break };
        held.merge(more);
    }
    Turn { permit }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::task::Poll;

    use super::*;

    #[test]
    fn a_turn_takes_what_is_free_and_gives_it_back() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let all = std::thread::available_parallelism().unwrap().get();
            let turn_of_all = turn(usize::MAX).await;
            assert_eq!(turn_of_all.threads(), all);
            let mut next = std::pin::pin!(turn(1));
            let waited =
                std::future::poll_fn(|context| Poll::Ready(next.as_mut().poll(context).is_pending()));
            assert!(waited.await, "no more turns than processors");
            drop(turn_of_all);
            assert_eq!(next.await.threads(), 1);
        });
    }
}
