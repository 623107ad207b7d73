//! The services: whoever turns a recording into a transcript. One folder each; none knows another, and none knows who
//! calls it, but that advice is given in the words of the caller's language ([`Embedding`]). Adding one is a folder here, a decoder in `transcript` if it has a document of its own, and a line in
//! [`open`].

pub(crate) mod address;
mod answer;
mod custom;
mod download;
pub(crate) mod endpoint;
pub(crate) mod gospeech;
#[cfg(feature = "local")]
pub(crate) mod local;
mod media_type;
pub(crate) mod orders;
mod probing;
pub(crate) mod remote;
mod scripted;
pub(crate) mod transcribeme;
mod whole_upload;

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use secrecy::SecretString;

use self::orders::{Account, Orders};
use self::remote::{ManagedUsers, Remote};
use crate::auth::TokenProvider;
use crate::client::Embedding;
use crate::document::Document;
use crate::error::{Error, ErrorKind, Result, excerpt};
use crate::events::EventFeed;
use crate::options::Options;
use crate::recording::{Recording, RecordingPage};
use crate::runtime::{Reporter, blocking};
use crate::source::Claim;
use crate::transcript::{ExportFormat, Sink, Transcript};

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

    /// A recording's transcript in a format, into a file or into memory. By default tiro's own exporters write it.
    fn export<'a>(
        &'a self,
        call: &'a Call,
        id: &'a str,
        format: &'static ExportFormat,
        to: Option<PathBuf>,
    ) -> ServiceFuture<'a, Document> {
        Box::pin(async move { export_here(call, self.transcript(call, id).await?, format, to).await })
    }

    /// What it can do as a service with accounts, if it is one.
    fn remote(&self) -> Option<&dyn Remote> {
        None
    }

    /// What it can do for accounts that are managed by this one, if it can.
    fn managed_users(&self) -> Option<&dyn ManagedUsers> {
        None
    }

    /// Tells every change of the recordings, and what else the service tells, until it is dropped or can no more.
    fn events<'a>(&'a self, _call: &'a Call, _feed: EventFeed) -> ServiceFuture<'a, ()> {
        let error = Error::new(ErrorKind::Unsupported, "this service tells no events");
        Box::pin(async move { Err(error.with_hint("ask for the recording, or wait for it")) })
    }

    /// What it can do where a transcription has to be ordered and paid, if it charges.
    fn orders(&self) -> Option<&dyn Orders> {
        None
    }

    /// What it has for the account that is charged, if it charges.
    fn account(&self) -> Option<&dyn Account> {
        None
    }

    /// Its uploads in steps that can be taken up again, if it has such.
    fn resumable_upload(&self) -> Option<&dyn ResumableUpload> {
        None
    }

    /// Whether an upload whose outcome is not known can be begun anew: a second recording costs nobody anything.
    fn may_upload_again(&self) -> bool {
        false
    }

    /// Whose recordings these are, and where: clients of the same text see the same ones. No secret.
    fn identity(&self) -> String {
        String::new()
    }

    /// Whether its recordings end with this client.
    fn ends_with_client(&self) -> bool {
        false
    }

    /// The caller of a whole job gave up: stop working on the recording, where that is the service's to decide.
    fn abandon(&self, _id: &str) {}
}

/// Uploads in steps, each of which is remembered before and after it.
pub(crate) trait ResumableUpload: Send + Sync {
    /// Takes a recording in, from where the log says that an earlier try was. The service settles by itself what that try
    /// left uncertain, or ends with [`ErrorKind::NeedsAction`].
    fn upload<'a>(
        &'a self,
        call: &'a Call,
        source: Claim,
        log: &'a dyn UploadLog,
    ) -> ServiceFuture<'a, Recording>;
}

/// How far an upload is, as a job remembers it.
pub(crate) trait UploadLog: Send + Sync {
    /// What was kept last.
    fn kept(&self) -> Option<SecretString>;

    /// Keeps a checkpoint of the service's own form, durably before it returns; a failure ends the upload before its next
    /// step. A secret, as it may hold a pre-signed URL. `recording_id` is told as soon as it is known.
    fn keep<'a>(&'a self, recording_id: &'a str, checkpoint: SecretString) -> ServiceFuture<'a, ()>;
}

/// The service that the options name. `tokens` gives the access tokens, for a service that takes any.
pub(crate) fn open(
    options: &Options,
    embedding: Embedding,
    tokens: Option<Arc<dyn TokenProvider>>,
) -> Result<Arc<dyn Service>> {
    let service = options.text("service");
    if tokens.is_some() && !["gospeech", "transcribeme"].contains(&service.as_str()) {
        return Err(Error::new(ErrorKind::Argument, format!("the service {service} takes no access tokens")));
    }
    match service.as_str() {
        "gospeech" => Ok(Arc::new(gospeech::GoSpeech::open(options, tokens)?)),
        "scripted" => Ok(Arc::new(scripted::Scripted::open(options)?)),
        "transcribeme" => Ok(Arc::new(transcribeme::TranscribeMe::open(options, tokens)?)),
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

/// Has tiro's own exporters write a transcript into a file, or into memory.
async fn export_here(
    call: &Call,
    transcript: Transcript,
    format: &'static ExportFormat,
    to: Option<PathBuf>,
) -> Result<Document> {
    let options = call.options.of_exports();
    let write = move || {
        let mut bytes = Vec::new();
        let sink = match &to {
            Some(path) => Sink::Path(path),
            None => Sink::Buffer(&mut bytes),
        };
        transcript.export(format.name, Some(&options), sink)?;
        Ok(Document::new(format.media_type, bytes))
    };
    blocking(write).await?
}

/// The error for an id that a service does not have.
pub(crate) fn no_recording(id: &str) -> Error {
    let shown = excerpt(id);
    Error::new(ErrorKind::NotFound, format!("there is no recording {shown:?}"))
}
