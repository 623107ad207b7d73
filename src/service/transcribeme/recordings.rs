//! Recordings: the status of one (spec: E28), the list (E29, which only the vendor's own client is known to ask for), and
//! how both are asked for the one watcher of the account.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::platform::Platform;
use super::reading::{Members, list, not_understood, utf8};
use super::status::{raw_status, status_of};
use super::{TranscribeMe, reading};
use crate::error::{Error, ErrorKind, Result};
use crate::following::Listing;
use crate::http::{Repeat, Request};
use crate::options::Options;
use crate::recording::{Recording, RecordingDetails, RecordingPage, RecordingStatus};
use crate::runtime::ProgressPhase;
use crate::runtime::sync::Mutex;
use crate::service::{Call, PageRequest, ServiceFuture};

/// How many pages of the list are looked through for one recording.
const MOST_PAGES: u64 = 200;
const PAGE: u64 = 100;

/// What the account sees of the service.
pub(super) struct View {
    pub(super) platform: Arc<Platform>,
    pub(super) waiting: WaitingFor,
    /// Whether the service was found to have no list.
    without_list: AtomicBool,
}

/// A recording of the list, with what the list says of its order.
pub(super) struct Listed {
    pub(super) recording: Recording,
    pub(super) order: InOrder,
}

/// What a list says of the order of a recording.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum InOrder {
    Is(String),
    IsNot,
    NotSaid,
}

/// Whom a recording that is uploaded and not begun waits for: the wire has one status for both (spec: U31).
#[derive(Default)]
pub(super) struct WaitingFor {
    known: Mutex<HashMap<String, Who>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// Whoever is to order it.
    Somebody,
    Service,
}

impl WaitingFor {
    pub(super) fn set(&self, id: &str, who: Who) {
        self.known.lock().insert(id.to_owned(), who);
    }

    fn of(&self, id: &str) -> Option<Who> {
        self.known.lock().get(id).copied()
    }

    /// Nothing has to be known of what is at its end.
    fn forget(&self, id: &str) {
        self.known.lock().remove(id);
    }
}

impl View {
    pub(super) fn new(platform: Arc<Platform>) -> Self {
        Self { platform, waiting: WaitingFor::default(), without_list: AtomicBool::new(false) }
    }

    /// The vendor's own status of a recording.
    pub(super) async fn raw_status(&self, call: &Options, id: &str, repeat: Repeat) -> Result<String> {
        self.answered_status(call, id, repeat).await.map(|(raw, _)| raw)
    }

    async fn answered_status(&self, call: &Options, id: &str, repeat: Repeat) -> Result<(String, String)> {
        let url = self.platform.url("transcribeme.path.recording_status", &[("recordingId", id)])?;
        let request = || Ok(Request::get(url.clone()).repeat(repeat));
        let asked = async {
            let body = self.platform.ask(call, "recording_status", request).await?;
            let body = utf8(&body, "the status")?;
            Ok((raw_status(body)?, body.to_owned()))
        };
        asked.await.map_err(|error: Error| error.with_recording_id(id))
    }

    pub(super) async fn get(&self, call: &Options, id: &str, repeat: Repeat) -> Result<Recording> {
        let (raw_status, raw) = self.answered_status(call, id, repeat).await?;
        let mut details = RecordingDetails { id: id.to_owned(), raw, ..RecordingDetails::default() };
        self.judge(&mut details, raw_status, &InOrder::NotSaid);
        Ok(Recording::new(details))
    }

    /// Sets the status, and what there is to say of it.
    fn judge(&self, details: &mut RecordingDetails, raw: String, order: &InOrder) {
        let id = &details.id;
        details.status = match status_of(&raw) {
            RecordingStatus::NeedsAction => match (self.waiting.of(id), order) {
                (Some(Who::Service), _) => RecordingStatus::Queued,
                (Some(Who::Somebody), _) | (None, InOrder::IsNot) => RecordingStatus::NeedsAction,
                // Of another process, perhaps placed: waiting longer costs nothing, a second order would.
                (None, InOrder::Is(_) | InOrder::NotSaid) => RecordingStatus::Queued,
            },
            status => status,
        };
        details.failure = match details.status {
            RecordingStatus::NeedsAction => "it is uploaded, and has to be ordered".to_owned(),
            RecordingStatus::Failed => "TranscribeMe says no more than that it failed".to_owned(),
            _ => String::new(),
        };
        if matches!(details.status, RecordingStatus::Ready | RecordingStatus::Failed) {
            self.waiting.forget(id);
        }
        details.raw_status = raw;
    }

    pub(super) async fn list(
        &self,
        call: &Options,
        page: PageRequest,
        repeat: Repeat,
    ) -> Result<RecordingPage> {
        let (listed, total) = self.listed(call, page, repeat).await?;
        let recordings: Vec<_> = listed.into_iter().map(|listed| listed.recording).collect();
        Ok(RecordingPage { recordings: recordings.into(), total })
    }

    async fn listed(
        &self,
        call: &Options,
        page: PageRequest,
        repeat: Repeat,
    ) -> Result<(Vec<Listed>, Option<u64>)> {
        let end = page.offset.saturating_add(page.limit).to_string();
        let query = [("From", page.offset.to_string()), ("To", end)];
        let query = query.each_ref().map(|(name, value)| (*name, value.as_str()));
        let url = self.platform.url_with("transcribeme.path.recordings", &query)?;
        let request = || Ok(Request::get(url.clone()).repeat(repeat));
        let body = match self.platform.ask(call, "recordings", request).await {
            Err(error) if matches!(error.http_status(), Some(404 | 405 | 501)) => {
                self.without_list.store(true, Ordering::Relaxed);
                return Err(
                    error.with_hint("the list is not documented; a recording can be asked for by its id")
                );
            }
            body => body?,
        };
        let (items, total) = list(utf8(&body, "the list of recordings")?)
            .ok_or_else(|| not_understood("the list of recordings is no list"))?;
        let listed: Vec<Listed> = items.iter().filter_map(|item| self.item(item)).collect();
        if listed.is_empty() && !items.is_empty() {
            return Err(not_understood("no recording of the list has an id"));
        }
        Ok((within(listed, page), total))
    }

    fn item(&self, json: &str) -> Option<Listed> {
        let members = Members::of(json)?;
        let order = match (members.told("order"), members.text("order")) {
            (None, _) => InOrder::NotSaid,
            (_, Some(id)) => InOrder::Is(id),
            (Some("null" | "\"\""), None) => InOrder::IsNot,
            (Some(order), None) => {
                reading::id_in(order, &["id", "orderId"]).map_or(InOrder::NotSaid, InOrder::Is)
            }
        };
        let mut details = RecordingDetails {
            id: members.first(&["id", "recordingId"])?,
            name: members.text("name").unwrap_or_default(),
            created_at_ms: members.instant_ms("created").unwrap_or_default(),
            duration_ms: members.number("duration").map(|seconds| (seconds * 1000.0).round() as i64),
            raw: json.to_owned(),
            ..RecordingDetails::default()
        };
        let raw = members.get("status").and_then(|status| raw_status(status).ok()).unwrap_or_default();
        self.judge(&mut details, raw, &order);
        Some(Listed { recording: Recording::new(details), order })
    }

    /// A recording as the list has it; `None`: the service has no list, or it is not in there.
    pub(super) async fn find(&self, call: &Options, id: &str) -> Result<Option<Listed>> {
        if self.without_list.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let mut offset = 0;
        for _ in 0..MOST_PAGES {
            let page = PageRequest { offset, limit: PAGE };
            let (mut listed, total) = match self.listed(call, page, Repeat::Safe).await {
                Err(_) if self.without_list.load(Ordering::Relaxed) => return Ok(None),
                answer => answer?,
            };
            if let Some(place) = listed.iter().position(|listed| listed.recording.id == id) {
                return Ok(Some(listed.swap_remove(place)));
            }
            offset += listed.len() as u64;
            if listed.is_empty() || total.is_some_and(|total| offset >= total) {
                break;
            }
        }
        Ok(None)
    }

    /// Finds out whom a recording waits for, where only the list can tell.
    async fn learn(&self, call: &Options, id: &str) {
        if self.waiting.of(id).is_some() {
            return;
        }
        match self.find(call, id).await {
            Ok(Some(Listed { order: InOrder::IsNot, .. })) => self.waiting.set(id, Who::Somebody),
            Ok(Some(Listed { order: InOrder::Is(_), .. })) => self.waiting.set(id, Who::Service),
            Ok(_) => {}
            Err(error) => {
                crate::log::warn!("transcribeme", "whether the recording is ordered is not known: {error}");
            }
        }
    }
}

/// What of a list belongs to a page: a service that does not know `From` and `To` gives more (spec: U42).
fn within(mut listed: Vec<Listed>, page: PageRequest) -> Vec<Listed> {
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    if listed.len() > limit {
        let offset = usize::try_from(page.offset).unwrap_or(usize::MAX).min(listed.len());
        listed.drain(..offset);
        listed.truncate(limit);
    }
    listed
}

/// The watcher repeats by itself, within its budget: so nothing is repeated here.
impl Listing for View {
    fn page(&self, page: PageRequest) -> ServiceFuture<'_, RecordingPage> {
        Box::pin(async move {
            if self.without_list.load(Ordering::Relaxed) {
                return Err(Error::new(
                    ErrorKind::Unsupported,
                    "TranscribeMe has no list of recordings here",
                ));
            }
            self.list(&self.platform.options, page, Repeat::Never).await
        })
    }

    fn one<'a>(&'a self, id: &'a str) -> ServiceFuture<'a, Recording> {
        Box::pin(self.get(&self.platform.options, id, Repeat::Never))
    }
}

impl TranscribeMe {
    /// A recording as it is now.
    pub(super) async fn look_at(&self, call: &Call, id: &str) -> Result<Recording> {
        let recording = self.view.get(&call.options, id, Repeat::Safe).await?;
        if status_of(&recording.raw_status) != RecordingStatus::NeedsAction {
            return Ok(recording);
        }
        self.view.learn(&call.options, id).await;
        let mut details = (*recording).clone();
        let raw = std::mem::take(&mut details.raw_status);
        self.view.judge(&mut details, raw, &InOrder::NotSaid);
        Ok(Recording::new(details))
    }

    pub(super) async fn watch(&self, call: &Call, id: &str) -> Result<Recording> {
        // Asked once and not on the way: the watcher has its own budget.
        let first = self.look_at(call, id).await;
        match first {
            Ok(recording) if recording.status.is_final() => return Ok(recording),
            Err(error) if !error.is_retriable() && error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let following = self.watcher.follow(id, None);
        let tell = |recording: &Recording| {
            if recording.status == RecordingStatus::Processing {
                call.reporter.progress(ProgressPhase::Processing, 0, 0);
            }
        };
        following.end(tell).await
    }
}

/// The id of a recording in the answer to an upload.
pub(super) fn recording_id_in(body: &[u8]) -> Result<String> {
    let text = utf8(body, "the answer to the upload")?;
    reading::id_in(text, &["recordingId", "id"]).ok_or_else(|| {
        not_understood("the answer to the upload holds no id of a recording").with_hint(
            "the recording was taken in: look for it in the service's pages before uploading it again",
        )
    })
}
