//! Tokens. What one login gave out is a family: a refresh token that is used twice ends all of it.

use rusqlite::OptionalExtension;

use super::{Database, Result};
use crate::secret::{digest, random};
use crate::timestamp::now_ms;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Access,
    Refresh,
}

impl TokenKind {
    fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Refresh => "refresh",
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::Access => "sandbox-access-",
            Self::Refresh => "sandbox-refresh-",
        }
    }
}

/// What one login gave out tokens for.
#[derive(Clone, Debug)]
pub(crate) struct Family {
    pub(crate) id: i64,
    pub(crate) client: String,
    /// Nobody, where the client acts for itself.
    pub(crate) account: Option<String>,
    pub(crate) scope: String,
}

/// What became of a refresh token.
#[derive(Debug)]
pub(crate) enum Refreshed {
    /// It is good; it was used up if tokens rotate.
    Good(Family),
    Unknown,
    Expired,
    /// It had been used: its family has ended.
    Reused,
}

impl Database {
    pub(crate) fn add_family(&self, client: &str, account: Option<&str>, scope: &str) -> Result<Family> {
        self.with(|connection| {
            connection.execute(
                "INSERT INTO families (client, account, scope) VALUES (?1, ?2, ?3)",
                (client, account, scope),
            )?;
            Ok(Family {
                id: connection.last_insert_rowid(),
                client: client.to_owned(),
                account: account.map(str::to_owned),
                scope: scope.to_owned(),
            })
        })
    }

    /// A new token of a family.
    pub(crate) fn issue(&self, family: &Family, kind: TokenKind, seconds: u64) -> Result<String> {
        let token = random(kind.prefix());
        let expires = now_ms().saturating_add_unsigned(seconds.saturating_mul(1000));
        self.with(|connection| {
            connection.execute(
                "INSERT INTO tokens (digest, kind, family, expires_at_ms) VALUES (?1, ?2, ?3, ?4)",
                (digest(&token), kind.name(), family.id, expires),
            )
        })?;
        Ok(token)
    }

    /// Whose an access token is, and when it ends.
    pub(crate) fn access(&self, token: &str) -> Result<Option<(Family, i64)>> {
        let found = self.with(|connection| find(connection, token, TokenKind::Access))?;
        Ok(found.filter(|found| found.expires > now_ms()).map(|found| (found.family, found.expires)))
    }

    /// Takes a refresh token of a client. With `rotate` it is used up; used again within the grace, it is good once more.
    pub(crate) fn refresh(
        &self,
        token: &str,
        client: &str,
        rotate: bool,
        grace_ms: u64,
    ) -> Result<Refreshed> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            let Some(found) = find(&transaction, token, TokenKind::Refresh)? else {
                return Ok(Refreshed::Unknown);
            };
            let now = now_ms();
            let refreshed = match found.used {
                _ if found.family.client != client => Refreshed::Unknown,
                // Without a grace, not even within the same millisecond.
                Some(used) if grace_ms == 0 || now > used.saturating_add_unsigned(grace_ms) => {
                    end_family(&transaction, found.family.id)?;
                    Refreshed::Reused
                }
                _ if found.expires <= now => Refreshed::Expired,
                used => {
                    if rotate && used.is_none() {
                        let sql = "UPDATE tokens SET used_at_ms = ?2 WHERE digest = ?1";
                        transaction.execute(sql, (digest(token), now))?;
                    }
                    Refreshed::Good(found.family)
                }
            };
            transaction.commit()?;
            Ok(refreshed)
        })
    }

    /// Ends a token of a client; with a refresh token, its whole family.
    pub(crate) fn revoke(&self, token: &str, client: &str) -> Result<()> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            if let Some(found) = find(&transaction, token, TokenKind::Refresh)? {
                if found.family.client == client {
                    end_family(&transaction, found.family.id)?;
                }
            } else if let Some(found) = find(&transaction, token, TokenKind::Access)?
                && found.family.client == client
            {
                transaction.execute("DELETE FROM tokens WHERE digest = ?1", [digest(token)])?;
            }
            transaction.commit()
        })
    }

    /// Lets tokens expire now: of one account, or all. How many.
    pub(crate) fn expire(&self, account: Option<&str>, kind: TokenKind) -> Result<usize> {
        let sql = "UPDATE tokens SET expires_at_ms = ?1 WHERE kind = ?2 AND expires_at_ms > ?1 AND family IN
            (SELECT id FROM families WHERE ?3 IS NULL OR account = ?3)";
        self.with(|connection| connection.execute(sql, (now_ms(), kind.name(), account)))
    }

    /// Ends the logins of one account, or all. How many.
    pub(crate) fn end_logins(&self, account: Option<&str>) -> Result<usize> {
        let sql = "DELETE FROM families WHERE ?1 IS NULL OR account = ?1";
        self.with(|connection| connection.execute(sql, [account]))
    }

    pub(crate) fn end_family(&self, family: i64) -> Result<()> {
        self.with(|connection| end_family(connection, family))
    }
}

struct Found {
    family: Family,
    expires: i64,
    used: Option<i64>,
}

fn find(connection: &rusqlite::Connection, token: &str, kind: TokenKind) -> Result<Option<Found>> {
    let sql = "SELECT families.id, client, account, scope, expires_at_ms, used_at_ms FROM tokens
        JOIN families ON families.id = family WHERE digest = ?1 AND kind = ?2";
    let found = connection.query_row(sql, (digest(token), kind.name()), |row| {
        Ok(Found {
            family: Family { id: row.get(0)?, client: row.get(1)?, account: row.get(2)?, scope: row.get(3)? },
            expires: row.get(4)?,
            used: row.get(5)?,
        })
    });
    found.optional()
}

/// Its tokens go; that they once were is forgotten with them.
fn end_family(connection: &rusqlite::Connection, family: i64) -> Result<()> {
    connection.execute("DELETE FROM families WHERE id = ?1", [family]).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{Account, ApiClient, Kind};

    #[test]
    fn a_refresh_token_that_is_used_up_is_so_at_once() {
        let database = Database::open(None).unwrap();
        let owner = Account::new("me@example.com", Kind::Developer, "", "");
        database.add_account(&owner).unwrap();
        let client = ApiClient {
            id: "demo".into(),
            name: String::new(),
            secret: None,
            owner: owner.id.clone(),
            grants: Vec::new(),
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            any_loopback_port: false,
        };
        database.put_client(&client).unwrap();
        for _ in 0..50 {
            let family = database.add_family("demo", Some(&owner.id), "").unwrap();
            let token = database.issue(&family, TokenKind::Refresh, 60).unwrap();
            let other = database.refresh(&token, "another", true, 0).unwrap();
            assert!(matches!(other, Refreshed::Unknown), "another client's");
            assert!(matches!(database.refresh(&token, "demo", true, 0).unwrap(), Refreshed::Good(_)));
            assert!(matches!(database.refresh(&token, "demo", true, 0).unwrap(), Refreshed::Reused));
            assert!(matches!(database.refresh(&token, "demo", true, 0).unwrap(), Refreshed::Unknown));
        }
    }
}
