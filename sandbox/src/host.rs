//! By which names the sandbox may be asked for. A page of the web that had its own name resolve to this machine would
//! come with that name.

use std::net::{IpAddr, SocketAddr};

use axum::extract::Request;
use axum::http::header::HOST;

/// The names, beside the address that a connection came to.
#[derive(Debug)]
pub(crate) struct Hosts {
    names: Vec<String>,
}

impl Hosts {
    pub(crate) fn new(further: &[String]) -> Self {
        let names = further.iter().map(String::as_str).chain(["localhost"]);
        Self { names: names.map(str::to_ascii_lowercase).collect() }
    }

    /// Whether a request asks for this server.
    pub(crate) fn allow(&self, request: &Request, local: SocketAddr) -> bool {
        let header = match request.headers().get_all(HOST).iter().collect::<Vec<_>>()[..] {
            [] => None,
            [host] => Some(host.to_str().unwrap_or("")),
            _ => return false,
        };
        let target = request.uri().authority().map(|authority| authority.as_str());
        match (header, target) {
            (Some(one), Some(other)) if !one.eq_ignore_ascii_case(other) => false,
            (Some(host), _) | (None, Some(host)) => self.allow_name(host, local),
            (None, None) => false,
        }
    }

    fn allow_name(&self, host: &str, local: SocketAddr) -> bool {
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name, port.parse().ok()),
            // Without a port it is that of the scheme, which the sandbox may have been given.
            _ => (host, Some(local.port()).filter(|port| matches!(port, 80 | 443))),
        };
        let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let known = match address {
            Ok(address) => address == local.ip().to_canonical(),
            Err(_) => self.names.iter().any(|known| known.eq_ignore_ascii_case(name)),
        };
        known && port == Some(local.port())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_server_by_its_own_names() {
        let hosts = Hosts::new(&["sandbox.test".into()]);
        let v4 = "127.0.0.1:8080".parse().unwrap();
        for good in ["127.0.0.1:8080", "localhost:8080", "LOCALHOST:8080", "sandbox.test:8080"] {
            assert!(hosts.allow_name(good, v4), "{good}");
        }
        for bad in
            ["127.0.0.1", "127.0.0.1:80", "127.0.0.2:8080", "evil.test:8080", "[::1]:8080", "", ":8080"]
        {
            assert!(!hosts.allow_name(bad, v4), "{bad}");
        }
        assert!(hosts.allow_name("[::1]:8080", "[::1]:8080".parse().unwrap()));
        assert!(hosts.allow_name("localhost", "127.0.0.1:80".parse().unwrap()));
    }
}
