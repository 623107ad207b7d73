//! The vendor's three integration scenarios in C, each step a case of `tests/c/gospeech_*.c`, against the sandbox.
//! `python/tests/test_gospeech_scenarios.py` has the same in Python.
#![cfg(all(feature = "capi", target_os = "linux"))]

mod support;

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use support::person;
use support::program::{build, run, source};
use support::sandbox::TestSandbox;
use tiro_sandbox::Settings;

fn variables(sandbox: &TestSandbox) -> Vec<(&'static str, String)> {
    vec![
        ("TIRO_AUTH_BASE_URL", sandbox.url().to_owned()),
        ("TIRO_API_BASE_URL", sandbox.url().to_owned()),
        ("TIRO_CLIENT_ID", "demo".to_owned()),
    ]
}

fn steps(name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(source(name)).unwrap();
    let names = text.lines().filter_map(|line| line.trim().strip_prefix("RUN(")?.strip_suffix(");"));
    names.map(str::to_owned).collect()
}

fn passes(name: &str, variables: &[(&str, String)]) {
    let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(run(&build(name), &[], &variables).passed(), steps(name));
}

/// A process that does not outlive its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn scenario_1_the_system_is_one_user() {
    let sandbox = TestSandbox::start();
    let mut variables = variables(&sandbox);
    variables.push(("TIRO_CLIENT_SECRET", "demo-secret".to_owned()));
    variables.push(("TIRO_USERNAME", "me@example.com".to_owned()));
    passes("gospeech_1", &variables);
}

#[test]
fn scenario_2_users_that_the_system_manages() {
    let sandbox = TestSandbox::start();
    let mut variables = variables(&sandbox);
    variables.push(("TIRO_CLIENT_SECRET", "demo-secret".to_owned()));
    variables.push(("TIRO_GOSPEECH_LINK_RECORDING", sandbox.ready().recording_link.clone()));
    variables.push(("TIRO_GOSPEECH_LINK_WORKLIST", sandbox.ready().worklist_link.clone()));
    passes("gospeech_2", &variables);
}

#[test]
fn scenario_3_persons_with_accounts_of_their_own() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let redirect = format!("http://127.0.0.1:{port}/callback");
    let settings = Settings { redirect_uris: vec![redirect.clone()], ..Settings::default() };
    let sandbox = TestSandbox::with(settings);
    let folder = tempfile::tempdir().unwrap();
    let mut program = Command::new(build("gospeech_3"));
    program.current_dir(folder.path()).stdout(Stdio::piped()).envs(variables(&sandbox));
    program.env("TIRO_CLIENT_ID", "demo-public").env("TIRO_REDIRECT_URI", redirect);
    let mut child = Running(program.spawn().unwrap());
    let mut passed = Vec::new();
    for line in BufReader::new(child.0.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if let Some(url) = line.strip_prefix("login ") {
            let back = person::log_in(url, "anna@example.com", "anna-password");
            assert_eq!(person::follow(&back), 200);
        }
        passed.extend(line.strip_prefix("ok ").map(str::to_owned));
    }
    assert!(child.0.wait().unwrap().success());
    assert_eq!(passed, steps("gospeech_3"));
}
