//! What an engine works on, whichever service it came to.

use serde_json::Value;

use crate::app::App;
use crate::hub::events;
use crate::state::{Change, Media, Recording, Result};
use crate::transcribeme;

/// A recording to be recognised.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    pub(crate) id: String,
    /// Its file name.
    pub(crate) name: String,
    /// The e-mail of whose it is.
    pub(crate) email: String,
    #[cfg_attr(not(feature = "local"), expect(dead_code, reason = "only the recogniser has languages"))]
    pub(super) language: Option<String>,
    service: Service,
}

#[derive(Clone, Copy, Debug)]
enum Service {
    GoSpeech,
    TranscribeMe,
}

impl Work {
    pub(crate) fn of_gospeech(recording: &Recording, email: &str) -> Self {
        let fields: Value = serde_json::from_str(&recording.fields).unwrap_or_default();
        Self {
            id: recording.id.clone(),
            name: recording.title.clone(),
            email: email.to_owned(),
            language: fields["language"].as_str().map(str::to_owned),
            service: Service::GoSpeech,
        }
    }

    pub(crate) fn of_transcribeme(media: &Media, email: &str, language: Option<String>) -> Self {
        Self {
            id: media.id.clone(),
            name: media.name.clone(),
            email: email.to_owned(),
            language,
            service: Service::TranscribeMe,
        }
    }

    /// Gives it a status, by GoSpeech's word for it or any other; `false`: it is gone.
    pub(super) fn set_status(&self, app: &App, status: &str, change: &Change) -> Result<bool> {
        match self.service {
            Service::GoSpeech => events::set_status(app, &self.id, status, change),
            Service::TranscribeMe => {
                app.database.set_media_status(&self.id, transcribeme::status_of(status), change.track_ms)
            }
        }
    }

    /// Keeps its transcript, which is GoSpeech's document of it.
    pub(super) fn set_transcript(&self, app: &App, document: &str) -> Result<()> {
        match self.service {
            Service::GoSpeech => app.database.set_transcript(&self.id, document),
            Service::TranscribeMe => {
                app.database.set_media_transcript(&self.id, &transcribeme::document_of(&self.id, document))
            }
        }
    }
}
