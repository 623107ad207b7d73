//! `tiro_error`: what went wrong, as an object of its own.

use std::ffi::c_char;

use super::boundary::{free, read, tiro_status, value};
use super::handle::{self, Handle, Kind};
use super::text::{self, TextFields, Texts, borrow};
use crate::error::{ERROR_TABLE, Error};

/// What went wrong. Immutable; may be read by any thread.
pub struct tiro_error {
    _opaque: (),
}

impl Handle for tiro_error {
    const KIND: Kind = Kind::Error;
    type Object = ErrorObject;
}

pub(super) struct ErrorObject {
    error: Error,
    texts: Texts<7>,
}

/// Field of `tiro_error_copy`: the message.
pub const TIRO_ERROR_MESSAGE: i32 = 0;
/// Field of `tiro_error_copy`: what to do about it.
pub const TIRO_ERROR_HINT: i32 = 1;
/// Field of `tiro_error_copy`: the service's own code.
pub const TIRO_ERROR_SERVICE_CODE: i32 = 2;
/// Field of `tiro_error_copy`: the service's id of the request.
pub const TIRO_ERROR_REQUEST_ID: i32 = 3;
/// Field of `tiro_error_copy`: the recording that the call was about.
pub const TIRO_ERROR_RECORDING_ID: i32 = 4;
/// Field of `tiro_error_copy`: the job that can be taken up again.
pub const TIRO_ERROR_JOB_ID: i32 = 5;
/// Field of `tiro_error_copy`: what the service said beyond its code, as JSON.
pub const TIRO_ERROR_DETAIL: i32 = 6;

impl TextFields<7> for tiro_error {
    fn text(object: &Self::Object, field: i32) -> Option<&str> {
        Some(match field {
            TIRO_ERROR_MESSAGE => object.error.message(),
            TIRO_ERROR_HINT => object.error.hint(),
            TIRO_ERROR_SERVICE_CODE => object.error.service_code(),
            TIRO_ERROR_REQUEST_ID => object.error.request_id(),
            TIRO_ERROR_RECORDING_ID => object.error.recording_id(),
            TIRO_ERROR_JOB_ID => object.error.job_id(),
            TIRO_ERROR_DETAIL => object.error.detail(),
            _ => return None,
        })
    }

    fn texts(object: &Self::Object) -> &Texts<7> {
        &object.texts
    }
}

/// A handle for an error; NULL if the table is full.
pub(super) fn new_handle(error: Error) -> *mut tiro_error {
    handle::insert(ErrorObject { error, texts: Texts::new() }).unwrap_or(std::ptr::null_mut())
}

/// The name of a `tiro_status`, such as `"TIRO_E_TIMEOUT"`; `"TIRO_E_UNKNOWN"` for a number that this library does not
/// know.
///
/// NULL: no pointer is taken. The text is static.
/// Returns: never NULL.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_status_name(status: tiro_status) -> *const c_char {
    value(c"TIRO_E_UNKNOWN".as_ptr(), || match status {
        0 => c"TIRO_OK".as_ptr(),
        1 => c"TIRO_PENDING".as_ptr(),
        _ => {
            let entry = ERROR_TABLE.iter().position(|entry| entry.code == status);
            entry.map_or(c"TIRO_E_UNKNOWN".as_ptr(), |index| names()[index].as_ptr().cast())
        }
    })
}

/// The names of the table with their NULs.
fn names() -> &'static [Vec<u8>] {
    static NAMES: once_cell::race::OnceBox<Vec<Vec<u8>>> = once_cell::race::OnceBox::new();
    let with_nul = |name: &str| [name.as_bytes(), b"\0"].concat();
    NAMES.get_or_init(|| Box::new(ERROR_TABLE.iter().map(|entry| with_nul(entry.name)).collect()))
}

/// Frees an error and the texts borrowed from it.
///
/// NULL: `error` may be NULL.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_error_free(error: *mut tiro_error) {
    free(error, |_| ());
}

/// The status code that the failed function returned.
///
/// NULL: `error` may be NULL.
/// Returns: a negative `TIRO_E_*`; 0 for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_error_code(error: *const tiro_error) -> tiro_status {
    read(error, 0, |object| object.error.kind().code())
}

/// The HTTP status of the service's answer.
///
/// NULL: `error` may be NULL.
/// Returns: 0 if there was none, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_error_http_status(error: *const tiro_error) -> i32 {
    read(error, 0, |object| object.error.http_status().map_or(0, i32::from))
}

/// Whether the same call may succeed later.
///
/// NULL: `error` may be NULL.
/// Returns: 1 or 0; 0 for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_error_is_retriable(error: *const tiro_error) -> i32 {
    read(error, 0, |object| i32::from(object.error.is_retriable()))
}

/// How long the service asks to wait before the next try, in milliseconds.
///
/// NULL: `error` may be NULL.
/// Returns: -1 if it does not say, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_error_retry_after_ms(error: *const tiro_error) -> i64 {
    read(error, -1, |object| {
        object.error.retry_after().map_or(-1, |wait| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
    })
}

/// What happened, for a person. Holds no secret.
///
/// NULL: `error` and `len` may be NULL. Borrowed until the error is freed; copy with `tiro_error_copy`.
/// Returns: `""` for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_error_message(error: *const tiro_error, len: *mut usize) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(error, TIRO_ERROR_MESSAGE, len) }
}

/// What to do about it.
///
/// NULL: `error` and `len` may be NULL. Borrowed until the error is freed; copy with `tiro_error_copy`.
/// Returns: `""` if there is no advice, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_error_hint(error: *const tiro_error, len: *mut usize) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(error, TIRO_ERROR_HINT, len) }
}

/// The service's own code for the error.
///
/// NULL: `error` and `len` may be NULL. Borrowed until the error is freed; copy with `tiro_error_copy`.
/// Returns: `""` if there is none, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_error_service_code(error: *const tiro_error, len: *mut usize) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(error, TIRO_ERROR_SERVICE_CODE, len) }
}

/// The service's id of the request, for its support.
///
/// NULL: `error` and `len` may be NULL. Borrowed until the error is freed; copy with `tiro_error_copy`.
/// Returns: `""` if there is none, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_error_request_id(error: *const tiro_error, len: *mut usize) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(error, TIRO_ERROR_REQUEST_ID, len) }
}

/// The id of the recording that the call was about: after a time-out, wait for it again.
///
/// NULL: `error` and `len` may be NULL. Borrowed until the error is freed; copy with `tiro_error_copy`.
/// Returns: `""` if it is not known, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_error_recording_id(error: *const tiro_error, len: *mut usize) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(error, TIRO_ERROR_RECORDING_ID, len) }
}

/// The id of the job that can be taken up again.
///
/// NULL: `error` and `len` may be NULL. Borrowed until the error is freed; copy with `tiro_error_copy`.
/// Returns: `""` if there is none, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_error_job_id(error: *const tiro_error, len: *mut usize) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(error, TIRO_ERROR_JOB_ID, len) }
}

/// What the service said beyond its code, as a JSON object (docs/errors.md).
///
/// NULL: `error` and `len` may be NULL. Borrowed until the error is freed; copy with `tiro_error_copy`.
/// Returns: `""` if it said nothing more, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_error_detail(error: *const tiro_error, len: *mut usize) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(error, TIRO_ERROR_DETAIL, len) }
}

/// Copies a text of an error (`TIRO_ERROR_*`) with its NUL into `buf`; `*need` is the size that takes.
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
pub unsafe extern "C" fn tiro_error_copy(
    error: *const tiro_error,
    field_number: i32,
    buf: *mut c_char,
    cap: usize,
    need: *mut usize,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { text::copy(error, field_number, buf, cap, need, err) }
}
