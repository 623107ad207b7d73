//! Where tokens are kept between requests, and who may renew them. A store knows nothing of OAuth or of the network; it
//! blocks, so it is used on threads for that only.

mod document;
mod file;
mod memory;

#[cfg(test)]
mod tests;

use std::sync::Arc;

pub(crate) use file::FileStore;
pub(crate) use memory::MemoryStore;

use super::{IdentityKey, Tokens};
use crate::error::{Error, Result};
use crate::options::Options;

/// The store that the options name: a file, or memory that ends with the client. Nothing is opened yet.
pub(crate) fn open_store(options: &Options) -> Result<Arc<dyn TokenStore>> {
    let Some(path) = options.path("token_store") else { return Ok(Arc::new(MemoryStore::default())) };
    // A program may change its folder later.
    let path = std::path::absolute(path).map_err(|error| Error::io("token_store", &error))?;
    Ok(Arc::new(FileStore::new(path)))
}

/// A store of its own that ends with whoever holds it.
pub(crate) fn memory_store() -> Arc<dyn TokenStore> {
    Arc::new(MemoryStore::new())
}

/// Keeps the tokens of any number of identities.
pub(crate) trait TokenStore: Send + Sync {
    fn load(&self, key: &IdentityKey) -> Result<Option<Tokens>>;

    /// Replaces what is kept for an identity; `None` removes it.
    fn save(&self, key: &IdentityKey, tokens: Option<&Tokens>) -> Result<()>;

    /// Takes the right to renew the tokens of an identity; `None`: somebody else has it now.
    fn try_own(&self, key: &IdentityKey) -> Result<Option<Ownership>>;
}

/// The right to renew, until it is dropped.
pub(crate) struct Ownership {
    _held: Option<Box<dyn Send + Sync>>,
}

impl Ownership {
    /// Where nobody else could want it.
    pub(super) fn undisputed() -> Self {
        Self { _held: None }
    }

    fn of(held: impl Send + Sync + 'static) -> Self {
        Self { _held: Some(Box::new(held)) }
    }
}
