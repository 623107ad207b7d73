//! What a service tells without being asked: that a recording has changed, that an export is complete. Here are the
//! events, the bounded box in which they wait until somebody takes them, and the stream of them that a program holds.
//! Where they come from is the services' business.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::Stream;

use crate::error::{Error, Result};
use crate::recording::Recording;
use crate::runtime::{Operation, Reporter};

/// Events that wait for a program that takes none, and the bytes of their details.
const MOST_WAITING: usize = 1024;
const MOST_BYTES: usize = 4 << 20;

/// Declares [`ServiceEventKind`] with the numbers of the C ABI and the words of every other face.
macro_rules! kind_table {
    ($($kind:ident = $number:literal, $name:literal, $doc:literal;)+) => {
        /// What a [`ServiceEvent`] tells.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ServiceEventKind { $(#[doc = $doc] $kind = $number,)+ }

        impl ServiceEventKind {
            /// Every kind, in the order of the numbers.
            pub const ALL: &[ServiceEventKind] = &[$(ServiceEventKind::$kind),+];

            /// The word for it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)+ }
            }

            /// What it means.
            pub fn doc(self) -> &'static str {
                match self { $(Self::$kind => $doc,)+ }
            }
        }
    };
}

kind_table! {
    RecordingChanged = 1, "recording_changed", "A recording is new, or something about it has changed.";
    ListChanged = 2, "list_changed", "Recordings were deleted or renamed, or events were lost: list them again.";
    UploadDenied = 3, "upload_denied", "The service does not take a recording that was being uploaded.";
    AccountDeleted = 4, "account_deleted", "The account is gone. No event follows.";
    ExportCompleted = 5, "export_completed", "A document that the service was asked for is complete.";
}

/// An event of a service. Cheap to clone but for its detail.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceEvent {
    /// What happened.
    pub kind: ServiceEventKind,
    /// The recording that it is about; `""`: none.
    pub recording_id: String,
    /// Of [`ServiceEventKind::RecordingChanged`]: what is known of the recording by now.
    pub recording: Option<Recording>,
    /// What the service sent, as JSON; `""` if the event was found by asking.
    pub detail: String,
}

impl ServiceEvent {
    /// An event that is about no recording.
    pub(crate) fn new(kind: ServiceEventKind, detail: impl Into<String>) -> Self {
        Self { kind, recording_id: String::new(), recording: None, detail: detail.into() }
    }

    pub(crate) fn about(mut self, recording_id: impl Into<String>) -> Self {
        self.recording_id = recording_id.into();
        self
    }

    pub(crate) fn changed(recording: Recording, detail: impl Into<String>) -> Self {
        Self {
            kind: ServiceEventKind::RecordingChanged,
            recording_id: recording.id.clone(),
            recording: Some(recording),
            detail: detail.into(),
        }
    }

    fn bytes(&self) -> usize {
        let raw = self.recording.as_ref().map_or(0, |recording| recording.raw.len());
        self.detail.len() + self.recording_id.len() + raw
    }
}

/// Events that nobody has taken yet: bounded, and of each recording the newest change only.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    events: VecDeque<ServiceEvent>,
    bytes: usize,
}

impl Inbox {
    pub(crate) fn put(&mut self, event: ServiceEvent) {
        self.drop_superseded(&event);
        if !self.is_full() {
            return self.append(event);
        }
        // Changes can be listed again; the other kinds are told once.
        if event.kind != ServiceEventKind::RecordingChanged {
            while self.is_full() && self.drop_oldest_change() {}
            if !self.is_full() || event.kind == ServiceEventKind::AccountDeleted {
                self.append(event);
            }
        }
        let told = self.events.iter().any(|waiting| waiting.kind == ServiceEventKind::ListChanged);
        if !told {
            self.append(ServiceEvent::new(ServiceEventKind::ListChanged, ""));
        }
    }

    pub(crate) fn take(&mut self) -> Option<ServiceEvent> {
        let event = self.events.pop_front()?;
        self.bytes -= event.bytes();
        Some(event)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    fn is_full(&self) -> bool {
        self.events.len() >= MOST_WAITING || self.bytes >= MOST_BYTES
    }

    fn append(&mut self, event: ServiceEvent) {
        self.bytes += event.bytes();
        self.events.push_back(event);
    }

    /// Of changes to one recording, of changes to the list and of the account's end, the last says all.
    fn drop_superseded(&mut self, event: &ServiceEvent) {
        use ServiceEventKind::{AccountDeleted, ListChanged, RecordingChanged};
        if matches!(event.kind, RecordingChanged | ListChanged | AccountDeleted) {
            self.remove_first(|waiting| {
                waiting.kind == event.kind && waiting.recording_id == event.recording_id
            });
        }
    }

    fn drop_oldest_change(&mut self) -> bool {
        self.remove_first(|waiting| waiting.kind == ServiceEventKind::RecordingChanged)
    }

    fn remove_first(&mut self, which: impl Fn(&ServiceEvent) -> bool) -> bool {
        let removed = self.events.iter().position(which).and_then(|index| self.events.remove(index));
        self.bytes -= removed.as_ref().map_or(0, ServiceEvent::bytes);
        removed.is_some()
    }
}

/// Where a service puts the events of one call of [`crate::Client::events`].
#[derive(Clone)]
pub(crate) struct EventFeed {
    reporter: Reporter,
}

impl EventFeed {
    pub(crate) fn new(reporter: Reporter) -> Self {
        Self { reporter }
    }

    pub(crate) fn tell(&self, event: ServiceEvent) {
        self.reporter.event(event);
    }
}

/// The events of a service, as they come. Dropping it ends them.
///
/// It is a [`Stream`] for every executor, and can be waited for by a thread ([`Events::next`]). Events wait for whoever
/// takes none: at most 1024, of each recording the newest change only; a [`ServiceEventKind::ListChanged`] stands for
/// those that found no room.
#[derive(Debug)]
pub struct Events {
    operation: Operation<()>,
    ended: bool,
}

impl Events {
    pub(crate) fn new(operation: Operation<()>) -> Self {
        Self { operation, ended: false }
    }

    /// Takes the oldest event, waiting for one at most for `timeout` (`None`: without limit; zero: looks and returns);
    /// `None` if there is none in time. Once no event can follow, what ended them is the error. Inside a callback of the
    /// library's a wait that would block is refused as [`crate::ErrorKind::Deadlock`].
    pub fn next(&self, timeout: Option<Duration>) -> Result<Option<ServiceEvent>> {
        self.operation.next_event(timeout)
    }

    /// The operation behind it: to be attached to a queue, watched and cancelled.
    pub fn operation(&self) -> &Operation<()> {
        &self.operation
    }

    /// As an operation, whose events [`Operation::take_event`] gives.
    pub fn into_operation(self) -> Operation<()> {
        self.operation
    }
}

impl Stream for Events {
    type Item = Result<ServiceEvent>;

    /// What ends the events comes as the last item.
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let polled = self.operation.poll_event(context);
        self.ended = matches!(polled, Poll::Ready(Err(_)));
        polled.map(Some)
    }
}

/// The error of a stream whose service has no more to tell.
pub(crate) fn no_more() -> Error {
    Error::new(crate::error::ErrorKind::Cancelled, "the events have ended")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::{RecordingDetails, RecordingStatus};

    fn change(id: usize, status: RecordingStatus) -> ServiceEvent {
        let details = RecordingDetails { id: format!("r{id}"), status, ..Default::default() };
        ServiceEvent::changed(Recording::new(details), "{}")
    }

    fn taken(inbox: &mut Inbox) -> Vec<ServiceEvent> {
        std::iter::from_fn(|| inbox.take()).collect()
    }

    #[test]
    fn of_each_recording_the_newest_change_is_kept() {
        let mut inbox = Inbox::default();
        for status in [RecordingStatus::Queued, RecordingStatus::Processing, RecordingStatus::Ready] {
            for id in 0..3 {
                inbox.put(change(id, status));
            }
        }
        inbox.put(ServiceEvent::new(ServiceEventKind::ExportCompleted, "{\"fileId\":\"1\"}").about("r1"));
        inbox.put(ServiceEvent::new(ServiceEventKind::ExportCompleted, "{\"fileId\":\"2\"}").about("r1"));
        let events = taken(&mut inbox);
        let kinds: Vec<_> = events.iter().map(|event| (event.kind, event.recording_id.as_str())).collect();
        use ServiceEventKind::{ExportCompleted, RecordingChanged};
        let expected = [
            (RecordingChanged, "r0"),
            (RecordingChanged, "r1"),
            (RecordingChanged, "r2"),
            (ExportCompleted, "r1"),
            (ExportCompleted, "r1"),
        ];
        assert_eq!(kinds, expected);
        let newest = |event: &ServiceEvent| event.recording.as_ref().unwrap().status;
        assert!(events[..3].iter().all(|event| newest(event) == RecordingStatus::Ready));
        assert_eq!(inbox.bytes, 0);
    }

    #[test]
    fn what_finds_no_room_is_one_change_of_the_list() {
        let mut inbox = Inbox::default();
        (0..5000).for_each(|id| inbox.put(change(id, RecordingStatus::Queued)));
        inbox.put(ServiceEvent::new(ServiceEventKind::UploadDenied, "{}").about("x"));
        inbox.put(ServiceEvent::new(ServiceEventKind::AccountDeleted, ""));
        let events = taken(&mut inbox);
        let count = |kind| events.iter().filter(|event| event.kind == kind).count();
        assert!(events.len() <= MOST_WAITING + 1, "{}", events.len());
        assert_eq!(count(ServiceEventKind::ListChanged), 1);
        assert_eq!(count(ServiceEventKind::UploadDenied), 1);
        assert_eq!(count(ServiceEventKind::AccountDeleted), 1);
    }

    #[test]
    fn hostile_sizes_and_kinds_are_bounded_too() {
        let mut inbox = Inbox::default();
        for id in 0..5000 {
            let event = ServiceEvent::new(ServiceEventKind::ExportCompleted, "x".repeat(100_000));
            inbox.put(event.about(format!("r{id}")));
        }
        assert!(inbox.bytes <= MOST_BYTES + 200_000);
        let events = taken(&mut inbox);
        assert_eq!(events.last().unwrap().kind, ServiceEventKind::ListChanged);
    }

    #[test]
    fn a_client_s_events_can_be_waited_for_and_are_a_stream() {
        use futures_util::StreamExt;
        let script = r#"{"statuses":[{"status":"processing"}]}"#;
        let options = crate::Options::new().with("service", "scripted").unwrap();
        let client = crate::Client::new(&options.with("script", script).unwrap()).unwrap();
        let mut events = client.events(None).unwrap();
        let source = crate::Source::from_bytes(std::sync::Arc::new(vec![0; 100]), "talk.wav");
        // What is there before it listens is not told.
        let event = loop {
            client.upload(&source, None).unwrap().wait(None).unwrap().unwrap();
            if let Some(event) = Events::next(&events, Some(Duration::from_millis(500))).unwrap() {
                break event;
            }
        };
        assert_eq!(event.kind, ServiceEventKind::RecordingChanged);
        assert_eq!(event.recording.unwrap().status, RecordingStatus::Processing);
        client.delete(&event.recording_id, None).unwrap().wait(None).unwrap().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut next = || runtime.block_on(StreamExt::next(&mut events));
        while next().unwrap().unwrap().kind != ServiceEventKind::ListChanged {}
        events.operation().cancel();
        let mut next = || runtime.block_on(StreamExt::next(&mut events));
        while let Some(item) = next() {
            assert!(item.map_or_else(|error| error.kind() == crate::ErrorKind::Cancelled, |_| true));
        }
    }
}
