//! A server on this machine that speaks the wires of GoSpeech and of TranscribeMe, as far as they are known and as they are
//! assumed, for tests of programs that use them. Every path comes from [`tiro::GOSPEECH_ENDPOINTS`] and
//! [`tiro::TRANSCRIBEME_ENDPOINTS`], which the client reads too: a correction is one edit.
//!
//! ```no_run
//! let sandbox = tiro_sandbox::Sandbox::start(tiro_sandbox::Settings::default())?;
//! println!("{}", sandbox.ready().url);
//! # Ok::<(), tiro_sandbox::StartError>(())
//! ```

mod app;
mod connection;
mod control;
mod download;
mod engine;
mod faults;
mod gospeech;
mod host;
mod hub;
mod oauth;
mod observe;
mod pages;
mod paths;
mod request_log;
mod running;
mod secret;
mod server;
mod settings;
mod spool;
mod state;
mod timestamp;
mod transcribeme;

pub use engine::Script;
pub use running::{Ready, Sandbox, StartError};
pub use settings::{
    Behaviour, Casing, DictionaryAnswer, EngineChoice, ErrorMessages, ExpiresIn, ExportOutcome, ListEnvelope,
    LoginErrorPlace, OrderAnswer, RecordingAnswer, RemotePath, Settings, StatusAnswer, TlsFiles,
    TranscribeMeBehaviour, UploadDenial, UploadIds, UploadOrigin, UploadUrl,
};
