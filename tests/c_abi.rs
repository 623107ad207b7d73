//! Programs in C that use and misuse the library through its header: `tests/c`. Each is compiled and run as a process
//! of its own; what they check stands in them, case by case.
#![cfg(all(feature = "capi", target_os = "linux"))]

mod support;

use support::program::{build, build_from, folder, run};

/// A wrong argument at every parameter of every function, generated from the header.
#[test]
fn every_argument_of_every_function() {
    let (source, count) = support::misuse::program();
    let path = folder("misuse").join("misuse.c");
    std::fs::write(&path, source).unwrap();
    let program = build_from("misuse", &path, true);
    let outcome = run(&program, &[], &[]);
    assert_eq!(outcome.passed().len(), count);
    assert!(count > 400, "only {count} cases: does the header parse?");
}
