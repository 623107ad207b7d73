//! Which operations wait for which login.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::oneshot;

use crate::runtime::sync::Mutex;
use crate::service::Service;

/// The operations of a client that wait for a person to log in, by the login's `state`.
#[derive(Default)]
pub(super) struct Logins {
    waiting: Mutex<HashMap<String, oneshot::Sender<Arc<dyn Service>>>>,
}

impl Logins {
    /// What comes of a login, once it is complete.
    pub(super) fn expect(&self, state: &str) -> oneshot::Receiver<Arc<dyn Service>> {
        let (sender, receiver) = oneshot::channel();
        let mut waiting = self.waiting.lock();
        waiting.retain(|_, sender| !sender.is_closed());
        waiting.insert(state.to_owned(), sender);
        receiver
    }

    /// Tells the operation that waits for this login, if one does.
    pub(super) fn complete(&self, state: &str, service: &Arc<dyn Service>) {
        if let Some(sender) = self.waiting.lock().remove(state) {
            // It may have been cancelled meanwhile.
            let _ = sender.send(service.clone());
        }
    }
}
