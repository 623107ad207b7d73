//! Whole jobs in processes of their own, which are killed. The test program runs itself as the other process; what it is
//! to do there stands in its environment.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tiro::{Client, Job, Options, Source};

use super::random::Random;

const ORDERS: &str = "TIRO_TEST_JOB";

/// Far longer than anything here takes.
const LONG: Duration = Duration::from_secs(120);

pub type Pairs = Vec<(String, String)>;

fn options(pairs: &Pairs) -> Options {
    pairs.iter().fold(Options::new(), |options, (key, value)| options.with(key, value).unwrap())
}

/// What the other process does, if this is one: a job, and tells what came of it. Called by a test named `child`.
pub fn child() {
    let Ok(orders) = std::env::var(ORDERS) else { return };
    let (client, call, source): (Pairs, Pairs, PathBuf) = serde_json::from_str(&orders).unwrap();
    let client = Client::new(&options(&client)).unwrap();
    let operation = client.transcribe(&Source::from_path(source).unwrap(), Some(&options(&call))).unwrap();
    let outcome = match operation.wait(Some(LONG)).expect("it hangs") {
        Ok(transcript) => json!({ "text": transcript.text() }),
        Err(error) => json!({
            "error": error.kind().entry().name, "message": format!("{error:?}"), "detail": error.detail(),
            "job_id": error.job_id(),
        }),
    };
    println!("\noutcome:{outcome}");
}

/// When a process is killed.
#[derive(Clone, Copy, Debug)]
pub enum Moment {
    After(Duration),
    /// So long after the journal shows this step.
    AtStep(&'static str, Duration),
}

/// A job's process, and what it works with.
pub struct Worker {
    pub client: Pairs,
    pub call: Pairs,
}

/// A process that does a job.
pub struct Running {
    process: Child,
}

impl Worker {
    pub fn start(&self, source: &Path) -> Running {
        self.start_with(source, &[])
    }

    pub fn start_with(&self, source: &Path, call: &[(&str, &str)]) -> Running {
        let mut calls = self.call.clone();
        calls.extend(call.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        let process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--nocapture", "--test-threads", "1"])
            .env(ORDERS, json!((&self.client, calls, source)).to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Running { process }
    }

    /// A client as the processes have it, to look with.
    pub fn client(&self) -> Client {
        Client::new(&options(&self.client)).unwrap()
    }

    /// Starts a job and kills its process; `None`: it had ended before.
    pub fn killed(&self, source: &Path, moment: Moment) -> Option<Job> {
        let mut running = self.start(source);
        let client = self.client();
        let known = || jobs(&client).into_iter().find(|job| job.path.as_deref() == source.to_str());
        match moment {
            Moment::After(pause) => std::thread::sleep(pause),
            Moment::AtStep(step, pause) => {
                while running.process.try_wait().unwrap().is_none() {
                    if known().is_some_and(|job| job.step == step) {
                        std::thread::sleep(pause);
                        break;
                    }
                    std::thread::sleep(Duration::from_micros(500));
                }
            }
        }
        let ended = running.process.try_wait().unwrap().is_some();
        running.kill();
        if ended { None } else { known() }
    }
}

impl Running {
    pub fn kill(&mut self) {
        let _ = self.process.kill(); // SIGKILL
        self.process.wait().unwrap();
    }

    /// What it told at its end.
    pub fn outcome(mut self) -> Value {
        let started = Instant::now();
        let mut told = String::new();
        self.process.stdout.take().unwrap().read_to_string(&mut told).unwrap();
        assert!(self.process.wait().unwrap().success(), "{told}");
        assert!(started.elapsed() < LONG);
        let line = told.lines().find_map(|line| line.strip_prefix("outcome:"));
        serde_json::from_str(line.unwrap_or_else(|| panic!("{told}"))).unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

pub fn jobs(client: &Client) -> Vec<Job> {
    client.jobs(None).unwrap().wait(Some(LONG)).unwrap().unwrap()
}

/// A recording that no other job has.
pub fn recording(folder: &Path, number: usize, bytes: usize, random: &mut Random) -> PathBuf {
    let path = folder.join(format!("talk-{number}.wav"));
    let mut content: Vec<u8> = (0..bytes).map(|index| (index * 31 % 251) as u8).collect();
    content.splice(..8, random.below(u64::MAX).to_le_bytes());
    std::fs::write(&path, content).unwrap();
    path
}

/// What became of many jobs.
#[derive(Debug, Default)]
pub struct Tally {
    pub jobs: usize,
    pub kills: BTreeMap<String, usize>,
    pub ended_before: usize,
    pub needed_action: usize,
}

impl Tally {
    pub fn killed(&mut self, job: Option<&Job>) {
        match job {
            Some(job) => *self.kills.entry(job.step.clone()).or_default() += 1,
            None => self.ended_before += 1,
        }
    }
}

/// How many jobs a test has killed.
pub fn rounds() -> usize {
    match std::env::var_os("TIRO_TEST_FULL") {
        Some(_) => 200,
        None => 20,
    }
}
