//! Documents: what crosses as text of a known shape instead of a type of its own. See [`Document`].

use std::fmt;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind, Result};

/// Bytes with their media type: an export, the answer to a request of one's own, or JSON of tiro's own shape, which is
/// how less frequent results cross every binding. Immutable, cheap to clone.
#[derive(Clone, Default, PartialEq)]
pub struct Document {
    content_type: String,
    name: String,
    http_status: u16,
    bytes: Bytes,
}

impl Document {
    pub(crate) fn new(content_type: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self { content_type: content_type.into(), bytes: bytes.into(), ..Self::default() }
    }

    pub(crate) fn json_of(value: &impl Serialize) -> Self {
        // A type of ours always is JSON; were one not, an empty document fails where it is read.
        Self::new("application/json", serde_json::to_vec(value).unwrap_or_default())
    }

    pub(crate) fn with_http_status(self, http_status: u16) -> Self {
        Self { http_status, ..self }
    }

    pub(crate) fn with_name(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// The media type, as the service said; `""`: it said nothing.
    pub fn content_type(&self) -> &str {
        &self.content_type
    }

    /// The file name that the service suggests, without any folder; `""`: none. Not to be trusted further.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The HTTP status it came with; 0 where it did not come from a server.
    pub fn http_status(&self) -> u16 {
        self.http_status
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn shared_bytes(&self) -> Bytes {
        self.bytes.clone()
    }

    /// The bytes as text, if they are UTF-8.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }

    /// Reads it as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.bytes).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            Error::new(ErrorKind::Document, format!("the document is not JSON of this shape ({place})"))
        })
    }
}

/// Shows no content: it may be somebody's speech.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("content_type", &self.content_type)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}
