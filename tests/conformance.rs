//! The cases that every language runs: a transcript, a format and options give these bytes; a document gives this
//! transcript, or this error. `cues` are the cues of a file of subtitles as this reader has them, for readers of other
//! makers (`tests/conformance/other_readers.py`). With `UPDATE=1` what is expected is written: look at the difference.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tiro::{ErrorKind, Options, Transcript};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance")
}

fn cases(kind: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder().join("cases.json")).unwrap();
    let mut cases: Value = serde_json::from_str(&text).unwrap();
    serde_json::from_value(cases[kind].take()).unwrap()
}

fn path(case: &Value, key: &str) -> PathBuf {
    folder().join(case[key].as_str().unwrap())
}

/// The document read back, if there is a reader of its format.
fn read(format: &str, document: &[u8]) -> Option<tiro::Result<Transcript>> {
    match format {
        "srt" => Some(Transcript::from_srt(document)),
        "vtt" => Some(Transcript::from_vtt(document)),
        _ => None,
    }
}

/// Compares what came out with the file that a case names; what differs.
fn difference(case: &Value, key: &str, found: &[u8]) -> Option<String> {
    let expected = path(case, key);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&expected, found).unwrap();
    }
    let same = std::fs::read(&expected).is_ok_and(|bytes| bytes == found);
    (!same).then(|| format!("{} differs from {}", case["name"], expected.display()))
}

#[test]
fn exports_are_these_bytes() {
    let export = |case: &Value| {
        let transcript =
            Transcript::from_json(&std::fs::read_to_string(path(case, "transcript")).unwrap()).unwrap();
        let mut options = Options::new();
        for (key, value) in case["options"].as_object().unwrap() {
            options.set(key, value.as_str().unwrap()).unwrap();
        }
        let mut found = Vec::new();
        let format = case["format"].as_str().unwrap();
        transcript.export(format, Some(&options), &mut found).unwrap();
        let cues = read(format, &found).map(|cues| cues.unwrap().to_json());
        let other_cues = cues.and_then(|cues| difference(case, "cues", cues.as_bytes()));
        difference(case, "expected", &found).or(other_cues)
    };
    let has_documents = cfg!(feature = "documents");
    let cases = cases("exports").into_iter();
    let cases =
        cases.filter(|case| has_documents || !["docx", "pdf"].contains(&case["format"].as_str().unwrap()));
    let differences: Vec<_> = cases.filter_map(|case| export(&case)).collect();
    assert!(differences.is_empty(), "{differences:#?}");
}

#[test]
fn documents_are_these_transcripts() {
    let check = |case: &Value| {
        let document = std::fs::read(path(case, "document")).unwrap();
        let read = read(case["format"].as_str().unwrap(), &document).unwrap();
        match (read, case["error"].as_str()) {
            (Ok(transcript), None) => difference(case, "expected", transcript.to_json().as_bytes()),
            (Err(error), Some(name)) => {
                assert_eq!(Some(error.kind()), ErrorKind::from_name(name), "{}: {error}", case["name"]);
                assert!(
                    error.message().contains(&format!("line {} ", case["line"])),
                    "{}: {error}",
                    case["name"]
                );
                None
            }
            (outcome, _) => Some(format!("{}: {outcome:?}", case["name"])),
        }
    };
    let differences: Vec<_> = cases("reads").iter().filter_map(check).collect();
    assert!(differences.is_empty(), "{differences:#?}");
}
