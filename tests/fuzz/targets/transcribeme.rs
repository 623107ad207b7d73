use tiro::{ErrorKind, Transcript};

pub fn check(document: &str) {
    match Transcript::from_transcribeme(document) {
        Ok(transcript) => {
            assert_eq!(transcript.raw(), document);
            assert!(transcript.words().all(|word| !word.text.contains(char::is_whitespace)));
            super::check_model(&transcript);
        }
        Err(error) => assert_eq!(error.kind(), ErrorKind::Document),
    }
}
