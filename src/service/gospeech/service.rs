//! GoSpeech behind the traits of every service: each verb in terms of the wire.

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretString;

use super::{GoSpeech, problem, record};
use crate::auth::Login;
use crate::document::Document;
use crate::error::{Error, ErrorKind, Result};
use crate::events::EventFeed;
use crate::http::{Method, Repeat, Request, Response};
use crate::recording::{Recording, RecordingPage};
use crate::runtime::blocking;
use crate::service::answer::success;
use crate::service::custom::answered;
use crate::service::endpoint::EndpointState;
use crate::service::remote::{CustomRequest, Diagnosis, ManagedUsers, Remote};
use crate::service::{Call, PageRequest, Service, ServiceFuture};
use crate::source::Claim;
use crate::transcript::{ExportFormat, Transcript};

/// The largest transcript that is read: some hundred hours.
const LARGEST_TRANSCRIPT: usize = 512 << 20;

impl GoSpeech {
    /// Sends a request as this identity.
    pub(super) async fn send(
        &self,
        call: &Call,
        make: impl Fn() -> Result<Request> + Send + Sync,
    ) -> Result<Response> {
        self.session()?.send(&self.platform.http, &call.options, make).await
    }

    pub(super) async fn fetch_transcript(&self, call: &Call, id: &str) -> Result<Transcript> {
        let url = self.platform.url("gospeech.path.transcript", &[("recordId", id)])?;
        let response = self.send(call, || Ok(Request::get(url.clone()))).await?;
        let refused = |status, body: &[u8]| not_ready(problem::error_of("transcript", status, body));
        let body = success(response, LARGEST_TRANSCRIPT, refused).await;
        let body = body.map_err(|error| error.with_recording_id(id))?;
        let read = move || {
            let text = std::str::from_utf8(&body)
                .map_err(|_| record::not_understood("the transcript is not UTF-8"))?;
            Transcript::from_gospeech(text)
        };
        let transcript = blocking(read).await?.map_err(|error| error.with_recording_id(id))?;
        Ok(transcript.of_recording(id))
    }

    async fn remove(&self, call: &Call, id: &str) -> Result<()> {
        let url = self.platform.url("gospeech.path.delete", &[("recordId", id)])?;
        let request = || Ok(Request::new(Method::DELETE, url.clone()).repeat(Repeat::Safe));
        let response = self.send(call, request).await?;
        let deleted = self.platform.expect_deleted("delete", response).await;
        deleted.map_err(|error| error.with_recording_id(id))
    }

    async fn ask(&self, call: &Call, custom: CustomRequest) -> Result<Document> {
        let request = custom.below(&self.platform.api)?;
        answered(self.send(call, || Ok(request.clone())).await?).await
    }
}

/// A record that is not far enough is no failure: the same call works later.
pub(super) fn not_ready(error: Error) -> Error {
    match error.service_code() {
        "invalid-record-status" => error.with_kind(ErrorKind::NotReady),
        _ => error,
    }
}

impl Service for GoSpeech {
    fn upload<'a>(&'a self, call: &'a Call, source: Claim) -> ServiceFuture<'a, Recording> {
        Box::pin(self.take_in(call, source))
    }

    fn recording<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, Recording> {
        Box::pin(async move { self.view()?.get(&call.options, id, Repeat::Safe).await })
    }

    fn recordings<'a>(&'a self, call: &'a Call, page: PageRequest) -> ServiceFuture<'a, RecordingPage> {
        Box::pin(async move { self.view()?.list(&call.options, page, Repeat::Safe).await })
    }

    fn follow<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, Recording> {
        Box::pin(self.watch(call, id))
    }

    fn transcript<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, Transcript> {
        Box::pin(self.fetch_transcript(call, id))
    }

    fn delete<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, ()> {
        Box::pin(self.remove(call, id))
    }

    fn export<'a>(
        &'a self,
        call: &'a Call,
        id: &'a str,
        format: &'static ExportFormat,
        to: Option<PathBuf>,
    ) -> ServiceFuture<'a, Document> {
        Box::pin(self.fetch_export(call, id, format, to))
    }

    fn events<'a>(&'a self, _call: &'a Call, feed: EventFeed) -> ServiceFuture<'a, ()> {
        Box::pin(async move { self.watcher()?.events(feed).await })
    }

    fn identity(&self) -> String {
        self.person.as_ref().map(|person| person.view.identity()).unwrap_or_default()
    }

    fn remote(&self) -> Option<&dyn Remote> {
        Some(self)
    }

    fn managed_users(&self) -> Option<&dyn ManagedUsers> {
        Some(self)
    }
}

impl Remote for GoSpeech {
    fn sign_in<'a>(&'a self, call: &'a Call) -> ServiceFuture<'a, ()> {
        Box::pin(async move { self.session()?.sign_in(&call.options).await.map(drop) })
    }

    fn sign_out<'a>(&'a self, call: &'a Call) -> ServiceFuture<'a, ()> {
        Box::pin(async move { self.platform.sign_out(call, self.session()?).await })
    }

    fn login_needed<'a>(&'a self, call: &'a Call) -> ServiceFuture<'a, Option<Login>> {
        Box::pin(async move {
            match self.session()?.token(&call.options).await {
                Ok(_) => Ok(None),
                Err(error) if error.kind() == ErrorKind::LoginRequired => {
                    Ok(Some(self.platform.begin_login(call).await?))
                }
                Err(error) => Err(error),
            }
        })
    }

    fn login_begin<'a>(&'a self, call: &'a Call) -> ServiceFuture<'a, Login> {
        Box::pin(self.platform.begin_login(call))
    }

    fn complete_login<'a>(
        &'a self,
        call: &'a Call,
        ticket: SecretString,
        redirect_url: String,
    ) -> ServiceFuture<'a, Arc<dyn Service>> {
        Box::pin(async move {
            let session = self.platform.complete_login(call, &ticket, &redirect_url).await?;
            let person: Arc<dyn Service> = Arc::new(GoSpeech::with_session(self.platform.clone(), session));
            Ok(person)
        })
    }

    fn logout_url(&self) -> Result<String> {
        self.platform.logout_url()
    }

    fn request<'a>(&'a self, call: &'a Call, request: CustomRequest) -> ServiceFuture<'a, Document> {
        Box::pin(self.ask(call, request))
    }

    fn endpoints(&self) -> Vec<EndpointState> {
        self.platform.endpoints()
    }

    fn doctor<'a>(&'a self, call: &'a Call) -> ServiceFuture<'a, Diagnosis> {
        Box::pin(async move { Ok(self.examine(call).await) })
    }

    fn link(&self, recording_id: Option<&str>) -> Result<String> {
        self.platform.link(recording_id)
    }
}
