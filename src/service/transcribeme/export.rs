//! Files that the vendor writes: by the word of their format (spec: E31), or by its download call (E32). What it does not
//! write, tiro does.

use std::path::PathBuf;

use serde_json::json;

use super::TranscribeMe;
use super::dictionaries::{Wanted, choose};
use crate::document::Document;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Body, Method, Repeat, Request, Response};
use crate::service::download::save;
use crate::service::{Call, export_here};
use crate::transcript::ExportFormat;

/// What the vendor writes itself, with the names that its list of outputs may have for it.
const FORMATS: &[(&str, &[&str])] =
    &[("txt", &["txt", "text", "plain text"]), ("docx", &["word", "docx", "ms word"]), ("pdf", &["pdf"])];

impl TranscribeMe {
    pub(super) async fn fetch_export(
        &self,
        call: &Call,
        id: &str,
        format: &'static ExportFormat,
        to: Option<PathBuf>,
    ) -> Result<Document> {
        let own = FORMATS.iter().find(|(name, _)| *name == format.name);
        let response = match (call.options.text("transcribeme.export").as_str(), own) {
            ("tiro", _) | (_, None) => {
                return export_here(call, self.fetch_transcript(call, id).await?, format, to).await;
            }
            ("download", Some((_, names))) => self.download(call, id, names).await?,
            (_, Some((name, _))) => self.file(call, id, name).await?,
        };
        let content_type = response.header("content-type").unwrap_or_default().to_ascii_lowercase();
        if content_type.starts_with("text/html") {
            // None of the formats is: something on the way answered.
            let what = format!("the answer is a page of HTML, not the file as {}", format.name);
            return Err(Error::new(ErrorKind::Protocol, what).with_retriable(false).with_recording_id(id));
        }
        let is_json = content_type.contains("json");
        if is_json && to.is_some() {
            // Perhaps a job or a link (spec: U34): no file to write under that name.
            let what = format!("TranscribeMe answered with JSON, not with the file as {}", format.name);
            return Err(Error::new(ErrorKind::Protocol, what)
                .with_retriable(false)
                .with_recording_id(id)
                .with_hint("export into memory to see it, or set transcribeme.export=tiro"));
        }
        save(response, to).await.map_err(|error| error.with_recording_id(id))
    }

    pub(super) async fn file(&self, call: &Call, id: &str, format: &str) -> Result<Response> {
        let places = [("recordingId", id), ("format", format)];
        let url = self.platform.url("transcribeme.path.transcript_file", &places)?;
        let make = || Ok(Request::get(url.clone()).accept("*/*"));
        let response = self.platform.send(&call.options, make).await?;
        let there = self.there(call, "transcript_file", id, response).await;
        there.map_err(|error| match error.kind() {
            ErrorKind::NotFound if error.hint().is_empty() => error
                .with_hint("the path is not documented; transcribeme.export=download is, tiro asks nobody"),
            _ => error,
        })
    }

    async fn download(&self, call: &Call, id: &str, names: &[&str]) -> Result<Response> {
        let outputs = self.look_up(call, "outputs", None).await?;
        let found = names.iter().find_map(|text| {
            choose(&outputs, &Wanted { option: "transcribeme.export", text, hours: false }).ok()
        });
        let output = found.and_then(|id| id.parse::<i64>().ok()).ok_or_else(|| {
            Error::new(ErrorKind::Unsupported, "the service's list of outputs does not have this format")
                .with_hint("set transcribeme.export=file or tiro")
        })?;
        let mut recording = json!({ "id": id });
        if let Some(owner) = self.platform.session.token(&call.options).await?.extra("userId") {
            recording["ownerId"] = owner.into();
        }
        let url = self.platform.url("transcribeme.path.download", &[])?;
        let body: bytes::Bytes = json!({
            "recordings": [recording], "output": output, "highlightedOnly": false, "removeStrikeout": false,
        })
        .to_string()
        .into();
        let make = || {
            let request = Request::new(Method::POST, url.clone()).accept("*/*").repeat(Repeat::Unsent);
            Ok(request.body(Body::Json(body.clone())))
        };
        let response = self.platform.send(&call.options, make).await?;
        self.there(call, "download", id, response).await
    }
}
