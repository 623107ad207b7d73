//! `tiro-sandbox`: see `--help` and `docs/sandbox.md`.

use std::io::{Read, Write};
use std::process::ExitCode;

use tiro_sandbox::Sandbox;

mod arguments;

use arguments::{Arguments, Wanted};

const NOTICE: &str = "\
***********************************************************************
* tiro-sandbox: a server for TESTS. It is no vendor's. Its accounts    *
* and secrets are known to everybody. Give it nothing that is real.    *
***********************************************************************";

fn main() -> ExitCode {
    match arguments::parse(lexopt::Parser::from_env()) {
        Ok(Wanted::Help) => say(arguments::HELP.trim_end()),
        Ok(Wanted::Version) => say(concat!("tiro-sandbox ", env!("CARGO_PKG_VERSION"))),
        Ok(Wanted::Run(arguments)) => match run(*arguments) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error, 1),
        },
        Err(error) => fail(&error, 2),
    }
}

fn say(text: &str) -> ExitCode {
    let _ = writeln!(std::io::stdout(), "{text}");
    ExitCode::SUCCESS
}

fn fail(error: &dyn std::fmt::Display, code: u8) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "tiro-sandbox: {error}");
    ExitCode::from(code)
}

/// Serves until a signal comes or, if that is wanted, nobody holds the other end of standard input any more.
fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let Arguments { settings, until_stdin_closes } = arguments;
    let listens = [Some(settings.listen), settings.listen_storage];
    let remote = listens.into_iter().flatten().any(|address| !address.ip().is_loopback());
    let sandbox = Sandbox::start(settings)?;
    // Before the line that says it is there: a signal may follow on it.
    let (end, ended) = std::sync::mpsc::channel();
    let by_signal = end.clone();
    ctrlc::set_handler(move || _ = by_signal.send(())).map_err(std::io::Error::other)?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{}", serde_json::to_string(sandbox.ready())?)?;
    stdout.flush()?;
    let mut stderr = std::io::stderr();
    let _ = writeln!(stderr, "{NOTICE}");
    if remote {
        let _ = writeln!(stderr, "It listens where OTHER MACHINES can reach it.");
    }
    if until_stdin_closes {
        std::thread::spawn(move || {
            let (mut stdin, mut buffer) = (std::io::stdin().lock(), [0; 4096]);
            while matches!(stdin.read(&mut buffer), Ok(count) if count > 0) {}
            let _ = end.send(());
        });
    }
    // The handler keeps a sender: this waits, whatever becomes of the other.
    Ok(ended.recv()?)
}
