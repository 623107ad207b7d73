//! Watchers against a list that is told what to answer, on a clock that runs by itself.

mod failing;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use super::plan::Question;
use super::*;
use crate::error::{ErrorKind, Result};
use crate::events::ServiceEventKind;
use crate::recording::{Recording, RecordingDetails, RecordingPage, RecordingStatus};
use crate::runtime::sync::Mutex;
use RecordingStatus::{Failed, Processing, Queued, Ready};

/// A service with a list, newest first, that keeps a log of what it was asked.
#[derive(Default)]
struct Service {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    order: Vec<String>,
    recordings: BTreeMap<String, RecordingStatus>,
    unlisted: Vec<String>,
    failures: Vec<Error>,
    page_failure: Option<ErrorKind>,
    most_a_page: u64,
    asked: Vec<(Instant, Question)>,
}

fn recording(id: &str, status: RecordingStatus) -> Recording {
    Recording::new(RecordingDetails {
        id: id.to_owned(),
        name: format!("{id}.wav"),
        status,
        raw_status: status.name().to_owned(),
        ..Default::default()
    })
}

impl Service {
    fn of(count: usize) -> Arc<Self> {
        let service = Self::default();
        let mut state = service.state.lock();
        for number in 0..count {
            state.order.push(format!("r{number}"));
            state.recordings.insert(format!("r{number}"), Queued);
        }
        state.most_a_page = u64::MAX;
        drop(state);
        Arc::new(service)
    }

    fn set(&self, id: &str, status: RecordingStatus) {
        self.state.lock().recordings.insert(id.to_owned(), status);
    }

    fn delete(&self, id: &str) {
        let mut state = self.state.lock();
        state.order.retain(|listed| listed != id);
        state.recordings.remove(id);
    }

    fn fail(&self, kinds: &[ErrorKind]) {
        let failures = kinds.iter().map(|kind| Error::new(*kind, "as the test wants it"));
        self.state.lock().failures = failures.collect();
    }

    fn questions(&self) -> Vec<Question> {
        self.state.lock().asked.iter().map(|(_, question)| question.clone()).collect()
    }

    fn pages(&self) -> usize {
        self.questions().iter().filter(|question| matches!(question, Question::Page { .. })).count()
    }

    /// The least time between two requests.
    fn least_gap(&self) -> Duration {
        let state = self.state.lock();
        state.asked.windows(2).map(|pair| pair[1].0 - pair[0].0).min().unwrap_or(Duration::MAX)
    }

    async fn asked(&self, question: Question) -> Result<()> {
        let failure = {
            let mut state = self.state.lock();
            state.asked.push((Instant::now(), question));
            state.failures.pop()
        };
        sleep(Duration::from_millis(30)).await;
        failure.map_or(Ok(()), Err)
    }
}

impl Listing for Service {
    fn page(&self, page: PageRequest) -> ServiceFuture<'_, RecordingPage> {
        Box::pin(async move {
            self.asked(Question::Page { offset: page.offset }).await?;
            let state = self.state.lock();
            if let Some(kind) = state.page_failure {
                return Err(Error::new(kind, "no list here"));
            }
            let limit = page.limit.min(state.most_a_page) as usize;
            let listed = state.order.iter().filter(|id| !state.unlisted.contains(id));
            let ids = listed.skip(page.offset as usize).take(limit);
            let recordings = ids.map(|id| recording(id, state.recordings[id])).collect();
            let total = Some((state.order.len() - state.unlisted.len()) as u64);
            Ok(RecordingPage { recordings, total })
        })
    }

    fn one<'a>(&'a self, id: &'a str) -> ServiceFuture<'a, Recording> {
        Box::pin(async move {
            self.asked(Question::One(id.to_owned())).await?;
            let status = self.state.lock().recordings.get(id).copied();
            let status = status.ok_or_else(|| Error::new(ErrorKind::NotFound, "no such recording"))?;
            Ok(recording(id, status))
        })
    }
}

/// A push source that says what it is told to.
struct Told(tokio::sync::Mutex<mpsc::Receiver<News>>);

fn told() -> (mpsc::Sender<News>, Arc<dyn Push>) {
    let (sender, receiver) = mpsc::channel(1000);
    (sender, Arc::new(Told(tokio::sync::Mutex::new(receiver))))
}

impl Push for Told {
    fn run(&self, news: NewsSender) -> ServiceFuture<'_, ()> {
        Box::pin(async move {
            let mut told = self.0.lock().await;
            while let Some(next) = told.recv().await {
                let _ = news.send(next).await;
            }
            std::future::pending().await
        })
    }
}

fn watcher(service: &Arc<Service>, push: Option<Arc<dyn Push>>) -> Watcher {
    Watcher::new(service.clone(), push, Budget::default(), Pacing::default())
}

fn change(id: &str, status: RecordingStatus, at: i64) -> News {
    let change = Recording::new(RecordingDetails {
        id: id.to_owned(),
        status,
        raw_status: status.name().to_owned(),
        changed_at_ms: Some(at),
        ..Default::default()
    });
    News::Changed { change, detail: "{}".to_owned() }
}

async fn seconds(count: u64) {
    sleep(Duration::from_secs(count)).await;
}

#[tokio::test(start_paused = true)]
async fn a_hundred_are_followed_by_one_request_a_second_at_most() {
    let service = Service::of(100);
    service.state.lock().most_a_page = 20;
    let watcher = watcher(&service, None);
    let following: Vec<_> = (0..100).map(|id| watcher.follow(&format!("r{id}"), None)).collect();
    let waits: Vec<_> = following.into_iter().map(|following| tokio::spawn(following.end(|_| {}))).collect();
    for id in (0..100).rev() {
        service.set(&format!("r{id}"), Ready);
        seconds(1).await;
    }
    for wait in waits {
        assert_eq!(wait.await.unwrap().unwrap().status, Ready);
    }
    assert!(service.least_gap() >= Duration::from_secs(1), "{:?}", service.least_gap());
    assert!(service.questions().len() <= 150);
    assert_eq!(service.pages(), service.questions().len(), "all are in the list");
}

#[tokio::test(start_paused = true)]
async fn a_family_shares_its_budget() {
    let service = Service::of(10);
    let budget = Budget::default();
    let watchers: Vec<_> =
        (0..5).map(|_| Watcher::new(service.clone(), None, budget.clone(), Pacing::default())).collect();
    let _following: Vec<_> = watchers
        .iter()
        .flat_map(|watcher| (0..10).map(|id| watcher.follow(&format!("r{id}"), None)))
        .collect();
    seconds(60).await;
    assert!(service.least_gap() >= Duration::from_secs(1));
    assert!(service.questions().len() >= 20);
}

#[tokio::test(start_paused = true)]
async fn three_among_fifty_thousand_are_asked_for_singly() {
    let service = Service::of(50_000);
    let watcher = watcher(&service, None);
    let ids = ["r20000", "r30000", "r49999"];
    let waits: Vec<_> = ids.map(|id| tokio::spawn(watcher.follow(id, None).end(|_| {}))).into();
    seconds(20).await;
    ids.iter().for_each(|id| service.set(id, Ready));
    for wait in waits {
        assert_eq!(wait.await.unwrap().unwrap().status, Ready);
    }
    let far = |question: &Question| matches!(question, Question::Page { offset } if *offset > 0);
    assert!(!service.questions().iter().any(far));
    assert!(service.least_gap() >= Duration::from_secs(1));
    for id in ids {
        assert!(service.questions().contains(&Question::One(id.to_owned())));
    }
}

#[tokio::test(start_paused = true)]
async fn a_hundred_deep_in_the_list_all_have_their_turn() {
    let service = Service::of(50_000);
    let watcher = watcher(&service, None);
    let ids: Vec<_> = (0..100).map(|id| format!("r{}", 40_000 + id)).collect();
    let waits: Vec<_> = ids.iter().map(|id| tokio::spawn(watcher.follow(id, None).end(|_| {}))).collect();
    ids.iter().for_each(|id| service.set(id, Ready));
    let began = Instant::now();
    // One that is new in the list does not wait for all of them.
    seconds(20).await;
    service.set("r0", Ready);
    let new = Instant::now();
    watcher.follow("r0", None).end(|_| {}).await.unwrap();
    assert!(new.elapsed() < Duration::from_secs(15), "{:?}", new.elapsed());
    for wait in waits {
        wait.await.unwrap().unwrap();
    }
    assert!(began.elapsed() < Duration::from_secs(130), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn what_is_not_listed_yet_is_not_gone() {
    let service = Service::of(3);
    service.state.lock().unlisted.push("r1".into());
    service.set("r1", RecordingStatus::Uploading);
    let watcher = watcher(&service, None);
    let waiting = tokio::spawn(watcher.follow("r1", None).end(|_| {}));
    let late = tokio::spawn(watcher.follow("late", None).end(|_| {}));
    seconds(5).await;
    service.set("late", Ready);
    assert_eq!(late.await.unwrap().unwrap().status, Ready);
    seconds(30).await;
    assert!(!waiting.is_finished());
    service.set("r1", Ready);
    assert_eq!(waiting.await.unwrap().unwrap().status, Ready);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_after_a_while_and_what_is_there_no_more_are_not_found() {
    let service = Service::of(3);
    let watcher = watcher(&service, None);
    let began = Instant::now();
    let error = watcher.follow("never", None).end(|_| {}).await.unwrap_err();
    assert_eq!((error.kind(), error.recording_id()), (ErrorKind::NotFound, "never"));
    assert!(began.elapsed() >= Duration::from_secs(10));
    let deleted = tokio::spawn(watcher.follow("r1", None).end(|_| {}));
    seconds(3).await;
    service.delete("r1");
    let began = Instant::now();
    assert_eq!(deleted.await.unwrap().unwrap_err().kind(), ErrorKind::NotFound);
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[tokio::test(start_paused = true)]
async fn pushed_changes_need_no_request_but_one_look_after_each_connection() {
    let service = Service::of(100);
    let (push, source) = told();
    let watcher = watcher(&service, Some(source));
    let following: Vec<_> = (0..100).map(|id| watcher.follow(&format!("r{id}"), None)).collect();
    let waits: Vec<_> = following.into_iter().map(|following| tokio::spawn(following.end(|_| {}))).collect();
    push.send(News::Connected).await.unwrap();
    seconds(60).await;
    assert_eq!(service.questions(), [Question::Page { offset: 0 }]);
    for round in 0..3 {
        push.send(News::Disconnected).await.unwrap();
        push.send(News::Connected).await.unwrap();
        seconds(60).await;
        assert_eq!(service.questions().len(), 2 + round, "one for each connection");
    }
    let before = service.questions().len();
    for repeat in 0..50 {
        for id in 0..100 {
            push.send(change(&format!("r{id}"), Processing, 10 + repeat)).await.unwrap();
            push.send(change(&format!("r{id}"), Queued, 5)).await.unwrap();
        }
    }
    seconds(60).await;
    assert!(waits.iter().all(|wait| !wait.is_finished()));
    for id in 0..100 {
        push.send(change(&format!("r{id}"), Ready, 100)).await.unwrap();
    }
    for (id, wait) in waits.into_iter().enumerate() {
        let ready = wait.await.unwrap().unwrap();
        assert_eq!((ready.status, ready.name.clone()), (Ready, format!("r{id}.wav")));
    }
    assert_eq!(service.questions().len(), before, "none between events");
}

#[tokio::test(start_paused = true)]
async fn a_silent_push_source_is_not_trusted_for_ever() {
    let service = Service::of(1);
    let (push, source) = told();
    let watcher = watcher(&service, Some(source));
    push.send(News::Connected).await.unwrap();
    let waiting = tokio::spawn(watcher.follow("r0", None).end(|_| {}));
    seconds(10).await;
    service.set("r0", Ready);
    assert_eq!(waiting.await.unwrap().unwrap().status, Ready);
    assert_eq!(service.questions().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn while_nothing_is_pushed_it_asks() {
    let service = Service::of(1);
    let (push, source) = told();
    let watcher = watcher(&service, Some(source));
    let waiting = tokio::spawn(watcher.follow("r0", None).end(|_| {}));
    seconds(5).await;
    push.send(News::Connected).await.unwrap();
    seconds(5).await;
    let before = service.questions().len();
    assert!(before > 2);
    seconds(60).await;
    assert_eq!(service.questions().len(), before);
    push.send(News::Disconnected).await.unwrap();
    seconds(10).await;
    assert!(service.questions().len() > before);
    service.set("r0", Ready);
    waiting.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_denied_upload_and_a_deleted_account_end_waits() {
    let service = Service::of(3);
    let (push, source) = told();
    let watcher = watcher(&service, Some(source));
    let mut events = watcher.subscribe(Interest::Pushed);
    let waits: Vec<_> =
        ["r0", "r1", "r2"].map(|id| tokio::spawn(watcher.follow(id, None).end(|_| {}))).into();
    push.send(News::Connected).await.unwrap();
    let error = Error::new(ErrorKind::Quota, "no room").with_service_code("fileUploadLimitReached");
    let denied = News::UploadDenied { id: "r0".into(), error, detail: "{}".into() };
    push.send(denied).await.unwrap();
    let error = Error::new(ErrorKind::Auth, "the account is gone");
    push.send(News::AccountDeleted { error, detail: String::new() }).await.unwrap();
    let mut kinds = Vec::new();
    for wait in waits {
        kinds.push(wait.await.unwrap().unwrap_err().kind());
    }
    assert_eq!(kinds, [ErrorKind::Quota, ErrorKind::Auth, ErrorKind::Auth]);
    let told = [events.next().await.unwrap(), events.next().await.unwrap()];
    assert_eq!(
        told.map(|event| event.kind),
        [ServiceEventKind::UploadDenied, ServiceEventKind::AccountDeleted]
    );
    assert_eq!(events.next().await.unwrap_err().kind(), ErrorKind::Auth);
}

#[tokio::test(start_paused = true)]
async fn changes_that_asking_shows_are_events_too() {
    let service = Service::of(5);
    let watcher = watcher(&service, None);
    let mut events = watcher.subscribe(Interest::Everything);
    seconds(5).await;
    service.set("r3", Processing);
    let event = events.next().await.unwrap();
    assert_eq!((event.kind, event.recording_id.as_str()), (ServiceEventKind::RecordingChanged, "r3"));
    assert_eq!(event.recording.unwrap().status, Processing);
    service.set("new", Queued);
    service.state.lock().order.insert(0, "new".into());
    assert_eq!(events.next().await.unwrap().recording_id, "new");
    service.delete("r2");
    assert_eq!(events.next().await.unwrap().kind, ServiceEventKind::ListChanged);
    let quiet = tokio::time::timeout(Duration::from_secs(60), events.next()).await;
    assert!(quiet.is_err(), "{quiet:?}");
    assert!(service.least_gap() >= Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_the_same_event_is_one_event() {
    let service = Service::of(5);
    let (push, source) = told();
    let watcher = watcher(&service, Some(source));
    let mut events = watcher.subscribe(Interest::Everything);
    push.send(News::Connected).await.unwrap();
    seconds(5).await;
    for _ in 0..10_000 {
        push.send(change("r1", Processing, 7)).await.unwrap();
        push.send(change("unknown", Processing, 7)).await.unwrap();
    }
    seconds(5).await;
    assert_eq!(events.next().await.unwrap().recording_id, "r1");
    assert_eq!(events.next().await.unwrap().recording_id, "unknown");
    let quiet = tokio::time::timeout(Duration::from_secs(60), events.next()).await;
    assert!(quiet.is_err(), "{quiet:?}");
    assert_eq!(service.questions().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn it_disconnects_a_while_after_the_last_has_gone_and_connects_for_the_next() {
    let service = Service::of(2);
    let (push, source) = told();
    let watcher = watcher(&service, Some(source.clone()));
    push.send(News::Connected).await.unwrap();
    service.set("r0", Ready);
    watcher.follow("r0", None).end(|_| {}).await.unwrap();
    seconds(4).await;
    assert_eq!(Arc::strong_count(&source), 3, "the test's, the watcher's, that of the connection");
    seconds(2).await;
    assert_eq!(Arc::strong_count(&source), 2);
    service.set("r1", Ready);
    watcher.follow("r1", None).end(|_| {}).await.unwrap();
    drop(watcher);
    seconds(1).await;
    assert_eq!(Arc::strong_count(&source), 1);
}

#[tokio::test(start_paused = true)]
async fn a_change_that_ends_a_recording_nobody_has_seen_is_told_with_the_rest() {
    let service = Service::of(2);
    service.state.lock().unlisted.push("r1".into());
    let (push, source) = told();
    let watcher = watcher(&service, Some(source));
    push.send(News::Connected).await.unwrap();
    let waiting = tokio::spawn(watcher.follow("r1", None).end(|_| {}));
    service.set("r1", Ready);
    push.send(change("r1", Ready, 5)).await.unwrap();
    let ready = waiting.await.unwrap().unwrap();
    assert_eq!((ready.status, ready.name.as_str()), (Ready, "r1.wav"));
}
