use std::path::PathBuf;

use rcgen::{CertificateParams, Issuer, KeyPair};
use reqwest::{Certificate, Version};
use tiro_sandbox::{Settings, TlsFiles};

use crate::support::{DEVELOPER, Fixture, fast, http};

/// A private authority, and a server's certificate of it.
fn certificate(folder: &std::path::Path) -> (Certificate, TlsFiles) {
    let mut authority = CertificateParams::new(Vec::<String>::new()).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    let authority_pem = authority.self_signed(&authority_key).unwrap().pem();
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let server = server.signed_by(&key, &Issuer::new(authority, authority_key)).unwrap();
    let write = |name: &str, text: &str| -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let files = TlsFiles {
        certificate: write("cert.pem", &server.pem()),
        key: write("key.pem", &key.serialize_pem()),
    };
    (Certificate::from_pem(authority_pem.as_bytes()).unwrap(), files)
}

#[tokio::test]
async fn tls_speaks_both_versions_of_http() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, files) = certificate(folder.path());
    let mut fixture = Fixture::with(Settings { tls: Some(files), ..fast() });
    assert!(fixture.url("").starts_with("https://127.0.0.1:"));
    fixture.http = http().tls_certs_only([authority.clone()]).build().unwrap();
    let token = fixture.token(DEVELOPER).await;
    let answer = fixture.get("/api/records/worklist", &token).await;
    assert_eq!((answer.status().as_u16(), answer.version()), (200, Version::HTTP_2));
    let id = fixture.upload(&token, "x.wav", &vec![5; 2_000_000]).await;
    fixture.wait_for(&token, &id, "readyForCorrection").await;
    fixture.http = http().http1_only().tls_certs_only([authority]).build().unwrap();
    assert_eq!(fixture.get("/api/records/worklist", &token).await.version(), Version::HTTP_11);
    fixture.fault(serde_json::json!({ "operation": "upload", "cut_request_after": 100_000 })).await;
    assert!(fixture.try_upload(&token, "x.wav", &vec![1; 3_000_000]).await.is_err());
}

#[tokio::test]
async fn a_certificate_that_is_none_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = folder.path().join("nothing.pem");
    std::fs::write(&nothing, "nothing").unwrap();
    let tls = Some(TlsFiles { certificate: nothing.clone(), key: nothing });
    let error = tiro_sandbox::Sandbox::start(Settings { tls, ..fast() }).unwrap_err();
    assert!(error.to_string().contains("nothing.pem"));
}
