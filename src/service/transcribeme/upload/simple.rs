//! Uploads in one request (spec: E10, E11). Never repeated once bytes were sent: a second recording may come of it.

use super::super::TranscribeMe;
use super::super::platform::done;
use super::super::recordings::recording_id_in;
use super::super::status::status_of;
use super::checkpoint::{Checkpoint, keep, kept};
use super::{TakenIn, shown_name};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Body, Method, Repeat, Request, Upload, Url};
use crate::recording::RecordingStatus;
use crate::service::media_type::media_type_of;
use crate::service::whole_upload::failed_upload;
use crate::service::{Call, UploadLog};
use crate::source::Claim;

impl TranscribeMe {
    /// The request that the vendor calls deprecated: the answer tells the recording's id.
    pub(super) async fn send_simple(&self, call: &Call, source: Claim) -> Result<TakenIn> {
        let (name, upload) = open(source).await?;
        let url = self.platform.url("transcribeme.path.upload_simple", &[])?;
        let field = self.platform.options.text("transcribeme.simple_field");
        let body = self.send_whole(call, "upload_simple", &url, &field, &upload).await?;
        let size = upload.size().unwrap_or_default();
        Ok(TakenIn { id: recording_id_in(&body)?, name, size })
    }

    /// As the vendor's own client does: the id first, then the file.
    pub(super) async fn send_after_id(
        &self,
        call: &Call,
        source: Claim,
        log: &dyn UploadLog,
    ) -> Result<TakenIn> {
        let (name, upload) = open(source).await?;
        let size = upload.size().unwrap_or_default();
        if let Some(Checkpoint::Sync { recording_id: id }) = kept(log)?
            && self.has_arrived(call, &id).await?
        {
            return Ok(TakenIn { id, name, size });
        }
        let begun = self.platform.begin_upload(&call.options, &name, false).await?;
        let id = begun.recording_id;
        keep(log, &Checkpoint::Sync { recording_id: id.clone() }).await?;
        let url = self.platform.url_with("transcribeme.path.upload_sync", &[("recordingId", &id)])?;
        // The field has the file's name there.
        let sent = self.send_whole(call, "upload_sync", &url, &name, &upload).await;
        sent.map_err(|error| error.with_recording_id(&id))?;
        Ok(TakenIn { id, name, size })
    }

    async fn has_arrived(&self, call: &Call, id: &str) -> Result<bool> {
        let raw = self.view.raw_status(&call.options, id, Repeat::Safe).await?;
        Ok(!matches!(status_of(&raw), RecordingStatus::Uploading | RecordingStatus::Unknown))
    }

    async fn send_whole(
        &self,
        call: &Call,
        operation: &str,
        url: &Url,
        field: &str,
        upload: &Upload,
    ) -> Result<bytes::Bytes> {
        let make = || {
            let body = Body::Multipart { fields: Vec::new(), part: field.to_owned(), upload: upload.clone() };
            let request = Request::new(Method::POST, url.clone()).body(body).repeat(Repeat::Unsent);
            Ok(request.reporter(call.reporter.clone()))
        };
        let sent = async { done(operation, self.platform.send(&call.options, make).await?).await };
        sent.await.map_err(failed_upload)
    }
}

async fn open(source: Claim) -> Result<(String, Upload)> {
    let name = shown_name(&source);
    let upload = Upload::open(source, &name, media_type_of(&name)).await?;
    match upload.size() {
        Some(0) => Err(Error::new(ErrorKind::MediaEmpty, "the recording is empty: it has no byte")),
        _ => Ok((name, upload)),
    }
}
