//! The rows of the database: each question and each change in one place, in SQL.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::media::Media;
use super::{failure_text, id_of};
use crate::database::{path_bytes, path_of};
use crate::error::Error;
use crate::recording::{Recording, RecordingDetails, RecordingPage, RecordingStatus};
use crate::service::PageRequest;
use crate::transcript::Transcript;

type Result<T> = rusqlite::Result<T>;

const RECORDING: &str = "number, name, size, created_at_ms, duration_ms, status, failure";
const UNFINISHED: &str =
    "options, model, media_copy, media_path, media_size, media_modified_ns, failed_attempts";

/// What is kept of a recording that has just come.
pub(super) struct NewRow<'a> {
    pub(super) name: &'a str,
    pub(super) size: u64,
    pub(super) created_at_ms: i64,
    pub(super) duration_ms: i64,
    pub(super) again: &'a Again,
    pub(super) owner: &'a str,
}

/// What it takes to recognise a recording another time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Again {
    /// Options of the call, as text.
    pub(super) options: BTreeMap<String, String>,
    pub(super) model: PathBuf,
    pub(super) media: Media,
}

/// A recording that has to be taken up again.
pub(super) struct Unfinished {
    pub(super) number: i64,
    pub(super) recording: Recording,
    pub(super) again: Again,
    /// How often it was begun and ended its process, or failed for no reason that can be put right.
    pub(super) failed_attempts: u32,
}

pub(super) fn insert(connection: &Connection, new: &NewRow<'_>) -> Result<i64> {
    let (copy, reference) = match &new.again.media {
        Media::Copy { name } => (Some(name), None),
        Media::Reference { path, size, modified_ns } => (None, Some((path, size, modified_ns))),
    };
    connection.execute(
        "INSERT INTO recordings (name, size, created_at_ms, duration_ms, status, options, model, owner, media_copy,
            media_path, media_size, media_modified_ns)
         VALUES (:name, :size, :created_at_ms, :duration_ms, :status, :options, :model, :owner, :media_copy,
            :media_path, :media_size, :media_modified_ns)",
        named_params! {
            ":name": new.name,
            ":size": stored(new.size),
            ":created_at_ms": new.created_at_ms,
            ":duration_ms": new.duration_ms,
            ":status": RecordingStatus::Queued.name(),
            ":options": serde_json::json!(new.again.options).to_string(),
            ":model": path_bytes(&new.again.model),
            ":owner": new.owner,
            ":media_copy": copy,
            ":media_path": reference.map(|(path, ..)| path_bytes(path)),
            ":media_size": reference.map(|(_, size, _)| stored(*size)),
            ":media_modified_ns": reference.map(|(.., modified)| *modified),
        },
    )?;
    Ok(connection.last_insert_rowid())
}

pub(super) fn recording(connection: &Connection, number: i64) -> Result<Option<Recording>> {
    let sql = format!("SELECT {RECORDING} FROM recordings WHERE number = ?");
    connection.query_row(&sql, [number], recording_of).optional()
}

/// The newest first.
pub(super) fn page(connection: &Connection, page: PageRequest) -> Result<RecordingPage> {
    let sql = format!("SELECT {RECORDING} FROM recordings ORDER BY number DESC LIMIT ? OFFSET ?");
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map([stored(page.limit), stored(page.offset)], recording_of)?;
    let recordings = rows.collect::<Result<_>>()?;
    let total: i64 = connection.query_row("SELECT count(*) FROM recordings", [], |row| row.get(0))?;
    Ok(RecordingPage { recordings, total: u64::try_from(total).ok() })
}

/// The document of a transcript.
pub(super) fn transcript(connection: &Connection, number: i64) -> Result<Option<String>> {
    let sql = "SELECT document FROM transcripts WHERE number = ?";
    connection.query_row(sql, [number], |row| row.get(0)).optional()
}

/// What an owner does with its recording, short of an end.
pub(super) fn set_status(
    connection: &Connection,
    number: i64,
    owner: &str,
    status: RecordingStatus,
) -> Result<()> {
    let sql = "UPDATE recordings SET status = ? WHERE number = ? AND owner = ?";
    connection.execute(sql, params![status.name(), number, owner]).map(drop)
}

/// The copy that an unfinished recording has.
pub(super) fn media_copy(connection: &Connection, number: i64) -> Result<Option<String>> {
    let sql = "SELECT media_copy FROM recordings WHERE number = ?";
    connection.query_row(sql, [number], |row| row.get(0)).optional().map(Option::flatten)
}

/// An owner is done with its recording. `false`: it is not its recording any more, and nothing was changed.
pub(super) fn finish(
    connection: &Connection,
    number: i64,
    owner: &str,
    outcome: &std::result::Result<Transcript, Error>,
) -> Result<bool> {
    let (status, kind, failure) = match outcome {
        Ok(_) => (RecordingStatus::Ready, "", String::new()),
        Err(error) => (RecordingStatus::Failed, error.kind().entry().name, failure_text(error)),
    };
    let changed = connection.execute(
        "UPDATE recordings SET status = ?, failure_kind = ?, failure = ?, owner = NULL, media_copy = NULL,
            media_path = NULL, media_size = NULL, media_modified_ns = NULL
         WHERE number = ? AND owner = ?",
        params![status.name(), kind, failure, number, owner],
    )?;
    if let (1, Ok(transcript)) = (changed, outcome) {
        let sql = "INSERT INTO transcripts (number, document) VALUES (?, ?)";
        connection.execute(sql, params![number, transcript.to_json()])?;
    }
    Ok(changed == 1)
}

/// The owners that have unfinished recordings.
pub(super) fn owners(connection: &Connection) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT owner FROM recordings WHERE owner IS NOT NULL";
    connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}

/// The unfinished recordings of an owner.
pub(super) fn unfinished(connection: &Connection, owner: &str) -> Result<Vec<Unfinished>> {
    let sql = format!("SELECT {RECORDING}, {UNFINISHED} FROM recordings WHERE owner = ? ORDER BY number");
    connection.prepare(&sql)?.query_map([owner], unfinished_of)?.collect()
}

/// Gives the recordings of one owner to another, from their beginning. If the owner's process was ended in the middle,
/// what it was working on has failed once more.
pub(super) fn take_over(connection: &Connection, from: &str, was_ended: bool, to: &str) -> Result<()> {
    let (queued, processing) = (RecordingStatus::Queued.name(), RecordingStatus::Processing.name());
    let sql = "UPDATE recordings SET owner = ?, status = ?,
            failed_attempts = failed_attempts + (? AND status = ?)
         WHERE owner = ?";
    connection.execute(sql, params![to, queued, was_ended, processing, from]).map(drop)
}

/// An attempt of an owner at its recording has failed; gives how many have.
pub(super) fn count_failed_attempt(connection: &Connection, number: i64, owner: &str) -> Result<u32> {
    let sql = "UPDATE recordings SET failed_attempts = failed_attempts + 1 WHERE number = ? AND owner = ?
         RETURNING failed_attempts";
    let count = connection.query_row(sql, params![number, owner], |row| row.get(0)).optional()?;
    Ok(count.unwrap_or(0))
}

/// Whether an owner still has a recording to work on.
pub(super) fn is_owned(connection: &Connection, number: i64, owner: &str) -> Result<bool> {
    let sql = "SELECT count(*) FROM recordings WHERE number = ? AND owner = ?";
    connection.query_row(sql, params![number, owner], |row| row.get(0)).map(|count: i64| count > 0)
}

/// What was deleted: the numbers, and the copies that are to follow.
#[derive(Default)]
pub(super) struct Deleted {
    pub(super) numbers: Vec<i64>,
    pub(super) copies: Vec<String>,
}

pub(super) fn delete(connection: &Connection, number: i64) -> Result<Deleted> {
    delete_where(connection, "number = ?", number)
}

/// What is not finished is not old, whatever the clock says.
pub(super) fn delete_older_than(connection: &Connection, created_at_ms: i64) -> Result<Deleted> {
    delete_where(connection, "owner IS NULL AND created_at_ms < ?", created_at_ms)
}

pub(super) fn delete_all(connection: &Connection) -> Result<Deleted> {
    delete_where(connection, "?", 1)
}

fn delete_where(connection: &Connection, condition: &str, value: i64) -> Result<Deleted> {
    let sql = format!("DELETE FROM recordings WHERE {condition} RETURNING number, media_copy");
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map([value], |row| Ok((row.get(0)?, row.get::<_, Option<String>>(1)?)))?;
    let mut deleted = Deleted::default();
    for row in rows {
        let (number, copy) = row?;
        deleted.numbers.push(number);
        deleted.copies.extend(copy);
    }
    Ok(deleted)
}

/// The copies that recordings have.
pub(super) fn copies(connection: &Connection) -> Result<HashSet<String>> {
    let sql = "SELECT media_copy FROM recordings WHERE media_copy IS NOT NULL";
    connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}

fn recording_of(row: &Row<'_>) -> Result<Recording> {
    let status: String = row.get("status")?;
    let size: i64 = row.get("size")?;
    Ok(Recording::new(RecordingDetails {
        id: id_of(row.get("number")?),
        name: row.get("name")?,
        status: RecordingStatus::from_name(&status).unwrap_or_default(),
        raw_status: status,
        failure: row.get("failure")?,
        created_at_ms: row.get("created_at_ms")?,
        duration_ms: row.get("duration_ms")?,
        size: size.unsigned_abs(),
        ..Default::default()
    }))
}

fn unfinished_of(row: &Row<'_>) -> Result<Unfinished> {
    let options: String = row.get("options")?;
    let options = serde_json::from_str(&options).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, error.into())
    })?;
    let media = match row.get("media_copy")? {
        Some(name) => Media::Copy { name },
        None => Media::Reference {
            path: path_of(row.get("media_path")?),
            size: row.get::<_, i64>("media_size")?.unsigned_abs(),
            modified_ns: row.get("media_modified_ns")?,
        },
    };
    Ok(Unfinished {
        number: row.get("number")?,
        recording: recording_of(row)?,
        again: Again { options, model: path_of(row.get("model")?), media },
        failed_attempts: row.get("failed_attempts")?,
    })
}

/// SQLite has no larger number.
fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The kind of a failure that a row tells of.
#[cfg(test)]
pub(super) fn failure_kind(connection: &Connection, number: i64) -> Result<Option<crate::error::ErrorKind>> {
    let sql = "SELECT failure_kind FROM recordings WHERE number = ?";
    let name: Option<String> = connection.query_row(sql, [number], |row| row.get(0)).optional()?;
    Ok(name.as_deref().and_then(crate::error::ErrorKind::from_name))
}
