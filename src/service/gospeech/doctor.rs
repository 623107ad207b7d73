//! The doctor: asks each endpoint that can be asked without creating, changing or spending anything, and says of the
//! others that only a write could prove them.

use super::{GoSpeech, record};
use crate::error::Result;
use crate::http::{Repeat, Request};
use crate::recording::{Recording, RecordingPage, RecordingStatus};
use crate::service::probing::{Outcome, WRITES, probe};
use crate::service::remote::Diagnosis;
use crate::service::{Call, PageRequest};

const A_PERSON: &str = "a page for a person's browser";

impl GoSpeech {
    pub(super) async fn examine(&self, call: &Call) -> Diagnosis {
        let mut probes = Vec::new();
        let mut known: Option<Recording> = None;
        let mut signed_in = true;
        for endpoint in self.platform.endpoints() {
            let operation = endpoint.endpoint.operation;
            let outcome = if endpoint.path.is_empty() && endpoint.endpoint.option.is_empty() {
                Outcome::NotProbed(
                    "tiro has no verb for it; request() asks for whatever your reference names",
                )
            } else if endpoint.path.is_empty() {
                Outcome::NotProbed("its option is not set")
            } else if !signed_in && operation != "discovery" {
                Outcome::NotProbed("there is no access token to ask with")
            } else {
                match operation {
                    "discovery" => self.ask_discovery(call).await.into(),
                    "token" => {
                        let outcome = self.get_token(call).await;
                        signed_in = outcome.is_ok();
                        outcome.into()
                    }
                    "recordings" => {
                        let outcome = self.first_page(call).await;
                        let ready = |page: &RecordingPage| {
                            let is_ready = |r: &&Recording| r.status == RecordingStatus::Ready;
                            page.recordings.iter().find(is_ready).or(page.recordings.first()).cloned()
                        };
                        known = outcome.as_ref().ok().and_then(ready);
                        outcome.map(drop).into()
                    }
                    "recording" => match &known {
                        None => Outcome::NotProbed("the list holds no recording to ask for"),
                        Some(recording) => self.look_at(call, &recording.id).await.into(),
                    },
                    "transcript" => match known.as_ref().filter(|r| r.status == RecordingStatus::Ready) {
                        None => Outcome::NotProbed("the list's first page holds no recording that is ready"),
                        Some(recording) => self.fetch_transcript(call, &recording.id).await.map(drop).into(),
                    },
                    "events" => self.ask_hub(call).await.into(),
                    "authorize" | "end_session" => Outcome::NotProbed(A_PERSON),
                    "recording_link" | "worklist_link" => Outcome::NotProbed("a link; open it to see"),
                    _ => Outcome::NotProbed(WRITES),
                }
            };
            probes.push(probe(&endpoint, outcome));
        }
        Diagnosis { service: "gospeech".to_owned(), probes }
    }

    async fn ask_discovery(&self, call: &Call) -> Result<()> {
        let request = Request::get(self.platform.auth_url("gospeech.path.discovery")?);
        let response = self.platform.http.send(request, &call.options).await?;
        let body = self.platform.expect_success("discovery", response).await?;
        match record::parse(&body, "the OpenID configuration")?.get("token_endpoint") {
            Some(_) => Ok(()),
            None => Err(record::not_understood("the OpenID configuration names no token endpoint")),
        }
    }

    async fn first_page(&self, call: &Call) -> Result<RecordingPage> {
        self.view()?.list(&call.options, PageRequest { offset: 0, limit: 20 }, Repeat::Safe).await
    }

    async fn look_at(&self, call: &Call, id: &str) -> Result<()> {
        self.view()?.get(&call.options, id, Repeat::Safe).await.map(drop)
    }

    async fn get_token(&self, call: &Call) -> Result<()> {
        match (self.view(), self.platform.management()) {
            (Ok(view), _) => view.session.token(&call.options).await.map(drop),
            (Err(_), Ok(management)) => management.token(&call.options).await.map(drop),
            (Err(_), Err(error)) => Err(error),
        }
    }
}
