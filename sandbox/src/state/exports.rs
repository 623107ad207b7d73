//! Exports: files that are made after they were asked for.

use rusqlite::OptionalExtension;

use super::{Database, Result};

#[derive(Clone, Debug)]
pub(crate) struct Export {
    pub(crate) id: String,
    pub(crate) recording: String,
    pub(crate) format: String,
    pub(crate) name: String,
    pub(crate) media_type: String,
    /// Nothing until it is made.
    pub(crate) file: Option<Vec<u8>>,
}

impl Database {
    pub(crate) fn add_export(&self, export: &Export) -> Result<()> {
        let sql = "INSERT INTO exports (id, recording, format, name, media_type, file) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let Export { id, recording, format, name, media_type, file } = export;
        self.with(|connection| {
            connection.execute(sql, (id, recording, format, name, media_type, file)).map(drop)
        })
    }

    /// `false`: the recording is gone, and the export with it.
    pub(crate) fn complete_export(&self, id: &str, file: &[u8]) -> Result<bool> {
        let sql = "UPDATE exports SET file = ?2 WHERE id = ?1";
        self.with(|connection| Ok(connection.execute(sql, (id, file))? == 1))
    }

    pub(crate) fn export(&self, recording: &str, id: &str) -> Result<Option<Export>> {
        let sql = "SELECT id, recording, format, name, media_type, file FROM exports WHERE recording = ?1 AND id = ?2";
        self.with(|connection| {
            let export = connection.query_row(sql, (recording, id), |row| {
                Ok(Export {
                    id: row.get(0)?,
                    recording: row.get(1)?,
                    format: row.get(2)?,
                    name: row.get(3)?,
                    media_type: row.get(4)?,
                    file: row.get(5)?,
                })
            });
            export.optional()
        })
    }
}
