//! Who turns an uploaded recording into a transcript: the recogniser of this machine, or a script. Here lives what an
//! engine does to a recording and when; how a status gets to whoever follows is the hub's business.

pub(crate) mod document;
#[cfg(feature = "local")]
mod local;
mod scripted;
mod work;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::task::AbortHandle;

use crate::app::SharedApp;
use crate::settings::EngineChoice;

pub use scripted::Script;
pub(crate) use work::Work;

/// Who transcribes which uploads.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Rule {
    /// Only uploads of this file name; `*` at its end stands for anything.
    name: Option<String>,
    /// Only uploads of the account of this e-mail.
    account: Option<String>,
    engine: EngineChoice,
    script: Script,
}

impl Rule {
    fn applies(&self, title: &str, email: &str) -> bool {
        let same_name = |wanted: &str| match wanted.strip_suffix('*') {
            Some(start) => title.starts_with(start),
            None => title == wanted,
        };
        self.name.as_deref().is_none_or(same_name)
            && self.account.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(email))
    }

    fn check(&self) -> Result<(), String> {
        self.script.check()
    }
}

/// The rules, and what is at work.
pub(crate) struct Engines {
    default: Rule,
    rules: Mutex<Vec<Rule>>,
    running: Mutex<HashMap<String, AbortHandle>>,
    #[cfg(feature = "local")]
    local: local::Local,
}

impl Engines {
    pub(crate) fn new(
        engine: EngineChoice,
        script: Script,
        local_options: &[(String, String)],
    ) -> Result<Self, String> {
        #[cfg(not(feature = "local"))]
        if !local_options.is_empty() {
            return Err("this sandbox was built without the local engine".into());
        }
        let default = Rule { engine, script, ..Rule::default() };
        default.check()?;
        Ok(Self {
            default,
            rules: Mutex::default(),
            running: Mutex::default(),
            #[cfg(feature = "local")]
            local: local::Local::new(local_options)?,
        })
    }

    /// Puts rules in place of those that were there. The first that applies to an upload is the one.
    pub(crate) fn set_rules(&self, rules: Vec<Rule>) -> Result<(), String> {
        rules.iter().try_for_each(Rule::check)?;
        *lock(&self.rules) = rules;
        Ok(())
    }

    pub(crate) fn rules(&self) -> Vec<Rule> {
        lock(&self.rules).clone()
    }

    fn rule(&self, title: &str, email: &str) -> Rule {
        let rules = lock(&self.rules);
        rules.iter().find(|rule| rule.applies(title, email)).unwrap_or(&self.default).clone()
    }

    /// How long a recording of that many bytes is taken to be before it is recognised.
    #[cfg_attr(not(feature = "local"), expect(unused_variables, reason = "a script says it"))]
    pub(crate) fn expected_ms(&self, name: &str, email: &str, size: i64) -> i64 {
        let rule = self.rule(name, email);
        match rule.engine {
            EngineChoice::Scripted => rule.script.track_ms,
            #[cfg(feature = "local")]
            EngineChoice::Local => (size / BYTES_A_MS).max(1),
        }
    }

    /// Ends what is done to a recording.
    pub(crate) fn stop(&self, recording: &str) {
        if let Some(running) = lock(&self.running).remove(recording) {
            running.abort();
        }
    }
}

/// Speech in 16 bits at 16 kHz.
#[cfg(feature = "local")]
const BYTES_A_MS: i64 = 32;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sets an engine to work on a recording that was uploaded.
pub(crate) fn start(app: &SharedApp, work: Work) {
    let rule = app.engines.rule(&work.name, &work.email);
    let app = app.clone();
    let engines = app.clone();
    // Held while the work begins, so that it cannot end before it is entered.
    let mut running = lock(&engines.engines.running);
    let id = work.id.clone();
    let task = tokio::spawn(async move {
        match rule.engine {
            EngineChoice::Scripted => scripted::run(&app, &work, &rule.script).await,
            #[cfg(feature = "local")]
            EngineChoice::Local => local::run(&app, &work).await,
        }
        lock(&app.engines.running).remove(&work.id);
        let _ = tokio::fs::remove_file(app.spool_file(&work.id)).await;
    });
    running.insert(id, task.abort_handle());
}
