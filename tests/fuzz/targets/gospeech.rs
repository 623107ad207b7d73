use tiro::{ErrorKind, Spacing, Transcript};

pub fn check(document: &str) {
    for spacing in [Spacing::Added, Spacing::AsGiven] {
        match Transcript::from_gospeech_spaced(document, spacing) {
            Ok(transcript) => {
                assert_eq!(transcript.raw(), document);
                assert!(
                    transcript.words().all(|word| !word.text.is_empty() && word.text.trim() == word.text)
                );
                super::check_model(&transcript);
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::Document),
        }
    }
}
