//! A server on this machine that speaks the wire of GoSpeech, as far as it is known and as it is assumed, for tests of
//! programs that use it. Every path comes from [`tiro::GOSPEECH_ENDPOINTS`], which the client reads too: a correction is
//! one edit.
//!
//! ```no_run
//! let sandbox = tiro_sandbox::Sandbox::start(tiro_sandbox::Settings::default())?;
//! println!("{}", sandbox.ready().url);
//! # Ok::<(), tiro_sandbox::StartError>(())
//! ```

mod app;
mod connection;
mod control;
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
mod state;
mod timestamp;

pub use engine::Script;
pub use running::{Ready, Sandbox, StartError};
pub use settings::{
    Behaviour, EngineChoice, ExportOutcome, ListEnvelope, LoginErrorPlace, Settings, TlsFiles, UploadDenial,
};
