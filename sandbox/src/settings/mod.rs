//! What a sandbox is started with, and what of its behaviour can be changed while it runs.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::engine::Script;

mod transcribeme;

pub use transcribeme::{
    Casing, DictionaryAnswer, ErrorMessages, ExpiresIn, OrderAnswer, RecordingAnswer, RemotePath,
    StatusAnswer, TranscribeMeBehaviour, UploadIds, UploadOrigin, UploadUrl,
};

/// What a sandbox is started with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it listens; port 0 is any that is free.
    pub listen: SocketAddr,
    /// Where its storage listens, which the parts of uploads may go to: an origin of its own. Without: any free port beside.
    pub listen_storage: Option<SocketAddr>,
    /// Whether it may listen where other machines reach it.
    pub allow_remote: bool,
    /// Names beside `localhost` and the address by which it may be asked for.
    pub hosts: Vec<String>,
    /// Certificate and key: with them it speaks TLS only.
    pub tls: Option<TlsFiles>,
    /// Where accounts, recordings and transcripts are kept. Without: in memory.
    pub data: Option<PathBuf>,
    /// Who transcribes where no rule says otherwise.
    pub engine: EngineChoice,
    /// What the scripted engine does where no rule says otherwise.
    pub script: Script,
    /// Options of the client of the local service: keys and values.
    pub local_options: Vec<(String, String)>,
    /// Paths other than the table's: keys of options (`gospeech.path.upload`) and paths.
    pub paths: Vec<(String, String)>,
    /// Further redirect URIs of the clients that are there from the start.
    pub redirect_uris: Vec<String>,
    /// Origins that a remote upload may be fetched from, such as `http://127.0.0.1:8000`. Without: none.
    pub remote_origins: Vec<String>,
    /// What can be changed while it runs.
    pub behaviour: Behaviour,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            listen_storage: None,
            allow_remote: false,
            hosts: Vec::new(),
            tls: None,
            data: None,
            engine: EngineChoice::default(),
            script: Script::default(),
            local_options: Vec::new(),
            paths: Vec::new(),
            redirect_uris: Vec::new(),
            remote_origins: Vec::new(),
            behaviour: Behaviour::default(),
        }
    }
}

/// A certificate chain and its key, both PEM.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The chain, the server's own certificate first.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// Who turns recordings into transcripts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EngineChoice {
    /// A transcript that is given, at a pace that is given.
    #[cfg_attr(not(feature = "local"), default)]
    Scripted,
    /// The recogniser of this machine.
    #[cfg(feature = "local")]
    #[default]
    Local,
}

/// What can be changed while the sandbox runs.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Behaviour {
    /// How long an access token lasts.
    pub access_token_seconds: u64,
    /// How long a refresh token lasts.
    pub refresh_token_seconds: u64,
    /// Whether a refresh gives out a new refresh token and uses up the old one.
    pub rotate_refresh_tokens: bool,
    /// How long a used refresh token is still answered (once more with new tokens) before its reuse ends the login.
    pub refresh_reuse_grace_ms: u64,
    /// How the scope for managed users is spelled. The vendor's pages have two spellings.
    pub management_scope: String,
    /// Where `invalid_username_or_password` stands. The vendor's pages do not say.
    pub login_error_in: LoginErrorPlace,
    /// The most items of a page of the worklist.
    pub page_limit: u64,
    /// What a page of the worklist is wrapped in.
    pub list_envelope: ListEnvelope,
    /// How an upload is denied to an account that has codes for it. The vendor documents the event and no answer.
    pub upload_denial: UploadDenial,
    /// How long an export takes.
    pub export_ms: u64,
    /// How an export ends.
    pub export_outcome: ExportOutcome,
    /// How often the hub pings.
    pub hub_ping_ms: u64,
    /// After what silence of a client the hub drops it.
    pub hub_silence_ms: u64,
    /// TranscribeMe's half.
    pub transcribeme: TranscribeMeBehaviour,
}

impl Behaviour {
    pub(crate) fn check(&self) -> Result<(), String> {
        self.transcribeme.check()
    }
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            access_token_seconds: 3600,
            refresh_token_seconds: 30 * 86_400,
            rotate_refresh_tokens: true,
            refresh_reuse_grace_ms: 0,
            management_scope: crate::paths::option_default("gospeech.management_scope").to_owned(),
            login_error_in: LoginErrorPlace::Description,
            page_limit: 100,
            list_envelope: ListEnvelope::Items,
            upload_denial: UploadDenial::Answer,
            export_ms: 200,
            export_outcome: ExportOutcome::Completes,
            hub_ping_ms: 15_000,
            hub_silence_ms: 30_000,
            transcribeme: TranscribeMeBehaviour::default(),
        }
    }
}

/// Where a token error names `invalid_username_or_password`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginErrorPlace {
    /// In `error_description`, beside `invalid_grant`.
    Description,
    /// In `error`.
    Error,
}

/// What a page of the worklist is wrapped in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ListEnvelope {
    /// An object with `items` and `totalCount`.
    Items,
    /// An object with `records` and `total`.
    Records,
    /// An array and nothing else.
    Bare,
}

/// How an export ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportOutcome {
    /// It can be fetched, and an event tells so.
    Completes,
    /// It can be fetched, but no event comes.
    Silent,
    /// It is never complete.
    Never,
    /// The file itself is the answer to the request that starts it.
    Immediate,
}

/// How an upload is denied. The event comes either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UploadDenial {
    /// By an answer of 403, as soon as the file begins.
    Answer,
    /// By the event alone: the upload is taken to its end and answered with the id of a recording that is gone.
    Event,
}
