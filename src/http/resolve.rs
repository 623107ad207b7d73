//! Names to addresses, on the library's own blocking threads.

use std::net::ToSocketAddrs;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::url::plain_refused;
use crate::error::{Error, ErrorKind, Result};
use crate::runtime::blocking;

/// Resolves by the system. What it gives is what is connected to: nobody can change the answer between a check and its
/// use.
pub(super) struct Resolver {
    /// Refuses a name that has any address which is not this machine's.
    pub(super) loopback_only: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let loopback_only = self.loopback_only;
        Box::pin(
            async move { Ok(Box::new(addresses(name.as_str(), loopback_only).await?.into_iter()) as Addrs) },
        )
    }
}

async fn addresses(name: &str, loopback_only: bool) -> Result<Vec<std::net::SocketAddr>> {
    let host = name.to_owned();
    let found = blocking(move || (host.as_str(), 0).to_socket_addrs().map(Vec::from_iter)).await?;
    let found = found.map_err(|error| {
        Error::new(ErrorKind::Connect, format!("the name {name} could not be resolved: {error}"))
    })?;
    match loopback_only && found.iter().any(|address| !address.ip().is_loopback()) {
        true => Err(plain_refused(&format!("http://{name}"))),
        false => Ok(found),
    }
}
