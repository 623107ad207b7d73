//! API clients: the programs that have leave to ask for tokens.

use rusqlite::{OptionalExtension, Row};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Database, Result};

/// A way to a token that a client may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Grant {
    Password,
    ClientCredentials,
    AuthorizationCode,
    ApplicationToken,
    ExternalToken,
}

impl Grant {
    pub(crate) const ALL: [Self; 5] = [
        Self::Password,
        Self::ClientCredentials,
        Self::AuthorizationCode,
        Self::ApplicationToken,
        Self::ExternalToken,
    ];
}

#[derive(Clone, Debug)]
pub(crate) struct ApiClient {
    pub(crate) id: String,
    pub(crate) name: String,
    /// A digest; without one the client is public.
    pub(crate) secret: Option<Vec<u8>>,
    /// The developer that it belongs to.
    pub(crate) owner: String,
    pub(crate) grants: Vec<Grant>,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) post_logout_redirect_uris: Vec<String>,
    /// Whether a redirect URI of this machine is taken with another port.
    pub(crate) any_loopback_port: bool,
}

fn client(row: &Row<'_>) -> Result<ApiClient> {
    Ok(ApiClient {
        id: row.get("id")?,
        name: row.get("name")?,
        secret: row.get("secret")?,
        owner: row.get("owner")?,
        grants: list(row, "grants")?,
        redirect_uris: list(row, "redirect_uris")?,
        post_logout_redirect_uris: list(row, "post_logout_redirect_uris")?,
        any_loopback_port: row.get("any_loopback_port")?,
    })
}

fn list<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> Result<Vec<T>> {
    Ok(serde_json::from_str(&row.get::<_, String>(column)?).unwrap_or_default())
}

impl Database {
    /// Adds a client, or changes the one of that id.
    pub(crate) fn put_client(&self, client: &ApiClient) -> Result<()> {
        let values = (
            &client.id,
            &client.name,
            &client.secret,
            &client.owner,
            serde_json::json!(client.grants).to_string(),
            serde_json::json!(client.redirect_uris).to_string(),
            serde_json::json!(client.post_logout_redirect_uris).to_string(),
            client.any_loopback_port,
        );
        let sql = "INSERT INTO clients (id, name, secret, owner, grants, redirect_uris, post_logout_redirect_uris, any_loopback_port)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO UPDATE SET name = ?2, secret = ?3, owner = ?4,
            grants = ?5, redirect_uris = ?6, post_logout_redirect_uris = ?7, any_loopback_port = ?8";
        self.with(|connection| connection.execute(sql, values).map(drop))
    }

    pub(crate) fn client(&self, id: &str) -> Result<Option<ApiClient>> {
        self.with(|connection| {
            connection.query_row("SELECT * FROM clients WHERE id = ?1", [id], client).optional()
        })
    }
}
