//! Waiting for what another thread or process brings about: never by a fixed pause, and never for ever.

use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Far longer than anything takes that is waited for, on the slowest machine.
pub const LONG: Duration = Duration::from_secs(300);

/// Looks again and again, until it holds.
pub fn eventually(mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < LONG, "it never comes true");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Looks again and again, until for so long nothing has changed in what is seen.
pub fn settled<T: PartialEq>(still: Duration, mut look: impl FnMut() -> T) -> T {
    let started = Instant::now();
    let (mut seen, mut since) = (look(), Instant::now());
    while since.elapsed() < still {
        assert!(started.elapsed() < LONG, "it changes for ever");
        std::thread::sleep(Duration::from_millis(100));
        let now = look();
        if now != seen {
            (seen, since) = (now, Instant::now());
        }
    }
    seen
}

/// Runs a process that says little to its end; one that hangs is killed, and fails the test.
pub fn output(command: &mut Command) -> Output {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let started = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if started.elapsed() > LONG {
            let _ = child.kill();
            let _ = child.wait();
            panic!("{command:?} hangs");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap()
}
