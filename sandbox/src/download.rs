//! A file as an answer.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tiro::EXPORT_FORMATS;

pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) bytes: Vec<u8>,
}

impl File {
    /// An export of what has that title, which may be a file name.
    pub(crate) fn new(title: &str, format: &str, bytes: Vec<u8>) -> Self {
        Self { name: format!("{}.{format}", stem(title)), media_type: media_type(format), bytes }
    }
}

pub(crate) fn media_type(format: &str) -> String {
    let media_type = EXPORT_FORMATS.iter().find(|row| row.name == format).map_or("", |row| row.media_type);
    let charset = if media_type.starts_with("text/") { "; charset=utf-8" } else { "" };
    format!("{media_type}{charset}")
}

/// A title without what ends it as a file name.
pub(crate) fn stem(title: &str) -> &str {
    match title.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => title,
    }
}

impl IntoResponse for File {
    fn into_response(self) -> Response {
        // Names are people's: as RFC 6266 has it, in UTF-8 only.
        let name = utf8_percent_encode(&self.name, NON_ALPHANUMERIC);
        let disposition = HeaderValue::try_from(format!("attachment; filename*=UTF-8''{name}"));
        let media_type = HeaderValue::try_from(self.media_type);
        let mut response = self.bytes.into_response();
        let headers = response.headers_mut();
        if let (Ok(disposition), Ok(media_type)) = (disposition, media_type) {
            headers.insert(header::CONTENT_DISPOSITION, disposition);
            headers.insert(header::CONTENT_TYPE, media_type);
        }
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    }
}
