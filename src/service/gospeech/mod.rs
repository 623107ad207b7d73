//! GoSpeech (`service=gospeech`): the vendor's wire, and nothing else. Tokens are the business of `auth`, connections that
//! of `http`, the transcript's format that of `transcript::decode`. Which facts of the wire are documented and which are
//! assumed stands in [`endpoints`], in the options `gospeech.*`, and at the readers of its answers.

mod doctor;
mod endpoints;
mod export;
mod following;
mod hub;
mod platform;
mod problem;
mod record;
mod service;
mod status;
mod upload;
mod users;

use std::sync::Arc;

use crate::auth::{Session, TokenProvider};
use crate::error::{Error, ErrorKind, Result};
use crate::following::{Pacing, Watcher};
use crate::options::Options;
pub use endpoints::GOSPEECH_ENDPOINTS;
use following::View;
use platform::Platform;
pub use status::GOSPEECH_STATUSES;

/// GoSpeech as one identity.
pub(crate) struct GoSpeech {
    platform: Arc<Platform>,
    /// `None`: it can manage users, and become one of them.
    person: Option<Person>,
}

/// Whoever the recordings belong to.
struct Person {
    view: Arc<View>,
    watcher: Watcher,
}

impl GoSpeech {
    pub(crate) fn open(options: &Options, provider: Option<Arc<dyn TokenProvider>>) -> Result<Self> {
        let platform = Platform::open(options)?;
        let session = platform.own_session(provider)?;
        let person = session.map(|session| Person::new(&platform, session));
        Ok(Self { platform, person })
    }

    fn with_session(platform: Arc<Platform>, session: Arc<Session>) -> Self {
        Self { person: Some(Person::new(&platform, session)), platform }
    }

    fn person(&self) -> Result<&Person> {
        self.person.as_ref().ok_or_else(|| {
            Error::new(ErrorKind::Option, "the options name nobody whose recordings these would be")
                .with_hint("set username, redirect_uri or access_token; or take the client of a managed user (as_user)")
        })
    }

    fn view(&self) -> Result<&Arc<View>> {
        Ok(&self.person()?.view)
    }

    fn session(&self) -> Result<&Arc<Session>> {
        Ok(&self.person()?.view.session)
    }

    fn watcher(&self) -> Result<&Watcher> {
        Ok(&self.person()?.watcher)
    }
}

impl Person {
    fn new(platform: &Arc<Platform>, session: Arc<Session>) -> Self {
        let view = Arc::new(View { platform: platform.clone(), session });
        let push = hub::push(&view);
        let watcher = Watcher::new(view.clone(), push, platform.budget.clone(), Pacing::default());
        Self { view, watcher }
    }
}
