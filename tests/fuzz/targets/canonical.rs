use tiro::{ErrorKind, Transcript};

pub fn check(document: &str) {
    match Transcript::from_json(document) {
        Ok(transcript) => {
            assert_eq!(transcript.raw(), document);
            super::check_model(&transcript);
        }
        Err(error) => assert_eq!(error.kind(), ErrorKind::Document),
    }
}
