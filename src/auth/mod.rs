//! OAuth for any service that needs it: grants, tokens that are kept and renewed ahead of their end, a person's login by
//! PKCE, what an authorisation server refuses. Here is no knowledge of a service: which grant, which fields, which URLs
//! and which advice are its own. Tokens and whatever buys one are secrets; nothing here shows, logs or serialises them,
//! but for the file that a token store is.

mod answer;
mod discovery;
mod endpoint;
mod form;
mod keeping;
mod login;
mod loopback;
mod oauth_error;
mod renewal;
mod session;
mod store;
mod tokens;
mod written;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;

use crate::error::Result;

pub(crate) use discovery::{Discovered, Discovery};
pub(crate) use endpoint::TokenEndpoint;
pub use login::Login;
pub(crate) use login::{LoginSettings, state_of_ticket};
pub(crate) use loopback::RedirectListener;
pub(crate) use oauth_error::OAuthError;
pub(crate) use session::{Session, SessionSettings};
#[cfg(test)]
pub(crate) use store::{FileStore, MemoryStore};
pub(crate) use store::{TokenStore, memory_store, open_store};
pub(crate) use tokens::{AccessToken, RenewAhead, Tokens};

/// Where a program has tokens of its own: asked before each request, on a thread that may block, perhaps on several at
/// once. So it keeps its token until it has to give another.
pub trait TokenProvider: Send + Sync {
    /// A token that is good now. `refused` is the one that the service has just turned down: that is not to be given
    /// again.
    fn token(&self, refused: Option<&str>) -> Result<SecretString>;
}

/// How a session comes to its first token, and to another where its refresh token is used up.
#[derive(Clone)]
pub(crate) enum Grant {
    /// `grant_type` and the fields of a grant that needs no person; the client and the scope are added.
    Form(Vec<(&'static str, SecretString)>),
    /// Only a person can log in: a session starts from what a store holds, or from [`Session::adopt`].
    Login,
    /// A ready token of the caller's.
    Fixed(SecretString),
    /// The host's callback.
    Provider(Arc<dyn TokenProvider>),
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form(_) => "Form",
            Self::Login => "Login",
            Self::Fixed(_) => "Fixed",
            Self::Provider(_) => "Provider",
        })
    }
}

/// Whose tokens they are. The origin is part of it, so that a test server never receives a token of the real one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub(crate) struct IdentityKey {
    pub(crate) service: String,
    /// Scheme, host and port of the authorisation server.
    pub(crate) auth_origin: String,
    pub(crate) client_id: String,
    /// The account, or the name that the host gave to a person's login.
    pub(crate) identity: String,
}

impl IdentityKey {
    /// In one text: this identity at an API.
    pub(crate) fn at(&self, api: &crate::http::Url) -> String {
        serde_json::json!([self.auth_origin, self.client_id, self.identity, api.as_str()]).to_string()
    }
}
