//! What a client does with jobs: begins them, attaches to them, goes on with them, lists and forgets them.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::facts::SourceFacts;
use super::journal::{self, Hold, Journal, no_job};
use super::key;
use super::ledger::Ledger;
use super::record::{Record, Step, Whose};
use super::run::Run;
use super::summary::{Job, JobOutcome};
use crate::client::CallContext;
use crate::error::{Error, ErrorKind, Result};
use crate::hex::hex;
use crate::instant::now_ms;
use crate::options::Options;
use crate::source::Claim;
use crate::transcript::Transcript;

const FIRST_LOOK: Duration = Duration::from_millis(50);
const LAST_LOOK: Duration = Duration::from_secs(1);

/// Begins a job, or goes on with the one of the same key, and gives its transcript.
pub(crate) async fn transcribe(context: CallContext, source: Claim) -> Result<Transcript> {
    let options = context.call.options.clone();
    // Without a journal and a key nobody could find the job again by what is in its source.
    let is_keyed = context.jobs.are_kept() || !options.text("job_key").is_empty();
    let (facts, source) = match is_keyed {
        true => SourceFacts::read(source).await?,
        false => (SourceFacts::at_a_glance(&source), source),
    };
    let key = if is_keyed { key::of(&options, &options.text("service"), &facts)? } else { String::new() };
    let prefer_known = is_keyed && options.text("force_new") != "yes";
    let journal = context.jobs.journal().await?;
    let new = new_record(&context, facts.clone(), key)?;
    let record = journal::with(&journal, move |journal| journal.add(new, prefer_known)).await?;
    let run = async {
        record.source.check(&facts)?;
        take_up(context, &journal, &record, Some(source)).await
    };
    run.await.map_err(|error| of_job(error, &record))?.transcript().await
}

/// Goes on with a job. `source` is asked for only where the upload is not done and the job cannot open it by its path.
pub(crate) async fn resume(context: CallContext, id: &str, source: Option<Claim>) -> Result<Transcript> {
    let journal = context.jobs.journal().await?;
    let record = known(&context, &journal, id).await?;
    let run = async {
        let source = reopened(&context, &record, source).await?;
        take_up(context, &journal, &record, source).await
    };
    run.await.map_err(|error| of_job(error, &record))?.transcript().await
}

/// Goes on with every job that stopped and that nobody works on, side by side, until their transcripts can be fetched.
pub(crate) async fn resume_all(context: CallContext) -> Result<Vec<JobOutcome>> {
    for key in ["settle", "confirmed_price"] {
        if context.call.options.is_set(key) {
            let what = format!("{key} says something of one job, and of no other");
            return Err(Error::new(ErrorKind::Option, what).with_hint("resume that job with it"));
        }
    }
    let journal = context.jobs.journal().await?;
    let jobs = list_of(&context, &journal).await?;
    let stopped = jobs
        .into_iter()
        .filter(|(record, is_running)| !is_running && !matches!(record.step, Step::Ready | Step::Failed));
    let run = |record: Record| {
        let (context, journal) = (context.clone(), journal.clone());
        async move {
            let outcome = async {
                let Some(hold) = hold_now(&journal, &record).await? else { return Ok(None) };
                let source = reopened(&context, &record, None).await?;
                prepared(context, &journal, &record, hold, source).await?.ready().await.map(Some)
            };
            let outcome = outcome.await.map_err(|error| of_job(error, &record));
            let whose = record.whose.clone();
            let id = record.id.clone();
            let now = journal::with(&journal, move |journal| journal.find(&whose, &id)).await?;
            let job = Job::of(&now.unwrap_or(record), matches!(outcome, Ok(None)));
            Ok(JobOutcome::new(job, outcome.err()))
        }
    };
    join_all(stopped.map(|(record, _)| run(record))).await.into_iter().collect()
}

/// The jobs of this identity, the newest first.
pub(crate) async fn list(context: &CallContext) -> Result<Vec<Job>> {
    let journal = context.jobs.journal().await?;
    let jobs = list_of(context, &journal).await?;
    Ok(jobs.iter().map(|(record, is_running)| Job::of(record, *is_running)).collect())
}

/// Forgets a job that nobody works on. What the service has of it stays there.
pub(crate) async fn forget(context: &CallContext, id: &str) -> Result<()> {
    let journal = context.jobs.journal().await?;
    let record = known(context, &journal, id).await?;
    let Some(_hold) = hold_now(&journal, &record).await? else {
        return Err(Error::new(ErrorKind::State, "the job is running").with_job_id(id));
    };
    journal::with(&journal, move |journal| journal.remove(&record)).await
}

async fn list_of(context: &CallContext, journal: &Arc<dyn Journal>) -> Result<Vec<(Record, bool)>> {
    let whose = whose(context);
    journal::with(journal, move |journal| {
        let with_state = |record: Record| Ok((journal.is_held(&record)?, record));
        let jobs = journal.list(&whose)?.into_iter().map(with_state);
        jobs.map(|job| job.map(|(is_running, record)| (record, is_running))).collect()
    })
    .await
}

async fn known(context: &CallContext, journal: &Arc<dyn Journal>, id: &str) -> Result<Record> {
    let (whose, wanted) = (whose(context), id.to_owned());
    let record = journal::with(journal, move |journal| journal.find(&whose, &wanted)).await?;
    record.ok_or_else(|| no_job(id))
}

fn whose(context: &CallContext) -> Whose {
    // It is compared only; and it holds what a service takes for a key.
    let identity = hex(&Sha256::digest(context.service.identity()));
    Whose { service: context.call.options.text("service"), identity }
}

fn new_record(context: &CallContext, source: SourceFacts, key: String) -> Result<Record> {
    let whose = whose(context);
    let mut options = context.call.options.call_texts(&whose.service);
    // A person's yes to one price is no yes to the next.
    options.remove("confirmed_price");
    let now = now_ms();
    Ok(Record {
        number: 0,
        id: super::random_name()?,
        key,
        client: client_of(context),
        source,
        options: options.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
        step: Step::Begun,
        intended_at_ms: 0,
        arrives_by_ms: 0,
        recording_id: String::new(),
        order: None,
        checkpoint: None,
        stop: None,
        created_at_ms: now,
        changed_at_ms: now,
        revision: 0,
        whose,
    })
}

/// The client that recordings end with now, if they do.
fn client_of(context: &CallContext) -> String {
    match context.service.ends_with_client() {
        true => context.jobs.client.clone(),
        false => String::new(),
    }
}

/// The source to go on with: the one that is given, or what the job was begun with and can be found again; `None`: none is needed.
async fn reopened(context: &CallContext, record: &Record, given: Option<Claim>) -> Result<Option<Claim>> {
    let is_needed = record.step.needs_source() || begins_again(context, record);
    let claim = match (given, record.source.found_again()) {
        (Some(claim), _) => claim,
        (None, Some(source)) if is_needed => source?.claim()?,
        (None, _) => return Ok(None),
    };
    if record.source.sha256.is_none() {
        return Ok(Some(claim));
    }
    let (facts, claim) = SourceFacts::read(claim).await?;
    record.source.check(&facts)?;
    Ok(Some(claim))
}

/// Takes the right to work on a job, waiting for whoever has it, and goes on from where it is by then.
async fn take_up(
    context: CallContext,
    journal: &Arc<dyn Journal>,
    record: &Record,
    source: Option<Claim>,
) -> Result<Run> {
    let limit = u64::try_from(context.call.options.integer("wait_timeout_ms")).ok();
    let deadline = limit.and_then(|limit| Instant::now().checked_add(Duration::from_millis(limit)));
    let mut pause = FIRST_LOOK;
    let hold = loop {
        if let Some(hold) = hold_now(journal, record).await? {
            break hold;
        }
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            let what =
                "somebody else works on the job, and was not done in the time that wait_timeout_ms gives";
            return Err(Error::new(ErrorKind::Timeout, what));
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LAST_LOOK);
    };
    prepared(context, journal, record, hold, source).await
}

async fn hold_now(journal: &Arc<dyn Journal>, record: &Record) -> Result<Option<Hold>> {
    let record = record.clone();
    journal::with(journal, move |journal| journal.try_hold(&record)).await
}

/// A run of a job that is held, as the journal has it now.
async fn prepared(
    context: CallContext,
    journal: &Arc<dyn Journal>,
    record: &Record,
    hold: Hold,
    source: Option<Claim>,
) -> Result<Run> {
    let (whose, id) = (record.whose.clone(), record.id.clone());
    let now = journal::with(journal, move |journal| journal.find(&whose, &id)).await?;
    let record = now.ok_or_else(|| no_job(&record.id))?;
    let here = client_of(&context);
    // A recording that ended with another client is gone; and a failure that cost nothing is no reason not to try again.
    let is_gone = record.client != here;
    let is_free = context.service.may_upload_again() && context.service.orders().is_none();
    let begins_again = is_gone || (record.step == Step::Failed && is_free);
    let options = options_of(&context.call.options, &record)?;
    let context = context.with_options(options);
    let ledger = Ledger::new(journal.clone(), record, hold);
    if begins_again {
        let begin_again = |record: &mut Record| {
            record.begin_again();
            record.client = here;
        };
        ledger.change(begin_again).await?;
    }
    Ok(Run::new(context, ledger, source))
}

/// A recording that ended with another client is gone; and a failure that cost nothing is no reason not to try again.
fn begins_again(context: &CallContext, record: &Record) -> bool {
    let is_gone = record.client != client_of(context);
    is_gone || (record.step == Step::Failed && context.service.may_upload_again())
}

/// What is wanted stays as it was when the job was begun; how it is done is the caller's choice of now, if there is one.
fn options_of(now: &Options, record: &Record) -> Result<Options> {
    let mut options = now.clone();
    for (key, value) in &record.options {
        if key::is_setting(key) || !now.is_set(key) {
            options.set(key, value)?;
        }
    }
    Ok(options)
}

fn of_job(error: Error, record: &Record) -> Error {
    error.with_job_id(&record.id)
}
