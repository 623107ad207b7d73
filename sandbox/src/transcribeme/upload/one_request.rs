//! Uploads in one request: with the id that was given out before, or without.

use axum::Extension;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use multer::{Field, Multipart};
use serde::Deserialize;

use super::{Temporary, boundary, check_name, complete, failed, first_field, recording_id};
use crate::app::{App, SharedApp};
use crate::gospeech::unescaped_file_name;
use crate::request_log::Note;
use crate::spool;
use crate::state::{Media, MediaUpload, NewMedia};
use crate::transcribeme::answer::{Refusal, Shown};
use crate::transcribeme::customer::Customer;
use crate::transcribeme::status;

/// The vendor's pages have both.
const FIELDS: [&str; 2] = ["file", "name"];

fn multipart(headers: &HeaderMap, body: Body) -> Result<Multipart<'static>, Refusal> {
    let boundary = boundary(headers)
        .ok_or_else(|| Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "multipart/form-data is wanted"))?;
    Ok(Multipart::new(body.into_data_stream(), boundary))
}

/// Without an id: the recording is there once all of it came.
pub(in crate::transcribeme) async fn simple(
    State(app): State<SharedApp>,
    customer: Customer,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let mut multipart = multipart(&headers, body)?;
    let field = first_field(&mut multipart, &FIELDS).await?;
    let name = unescaped_file_name(field.file_name().unwrap_or(""));
    check_name(&name)?;
    let new = NewMedia {
        account: &customer.account.id,
        name: &name,
        upload: MediaUpload::Simple,
        status: status::UPLOADING,
    };
    let begun = Begun { app: app.clone(), media: app.database.add_media(&new)?, complete: false };
    let media = begun.media.clone();
    store(&app, &media, field).await?;
    begun.keep();
    let note = Note { created: Some(media.id.clone()), ..customer.note() };
    Ok((Extension(note), Shown(recording_id(&app, &media.id))).into_response())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::transcribeme) struct Which {
    #[serde(default)]
    recording_id: String,
}

/// With the id. The vendor's own client names the field as the file, so any name is taken.
pub(in crate::transcribeme) async fn sync(
    State(app): State<SharedApp>,
    customer: Customer,
    Query(which): Query<Which>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let media = customer.recording(&app, &which.recording_id)?;
    if media.upload != MediaUpload::Sync || media.status != status::UPLOADING {
        return Err(Refusal::bad("The recording does not wait for its file"));
    }
    let mut multipart = multipart(&headers, body)?;
    let field = first_field(&mut multipart, &[]).await?;
    store(&app, &media, field).await?;
    Ok(customer.noted(StatusCode::OK.into_response()))
}

async fn store(app: &App, media: &Media, field: Field<'_>) -> Result<(), Refusal> {
    let file = Temporary::new(app);
    let came = spool::write(&file.path, field).await.map_err(failed)?;
    complete(app, media, file, came).await
}

/// A recording whose upload has begun. Dropped before it is complete, for whatever reason, there is none.
struct Begun {
    app: SharedApp,
    media: Media,
    complete: bool,
}

impl Begun {
    fn keep(mut self) {
        self.complete = true;
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        if !self.complete {
            let _ = self.app.database.delete_media(&self.media.id);
        }
    }
}
