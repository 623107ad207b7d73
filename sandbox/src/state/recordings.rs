//! Recordings (the wire says records) and their lifecycle.

use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Database, Result};
use crate::timestamp::now_ticks;

/// The vendor's twelve codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Status {
    Initial,
    Uploading,
    Converting,
    Uploaded,
    UploadedAndRequireAction,
    Cutting,
    InRecognitionQueue,
    Recognizing,
    RecognitionFailed,
    ReadyForCorrection,
    CorrectingBy,
    Ready,
}

impl Status {
    pub(crate) const ALL: [Self; 12] = [
        Self::Initial,
        Self::Uploading,
        Self::Converting,
        Self::Uploaded,
        Self::UploadedAndRequireAction,
        Self::Cutting,
        Self::InRecognitionQueue,
        Self::Recognizing,
        Self::RecognitionFailed,
        Self::ReadyForCorrection,
        Self::CorrectingBy,
        Self::Ready,
    ];

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Uploading => "uploading",
            Self::Converting => "converting",
            Self::Uploaded => "uploaded",
            Self::UploadedAndRequireAction => "uploadedAndRequireAction",
            Self::Cutting => "cutting",
            Self::InRecognitionQueue => "inRecognitionQueue",
            Self::Recognizing => "recognizing",
            Self::RecognitionFailed => "recognitionFailed",
            Self::ReadyForCorrection => "readyForCorrection",
            Self::CorrectingBy => "correctingBy",
            Self::Ready => "ready",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// Whether the transcript is there.
    pub(crate) fn has_text(code: &str) -> bool {
        let with_text = [Self::ReadyForCorrection, Self::CorrectingBy, Self::Ready];
        with_text.into_iter().any(|status| status.code() == code)
    }

    /// Whether an engine is at work on it.
    pub(crate) fn in_progress(code: &str) -> bool {
        let under_way = [Self::Converting, Self::Uploaded, Self::InRecognitionQueue, Self::Recognizing];
        under_way.into_iter().any(|status| status.code() == code)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Recording {
    pub(crate) id: String,
    pub(crate) account: String,
    pub(crate) title: String,
    /// A code; of the twelve, unless a test gave another.
    pub(crate) status: String,
    pub(crate) last_status: i64,
    pub(crate) created: i64,
    pub(crate) words: Option<i64>,
    pub(crate) recognized: Option<i64>,
    pub(crate) corrector_id: Option<String>,
    pub(crate) corrector_name: Option<String>,
    pub(crate) size: Option<i64>,
    pub(crate) track_ms: Option<i64>,
    pub(crate) sha256: Option<String>,
    /// The upload's text fields, an object as JSON.
    pub(crate) fields: String,
}

/// What changes with a status.
#[derive(Clone, Debug, Default)]
pub(crate) struct Change {
    pub(crate) words: Option<i64>,
    pub(crate) size: Option<i64>,
    pub(crate) track_ms: Option<i64>,
    pub(crate) corrector_id: Option<String>,
    pub(crate) corrector_name: Option<String>,
}

const COLUMNS: &str = "id, account, title, status, last_status, created, words, recognized, corrector_id,
    corrector_name, size, track_ms, sha256, fields";

/// What the worklist shows: neither of these two is on it.
const LISTED: &str = "status NOT IN ('initial', 'uploading')";

fn recording(row: &Row<'_>) -> Result<Recording> {
    Ok(Recording {
        id: row.get("id")?,
        account: row.get("account")?,
        title: row.get("title")?,
        status: row.get("status")?,
        last_status: row.get("last_status")?,
        created: row.get("created")?,
        words: row.get("words")?,
        recognized: row.get("recognized")?,
        corrector_id: row.get("corrector_id")?,
        corrector_name: row.get("corrector_name")?,
        size: row.get("size")?,
        track_ms: row.get("track_ms")?,
        sha256: row.get("sha256")?,
        fields: row.get("fields")?,
    })
}

impl Database {
    /// New recordings of an account, each of that status; their ids.
    pub(crate) fn add_recordings(
        &self,
        account: &str,
        status: &str,
        transcript: Option<&str>,
        titles: impl Iterator<Item = String>,
    ) -> Result<Vec<String>> {
        let sql =
            "INSERT INTO recordings (id, number, account, title, status, last_status, created, transcript)
            VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM recordings), ?2, ?3, ?4, ?5, ?5, ?6)";
        self.with(|connection| {
            let transaction = connection.transaction()?;
            let mut insert = transaction.prepare(sql)?;
            let ids = titles.map(|title| {
                let id = Uuid::new_v4().to_string();
                insert.execute(params![id, account, title, status, now_ticks(), transcript])?;
                Ok(id)
            });
            let ids = ids.collect::<Result<Vec<_>>>()?;
            drop(insert);
            transaction.commit()?;
            Ok(ids)
        })
    }

    pub(crate) fn recording(&self, id: &str) -> Result<Option<Recording>> {
        let sql = format!("SELECT {COLUMNS} FROM recordings WHERE id = ?1");
        self.with(|connection| connection.query_row(&sql, [id], recording).optional())
    }

    /// A page of an account's worklist, newest first, and how long the list is.
    pub(crate) fn worklist(&self, account: &str, offset: u64, limit: u64) -> Result<(Vec<Recording>, u64)> {
        let page = format!(
            "SELECT {COLUMNS} FROM recordings WHERE account = ?1 AND {LISTED} ORDER BY number DESC LIMIT ?2 OFFSET ?3"
        );
        let count = format!("SELECT count(*) FROM recordings WHERE account = ?1 AND {LISTED}");
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        self.with(|connection| {
            let recordings = connection
                .prepare(&page)?
                .query_map(params![account, number(limit), number(offset)], recording)?
                .collect::<Result<_>>()?;
            let total: i64 = connection.query_row(&count, [account], |row| row.get(0))?;
            Ok((recordings, total.unsigned_abs()))
        })
    }

    /// Every recording, of one account or of all.
    pub(crate) fn recordings(&self, account: Option<&str>) -> Result<Vec<Recording>> {
        let sql =
            format!("SELECT {COLUMNS} FROM recordings WHERE ?1 IS NULL OR account = ?1 ORDER BY number");
        self.with(|connection| connection.prepare(&sql)?.query_map([account], recording)?.collect())
    }

    /// What came of the upload.
    pub(crate) fn set_upload(&self, id: &str, sha256: &str, size: i64, fields: &str) -> Result<()> {
        let sql = "UPDATE recordings SET sha256 = ?2, size = ?3, fields = ?4 WHERE id = ?1";
        self.with(|connection| connection.execute(sql, (id, sha256, size, fields)).map(drop))
    }

    pub(crate) fn set_title(&self, id: &str, title: &str) -> Result<()> {
        self.with(|connection| {
            connection.execute("UPDATE recordings SET title = ?2 WHERE id = ?1", (id, title)).map(drop)
        })
    }

    /// Gives a recording a status, with what is known since. Its instant is later than any before. `None`: it is gone.
    pub(crate) fn set_status(&self, id: &str, status: &str, change: &Change) -> Result<Option<Recording>> {
        let sql = format!(
            "UPDATE recordings SET status = ?2, last_status = max(last_status + 1, ?3), words = coalesce(?4, words),
                recognized = CASE WHEN ?2 = 'readyForCorrection' THEN coalesce(recognized, ?3) ELSE recognized END,
                size = coalesce(?5, size), track_ms = coalesce(?6, track_ms), corrector_id = ?7, corrector_name = ?8
            WHERE id = ?1 RETURNING {COLUMNS}"
        );
        let Change { words, size, track_ms, corrector_id, corrector_name } = change;
        let values = params![id, status, now_ticks(), words, size, track_ms, corrector_id, corrector_name];
        self.with(|connection| connection.query_row(&sql, values, recording).optional())
    }

    pub(crate) fn set_transcript(&self, id: &str, document: &str) -> Result<()> {
        let sql = "UPDATE recordings SET transcript = ?2 WHERE id = ?1";
        self.with(|connection| connection.execute(sql, (id, document)).map(drop))
    }

    pub(crate) fn transcript(&self, id: &str) -> Result<Option<String>> {
        let sql = "SELECT transcript FROM recordings WHERE id = ?1";
        let found = self.with(|connection| connection.query_row(sql, [id], |row| row.get(0)).optional())?;
        Ok(found.flatten())
    }

    /// `false`: it is gone already.
    pub(crate) fn delete_recording(&self, id: &str) -> Result<bool> {
        self.with(|connection| Ok(connection.execute("DELETE FROM recordings WHERE id = ?1", [id])? == 1))
    }
}
