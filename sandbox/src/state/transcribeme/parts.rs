//! The parts of an upload.

use crate::state::{Database, Result};

#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Part {
    pub(crate) number: u32,
    pub(crate) size: i64,
    /// How often it came to its end.
    pub(crate) received: i64,
}

impl Database {
    /// A part came, perhaps once more.
    pub(crate) fn add_part(&self, recording: &str, number: u32, size: i64) -> Result<()> {
        let sql = "INSERT INTO transcribeme_parts (recording, number, size, received) VALUES (?1, ?2, ?3, 1)
            ON CONFLICT DO UPDATE SET size = ?3, received = received + 1";
        self.with(|connection| connection.execute(sql, (recording, number, size)).map(drop))
    }

    /// In order.
    pub(crate) fn parts(&self, recording: &str) -> Result<Vec<Part>> {
        let sql =
            "SELECT number, size, received FROM transcribeme_parts WHERE recording = ?1 ORDER BY number";
        self.with(|connection| {
            let mut parts = connection.prepare(sql)?;
            let parts = parts.query_map([recording], |row| {
                Ok(Part { number: row.get(0)?, size: row.get(1)?, received: row.get(2)? })
            })?;
            parts.collect()
        })
    }
}
