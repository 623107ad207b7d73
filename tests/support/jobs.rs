//! Whole jobs in processes of their own, which are killed, and a sandbox in one, which is killed too. The test program runs
//! itself as the other process; what it is to do there stands in its environment.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tiro::{Client, Job, Options, Source};
use tiro_sandbox::{EngineChoice, Sandbox, Settings};

use super::options::with;
use super::random::Random;
use super::sandbox::control;
use super::wait::LONG;

const ORDERS: &str = "TIRO_TEST_JOB";
const SANDBOX: &str = "TIRO_TEST_JOB_SANDBOX";

pub type Pairs = Vec<(String, String)>;

fn options(pairs: &Pairs) -> Options {
    with(Options::new(), pairs)
}

/// What the other process does, if this is one. Called by a test named `child`.
pub fn child() {
    if let Ok(settings) = std::env::var(SANDBOX) {
        serve(&serde_json::from_str(&settings).unwrap());
    }
    if let Ok(orders) = std::env::var(ORDERS) {
        work(serde_json::from_str(&orders).unwrap());
    }
}

/// A job, and tells what came of it.
fn work((client, call, source, full_disk): (Pairs, Pairs, PathBuf, bool)) {
    if full_disk {
        std::thread::spawn(fill_the_disk_now_and_then);
    }
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

/// No file of this process can grow, for moments.
fn fill_the_disk_now_and_then() {
    // SAFETY: sets how a signal is taken, and no function of ours.
    unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
    // Not always at the same points of what the process does.
    std::thread::sleep(Duration::from_millis(u64::from(std::process::id() % 200)));
    for full in [true, false].into_iter().cycle() {
        let most = if full { 0 } else { libc::RLIM_INFINITY };
        let limit = libc::rlimit { rlim_cur: most, rlim_max: libc::RLIM_INFINITY };
        // SAFETY: the structure lives through the call.
        unsafe { libc::setrlimit(libc::RLIMIT_FSIZE, &limit) };
        std::thread::sleep(Duration::from_millis(if full { 40 } else { 160 }));
    }
}

/// A sandbox, until it is killed.
fn serve(given: &Value) {
    let settings = Settings {
        listen: given["listen"].as_str().unwrap().parse().unwrap(),
        data: Some(given["data"].as_str().unwrap().into()),
        engine: EngineChoice::Scripted,
        script: serde_json::from_value(given["script"].clone()).unwrap(),
        behaviour: serde_json::from_value(given["behaviour"].clone()).unwrap(),
        ..Settings::default()
    };
    let sandbox = Sandbox::start(settings).unwrap();
    let ready = sandbox.ready();
    println!(
        "\nready:{}",
        json!([ready.url, ready.transcribeme_url, ready.control_url, ready.control_token])
    );
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

fn other(variable: &str, value: &Value, input: Stdio) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture", "--test-threads", "1"])
        .env(variable, value.to_string())
        .stdin(input)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// A sandbox in a process of its own, whose port and data stay the same when it is killed and started again.
pub struct Server {
    given: Value,
    process: Child,
    ready: [String; 4],
}

impl Server {
    pub fn start(folder: &Path, script: Value, behaviour: Value) -> Self {
        let data = folder.join("sandbox.db");
        let given =
            json!({ "listen": "127.0.0.1:0", "data": data, "script": script, "behaviour": behaviour });
        let (process, ready) = Self::launch(&given);
        let listen = ready[0].strip_prefix("http://").unwrap().to_owned();
        Self {
            given: json!({ "listen": listen, "data": data, "script": script, "behaviour": behaviour }),
            process,
            ready,
        }
    }

    fn launch(given: &Value) -> (Child, [String; 4]) {
        let mut process = other(SANDBOX, given, Stdio::piped());
        let told = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready =
            told.map_while(Result::ok).find_map(|line| line.strip_prefix("ready:").map(str::to_owned));
        (process, serde_json::from_str(&ready.expect("the sandbox did not start")).unwrap())
    }

    /// SIGKILL, and after a while another process in its place.
    pub fn kill_and_restart(&mut self, pause: Duration) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        std::thread::sleep(pause);
        (self.process, self.ready) = Self::launch(&self.given);
    }

    pub fn transcribeme_url(&self) -> &str {
        &self.ready[1]
    }

    pub fn control(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let [url, _, control_url, token] = &self.ready;
        control(url, control_url, token, method, path, body)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// When a process is killed.
#[derive(Clone, Copy, Debug)]
pub enum Moment {
    After(Duration),
    /// So long after the journal shows one of these steps.
    AtStep(&'static [&'static str], Duration),
}

/// A job's process, and what it works with.
#[derive(Clone)]
pub struct Worker {
    pub client: Pairs,
    pub call: Pairs,
    /// Whether there is no room on the disk now and then.
    pub full_disk: bool,
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
        let orders = json!((&self.client, calls, source, self.full_disk));
        Running { process: other(ORDERS, &orders, Stdio::null()) }
    }

    /// A client as the processes have it, to look with.
    pub fn client(&self) -> Client {
        Client::new(&options(&self.client)).unwrap()
    }

    /// Starts a job and kills its process. What it was about by then: a step, or that it had not begun or had ended.
    pub fn killed(&self, source: &Path, moment: Moment) -> String {
        let journal = Journal::of(self, source);
        let mut running = self.start(source);
        match moment {
            Moment::After(pause) => std::thread::sleep(pause),
            Moment::AtStep(steps, pause) => {
                while running.process.try_wait().unwrap().is_none() {
                    if journal.step().is_some_and(|now| steps.contains(&now.as_str())) {
                        std::thread::sleep(pause);
                        break;
                    }
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
        }
        let ended = running.process.try_wait().unwrap().is_some();
        running.kill();
        match journal.step() {
            _ if ended => ENDED.to_owned(),
            Some(step) => step,
            None => NOT_BEGUN.to_owned(),
        }
    }
}

/// What a process was about that was not killed on its way.
const ENDED: &str = "(ended)";
const NOT_BEGUN: &str = "(not begun)";

/// A look into the file, as quick as can be: a step may last for milliseconds.
struct Journal {
    rows: rusqlite::Connection,
    name: String,
}

impl Journal {
    fn of(worker: &Worker, source: &Path) -> Self {
        let client = worker.client();
        jobs(&client); // so that the file is there
        let journal = worker.client.iter().find(|(key, _)| key == "journal").unwrap();
        let rows = rusqlite::Connection::open(&journal.1).unwrap();
        rows.busy_timeout(LONG).unwrap();
        Self { rows, name: source.file_name().unwrap().to_str().unwrap().to_owned() }
    }

    fn step(&self) -> Option<String> {
        let sql = "SELECT step FROM jobs WHERE source_name = ?";
        self.rows.query_row(sql, [&self.name], |row| row.get(0)).ok()
    }
}

impl Running {
    pub fn kill(&mut self) {
        let _ = self.process.kill(); // SIGKILL
        let _ = self.process.wait();
    }

    /// What it told at its end.
    pub fn outcome(mut self) -> Value {
        let mut told = String::new();
        self.process.stdout.take().unwrap().read_to_string(&mut told).unwrap();
        assert!(self.process.wait().unwrap().success(), "{told}");
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
    /// How many processes were killed at each step.
    pub kills: BTreeMap<String, usize>,
    pub needed_action: usize,
    pub orders: usize,
    pub placed: usize,
    /// Parts that came whole more than once.
    pub parts_again: usize,
}

impl Tally {
    pub fn killed(&mut self, step: String) {
        *self.kills.entry(step).or_default() += 1;
    }

    /// How many were killed on their way.
    pub fn hits(&self) -> usize {
        let steps = self.kills.iter().filter(|(step, _)| !step.starts_with('('));
        steps.map(|(_, count)| count).sum()
    }

    pub fn add(&mut self, other: Self) {
        self.jobs += other.jobs;
        other.kills.into_iter().for_each(|(step, count)| *self.kills.entry(step).or_default() += count);
        self.needed_action += other.needed_action;
        self.orders += other.orders;
        self.placed += other.placed;
        self.parts_again += other.parts_again;
    }
}

/// How many processes a test kills on their way.
pub fn rounds() -> usize {
    match std::env::var_os("TIRO_TEST_FULL") {
        Some(_) => 200,
        None => 20,
    }
}
