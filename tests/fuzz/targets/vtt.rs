use tiro::{ErrorKind, Transcript};

pub fn check(document: &str) {
    match Transcript::from_vtt(document) {
        Ok(transcript) => {
            assert_eq!(transcript.raw(), document);
            super::check_cues(&transcript);
            super::check_model(&transcript);
            let written = transcript.to_vtt(None).expect("any cues are written");
            let again = Transcript::from_vtt(written).expect("what is written is read");
            assert_eq!(super::said(&again), super::said(&transcript));
        }
        Err(error) => assert_eq!(error.kind(), ErrorKind::Document),
    }
}
