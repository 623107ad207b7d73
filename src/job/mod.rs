//! The whole job, from a source to its transcript. What a single step does is the service's business.

use std::sync::Arc;

use crate::client::CallContext;
use crate::error::{Error, ErrorKind, Result};
use crate::recording::{Recording, RecordingStatus};
use crate::service::Service;
use crate::source::Claim;
use crate::transcript::Transcript;

/// Uploads, waits, fetches. Dropped on the way, it tells the service that nobody waits any more.
pub(crate) async fn transcribe(context: CallContext, source: Claim) -> Result<Transcript> {
    let recording = context.upload(source).await?;
    let mut abandon = AbandonOnDrop { service: context.service.clone(), id: Some(recording.id.clone()) };
    let outcome = async {
        context.wait(&recording.id).await?;
        context.transcript(&recording.id).await
    };
    let outcome = outcome.await.map_err(|error| match error.recording_id() {
        "" => error.with_recording_id(&recording.id),
        _ => error,
    });
    // A wait that timed out may be taken up again: the service goes on.
    abandon.id = None;
    outcome
}

struct AbandonOnDrop {
    service: Arc<dyn Service>,
    id: Option<String>,
}

impl Drop for AbandonOnDrop {
    fn drop(&mut self) {
        if let Some(id) = &self.id {
            self.service.abandon(id);
        }
    }
}

/// A recording whose status is final, as a result: ready, or the error that it stands for.
pub(crate) fn ready(recording: Recording) -> Result<Recording> {
    let because = if recording.failure.is_empty() { &recording.raw_status } else { &recording.failure };
    let error = |kind, what: &str| {
        Err(Error::new(kind, format!("recording {} {what}: {because}", recording.id))
            .with_recording_id(&recording.id)
            .with_service_code(&recording.raw_status))
    };
    match recording.status {
        RecordingStatus::Ready => Ok(recording),
        RecordingStatus::NeedsAction => error(ErrorKind::NeedsAction, "waits for somebody to act"),
        _ => error(ErrorKind::Failed, "could not be transcribed"),
    }
}
