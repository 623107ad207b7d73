//! A service that fails: for a while, in part, for one identity.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_failing_service_is_asked_less_and_ends_nobody_s_wait() {
    let service = Service::of(1);
    service.fail(&[ErrorKind::Service; 8]);
    let watcher = watcher(&service, None);
    let waiting = tokio::spawn(watcher.follow("r0", None).end(|_| {}));
    service.set("r0", Failed);
    assert_eq!(waiting.await.unwrap().unwrap().status, Failed);
    assert_eq!(service.questions().len(), 9);
}

#[tokio::test(start_paused = true)]
async fn an_identity_that_may_not_ask_ends_its_waits() {
    for kind in [ErrorKind::Auth, ErrorKind::LoginRequired, ErrorKind::Forbidden] {
        let service = Service::of(2);
        let watcher = watcher(&service, None);
        let mut events = watcher.subscribe(Interest::Everything);
        let waiting = tokio::spawn(watcher.follow("r0", None).end(|_| {}));
        seconds(1).await;
        service.fail(&[kind]);
        assert_eq!(waiting.await.unwrap().unwrap_err().kind(), kind);
        while events.next().await.is_ok() {}
        // The next one tries anew.
        service.set("r1", Ready);
        watcher.follow("r1", None).end(|_| {}).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_list_recordings_are_asked_for_singly() {
    let service = Service::of(2);
    service.state.lock().page_failure = Some(ErrorKind::NotFound);
    let watcher = watcher(&service, None);
    service.set("r0", Ready);
    watcher.follow("r0", None).end(|_| {}).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_list_that_always_fails_keeps_nobody_from_being_asked_for_singly() {
    let service = Service::of(30);
    service.state.lock().page_failure = Some(ErrorKind::Service);
    let watcher = watcher(&service, None);
    let _events = watcher.subscribe(Interest::Everything);
    let waits: Vec<_> =
        (0..30).map(|id| tokio::spawn(watcher.follow(&format!("r{id}"), None).end(|_| {}))).collect();
    (0..30).for_each(|id| service.set(&format!("r{id}"), Ready));
    for wait in waits {
        assert_eq!(wait.await.unwrap().unwrap().status, Ready);
    }
    assert!(service.least_gap() >= Duration::from_secs(1));
    let first = service.questions().iter().position(|question| matches!(question, Question::One(_)));
    assert_eq!(first, Some(3), "a page that fails now and then is asked for again");
    // It is looked at again, and serves once it can be had.
    service.state.lock().page_failure = None;
    service.set("r0", Processing);
    let waiting = tokio::spawn(watcher.follow("r0", None).end(|_| {}));
    seconds(120).await;
    let before = service.questions().len();
    service.set("r0", Ready);
    waiting.await.unwrap().unwrap();
    let later = service.questions().split_off(before);
    assert!(later.iter().all(|question| matches!(question, Question::Page { .. })), "{later:?}");
}

#[tokio::test(start_paused = true)]
async fn a_pause_of_days_is_not_granted() {
    let days = Duration::from_secs(3 * 24 * 60 * 60);
    let service = Service::of(1);
    let busy = Error::new(ErrorKind::RateLimited, "not now").with_retry_after(days);
    service.state.lock().failures = vec![busy];
    let watcher = watcher(&service, None);
    service.set("r0", Ready);
    let began = Instant::now();
    watcher.follow("r0", None).end(|_| {}).await.unwrap();
    let paused = began.elapsed();
    assert!((Duration::from_secs(300)..Duration::from_secs(310)).contains(&paused), "{paused:?}");
}

#[tokio::test(start_paused = true)]
async fn a_new_connection_ends_a_pause() {
    let service = Service::of(1);
    let busy = Error::new(ErrorKind::RateLimited, "not now").with_retry_after(Duration::from_secs(200));
    service.state.lock().failures = vec![busy];
    let (push, source) = told();
    let watcher = watcher(&service, Some(source));
    let waiting = tokio::spawn(watcher.follow("r0", None).end(|_| {}));
    seconds(5).await;
    assert_eq!(service.questions().len(), 1);
    service.set("r0", Ready);
    push.send(News::Connected).await.unwrap();
    let began = Instant::now();
    waiting.await.unwrap().unwrap();
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

/// On a runtime that has ended a task is dropped where it is started.
#[test]
fn whoever_comes_while_the_library_ends_is_told_so() {
    use futures_util::FutureExt;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let handle = runtime.handle().clone();
    runtime.shutdown_timeout(Duration::from_secs(10));
    let _inside = handle.enter();
    let watcher = watcher(&Service::of(1), None);
    for _ in 0..2 {
        let error = watcher.follow("r0", None).next().now_or_never().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled);
    }
}
