//! One part on its way.

use std::sync::Arc;

use bytes::Bytes;

use super::super::TranscribeMe;
use super::super::platform::done;
use super::target::Target;
use crate::error::Result;
use crate::http::{Body, Method, Repeat, Request, Upload};
use crate::runtime::Reporter;
use crate::service::Call;
use crate::source::Source;

pub(super) const PART_TYPE: &str = "application/octet-stream";

impl TranscribeMe {
    /// Sends one part. It is addressed by its number, so it may go twice (spec: 7.4).
    pub(super) async fn send_part(
        &self,
        call: &Call,
        target: &Target,
        number: u32,
        bytes: &Upload,
        reporter: Option<Reporter>,
    ) -> Result<()> {
        let platform = &self.platform;
        let url = target.part(number);
        let field = platform.options.text("transcribeme.part_field");
        let raw = platform.options.text("transcribeme.part_body") == "raw";
        let make = || {
            let upload = bytes.clone();
            let body = match raw {
                true => Body::Raw { content_type: PART_TYPE.to_owned(), upload },
                false => Body::Multipart { fields: Vec::new(), part: field.clone(), upload },
            };
            let request = Request::new(Method::POST, url.clone()).repeat(Repeat::Safe).body(body);
            Ok(match &reporter {
                Some(reporter) => request.reporter(reporter.clone()),
                None => request,
            })
        };
        let response = match target.trusted {
            true => platform.send(&call.options, make).await?,
            // Whoever has the URL may write there: nobody else is to know who does.
            false => platform.http.send(make()?, &call.options).await?,
        };
        done("upload_part", response).await.map(drop)
    }

    /// Sends a part that is held in memory; nobody else has it any more when this ends.
    pub(super) async fn send_held(
        &self,
        call: &Call,
        target: &Target,
        number: u32,
        name: &str,
        bytes: &Bytes,
    ) -> Result<()> {
        let source = Source::from_bytes(Arc::new(bytes.clone()), name).claim()?;
        let part = Upload::open(source, name, PART_TYPE).await?;
        self.send_part(call, target, number, &part, None).await
    }
}
