//! The connection under a request, so that a fault can cut it.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::watch;

/// The connection that a request came over.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) local: SocketAddr,
    cut: Arc<watch::Sender<bool>>,
}

impl Connection {
    pub(crate) fn new(local: SocketAddr) -> Self {
        Self { local, cut: Arc::new(watch::Sender::new(false)) }
    }

    /// Closes the socket under whatever is going over it.
    pub(crate) fn cut(&self) {
        self.cut.send_replace(true);
    }

    /// Whether it was cut; the socket closes a moment later.
    pub(crate) fn is_cut(&self) -> bool {
        *self.cut.borrow()
    }

    /// Ends once the connection has to be dropped.
    pub(crate) async fn until_cut(&self) {
        // The sender lives as long as `self`: this waits for the cut and nothing else.
        let _ = self.cut.subscribe().wait_for(|cut| *cut).await;
    }

    /// Cuts it and never comes back: for a request that is to get no answer.
    pub(crate) async fn cut_for_ever<T>(&self) -> T {
        self.cut();
        std::future::pending().await
    }
}
