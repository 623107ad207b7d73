//! The local service on real human speech, and on everything that is none.
#![cfg(feature = "local")]

mod support;

use std::path::Path;
use std::sync::Arc;

use support::files::{disk_folder, model_dir, speech, wav};
use tiro::{Client, ErrorKind, Options, ProgressPhase, RecordingStatus, Source, Transcript};

fn client() -> Client {
    Client::new(&Options::new().with("model_dir", model_dir()).unwrap()).unwrap()
}

fn transcribe(client: &Client, path: &Path) -> tiro::Result<Transcript> {
    client.transcribe(&Source::from_path(path)?, None)?.wait(None).unwrap()
}

fn normalised(text: &str) -> String {
    let letters = |c: char| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { ' ' };
    text.chars().map(letters).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

const BECKETT: &str = "ever tried ever failed no matter try again fail again fail better";

#[test]
fn human_speech_becomes_its_words() {
    let client = client();
    let transcript = transcribe(&client, &speech("beckett.wav")).unwrap();
    assert_eq!(normalised(transcript.text()), BECKETT);
    assert_eq!(transcript.language(), "en");
    let duration = transcript.duration_ms().unwrap();
    let mut last_end = 0;
    for word in transcript.words() {
        assert!(
            last_end <= word.start_ms && word.start_ms <= word.end_ms && word.end_ms <= duration,
            "{word:?}"
        );
        assert!((0.0..=1.0).contains(&word.confidence.unwrap()), "{word:?}");
        last_end = word.end_ms;
    }
}

#[test]
fn estimated_times_of_words_are_near_the_aligned_ones() {
    let client = client();
    let source = Source::from_path(speech("two_cities.wav")).unwrap();
    let hear = |word_times: &str| {
        let call = Options::new().with("word_times", word_times).unwrap();
        client.transcribe(&source, Some(&call)).unwrap().wait(None).unwrap().unwrap()
    };
    let (aligned, estimated) = (hear("aligned"), hear("estimated"));
    assert_eq!(aligned.text(), estimated.text());
    assert!(aligned.words().all(|word| !word.estimated) && estimated.words().all(|word| word.estimated));
    let last = estimated.word(estimated.word_count() - 1);
    assert_eq!(normalised(last.text), "only", "heard to its end");
    let mut now_ms = 0;
    let mut apart_ms = 0;
    for (word, reference) in estimated.words().zip(aligned.words()) {
        assert!(now_ms <= word.start_ms && word.start_ms <= word.end_ms, "{word:?}");
        now_ms = word.end_ms;
        apart_ms += word.end_ms.abs_diff(reference.end_ms);
    }
    assert!(now_ms <= estimated.duration_ms().unwrap());
    let mean_ms = apart_ms / estimated.word_count() as u64;
    assert!(mean_ms < 250, "{mean_ms} ms");
}

#[test]
fn every_kind_of_source_gives_the_same() {
    let client = client();
    let path = speech("beckett.wav");
    let bytes: Arc<Vec<u8>> = Arc::new(std::fs::read(&path).unwrap());
    let file: std::os::fd::OwnedFd = std::fs::File::open(&path).unwrap().into();
    struct Slices(Arc<Vec<u8>>, usize);
    impl tiro::ReadCallbacks for Slices {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = buffer.len().min(1000).min(self.0.len() - self.1);
            buffer[..count].copy_from_slice(&self.0[self.1..self.1 + count]);
            self.1 += count;
            Ok(count)
        }
        fn rewind(&mut self) -> std::io::Result<()> {
            self.1 = 0;
            Ok(())
        }
        fn can_rewind(&self) -> bool {
            true
        }
        fn size(&mut self) -> Option<u64> {
            Some(self.0.len() as u64)
        }
    }
    let sources = [
        Source::from_path(&path).unwrap(),
        Source::from_bytes(bytes.clone(), "beckett.wav"),
        Source::from_fd(file, 0, "no suffix").unwrap(),
        Source::from_callbacks(Box::new(Slices(bytes, 0)), "beckett.wav"),
    ];
    let texts: Vec<_> = sources
        .iter()
        .map(|source| client.transcribe(source, None).unwrap().wait(None).unwrap().unwrap().text().to_owned())
        .collect();
    assert_eq!(normalised(&texts[0]), BECKETT);
    assert!(texts.iter().all(|text| text == &texts[0]), "{texts:?}");
    // A source that can be rewound serves a second time.
    let again = client.transcribe(&sources[3], None).unwrap().wait(None).unwrap().unwrap();
    assert_eq!(again.text(), texts[0]);
}

#[test]
fn a_recording_can_be_followed_step_by_step_and_deleted() {
    let client = client();
    let uploaded = client.upload(&Source::from_path(speech("beckett.wav")).unwrap(), None).unwrap();
    let recording = uploaded.wait(None).unwrap().unwrap();
    assert_eq!(
        (recording.name.as_str(), recording.duration_ms.map(|ms| ms / 1000)),
        ("beckett.wav", Some(9))
    );
    assert_eq!(recording.size, std::fs::metadata(speech("beckett.wav")).unwrap().len());
    let early = client.transcript(&recording.id, None).unwrap().wait(None).unwrap();
    if let Err(error) = &early {
        assert_eq!(error.kind(), ErrorKind::NotReady);
    }
    let ready = client.wait(&recording.id, None).unwrap().wait(None).unwrap().unwrap();
    assert_eq!(ready.status, RecordingStatus::Ready);
    let page = client.recordings(0, 10, None).unwrap().wait(None).unwrap().unwrap();
    assert_eq!((page.recordings.len(), page.total), (1, Some(1)));
    let transcript = client.transcript(&recording.id, None).unwrap().wait(None).unwrap().unwrap();
    assert_eq!(normalised(transcript.text()), BECKETT);
    client.delete(&recording.id, None).unwrap().wait(None).unwrap().unwrap();
    for id in [recording.id.as_str(), "local-999", "local-x", "elsewhere"] {
        let error = client.recording(id, None).unwrap().wait(None).unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{id}");
    }
}

#[test]
fn progress_goes_from_bytes_to_sound_and_only_forward() {
    let client = client();
    let operation = client.transcribe(&Source::from_path(speech("two_cities.wav")).unwrap(), None).unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    operation
        .on_progress(move |progress| {
            let _ = tell.send(progress);
        })
        .unwrap();
    operation.wait(None).unwrap().unwrap();
    drop(operation);
    let told: Vec<_> = told.into_iter().collect();
    let of_phase = |phase| told.iter().filter(move |progress| progress.phase == phase);
    assert!(
        of_phase(ProgressPhase::Uploading).count() > 0 && of_phase(ProgressPhase::Processing).count() > 1
    );
    assert!(
        told.windows(2).all(|pair| pair[0].phase != pair[1].phase || pair[0].done <= pair[1].done),
        "{told:?}"
    );
    assert!(of_phase(ProgressPhase::Processing).all(|progress| progress.total / 1000 == 44), "{told:?}");
}

#[test]
fn what_is_no_recording_is_a_named_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let tone: Vec<i16> = (0..16_000).map(|n| ((n as f32 / 6.0).sin() * 8000.0) as i16).collect();
    let whole = wav(&tone, 32_000);
    let flac =
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tone-16k-mono.flac")).unwrap();
    let cases = [
        (file("cut.flac", &flac[..flac.len() / 2]), ErrorKind::MediaTruncated),
        (file("empty.wav", b""), ErrorKind::MediaEmpty),
        (folder.path().to_owned(), ErrorKind::NotAFile),
        (folder.path().join("missing.wav"), ErrorKind::FileNotFound),
        (file("text.wav", b"Dear diary, today I wrote a text file."), ErrorKind::MediaUnsupported),
        (file("cut.wav", &whole[..10_000]), ErrorKind::MediaTruncated),
        (file("header.wav", &whole[..20]), ErrorKind::MediaTruncated),
        (file("silent.wav", &wav(&[], 0)), ErrorKind::MediaEmpty),
        (file("lying.wav", &wav(&tone, u32::MAX - 36)), ErrorKind::MediaTruncated),
    ];
    let client = client();
    for (path, kind) in cases {
        let error = transcribe(&client, &path).unwrap_err();
        assert_eq!(error.kind(), kind, "{}: {error:?}", path.display());
    }
    let ten_bytes = transcribe(&client, &file("ten.mp3", b"\xff\xfb\x90\x64\0\0\0\0\0\0")).unwrap_err();
    assert!(
        matches!(ten_bytes.kind(), ErrorKind::MediaUnsupported | ErrorKind::MediaCorrupt),
        "{ten_bytes:?}"
    );
    let tone = transcribe(&client, &file("whole.wav", &whole)).unwrap();
    assert_eq!(tone.word_count(), 0, "a tone is no speech: {:?}", tone.text());
    assert_eq!(
        client.recordings(0, 9, None).unwrap().wait(None).unwrap().unwrap().total,
        Some(1),
        "only the tone"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_not_utf8_is_read() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9.wav"));
    std::fs::copy(speech("beckett.wav"), &path).unwrap();
    assert_eq!(normalised(transcribe(&client(), &path).unwrap().text()), BECKETT);
}

#[test]
fn a_source_that_lies_about_its_size_is_never_a_recording() {
    struct Lying(usize, u64);
    impl tiro::ReadCallbacks for Lying {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = buffer.len().min(self.0);
            buffer[..count].fill(0);
            self.0 -= count;
            Ok(count)
        }
        fn rewind(&mut self) -> std::io::Result<()> {
            Ok(())
        }
        fn can_rewind(&self) -> bool {
            false
        }
        fn size(&mut self) -> Option<u64> {
            Some(self.1)
        }
    }
    for declared in [50_000, 150_000] {
        let options = Options::new().with("service", "scripted").unwrap();
        let client = Client::new(&options).unwrap();
        let source = Source::from_callbacks(Box::new(Lying(100_000, declared)), "x.wav");
        let error = client.upload(&source, None).unwrap().wait(None).unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Source, "{error:?}");
        let again = client.upload(&source, None).unwrap().wait(None).unwrap().unwrap_err();
        assert_eq!(again.kind(), ErrorKind::Source, "it cannot be rewound: {again:?}");
    }
}

#[test]
fn a_language_the_model_does_not_know_is_refused_before_the_upload() {
    let client = client();
    let source = Source::from_path(speech("beckett.wav")).unwrap();
    for language in ["de", "klingon"] {
        let call = Options::new().with("language", language).unwrap();
        let error = client.transcribe(&source, Some(&call)).unwrap().wait(None).unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Option, "{error:?}");
    }
}

#[test]
fn a_model_in_the_folder_goes_by_its_name() {
    let folder = disk_folder();
    let installed = model_dir().join("ggml-tiny.en-q8_0.bin");
    let source = Source::from_path(speech("beckett.wav")).unwrap();
    // The second is the name of an installable model, but the file is the user's own.
    for (name, file) in [("mine", "ggml-mine.bin"), ("base", "ggml-base.bin")] {
        std::fs::copy(&installed, folder.path().join(file)).unwrap();
        let options = Options::new().with("model_dir", folder.path()).unwrap().with("model", name).unwrap();
        let recording = Client::new(&options).unwrap().upload(&source, None).unwrap().wait(None).unwrap();
        assert!(recording.is_ok(), "{name}: {recording:?}");
    }
}

#[test]
fn a_model_of_english_alone_finds_english() {
    let source = Source::from_path(speech("beckett.wav")).unwrap();
    let call = Options::new().with("language", "auto").unwrap();
    let transcript = client().transcribe(&source, Some(&call)).unwrap().wait(None).unwrap().unwrap();
    assert_eq!(transcript.language(), "en");
    assert!(transcript.text().starts_with("Ever tried, ever failed."), "{}", transcript.text());
}

#[test]
fn a_missing_model_says_how_to_get_it() {
    let folder = tempfile::tempdir().unwrap();
    let source = Source::from_path(speech("beckett.wav")).unwrap();
    let fail = |embedding, model: &Path| {
        let options = Options::new().with("model_dir", folder.path()).unwrap().with("model", model).unwrap();
        let client = Client::embedded(&options, embedding).unwrap();
        client.transcribe(&source, None).unwrap().wait(None).unwrap().unwrap_err()
    };
    for model in tiro::INSTALLABLE {
        let hint = |embedding| {
            let error = fail(embedding, Path::new(model.name));
            assert_eq!(error.kind(), ErrorKind::ModelMissing);
            error.hint().to_owned()
        };
        assert!(hint(tiro::Embedding::Python).contains(&format!("tiro.install_model({:?})", model.name)));
        for (embedding, call) in
            [(tiro::Embedding::C, "tiro_model_install"), (tiro::Embedding::Rust, "tiro::install_model")]
        {
            let hint = hint(embedding);
            assert!(hint.contains(call), "{hint}");
            for package in model.packages {
                assert!(hint.contains(&format!("{}=={}", package.name, package.version)), "{hint}");
            }
        }
    }
    let error = fail(tiro::Embedding::C, &folder.path().join("mine.bin"));
    assert_eq!(error.kind(), ErrorKind::ModelMissing);
    let error = fail(tiro::Embedding::C, Path::new("huge.xx"));
    assert!(error.kind() == ErrorKind::ModelMissing && error.hint().contains("ggml-"), "{error:?}");
}

#[test]
fn a_damaged_model_never_reaches_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    let good = std::fs::read(model_dir().join("ggml-tiny.en-q8_0.bin")).unwrap();
    let source = Source::from_path(speech("beckett.wav")).unwrap();
    let tensor = good.windows(20).position(|bytes| bytes == b"encoder.conv1.weight").unwrap();
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        bytes
    };
    let mut longer = good.clone();
    longer.push(0);
    let cases: [(&str, Vec<u8>); 8] = [
        ("empty", Vec::new()),
        ("eight bytes", good[..8].to_vec()),
        ("magic", with(0, 0)),
        ("a huge layer count", with(4 * 5 + 3, 0x7f)),
        ("dimensions of a tensor", with(tensor - 24, 200)),
        ("the name of a tensor", with(tensor, b'x')),
        ("cut in the last tensor", good[..good.len() - 1].to_vec()),
        ("something after the end", longer),
    ];
    for (what, bytes) in cases {
        let path = folder.path().join("bad.bin");
        std::fs::write(&path, bytes).unwrap();
        let client = Client::new(&Options::new().with("model", &path).unwrap()).unwrap();
        let error = client.transcribe(&source, None).unwrap().wait(None).unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ModelCorrupt, "{what}: {error:?}");
    }
}
