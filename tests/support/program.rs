//! Compiles the programs of `tests/c` and `tests/cpp` against the shared library that cargo has built next to this test,
//! and runs each as a child process with a time limit.
//!
//! For other tools the environment can say: `TIRO_TEST_LIBDIR`, a folder with another `libtiro.so`; `TIRO_TEST_CC`,
//! `TIRO_TEST_CXX` and `TIRO_TEST_CFLAGS`, how to compile and link; `TIRO_TEST_SANITIZER`, `address` or `thread`, if that is what these do;
//! `TIRO_TEST_RUNNER`, a command that runs the program, such as `valgrind -q --error-exitcode=9`; `TIRO_TEST_PERCENT`,
//! how many of their rounds the programs do; `TIRO_TEST_TIMEOUT`, seconds for one program.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

pub fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn words(name: &str) -> Vec<String> {
    variable(name).unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}

/// Whether the programs run under a tool that makes them slow.
pub fn is_slow() -> bool {
    variable("TIRO_TEST_RUNNER").is_some() || variable("TIRO_TEST_SANITIZER").is_some()
}

pub fn has_sanitizer(name: &str) -> bool {
    variable("TIRO_TEST_SANITIZER").as_deref() == Some(name)
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

/// A folder for what is built, one a program; another for another library or compiler, as both may be tested at once.
pub fn folder(name: &str) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    (library(), variable("TIRO_TEST_CC"), variable("TIRO_TEST_CFLAGS")).hash(&mut hasher);
    let kind = format!("c-{:016x}", hasher.finish());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(kind).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs a tool to its end; its words are shown if it fails.
pub fn tool(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{out}{err}", output.status);
    out.into_owned()
}

/// What a source becomes.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    /// A program that is linked with the library.
    Linked,
    /// A program that loads the library itself.
    Loading,
    /// A shared object that is linked with the library.
    Module,
}

/// What links a program with the library, which it finds by its SONAME in its own folder.
fn link_here(folder: &Path) -> [String; 3] {
    let library_name = folder.join("libtiro.so.0");
    let _ = std::fs::remove_file(&library_name);
    std::os::unix::fs::symlink(library(), &library_name).unwrap();
    let folder = folder.display();
    [format!("-L{folder}"), "-l:libtiro.so.0".into(), format!("-Wl,-rpath,{folder}")]
}

/// Compiles and links one file of C11.
pub fn build_as(kind: Kind, name: &str, source: &Path) -> PathBuf {
    let folder = folder(name);
    let program = folder.join("program");
    let link = link_here(&folder);
    let mut command = Command::new(variable("TIRO_TEST_CC").unwrap_or_else(|| "cc".into()));
    command.args(["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g", "-O1", "-pthread"]);
    command.arg("-I").arg(root().join("include")).arg("-I").arg(root().join("tests/c"));
    command.args(words("TIRO_TEST_CFLAGS")).arg(source).arg("-o").arg(&program);
    if kind == Kind::Module {
        command.args(["-fPIC", "-shared"]);
    }
    if kind != Kind::Loading {
        command.args(link);
    }
    tool(command.arg("-ldl"));
    program
}

pub fn cpp_compiler() -> String {
    variable("TIRO_TEST_CXX").unwrap_or_else(|| "c++".into())
}

/// Compiles files of C++, each with flags of its own, and links them as one program.
pub fn build_cpp(compiler: &str, name: &str, files: &[(&Path, &[&str])]) -> PathBuf {
    let folder = folder(name);
    let command = || {
        let mut command = Command::new(compiler);
        command.args(["-g", "-pthread"]).args(words("TIRO_TEST_CFLAGS")).current_dir(&folder);
        command
    };
    let mut link = command();
    for (number, (source, flags)) in files.iter().enumerate() {
        let object = format!("{number}.o");
        let mut compile = command();
        compile.args(["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]).args(*flags);
        compile.arg("-I").arg(root().join("include")).arg("-c").arg(source).args(["-o", &object]);
        tool(&mut compile);
        link.arg(object);
    }
    tool(link.args(["-o", "program"]).args(link_here(&folder)));
    folder.join("program")
}

/// `tests/c/NAME.c`, linked with the library.
pub fn build(name: &str) -> PathBuf {
    build_as(Kind::Linked, name, &source(name))
}

pub fn source(name: &str) -> PathBuf {
    root().join("tests/c").join(name).with_extension("c")
}

/// How a program ended, and what it wrote.
pub struct Outcome {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

/// Runs a program in an empty folder of its own, with nothing of tiro's in its environment. A program that does not
/// end in time is ended, with all its children, and fails the test.
pub fn run(program: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
    run_by(&words("TIRO_TEST_RUNNER"), program, arguments, variables)
}

/// As [`run`], for a program that forks: its children never free what was the parent's, and valgrind would call that a
/// leak. Bad accesses are still looked for, in parent and children.
pub fn run_forking(program: &Path) -> Outcome {
    let mut runner = words("TIRO_TEST_RUNNER");
    if runner.first().is_some_and(|command| command.ends_with("valgrind")) {
        runner.push("--leak-check=no".into());
    }
    run_by(&runner, program, &[], &[])
}

fn run_by(runner: &[String], program: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let mut words = runner.to_vec();
    words.push(program.to_str().unwrap().to_owned());
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).args(arguments).current_dir(folder.path());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("TIRO_") {
            command.env_remove(name);
        }
    }
    command.env("HOME", folder.path()).env("TMPDIR", folder.path()).env_remove("XDG_DATA_HOME");
    match variable("TIRO_TEST_PERCENT") {
        Some(percent) => command.env("CHECK_PERCENT", percent),
        None if is_slow() => command.env("CHECK_PERCENT", "10"),
        None => command.env_remove("CHECK_PERCENT"),
    };
    command.envs(variables.iter().copied());
    // Into files: a grandchild that goes on would keep a pipe open.
    let output = tempfile::tempdir().unwrap();
    let file = |name| std::fs::File::create(output.path().join(name)).unwrap();
    command.stdin(Stdio::null()).stdout(file("out")).stderr(file("err"));
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let started = Instant::now();
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let limit = variable("TIRO_TEST_TIMEOUT").map(|seconds| seconds.parse().expect("TIRO_TEST_TIMEOUT"));
    let limit = Duration::from_secs(limit.unwrap_or(if is_slow() { 600 } else { 120 }));
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break Some(status),
            None if started.elapsed() > limit => break None,
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    if status.is_none() {
        let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
        let _ = child.wait();
    }
    let read = |name| String::from_utf8_lossy(&std::fs::read(output.path().join(name)).unwrap()).into_owned();
    let (stdout, stderr) = (read("out"), read("err"));
    super::secrets::assert_none_in(&format!("{}", program.display()), &(stdout.clone() + &stderr));
    let status = status.unwrap_or_else(|| {
        panic!("{command:?} has not ended after {limit:?}\nstdout:\n{stdout}\nstderr:\n{stderr}")
    });
    Outcome { status, stdout, stderr, took: started.elapsed() }
}

impl Outcome {
    /// The names of the cases, all of which passed: one that fails ends its program.
    pub fn passed(&self) -> Vec<&str> {
        let Self { status, stdout, stderr, took } = self;
        assert!(status.success(), "{status} after {took:?}\nstdout:\n{stdout}\nstderr:\n{stderr}");
        println!("{stdout}{stderr}{took:?}");
        stdout.lines().filter_map(|line| line.strip_prefix("ok ")).collect()
    }

    /// Every case that the `main` of a source names must have passed.
    pub fn passed_all_of(&self, source: &Path) {
        let text = std::fs::read_to_string(source).unwrap();
        let wanted: Vec<&str> =
            text.lines().filter_map(|line| line.trim().strip_prefix("RUN(")?.strip_suffix(");")).collect();
        assert!(!wanted.is_empty(), "{} has no cases", source.display());
        assert_eq!(self.passed(), wanted);
    }
}
