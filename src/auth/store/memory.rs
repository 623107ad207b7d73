//! Tokens in memory: they end with the client.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Ownership, TokenStore};
use crate::auth::{IdentityKey, Tokens};
use crate::error::Result;
use crate::runtime::sync::Mutex;

/// Shared by whoever holds it.
#[derive(Default)]
pub(crate) struct MemoryStore {
    kept: Mutex<HashMap<IdentityKey, Tokens>>,
    owned: Arc<Mutex<HashSet<IdentityKey>>>,
}

impl MemoryStore {
    pub(crate) fn new() -> Self {
        Self::default()
    }
}

struct Owned {
    key: IdentityKey,
    among: Arc<Mutex<HashSet<IdentityKey>>>,
}

impl Drop for Owned {
    fn drop(&mut self) {
        self.among.lock().remove(&self.key);
    }
}

impl TokenStore for MemoryStore {
    fn load(&self, key: &IdentityKey) -> Result<Option<Tokens>> {
        Ok(self.kept.lock().get(key).cloned())
    }

    fn save(&self, key: &IdentityKey, tokens: Option<&Tokens>) -> Result<()> {
        let mut kept = self.kept.lock();
        match tokens {
            Some(tokens) => kept.insert(key.clone(), tokens.clone()),
            None => kept.remove(key),
        };
        Ok(())
    }

    fn try_own(&self, key: &IdentityKey) -> Result<Option<Ownership>> {
        let is_free = self.owned.lock().insert(key.clone());
        Ok(is_free.then(|| Ownership::of(Owned { key: key.clone(), among: self.owned.clone() })))
    }
}
