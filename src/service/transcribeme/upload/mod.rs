//! Uploads (spec: 4.1): in parts, which can be taken up again; in one request; or by a URL that the service fetches from.
//! What is bought of a recording afterwards is no business of these.

mod buffers;
mod checkpoint;
mod parts;
mod remote;
mod send;
mod simple;
mod target;
#[cfg(test)]
mod tests;

use secrecy::SecretString;

use super::TranscribeMe;
use super::recordings::Who;
use crate::error::Result;
use crate::http::Repeat;
use crate::recording::{Recording, RecordingDetails, RecordingStatus};
use crate::service::{Call, ServiceFuture, UploadLog};
use crate::source::Claim;

/// What a file without a name is called: the service wants one.
const NAMELESS: &str = "recording";

/// Remembers nothing: for an upload that nobody takes up again.
pub(super) struct NoLog;

impl UploadLog for NoLog {
    fn kept(&self) -> Option<SecretString> {
        None
    }

    fn keep<'a>(&'a self, _recording_id: &'a str, _checkpoint: SecretString) -> ServiceFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}

/// A recording that the service has taken in.
struct TakenIn {
    id: String,
    name: String,
    size: u64,
}

impl TranscribeMe {
    pub(super) async fn take_in(&self, call: &Call, source: Claim, log: &dyn UploadLog) -> Result<Recording> {
        if let Some(url) = source.url().map(str::to_owned) {
            return self.fetch_remote(call, &url, source.name(), log).await;
        }
        let taken_in = match call.options.text("transcribeme.upload").as_str() {
            "simple" => self.send_simple(call, source).await?,
            "sync" => self.send_after_id(call, source, log).await?,
            _ => self.send_in_parts(call, source, log).await?,
        };
        self.view.waiting.set(&taken_in.id, Who::Somebody);
        Ok(self.described(call, taken_in).await)
    }

    /// The recording as the service has it now. That it cannot be asked for at this moment takes nothing back.
    async fn described(&self, call: &Call, taken_in: TakenIn) -> Recording {
        let TakenIn { id, name, size } = taken_in;
        let asked = self.view.get(&call.options, &id, Repeat::Never).await;
        let details = match asked {
            Ok(recording) => (*recording).clone(),
            Err(_) => RecordingDetails { id, status: RecordingStatus::Uploading, ..Default::default() },
        };
        Recording::new(RecordingDetails { name, size, ..details })
    }
}

/// The name that the service is shown.
fn shown_name(source: &Claim) -> String {
    match source.name() {
        "" => NAMELESS.to_owned(),
        name => name.to_owned(),
    }
}
