//! Compiles the C programs of `tests/c` against the shared library that cargo has built next to this test, and runs
//! each as a child process with a time limit.
//!
//! For other tools the environment can say: `TIRO_TEST_LIBDIR`, a folder with another `libtiro.so`; `TIRO_TEST_CC` and
//! `TIRO_TEST_CFLAGS`, how to compile; `TIRO_TEST_LD` and `TIRO_TEST_LDFLAGS`, how to link; `TIRO_TEST_RUNNER`, a
//! command that runs the program, such as `valgrind -q --error-exitcode=9`; `TIRO_TEST_PERCENT`, how many of their
//! rounds the programs do; `TIRO_TEST_TIMEOUT`, seconds for one program.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

pub const WARNINGS: &[&str] = &["-Wall", "-Wextra", "-Wpedantic", "-Werror"];

pub fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn words(name: &str) -> Vec<String> {
    variable(name).unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}

/// Whether the programs run under a tool that makes them slow or prints on its own account.
pub fn is_instrumented() -> bool {
    variable("TIRO_TEST_RUNNER").is_some() || variable("TIRO_TEST_CFLAGS").is_some()
}

/// Whether a tool can be run at all.
pub fn have(tool: &str) -> bool {
    Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// The shared library: cargo puts it next to the tests.
pub fn library() -> PathBuf {
    let folder = match variable("TIRO_TEST_LIBDIR") {
        Some(folder) => folder.into(),
        None => std::env::current_exe().unwrap().parent().unwrap().to_owned(),
    };
    let library = folder.join("libtiro.so");
    assert!(library.exists(), "{} is not there: it takes a whole `cargo test`", library.display());
    library.canonicalize().unwrap()
}

/// A folder for what is built, one a program.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("c").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs a tool to its end; its words are shown if it fails.
pub fn tool(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{out}{err}", output.status);
}

/// Compiles one file of C11 to an object.
pub fn compile(source: &Path, object: &Path) {
    let compiler = variable("TIRO_TEST_CC").unwrap_or_else(|| "cc".into());
    let mut command = Command::new(compiler);
    command.arg("-std=c11").args(WARNINGS).args(["-g", "-O1", "-pthread", "-c"]);
    command.arg("-I").arg(root().join("include")).arg("-I").arg(root().join("tests/c"));
    command.args(words("TIRO_TEST_CFLAGS")).arg(source).arg("-o").arg(object);
    tool(&mut command);
}

/// Links an object with the library, which is found by its SONAME.
pub fn link(object: &Path, program: &Path, with_library: bool) {
    let compiler = variable("TIRO_TEST_LD").or_else(|| variable("TIRO_TEST_CC"));
    let mut command = Command::new(compiler.unwrap_or_else(|| "cc".into()));
    command.arg(object).arg("-o").arg(program).arg("-pthread").args(words("TIRO_TEST_CFLAGS"));
    if with_library {
        let beside = program.parent().unwrap();
        let name = beside.join("libtiro.so.0");
        let _ = std::fs::remove_file(&name);
        std::os::unix::fs::symlink(library(), &name).unwrap();
        command.arg(&name).arg(format!("-Wl,-rpath,{}", beside.display()));
    }
    tool(command.args(words("TIRO_TEST_LDFLAGS")).arg("-ldl"));
}

/// Compiles `tests/c/NAME.c`.
pub fn build(name: &str) -> PathBuf {
    build_from(name, &root().join("tests/c").join(name).with_extension("c"), true)
}

pub fn build_from(name: &str, source: &Path, with_library: bool) -> PathBuf {
    let folder = folder(name);
    let (object, program) = (folder.join("program.o"), folder.join("program"));
    compile(source, &object);
    link(&object, &program, with_library);
    program
}

/// How a program ended, and what it wrote.
pub struct Outcome {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

/// Runs a program in an empty folder of its own, with nothing of tiro's in its environment. A program that does not
/// end in time is ended, with all its children, and fails the test.
pub fn run(program: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let mut words = words("TIRO_TEST_RUNNER");
    words.push(program.to_str().unwrap().to_owned());
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).args(arguments).current_dir(folder.path());
    for (name, _) in
        std::env::vars().filter(|(name, _)| name.starts_with("TIRO_") && name != "TIRO_TEST_PERCENT")
    {
        command.env_remove(name);
    }
    command.env("HOME", folder.path()).env("TMPDIR", folder.path()).env_remove("XDG_DATA_HOME");
    command.envs(variables.iter().copied());
    // Into files: a grandchild that goes on would keep a pipe open.
    let output = tempfile::tempdir().unwrap();
    let file = |name| std::fs::File::create(output.path().join(name)).unwrap();
    command.stdin(Stdio::null()).stdout(file("out")).stderr(file("err"));
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let seconds = variable("TIRO_TEST_TIMEOUT").map_or(120, |seconds| seconds.parse().unwrap());
    let deadline = Instant::now() + Duration::from_secs(seconds);
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break Some(status),
            None if Instant::now() > deadline => break None,
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    if status.is_none() {
        let group = format!("-{}", child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = child.wait();
    }
    let read = |name| String::from_utf8_lossy(&std::fs::read(output.path().join(name)).unwrap()).into_owned();
    let (stdout, stderr) = (read("out"), read("err"));
    let status = status.unwrap_or_else(|| {
        panic!("{command:?} has not ended after {seconds} s\nstdout:\n{stdout}\nstderr:\n{stderr}")
    });
    Outcome { status, stdout, stderr }
}

impl Outcome {
    /// The names of the cases that passed, if all did: a case that fails ends its program.
    pub fn passed(&self) -> Vec<&str> {
        let Self { status, stdout, stderr } = self;
        assert!(status.success(), "{status}\nstdout:\n{stdout}\nstderr:\n{stderr}");
        print!("{stdout}{stderr}");
        let cases: Vec<&str> = stdout.lines().filter_map(|line| line.strip_prefix("ok ")).collect();
        assert!(!cases.is_empty(), "no case was run");
        cases
    }
}
