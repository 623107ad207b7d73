//! The begin of an upload: the recording gets its id, and the client the URL for the parts.

use axum::Extension;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use super::check_name;
use crate::app::{App, SharedApp};
use crate::paths::{STORED_PART, TRANSCRIBEME_BASE, UPLOAD_PART};
use crate::request_log::Note;
use crate::secret;
use crate::settings::{TranscribeMeBehaviour, UploadIds, UploadOrigin, UploadUrl};
use crate::state::{Media, MediaUpload, NewMedia};
use crate::transcribeme::answer::{Refusal, Shown};
use crate::transcribeme::customer::Customer;
use crate::transcribeme::status;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::transcribeme) struct Wanted {
    #[serde(default)]
    file_name: String,
    /// As the vendor's pages write it, or C#.
    #[serde(default)]
    is_async: String,
}

pub(in crate::transcribeme) async fn begin(
    State(app): State<SharedApp>,
    customer: Customer,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Refusal> {
    check_name(&wanted.file_name)?;
    let upload = match wanted.is_async.to_ascii_lowercase().as_str() {
        "true" => MediaUpload::Parts,
        "false" => MediaUpload::Sync,
        _ => return Err(Refusal::bad("isAsync is true or false")),
    };
    let account = &customer.account.id;
    let new = NewMedia { account, name: &wanted.file_name, upload, status: status::UPLOADING };
    let media = app.database.add_media(&new)?;
    let note = Note { created: Some(media.id.clone()), ..customer.note() };
    Ok((Extension(note), Shown(answer(&app, &media))).into_response())
}

fn answer(app: &App, media: &Media) -> Value {
    let behaviour = app.behaviour().transcribeme;
    let mut body = json!({ "url": url(app, &behaviour, media) });
    if behaviour.upload_ids != UploadIds::InUrl {
        body["uploadId"] = media.upload_id.clone().into();
        body["recordingId"] = media.id.clone().into();
    }
    body
}

fn url(app: &App, behaviour: &TranscribeMeBehaviour, media: &Media) -> String {
    let one_request = media.upload == MediaUpload::Sync;
    let stored = behaviour.upload_url_origin == UploadOrigin::Storage && !one_request;
    let mut query = Serializer::new(String::new());
    if behaviour.upload_ids != UploadIds::Beside {
        query.append_pair("uploadId", &media.upload_id).append_pair("recordingId", &media.id);
    }
    if stored {
        query.append_pair("sig", &signature(app, media));
    }
    let query = query.finish();
    let query = if query.is_empty() { query } else { format!("?{query}") };
    if stored {
        return format!("{}{STORED_PART}{query}", app.storage_url);
    }
    let path = if one_request { app.paths.transcribeme("upload_sync") } else { UPLOAD_PART };
    match behaviour.upload_url {
        UploadUrl::Absolute => format!("{}{path}{query}", app.url),
        UploadUrl::Path => format!("{path}{query}"),
        UploadUrl::Relative => {
            let below_base = path.strip_prefix(TRANSCRIBEME_BASE).unwrap_or(path);
            format!("{}{query}", below_base.trim_start_matches('/'))
        }
    }
}

/// What lets parts of that recording into the storage. It has characters that have to be escaped in a URL.
pub(super) fn signature(app: &App, media: &Media) -> String {
    let digest = secret::digest(&format!("{} {}", app.storage_secret, media.upload_id));
    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, digest)
}
