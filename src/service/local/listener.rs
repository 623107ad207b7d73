//! What a recording is heard with: the options in force, the model they name, and the way from a source's bytes to a
//! job for the recogniser. The same for a recording that has just come and for one that is taken up again.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::engine::{Engine, WordTimes};
use super::recognition::{self, Room, Speech};
use super::{media_options, models};
use crate::client::Embedding;
use crate::error::Result;
use crate::options::Options;
use crate::runtime::{Reporter, blocking};
use crate::source::Claim;

/// What is to be recognised, by whom.
pub(super) struct Job {
    pub(super) engine: Arc<Engine>,
    pub(super) speech: Speech,
}

pub(super) struct Listener {
    options: Options,
    embedding: Embedding,
    aligning: tokio::sync::OnceCell<Arc<Engine>>,
    estimating: tokio::sync::OnceCell<Arc<Engine>>,
}

impl Listener {
    pub(super) fn new(options: &Options, embedding: Embedding) -> Self {
        Self {
            options: options.clone(),
            embedding,
            aligning: Default::default(),
            estimating: Default::default(),
        }
    }

    /// The client's options.
    pub(super) fn options(&self) -> &Options {
        &self.options
    }

    /// The client's model, loaded at the first use and kept with the client. Refuses what a call asks of it and it
    /// cannot do: what would fail after a long upload should fail before it.
    pub(super) async fn engine(&self, call: &Options) -> Result<Arc<Engine>> {
        let word_times = models::word_times(call);
        let load = || async {
            let (options, embedding) = (self.options.clone(), self.embedding);
            blocking(move || models::engine(&options, word_times, embedding)).await?
        };
        media_options::settings(call)?;
        let engine = match word_times {
            WordTimes::Aligned => &self.aligning,
            WordTimes::Estimated => &self.estimating,
        };
        let engine = engine.get_or_try_init(load).await?;
        models::language(call, engine)?;
        Ok(engine.clone())
    }

    /// The file of the client's model.
    pub(super) fn model(&self) -> Result<PathBuf> {
        let path = models::find(&self.options, self.embedding)?;
        std::path::absolute(path).map_err(|error| crate::error::Error::io("the working directory", &error))
    }

    /// The model of other options than the client's. Blocks.
    pub(super) fn engine_of(&self, options: &Options) -> Result<Arc<Engine>> {
        let engine = models::engine(options, models::word_times(options), self.embedding)?;
        models::language(options, &engine)?;
        Ok(engine)
    }
}

/// Reads and decodes a source, where there is room for it; gives the job and the source's size. Blocks.
pub(super) fn hear(
    engine: Arc<Engine>,
    options: &Options,
    source: Claim,
    room: Room,
    reporter: &Reporter,
    stop: &Arc<AtomicBool>,
) -> Result<(Job, u64)> {
    let language = models::language(options, &engine)?;
    let (sound, size) =
        recognition::read_sound(source, &media_options::settings(options)?, room, reporter, stop)?;
    let threads = recognition::threads(options.integer("threads"));
    Ok((Job { engine, speech: Speech { sound, language, threads } }, size))
}
