//! How far an upload is, as text that a job keeps and hands back. It holds a place that may let anybody write, so it is a
//! secret.

use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::service::UploadLog;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Checkpoint {
    /// In parts.
    Parts(PartsSent),
    /// In one request to an id that was given out before.
    Sync { recording_id: String },
    /// The service fetches it by itself.
    Remote { recording_id: String },
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PartsSent {
    pub(super) recording_id: String,
    pub(super) upload_id: String,
    /// Where the parts go.
    pub(super) url: String,
    pub(super) part_bytes: u64,
    /// Of the source; `None`: it is not known until its end.
    pub(super) size: Option<u64>,
    /// Numbers of parts that arrived, as ranges whose end is not in them.
    pub(super) done: Vec<(u32, u32)>,
    /// Whether the request that joins the parts may have been sent.
    pub(super) committing: bool,
}

impl PartsSent {
    pub(super) fn has(&self, number: u32) -> bool {
        self.done.iter().any(|(first, end)| (*first..*end).contains(&number))
    }

    pub(super) fn add(&mut self, number: u32) {
        self.done.push((number, number.saturating_add(1)));
        self.done.sort_unstable();
        let mut joined: Vec<(u32, u32)> = Vec::with_capacity(self.done.len());
        for (first, end) in self.done.drain(..) {
            match joined.last_mut() {
                Some(last) if last.1 >= first => last.1 = last.1.max(end),
                _ => joined.push((first, end)),
            }
        }
        self.done = joined;
    }
}

/// Shows no place: whoever knows it may be able to write there.
impl std::fmt::Debug for PartsSent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PartsSent").field("done", &self.done).field("committing", &self.committing).finish()
    }
}

/// What an earlier try kept, if it is of this version's form.
pub(super) fn kept(log: &dyn UploadLog) -> Result<Option<Checkpoint>> {
    let Some(kept) = log.kept() else { return Ok(None) };
    serde_json::from_str(kept.expose_secret()).map(Some).map_err(|_| {
        Error::new(ErrorKind::NeedsAction, "how far the upload was is kept in a form that is not known")
            .with_hint("another version of tiro may have begun it; begin the job anew")
    })
}

pub(super) async fn keep(log: &dyn UploadLog, checkpoint: &Checkpoint) -> Result<()> {
    let id = match checkpoint {
        Checkpoint::Parts(parts) => &parts.recording_id,
        Checkpoint::Sync { recording_id } | Checkpoint::Remote { recording_id } => recording_id,
    };
    let text = serde_json::to_string(checkpoint)
        .map_err(|error| Error::new(ErrorKind::Io, format!("keeping how far the upload is: {error}")))?;
    log.keep(id, text.into()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent() -> PartsSent {
        PartsSent {
            recording_id: "r".into(),
            upload_id: "u".into(),
            url: "https://h/hidden".into(),
            part_bytes: 5,
            size: Some(12),
            done: Vec::new(),
            committing: false,
        }
    }

    #[test]
    fn parts_that_arrived_in_any_order_are_few_ranges() {
        let mut sent = sent();
        for number in [3, 0, 1, 3, 7, 2] {
            sent.add(number);
        }
        assert_eq!(sent.done, [(0, 4), (7, 8)]);
        let missing: Vec<u32> = (0..9).filter(|number| !sent.has(*number)).collect();
        assert_eq!(missing, [4, 5, 6, 8]);
    }

    #[test]
    fn it_comes_back_as_it_was_kept_and_shows_no_place() {
        let mut sent = sent();
        sent.add(0);
        let text = serde_json::to_string(&Checkpoint::Parts(sent.clone())).unwrap();
        assert_eq!(serde_json::from_str::<Checkpoint>(&text).unwrap(), Checkpoint::Parts(sent.clone()));
        assert!(text.contains("\"done\":[[0,1]]") && !format!("{sent:?}").contains("hidden"));
    }
}
