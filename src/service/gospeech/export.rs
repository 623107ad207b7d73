//! Exports that the vendor writes (spec: 8): asked for, waited for, fetched. What it does not write, tiro does.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::service::not_ready;
use super::{GoSpeech, problem};
use crate::document::Document;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Body, Method, Request, Response};
use crate::service::answer::refusal;
use crate::service::download::save;
use crate::service::{Call, export_here};
use crate::transcript::ExportFormat;

/// What the vendor writes itself.
const FORMATS: &[&str] = &["txt", "docx", "pdf"];
/// No event tells that an export failed: after this long it is given up, unless `wait_timeout_ms` is less.
const LONGEST_WAIT: Duration = Duration::from_secs(600);
/// Without an event: how long until the first look, and at most between two.
const FIRST_LOOK: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

impl GoSpeech {
    pub(super) async fn fetch_export(
        &self,
        call: &Call,
        id: &str,
        format: &'static ExportFormat,
        to: Option<PathBuf>,
    ) -> Result<Document> {
        if !FORMATS.contains(&format.name) {
            return export_here(call, self.fetch_transcript(call, id).await?, format, to).await;
        }
        // Before the start: the event may come before its answer.
        let mut completed = self.exports(id, format.name)?;
        let started =
            self.start_export(call, id, format).await.map_err(|error| error.with_recording_id(id))?;
        let mut file_id = match started {
            Started::File(response) => return save(*response, to).await,
            Started::Job(file_id) => file_id,
        };
        let limit = u64::try_from(call.options.integer("wait_timeout_ms"))
            .map_or(LONGEST_WAIT, Duration::from_millis);
        let deadline = Instant::now() + limit.min(LONGEST_WAIT);
        let mut pause = FIRST_LOOK;
        loop {
            let look = (Instant::now() + pause).min(deadline);
            match tokio::time::timeout_at(look, completed.next(file_id.as_deref())).await {
                Ok(announced) => file_id = Some(announced),
                Err(_) => pause = (pause * 3 / 2).min(LONGEST_PAUSE),
            }
            if let Some(file_id) = &file_id {
                let _asking = self.platform.budget.turn().await.begin();
                if let Some(response) = self.download(call, id, file_id).await? {
                    return save(response, to).await;
                }
            }
            if Instant::now() >= deadline {
                let what = format!("GoSpeech did not complete the export {} in time", format.name);
                return Err(Error::new(ErrorKind::Timeout, what)
                    .with_recording_id(id)
                    .with_hint("it tells of no export that fails; export the transcript with tiro instead"));
            }
        }
    }

    async fn start_export(&self, call: &Call, id: &str, format: &ExportFormat) -> Result<Started> {
        let url = self.platform.url("gospeech.path.export_start", &[("recordId", id)])?;
        let body = self.platform.options.text("gospeech.export_body").replace("{format}", format.name);
        let request = || {
            let body = Body::Json(body.clone().into());
            Ok(Request::new(Method::POST, url.clone()).accept("*/*, application/problem+json").body(body))
        };
        let response = self.send(call, request).await?;
        if (200..300).contains(&response.status()) && is_file(&response) {
            return Ok(Started::File(Box::new(response)));
        }
        let body = self.platform.expect_success("export_start", response).await.map_err(not_ready)?;
        let answer: Option<Value> = serde_json::from_slice(&body).ok();
        let named = |answer: &Value| match answer {
            Value::String(id) => Some(id.clone()),
            answer => ["fileId", "id"].iter().find_map(|name| Some(answer.get(*name)?.as_str()?.to_owned())),
        };
        Ok(Started::Job(answer.as_ref().and_then(named)))
    }

    /// The file, or `None` while there is none.
    async fn download(&self, call: &Call, id: &str, file_id: &str) -> Result<Option<Response>> {
        let places = [("recordId", id), ("fileId", file_id)];
        let url = self.platform.url("gospeech.path.export_download", &places)?;
        let request = || Ok(Request::get(url.clone()).accept("*/*, application/problem+json"));
        let response = self.send(call, request).await?;
        match response.status() {
            200..300 => Ok(Some(response)),
            404 | 412 => Ok(None),
            _ => {
                let error_of = |status, body: &[u8]| problem::error_of("export_download", status, body);
                let error = not_ready(refusal(response, error_of).await).with_recording_id(id);
                if error.kind() == ErrorKind::NotReady { Ok(None) } else { Err(error) }
            }
        }
    }
}

enum Started {
    /// The answer is the file.
    File(Box<Response>),
    /// The file comes later, under this id if the answer told one.
    Job(Option<String>),
}

fn is_file(response: &Response) -> bool {
    let media_type = response.header("content-type").unwrap_or_default();
    response.status() == 200 && !media_type.is_empty() && !media_type.contains("json")
}
