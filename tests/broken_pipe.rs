//! A program in C, with SIGPIPE as it is by default, and a server that goes away in the middle of an upload.
#![cfg(all(feature = "capi", target_os = "linux"))]

mod support;

use std::io::Read;
use std::net::TcpListener;
use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair};
use support::program::{build, run};

/// A server that reads a megabyte of what comes and goes away, again and again.
fn leaving_server(tls: Option<rustls::ServerConfig>) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let tls = tls.map(Arc::new);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { return };
            let mut first = vec![0; 1 << 20];
            let _ = match &tls {
                None => (&stream).read_exact(&mut first),
                Some(tls) => {
                    let connection = rustls::ServerConnection::new(tls.clone()).unwrap();
                    rustls::StreamOwned::new(connection, stream).read_exact(&mut first)
                }
            };
        }
    });
    address
}

#[test]
fn a_program_outlives_a_server_that_goes_away_while_it_uploads() {
    let program = build("broken_pipe");
    let variables =
        |url: &str| vec![("TIRO_AUTH_BASE_URL", url.to_owned()), ("TIRO_API_BASE_URL", url.to_owned())];
    let passes = |variables: Vec<(&str, String)>| {
        let mut variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        variables.push(("TIRO_ACCESS_TOKEN", "a-token"));
        assert_eq!(run(&program, &[], &variables).passed(), ["the_program_outlives_its_server"]);
    };
    passes(variables(&format!("http://{}", leaving_server(None))));

    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), own.pem()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![own.der().clone()], key.serialize_der().try_into().unwrap())
        .unwrap();
    let mut with_tls = variables(&format!("https://{}", leaving_server(Some(tls))));
    with_tls.push(("TIRO_CA_FILE", file.path().to_str().unwrap().to_owned()));
    passes(with_tls);
}
