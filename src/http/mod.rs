//! HTTP for whatever needs it: which URLs are accepted, TLS, deadlines, bodies that are streamed. Here is no knowledge
//! of any service.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
pub(crate) use reqwest::Url;
use reqwest::redirect;
use rustls_platform_verifier::Verifier;

use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;
use crate::runtime::blocking;

const MOST_REDIRECTS: usize = 5;

/// Parses a URL. https, or plain http to this machine; no user name or password in it.
pub(crate) fn checked_url(text: &str) -> Result<Url> {
    let refused = |why: &str| Error::new(ErrorKind::Argument, format!("the URL {why}"));
    let url = Url::parse(text).map_err(|error| refused(&format!("is not one: {error}")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("holds a user name or password"));
    }
    match may_connect(&url) {
        true => Ok(url),
        false => Err(refused("is neither https nor plain http to this machine")),
    }
}

fn may_connect(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))
}

/// By address alone: a name may resolve to anything, but for `localhost`, which we resolve ourselves.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Fetches a URL into a new file. The caller removes the file if this fails.
pub(crate) async fn download(
    url: &Url,
    to: &Path,
    options: &Options,
    largest: u64,
    tell: impl Fn(u64, u64),
) -> Result<()> {
    let client = client(options).await?;
    let response = client.get(url.clone()).send().await.map_err(|error| transport_error(&error))?;
    let status = response.status();
    if !status.is_success() {
        let kind = match status.as_u16() {
            404 | 410 => ErrorKind::NotFound,
            429 => ErrorKind::RateLimited,
            401 | 403 => ErrorKind::Forbidden,
            500.. => ErrorKind::Service,
            _ => ErrorKind::Rejected,
        };
        return Err(
            Error::new(kind, format!("the server answered {status}")).with_http_status(status.as_u16())
        );
    }
    let declared = response.content_length();
    let total = declared.unwrap_or(0);
    let too_large =
        || Error::new(ErrorKind::Protocol, format!("the download is larger than {largest} bytes"));
    if total > largest {
        return Err(too_large());
    }
    let path = to.to_owned();
    let io = |error| Error::io("the downloaded file", &error);
    let mut file = blocking(move || std::fs::File::create_new(path)).await?.map_err(io)?;
    let mut done = 0;
    let mut body = response.bytes_stream();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|error| transport_error(&error))?;
        done += chunk.len() as u64;
        if done > largest {
            return Err(too_large());
        }
        file = blocking(move || std::io::Write::write_all(&mut file, &chunk).map(|()| file))
            .await?
            .map_err(io)?;
        tell(done, total);
    }
    match declared {
        Some(declared) if declared != done => Err(Error::new(
            ErrorKind::Protocol,
            format!("the server declared {declared} bytes and sent {done}"),
        )),
        _ => Ok(()),
    }
}

async fn client(options: &Options) -> Result<reqwest::Client> {
    let extra = match options.path("ca_file") {
        None => Vec::new(),
        Some(path) => blocking(move || read_certificates(&path)).await??,
    };
    let tls = |error: rustls::Error| Error::new(ErrorKind::Tls, format!("setting up TLS: {error}"));
    // The provider is passed by hand: a guest sets no process-wide one.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier::new_with_extra_roots(extra, provider.clone()).map_err(tls)?;
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(tls)?
        .dangerous() // rustls' word for any verifier that is not its own; this is the platform's
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    let policy = redirect::Policy::custom(|attempt| {
        if attempt.previous().len() > MOST_REDIRECTS {
            attempt.error("too many redirects")
        } else if may_connect(attempt.url()) {
            attempt.follow()
        } else {
            attempt.error("a redirect to a place that is neither https nor this machine")
        }
    });
    let ms = |key| Duration::from_millis(options.integer(key).unsigned_abs());
    reqwest::Client::builder()
        .tls_backend_preconfigured(config)
        .redirect(policy)
        .no_proxy()
        .connect_timeout(ms("connect_timeout_ms"))
        .read_timeout(ms("idle_timeout_ms"))
        .user_agent(concat!("tiro/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| transport_error(&error))
}

fn read_certificates(path: &Path) -> Result<Vec<rustls::pki_types::CertificateDer<'static>>> {
    use rustls::pki_types::pem::PemObject;
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|error| Error::io(format_args!("ca_file {shown}"), &error))?;
    let certificates: std::result::Result<Vec<_>, _> =
        rustls::pki_types::CertificateDer::pem_slice_iter(&bytes).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(Error::new(ErrorKind::Option, format!("ca_file {shown} holds no PEM certificates"))),
    }
}

/// The error of tiro for one of the HTTP client, without the URL (which may hold a secret).
fn transport_error(error: &reqwest::Error) -> Error {
    let mut causes = Vec::new();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        causes.push(inner.to_string());
        cause = inner.source();
    }
    let causes = causes.join(": ");
    let is_tls = causes.contains("certificate") || causes.contains("TLS") || causes.contains("tls");
    let (kind, what) = if error.is_timeout() {
        (ErrorKind::Timeout, "the server did not answer in time")
    } else if error.is_connect() && is_tls {
        (ErrorKind::Tls, "no trusted connection to the server")
    } else if error.is_connect() {
        (ErrorKind::Connect, "no connection to the server")
    } else {
        (ErrorKind::Protocol, "the server's answer broke off or is not HTTP")
    };
    Error::new(kind, if causes.is_empty() { what.to_owned() } else { format!("{what}: {causes}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_goes_to_this_machine_only() {
        for good in ["https://example.org/x", "http://127.0.0.1:8/x", "http://[::1]/x", "http://localhost/x"]
        {
            checked_url(good).unwrap();
        }
        for bad in [
            "http://example.org/x",
            "ftp://example.org/x",
            "file:///etc/passwd",
            "https://me:pw@example.org/",
            "http://127.0.0.1.example.org/",
            "nonsense://",
            "http://",
        ] {
            assert_eq!(checked_url(bad).unwrap_err().kind(), ErrorKind::Argument, "{bad}");
        }
    }
}
