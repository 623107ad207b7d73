//! The command line.

use lexopt::prelude::*;
use serde::de::DeserializeOwned;
use tiro_sandbox::{Behaviour, EngineChoice, Script, Settings, TlsFiles};

pub const HELP: &str = "\
tiro-sandbox: a server on this machine that speaks the wires of GoSpeech and TranscribeMe, for tests
of programs.

Usage: tiro-sandbox [OPTIONS]

It prints one line of JSON when it is ready:
  {\"url\":…,\"transcribeme_url\":…,\"storage_url\":…,\"control_url\":…,\"control_token\":…,\"pid\":…,\"recording_link\":…,\"worklist_link\":…,\"link_code_url\":…}

Where it listens
  --listen ADDRESS:PORT   default 127.0.0.1:0 (any free port); [::1]:0 for IPv6
  --listen-storage ADDRESS:PORT
                          the same for the storage of uploads, an origin of its own; default: any free port beside
  --allow-remote          leave to listen where other machines can reach it
  --host NAME             a further name it may be asked for (repeatable); the first is used in its URLs
  --tls-cert FILE         certificate chain, PEM; with --tls-key: TLS only, HTTP/2 and HTTP/1.1
  --tls-key FILE          private key, PEM
  --until-stdin-closes    end when standard input does, so that a test's child never outlives it

What it is
  --data FILE             keep accounts, recordings and transcripts in that SQLite file; default: in memory
  --engine local|scripted who transcribes; default local, where it is built in
  --local KEY=VALUE       an option of the local service, such as model_dir=/models (repeatable); TIRO_* is read too
  --script JSON           what the scripted engine does, such as {\"pace_ms\":10,\"text\":\"Hello.\"}
  --behaviour JSON        such as {\"access_token_seconds\":5}; all of it is in docs/sandbox.md
  --path KEY=PATH         another path, by the client's option: gospeech.path.upload=/v2/records (repeatable)
  --remote-origin ORIGIN  an origin that remote uploads may be fetched from (repeatable); default: none
  --redirect-uri URI      a further redirect URI of the demo clients (repeatable)

Who is there from the start
  me@example.com          a developer: client id demo, secret demo-secret, every grant; password developer-password,
                          which may be left out, as in the vendor's own example
                          application token demo-application-token, external tokens demo-google-token (Google) and
                          demo-facebook-token (Facebook) sign the developer in at TranscribeMe
  demo-public             the same developer's client without a secret, for PKCE
  anna@example.com        a person who logs in on the login page: password anna-password
  Redirect URIs           http://127.0.0.1:8765/callback and http://localhost:8765/callback
";

pub enum Wanted {
    Help,
    Version,
    Run(Box<Arguments>),
}

#[derive(Default)]
pub struct Arguments {
    pub settings: Settings,
    pub until_stdin_closes: bool,
}

pub fn parse(mut parser: lexopt::Parser) -> Result<Wanted, lexopt::Error> {
    let mut arguments = Arguments::default();
    let (mut certificate, mut key) = (None, None);
    let settings = &mut arguments.settings;
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Wanted::Help),
            Short('V') | Long("version") => return Ok(Wanted::Version),
            Long("listen") => settings.listen = parser.value()?.parse()?,
            Long("allow-remote") => settings.allow_remote = true,
            Long("host") => settings.hosts.push(parser.value()?.string()?),
            Long("tls-cert") => certificate = Some(parser.value()?.into()),
            Long("tls-key") => key = Some(parser.value()?.into()),
            Long("until-stdin-closes") => arguments.until_stdin_closes = true,
            Long("data") => settings.data = Some(parser.value()?.into()),
            Long("engine") => settings.engine = parser.value()?.parse_with(engine)?,
            Long("local") => settings.local_options.push(parser.value()?.parse_with(pair)?),
            Long("script") => settings.script = parser.value()?.parse_with(json::<Script>)?,
            Long("behaviour") => settings.behaviour = parser.value()?.parse_with(json::<Behaviour>)?,
            Long("path") => settings.paths.push(parser.value()?.parse_with(pair)?),
            Long("listen-storage") => settings.listen_storage = Some(parser.value()?.parse()?),
            Long("remote-origin") => settings.remote_origins.push(parser.value()?.string()?),
            Long("redirect-uri") => settings.redirect_uris.push(parser.value()?.string()?),
            _ => return Err(argument.unexpected()),
        }
    }
    settings.tls = match (certificate, key) {
        (Some(certificate), Some(key)) => Some(TlsFiles { certificate, key }),
        (None, None) => None,
        _ => return Err("--tls-cert and --tls-key go together".into()),
    };
    Ok(Wanted::Run(Box::new(arguments)))
}

fn engine(name: &str) -> Result<EngineChoice, String> {
    match name {
        "scripted" => Ok(EngineChoice::Scripted),
        #[cfg(feature = "local")]
        "local" => Ok(EngineChoice::Local),
        _ => Err(format!("there is no engine {name:?} in this build")),
    }
}

fn pair(text: &str) -> Result<(String, String), &'static str> {
    let (key, value) = text.split_once('=').ok_or("KEY=VALUE is wanted")?;
    Ok((key.to_owned(), value.to_owned()))
}

fn json<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    serde_json::from_str(text)
}
