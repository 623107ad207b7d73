//! The services: whoever turns a recording into a transcript. One folder each; none knows another, and none knows who
//! calls it. Adding one is a folder here, a decoder in `transcript` if it has a document of its own, and a line in
//! [`open`].

#[cfg(feature = "local")]
pub(crate) mod local;
mod scripted;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::client::Embedding;
use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;
use crate::recording::{Recording, RecordingPage};
use crate::runtime::Reporter;
use crate::source::Claim;
use crate::transcript::Transcript;

/// What a service gives back: a future that ends what it does when it is dropped.
pub(crate) type ServiceFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// One call of a service: its options, and where it tells how far it is.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) options: Arc<Options>,
    pub(crate) reporter: Reporter,
}

/// A page of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageRequest {
    pub(crate) offset: u64,
    pub(crate) limit: u64,
}

/// What every service does. A call may be dropped at any point; the service then stops as soon as it can. Futures
/// never block their thread: disk, sources and computing go through [`crate::runtime::blocking`].
pub(crate) trait Service: Send + Sync {
    /// Takes a recording in. The transcription starts by itself where the service works so.
    fn upload<'a>(&'a self, call: &'a Call, source: Claim) -> ServiceFuture<'a, Recording>;

    /// A recording as it is now.
    fn recording<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, Recording>;

    /// A page of the recordings.
    fn recordings<'a>(&'a self, call: &'a Call, page: PageRequest) -> ServiceFuture<'a, RecordingPage>;

    /// Follows a recording until its status is final, reporting progress. The deadline is the caller's.
    fn follow<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, Recording>;

    /// The transcript of a recording that is ready.
    fn transcript<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, Transcript>;

    /// Deletes a recording and its transcript.
    fn delete<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, ()>;

    /// Deletes every recording, with its transcript and whatever else is kept of it.
    fn purge<'a>(&'a self, _call: &'a Call) -> ServiceFuture<'a, ()> {
        let error = Error::new(ErrorKind::Unsupported, "this service does not delete everything at once");
        Box::pin(async move { Err(error.with_hint("delete the recordings one by one")) })
    }

    /// The caller of a whole job gave up: stop working on the recording, where that is the service's to decide.
    fn abandon(&self, _id: &str) {}
}

/// The service that the options name.
pub(crate) fn open(options: &Options, embedding: Embedding) -> Result<Arc<dyn Service>> {
    match options.text("service").as_str() {
        "scripted" => Ok(Arc::new(scripted::Scripted::open(options)?)),
        #[cfg(feature = "local")]
        "local" => local::open(options, embedding),
        other => {
            let _ = embedding;
            Err(Error::new(
                ErrorKind::Unsupported,
                format!("this build of tiro is without the service {other}"),
            ))
        }
    }
}

/// The error for an id that a service does not have.
fn no_recording(id: &str) -> Error {
    let shown: String = id.chars().take(80).collect();
    Error::new(ErrorKind::NotFound, format!("there is no recording {shown:?}"))
}
