//! What tells one source from another: its size and what is in it.

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::error::{Error, ErrorKind, Result};
use crate::hex::hex;
use crate::runtime::blocking;
use crate::source::{Claim, Source, read_error};

const BLOCK: usize = 256 << 10;

/// A source as a job remembers it.
#[derive(Clone, Debug, Default)]
pub(super) struct SourceFacts {
    pub(super) name: String,
    /// Where it lies, if it is a file that was given by its path.
    pub(super) path: Option<PathBuf>,
    /// Where the service fetches it from, if that is all there is of it. It may hold a secret.
    pub(super) url: Option<SecretString>,
    pub(super) size: Option<u64>,
    /// Of its bytes, or of its URL, in hexadecimal; `None`: it can be read only once, or nobody asked.
    pub(super) sha256: Option<String>,
}

impl SourceFacts {
    /// Without reading it.
    pub(super) fn at_a_glance(claim: &Claim) -> Self {
        Self {
            name: claim.name().to_owned(),
            path: claim.path().map(Into::into),
            url: claim.url().map(SecretString::from),
            ..Self::default()
        }
    }

    /// Reads it to its end, where that can be done and leaves it to be read again.
    pub(super) async fn read(claim: Claim) -> Result<(Self, Claim)> {
        let facts = Self::at_a_glance(&claim);
        let stop = StopOnDrop::default();
        let stopped = stop.0.clone();
        blocking(move || {
            if let Some(url) = &facts.url {
                let sha256 = Some(hex(&Sha256::digest(url.expose_secret())));
                return Ok((Self { sha256, ..facts }, claim));
            }
            if !claim.can_restart() {
                return Ok((facts, claim));
            }
            let mut reader = claim.open()?;
            let mut digest = Sha256::new();
            let mut buffer = vec![0; BLOCK];
            loop {
                if stopped.load(Ordering::Relaxed) {
                    return Err(Error::cancelled());
                }
                match reader.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(count) => digest.update(&buffer[..count]),
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(read_error(&error)),
                }
            }
            let (size, sha256) = (Some(reader.position()), Some(hex(&digest.finalize())));
            Ok((Self { size, sha256, ..facts }, reader.into_claim()))
        })
        .await?
    }

    /// The source, opened anew where it can be found again.
    pub(super) fn found_again(&self) -> Option<Result<Source>> {
        match (&self.path, &self.url) {
            (Some(path), _) => Some(Source::from_path(path)),
            (None, Some(url)) => Some(Source::from_url(url.expose_secret())),
            (None, None) => None,
        }
    }

    /// Refuses another source than the one that a job was begun with. What is not known of either is not held against it.
    pub(super) fn check(&self, given: &Self) -> Result<()> {
        let differs = |begun: bool, now: bool, same: bool| begun && now && !same;
        if differs(self.sha256.is_some(), given.sha256.is_some(), self.sha256 == given.sha256)
            || differs(self.size.is_some(), given.size.is_some(), self.size == given.size)
        {
            let what = format!("{} is not the recording that the job was begun with", given.name);
            return Err(Error::new(ErrorKind::SourceChanged, what)
                .with_hint("give that one, or begin another job: with force_new, or another job_key"));
        }
        Ok(())
    }
}

/// Ends the reading once nobody waits for it.
#[derive(Default)]
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
