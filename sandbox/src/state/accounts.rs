//! Accounts: developers, the users they manage, and persons of their own.

use rusqlite::{OptionalExtension, Row};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Database, Result};

/// Whose an account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Owns API clients, and pays.
    Developer,
    /// Made by a developer; has no password.
    Managed,
    /// Registered by themselves; logs in on the login page.
    User,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Developer => "developer",
            Self::Managed => "managed",
            Self::User => "user",
        }
    }

    fn from_name(name: &str) -> Self {
        [Self::Developer, Self::Managed].into_iter().find(|kind| kind.name() == name).unwrap_or(Self::User)
    }
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) kind: Kind,
    /// The developer of a managed user.
    pub(crate) owner: Option<String>,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) initials: String,
    pub(crate) display_name: String,
    /// A digest.
    #[serde(skip)]
    pub(crate) password: Option<Vec<u8>>,
    /// Why its uploads are refused; empty: they are not.
    pub(crate) denied_codes: Vec<String>,
}

impl Account {
    pub(crate) fn new(email: &str, kind: Kind, first_name: &str, last_name: &str) -> Self {
        let initials =
            [first_name, last_name].iter().filter_map(|name| name.chars().next()).collect::<String>();
        Self {
            id: Uuid::new_v4().to_string(),
            email: email.to_owned(),
            kind,
            owner: None,
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            initials: initials.to_uppercase(),
            display_name: format!("{first_name} {last_name}").trim().to_owned(),
            password: None,
            denied_codes: Vec::new(),
        }
    }
}

const COLUMNS: &str =
    "id, email, kind, owner, first_name, last_name, initials, display_name, password, denied_codes";

fn account(row: &Row<'_>) -> Result<Account> {
    Ok(Account {
        id: row.get("id")?,
        email: row.get("email")?,
        kind: Kind::from_name(&row.get::<_, String>("kind")?),
        owner: row.get("owner")?,
        first_name: row.get("first_name")?,
        last_name: row.get("last_name")?,
        initials: row.get("initials")?,
        display_name: row.get("display_name")?,
        password: row.get("password")?,
        denied_codes: serde_json::from_str(&row.get::<_, String>("denied_codes")?).unwrap_or_default(),
    })
}

impl Database {
    /// `false`: there is one of that e-mail.
    pub(crate) fn add_account(&self, account: &Account) -> Result<bool> {
        let sql = format!(
            "INSERT INTO accounts ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING"
        );
        let Account { id, email, kind, owner, first_name, last_name, initials, display_name, .. } = account;
        let denied = serde_json::json!(account.denied_codes).to_string();
        let values = (
            id,
            email,
            kind.name(),
            owner,
            first_name,
            last_name,
            initials,
            display_name,
            &account.password,
            denied,
        );
        self.with(|connection| Ok(connection.execute(&sql, values)? == 1))
    }

    pub(crate) fn account(&self, id: &str) -> Result<Option<Account>> {
        self.one_account("id", id)
    }

    pub(crate) fn account_of_email(&self, email: &str) -> Result<Option<Account>> {
        self.one_account("email", email)
    }

    fn one_account(&self, column: &str, value: &str) -> Result<Option<Account>> {
        let sql = format!("SELECT {COLUMNS} FROM accounts WHERE {column} = ?1");
        self.with(|connection| connection.query_row(&sql, [value], account).optional())
    }

    pub(crate) fn accounts(&self) -> Result<Vec<Account>> {
        let sql = format!("SELECT {COLUMNS} FROM accounts ORDER BY rowid");
        self.with(|connection| connection.prepare(&sql)?.query_map([], account)?.collect())
    }

    pub(crate) fn set_password(&self, id: &str, digest: Option<&[u8]>) -> Result<()> {
        self.with(|connection| {
            connection.execute("UPDATE accounts SET password = ?2 WHERE id = ?1", (id, digest)).map(drop)
        })
    }

    pub(crate) fn set_denied_codes(&self, id: &str, codes: &[String]) -> Result<()> {
        let codes = serde_json::json!(codes).to_string();
        self.with(|connection| {
            connection.execute("UPDATE accounts SET denied_codes = ?2 WHERE id = ?1", (id, codes)).map(drop)
        })
    }

    /// With its tokens, recordings and all; `false`: there is none.
    pub(crate) fn delete_account(&self, id: &str) -> Result<bool> {
        self.with(|connection| Ok(connection.execute("DELETE FROM accounts WHERE id = ?1", [id])? == 1))
    }
}
