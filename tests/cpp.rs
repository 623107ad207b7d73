//! `tiro.hpp` for its readers: it compiles without a warning by every compiler that is there, with and without exceptions,
//! in several files of one program; and programs that use and misuse the library through it, `tests/cpp`. Each is run as
//! a process of its own; what they check stands in them, case by case.
#![cfg(all(feature = "capi", target_os = "linux"))]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::program::{
    Outcome, build_cpp, cpp_compiler, folder, has_sanitizer, have, root, run, run_forking, tool,
};

const CPP17: &[&str] = &["-std=c++17"];
const CPP20: &[&str] = &["-std=c++20"];

fn file(name: &str) -> PathBuf {
    root().join("tests/cpp").join(name).with_extension("cpp")
}

fn build(name: &str, flags: &[&str]) -> PathBuf {
    build_cpp(&cpp_compiler(), &format!("cpp-{name}"), &[(&file(name), flags)])
}

fn cases_pass(name: &str) {
    run(&build(name, CPP17), &[], &[]).passed_all_of(&file(name));
}

fn compilers() -> Vec<&'static str> {
    // clang's runtime of a sanitizer is a package of its own.
    let known: &[_] = if has_sanitizer("address") { &["g++"] } else { &["g++", "clang++"] };
    let (there, missing): (Vec<_>, Vec<_>) = known.iter().copied().partition(|name| have(name));
    for compiler in missing {
        println!("SKIPPED: {compiler} is not there");
    }
    there
}

fn headers() -> Vec<PathBuf> {
    let mut found = vec![root().join("include/tiro.hpp")];
    found.extend(std::fs::read_dir(root().join("include/tiro")).unwrap().map(|entry| entry.unwrap().path()));
    found.sort();
    found
}

/// Two files of one program, in two dialects, each of which uses what stands in the headers.
#[test]
fn it_compiles_and_links() {
    for compiler in compilers() {
        for (kind, flags) in [("throws", &[][..]), ("does-not", &["-fno-exceptions", "-fno-rtti"])] {
            let name = format!("cpp-header-{compiler}-{kind}");
            let folder = folder(&name);
            let text = |body: &str| {
                format!("#include <tiro.hpp>\n#include <tiro.hpp>\nint other();\n{body}\n").replace(
                    "USE",
                    "tiro::client::make({{\"service\", \"scripted\"}}).value().purge().try_get().has_value()",
                )
            };
            let (one, other) = (folder.join("one.cpp"), folder.join("other.cpp"));
            std::fs::write(&one, text("int main() { return USE && other() == 0 ? 0 : 1; }")).unwrap();
            std::fs::write(&other, text("int other() { return USE ? 0 : 1; }")).unwrap();
            let with = |standard: &[&'static str]| [standard, flags].concat();
            let program = build_cpp(compiler, &name, &[(&one, &with(CPP17)), (&other, &with(CPP20))]);
            let Outcome { status, stdout, stderr, .. } = run(&program, &[], &[]);
            assert!(status.success(), "{compiler} {kind}: {status}\n{stdout}{stderr}");
        }
    }
}

#[test]
fn each_header_stands_alone() {
    for header in headers() {
        let mut command = Command::new(cpp_compiler());
        command.args(["-std=c++17", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-x", "c++"]);
        tool(command.arg("-I").arg(root().join("include")).arg("-include").arg(header).arg("/dev/null"));
    }
}

/// A function of the C ABI that C++ does not have is one that was forgotten.
#[test]
fn every_function_is_reachable() {
    let text: String = headers().iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    // Paths are sources, texts are copied by std::string, a code is the status; the rest is by its name in C.
    let elsewhere = [
        "tiro_client_upload_file",
        "tiro_client_transcribe_file",
        "tiro_error_code",
        "tiro_live_handles",
        "tiro_version_number",
    ];
    for function in support::header::functions() {
        let name = function.name.as_str();
        let used =
            text.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).any(|word| word == name);
        let is_copy = name.ends_with("_copy");
        assert!(used != (is_copy || elsewhere.contains(&name)), "{name}");
    }
}

#[test]
fn handles() {
    cases_pass("handles");
}

#[test]
fn errors() {
    cases_pass("errors");
}

#[test]
fn operations() {
    cases_pass("operations");
}

#[test]
fn sources() {
    cases_pass("sources");
}

#[test]
fn transcripts() {
    cases_pass("transcripts");
}

#[test]
fn verbs() {
    cases_pass("verbs");
}

#[test]
fn a_fork() {
    if has_sanitizer("address") {
        println!("SKIPPED: a sanitizer's malloc does not stand a fork of a process with threads");
        return;
    }
    run_forking(&build("fork", CPP17)).passed_all_of(&file("fork"));
}

#[test]
fn coroutines() {
    let mut command = Command::new(cpp_compiler());
    let macros = command.args(["-std=c++20", "-dM", "-E", "-x", "c++", "/dev/null"]).output().unwrap();
    if !String::from_utf8_lossy(&macros.stdout).contains("__cpp_impl_coroutine") {
        println!("SKIPPED: {} has no coroutines", cpp_compiler());
        return;
    }
    run(&build("coroutines", CPP20), &[], &[]).passed_all_of(&file("coroutines"));
    // The examples compile, too; they need a model to do more.
    build_cpp(&cpp_compiler(), "cpp-many", &[(&root().join("examples/cpp/many.cpp"), CPP20)]);
}

#[test]
fn without_exceptions() {
    let (own, other) = (file("no_exceptions"), file("no_exceptions_other"));
    let without = ["-std=c++17", "-fno-exceptions", "-fno-rtti"];
    let files: [(&Path, &[&str]); 2] = [(&own, &without), (&other, CPP17)];
    run(&build_cpp(&cpp_compiler(), "cpp-no-exceptions", &files), &[], &[]).passed_all_of(&own);
}

#[test]
fn the_example_says_what_is_wrong() {
    let program =
        build_cpp(&cpp_compiler(), "cpp-transcribe", &[(&root().join("examples/cpp/transcribe.cpp"), CPP17)]);
    let outcome = run(&program, &["/no/such/file.wav"], &[]);
    assert_eq!(outcome.status.code(), Some(1));
    assert!(!outcome.stderr.trim().is_empty() && outcome.stdout.is_empty());
}

/// Each file of C++ belongs to a test: one that is forgotten here would pass for ever.
#[test]
fn every_program_is_run() {
    let own = std::fs::read_to_string(file!()).unwrap();
    for entry in std::fs::read_dir(root().join("tests/cpp")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let named = own.contains(&format!("\"{name}\""));
        assert!(path.extension().unwrap() != "cpp" || named, "{} is no test", path.display());
    }
}
