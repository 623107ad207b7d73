//! Every document that fuzzing started from or stumbled over, read again by the target that it is kept for.

#[path = "fuzz/targets/mod.rs"]
mod targets;

use std::path::Path;

#[test]
fn every_document_of_the_corpus_is_read_without_a_panic() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus");
    let mut folders: Vec<_> =
        std::fs::read_dir(&corpus).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    folders.sort();
    let names: Vec<_> = targets::ALL.iter().map(|(name, _)| *name).collect();
    assert_eq!(folders, names, "a folder a target");
    for (name, check) in targets::ALL {
        for entry in std::fs::read_dir(corpus.join(name)).unwrap() {
            let path = entry.unwrap().path();
            // The fuzzing program passes over what is not UTF-8, too.
            if let Ok(document) = String::from_utf8(std::fs::read(&path).unwrap()) {
                println!("{}", path.display());
                check(&document);
            }
        }
    }
}
