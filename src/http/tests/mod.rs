//! Against real sockets: a server that follows a script and records what arrived. What is asserted are bytes, counts
//! and kinds of error; how long something took is not.

mod answers;
mod memory;
mod proxies;
mod redirects;
mod repetition;
mod secure;
mod server;
mod uploads;
mod wire;

use std::future::Future;
use std::sync::mpsc;
use std::time::Duration;

use super::{Http, Request, Url};
use crate::options::Options;
use crate::runtime::{Operation, Reporter};

/// Runs work as the library does: as an operation, on its own runtime.
fn run<T: Send + 'static, F>(work: impl FnOnce(Reporter) -> F + Send + 'static) -> T
where
    F: Future<Output = T> + Send,
{
    let (tell, told) = mpsc::channel();
    let operation = Operation::<()>::start(move |reporter| async move {
        let _ = tell.send(work(reporter).await);
        Ok(())
    });
    operation.unwrap().wait(Some(Duration::from_secs(60))).expect("it ended").unwrap();
    told.recv().unwrap()
}

fn options(pairs: &[(&str, &str)]) -> Options {
    pairs.iter().fold(Options::new(), |options, (key, value)| options.with(key, value).unwrap())
}

/// A transport that pauses next to nothing between repetitions.
fn http(options: &Options) -> Http {
    Http::with_first_pause(options, Duration::from_millis(1)).unwrap()
}

fn get(url: Url) -> Request {
    Request::get(url)
}
