//! The doctor: asks each endpoint that can be asked without creating, changing or spending anything, and says of the
//! others that only a write could prove them.

use super::TranscribeMe;
use super::dictionaries::DICTIONARIES;
use crate::error::Result;
use crate::http::{Repeat, Request};
use crate::recording::{Recording, RecordingStatus};
use crate::service::probing::{Outcome, WRITES, probe};
use crate::service::remote::Diagnosis;
use crate::service::{Call, PageRequest};

const UNSET: &str = "its option is not set";
const SIGNED_OUT: &str = "there is no access token to ask with";
const NONE_KNOWN: &str = "the list holds no recording to ask for";
const NONE_READY: &str = "the list's first page holds no recording that is ready";
const NO_LANGUAGE: &str = "the list of languages names none to ask for";
const AT_THE_GATEWAY: &str = "asking makes a token at the payment gateway";
const MAKES_A_RECORDING: &str = "asking makes a recording";
const NO_ORDER: &str = "an order's id is needed to ask for it";

impl TranscribeMe {
    pub(super) async fn examine(&self, call: &Call) -> Diagnosis {
        let known = self.first_recording(call).await;
        let signed_in = self.platform.session.token(&call.options).await;
        let mut probes = Vec::new();
        for endpoint in self.platform.endpoints() {
            let operation = endpoint.endpoint.operation;
            let outcome = match operation {
                _ if endpoint.path.is_empty() => Outcome::NotProbed(UNSET),
                "token" => signed_in.as_ref().map(drop).map_err(Clone::clone).into(),
                _ if signed_in.is_err() => Outcome::NotProbed(SIGNED_OUT),
                "recordings" => known.as_ref().map(drop).map_err(Clone::clone).into(),
                "recording_status" | "transcript" | "transcript_file" => {
                    let listed = known.as_ref().ok().and_then(Option::as_ref);
                    self.ask_of_recording(call, operation, listed).await
                }
                "accents" => self.ask_accents(call).await,
                "billing_address" | "billing_card" => {
                    self.ask_plainly(call, operation, endpoint.endpoint.option).await.into()
                }
                "billing_client_token" => Outcome::NotProbed(AT_THE_GATEWAY),
                "upload_url" => Outcome::NotProbed(MAKES_A_RECORDING),
                "order" => Outcome::NotProbed(NO_ORDER),
                list if DICTIONARIES.iter().any(|(name, _)| *name == list) => {
                    self.look_up(call, list, None).await.map(drop).into()
                }
                _ => Outcome::NotProbed(WRITES),
            };
            probes.push(probe(&endpoint, outcome));
        }
        Diagnosis { service: "transcribeme".to_owned(), probes }
    }

    /// One that is ready if there is one, else any.
    async fn first_recording(&self, call: &Call) -> Result<Option<Recording>> {
        let page = PageRequest { offset: 0, limit: 20 };
        let page = self.view.list(&call.options, page, Repeat::Safe).await?;
        let ready = page.recordings.iter().find(|recording| recording.status == RecordingStatus::Ready);
        Ok(ready.or(page.recordings.first()).cloned())
    }

    async fn ask_of_recording(&self, call: &Call, operation: &str, known: Option<&Recording>) -> Outcome {
        let Some(recording) = known else { return Outcome::NotProbed(NONE_KNOWN) };
        let id = &recording.id;
        if operation == "recording_status" {
            return self.view.raw_status(&call.options, id, Repeat::Safe).await.map(drop).into();
        }
        if recording.status != RecordingStatus::Ready {
            return Outcome::NotProbed(NONE_READY);
        }
        match operation {
            "transcript" => self.fetch_transcript(call, id).await.map(drop).into(),
            _ => self.file(call, id, "pdf").await.map(drop).into(),
        }
    }

    async fn ask_accents(&self, call: &Call) -> Outcome {
        let languages = match self.look_up(call, "languages", None).await {
            Ok(languages) => languages,
            Err(_) => return Outcome::NotProbed(NO_LANGUAGE),
        };
        match languages.entries.first() {
            Some(language) => self.look_up(call, "accents", Some(&language.id)).await.map(drop).into(),
            None => Outcome::NotProbed(NO_LANGUAGE),
        }
    }

    async fn ask_plainly(&self, call: &Call, operation: &str, option: &str) -> Result<()> {
        let url = self.platform.url(option, &[])?;
        self.platform.ask(&call.options, operation, || Ok(Request::get(url.clone()))).await.map(drop)
    }
}
