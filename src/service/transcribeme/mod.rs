//! TranscribeMe (`service=transcribeme`): the vendor's wire, and nothing else. Tokens are the business of `auth`,
//! connections that of `http`, the transcript's format that of `transcript::decode`, and what is bought when that of `job`.
//! Which facts of the wire are documented and which are assumed stands in [`endpoints`], in the options `transcribeme.*`,
//! and at the readers of its answers.

mod billing;
mod dictionaries;
mod doctor;
mod endpoints;
mod export;
mod orders;
mod platform;
mod reading;
mod recordings;
mod refusal;
mod service;
mod settings;
mod status;
mod transcript;
mod upload;

use std::sync::Arc;

use crate::auth::TokenProvider;
use crate::error::Result;
use crate::following::{Budget, Pacing, Watcher};
use crate::options::Options;
use dictionaries::Dictionaries;
pub use endpoints::TRANSCRIBEME_ENDPOINTS;
use platform::Platform;
use recordings::View;
pub use status::TRANSCRIBEME_STATUSES;

/// TranscribeMe as one account.
pub(crate) struct TranscribeMe {
    platform: Arc<Platform>,
    view: Arc<View>,
    watcher: Watcher,
    dictionaries: Dictionaries,
}

impl TranscribeMe {
    pub(crate) fn open(options: &Options, provider: Option<Arc<dyn TokenProvider>>) -> Result<Self> {
        let platform = Platform::open(options, provider)?;
        let view = Arc::new(View::new(platform.clone()));
        let pacing = Pacing {
            first_delay: options.duration("transcribeme.poll_first_ms"),
            longest_delay: options.duration("transcribeme.poll_longest_ms"),
            ..Pacing::default()
        };
        let watcher = Watcher::new(view.clone(), None, Budget::default(), pacing);
        Ok(Self { platform, view, watcher, dictionaries: Dictionaries::default() })
    }
}
