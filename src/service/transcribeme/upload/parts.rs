//! An upload in parts (spec: E6 to E9): the id of the recording is known and kept before the first byte goes out, each
//! part is kept once it has arrived, and the parts are joined once.

use bytes::Bytes;
use futures_util::StreamExt;

use super::super::TranscribeMe;
use super::super::reading::not_understood;
use super::super::status::status_of;
use super::buffers::Buffers;
use super::checkpoint::{Checkpoint, PartsSent, keep, kept};
use super::send::PART_TYPE;
use super::target::{Begun, Target};
use super::{TakenIn, shown_name};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Body, Method, Repeat, Request, Upload};
use crate::recording::RecordingStatus;
use crate::runtime::ProgressPhase;
use crate::service::{Call, UploadLog};
use crate::source::Claim;

/// One upload, and what it is made with.
struct Sending<'a> {
    service: &'a TranscribeMe,
    call: &'a Call,
    log: &'a dyn UploadLog,
    upload: Upload,
    sent: PartsSent,
    /// The first part of a source whose size is not known: it was read to see that there is one.
    first: Option<Bytes>,
    buffers: Buffers,
    /// How many bytes have arrived, as far as is told.
    told: u64,
}

impl TranscribeMe {
    pub(super) async fn send_in_parts(
        &self,
        call: &Call,
        source: Claim,
        log: &dyn UploadLog,
    ) -> Result<TakenIn> {
        let name = shown_name(&source);
        let upload = Upload::open(source, &name, PART_TYPE).await?;
        let size = upload.size();
        if size == Some(0) {
            return Err(empty());
        }
        let resumed = match kept(log)? {
            Some(Checkpoint::Parts(sent)) => Some(of_this_source(sent, size)?),
            _ => None,
        };
        let is_resumed = resumed.is_some();
        let part_bytes = resumed.as_ref().map_or_else(|| part_bytes(call), |sent| sent.part_bytes);
        let first = match size {
            Some(_) => None,
            None => Some(upload.read(0, part_bytes, Vec::new()).await?),
        };
        if first.as_ref().is_some_and(Bytes::is_empty) {
            return Err(empty());
        }
        let sent = match resumed {
            Some(sent) => sent,
            None => self.begin(call, &name, &upload).await?,
        };
        let buffers = Buffers::default();
        let mut sending = Sending { service: self, call, log, upload, sent, first, buffers, told: 0 };
        let outcome = sending.run(is_resumed).await;
        let outcome = match outcome {
            // A place that was given out long ago may be gone; nothing was joined, so nothing is lost.
            Err(error) if is_resumed && !sending.sent.committing && is_gone(&error) => {
                sending.sent = self.begin(call, &name, &sending.upload).await?;
                sending.run(false).await
            }
            outcome => outcome,
        };
        let id = sending.sent.recording_id;
        outcome.map_err(|error| error.with_recording_id(&id))?;
        Ok(TakenIn { id, name, size: size.unwrap_or(sending.told) })
    }

    async fn begin(&self, call: &Call, name: &str, upload: &Upload) -> Result<PartsSent> {
        let part_bytes = part_bytes(call);
        if upload.size().is_some_and(|size| size.div_ceil(part_bytes) > u64::from(u32::MAX)) {
            return Err(Error::new(ErrorKind::Argument, "the recording has too many parts of this size")
                .with_hint("set transcribeme.part_bytes higher"));
        }
        let Begun { url, upload_id, recording_id } =
            self.platform.begin_upload(&call.options, name, true).await?;
        let upload_id =
            upload_id.ok_or_else(|| not_understood("the place of the upload does not name the upload"))?;
        Ok(PartsSent {
            recording_id,
            upload_id,
            url,
            part_bytes,
            size: upload.size(),
            done: Vec::new(),
            committing: false,
        })
    }
}

fn part_bytes(call: &Call) -> u64 {
    call.options.integer("transcribeme.part_bytes").unsigned_abs().max(1)
}

/// What an earlier try kept belongs to one source only.
fn of_this_source(sent: PartsSent, size: Option<u64>) -> Result<PartsSent> {
    match (sent.size, size) {
        (before, now) if before != now => {
            let bytes = |size: Option<u64>| size.map_or("an unknown number of".to_owned(), |s| s.to_string());
            let what = format!("the source has {} bytes, not {}", bytes(now), bytes(before));
            Err(Error::new(ErrorKind::SourceChanged, what).with_recording_id(&sent.recording_id))
        }
        _ => Ok(sent),
    }
}

fn is_gone(error: &Error) -> bool {
    matches!(error.http_status(), Some(403 | 404 | 410))
}

fn empty() -> Error {
    Error::new(ErrorKind::MediaEmpty, "the recording is empty: it has no byte")
}

impl Sending<'_> {
    async fn run(&mut self, resumed: bool) -> Result<()> {
        if self.sent.committing {
            return self.settle_commit().await;
        }
        if !resumed {
            self.keep().await?;
        }
        let target = Target::of(&self.service.platform, &self.sent)?;
        match self.sent.size {
            None => self.as_it_comes(&target).await?,
            Some(size) => self.of_known_size(&target, size).await?,
        }
        self.sent.committing = true;
        self.keep().await?;
        match self.commit().await {
            Err(error) if is_open(&error) => self.settle_after(error).await,
            outcome => outcome,
        }
    }

    /// Waits as long as the service asks to, if the call has the time; else only looks.
    async fn settle_after(&self, error: Error) -> Result<()> {
        let patience = self.call.options.duration("request_timeout_ms");
        match error.retry_after() {
            Some(asked) if asked > patience => match self.is_joined().await? {
                true => Ok(()),
                false => Err(error),
            },
            asked => {
                tokio::time::sleep(asked.unwrap_or_default()).await;
                self.settle_commit().await
            }
        }
    }

    async fn keep(&self) -> Result<()> {
        keep(self.log, &Checkpoint::Parts(self.sent.clone())).await
    }

    async fn arrived(&mut self, number: u32) -> Result<()> {
        self.sent.add(number);
        self.keep().await
    }

    /// As many parts at once as the option says. Each is streamed from the source where it can be read again from there:
    /// a part that fails is repeated alone. Else it is held in memory.
    async fn of_known_size(&mut self, target: &Target, size: u64) -> Result<()> {
        let all = parts(size, self.sent.part_bytes);
        let missing: Vec<_> = all.filter(|(number, ..)| !self.sent.has(*number)).collect();
        self.told = size - missing.iter().map(|(.., length)| length).sum::<u64>();
        let (service, call, upload, buffers) =
            (self.service, self.call, self.upload.clone(), self.buffers.clone());
        let parallel = call.options.integer("transcribeme.parallel_parts").unsigned_abs().max(1) as usize;
        let is_streamed = upload.can_seek() || (parallel == 1 && upload.can_replay());
        let reporter = (is_streamed && parallel == 1).then(|| call.reporter.clone());
        let send = |(number, offset, length): (u32, u64, u64)| {
            let (upload, buffers, reporter) = (upload.clone(), buffers.clone(), reporter.clone());
            async move {
                if is_streamed {
                    let part = upload.part(offset, length)?;
                    service.send_part(call, target, number, &part, reporter).await?;
                } else {
                    let bytes = upload.read(offset, length, buffers.take()).await?;
                    service.send_held(call, target, number, upload.name(), &bytes).await?;
                    buffers.give(bytes);
                }
                Ok::<_, Error>((number, length))
            }
        };
        let mut sent = futures_util::stream::iter(missing).map(send).buffer_unordered(parallel);
        while let Some(outcome) = sent.next().await {
            let (number, length) = outcome?;
            self.arrived(number).await?;
            self.tell(length, size);
        }
        Ok(())
    }

    /// Part by part until the source ends: only then is it known which part is the last, so each is in memory.
    async fn as_it_comes(&mut self, target: &Target) -> Result<()> {
        let part_bytes = self.sent.part_bytes;
        // An upload that is begun anew begins at the beginning.
        self.told = 0;
        for number in 0..=u32::MAX {
            let bytes = match self.first.take() {
                Some(first) => first,
                None => self.upload.read(self.told, part_bytes, self.buffers.take()).await?,
            };
            let length = bytes.len() as u64;
            if length > 0 && !self.sent.has(number) {
                self.service.send_held(self.call, target, number, self.upload.name(), &bytes).await?;
                self.arrived(number).await?;
            }
            self.buffers.give(bytes);
            self.tell(length, 0);
            if length < part_bytes {
                return Ok(());
            }
        }
        Err(Error::new(ErrorKind::Argument, "the recording has too many parts of this size"))
    }

    fn tell(&mut self, length: u64, total: u64) {
        self.told += length;
        self.call.reporter.progress(ProgressPhase::Uploading, self.told, total);
    }

    /// Joins the parts. Not repeated by itself: it may not be the same twice (spec: 7.4).
    async fn commit(&self) -> Result<()> {
        let platform = &self.service.platform;
        let query =
            [("uploadId", self.sent.upload_id.as_str()), ("recordingId", self.sent.recording_id.as_str())];
        let url = platform.url_with("transcribeme.path.upload_commit", &query)?;
        let request = || Ok(Request::new(Method::POST, url.clone()).body(Body::Empty).repeat(Repeat::Unsent));
        platform.ask(&self.call.options, "upload_commit", request).await.map(drop)
    }

    /// Whether the parts were joined, where the answer to that is not known: the status of the recording tells. While it
    /// says that the upload goes on, they were not, and are joined once more.
    async fn settle_commit(&self) -> Result<()> {
        if self.is_joined().await? {
            return Ok(());
        }
        match self.commit().await {
            Err(_) if self.is_joined().await? => Ok(()),
            outcome => outcome,
        }
    }

    async fn is_joined(&self) -> Result<bool> {
        let view = &self.service.view;
        let raw = view.raw_status(&self.call.options, &self.sent.recording_id, Repeat::Safe).await?;
        Ok(!matches!(status_of(&raw), RecordingStatus::Uploading | RecordingStatus::Unknown))
    }
}

/// Whether a request may have done what it asks although its answer is not a yes, or was only turned away for now.
fn is_open(error: &Error) -> bool {
    match error.http_status() {
        Some(status) => status >= 500 || matches!(status, 408 | 429) || error.kind() == ErrorKind::Protocol,
        None => matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Protocol | ErrorKind::Connect),
    }
}

/// Number, offset and length of each part.
fn parts(size: u64, part_bytes: u64) -> impl Iterator<Item = (u32, u64, u64)> {
    let offsets = (0..size.div_ceil(part_bytes)).map(move |number| number * part_bytes);
    (0..).zip(offsets).map(move |(number, offset)| (number, offset, part_bytes.min(size - offset)))
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn parts_cover_a_source_once() {
        let all = |size, part| parts(size, part).collect::<Vec<_>>();
        assert_eq!(all(1, 5), [(0, 0, 1)]);
        assert_eq!(all(10, 5), [(0, 0, 5), (1, 5, 5)]);
        assert_eq!(all(11, 5), [(0, 0, 5), (1, 5, 5), (2, 10, 1)]);
        assert_eq!(all(0, 5), []);
    }
}
