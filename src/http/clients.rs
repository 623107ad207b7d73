//! The clients of the HTTP library that a transport needs, each built at its first use: they read certificates.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use rustls::ClientConfig;
use tokio::sync::Mutex;

use super::proxy::Proxies;
use super::resolve::Resolver;
use super::tls;
use crate::error::{Error, ErrorKind, Result};
use crate::runtime::blocking;

/// Servers close idle connections, and a request that meets the end of one may have been lost: so we are first.
const POOL_IDLE: Duration = Duration::from_secs(30);
const POOL_SIZE: usize = 8;
/// Calls may differ in how they connect; more than a few ways are a program that never uses one twice.
const MOST_CLIENTS: usize = 8;

/// How a client connects.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) ca_file: Option<PathBuf>,
    pub(super) connect_timeout: Duration,
    pub(super) idle_timeout: Duration,
    /// Plain http to this machine, by address: https never goes this way.
    pub(super) loopback_only: bool,
    pub(super) without_proxy: bool,
    /// WebSockets begin with HTTP/1.1.
    pub(super) http1_only: bool,
}

#[derive(Default)]
pub(super) struct Clients {
    built: Mutex<Built>,
}

#[derive(Default)]
struct Built {
    clients: Vec<(Way, reqwest::Client)>,
    /// By `ca_file`.
    tls: Vec<(Option<PathBuf>, ClientConfig)>,
}

impl Clients {
    pub(super) async fn of(&self, way: &Way, proxies: &Proxies) -> Result<reqwest::Client> {
        let mut built = self.built.lock().await;
        if let Some((_, client)) = built.clients.iter().find(|(known, _)| known == way) {
            return Ok(client.clone());
        }
        let tls = match way.loopback_only {
            true => tls::trusting_nobody()?,
            false => built.tls(&way.ca_file).await?,
        };
        let client = build(way, proxies, tls)?;
        if built.clients.len() >= MOST_CLIENTS {
            built.clients.remove(0);
        }
        built.clients.push((way.clone(), client.clone()));
        Ok(client)
    }
}

impl Built {
    async fn tls(&mut self, ca_file: &Option<PathBuf>) -> Result<ClientConfig> {
        if let Some((_, config)) = self.tls.iter().find(|(known, _)| known == ca_file) {
            return Ok(config.clone());
        }
        let path = ca_file.clone();
        let config = blocking(move || tls::client_config(path.as_deref())).await??;
        if self.tls.len() >= MOST_CLIENTS {
            self.tls.remove(0);
        }
        self.tls.push((ca_file.clone(), config.clone()));
        Ok(config)
    }
}

fn build(way: &Way, proxies: &Proxies, mut tls: ClientConfig) -> Result<reqwest::Client> {
    let protocols: &[&[u8]] = if way.http1_only { &[b"http/1.1"] } else { &[b"h2", b"http/1.1"] };
    tls.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(Policy::none())
        .no_proxy()
        .dns_resolver(Arc::new(Resolver { loopback_only: way.loopback_only }))
        .connect_timeout(way.connect_timeout)
        .pool_idle_timeout(POOL_IDLE)
        .pool_max_idle_per_host(POOL_SIZE)
        .user_agent(concat!("tiro/", env!("CARGO_PKG_VERSION")));
    // Of its own, it ends a connection whose server pauses for half a minute.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        builder = builder.tcp_user_timeout(way.idle_timeout);
    }
    if !way.without_proxy {
        builder = proxies.list().fold(builder, |builder, proxy| builder.proxy(proxy));
    }
    if way.http1_only {
        builder = builder.http1_only();
    }
    builder.build().map_err(|error| {
        Error::new(ErrorKind::Tls, format!("setting up HTTP: {}", super::failure::causes(&error)))
    })
}
