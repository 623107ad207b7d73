//! Words, segments and recordings by Arrow's C data interface.

use super::boundary::{TIRO_OK, call, tiro_status};
use super::error::tiro_error;
use super::handle;
use super::recording::tiro_page;
use super::transcript::{tiro_transcript, transcript_of};
use crate::arrow::{ArrowArray, ArrowSchema};
use crate::error::{Error, ErrorKind, Result};

/// Writes a table into the caller's structs; what was in them is not looked at.
///
/// # Safety
/// `schema`, `array` and `err` are NULL or the caller's variables.
unsafe fn give(
    schema: *mut ArrowSchema,
    array: *mut ArrowArray,
    err: *mut *mut tiro_error,
    export: impl FnOnce() -> Result<(ArrowSchema, ArrowArray)>,
) -> tiro_status {
    call(err, || {
        // SAFETY: the caller of this function promises as much.
        let (schema, array) = unsafe {
            (
                place("schema", schema, ArrowSchema::released())?,
                place("array", array, ArrowArray::released())?,
            )
        };
        let exported = export()?;
        // SAFETY: as above.
        unsafe {
            schema.write(exported.0);
            array.write(exported.1);
        }
        Ok(TIRO_OK)
    })
}

/// An output that is marked as released, until it is filled.
///
/// # Safety
/// NULL, or the caller's variable.
unsafe fn place<T>(name: &str, pointer: *mut T, released: T) -> Result<*mut T> {
    if pointer.is_null() {
        return Err(Error::new(ErrorKind::Null, format!("{name} is NULL")));
    }
    // SAFETY: not NULL, and the caller of this function promises the rest.
    unsafe { pointer.write(released) };
    Ok(pointer)
}

/// Gives the words of a transcript by Arrow's C data interface, as a struct array: `text` (large UTF-8), `start_ms`,
/// `end_ms` (int64), `confidence` (float32, null where none is given), `segment` (uint32), `speaker` (a dictionary of
/// int32 and large UTF-8; empty: not known), `estimated` (boolean). Nothing is copied: the buffers are the transcript's own, and stay until the
/// array's `release`, also if the transcript is freed before. What `schema` and `array` held is overwritten.
///
/// NULL: `err` may be NULL. End each with its own `release`; if this fails, `release` is NULL in both.
/// Returns: `TIRO_OK`; `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `schema`, `array` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_transcript_words_arrow(
    transcript: *const tiro_transcript,
    schema: *mut ArrowSchema,
    array: *mut ArrowArray,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { give(schema, array, err, || Ok(transcript_of(transcript)?.export_words_arrow())) }
}

/// Gives the segments of a transcript as `tiro_transcript_words_arrow` does its words: `speaker`, `start_ms`, `end_ms`
/// and `end_word` (uint64), the number of the word after its last.
///
/// NULL: `err` may be NULL. End each with its own `release`; if this fails, `release` is NULL in both.
/// Returns: `TIRO_OK`; `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `schema`, `array` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_transcript_segments_arrow(
    transcript: *const tiro_transcript,
    schema: *mut ArrowSchema,
    array: *mut ArrowArray,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { give(schema, array, err, || Ok(transcript_of(transcript)?.export_segments_arrow())) }
}

/// Gives the recordings of a page by Arrow's C data interface, as a struct array: `id`, `name` (large UTF-8), `status` (a
/// dictionary of int32 and large UTF-8: `uploading`, `queued`, `processing`, `needs_action`, `ready`, `failed`, `unknown`),
/// `raw_status`, `failure` (large UTF-8), `created_at_ms` (int64, Unix milliseconds, null where it is not known),
/// `duration_ms` (int64, null where it is not known), `size` (uint64). The columns are made by this call, and stay until
/// the array's `release`, also if the page is freed before. What `schema` and `array` held is overwritten.
///
/// NULL: `err` may be NULL. End each with its own `release`; if this fails, `release` is NULL in both.
/// Returns: `TIRO_OK`; `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no, but for copying.
/// @since 0.1.0
///
/// # Safety
/// `schema`, `array` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_page_arrow(
    page: *const tiro_page,
    schema: *mut ArrowSchema,
    array: *mut ArrowArray,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { give(schema, array, err, || Ok(handle::get(page)?.export_arrow())) }
}
