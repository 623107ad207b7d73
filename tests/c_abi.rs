//! Programs in C that use and misuse the library through its header: `tests/c`. Each is compiled and run as a process
//! of its own; what they check stands in them, case by case. `tests/support/program.rs` says how they run under
//! valgrind and the sanitizers.
#![cfg(all(feature = "capi", target_os = "linux"))]

mod support;

use support::program::{
    Kind, Outcome, build, build_as, folder, has_sanitizer, is_slow, library, run, run_forking, source,
    variable,
};

/// Runs a program; every case that its `main` names must have passed.
fn cases_pass(name: &str) {
    check_cases(name, &run(&build(name), &[], &[]));
}

fn check_cases(name: &str, outcome: &Outcome) {
    outcome.passed_all_of(&source(name));
}

/// The sanitizers replace malloc, and do not take its locks for a fork: a child of a process with threads may stand
/// still in it.
fn cannot_fork() -> bool {
    let cannot = has_sanitizer("thread") || has_sanitizer("address");
    if cannot {
        println!("SKIPPED: a sanitizer's malloc does not stand a fork of a process with threads");
    }
    cannot
}

/// A wrong argument at every parameter of every function, generated from the header.
#[test]
fn every_argument_of_every_function() {
    let (source, count) = support::misuse::wrong_arguments();
    let path = folder("misuse").join("misuse.c");
    std::fs::write(&path, source).unwrap();
    let outcome = run(&build_as(Kind::Linked, "misuse", &path), &[], &[]);
    assert_eq!(outcome.passed().len(), count);
    assert!(count > 400, "only {count} cases: does the header parse?");
}

/// What the parent made, at every such parameter of every function, in a forked child; generated from the header.
#[test]
fn every_handle_of_the_parents() {
    if cannot_fork() {
        return;
    }
    let (source, count) = support::misuse::forked();
    let path = folder("misuse-forked").join("forked.c");
    std::fs::write(&path, source).unwrap();
    let outcome = run_forking(&build_as(Kind::Linked, "misuse-forked", &path));
    assert_eq!(outcome.passed().len(), count);
    assert!(count > 25, "only {count} cases: does the header parse?");
}

#[test]
fn handles_at_the_wrong_moment() {
    cases_pass("handles");
}

#[test]
fn destroy_runs_once_in_every_ending() {
    cases_pass("destroy");
}

#[test]
fn a_thousand_operations_are_cancelled() {
    cases_pass("cancel");
}

#[test]
fn a_shutdown_waits_for_everything() {
    cases_pass("shutdown");
}

#[test]
fn a_panic_comes_back_as_a_code() {
    cases_pass("panic");
}

#[test]
fn a_fork_leaves_parent_and_child_whole() {
    if !cannot_fork() {
        check_cases("fork", &run_forking(&build("fork")));
    }
}

#[test]
fn other_forks_and_a_daemon() {
    if !cannot_fork() {
        check_cases("daemon", &run_forking(&build("daemon")));
    }
}

#[test]
fn eight_threads() {
    cases_pass("threads");
}

#[test]
fn texts_and_paths() {
    cases_pass("text");
}

#[test]
fn queues() {
    cases_pass("queue");
}

#[test]
fn events() {
    cases_pass("events");
}

#[test]
fn waiting_in_a_callback_is_refused() {
    cases_pass("deadlock");
}

#[test]
fn sources_of_callbacks() {
    cases_pass("source");
}

#[test]
fn sources_of_files() {
    cases_pass("files");
}

#[test]
fn verbs_of_services_with_accounts() {
    cases_pass("accounts");
}

#[test]
fn documents() {
    cases_pass("documents");
}

#[test]
fn jobs() {
    cases_pass("jobs");
}

#[test]
fn events_of_a_service() {
    cases_pass("service_events");
}

#[test]
fn tokens_of_the_programs_own() {
    cases_pass("tokens");
}

/// The cases of `tests/conformance`, in C: as plain lines, so that no JSON is read there.
#[test]
fn exports() {
    let conformance = support::program::root().join("tests/conformance");
    let text = std::fs::read_to_string(conformance.join("cases.json")).unwrap();
    let cases: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut lines = String::new();
    for case in cases["exports"].as_array().unwrap() {
        let text = |key: &str| case[key].as_str().unwrap().to_owned();
        if !cfg!(feature = "documents") && ["docx", "pdf"].contains(&text("format").as_str()) {
            continue;
        }
        let path = |key: &str| conformance.join(text(key)).to_str().unwrap().to_owned();
        let options = case["options"].as_object().unwrap();
        let mut fields = vec![path("transcript"), text("format"), options.len().to_string()];
        for (key, value) in options {
            fields.extend([key.clone(), value.as_str().unwrap().to_owned()]);
        }
        fields.push(path("expected"));
        lines.push_str(&fields.join("\t"));
        lines.push('\n');
    }
    let list = folder("exports").join("cases.tsv");
    std::fs::write(&list, lines).unwrap();
    check_cases("exports", &run(&build("exports"), &[list.to_str().unwrap()], &[]));
}

/// The store of the local service.
#[test]
#[cfg(feature = "local")]
fn recordings_in_a_folder() {
    if !cannot_fork() {
        check_cases("store", &run_forking(&build("store")));
    }
}

#[test]
fn signals_are_the_hosts() {
    if variable("TIRO_TEST_RUNNER").is_some_and(|runner| runner.contains("valgrind")) {
        println!("SKIPPED: the masks that the system shows are valgrind's own");
        return;
    }
    cases_pass("signals");
}

#[test]
fn log_and_counts() {
    cases_pass("log");
    let program = build("log");
    let told = run(&program, &["leaks"], &[("TIRO_DEBUG_LEAKS", "1")]);
    assert!(told.status.success(), "{}", told.status);
    let lines: Vec<&str> = told.stderr.lines().filter(|line| line.starts_with("tiro")).collect();
    assert_eq!(
        lines,
        [
            "tiro: 1 tiro_op handles are still alive",
            "tiro: 1 tiro_queue handles are still alive",
            "tiro: 1 tiro_order handles are still alive",
        ]
    );
    for quiet in [&[("TIRO_DEBUG_LEAKS", "0")][..], &[]] {
        let outcome = run(&program, &["leaks"], quiet);
        assert!(outcome.status.success() && !outcome.stderr.contains("alive"), "{}", outcome.stderr);
    }
}

#[test]
fn nothing_is_written_and_no_descriptor_leaks() {
    if has_sanitizer("thread") {
        println!("SKIPPED: ThreadSanitizer's runtime has descriptors of its own, not close-on-exec");
        return;
    }
    let outcome = run(&build("quiet"), &[], &[("TIRO_NO_SUCH_KEY", "1")]);
    let (out, err) = (&outcome.stdout, &outcome.stderr);
    assert!(outcome.status.success() && out.is_empty() && err.is_empty(), "{}:\n{out}{err}", outcome.status);
}

#[test]
fn a_process_ends_with_operations_pending() {
    let program = build("ending");
    let ways = [
        "return_unused",
        "return",
        "exit",
        "_exit",
        "quick_exit",
        "return_while_waiting",
        "pthread_exit",
        "exit_in_callback",
        "cancel_and_return",
        "use_at_exit",
        "shutdown_at_exit",
    ];
    // Several times each: what the library's threads do at that moment is not the same every time.
    let times = if is_slow() { 2 } else { 25 };
    for way in ways {
        for _ in 0..times {
            let outcome = run(&program, &[way], &[]);
            let (out, err) = (&outcome.stdout, &outcome.stderr);
            assert_eq!(outcome.status.code(), Some(7), "{way}: {}\n{out}{err}", outcome.status);
            assert!(out.is_empty() && err.is_empty(), "{way} wrote:\n{out}{err}");
        }
    }
}

#[test]
fn a_module_is_loaded_and_unloaded() {
    if has_sanitizer("thread") {
        println!("SKIPPED: the library with ThreadSanitizer needs a program that has its runtime");
        return;
    }
    let module = build_as(Kind::Module, "module", &source("module"));
    let program = build_as(Kind::Loading, "dlopen", &source("dlopen"));
    let outcome = run(&program, &[module.to_str().unwrap(), library().to_str().unwrap()], &[]);
    assert_eq!(
        outcome.passed(),
        ["a_module_that_shuts_down", "a_module_that_cancels_its_own", "the_library_itself"]
    );
}

/// Each file of C belongs to a test: one that is forgotten here would pass for ever.
#[test]
fn every_program_is_run() {
    let own = std::fs::read_to_string(file!()).unwrap();
    let elsewhere = [
        "old_processor",
        "race",
        "gospeech_1",
        "gospeech_2",
        "gospeech_3",
        "transcribeme_1",
        "transcribeme_2",
        "broken_pipe",
    ];
    for entry in std::fs::read_dir("tests/c").unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let named = own.contains(&format!("\"{name}\"")) || elsewhere.contains(&name);
        assert!(path.extension().unwrap() != "c" || named, "{} is no test", path.display());
    }
}
