//! The local engine: the recogniser of this machine, through tiro itself, so that the transcripts are real.

use std::sync::Mutex;

use tiro::{Client, Operation, Options, ProgressPhase, Source, Transcript};
use tokio::sync::mpsc;

use super::{document, lock};
use crate::app::App;
use crate::hub::events;
use crate::state::{Change, Recording, Status};

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

    fn start(&self, app: &App, recording: &Recording) -> tiro::Result<Operation<Transcript>> {
        let fields: serde_json::Value = serde_json::from_str(&recording.fields).unwrap_or_default();
        let mut call = Options::new();
        if let Some(language) = fields.get("language").and_then(|language| language.as_str()) {
            call.set("language", language)?;
        }
        let source = Source::from_path(app.spool_file(&recording.id))?;
        self.client()?.transcribe(&source, Some(&call))
    }
}

pub(super) async fn run(app: &App, recording: &Recording) {
    for status in [Status::Converting, Status::Uploaded, Status::InRecognitionQueue] {
        set(app, recording, status, Change::default());
    }
    match recognise(app, recording).await {
        Ok(transcript) => {
            let document = document::of_transcript(&transcript);
            let words = i64::try_from(transcript.word_count()).ok();
            let change = Change { words, track_ms: transcript.duration_ms(), ..Change::default() };
            match app.database.set_transcript(&recording.id, &document) {
                Ok(()) => set(app, recording, Status::ReadyForCorrection, change),
                Err(_) => set(app, recording, Status::RecognitionFailed, Change::default()),
            }
        }
        Err(_) => set(app, recording, Status::RecognitionFailed, Change::default()),
    }
}

async fn recognise(app: &App, recording: &Recording) -> tiro::Result<Transcript> {
    let mut operation = app.engines.local.start(app, recording)?;
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
                    set(app, recording, Status::Recognizing, Change::default());
                }
                return outcome;
            }
            Some(()) = begins.recv(), if !recognizing => {
                recognizing = true;
                set(app, recording, Status::Recognizing, Change::default());
            }
        }
    }
}

/// A recording that was deleted meanwhile has no status, and its engine is about to be stopped.
fn set(app: &App, recording: &Recording, status: Status, change: Change) {
    let _ = events::set_status(app, &recording.id, status.code(), &change);
}
