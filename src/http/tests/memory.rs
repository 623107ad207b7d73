//! What an upload takes of memory, whatever its size.

use super::server::{Script, Server, answering};
use super::{http, run};
use crate::http::{Body, Method, Request, Upload};
use crate::options::Options;
use crate::source::Source;

const LENGTH: u64 = 500 << 20;

/// The process's largest resident set so far, in bytes.
#[cfg(target_os = "linux")]
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap() * 1024
}

/// Counts without keeping.
fn swallowing() -> Script {
    Box::new(|peer| {
        let length: u64 = peer.seen.header("content-length").unwrap().parse().unwrap();
        let mut left = length;
        while left > 0 {
            let count = peer.read_some(left.min(64 << 10) as usize);
            peer.seen.body.clear();
            if count == 0 {
                return;
            }
            left -= count as u64;
        }
        peer.seen.whole = true;
        peer.answer(201, "", b"");
    })
}

/// Alone in its process only: run with `--ignored --exact --nocapture http::tests::memory::...`.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "measures the whole process"]
fn a_large_upload_takes_little() {
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().set_len(LENGTH).unwrap();
    let server = Server::start(vec![answering(201, "", ""), swallowing()]);
    let (warm, large) = (server.url("/warm"), server.url("/large"));
    let warming = Source::from_bytes(std::sync::Arc::new(vec![0; 2 << 20]), "warm");
    let send = |source: Source, url| {
        run(move |reporter| async move {
            let call = Options::new();
            let upload = Upload::open(source.claim()?, "talk.wav", "audio/wav").await?;
            let body = Body::Multipart { fields: vec![], part: "file".into(), upload };
            let request = Request::new(Method::POST, url).body(body).reporter(reporter);
            http(&call).send(request, &call).await.map(|response| response.status())
        })
        .unwrap()
    };
    assert_eq!(send(warming, warm), 201);
    let before = peak();
    let cpu = std::time::Instant::now();
    assert_eq!(send(Source::from_path(file.path()).unwrap(), large), 201);
    let extra = peak() - before;
    println!("{} MB took {} KiB more memory, {:?}", LENGTH >> 20, extra >> 10, cpu.elapsed());
    assert!(server.seen()[1].whole);
    // The server's buffers are in it.
    assert!(extra <= 4 << 20);
}
