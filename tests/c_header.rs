//! `include/tiro.h` for its readers: it compiles without a warning in every dialect of C and C++ that is there, twice
//! in one file and in two files of one program, and every function that it declares is in the library; which exports
//! nothing else.
#![cfg(all(feature = "capi", target_os = "linux"))]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use support::header::functions;
use support::program::{folder, have, library, root, run, tool};

const STRICT: &[&str] = &["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"];

/// One file that includes the header twice and takes the address of every function; another that includes it, too.
fn write_sources(folder: &Path) {
    let mut whole = String::from(
        "#include <tiro.h>\n#include <tiro.h>\n#include <stdio.h>\nint other(void);\ntypedef void (*any)(void);\n\
         static any const functions[] = {\n",
    );
    for function in functions() {
        writeln!(whole, "    (any){},", function.name).unwrap();
    }
    whole.push_str(
        "};\nint main(void)\n{\n    size_t count = sizeof functions / sizeof functions[0];\n    \
         for (size_t i = 0; i < count; i++)\n        if (functions[i] == 0)\n            return 2;\n    \
         printf(\"%d functions\\n\", (int)count);\n    return tiro_check_version() && other() == 0 ? 0 : 1;\n}\n",
    );
    let other = "#include <tiro.h>\nint other(void);\nint other(void)\n{\n    \
                 tiro_word word[2] = {{\"a\", 1, 0, 1, 0.5f, 0, 0}, {\"b\", 1, 0, 1, 0.5f, 0, 0}};\n    \
                 tiro_segment segment = {\"\", 0, 0, 1, 0, 1};\n    \
                 return tiro_word_at(word, sizeof word[0], 1) == &word[1] &&\n           \
                 tiro_segment_at(&segment, sizeof segment, 0) == &segment ? 0 : 1;\n}\n";
    for suffix in ["c", "cpp"] {
        let linkage = if suffix == "cpp" { "extern \"C\" " } else { "" };
        let text = |text: &str| text.replace("int other(void);", &format!("{linkage}int other(void);"));
        std::fs::write(folder.join(format!("whole.{suffix}")), text(&whole)).unwrap();
        std::fs::write(folder.join(format!("other.{suffix}")), text(other)).unwrap();
    }
}

fn compile_and_run(compiler: &str, standard: &str) {
    if !have(compiler) {
        println!("SKIPPED: {compiler} is not there");
        return;
    }
    let plus = standard.contains("++");
    let folder = folder(&format!("header-{compiler}-{}", standard.replace('+', "p")));
    write_sources(&folder);
    let program = folder.join("program");
    let suffix = if plus { "cpp" } else { "c" };
    // No -w and no system include: the header has to be clean where warnings count.
    let mut command = Command::new(compiler);
    command.arg(format!("-std={standard}")).args(STRICT).arg("-I").arg(root().join("include"));
    command.args(["whole", "other"].map(|name| folder.join(format!("{name}.{suffix}"))));
    let name = folder.join("libtiro.so.0");
    let _ = std::fs::remove_file(&name);
    std::os::unix::fs::symlink(library(), &name).unwrap();
    command.arg("-o").arg(&program).arg(&name).arg(format!("-Wl,-rpath,{}", folder.display()));
    tool(&mut command);
    let outcome = run(&program, &[], &[]);
    assert!(outcome.status.success(), "{compiler} {standard}: {}", outcome.status);
    assert_eq!(outcome.stdout.trim(), format!("{} functions", functions().len()));
}

#[test]
fn it_compiles_as_c() {
    for compiler in ["gcc", "clang"] {
        for standard in ["c99", "c11", "c17"] {
            compile_and_run(compiler, standard);
        }
    }
}

#[test]
fn it_compiles_as_cpp() {
    for compiler in ["g++", "clang++"] {
        for standard in ["c++11", "c++17", "c++20"] {
            compile_and_run(compiler, standard);
        }
    }
}

fn ledger() -> BTreeSet<String> {
    let ledger = std::fs::read_to_string(root().join("tests/abi/symbols.txt")).unwrap();
    ledger.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn the_library_exports_the_ledger_and_nothing_else() {
    if !have("nm") {
        println!("SKIPPED: nm is not there");
        return;
    }
    let listed = tool(Command::new("nm").args(["-D", "--defined-only"]).arg(library()));
    // "address type name", with "@version" where there is one.
    let exported: BTreeSet<String> = listed
        .lines()
        .filter_map(|line| Some(line.split_whitespace().nth(2)?.split('@').next()?.to_owned()))
        .collect();
    assert_eq!(exported, ledger());
}

#[test]
fn the_library_is_named_and_never_unloaded() {
    if !have("readelf") {
        println!("SKIPPED: readelf is not there");
        return;
    }
    let dynamic = tool(Command::new("readelf").arg("-dW").arg(library()));
    let line = |word: &str| {
        let found = dynamic.lines().find(|line| line.contains(word));
        found.unwrap_or_else(|| panic!("no {word} in\n{dynamic}"))
    };
    assert!(line("(SONAME)").contains("[libtiro.so.0]"));
    assert!(line("(FLAGS_1)").contains("NODELETE"));
    // A stack that can be executed, or text that is relocated, would be refused where security counts.
    assert!(!dynamic.contains("TEXTREL"));
    let segments = tool(Command::new("readelf").arg("-lW").arg(library()));
    let stack = segments.lines().find(|line| line.contains("GNU_STACK")).expect("GNU_STACK");
    assert!(!stack.contains("RWE"), "{stack}");
}

/// What is read through a stride, in the layout that compiled programs have in them: fields may be added at the end.
#[test]
fn the_layout_of_the_structs_stands() {
    let folder = folder("layout");
    let source = folder.join("layout.c");
    std::fs::write(
        &source,
        r#"#include <tiro.h>
_Static_assert(offsetof(tiro_word, text) == 0 && offsetof(tiro_word, text_len) == 8, "tiro_word");
_Static_assert(offsetof(tiro_word, start_ms) == 16 && offsetof(tiro_word, end_ms) == 24, "tiro_word");
_Static_assert(offsetof(tiro_word, confidence) == 32 && offsetof(tiro_word, segment) == 36, "tiro_word");
_Static_assert(sizeof(tiro_word) >= 40, "tiro_word");
_Static_assert(offsetof(tiro_segment, speaker) == 0 && offsetof(tiro_segment, speaker_len) == 8, "tiro_segment");
_Static_assert(offsetof(tiro_segment, start_ms) == 16 && offsetof(tiro_segment, end_ms) == 24, "tiro_segment");
_Static_assert(offsetof(tiro_segment, first_word) == 32 && offsetof(tiro_segment, word_count) == 40, "tiro_segment");
_Static_assert(sizeof(tiro_segment) >= 48, "tiro_segment");
_Static_assert(offsetof(tiro_match, word_count) == 8 && offsetof(tiro_match, end_ms) == 24, "tiro_match");
_Static_assert(sizeof(tiro_match) == 32, "tiro_match");
_Static_assert(sizeof(tiro_status) == 4, "tiro_status");
"#,
    )
    .unwrap();
    let mut command = Command::new("cc");
    command.args(["-std=c11", "-fsyntax-only", "-Werror", "-I"]).arg(root().join("include")).arg(&source);
    tool(&mut command);
}
