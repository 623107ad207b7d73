//! Transcripts (spec: E30). What the service answers before there is one is not documented: whether it is too early, the
//! recording's status says (U33).

use super::TranscribeMe;
use super::platform::refused;
use super::reading::utf8;
use super::status::status_of;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Repeat, Request, Response};
use crate::recording::RecordingStatus;
use crate::runtime::blocking;
use crate::service::Call;
use crate::transcript::Transcript;

/// The largest transcript that is read: some hundred hours.
const LARGEST_TRANSCRIPT: usize = 512 << 20;

impl TranscribeMe {
    pub(super) async fn fetch_transcript(&self, call: &Call, id: &str) -> Result<Transcript> {
        let url = self.platform.url("transcribeme.path.transcript", &[("recordingId", id)])?;
        let response = self.platform.send(&call.options, || Ok(Request::get(url.clone()))).await?;
        let response = self.there(call, "transcript", id, response).await?;
        let body = response.bytes(LARGEST_TRANSCRIPT).await?;
        if body.iter().all(u8::is_ascii_whitespace) {
            return Err(self.why_empty(call, "transcript", id).await);
        }
        let read = move || Transcript::from_transcribeme(utf8(&body, "the transcript")?);
        let transcript = blocking(read).await?.map_err(|error| error.with_recording_id(id))?;
        Ok(transcript.of_recording(id))
    }

    /// An answer that has what was asked for; else why it has not.
    pub(super) async fn there(
        &self,
        call: &Call,
        operation: &str,
        id: &str,
        response: Response,
    ) -> Result<Response> {
        let head = response.head();
        let error = match response.status() {
            204 => self.why_empty(call, operation, id).await,
            200..300 => return Ok(response),
            status => {
                let error = refused(operation, response).await.with_recording_id(id);
                match status {
                    400 | 404 | 409 => self.unless_too_early(call, id, error).await,
                    _ => error,
                }
            }
        };
        Err(head.complete(error))
    }

    async fn why_empty(&self, call: &Call, operation: &str, id: &str) -> Error {
        let what = format!("TranscribeMe answered {operation} with nothing");
        let error = Error::new(ErrorKind::Protocol, what).with_retriable(false).with_recording_id(id);
        self.unless_too_early(call, id, error).await
    }

    /// The error, or that it is too early, if the recording is not done yet.
    async fn unless_too_early(&self, call: &Call, id: &str, error: Error) -> Error {
        let raw = match self.view.raw_status(&call.options, id, Repeat::Safe).await {
            Ok(raw) => raw,
            Err(_) => return error,
        };
        let kind = match status_of(&raw) {
            RecordingStatus::Ready => return error,
            RecordingStatus::Failed => ErrorKind::Failed,
            _ => ErrorKind::NotReady,
        };
        let what = format!("recording {id} has no transcript: its status is {raw}");
        let early = Error::new(kind, what).with_recording_id(id).with_service_code(error.service_code());
        match error.http_status() {
            Some(status) => early.with_http_status(status),
            None => early,
        }
    }
}
