//! The rows of a journal in a file: each question and each change in one place, in SQL.

use std::error::Error as StdError;

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::facts::SourceFacts;
use super::super::record::{Record, Step, Whose};
use crate::database::{path_bytes, path_of};

type Result<T> = rusqlite::Result<T>;

/// As [`crate::database::Kind::migrations`] has it.
pub(super) const MIGRATIONS: &[&str] = &["
    CREATE TABLE jobs (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        service TEXT NOT NULL,
        identity TEXT NOT NULL,
        key TEXT NOT NULL,
        client TEXT NOT NULL,
        source_name TEXT NOT NULL,
        source_path BLOB,
        source_url TEXT,
        source_size INTEGER,
        source_sha256 TEXT,
        options TEXT NOT NULL,
        step TEXT NOT NULL,
        intended_at_ms INTEGER NOT NULL,
        arrives_by_ms INTEGER NOT NULL,
        recording_id TEXT NOT NULL,
        order_read TEXT,
        checkpoint TEXT,
        stop TEXT,
        created_at_ms INTEGER NOT NULL,
        changed_at_ms INTEGER NOT NULL,
        revision INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX by_key ON jobs (service, identity, key);
"];

pub(super) fn insert(connection: &Connection, new: &Record) -> Result<u32> {
    connection.execute(
        "INSERT INTO jobs (id, service, identity, key, client, source_name, source_path, source_url, source_size,
            source_sha256, options, step, intended_at_ms, arrives_by_ms, recording_id, created_at_ms, changed_at_ms, revision)
         VALUES (:id, :service, :identity, :key, :client, :source_name, :source_path, :source_url, :source_size,
            :source_sha256, :options, :step, :intended_at_ms, :arrives_by_ms, :recording_id, :created_at_ms, :changed_at_ms,
            :revision)",
        named_params! {
            ":id": new.id,
            ":service": new.whose.service,
            ":identity": new.whose.identity,
            ":key": new.key,
            ":client": new.client,
            ":source_name": new.source.name,
            ":source_path": new.source.path.as_deref().map(path_bytes),
            ":source_url": new.source.url.as_ref().map(ExposeSecret::expose_secret),
            ":source_size": new.source.size.map(|size| i64::try_from(size).unwrap_or(i64::MAX)),
            ":source_sha256": new.source.sha256,
            ":options": json(&new.options),
            ":step": new.step.name(),
            ":intended_at_ms": new.intended_at_ms,
            ":arrives_by_ms": new.arrives_by_ms,
            ":recording_id": new.recording_id,
            ":created_at_ms": new.created_at_ms,
            ":changed_at_ms": new.changed_at_ms,
            ":revision": new.revision,
        },
    )?;
    u32::try_from(connection.last_insert_rowid()).map_err(|error| unreadable(Type::Integer, error))
}

/// `false`: there is no such job any more, or not as it was when it was read.
pub(super) fn update(connection: &Connection, record: &Record) -> Result<bool> {
    let changed = connection.execute(
        "UPDATE jobs SET client = :client, source_url = :source_url, step = :step, intended_at_ms = :intended_at_ms,
            arrives_by_ms = :arrives_by_ms, revision = :revision + 1, recording_id = :recording_id, order_read = :order_read, checkpoint = :checkpoint, stop = :stop,
            options = :options, changed_at_ms = :changed_at_ms
         WHERE number = :number AND revision = :revision",
        named_params! {
            ":client": record.client,
            ":source_url": record.source.url.as_ref().map(ExposeSecret::expose_secret),
            ":step": record.step.name(),
            ":intended_at_ms": record.intended_at_ms,
            ":arrives_by_ms": record.arrives_by_ms,
            ":revision": record.revision,
            ":recording_id": record.recording_id,
            ":order_read": record.order.as_ref().map(json),
            ":checkpoint": record.checkpoint.as_ref().map(ExposeSecret::expose_secret),
            ":stop": record.stop.as_ref().map(json),
            ":options": json(&record.options),
            ":changed_at_ms": record.changed_at_ms,
            ":number": record.number,
        },
    )?;
    Ok(changed == 1)
}

pub(super) fn delete(connection: &Connection, number: u32) -> Result<()> {
    connection.execute("DELETE FROM jobs WHERE number = ?", [number]).map(drop)
}

pub(super) fn newest(connection: &Connection, whose: &Whose, key: &str) -> Result<Option<Record>> {
    let sql =
        "SELECT * FROM jobs WHERE service = ? AND identity = ? AND key = ? ORDER BY number DESC LIMIT 1";
    connection.query_row(sql, params![whose.service, whose.identity, key], record_of).optional()
}

pub(super) fn find(connection: &Connection, whose: &Whose, id: &str) -> Result<Option<Record>> {
    let sql = "SELECT * FROM jobs WHERE service = ? AND identity = ? AND id = ?";
    connection.query_row(sql, params![whose.service, whose.identity, id], record_of).optional()
}

pub(super) fn list(connection: &Connection, whose: &Whose) -> Result<Vec<Record>> {
    let sql = "SELECT * FROM jobs WHERE service = ? AND identity = ? ORDER BY number DESC";
    connection.prepare(sql)?.query_map(params![whose.service, whose.identity], record_of)?.collect()
}

fn record_of(row: &Row<'_>) -> Result<Record> {
    let step: String = row.get("step")?;
    let size: Option<i64> = row.get("source_size")?;
    Ok(Record {
        number: row.get("number")?,
        id: row.get("id")?,
        whose: Whose { service: row.get("service")?, identity: row.get("identity")? },
        key: row.get("key")?,
        client: row.get("client")?,
        source: SourceFacts {
            name: row.get("source_name")?,
            path: row.get::<_, Option<Vec<u8>>>("source_path")?.map(path_of),
            url: row.get::<_, Option<String>>("source_url")?.map(SecretString::from),
            size: size.map(i64::unsigned_abs),
            sha256: row.get("source_sha256")?,
        },
        options: read(row.get("options")?)?,
        step: Step::from_name(&step)
            .ok_or_else(|| unreadable(Type::Text, format!("there is no step {step:?}")))?,
        intended_at_ms: row.get("intended_at_ms")?,
        arrives_by_ms: row.get("arrives_by_ms")?,
        recording_id: row.get("recording_id")?,
        order: row.get::<_, Option<String>>("order_read")?.map(read).transpose()?,
        checkpoint: row.get::<_, Option<String>>("checkpoint")?.map(SecretString::from),
        stop: row.get::<_, Option<String>>("stop")?.map(read).transpose()?,
        created_at_ms: row.get("created_at_ms")?,
        changed_at_ms: row.get("changed_at_ms")?,
        revision: row.get("revision")?,
    })
}

fn json(value: &impl Serialize) -> String {
    // A type of ours always is JSON; were one not, an empty text fails where it is read.
    serde_json::to_string(value).unwrap_or_default()
}

fn read<T: DeserializeOwned>(text: String) -> Result<T> {
    serde_json::from_str(&text).map_err(|error| unreadable(Type::Text, error))
}

fn unreadable(kind: Type, error: impl Into<Box<dyn StdError + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, kind, error.into())
}
