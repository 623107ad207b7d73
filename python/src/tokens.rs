//! Access tokens that the program itself provides.

use std::sync::Arc;

use pyo3::prelude::*;
use secrecy::SecretString;
use tiro::{Error, ErrorKind, TokenProvider};

use crate::attach::{Held, attached};
use crate::source::Failure;

/// A function of the program's that gives tokens, and what it raised last.
pub(crate) struct Tokens {
    provider: Held,
    failure: Failure,
}

impl Tokens {
    pub(crate) fn new(provider: &Bound<'_, PyAny>) -> Arc<Self> {
        Arc::new(Self { provider: Held::new(provider.clone().unbind()), failure: Failure::default() })
    }

    /// Where the exception will be that it raised.
    pub(crate) fn failure(&self) -> Failure {
        self.failure.clone()
    }
}

impl TokenProvider for Tokens {
    fn token(&self, refused: Option<&str>) -> tiro::Result<SecretString> {
        let asked = attached(|py| {
            let given = self.provider.bind(py).call1((refused,)).and_then(|token| token.extract::<String>());
            given.map(SecretString::from).map_err(|error| {
                // What it says is the program's own, and may hold what no error of tiro's may: it is the cause.
                let kind = error.get_type(py).name().map(|name| name.to_string()).unwrap_or_default();
                self.failure.set(Held::new(error.into_value(py).into_any()));
                format!("the token provider raised {kind}")
            })
        });
        let asked = asked.unwrap_or_else(|| Err("the interpreter is about to end".to_owned()));
        asked.map_err(|what| Error::new(ErrorKind::Auth, what))
    }
}
