//! Recordings, with the numbers that are their statuses.

use rusqlite::{OptionalExtension, Row, params};
use serde::Serialize;
use uuid::Uuid;

use crate::state::{Database, Result};
use crate::timestamp::now_ms;

/// How a recording comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MediaUpload {
    Parts,
    Sync,
    Simple,
    Remote,
    /// A test put it there.
    None,
}

impl MediaUpload {
    const ALL: [Self; 5] = [Self::Parts, Self::Sync, Self::Simple, Self::Remote, Self::None];

    fn name(self) -> &'static str {
        match self {
            Self::Parts => "parts",
            Self::Sync => "sync",
            Self::Simple => "simple",
            Self::Remote => "remote",
            Self::None => "none",
        }
    }

    fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|upload| upload.name() == name).unwrap_or(Self::None)
    }
}

/// A recording of TranscribeMe's half.
#[derive(Clone, Debug)]
pub(crate) struct Media {
    pub(crate) id: String,
    pub(crate) account: String,
    pub(crate) name: String,
    pub(crate) upload: MediaUpload,
    pub(crate) upload_id: String,
    pub(crate) status: i64,
    pub(crate) created_at_ms: i64,
    /// How often its upload was ended.
    pub(crate) commits: i64,
    pub(crate) size: Option<i64>,
    pub(crate) sha256: Option<String>,
    pub(crate) track_ms: Option<i64>,
}

pub(crate) struct NewMedia<'a> {
    pub(crate) account: &'a str,
    pub(crate) name: &'a str,
    pub(crate) upload: MediaUpload,
    pub(crate) status: i64,
}

/// Which recordings are listed, and which of them.
#[derive(Debug, Default)]
pub(crate) struct MediaFilter {
    pub(crate) status: Option<i64>,
    pub(crate) from: u64,
    pub(crate) to: Option<u64>,
}

/// The whole file, as it came together.
#[derive(Clone, Debug)]
pub(crate) struct Assembled {
    pub(crate) size: i64,
    pub(crate) sha256: String,
}

const COLUMNS: &str =
    "id, account, name, upload, upload_id, status, created_at_ms, commits, size, sha256, track_ms";

fn media(row: &Row<'_>) -> Result<Media> {
    Ok(Media {
        id: row.get("id")?,
        account: row.get("account")?,
        name: row.get("name")?,
        upload: MediaUpload::from_name(&row.get::<_, String>("upload")?),
        upload_id: row.get("upload_id")?,
        status: row.get("status")?,
        created_at_ms: row.get("created_at_ms")?,
        commits: row.get("commits")?,
        size: row.get("size")?,
        sha256: row.get("sha256")?,
        track_ms: row.get("track_ms")?,
    })
}

impl Database {
    pub(crate) fn add_media(&self, new: &NewMedia<'_>) -> Result<Media> {
        let sql = format!(
            "INSERT INTO transcribeme_recordings (id, number, account, name, upload, upload_id, status, created_at_ms)
            VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM transcribeme_recordings), ?2, ?3, ?4, ?5, ?6, ?7)
            RETURNING {COLUMNS}"
        );
        let [id, upload_id] = [(); 2].map(|()| Uuid::new_v4().to_string());
        let values = params![id, new.account, new.name, new.upload.name(), upload_id, new.status, now_ms()];
        self.with(|connection| connection.query_row(&sql, values, media))
    }

    pub(crate) fn media(&self, id: &str) -> Result<Option<Media>> {
        let sql = format!("SELECT {COLUMNS} FROM transcribeme_recordings WHERE id = ?1");
        self.with(|connection| connection.query_row(&sql, [id], media).optional())
    }

    /// A page of an account's list, newest first, and how long the list is.
    pub(crate) fn media_page(&self, account: &str, filter: &MediaFilter) -> Result<(Vec<Media>, i64)> {
        const WHERE: &str = "account = ?1 AND (?2 IS NULL OR status = ?2)";
        let page = format!(
            "SELECT {COLUMNS} FROM transcribeme_recordings WHERE {WHERE} ORDER BY number DESC LIMIT ?3 OFFSET ?4"
        );
        let count = format!("SELECT count(*) FROM transcribeme_recordings WHERE {WHERE}");
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let limit = filter.to.map_or(-1, |to| number(to.saturating_sub(filter.from)));
        self.with(|connection| {
            let values = params![account, filter.status, limit, number(filter.from)];
            let list = connection.prepare(&page)?.query_map(values, media)?.collect::<Result<_>>()?;
            let total = connection.query_row(&count, (account, filter.status), |row| row.get(0))?;
            Ok((list, total))
        })
    }

    /// Every recording, of one account or of all.
    pub(crate) fn all_media(&self, account: Option<&str>) -> Result<Vec<Media>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM transcribeme_recordings WHERE ?1 IS NULL OR account = ?1 ORDER BY number"
        );
        self.with(|connection| connection.prepare(&sql)?.query_map([account], media)?.collect())
    }

    /// `false`: it is gone.
    pub(crate) fn set_media_status(&self, id: &str, status: i64, track_ms: Option<i64>) -> Result<bool> {
        let sql =
            "UPDATE transcribeme_recordings SET status = ?2, track_ms = coalesce(?3, track_ms) WHERE id = ?1";
        self.with(|connection| Ok(connection.execute(sql, (id, status, track_ms))? == 1))
    }

    /// From one status to another; `false`: it had another.
    pub(crate) fn move_media(&self, id: &str, from: i64, to: i64) -> Result<bool> {
        let sql = "UPDATE transcribeme_recordings SET status = ?3 WHERE id = ?1 AND status = ?2";
        self.with(|connection| Ok(connection.execute(sql, (id, from, to))? == 1))
    }

    /// The upload is complete: what came, and that it can be ordered. `false`: it was complete before.
    pub(crate) fn complete_media(&self, id: &str, assembled: &Assembled, status: i64) -> Result<bool> {
        let sql =
            "UPDATE transcribeme_recordings SET size = ?2, sha256 = ?3, status = ?4, commits = commits + 1
            WHERE id = ?1 AND commits = 0";
        let values = (id, assembled.size, &assembled.sha256, status);
        self.with(|connection| Ok(connection.execute(sql, values)? == 1))
    }

    pub(crate) fn set_media_transcript(&self, id: &str, document: &str) -> Result<()> {
        let sql = "UPDATE transcribeme_recordings SET transcript = ?2 WHERE id = ?1";
        self.with(|connection| connection.execute(sql, (id, document)).map(drop))
    }

    pub(crate) fn media_transcript(&self, id: &str) -> Result<Option<String>> {
        let sql = "SELECT transcript FROM transcribeme_recordings WHERE id = ?1";
        let found = self.with(|connection| connection.query_row(sql, [id], |row| row.get(0)).optional())?;
        Ok(found.flatten())
    }

    pub(crate) fn delete_media(&self, id: &str) -> Result<bool> {
        let sql = "DELETE FROM transcribeme_recordings WHERE id = ?1";
        self.with(|connection| Ok(connection.execute(sql, [id])? == 1))
    }
}
