//! The parts of an upload, in any order, and their joining.

use std::path::PathBuf;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};
use multer::Multipart;
use serde::Deserialize;

use super::{Temporary, begin, boundary, clear_parts, complete, failed, first_field};
use crate::app::{App, SharedApp};
use crate::paths::option_default;
use crate::secret;
use crate::spool;
use crate::state::{Media, MediaUpload, Part};
use crate::transcribeme::answer::Refusal;
use crate::transcribeme::customer::{API_KEY, Customer};
use crate::transcribeme::status;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::transcribeme) struct Which {
    #[serde(default)]
    upload_id: String,
    #[serde(default)]
    recording_id: String,
    chunk_number: Option<u32>,
    #[serde(default)]
    sig: String,
}

/// On the API's own origin, with the credentials.
pub(in crate::transcribeme) async fn part(
    State(app): State<SharedApp>,
    customer: Customer,
    Query(which): Query<Which>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let media = customer.recording(&app, &which.recording_id)?;
    take(&app, &media, &which, &headers, body).await?;
    Ok(customer.noted(StatusCode::OK.into_response()))
}

/// On the storage's origin: the URL is the leave, and credentials have no business there.
pub(in crate::transcribeme) async fn stored_part(
    State(app): State<SharedApp>,
    Query(which): Query<Which>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Refusal> {
    if headers.contains_key(header::AUTHORIZATION) || headers.contains_key(API_KEY) {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "The storage wants no credentials of the API"));
    }
    let media = app.database.media(&which.recording_id)?;
    let signed = |media: &Media| secret::same(&begin::signature(&app, media), &which.sig);
    let media = media.filter(signed).ok_or_else(|| Refusal::new(StatusCode::FORBIDDEN, "Wrong signature"))?;
    take(&app, &media, &which, &headers, body).await?;
    Ok(StatusCode::OK)
}

fn check(media: &Media, which: &Which) -> Result<(), Refusal> {
    if media.upload != MediaUpload::Parts || media.upload_id != which.upload_id {
        return Err(Refusal::not_found("upload"));
    }
    match media.status {
        status::UPLOADING => Ok(()),
        _ => Err(Refusal::bad("The upload is complete")),
    }
}

async fn take(
    app: &App,
    media: &Media,
    which: &Which,
    headers: &HeaderMap,
    body: Body,
) -> Result<(), Refusal> {
    check(media, which)?;
    let number = which.chunk_number.ok_or_else(|| Refusal::bad("chunkNumber is missing"))?;
    let body = body.into_data_stream();
    let size = match boundary(headers) {
        Some(boundary) => {
            let mut multipart = Multipart::new(body, boundary);
            let field = first_field(&mut multipart, &[option_default("transcribeme.part_field")]).await?;
            store(app, media, number, field).await?
        }
        None => store(app, media, number, body.map_err(std::io::Error::other)).await?,
    };
    app.database.add_part(&media.id, number, size)?;
    Ok(())
}

async fn store<E: std::fmt::Display>(
    app: &App,
    media: &Media,
    number: u32,
    bytes: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> Result<i64, Refusal> {
    let file = Temporary::new(app);
    let came = spool::write(&file.path, bytes).await.map_err(failed)?;
    if came.size == 0 {
        return Err(Refusal::bad("The part is empty"));
    }
    file.keep(&part_file(app, media, number)).await?;
    Ok(came.size)
}

fn part_file(app: &App, media: &Media, number: u32) -> PathBuf {
    app.spool_file(&format!("{}{PART}{number}", media.id))
}

const PART: &str = ".part";

/// The recording that a file is a part of.
pub(super) fn recording_of(file_name: &str) -> Option<&str> {
    file_name.rsplit_once(PART).map(|(recording, _)| recording)
}

pub(in crate::transcribeme) async fn commit(
    State(app): State<SharedApp>,
    customer: Customer,
    Query(which): Query<Which>,
) -> Result<Response, Refusal> {
    let media = customer.recording(&app, &which.recording_id)?;
    check(&media, &which)?;
    let parts = app.database.parts(&media.id)?;
    check_parts(&parts)?;
    let whole = Temporary::new(&app);
    let files = parts.iter().map(|part| part_file(&app, &media, part.number));
    let came = spool::join(&whole.path, files).await?;
    complete(&app, &media, whole, came).await?;
    let _ = clear_parts(&app, &media.id);
    Ok(customer.noted(StatusCode::OK.into_response()))
}

/// They are numbered without a gap, and all as long as the first but for the last, which may be shorter.
fn check_parts(parts: &[Part]) -> Result<(), Refusal> {
    let Some(first) = parts.first() else { return Err(Refusal::bad("No part has come")) };
    if let Some((number, _)) = (0..).zip(parts).find(|(number, part)| *number != part.number) {
        return Err(Refusal::bad(format!("The part with the number {number} has not come")));
    }
    let last = parts.len() - 1;
    let wrong = |(index, part): (usize, &Part)| {
        if index == last { part.size > first.size } else { part.size != first.size }
    };
    match parts.iter().enumerate().any(wrong) {
        true => Err(Refusal::bad("The parts are of different sizes")),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(sizes: &[(u32, i64)]) -> Vec<Part> {
        sizes.iter().map(|&(number, size)| Part { number, size, received: 1 }).collect()
    }

    #[test]
    fn parts_leave_no_gap_and_are_of_one_size_but_for_the_last() {
        for good in [&[(0, 5)][..], &[(0, 5), (1, 5)], &[(0, 5), (1, 5), (2, 1)]] {
            assert!(check_parts(&parts(good)).is_ok(), "{good:?}");
        }
        for bad in [&[][..], &[(1, 5)], &[(0, 5), (2, 5)], &[(0, 5), (1, 6)], &[(0, 5), (1, 4), (2, 5)]] {
            assert!(check_parts(&parts(bad)).is_err(), "{bad:?}");
        }
    }
}
