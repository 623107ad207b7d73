//! The verbs that fetch a transcript as a file. Whether the service or tiro writes it is the service's to say.

use std::path::PathBuf;

use super::{Client, checked_id};
use crate::document::Document;
use crate::error::{Error, Result};
use crate::options::Options;
use crate::runtime::Operation;
use crate::transcript::ExportFormat;

impl Client {
    /// The transcript of a recording in a format (`txt`, `docx`, ...), in memory. A format that the service writes itself
    /// comes from there; any other is written here, as [`crate::Transcript::export`] does.
    pub fn export(&self, id: &str, format: &str, call: Option<&Options>) -> Result<Operation<Document>> {
        let (id, format) = (checked_id(id)?, ExportFormat::named(format)?);
        self.start(call, move |context| async move {
            context.in_turn(context.service.export(&context.call, &id, format, None)).await
        })
    }

    /// As [`Client::export`], into a file that appears whole or not at all. The result is its path.
    pub fn export_to_path(
        &self,
        id: &str,
        format: &str,
        path: impl Into<PathBuf>,
        call: Option<&Options>,
    ) -> Result<Operation<PathBuf>> {
        let (id, format) = (checked_id(id)?, ExportFormat::named(format)?);
        let path =
            std::path::absolute(path.into()).map_err(|error| Error::io("the path of the export", &error))?;
        self.start(call, move |context| async move {
            let export = context.service.export(&context.call, &id, format, Some(path.clone()));
            context.in_turn(export).await.map(|_| path)
        })
    }
}
