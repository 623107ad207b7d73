//! The local engine: the recogniser of this machine, through tiro itself, so that the transcripts are real.

use std::sync::Mutex;

use tiro::{Client, Operation, Options, ProgressPhase, Source, Transcript};
use tokio::sync::mpsc;

use super::{Work, document, lock};
use crate::app::App;
use crate::state::{Change, Status};

/// The client of the local service, made at the first recording.
pub(super) struct Local {
    options: Options,
    client: Mutex<Option<Client>>,
}

impl Local {
    pub(super) fn new(pairs: &[(String, String)]) -> Result<Self, String> {
        let mut options = Options::new();
        options.load_environment().map_err(|error| error.to_string())?;
        options.set("service", "local").map_err(|error| error.to_string())?;
        for (key, value) in pairs {
            options.set(key, value).map_err(|error| error.to_string())?;
        }
        Ok(Self { options, client: Mutex::new(None) })
    }

    fn client(&self) -> tiro::Result<Client> {
        let mut client = lock(&self.client);
        match &*client {
            Some(client) => Ok(client.clone()),
            None => Ok(client.insert(Client::new(&self.options)?).clone()),
        }
    }

    fn start(&self, app: &App, work: &Work) -> tiro::Result<Operation<Transcript>> {
        let mut call = Options::new();
        if let Some(language) = &work.language {
            call.set("language", language)?;
        }
        let source = Source::from_path(app.spool_file(&work.id))?;
        self.client()?.transcribe(&source, Some(&call))
    }
}

pub(super) async fn run(app: &App, work: &Work) {
    for status in [Status::Converting, Status::Uploaded, Status::InRecognitionQueue] {
        set(app, work, status, Change::default());
    }
    match recognise(app, work).await {
        Ok(transcript) => {
            let document = document::of_transcript(&transcript);
            let words = i64::try_from(transcript.word_count()).ok();
            let change = Change { words, track_ms: transcript.duration_ms(), ..Change::default() };
            match work.set_transcript(app, &document) {
                Ok(()) => set(app, work, Status::ReadyForCorrection, change),
                Err(_) => set(app, work, Status::RecognitionFailed, Change::default()),
            }
        }
        Err(_) => set(app, work, Status::RecognitionFailed, Change::default()),
    }
}

async fn recognise(app: &App, work: &Work) -> tiro::Result<Transcript> {
    let mut operation = app.engines.local.start(app, work)?;
    let (began, mut begins) = mpsc::unbounded_channel();
    operation.on_progress(move |progress| {
        if progress.phase == ProgressPhase::Processing {
            let _ = began.send(());
        }
    })?;
    let mut recognizing = false;
    loop {
        tokio::select! {
            outcome = &mut operation => {
                if !recognizing {
                    set(app, work, Status::Recognizing, Change::default());
                }
                return outcome;
            }
            Some(()) = begins.recv(), if !recognizing => {
                recognizing = true;
                set(app, work, Status::Recognizing, Change::default());
            }
        }
    }
}

/// A recording that was deleted meanwhile has no status, and its engine is about to be stopped.
fn set(app: &App, work: &Work, status: Status, change: Change) {
    let _ = work.set_status(app, status.code(), &change);
}
