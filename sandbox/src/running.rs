//! A sandbox that runs: what is made at its start, and its end.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, RwLock, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use serde::Serialize;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::app::{App, SharedApp};
use crate::engine::Engines;
use crate::faults::Faults;
use crate::host::Hosts;
use crate::hub::Hub;
use crate::oauth::{Codes, Signer};
use crate::pages::Sessions;
use crate::paths::{LINK_CODE, Paths, RECORD_PAGE, TRANSCRIBEME_BASE, WORKLIST_PAGE};
use crate::request_log::RequestLog;
use crate::settings::Settings;
use crate::state::{Account, ApiClient, Database, Grant, Kind};
use crate::transcribeme::Origins;
use crate::{control, gospeech, oauth, observe, pages, secret, server, transcribeme};

/// Why a sandbox did not start.
#[derive(Debug)]
pub struct StartError(String);

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

impl From<String> for StartError {
    fn from(why: String) -> Self {
        Self(why)
    }
}

/// What a program has to know of a sandbox that runs.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Ready {
    /// For `auth_base_url` and `api_base_url` of GoSpeech.
    pub url: String,
    /// For `auth_base_url` and `api_base_url` of TranscribeMe.
    pub transcribeme_url: String,
    /// Where parts of uploads go if the behaviour says so: an origin of its own.
    pub storage_url: String,
    /// Where the control API is.
    pub control_url: String,
    /// What the control API wants as a bearer token.
    pub control_token: String,
    /// The process.
    pub pid: u32,
    /// For `gospeech.link.recording`.
    pub recording_link: String,
    /// For `gospeech.link.worklist`.
    pub worklist_link: String,
    /// Where a user's token gets a code that signs a browser in by a link, as `?code=`.
    pub link_code_url: String,
}

/// A sandbox. It ends when this is dropped.
#[derive(Debug)]
pub struct Sandbox {
    ready: Ready,
    /// Dropped, it ends the thread.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts one, on threads of its own. It listens when this returns.
    pub fn start(settings: Settings) -> Result<Self, StartError> {
        let addresses = [Some(settings.listen), settings.listen_storage];
        let remote = addresses.into_iter().flatten().find(|address| !address.ip().is_loopback());
        if let (Some(address), false) = (remote, settings.allow_remote) {
            return Err(StartError(format!(
                "{address} can be reached by other machines, and this is a sandbox: --allow-remote if that is meant"
            )));
        }
        settings.behaviour.check()?;
        let (stop, stopped) = oneshot::channel();
        let (started, starts) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("tiro-sandbox".into())
            .spawn(move || run(&settings, &started, stopped))
            .map_err(|error| StartError(format!("a thread: {error}")))?;
        let ready =
            starts.recv().unwrap_or_else(|_| Err(StartError("the sandbox ended as it began".into())))?;
        Ok(Self { ready, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it is, and how it is controlled.
    pub fn ready(&self) -> &Ready {
        &self.ready
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(
    settings: &Settings,
    started: &mpsc::Sender<Result<Ready, StartError>>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("tiro-sandbox")
        .enable_all()
        .build()
        .map_err(|error| StartError(format!("threads: {error}")));
    let spool = Spool::of(settings).map_err(|error| StartError(format!("the spool: {error}")));
    match (runtime, spool) {
        (Ok(runtime), Ok(spool)) => {
            runtime.block_on(async {
                let ready = start(settings, &spool).await;
                let is_ready = ready.is_ok();
                let _ = started.send(ready);
                if is_ready {
                    let _ = stopped.await;
                }
            });
            // Before the spool goes, everything that writes into it.
            runtime.shutdown_timeout(Duration::from_secs(2));
        }
        (Err(error), _) | (_, Err(error)) => {
            let _ = started.send(Err(error));
        }
    }
}

/// Where uploads are until they are recognised: beside the data if they are kept, else a folder that goes.
#[derive(Debug)]
enum Spool {
    Kept(PathBuf),
    Temporary(TempDir),
}

impl Spool {
    fn of(settings: &Settings) -> io::Result<Self> {
        let Some(data) = &settings.data else {
            return tempfile::Builder::new().prefix("tiro-sandbox-").tempdir().map(Self::Temporary);
        };
        let mut folder = data.clone().into_os_string();
        folder.push(".spool");
        let folder = PathBuf::from(folder);
        private_folder(&folder)?;
        Ok(Self::Kept(folder))
    }

    fn path(&self) -> PathBuf {
        match self {
            Self::Kept(folder) => folder.clone(),
            Self::Temporary(folder) => folder.path().to_owned(),
        }
    }
}

/// People's speech is in it: of its owner only, where the system knows owners.
fn private_folder(folder: &std::path::Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

async fn start(settings: &Settings, spool: &Spool) -> Result<Ready, StartError> {
    let (listener, address) = listen(settings.listen).await?;
    let beside = SocketAddr::new(settings.listen.ip(), 0);
    let (storage, storage_address) = listen(settings.listen_storage.unwrap_or(beside)).await?;
    let tls = settings.tls.as_ref().map(server::acceptor).transpose();
    let tls = tls.map_err(|error| StartError(error.to_string()))?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let [url, storage_url] = [address, storage_address].map(|address| match settings.hosts.first() {
        Some(name) => format!("{scheme}://{name}:{}", address.port()),
        None => format!("{scheme}://{address}"),
    });
    let app = app(settings, spool, url, storage_url)?;
    let failed = |error: rusqlite::Error| StartError(error.to_string());
    first_accounts(&app.database, &settings.redirect_uris).map_err(failed)?;
    gospeech::resume(&app).map_err(failed)?;
    transcribeme::resume(&app).map_err(failed)?;
    let ready = ready(&app);
    tokio::spawn(server::serve(storage, tls.clone(), storage_router(app.clone())));
    tokio::spawn(server::serve(listener, tls, router(app)));
    Ok(ready)
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let listener = TcpListener::bind(address).await;
    let listener = listener.map_err(|error| StartError(format!("{address}: {error}")))?;
    let address = listener.local_addr().map_err(|error| StartError(error.to_string()))?;
    Ok((listener, address))
}

fn app(
    settings: &Settings,
    spool: &Spool,
    url: String,
    storage_url: String,
) -> Result<SharedApp, StartError> {
    let file = settings.data.as_deref();
    let database = Database::open(file).map_err(|error| {
        StartError(format!("{}: {error}", file.map_or("memory".into(), |file| file.display().to_string())))
    })?;
    let secret = || secret::random("").into_bytes();
    let storage_secret = database.kept("storage_secret", secret).map_err(|error| error.to_string())?;
    Ok(Arc::new(App {
        url,
        storage_url,
        storage_secret: String::from_utf8_lossy(&storage_secret).into_owned(),
        tls: settings.tls.is_some(),
        hosts: Hosts::new(&settings.hosts),
        paths: Paths::new(&settings.paths)?,
        control_token: secret::random("sandbox-control-"),
        signer: Signer::of(&database)?,
        database,
        spool: spool.path(),
        behaviour: RwLock::new(settings.behaviour.clone()),
        faults: Faults::default(),
        log: RequestLog::default(),
        engines: Engines::new(settings.engine, settings.script.clone(), &settings.local_options)?,
        hub: Hub::default(),
        codes: Codes::default(),
        sessions: Sessions::default(),
        remote_origins: Origins::new(&settings.remote_origins)?,
    }))
}

/// Who is there from the start: a developer with a client for every scenario and one without a secret, and a person.
fn first_accounts(database: &Database, redirect_uris: &[String]) -> rusqlite::Result<()> {
    let mut developer = Account::new("me@example.com", Kind::Developer, "Mary", "Example");
    developer.password = Some(secret::of_password("developer-password"));
    let mut anna = Account::new("anna@example.com", Kind::User, "Anna", "Example");
    anna.password = Some(secret::of_password("anna-password"));
    database.add_account(&anna)?;
    database.add_account(&developer)?;
    let Some(account) = database.account_of_email(&developer.email)? else { return Ok(()) };
    let at_home = ["http://127.0.0.1:8765/callback", "http://localhost:8765/callback"].map(str::to_owned);
    for (id, name, secret) in
        [("demo", "Demo App Client", Some("demo-secret")), ("demo-public", "Demo App without a secret", None)]
    {
        if database.client(id)?.is_some() {
            continue;
        }
        let client = ApiClient {
            id: id.into(),
            name: name.into(),
            secret: secret.map(secret::digest),
            owner: account.id.clone(),
            grants: Grant::ALL.to_vec(),
            redirect_uris: at_home.iter().chain(redirect_uris).cloned().collect(),
            post_logout_redirect_uris: vec!["http://127.0.0.1:8765/goodbye".into()],
            any_loopback_port: false,
        };
        database.put_client(&client)?;
        if client.secret.is_some() {
            transcribeme::first_tokens(database, &client, &account)?;
        }
    }
    Ok(())
}

fn ready(app: &App) -> Ready {
    let at = |path: &str| format!("{}{path}", app.url);
    Ready {
        url: app.url.clone(),
        transcribeme_url: at(TRANSCRIBEME_BASE),
        storage_url: app.storage_url.clone(),
        control_url: at(control::BASE),
        control_token: app.control_token.clone(),
        pid: std::process::id(),
        recording_link: at(RECORD_PAGE),
        worklist_link: at(WORKLIST_PAGE),
        link_code_url: at(LINK_CODE),
    }
}

fn router(app: SharedApp) -> Router {
    let wire = oauth::routes(&app.paths)
        .merge(gospeech::routes(&app.paths))
        .merge(pages::routes())
        .merge(transcribeme::routes(&app))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(from_fn_with_state(app.clone(), observe::observe));
    wire.merge(control::routes(&app))
        .layer(from_fn_with_state(app.clone(), observe::check_host))
        .with_state(app)
}

fn storage_router(app: SharedApp) -> Router {
    transcribeme::storage_routes(&app)
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(from_fn_with_state(app.clone(), observe::observe))
        .layer(from_fn_with_state(app.clone(), observe::check_host))
        .with_state(app)
}
