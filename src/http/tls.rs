//! TLS: rustls with ring, the platform's own judgement of certificates, and the further authorities of `ca_file`.

use std::path::Path;
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::error::{Error, ErrorKind, Result};

/// Blocks: reads the system's certificates and those of `ca_file`.
pub(super) fn client_config(ca_file: Option<&Path>) -> Result<ClientConfig> {
    let extra = ca_file.map(read_certificates).transpose()?.unwrap_or_default();
    let provider = provider();
    let verifier = Verifier::new_with_extra_roots(extra, provider.clone()).map_err(failed)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .dangerous() // rustls' word for any verifier that is not its own; this is the platform's
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(config)
}

/// For connections that are never TLS: reads nothing, and accepts no server if there should be one.
pub(super) fn trusting_nobody() -> Result<ClientConfig> {
    let builder = ClientConfig::builder_with_provider(provider());
    let builder = builder.with_safe_default_protocol_versions().map_err(failed)?;
    Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

/// It is passed by hand: a guest sets no process-wide one.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn failed(error: rustls::Error) -> Error {
    Error::new(ErrorKind::Tls, format!("setting up TLS: {error}"))
}

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    use rustls::pki_types::pem::PemObject;
    let shown = path.display();
    let failed = |error| Error::io(format_args!("ca_file {shown}"), &error).with_path(path);
    let bytes = std::fs::read(path).map_err(failed)?;
    let certificates: std::result::Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(Error::new(ErrorKind::Option, format!("ca_file {shown} holds no PEM certificates"))),
    }
}
