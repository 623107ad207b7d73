//! A recording that the service fetches by itself from a public URL (spec: E12).

use std::time::Duration;

use super::super::TranscribeMe;
use super::super::recordings::{Who, recording_id_in};
use super::checkpoint::{Checkpoint, keep, kept};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Body, Method, Repeat, Request};
use crate::recording::{Recording, RecordingDetails, RecordingStatus};
use crate::service::{Call, UploadLog};

impl TranscribeMe {
    /// Has the service fetch it, and waits until it has: only then can it be ordered.
    pub(super) async fn fetch_remote(
        &self,
        call: &Call,
        url: &str,
        name: &str,
        log: &dyn UploadLog,
    ) -> Result<Recording> {
        let id = match kept(log)? {
            Some(Checkpoint::Remote { recording_id }) => recording_id,
            _ => {
                let id = self.ask_to_fetch(call, url).await?;
                keep(log, &Checkpoint::Remote { recording_id: id.clone() }).await?;
                id
            }
        };
        self.view.waiting.set(&id, Who::Somebody);
        let fetched = self.until_fetched(&id);
        let recording = match u64::try_from(call.options.integer("wait_timeout_ms")) {
            Err(_) => fetched.await?,
            Ok(limit) => {
                tokio::time::timeout(Duration::from_millis(limit), fetched).await.map_err(|_| {
                    let what = format!("TranscribeMe has not fetched recording {id} after {limit} ms");
                    Error::new(ErrorKind::Timeout, what).with_recording_id(&id).with_hint("it may go on")
                })??
            }
        };
        let details = RecordingDetails { name: name.to_owned(), ..(*recording).clone() };
        Ok(Recording::new(details))
    }

    /// The path was changed once and changed back, perhaps by accident; an answer that there is no such path made
    /// nothing (spec: U21, U53).
    async fn ask_to_fetch(&self, call: &Call, url: &str) -> Result<String> {
        let body: bytes::Bytes = serde_json::json!({ "url": url }).to_string().into();
        let ask = async |option: &str| {
            let place = self.platform.url(option, &[])?;
            let make = || {
                let request = Request::new(Method::POST, place.clone()).repeat(Repeat::Unsent);
                Ok(request.body(Body::Json(body.clone())))
            };
            self.platform.ask(&call.options, "upload_remote", make).await
        };
        let answer = match ask("transcribeme.path.upload_remote").await {
            Err(error) if matches!(error.http_status(), Some(404 | 405)) => {
                ask("transcribeme.path.upload_remote_second").await?
            }
            answer => answer?,
        };
        recording_id_in(&answer)
    }

    async fn until_fetched(&self, id: &str) -> Result<Recording> {
        let mut following = self.watcher.follow(id, None);
        loop {
            let recording = following.next().await?;
            if !matches!(recording.status, RecordingStatus::Uploading | RecordingStatus::Unknown) {
                return Ok(recording);
            }
        }
    }
}
