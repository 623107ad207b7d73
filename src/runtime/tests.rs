//! Operations and queues by themselves; the schedules of their threads are tried by shuttle (`cfg(shuttle)`).

use std::sync::Arc;

use super::operation::Operation;
use super::output::Output;
use super::queue::{EventKind, Queue};

#[cfg(not(shuttle))]
mod single {
    use super::*;
    use crate::error::{Error, ErrorKind};
    use crate::events::{ServiceEvent, ServiceEventKind};
    use std::time::Duration;

    fn started(outcome: crate::Result<Output>, after: Duration) -> Operation<Output> {
        Operation::start(move |_| async move {
            tokio::time::sleep(after).await;
            outcome
        })
        .unwrap()
    }

    #[test]
    fn a_wait_looks_waits_and_gives_the_result() {
        let (go, gone) = tokio::sync::oneshot::channel::<()>();
        let operation: Operation<()> = Operation::start(move |_| async move {
            let _ = gone.await;
            Ok(())
        })
        .unwrap();
        assert!(operation.wait(Some(Duration::ZERO)).is_none());
        assert!(operation.wait(Some(Duration::from_millis(1))).is_none());
        go.send(()).unwrap();
        operation.wait(None).unwrap().unwrap();
        operation.wait(Some(Duration::ZERO)).unwrap().unwrap();
    }

    #[test]
    fn a_cancel_ends_it_and_a_panic_is_an_error() {
        let operation = started(Ok(Output::Nothing), Duration::from_secs(600));
        operation.cancel();
        assert_eq!(operation.wait(None).unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
        let work = |_| async { std::panic::resume_unwind(Box::new("on purpose")) };
        let operation: Operation<()> = Operation::start(work).unwrap();
        assert_eq!(operation.wait(None).unwrap().unwrap_err().kind(), ErrorKind::Panic);
    }

    #[test]
    fn it_is_a_future_of_any_executor() {
        let operation = started(Ok(Output::Nothing), Duration::from_millis(20));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(operation).unwrap();
    }

    #[test]
    fn a_wait_inside_a_callback_is_refused_but_not_for_what_is_done() {
        let (tell, told) = std::sync::mpsc::channel();
        let first = Arc::new(started(Ok(Output::Nothing), Duration::ZERO));
        let slow = started(Ok(Output::Nothing), Duration::from_secs(600));
        let done = first.clone();
        first
            .on_done(move |_| {
                let refused = slow.wait(None).unwrap().unwrap_err().kind();
                let _ = tell.send((refused, done.wait(None).unwrap().is_ok()));
            })
            .unwrap();
        assert_eq!(told.recv().unwrap(), (ErrorKind::Deadlock, true));
    }

    #[test]
    fn progress_events_are_merged_and_the_last_event_is_the_end() {
        let queue = Queue::new();
        let (go, gone) = tokio::sync::oneshot::channel::<()>();
        let operation: Operation<()> = Operation::start(move |reporter| async move {
            let _ = gone.await;
            for done in 0..1000 {
                reporter.progress(super::super::ProgressPhase::Uploading, done, 1000);
            }
            Ok(())
        })
        .unwrap();
        operation.attach(&queue, 1, 2).unwrap();
        assert_eq!(operation.attach(&queue, 1, 2).unwrap_err().kind(), ErrorKind::State);
        go.send(()).unwrap();
        let mut kinds = Vec::new();
        while kinds.last() != Some(&EventKind::Done) {
            let event = queue.next(Some(Duration::from_secs(10))).unwrap().unwrap();
            assert_eq!((event.key, event.tag), (1, 2));
            kinds.push(event.kind);
        }
        assert!(kinds.len() <= 3, "{kinds:?}");
        assert!(queue.next(Some(Duration::ZERO)).unwrap().is_none());
    }

    #[test]
    fn whoever_follows_late_is_told_how_far_it_is() {
        let phase = super::super::ProgressPhase::LoginRequired;
        let (began, begun) = std::sync::mpsc::channel();
        let operation: Operation<()> = Operation::start(move |reporter| async move {
            reporter.progress(phase, 0, 0);
            let _ = began.send(());
            std::future::pending().await
        })
        .unwrap();
        begun.recv().unwrap();
        let (tell, told) = std::sync::mpsc::channel();
        let tell = move |progress: super::super::Progress| tell.send(progress.phase).unwrap();
        operation.on_progress(tell).unwrap();
        assert_eq!(told.recv_timeout(Duration::from_secs(30)).unwrap(), phase);
        let queue = Queue::new();
        operation.attach(&queue, 1, 2).unwrap();
        let event = queue.next(Some(Duration::from_secs(30))).unwrap().unwrap();
        assert_eq!((event.kind, event.key, event.tag), (EventKind::Progress, 1, 2));
    }

    #[test]
    fn events_of_a_service_are_told_once_until_they_are_taken() {
        let queue = Queue::new();
        let (go, mut gone) = tokio::sync::mpsc::channel::<u32>(1);
        let operation: Operation<()> = Operation::start(move |reporter| async move {
            while let Some(count) = gone.recv().await {
                for number in 0..count {
                    let event = ServiceEvent::new(ServiceEventKind::ExportCompleted, "{}");
                    reporter.event(event.about(number.to_string()));
                }
            }
            Err(Error::new(ErrorKind::Auth, "no more"))
        })
        .unwrap();
        go.blocking_send(2).unwrap();
        let first = operation.next_event(Some(Duration::from_secs(10))).unwrap().unwrap();
        assert_eq!(first.recording_id, "0");
        // What waits already is told to a queue that comes late.
        operation.attach(&queue, 7, 0).unwrap();
        let next = || queue.next(Some(Duration::from_secs(10))).unwrap().unwrap().kind;
        assert_eq!(next(), EventKind::Service);
        assert_eq!(operation.take_event().unwrap().unwrap().recording_id, "1");
        assert!(operation.take_event().unwrap().is_none());
        assert!(operation.next_event(Some(Duration::ZERO)).unwrap().is_none());
        go.blocking_send(500).unwrap();
        drop(go);
        assert!(operation.wait(None).unwrap().is_err());
        assert_eq!((next(), next()), (EventKind::Service, EventKind::Done));
        assert!(queue.next(Some(Duration::ZERO)).unwrap().is_none());
        let left = std::iter::from_fn(|| operation.take_event().unwrap()).count();
        assert_eq!(left, 500);
        assert_eq!(operation.next_event(None).unwrap_err().kind(), ErrorKind::Auth);
    }

    #[test]
    fn a_dropped_operation_is_cancelled_and_a_detached_one_is_not() {
        for (detach, length, expected) in [(false, 600_000, 0), (true, 30, 1)] {
            let (tell, told) = std::sync::mpsc::channel();
            let operation: Operation<()> = Operation::start(move |_| async move {
                tokio::time::sleep(Duration::from_millis(length)).await;
                let _ = tell.send(());
                Ok(())
            })
            .unwrap();
            if detach {
                operation.detach();
            } else {
                drop(operation);
            }
            assert_eq!(told.iter().count(), expected);
        }
    }
}

#[cfg(shuttle)]
mod schedules {
    use super::super::operation::Task;
    use super::*;
    use crate::error::Error;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// However completion, cancel, waits, callbacks and queues meet: one outcome, told to each of them once.
    #[test]
    fn one_outcome_whoever_comes_first() {
        shuttle::check_random(
            || {
                let task = Task::new();
                let (cancels, dones) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
                let (of_cancel, of_task) = (cancels.clone(), task.clone());
                task.set_cancel(move || {
                    of_cancel.fetch_add(1, Ordering::SeqCst);
                    of_task.complete(Err(Error::cancelled()));
                });
                let queue = Queue::new();
                let operation = Arc::new(Operation::<Output>::of_task(task.clone()));
                let spawn = |work: Box<dyn FnOnce() + Send>| shuttle::thread::spawn(work);
                let (completer, canceller, waiter, caller, attacher) = (
                    task.clone(),
                    operation.clone(),
                    operation.clone(),
                    operation.clone(),
                    operation.clone(),
                );
                let (called, events) = (dones.clone(), queue.clone());
                let threads = [
                    spawn(Box::new(move || completer.complete(Ok(Output::Nothing)))),
                    spawn(Box::new(move || canceller.cancel())),
                    spawn(Box::new(move || drop(waiter.wait(None).unwrap()))),
                    spawn(Box::new(move || {
                        let count = move |_| {
                            called.fetch_add(1, Ordering::SeqCst);
                        };
                        caller.on_done(count).unwrap();
                    })),
                    spawn(Box::new(move || attacher.attach(&events, 7, 0).unwrap())),
                ];
                let event = queue.next(None).unwrap().unwrap();
                threads.into_iter().for_each(|thread| thread.join().unwrap());
                assert_eq!((event.kind, event.key), (EventKind::Done, 7));
                assert!(
                    queue.next(Some(std::time::Duration::ZERO)).unwrap().is_none(),
                    "the end is told once"
                );
                assert_eq!(dones.load(Ordering::SeqCst), 1);
                assert!(cancels.load(Ordering::SeqCst) <= 1);
                let failure = operation.outcome().unwrap().err().map(|error| error.kind());
                assert_eq!(event.failure, failure, "every way tells the same outcome");
            },
            5000,
        );
    }

    /// Two that take, two that post, one that closes: each event is taken once at most, and nobody waits for ever.
    #[test]
    fn a_queue_gives_each_event_once() {
        shuttle::check_random(
            || {
                let queue = Queue::new();
                let tasks: Vec<_> = (0..3).map(|_| Task::new()).collect();
                for (key, task) in tasks.iter().enumerate() {
                    let operation = Operation::<Output>::of_task(task.clone());
                    operation.attach(&queue, key as u64, 0).unwrap();
                    operation.detach();
                }
                let taken = Arc::new(AtomicUsize::new(0));
                let takers: Vec<_> = (0..2)
                    .map(|_| {
                        let (queue, taken) = (queue.clone(), taken.clone());
                        shuttle::thread::spawn(move || {
                            while let Some(event) = queue.next(None).unwrap() {
                                let bit = 1 << event.key;
                                assert_eq!(taken.fetch_or(bit, Ordering::SeqCst) & bit, 0, "taken twice");
                            }
                        })
                    })
                    .collect();
                let posters: Vec<_> = tasks
                    .into_iter()
                    .map(|task| shuttle::thread::spawn(move || task.complete(Ok(Output::Nothing))))
                    .collect();
                posters.into_iter().for_each(|poster| poster.join().unwrap());
                queue.close();
                takers.into_iter().for_each(|taker| taker.join().unwrap());
            },
            5000,
        );
    }
}
