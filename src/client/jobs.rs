//! The verbs of jobs: whole transcriptions that are remembered step by step (docs/jobs.md).

use super::{Client, checked_id};
use crate::error::Result;
use crate::job::{self, Job, JobOutcome};
use crate::options::Options;
use crate::runtime::Operation;
use crate::source::Source;
use crate::transcript::Transcript;

impl Client {
    /// The jobs that the journal has of this client's identity, the newest first. Without the option `journal`: those of
    /// this client that stopped on the way.
    pub fn jobs(&self, call: Option<&Options>) -> Result<Operation<Vec<Job>>> {
        self.start(call, |context| async move { job::list(&context).await })
    }

    /// Goes on with a job. Its recording is needed only where its upload is not done and it was not given by its path.
    pub fn resume(
        &self,
        id: &str,
        source: Option<&Source>,
        call: Option<&Options>,
    ) -> Result<Operation<Transcript>> {
        self.check_process()?;
        let (id, claim) = (checked_id(id)?, source.map(Source::claim).transpose()?);
        self.start(call, move |mut context| async move {
            context.logged_in().await?;
            job::resume(context, &id, claim).await
        })
    }

    /// Goes on with every job of this identity that nobody works on, side by side, until their transcripts can be
    /// fetched, and says what became of each. One that cannot go on does not keep the others from it.
    pub fn resume_all(&self, call: Option<&Options>) -> Result<Operation<Vec<JobOutcome>>> {
        self.start(call, |mut context| async move {
            context.logged_in().await?;
            job::resume_all(context).await
        })
    }

    /// Forgets a job that nobody works on. What the service has of it stays there.
    pub fn forget(&self, id: &str, call: Option<&Options>) -> Result<Operation<()>> {
        let id = checked_id(id)?;
        self.start(call, move |context| async move { job::forget(&context, &id).await })
    }
}
