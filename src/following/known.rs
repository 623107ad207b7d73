//! What is known of a recording, and how news of it are put in order: they may be repeated, overtake one another, and
//! say only a part.

use tokio::time::Instant;

use crate::recording::{Recording, RecordingDetails, RecordingStatus};

/// What is known of one recording.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) recording: Recording,
    /// Whether an answer showed it, and not only a change.
    pub(crate) whole: bool,
    told_at: Instant,
}

impl Known {
    /// From an answer that was asked for at `asked_at`.
    pub(crate) fn observed(seen: &Recording, asked_at: Instant) -> Self {
        Self { recording: seen.clone(), whole: true, told_at: asked_at }
    }

    /// From a change of a recording that nobody has seen.
    pub(crate) fn pushed(change: &Recording, now: Instant) -> Self {
        Self { recording: change.clone(), whole: false, told_at: now }
    }

    /// Takes in an answer; says whether anything is different.
    pub(crate) fn observe(&mut self, seen: &Recording, asked_at: Instant) -> bool {
        let overtaken = match (self.recording.changed_at_ms, seen.changed_at_ms) {
            (Some(known), Some(new)) if known != new => new < known,
            (Some(_), Some(_)) => self.ends_in_another(seen.status),
            _ => asked_at < self.told_at,
        };
        self.whole = true;
        let merged = filled(seen, &self.recording, overtaken);
        if !overtaken {
            self.told_at = asked_at;
        }
        self.replace(merged)
    }

    /// Takes in a change, which need not say more than the status; says whether anything is different.
    pub(crate) fn push(&mut self, change: &Recording, now: Instant) -> bool {
        let overtaken = match (self.recording.changed_at_ms, change.changed_at_ms) {
            (Some(known), Some(new)) if known != new => new < known,
            (Some(_), Some(_)) => self.ends_in_another(change.status),
            _ => false,
        };
        if overtaken {
            return false;
        }
        self.told_at = now;
        let mut details = RecordingDetails::clone(&filled(change, &self.recording, false));
        if !self.recording.raw.is_empty() {
            details.raw.clone_from(&self.recording.raw); // more than a change describes
        }
        self.replace(Recording::new(details))
    }

    /// Of two changes at the same time, the one that ends it was the later.
    fn ends_in_another(&self, status: RecordingStatus) -> bool {
        self.recording.status.is_final() && !status.is_final()
    }

    fn replace(&mut self, recording: Recording) -> bool {
        // The service describes it in one way in its list and in another by itself.
        let alike =
            RecordingDetails { raw: self.recording.raw.clone(), ..RecordingDetails::clone(&recording) };
        let different = *self.recording != alike;
        self.recording = recording;
        different
    }
}

/// `recording` with what only `before` says; with the status of `before`, if that is the newer.
fn filled(recording: &Recording, before: &Recording, before_is_newer: bool) -> Recording {
    let mut details = RecordingDetails::clone(recording);
    if before_is_newer {
        details.status = before.status;
        details.raw_status.clone_from(&before.raw_status);
        details.failure.clone_from(&before.failure);
        details.editor.clone_from(&before.editor);
        details.changed_at_ms = before.changed_at_ms;
    }
    if details.name.is_empty() {
        details.name.clone_from(&before.name);
    }
    if details.created_at_ms == 0 {
        details.created_at_ms = before.created_at_ms;
    }
    if details.size == 0 {
        details.size = before.size;
    }
    details.duration_ms = details.duration_ms.or(before.duration_ms);
    details.changed_at_ms = details.changed_at_ms.or(before.changed_at_ms);
    Recording::new(details)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn change(status: RecordingStatus, at: Option<i64>) -> Recording {
        Recording::new(RecordingDetails { name: String::new(), ..RecordingDetails::clone(&seen(status, at)) })
    }

    fn seen(status: RecordingStatus, at: Option<i64>) -> Recording {
        Recording::new(RecordingDetails {
            id: "r".into(),
            name: "talk".into(),
            status,
            raw_status: status.name().into(),
            changed_at_ms: at,
            ..Default::default()
        })
    }

    use RecordingStatus::{Processing, Queued, Ready};

    #[test]
    fn the_service_s_time_puts_changes_in_order() {
        let now = Instant::now();
        let mut known = Known::pushed(&change(Processing, Some(20)), now);
        assert!(!known.push(&change(Queued, Some(10)), now), "older");
        assert!(!known.push(&change(Processing, Some(20)), now), "repeated");
        assert!(known.push(&change(Ready, Some(20)), now), "another of the same time");
        assert!(!known.push(&change(Processing, Some(20)), now), "at the same time, the end is the later");
        assert!(known.push(&change(Processing, Some(30)), now), "recognised anew");
    }

    #[test]
    fn an_answer_that_was_overtaken_adds_what_a_change_does_not_say() {
        let now = Instant::now();
        let mut known = Known::pushed(&change(Ready, None), now);
        assert!(known.observe(&seen(Processing, None), now - Duration::from_secs(1)));
        assert_eq!((known.recording.status, known.recording.name.as_str()), (Ready, "talk"));
        assert!(known.observe(&seen(Processing, None), now + Duration::from_secs(1)));
        assert_eq!(known.recording.status, Processing);
    }

    #[test]
    fn what_an_answer_leaves_out_stays() {
        let now = Instant::now();
        let mut known = Known::observed(&seen(Queued, None), now);
        let said = change(Queued, None);
        let said = RecordingDetails { size: 9, duration_ms: Some(60_000), ..RecordingDetails::clone(&said) };
        known.push(&Recording::new(said), now);
        assert!(!known.observe(&seen(Queued, None), now));
        assert_eq!((known.recording.size, known.recording.duration_ms), (9, Some(60_000)));
    }
}
