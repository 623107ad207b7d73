//! The program itself: what it prints, and when it ends.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

fn start(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_tiro-sandbox"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn it_says_where_it_is_and_ends_with_its_input() {
    // Not every system has IPv6.
    let host = if std::net::TcpListener::bind("[::1]:0").is_ok() { "[::1]" } else { "127.0.0.1" };
    let listen = format!("{host}:0");
    let mut child = start(&["--engine", "scripted", "--until-stdin-closes", "--listen", &listen]);
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    assert!(ready["url"].as_str().unwrap().starts_with(&format!("http://{host}:")), "{ready}");
    assert_eq!(ready["pid"], child.id());
    for key in [
        "control_url",
        "control_token",
        "recording_link",
        "worklist_link",
        "link_code_url",
        "transcribeme_url",
        "storage_url",
    ] {
        assert!(ready[key].is_string(), "{key}");
    }
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    let (mut rest, mut notice) = (String::new(), String::new());
    stdout.read_to_string(&mut rest).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut notice).unwrap();
    assert_eq!(rest, "");
    assert!(notice.contains("TESTS"));
}

#[test]
fn it_explains_itself_and_refuses_what_it_does_not_know() {
    let output = |arguments: &[&str]| start(arguments).wait_with_output().unwrap();
    let help = output(&["--help"]);
    assert!(help.status.success() && String::from_utf8(help.stdout).unwrap().contains("demo-secret"));
    for wrong in [
        &["--nonsense"][..],
        &["--tls-cert", "x"],
        &["--engine", "magic"],
        &["--behaviour", "{\"x\":1}"],
        &["--path", "gospeech.path.upload"],
    ] {
        assert_eq!(output(wrong).status.code(), Some(2), "{wrong:?}");
    }
    for impossible in [
        &["--listen", "0.0.0.0:0"][..],
        &["--listen-storage", "0.0.0.0:0"],
        &["--remote-origin", "ftp://x"],
        &["--path", "gospeech.path.nothing=/x"],
    ] {
        assert_eq!(output(impossible).status.code(), Some(1), "{impossible:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_and_its_files_go() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_tiro-sandbox"))
        .args(["--engine", "scripted"])
        .env("TMPDIR", folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "the spool");
    // A shell's own: not every system has the program.
    let kill = format!("kill {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    assert!(child.wait().unwrap().success());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
