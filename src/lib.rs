//! tiro: speech transcription services behind one small native library.
//!
//! A [`Client`] belongs to one service: `local`, a recogniser on this machine, or another that the options name. Its
//! verbs return at once with an [`Operation`], which is a future, can be waited for by a thread, and reports to
//! callbacks and queues.
//!
//! ```no_run
//! let client = tiro::Client::new(&tiro::Options::new())?; // nothing set: the local service
//! let source = tiro::Source::from_path("talk.wav")?;
//! let transcript = client.transcribe(&source, None)?.wait(None).expect("no timeout")?;
//! println!("{}", transcript.text());
//! # Ok::<(), tiro::Error>(())
//! ```

mod arrow;
mod auth;
mod backoff;
#[cfg(feature = "capi")]
pub mod capi;
mod client;
mod database;
mod document;
mod error;
mod events;
mod files;
mod following;
mod hex;
mod http;
mod instant;
mod job;
pub mod log;
mod options;
mod order;
mod random;
mod recording;
mod runtime;
mod service;
mod source;
mod transcript;

pub use arrow::{ArrowArray, ArrowArrayStream, ArrowSchema};
pub use auth::{Login, TokenProvider};
pub use client::{Client, Embedding};
pub use document::Document;
pub use error::{ERROR_TABLE, Error, ErrorEntry, ErrorKind, Result};
pub use events::{Events, ServiceEvent, ServiceEventKind};
pub use job::{Job, JobOutcome};
pub use options::{OPTION_TABLE, OptionEntry, OptionType, Options, Scope, option_entry};
pub use order::{Dictionary, DictionaryEntry, Order, Price, Quote, RecordingPrice};
pub use recording::{Recording, RecordingDetails, RecordingPage, RecordingStatus};
pub use runtime::{
    Event, EventKind, Operation, Output, Progress, ProgressPhase, Queue, ResultOf, generation, shutdown,
};
pub use service::endpoint::{Endpoint, EndpointState, Standing};
pub use service::gospeech::{GOSPEECH_ENDPOINTS, GOSPEECH_STATUSES};
#[cfg(feature = "local")]
pub use service::local::{INSTALLABLE, Installable, ModelPackage, PackageFile, install_model};
pub use service::remote::{CustomRequest, Diagnosis, ManagedUser, NewManagedUser, Probe};
pub use service::transcribeme::{TRANSCRIBEME_ENDPOINTS, TRANSCRIBEME_STATUSES};
pub use source::{ReadCallbacks, SharedBytes, Source};
pub use transcript::{
    Align, Attributes, EXPORT_FORMATS, ExportFormat, Format, List, Match, Paragraph, ParagraphRef,
    ParagraphStyle, Script, Segment, SegmentRef, SegmentView, Sink, Spacing, Transcript, TranscriptBuilder,
    Word, WordRef, WordView,
};
