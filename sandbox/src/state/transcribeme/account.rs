//! What an account has beside its recordings: tokens that sign it in, and how it pays.

use rusqlite::{Connection, OptionalExtension};
use serde_json::Value;

use crate::secret::{digest, random};
use crate::state::{Database, Result};

impl Database {
    /// Gives an account of a client that application token, unless it has one.
    pub(crate) fn first_application_token(&self, client: &str, account: &str, token: &str) -> Result<()> {
        let sql = "INSERT INTO transcribeme_application_tokens (client, account, digest) VALUES (?1, ?2, ?3)
            ON CONFLICT DO NOTHING";
        self.with(|connection| connection.execute(sql, (client, account, digest(token))).map(drop))
    }

    /// A new application token in place of the one before.
    pub(crate) fn new_application_token(&self, client: &str, account: &str) -> Result<String> {
        let token = random("sandbox-application-");
        let sql = "INSERT OR REPLACE INTO transcribeme_application_tokens (client, account, digest) VALUES (?1, ?2, ?3)";
        self.with(|connection| connection.execute(sql, (client, account, digest(&token))))?;
        Ok(token)
    }

    /// The account that an application token of a client signs in.
    pub(crate) fn account_of_application_token(&self, client: &str, token: &str) -> Result<Option<String>> {
        let sql = "SELECT account FROM transcribeme_application_tokens WHERE client = ?1 AND digest = ?2";
        self.with(|connection| {
            connection.query_row(sql, (client, digest(token)), |row| row.get(0)).optional()
        })
    }

    /// Lets another provider's token sign an account in.
    pub(crate) fn put_external_token(&self, provider: &str, account: &str, token: &str) -> Result<()> {
        let sql = "INSERT OR REPLACE INTO transcribeme_external_tokens (digest, provider, account) VALUES (?1, ?2, ?3)";
        self.with(|connection| connection.execute(sql, (digest(token), provider, account)).map(drop))
    }

    pub(crate) fn account_of_external_token(&self, provider: &str, token: &str) -> Result<Option<String>> {
        let sql = "SELECT account FROM transcribeme_external_tokens WHERE digest = ?1 AND provider = ?2";
        self.with(|connection| {
            connection.query_row(sql, (digest(token), provider), |row| row.get(0)).optional()
        })
    }

    /// Billing address and card; null, where there is none.
    pub(crate) fn billing(&self, account: &str) -> Result<(Value, Value)> {
        let sql = "SELECT address, card FROM transcribeme_billing WHERE account = ?1";
        let found = self.with(|connection| {
            connection
                .query_row(sql, [account], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
                .optional()
        })?;
        let (address, card) = found.unwrap_or_default();
        let read = |text: String| serde_json::from_str(&text).unwrap_or_default();
        Ok((read(address), read(card)))
    }

    pub(crate) fn set_billing_address(&self, account: &str, address: &Value) -> Result<()> {
        self.with(|connection| set_billing(connection, "address", account, address))
    }

    pub(crate) fn set_billing_card(&self, account: &str, card: &Value) -> Result<()> {
        self.with(|connection| set_billing(connection, "card", account, card))
    }
}

fn set_billing(connection: &Connection, column: &str, account: &str, value: &Value) -> Result<()> {
    let sql = format!(
        "INSERT INTO transcribeme_billing (account, {column}) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET {column} = ?2"
    );
    connection.execute(&sql, (account, value.to_string())).map(drop)
}
