//! Orders, and the recordings in them. Amounts are whole ten-thousandths.

use rusqlite::{OptionalExtension, Row};
use uuid::Uuid;

use crate::state::{Database, Result};
use crate::timestamp::now_ms;

#[derive(Clone, Debug)]
pub(crate) struct MediaOrder {
    pub(crate) id: String,
    pub(crate) account: String,
    pub(crate) created_at_ms: i64,
    pub(crate) currency: String,
    pub(crate) promo_code: Option<String>,
    /// The total in place of the one that comes of the prices.
    pub(crate) total: Option<i64>,
    pub(crate) refund: i64,
    /// How often it was placed: more than once is a second purchase.
    pub(crate) placed: i64,
    pub(crate) paid_at_ms: Option<i64>,
    /// As they came with the last placing, an array as JSON.
    pub(crate) billing_types: String,
}

/// A recording in an order.
#[derive(Clone, Debug)]
pub(crate) struct Ordered {
    pub(crate) position: i64,
    pub(crate) recording: String,
    /// An object as JSON.
    pub(crate) settings: String,
    /// What a minute of it cost when the order was placed.
    pub(crate) rate: Option<i64>,
}

fn order(row: &Row<'_>) -> Result<MediaOrder> {
    Ok(MediaOrder {
        id: row.get("id")?,
        account: row.get("account")?,
        created_at_ms: row.get("created_at_ms")?,
        currency: row.get("currency")?,
        promo_code: row.get("promo_code")?,
        total: row.get("total")?,
        refund: row.get("refund")?,
        placed: row.get("placed")?,
        paid_at_ms: row.get("paid_at_ms")?,
        billing_types: row.get("billing_types")?,
    })
}

impl Database {
    pub(crate) fn add_order(
        &self,
        account: &str,
        currency: &str,
        recordings: &[String],
        settings: &str,
    ) -> Result<MediaOrder> {
        let sql = "INSERT INTO transcribeme_orders (id, number, account, created_at_ms, currency)
            VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM transcribeme_orders), ?2, ?3, ?4) RETURNING *";
        let line = "INSERT INTO transcribeme_ordered (order_id, position, recording, settings) VALUES (?1, ?2, ?3, ?4)";
        self.with(|connection| {
            let transaction = connection.transaction()?;
            let id = Uuid::new_v4().to_string();
            let made = transaction.query_row(sql, (&id, account, now_ms(), currency), order)?;
            for (position, recording) in (0_i64..).zip(recordings) {
                transaction.execute(line, (&id, position, recording, settings))?;
            }
            transaction.commit()?;
            Ok(made)
        })
    }

    pub(crate) fn order(&self, id: &str) -> Result<Option<MediaOrder>> {
        let sql = "SELECT * FROM transcribeme_orders WHERE id = ?1";
        self.with(|connection| connection.query_row(sql, [id], order).optional())
    }

    /// Every order, of one account or of all.
    pub(crate) fn orders(&self, account: Option<&str>) -> Result<Vec<MediaOrder>> {
        let sql = "SELECT * FROM transcribeme_orders WHERE ?1 IS NULL OR account = ?1 ORDER BY number";
        self.with(|connection| connection.prepare(sql)?.query_map([account], order)?.collect())
    }

    /// The orders that a recording is in, those that were placed first, then the newest.
    pub(crate) fn orders_of(&self, recording: &str) -> Result<Vec<String>> {
        let sql = "SELECT DISTINCT id, placed > 0 AS bought, number FROM transcribeme_orders
            JOIN transcribeme_ordered ON order_id = id WHERE recording = ?1 ORDER BY bought DESC, number DESC";
        self.with(|connection| connection.prepare(sql)?.query_map([recording], |row| row.get(0))?.collect())
    }

    pub(crate) fn ordered(&self, order: &str) -> Result<Vec<Ordered>> {
        let sql = "SELECT position, recording, settings, rate FROM transcribeme_ordered WHERE order_id = ?1
            ORDER BY position";
        self.with(|connection| {
            let mut lines = connection.prepare(sql)?;
            let lines = lines.query_map([order], |row| {
                Ok(Ordered {
                    position: row.get(0)?,
                    recording: row.get(1)?,
                    settings: row.get(2)?,
                    rate: row.get(3)?,
                })
            })?;
            lines.collect()
        })
    }

    /// All or none.
    pub(crate) fn set_settings(&self, order: &str, changed: &[(i64, String)]) -> Result<()> {
        let sql = "UPDATE transcribeme_ordered SET settings = ?3 WHERE order_id = ?1 AND position = ?2";
        self.with(|connection| {
            let transaction = connection.transaction()?;
            for (position, settings) in changed {
                transaction.execute(sql, (order, position, settings))?;
            }
            transaction.commit()
        })
    }

    pub(crate) fn set_promo(&self, order: &str, code: &str) -> Result<()> {
        let sql = "UPDATE transcribeme_orders SET promo_code = ?2 WHERE id = ?1";
        self.with(|connection| connection.execute(sql, (order, code)).map(drop))
    }

    pub(crate) fn set_currency(&self, order: &str, currency: &str) -> Result<()> {
        let sql = "UPDATE transcribeme_orders SET currency = ?2 WHERE id = ?1";
        self.with(|connection| connection.execute(sql, (order, currency)).map(drop))
    }

    /// What a test says that it costs; `None`: as it is. `false`: there is no such order.
    pub(crate) fn set_price(&self, order: &str, total: Option<i64>, refund: Option<i64>) -> Result<bool> {
        let sql = "UPDATE transcribeme_orders SET total = coalesce(?2, total), refund = coalesce(?3, refund) WHERE id = ?1";
        self.with(|connection| Ok(connection.execute(sql, (order, total, refund))? == 1))
    }

    /// Places it once more, at these prices of a minute; what it cost the first time stands.
    pub(crate) fn place(&self, order: &str, rates: &[(i64, i64)], billing_types: &str) -> Result<()> {
        let sql = "UPDATE transcribeme_orders SET placed = placed + 1, paid_at_ms = coalesce(paid_at_ms, ?2), billing_types = ?3
            WHERE id = ?1";
        let line =
            "UPDATE transcribeme_ordered SET rate = coalesce(rate, ?3) WHERE order_id = ?1 AND position = ?2";
        self.with(|connection| {
            let transaction = connection.transaction()?;
            transaction.execute(sql, (order, now_ms(), billing_types))?;
            for (position, rate) in rates {
                transaction.execute(line, (order, position, rate))?;
            }
            transaction.commit()
        })
    }

    pub(crate) fn delete_order(&self, order: &str) -> Result<()> {
        let sql = "DELETE FROM transcribeme_orders WHERE id = ?1";
        self.with(|connection| connection.execute(sql, [order]).map(drop))
    }
}
