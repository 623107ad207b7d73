//! Transcripts out of documents in memory.

use std::ffi::c_void;

use super::boundary::{TIRO_OK, call, output, slice_in, tiro_status};
use super::error::tiro_error;
use super::transcript::{new_handle, tiro_transcript};
use crate::error::{Error, ErrorKind, Result};
use crate::transcript::Transcript;

/// Reads a document of the caller's.
///
/// # Safety
/// `data` has `size` bytes; `transcript` and `err` are NULL or the caller's variables.
unsafe fn read(
    data: *const c_void,
    size: usize,
    transcript: *mut *mut tiro_transcript,
    err: *mut *mut tiro_error,
    read: impl FnOnce(&[u8]) -> Result<Transcript>,
) -> tiro_status {
    call(err, || {
        // SAFETY: the caller of this function promises as much.
        let transcript = unsafe { output("transcript", transcript) }?;
        // SAFETY: as above.
        let document = unsafe { slice_in("data", data.cast::<u8>(), size) }?;
        *transcript = new_handle(read(document)?)?;
        Ok(TIRO_OK)
    })
}

fn text(document: &[u8]) -> Result<&str> {
    std::str::from_utf8(document).map_err(|_| Error::new(ErrorKind::Utf8, "the document is not UTF-8"))
}

/// Reads canonical JSON of a transcript (docs/transcript.md). The bytes are copied.
///
/// NULL: `data` may be NULL if `size` is 0; `err` may be NULL. Free with `tiro_transcript_free`.
/// Returns: `TIRO_OK`; `TIRO_E_DOCUMENT` for a document of other JSON or another version; `TIRO_E_UTF8`, `TIRO_E_ARGUMENT` for a size that cannot be;
/// `TIRO_E_NULL`.
/// Thread: any. Blocks: no, but for computing.
/// @since 0.1.0
///
/// # Safety
/// `data` has `size` bytes; `transcript` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_transcript_from_json(
    data: *const c_void,
    size: usize,
    transcript: *mut *mut tiro_transcript,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { read(data, size, transcript, err, |document| Transcript::from_json(text(document)?)) }
}

/// Reads a transcript of GoSpeech. The bytes are copied.
///
/// NULL: `data` may be NULL if `size` is 0; `err` may be NULL. Free with `tiro_transcript_free`.
/// Returns: `TIRO_OK`; `TIRO_E_DOCUMENT` for a document that is none; `TIRO_E_UTF8`, `TIRO_E_ARGUMENT` for a size that cannot be;
/// `TIRO_E_NULL`.
/// Thread: any. Blocks: no, but for computing.
/// @since 0.1.0
///
/// # Safety
/// `data` has `size` bytes; `transcript` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_transcript_from_gospeech(
    data: *const c_void,
    size: usize,
    transcript: *mut *mut tiro_transcript,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { read(data, size, transcript, err, |document| Transcript::from_gospeech(text(document)?)) }
}

/// Reads a transcript of TranscribeMe, as well as an undocumented format can be read: there may be no words in it. The bytes are copied.
///
/// NULL: `data` may be NULL if `size` is 0; `err` may be NULL. Free with `tiro_transcript_free`.
/// Returns: `TIRO_OK`; `TIRO_E_DOCUMENT` for a document that is no JSON; `TIRO_E_UTF8`, `TIRO_E_ARGUMENT` for a size that cannot be;
/// `TIRO_E_NULL`.
/// Thread: any. Blocks: no, but for computing.
/// @since 0.1.0
///
/// # Safety
/// `data` has `size` bytes; `transcript` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_transcript_from_transcribeme(
    data: *const c_void,
    size: usize,
    transcript: *mut *mut tiro_transcript,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { read(data, size, transcript, err, |document| Transcript::from_transcribeme(text(document)?)) }
}

/// Reads SubRip subtitles: a segment a cue. The bytes are copied.
///
/// NULL: `data` may be NULL if `size` is 0; `err` may be NULL. Free with `tiro_transcript_free`.
/// Returns: `TIRO_OK`; `TIRO_E_DOCUMENT` for a document without cues or with wrong times; the message has the line; `TIRO_E_UTF8`, `TIRO_E_ARGUMENT` for a size that cannot be;
/// `TIRO_E_NULL`.
/// Thread: any. Blocks: no, but for computing.
/// @since 0.1.0
///
/// # Safety
/// `data` has `size` bytes; `transcript` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_transcript_from_srt(
    data: *const c_void,
    size: usize,
    transcript: *mut *mut tiro_transcript,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { read(data, size, transcript, err, |document| Transcript::from_srt(document)) }
}

/// Reads WebVTT subtitles: a segment a voice of a cue. The bytes are copied.
///
/// NULL: `data` may be NULL if `size` is 0; `err` may be NULL. Free with `tiro_transcript_free`.
/// Returns: `TIRO_OK`; `TIRO_E_DOCUMENT` for a document without cues or with wrong times; the message has the line; `TIRO_E_ARGUMENT` for a size that cannot be;
/// `TIRO_E_NULL`.
/// Thread: any. Blocks: no, but for computing.
/// @since 0.1.0
///
/// # Safety
/// `data` has `size` bytes; `transcript` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_transcript_from_vtt(
    data: *const c_void,
    size: usize,
    transcript: *mut *mut tiro_transcript,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { read(data, size, transcript, err, |document| Transcript::from_vtt(document)) }
}
