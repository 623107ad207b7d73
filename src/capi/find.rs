//! Finding words and phrases in a transcript.

use std::ffi::c_char;

use super::boundary::{TIRO_OK, call, output, text_in, tiro_status};
use super::error::tiro_error;
use super::transcript::{tiro_transcript, transcript_of};
use crate::error::{Error, ErrorKind};

/// A place where a transcript says what was looked for. The caller's arrays have it: it never changes.
#[repr(C)]
pub struct tiro_match {
    /// The number of its first word, from 0.
    pub first_word: u64,
    /// How many words it has.
    pub word_count: u64,
    /// Start of its first word in milliseconds.
    pub start_ms: i64,
    /// End of its last word in milliseconds.
    pub end_ms: i64,
}

/// Finds where a word or a phrase is said, in order; `*need` is how many places there are. Case, accents and punctuation
/// do not count; whole words are compared; a phrase does not go beyond its segment.
///
/// NULL: `matches` may be NULL if `cap` is 0; `err` may be NULL.
/// Returns: `TIRO_OK`; `TIRO_E_BUFFER` if `matches` has not room for all (`cap` counts matches), with nothing written
/// but `*need`; `TIRO_E_UTF8`, `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no, but for computing.
/// @since 0.1.0
///
/// # Safety
/// `phrase` is NULL or NUL-terminated; `matches` has room for `cap` matches; `need` and `err` are NULL or point to
/// variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_transcript_find(
    transcript: *const tiro_transcript,
    phrase: *const c_char,
    matches: *mut tiro_match,
    cap: usize,
    need: *mut usize,
    err: *mut *mut tiro_error,
) -> tiro_status {
    call(err, || {
        // SAFETY: as promised above.
        let (need, phrase) = unsafe { (output("need", need)?, text_in("phrase", phrase)?) };
        if matches.is_null() && cap > 0 {
            return Err(Error::new(ErrorKind::Null, "matches is NULL but cap is not 0"));
        }
        let found = transcript_of(transcript)?.find(phrase);
        *need = found.len();
        if cap < found.len() {
            return Err(Error::new(
                ErrorKind::Buffer,
                format!("there are {} matches, and room for {cap}", found.len()),
            ));
        }
        for (index, place) in found.into_iter().enumerate() {
            let place = tiro_match {
                first_word: place.words.start as u64,
                word_count: place.words.len() as u64,
                start_ms: place.start_ms,
                end_ms: place.end_ms,
            };
            // SAFETY: there is room for `cap` matches, and the caller of this function promises the rest.
            unsafe { matches.add(index).write(place) };
        }
        Ok(TIRO_OK)
    })
}
