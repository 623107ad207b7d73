//! Uploads (spec: 5.4): one streamed multipart request. It is never repeated once bytes were sent, since a second record
//! would be paid for; the one exception is an answer of 401, with which nothing was created.

use std::collections::BTreeMap;

use super::platform::Platform;
use super::{GoSpeech, problem, record};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Body, Method, Repeat, Request, Upload};
use crate::recording::{Recording, RecordingDetails, RecordingStatus};
use crate::service::Call;
use crate::service::answer::{LARGEST_JSON, success};
use crate::service::media_type::media_type_of;
use crate::service::whole_upload::failed_upload;
use crate::source::Claim;

impl GoSpeech {
    pub(super) async fn take_in(&self, call: &Call, source: Claim) -> Result<Recording> {
        self.send_whole(call, source).await.map_err(failed_upload)
    }

    async fn send_whole(&self, call: &Call, source: Claim) -> Result<Recording> {
        let fields = fields_of(&call.options.text("gospeech.upload_fields"))?;
        let method = upload_method(&self.platform)?;
        let url = self.platform.url("gospeech.path.upload", &[])?;
        let name = source.name().to_owned();
        let content_type = match call.options.text("gospeech.upload_content_type") {
            given if !given.is_empty() => given,
            _ => media_type_of(&name).to_owned(),
        };
        let upload = Upload::open(source, &name, &content_type).await?;
        let size = upload.size();
        let response = self
            .send(call, || {
                let body = Body::Multipart {
                    fields: fields.clone(),
                    part: self.platform.options.text("gospeech.upload_part"),
                    upload: upload.clone(),
                };
                let request = Request::new(method.clone(), url.clone()).body(body);
                Ok(request.repeat(Repeat::Unsent).reporter(call.reporter.clone()))
            })
            .await?;
        let location = response.header("location").map(str::to_owned);
        let body = success(response, LARGEST_JSON, refused).await?;
        let id = record::uploaded_id(&body, location.as_deref()).ok_or_else(|| {
            record::not_understood("the answer to the upload holds no id of a record")
                .with_hint("the recording was taken in: look for it in the list before uploading it again")
        })?;
        let details = match record::single(&body, &id) {
            Ok(recording) if !recording.raw_status.is_empty() => return Ok(recording),
            Ok(recording) => RecordingDetails { raw: recording.raw.clone(), ..Default::default() },
            Err(_) => RecordingDetails::default(),
        };
        Ok(Recording::new(RecordingDetails {
            id,
            name,
            status: RecordingStatus::Uploading,
            raw_status: "uploading".to_owned(),
            size: size.unwrap_or_default(),
            ..details
        }))
    }
}

/// The codes of a denial may come in the answer itself, as the event has them; else it is a problem like any other.
fn refused(status: u16, body: &[u8]) -> Error {
    let parsed: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let codes = parsed.as_ref().and_then(|value| value.get("deniedCodes")?.as_array());
    match codes {
        Some(codes) => {
            let codes: Vec<String> =
                codes.iter().filter_map(|code| Some(code.as_str()?.to_owned())).collect();
            let id = parsed.as_ref().and_then(|value| value.get("recordId")?.as_str()).unwrap_or_default();
            problem::upload_denied(id, &codes).with_http_status(status)
        }
        None => problem::error_of("upload", status, body),
    }
}

fn upload_method(platform: &Platform) -> Result<Method> {
    let method = platform.options.text("gospeech.upload_method");
    match method.to_ascii_uppercase().as_str() {
        "POST" => Ok(Method::POST),
        "PUT" => Ok(Method::PUT),
        _ => Err(Error::new(ErrorKind::Option, "gospeech.upload_method is POST or PUT")),
    }
}

fn fields_of(json: &str) -> Result<Vec<(String, String)>> {
    let fields: BTreeMap<String, String> = serde_json::from_str(json).map_err(|_| {
        Error::new(ErrorKind::Option, "gospeech.upload_fields is not a JSON object whose values are texts")
    })?;
    Ok(fields.into_iter().collect())
}
