//! What each piece of pushed news means for those who wait.

use tokio::time::Instant;

use super::Plan;
use crate::backoff::about;
use crate::events::{ServiceEvent, ServiceEventKind};
use crate::following::News;
use crate::following::known::Known;
use crate::recording::Recording;

impl Plan {
    pub(in crate::following) fn told(&mut self, news: News, now: Instant) {
        match news {
            News::Connected => self.connected(now),
            News::Disconnected => self.disconnected(now),
            News::Changed { change, detail } => self.changed(&change, &detail, now),
            News::ListChanged { detail } => {
                self.audience.tell(&ServiceEvent::new(ServiceEventKind::ListChanged, detail));
                self.ask_all(now);
            }
            News::UploadDenied { id, error, detail } => {
                let event = ServiceEvent::new(ServiceEventKind::UploadDenied, detail);
                self.audience.tell(&event.about(&id));
                self.end(&id, error);
            }
            News::ExportCompleted { id, detail } => {
                let event = ServiceEvent::new(ServiceEventKind::ExportCompleted, detail);
                self.audience.tell(&event.about(id));
            }
            News::AccountDeleted { error, detail } => {
                self.audience.tell(&ServiceEvent::new(ServiceEventKind::AccountDeleted, detail));
                self.end_all(&error);
            }
        }
    }

    fn connected(&mut self, now: Instant) {
        self.pushing = true;
        self.connections += 1;
        // The service is there again.
        self.paused_until = None;
        self.ask_all(now);
    }

    pub(super) fn disconnected(&mut self, now: Instant) {
        if !std::mem::take(&mut self.pushing) {
            return;
        }
        let first = self.pacing.first_delay;
        for followed in self.followed.values_mut().filter(|followed| !followed.is_final()) {
            followed.delay = first;
            followed.due = Some(now + about(first));
        }
        if self.audience.wants_list() {
            self.list_delay = first;
            self.list_due = Some(now + about(first));
        }
    }

    /// Whatever is not final may be otherwise by now. What was never asked for keeps its first delay: it has just begun.
    fn ask_all(&mut self, now: Instant) {
        for followed in self.followed.values_mut().filter(|followed| !followed.is_final()) {
            if followed.asked || followed.due.is_none() {
                followed.due = Some(now);
            }
        }
        if self.audience.wants_list() {
            self.list_due = Some(now);
        }
    }

    fn changed(&mut self, change: &Recording, detail: &str, now: Instant) {
        let Some(followed) = self.followed.get_mut(&change.id) else {
            if !self.audience.is_empty() {
                self.audience.pushed(change, detail, now);
            }
            return;
        };
        let changed = match &mut followed.known {
            Some(known) => known.push(change, now),
            none => {
                *none = Some(Known::pushed(change, now));
                true
            }
        };
        if !changed {
            return;
        }
        followed.asked = true;
        followed.delay = self.pacing.first_delay;
        if self.pushing {
            followed.due = self.pacing.recheck.map(|after| now + after);
        }
        followed.deliver(now);
        if let Some(known) = &followed.known {
            self.audience.tell(&ServiceEvent::changed(known.recording.clone(), detail));
        }
    }
}
