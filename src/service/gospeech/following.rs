//! How GoSpeech is asked about many recordings, for the one watcher of an identity.

use std::sync::Arc;

use serde_json::Value;

use super::platform::Platform;
use super::{GoSpeech, record};
use crate::auth::Session;
use crate::error::Result;
use crate::events::ServiceEventKind;
use crate::following::{Interest, Listing, Subscription};
use crate::http::{Repeat, Request};
use crate::options::Options;
use crate::recording::{Recording, RecordingPage, RecordingStatus};
use crate::runtime::ProgressPhase;
use crate::service::{Call, PageRequest, ServiceFuture};

/// What an identity sees of the service.
pub(super) struct View {
    pub(super) platform: Arc<Platform>,
    pub(super) session: Arc<Session>,
}

impl View {
    /// Whose recordings they are, and where.
    pub(super) fn identity(&self) -> String {
        self.session.key().at(&self.platform.api)
    }

    pub(super) async fn list(
        &self,
        call: &Options,
        page: PageRequest,
        repeat: Repeat,
    ) -> Result<RecordingPage> {
        let url = self.platform.list_url(&format!("offset={}&limit={}", page.offset, page.limit))?;
        let request = || Ok(Request::get(url.clone()).repeat(repeat));
        let response = self.session.send(&self.platform.http, call, request).await?;
        record::page(&self.platform.expect_success("recordings", response).await?)
    }

    pub(super) async fn get(&self, call: &Options, id: &str, repeat: Repeat) -> Result<Recording> {
        let url = self.platform.url("gospeech.path.recording", &[("recordId", id)])?;
        let request = || Ok(Request::get(url.clone()).repeat(repeat));
        let response = self.session.send(&self.platform.http, call, request).await?;
        let body = self.platform.expect_success("recording", response).await;
        record::single(&body.map_err(|error| error.with_recording_id(id))?, id)
    }
}

/// The watcher repeats by itself, within its budget: so nothing is repeated here.
impl Listing for View {
    fn page(&self, page: PageRequest) -> ServiceFuture<'_, RecordingPage> {
        Box::pin(self.list(&self.platform.options, page, Repeat::Never))
    }

    fn one<'a>(&'a self, id: &'a str) -> ServiceFuture<'a, Recording> {
        Box::pin(self.get(&self.platform.options, id, Repeat::Never))
    }
}

impl GoSpeech {
    pub(super) async fn watch(&self, call: &Call, id: &str) -> Result<Recording> {
        let following = self.watcher()?.follow(id, None);
        let tell = |recording: &Recording| {
            if recording.status == RecordingStatus::Processing {
                call.reporter.progress(ProgressPhase::Processing, 0, 0);
            }
        };
        following.end(tell).await
    }

    /// The exports of a recording that are told to be complete, from now on.
    pub(super) fn exports(&self, id: &str, format: &str) -> Result<Exports> {
        let subscription = self.watcher()?.subscribe(Interest::Pushed);
        Ok(Exports { subscription, recording_id: id.to_owned(), format: format.to_owned() })
    }
}

/// Listens for the completion of exports of one recording in one format.
pub(super) struct Exports {
    subscription: Subscription,
    recording_id: String,
    format: String,
}

impl Exports {
    /// The id of the file of the next export that is complete: of `file_id`, or of any in this format where it is not
    /// known (spec: 8). Never comes back where nothing is pushed.
    pub(super) async fn next(&mut self, file_id: Option<&str>) -> String {
        loop {
            let Ok(event) = self.subscription.next().await else { return std::future::pending().await };
            if event.kind != ServiceEventKind::ExportCompleted || event.recording_id != self.recording_id {
                continue;
            }
            let detail: Value = serde_json::from_str(&event.detail).unwrap_or_default();
            let text = |name: &str| detail.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            let told = text("fileId");
            let is_ours = match file_id {
                Some(file_id) => told == file_id,
                None => text("fileFormat").eq_ignore_ascii_case(&self.format),
            };
            if is_ours && !told.is_empty() {
                return told;
            }
        }
    }
}
