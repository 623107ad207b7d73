//! `include/tiro.h` is generated from `src/capi` and committed. Here it is generated again and compared; with
//! `UPDATE=1` it is written. Also here: what every function's comment has to say, and the ledger of symbols.
#![cfg(feature = "capi")]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write;

use support::header::{declarations, functions, handle_types};
use tiro::{ERROR_TABLE, OPTION_TABLE, RecordingStatus, ServiceEventKind};

/// In the order in which the header is read.
const SOURCES: &[&str] = &[
    "boundary",
    "handle",
    "library",
    "options",
    "error",
    "client",
    "token",
    "sign_in",
    "remote",
    "client_export",
    "ordering",
    "billing",
    "job",
    "op",
    "join",
    "event",
    "queue",
    "source",
    "recording",
    "order",
    "login",
    "document",
    "transcript",
    "read",
    "find",
    "export",
    "arrow",
];

const OPENING: &str = "/*
 * tiro: speech transcription services behind one library.
 *
 * Generated from src/capi by `make header`; do not edit. docs/abi.md has the conventions and the promise, docs/options.md
 * the option keys.
 *
 * In short: handles are tokens, checked at every use. What a function gives is the caller's to free. Every fallible
 * function returns a tiro_status and takes `tiro_error **err` last, which may be NULL. Calls that talk to a service start
 * an operation, tiro_op, and return at once; tiro_op_join_*, tiro_queue and tiro_op_on_done are the ways to wait.
 */";

fn root() -> std::path::PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

/// Defines that come from the core's tables.
fn defines() -> String {
    let mut text = String::from(
        "\n/* What a function failed with; the groups: usage, transport, auth, service, local, cancelled. */\n",
    );
    for entry in ERROR_TABLE {
        writeln!(text, "/*{} */\n#define {} ({})", entry.doc, entry.name, entry.code).unwrap();
    }
    text.push_str("\n/* Where a recording is on its way: tiro_recording_status. No tiro_status: tiro_status_name does not know them. */\n");
    for status in RecordingStatus::ALL {
        let name = status.name().to_uppercase();
        writeln!(text, "/* {} */\n#define TIRO_STATUS_{name} {}", status.doc(), *status as i32).unwrap();
    }
    text.push_str("\n/* What a service tells without being asked: tiro_service_event_kind. */\n");
    for kind in ServiceEventKind::ALL {
        let name = kind.name().to_uppercase();
        writeln!(text, "/* {} */\n#define TIRO_SERVICE_EVENT_{name} {}", kind.doc(), *kind as i32).unwrap();
    }
    text.push_str("\n/* Keys of tiro_options_set. */\n");
    for entry in OPTION_TABLE {
        writeln!(
            text,
            "/* {} */\n#define TIRO_OPT_{} \"{}\"",
            entry.doc,
            entry.key.to_uppercase().replace('.', "_"),
            entry.key
        )
        .unwrap();
    }
    text
}

fn opening() -> String {
    let part = |number: &str| number.parse::<u32>().unwrap();
    let [major, minor, patch] =
        [env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR"), env!("CARGO_PKG_VERSION_PATCH")]
            .map(part);
    let number = major * 1_000_000 + minor * 1_000 + patch;
    format!(
        r#"
#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32) && !defined(TIRO_STATIC)
#define TIRO_API __declspec(dllimport)
#else
#define TIRO_API
#endif

#define TIRO_VERSION_MAJOR {major}
#define TIRO_VERSION_MINOR {minor}
#define TIRO_VERSION_PATCH {patch}
/* major * 1000000 + minor * 1000 + patch */
#define TIRO_VERSION_NUMBER {number}u
#define TIRO_VERSION_STRING "{major}.{minor}.{patch}"
{}{ARROW}"#,
        defines()
    )
}

/// As Arrow asks every header to have it, so that they can be read together.
const ARROW: &str = r#"
/* Arrow's C data interface: https://arrow.apache.org/docs/format/CDataInterface.html */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

#ifdef __cplusplus
extern "C" {
#endif

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

#ifdef __cplusplus
}
#endif

#endif
"#;

const INLINE: &str = r#"/*
 * Whether the library fits this header: the same major version and not older.
 */
static inline int32_t tiro_check_version(void)
{
    uint32_t library = tiro_version_number();
    return library / 1000000u == TIRO_VERSION_NUMBER / 1000000u && library >= TIRO_VERSION_NUMBER;
}

/*
 * Word `index` of the array that tiro_transcript_words gave.
 */
static inline const tiro_word *tiro_word_at(const tiro_word *words, size_t stride, size_t index)
{
    return (const tiro_word *)(const void *)((const char *)words + index * stride);
}

/*
 * Segment `index` of the array that tiro_transcript_segments gave.
 */
static inline const tiro_segment *tiro_segment_at(const tiro_segment *segments, size_t stride, size_t index)
{
    return (const tiro_segment *)(const void *)((const char *)segments + index * stride);
}

"#;

fn generate() -> String {
    let mut config = cbindgen::Config::from_file(root().join("cbindgen.toml")).unwrap();
    config.header = Some(OPENING.to_owned());
    config.after_includes = Some(opening());
    let mut builder = cbindgen::Builder::new().with_config(config);
    for source in SOURCES {
        builder = builder.with_src(root().join(format!("src/capi/{source}.rs")));
    }
    let mut written = Vec::new();
    builder.generate().expect("cbindgen reads src/capi").write(&mut written);
    let header = tidy(&String::from_utf8(written).unwrap());
    let end = header.rfind("#ifdef __cplusplus").expect("the end of the declarations");
    format!("{}{INLINE}{}", &header[..end], &header[end..])
}

/// Takes out what is for Rust readers only: the sections on safety, and markup.
fn tidy(header: &str) -> String {
    let mut text = String::new();
    let mut safety = false;
    for line in header.lines() {
        let comment = line.trim_start().strip_prefix('*').map(str::trim);
        match comment {
            Some("# Safety") => {
                safety = true;
                let kept = text.trim_end_matches(['\n', ' ', '*']).len();
                text.truncate(kept);
                text.push('\n');
            }
            Some("/") | None if safety => safety = false,
            _ => {}
        }
        if !safety {
            text.push_str(&line.replace('`', ""));
            text.push('\n');
        }
    }
    text
}

#[test]
fn the_committed_header_is_the_generated_one() {
    let path = root().join("include/tiro.h");
    let generated = generate();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "include/tiro.h is not what src/capi says: run `make header`");
}

#[test]
fn every_function_says_what_a_caller_must_know() {
    let functions = functions();
    assert!(functions.len() > 60, "only {} functions were found", functions.len());
    for function in functions {
        let comment = &function.comment;
        let mut wanted = vec!["NULL:", "Thread:", "Blocks:", "@since "];
        if function.returns != "void" {
            wanted.push("Returns:");
        }
        for wanted in wanted {
            assert!(comment.contains(wanted), "{}: its comment lacks {wanted:?}\n{comment}", function.name);
        }
        if function.parameters.iter().any(|parameter| parameter.name == "err") {
            assert!(
                comment.contains("TIRO_OK") || comment.contains("as tiro_"),
                "{}: which codes?",
                function.name
            );
        }
    }
}

#[test]
fn the_ledger_of_symbols_is_the_header() {
    let ledger = std::fs::read_to_string(root().join("tests/abi/symbols.txt")).unwrap_or_default();
    let listed: BTreeSet<&str> = ledger.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let functions = functions();
    let declared: BTreeSet<&str> = functions.iter().map(|function| function.name.as_str()).collect();
    if std::env::var_os("UPDATE").is_some() {
        // Only ever adds: a symbol that is gone is a break, and shows as one.
        let mut lines: Vec<String> = ledger.lines().map(str::to_owned).collect();
        lines
            .extend(declared.difference(&listed).map(|name| format!("{name} {}", env!("CARGO_PKG_VERSION"))));
        lines.sort();
        std::fs::create_dir_all(root().join("tests/abi")).unwrap();
        std::fs::write(root().join("tests/abi/symbols.txt"), lines.join("\n") + "\n").unwrap();
        return;
    }
    assert_eq!(listed, declared, "tests/abi/symbols.txt and include/tiro.h differ: run `make header`");
}

#[test]
fn the_page_on_the_abi_names_every_function() {
    let page = std::fs::read_to_string(root().join("docs/abi.md")).unwrap();
    let missing: Vec<_> = functions().into_iter().filter(|function| !page.contains(&function.name)).collect();
    let names: Vec<_> = missing.iter().map(|function| &function.name).collect();
    assert!(names.is_empty(), "docs/abi.md lacks {names:?}");
}

#[test]
fn the_page_on_the_abi_names_every_type_of_handle() {
    let page = std::fs::read_to_string(root().join("docs/abi.md")).unwrap();
    let (_, types) = page.split_once("\n## Types\n").unwrap();
    let rows =
        types.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let listed: BTreeSet<&str> =
        rows.filter_map(|row| row.strip_prefix("| `tiro_")?.split('`').next()).collect();
    let types = handle_types();
    assert_eq!(listed, types.iter().map(String::as_str).collect());
}

#[test]
fn signatures_use_plain_widths_only() {
    for declaration in declarations() {
        for word in ["bool", "long", "enum", "...", "unsigned", "char ", "int "] {
            let plain = declaration.replace("const char *", "").replace("char *", "");
            assert!(
                !plain.contains(&format!(" {word}")) && !plain.starts_with(word),
                "{word:?} in {declaration}"
            );
        }
    }
}
