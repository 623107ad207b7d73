//! The machine against a service of our own, cut off at every point.

mod cuts;
mod fake;
mod in_file;
mod verbs;

use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;

use self::fake::{FakeKind, World};
use crate::client::Client;
use crate::options::Options;
use crate::source::Source;

/// A vendor, and a folder with a journal.
struct Place {
    world: Arc<World>,
    folder: TempDir,
    kind: FakeKind,
}

impl Place {
    fn new(kind: FakeKind, tells: bool) -> Self {
        Self { world: World::new(tells), folder: tempfile::tempdir().unwrap(), kind }
    }

    fn journal(&self) -> PathBuf {
        self.folder.path().join("jobs.db")
    }

    fn options(&self) -> Options {
        // Who the vendor is, is settled; its name only says which options are its own.
        let options = Options::new().with("service", "transcribeme").unwrap();
        options.with("journal", self.journal()).unwrap()
    }

    /// A client with a journal, as a process that starts.
    fn client(&self) -> Client {
        self.world.client(&self.options(), self.kind)
    }

    /// One whose jobs end with it.
    fn forgetful(&self) -> Client {
        self.world.client(&Options::new().with("service", "transcribeme").unwrap(), self.kind)
    }
}

fn talk() -> Source {
    Source::from_bytes(Arc::new(*b"some talk"), "talk.wav")
}

fn call(pairs: &[(&str, &str)]) -> Options {
    pairs.iter().fold(Options::new(), |options, (key, value)| options.with(key, value).unwrap())
}

/// Options of a call that may spend, and that asks for nothing longer than a test lasts.
fn spending() -> Options {
    call(&[("max_price", "9 USD"), ("request_timeout_ms", "50"), ("wait_timeout_ms", "20000")])
}
