//! TranscribeMe behind the traits of every service: each verb in terms of the wire.

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretString;

use super::TranscribeMe;
use super::upload::NoLog;
use crate::auth::Login;
use crate::document::Document;
use crate::error::{Error, ErrorKind, Result};
use crate::events::EventFeed;
use crate::http::Repeat;
use crate::recording::{Recording, RecordingPage};
use crate::service::custom::answered;
use crate::service::endpoint::EndpointState;
use crate::service::orders::{Account, Orders};
use crate::service::remote::{CustomRequest, Diagnosis, Remote};
use crate::service::{Call, PageRequest, ResumableUpload, Service, ServiceFuture, UploadLog};
use crate::source::Claim;
use crate::transcript::{ExportFormat, Transcript};

impl TranscribeMe {
    async fn custom(&self, call: &Call, custom: CustomRequest) -> Result<Document> {
        let request = custom.below(&self.platform.api)?;
        answered(self.platform.send(&call.options, || Ok(request.clone())).await?).await
    }
}

impl Service for TranscribeMe {
    fn upload<'a>(&'a self, call: &'a Call, source: Claim) -> ServiceFuture<'a, Recording> {
        Box::pin(self.take_in(call, source, &NoLog))
    }

    fn recording<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, Recording> {
        Box::pin(self.look_at(call, id))
    }

    fn recordings<'a>(&'a self, call: &'a Call, page: PageRequest) -> ServiceFuture<'a, RecordingPage> {
        Box::pin(self.view.list(&call.options, page, Repeat::Safe))
    }

    fn follow<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, Recording> {
        Box::pin(self.watch(call, id))
    }

    fn transcript<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, Transcript> {
        Box::pin(self.fetch_transcript(call, id))
    }

    /// No endpoint is known for it (spec: U46).
    fn delete<'a>(&'a self, _call: &'a Call, _id: &'a str) -> ServiceFuture<'a, ()> {
        let error = Error::new(ErrorKind::Unsupported, "TranscribeMe is not known to delete recordings");
        Box::pin(async move { Err(error.with_hint("delete it in the service's own pages")) })
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
        Box::pin(self.watcher.events(feed))
    }

    fn identity(&self) -> String {
        self.platform.session.key().at(&self.platform.api)
    }

    fn remote(&self) -> Option<&dyn Remote> {
        Some(self)
    }

    fn orders(&self) -> Option<&dyn Orders> {
        Some(self)
    }

    fn account(&self) -> Option<&dyn Account> {
        Some(self)
    }

    fn resumable_upload(&self) -> Option<&dyn ResumableUpload> {
        Some(self)
    }

    /// What is charged is the order.
    fn may_upload_again(&self) -> bool {
        true
    }
}

impl ResumableUpload for TranscribeMe {
    fn upload<'a>(
        &'a self,
        call: &'a Call,
        source: Claim,
        log: &'a dyn UploadLog,
    ) -> ServiceFuture<'a, Recording> {
        Box::pin(self.take_in(call, source, log))
    }
}

impl Remote for TranscribeMe {
    fn sign_in<'a>(&'a self, call: &'a Call) -> ServiceFuture<'a, ()> {
        Box::pin(async move { self.platform.session.sign_in(&call.options).await.map(drop) })
    }

    /// Here only: no endpoint is known that ends a token.
    fn sign_out<'a>(&'a self, call: &'a Call) -> ServiceFuture<'a, ()> {
        Box::pin(async move { self.platform.session.sign_out(&call.options, None).await })
    }

    fn login_needed<'a>(&'a self, _call: &'a Call) -> ServiceFuture<'a, Option<Login>> {
        Box::pin(async { Ok(None) })
    }

    fn login_begin<'a>(&'a self, _call: &'a Call) -> ServiceFuture<'a, Login> {
        Box::pin(async { Err(no_login_page()) })
    }

    fn complete_login<'a>(
        &'a self,
        _call: &'a Call,
        _ticket: SecretString,
        _redirect_url: String,
    ) -> ServiceFuture<'a, Arc<dyn Service>> {
        Box::pin(async { Err(no_login_page()) })
    }

    fn logout_url(&self) -> Result<String> {
        Err(no_login_page())
    }

    fn request<'a>(&'a self, call: &'a Call, request: CustomRequest) -> ServiceFuture<'a, Document> {
        Box::pin(self.custom(call, request))
    }

    fn endpoints(&self) -> Vec<EndpointState> {
        self.platform.endpoints()
    }

    fn doctor<'a>(&'a self, call: &'a Call) -> ServiceFuture<'a, Diagnosis> {
        Box::pin(async move { Ok(self.examine(call).await) })
    }

    fn link(&self, _recording_id: Option<&str>) -> Result<String> {
        Err(Error::new(ErrorKind::Unsupported, "TranscribeMe documents no links into its pages"))
    }
}

fn no_login_page() -> Error {
    Error::new(ErrorKind::Unsupported, "TranscribeMe has no login page for other programs")
        .with_hint("sign in with application_token, password or external_token")
}
