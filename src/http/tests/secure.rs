//! TLS: whom it trusts, and HTTP/2.

use std::io::Write;
use std::net::TcpListener;
use std::sync::Arc;

use bytes::Bytes;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::server::{Server, ok};
use super::{get, http, options, run};
use crate::error::{ErrorKind, Result};
use crate::http::{Body, Method, Request, Upload, Url};
use crate::options::Options;
use crate::source::Source;

/// A certificate authority that no system knows.
pub(super) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap() }
    }

    pub(super) fn file(&self) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(self.issuer.pem().as_bytes()).unwrap();
        file
    }

    /// A server of these names.
    pub(super) fn server(&self, names: &[&str]) -> rustls::ServerConfig {
        self.server_with(names, |_| {})
    }

    fn server_with(&self, names: &[&str], change: impl Fn(&mut CertificateParams)) -> rustls::ServerConfig {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut params = CertificateParams::new(names).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap()
    }
}

fn status(url: Url, call: Options) -> Result<u16> {
    run(move |_| async move { http(&call).send(get(url), &call).await.map(|response| response.status()) })
}

#[test]
fn a_private_authority_is_trusted_if_it_is_named() {
    let authority = Authority::new();
    let file = authority.file();
    let server =
        Server::start_with(vec![ok(""), ok("")], Some(authority.server(&["127.0.0.1", "localhost"])));
    let trusting = || options(&[("max_retries", "2")]).with("ca_file", file.path()).unwrap();
    assert_eq!(status(server.url("/"), trusting()).unwrap(), 200);
    let mut named = server.url("/");
    named.set_host(Some("localhost")).unwrap();
    assert_eq!(status(named, trusting()).unwrap(), 200);
    assert_eq!(status(server.url("/"), Options::new()).unwrap_err().kind(), ErrorKind::Tls);
    let other = Authority::new().file();
    let error = status(server.url("/"), Options::new().with("ca_file", other.path()).unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls);
    assert_eq!(server.connections(), 4, "what is not trusted is not tried again");
}

#[test]
fn a_wrong_name_and_an_old_certificate_are_refused() {
    let authority = Authority::new();
    let file = authority.file();
    let expired = |params: &mut CertificateParams| {
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    };
    for tls in [authority.server(&["elsewhere.test"]), authority.server_with(&["127.0.0.1"], expired)] {
        let server = Server::start_with(vec![ok("")], Some(tls));
        let error =
            status(server.url("/"), Options::new().with("ca_file", file.path()).unwrap()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Tls, "{error}");
        assert!(server.seen().is_empty());
    }
}

#[test]
fn what_is_no_authority_is_an_error_of_the_option() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"nothing of the kind").unwrap();
    let url = || "https://127.0.0.1:1/".parse().unwrap();
    let error = status(url(), Options::new().with("ca_file", file.path()).unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Option);
    let error = status(url(), Options::new().with("ca_file", "/no/such/file").unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::FileNotFound);
}

/// Answers one request with the number of bytes that came, and says what protocol was spoken.
fn http2_server(mut tls: rustls::ServerConfig) -> Url {
    tls.alpn_protocols = vec![b"h2".to_vec()];
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            listener.set_nonblocking(true).unwrap();
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let (stream, _) = listener.accept().await.unwrap();
            let stream = tokio_rustls::TlsAcceptor::from(Arc::new(tls)).accept(stream).await.unwrap();
            let mut connection = h2::server::handshake(stream).await.unwrap();
            while let Some(Ok((request, mut respond))) = connection.accept().await {
                tokio::spawn(async move {
                    let declared = request.headers().get("content-length").cloned();
                    let (mut body, mut count) = (request.into_body(), 0);
                    while let Some(piece) = body.data().await {
                        let piece = piece.unwrap();
                        count += piece.len();
                        body.flow_control().release_capacity(piece.len()).unwrap();
                    }
                    let said = format!("{count} of {}", declared.unwrap().to_str().unwrap());
                    let mut stream = respond.send_response(Default::default(), false).unwrap();
                    stream.send_data(Bytes::from(said), true).unwrap();
                });
            }
        });
    });
    format!("https://{address}/").parse().unwrap()
}

#[test]
fn http2_is_spoken_with_who_speaks_it() {
    let authority = Authority::new();
    let file = authority.file();
    let url = http2_server(authority.server(&["127.0.0.1"]));
    let call = Options::new().with("ca_file", file.path()).unwrap();
    let answer = run(move |_| async move {
        let source = Source::from_bytes(Arc::new(vec![7; 3_000_001]), "bytes");
        let upload = Upload::open(source.claim().unwrap(), "a", "audio/wav").await.unwrap();
        let body = Body::Raw { content_type: "audio/wav".into(), upload };
        let request = Request::new(Method::POST, url).body(body);
        http(&call).send(request, &call).await.unwrap().bytes(100).await.unwrap()
    });
    assert_eq!(answer, "3000001 of 3000001");
}
