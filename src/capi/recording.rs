//! `tiro_recording` and `tiro_page`: recordings as they were when the service was asked.

use std::ffi::c_char;
use std::sync::Arc;

use super::boundary::{TIRO_OK, call, free, output, read, tiro_status};
use super::error::tiro_error;
use super::handle::{self, Handle, Kind};
use super::text::{self, TextFields, Texts, borrow};
use crate::error::{Error, ErrorKind, Result};
use crate::recording::{Recording, RecordingPage};

/// A recording as it was when the service was asked. Immutable; may be read by any thread.
pub struct tiro_recording {
    _opaque: (),
}

impl Handle for tiro_recording {
    const KIND: Kind = Kind::Recording;
    type Object = RecordingObject;
}

pub(super) struct RecordingObject {
    recording: Recording,
    texts: Texts<6>,
}

/// A page of a list of recordings. Immutable; may be read by any thread.
pub struct tiro_page {
    _opaque: (),
}

impl Handle for tiro_page {
    const KIND: Kind = Kind::Page;
    type Object = Arc<RecordingPage>;
}

/// Field of `tiro_recording_copy`: the service's id.
pub const TIRO_RECORDING_ID: i32 = 0;
/// Field of `tiro_recording_copy`: the file name.
pub const TIRO_RECORDING_NAME: i32 = 1;
/// Field of `tiro_recording_copy`: the service's own word for the status.
pub const TIRO_RECORDING_RAW_STATUS: i32 = 2;
/// Field of `tiro_recording_copy`: why it failed or waits.
pub const TIRO_RECORDING_FAILURE: i32 = 3;
/// Field of `tiro_recording_copy`: who is editing it.
pub const TIRO_RECORDING_EDITOR: i32 = 4;
/// Field of `tiro_recording_copy`: the service's own description of it.
pub const TIRO_RECORDING_RAW: i32 = 5;

impl TextFields<6> for tiro_recording {
    fn text(object: &Self::Object, field: i32) -> Option<&str> {
        Some(match field {
            TIRO_RECORDING_ID => &object.recording.id,
            TIRO_RECORDING_NAME => &object.recording.name,
            TIRO_RECORDING_RAW_STATUS => &object.recording.raw_status,
            TIRO_RECORDING_FAILURE => &object.recording.failure,
            TIRO_RECORDING_EDITOR => &object.recording.editor,
            TIRO_RECORDING_RAW => &object.recording.raw,
            _ => return None,
        })
    }

    fn texts(object: &Self::Object) -> &Texts<6> {
        &object.texts
    }
}

pub(super) fn new_handle(recording: Recording) -> Result<*mut tiro_recording> {
    handle::insert(RecordingObject { recording, texts: Texts::new() })
}

/// Frees a recording and the texts borrowed from it. Nothing happens at the service.
///
/// NULL: `recording` may be NULL.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_recording_free(recording: *mut tiro_recording) {
    free(recording, |_| ());
}

/// The service's id of a recording.
///
/// NULL: `recording` and `len` may be NULL. Borrowed until the recording is freed; copy with `tiro_recording_copy`.
/// Returns: `""` for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_recording_id(
    recording: *const tiro_recording,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(recording, TIRO_RECORDING_ID, len) }
}

/// The file name of a recording.
///
/// NULL: `recording` and `len` may be NULL. Borrowed until the recording is freed; copy with `tiro_recording_copy`.
/// Returns: `""` for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_recording_name(
    recording: *const tiro_recording,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(recording, TIRO_RECORDING_NAME, len) }
}

/// The service's own word for the status of a recording.
///
/// NULL: `recording` and `len` may be NULL. Borrowed until the recording is freed; copy with `tiro_recording_copy`.
/// Returns: `""` for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_recording_raw_status(
    recording: *const tiro_recording,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(recording, TIRO_RECORDING_RAW_STATUS, len) }
}

/// Why a recording failed, or what it waits for.
///
/// NULL: `recording` and `len` may be NULL. Borrowed until the recording is freed; copy with `tiro_recording_copy`.
/// Returns: `""` if it did neither, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_recording_failure(
    recording: *const tiro_recording,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(recording, TIRO_RECORDING_FAILURE, len) }
}

/// Who is editing a recording in the service's own pages.
///
/// NULL: `recording` and `len` may be NULL. Borrowed until the recording is freed; copy with `tiro_recording_copy`.
/// Returns: `""` if nobody is, as far as is known, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_recording_editor(
    recording: *const tiro_recording,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(recording, TIRO_RECORDING_EDITOR, len) }
}

/// The service's own description of a recording, as JSON.
///
/// NULL: `recording` and `len` may be NULL. Borrowed until the recording is freed; copy with `tiro_recording_copy`.
/// Returns: `""` if the service has none, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_recording_raw(
    recording: *const tiro_recording,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(recording, TIRO_RECORDING_RAW, len) }
}

/// Where a recording was on its way: `TIRO_STATUS_*`.
///
/// NULL: `recording` may be NULL.
/// Returns: `TIRO_STATUS_UNKNOWN` for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_recording_status(recording: *const tiro_recording) -> i32 {
    read(recording, 0, |object| object.recording.status as i32)
}

/// When the service got a recording, in Unix milliseconds.
///
/// NULL: `recording` may be NULL.
/// Returns: 0 if it is not known, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_recording_created_at_ms(recording: *const tiro_recording) -> i64 {
    read(recording, 0, |object| object.recording.created_at_ms)
}

/// When the status of a recording changed last, in Unix milliseconds.
///
/// NULL: `recording` may be NULL.
/// Returns: 0 if the service does not say, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_recording_changed_at_ms(recording: *const tiro_recording) -> i64 {
    read(recording, 0, |object| object.recording.changed_at_ms.unwrap_or(0))
}

/// Length of the sound of a recording, in milliseconds.
///
/// NULL: `recording` may be NULL.
/// Returns: -1 if it is not known, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_recording_duration_ms(recording: *const tiro_recording) -> i64 {
    read(recording, -1, |object| object.recording.duration_ms.unwrap_or(-1))
}

/// Size of a recording, in bytes.
///
/// NULL: `recording` may be NULL.
/// Returns: 0 for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_recording_size(recording: *const tiro_recording) -> u64 {
    read(recording, 0, |object| object.recording.size)
}

/// Copies a text of a recording (`TIRO_RECORDING_*`) with its NUL into `buf`; `*need` is the size that takes.
///
/// NULL: `buf` may be NULL if `cap` is 0; `err` may be NULL.
/// Returns: `TIRO_OK`; `TIRO_E_BUFFER` if `cap` is too small, with nothing written but `*need`; `TIRO_E_ARGUMENT` for
/// an unknown field; `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `buf` has room for `cap` bytes; `need` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_recording_copy(
    recording: *const tiro_recording,
    field_number: i32,
    buf: *mut c_char,
    cap: usize,
    need: *mut usize,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { text::copy(recording, field_number, buf, cap, need, err) }
}

/// Frees a page. Recordings taken out of it stay.
///
/// NULL: `page` may be NULL.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_page_free(page: *mut tiro_page) {
    free(page, |_| ());
}

/// How many recordings a page has.
///
/// NULL: `page` may be NULL.
/// Returns: 0 for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_page_count(page: *const tiro_page) -> u64 {
    read(page, 0, |page| page.recordings.len() as u64)
}

/// How many recordings the service has in all.
///
/// NULL: `page` may be NULL.
/// Returns: -1 if it does not say, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_page_total(page: *const tiro_page) -> i64 {
    read(page, -1, |page| page.total.and_then(|total| i64::try_from(total).ok()).unwrap_or(-1))
}

/// Takes a recording out of a page, by its number from 0.
///
/// NULL: `err` may be NULL. The recording is the caller's: free it with `tiro_recording_free`.
/// Returns: `TIRO_OK`; `TIRO_E_ARGUMENT` if there is no such number; `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `recording` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_page_recording(
    page: *const tiro_page,
    index: u64,
    recording: *mut *mut tiro_recording,
    err: *mut *mut tiro_error,
) -> tiro_status {
    call(err, || {
        // SAFETY: as promised above.
        let recording = unsafe { output("recording", recording) }?;
        let page = handle::get(page)?;
        let found = usize::try_from(index).ok().and_then(|index| page.recordings.get(index));
        let missing = || Error::new(ErrorKind::Argument, format!("the page has no recording number {index}"));
        *recording = new_handle(found.cloned().ok_or_else(missing)?)?;
        Ok(TIRO_OK)
    })
}
