use tiro::{ErrorKind, Transcript};

pub fn check(document: &str) {
    match Transcript::from_srt(document) {
        Ok(transcript) => {
            assert_eq!(transcript.raw(), document);
            super::check_cues(&transcript);
            super::check_model(&transcript);
            let written = transcript.to_srt(None).expect("any cues are written");
            let again = Transcript::from_srt(written).expect("what is written is read");
            assert_eq!(super::said_in_wide_forms(&again), super::said_in_wide_forms(&transcript));
        }
        Err(error) => assert_eq!(error.kind(), ErrorKind::Document),
    }
}
