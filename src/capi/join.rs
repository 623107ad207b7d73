//! The joins of `tiro_op`: each waits for the end, takes the result if it is of its type, and frees the operation.

use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::boundary::{TIRO_OK, TIRO_PENDING, call, output, timeout_in, tiro_status};
use super::client::tiro_client;
use super::document::{self, tiro_document};
use super::error::tiro_error;
use super::handle;
use super::login::{self, tiro_login};
use super::op::tiro_op;
use super::order::{self, tiro_order};
use super::recording::{self, tiro_page, tiro_recording};
use super::transcript::{self, tiro_transcript};
use crate::auth::Login;
use crate::client::Client;
use crate::document::Document;
use crate::error::{Error, ErrorKind, Result};
use crate::order::Order;
use crate::recording::{Recording, RecordingPage};
use crate::runtime::ResultOf;
use crate::transcript::Transcript;

/// What every join does: waits, and takes the result if it is of the type `T`.
///
/// # Safety
/// `out` and `err` are NULL or the caller's variables.
unsafe fn join<T: ResultOf, H>(
    op: *mut tiro_op,
    timeout_ms: i64,
    out: *mut *mut H,
    err: *mut *mut tiro_error,
    give: impl FnOnce(T) -> Result<*mut H>,
) -> tiro_status {
    call(err, || {
        // SAFETY: the caller of this function promises as much.
        let out = unsafe { output("the result", out) }?;
        let object = handle::get(op)?;
        if !object.operation.wait_end(timeout_in(timeout_ms))? {
            return Ok(TIRO_PENDING);
        }
        let result = match object.operation.outcome() {
            None => return Ok(TIRO_PENDING),
            Some(Err(error)) => Err(error),
            // A wrong guess must not cost the result: the operation stays.
            Some(Ok(output)) => Ok(T::from_output(output).ok_or_else(|| {
                Error::new(
                    ErrorKind::ResultType,
                    "the operation's result is of another type than this join's",
                )
            })?),
        };
        // Of several joins one takes it; to the others it was freed. Who waits while it is freed is told of a cancel.
        match handle::remove(op) {
            Err(_) if object.freed.load(Ordering::Acquire) => return Err(Error::cancelled()),
            taken => taken?,
        };
        object.forget_events(op);
        *out = give(result?)?;
        Ok(TIRO_OK)
    })
}

/// Waits for an operation, drops its result and frees it.
///
/// NULL: `err` may be NULL.
/// Returns: `TIRO_PENDING` if it has not ended in time: the operation stays. Else how it ended, and the operation is
/// freed: `TIRO_OK`, or what it failed with. Of the join itself, the operation stays: `TIRO_E_DEADLOCK` inside a
/// callback, `TIRO_E_FORKED`, `TIRO_E_NULL`, `TIRO_E_HANDLE`. After any other than `TIRO_PENDING`, `tiro_op_free` is
/// safe.
/// Thread: any. Blocks: up to `timeout_ms` (negative: without limit; 0: not at all).
/// @since 0.1.0
///
/// # Safety
/// `err` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_op_join(
    op: *mut tiro_op,
    timeout_ms: i64,
    err: *mut *mut tiro_error,
) -> tiro_status {
    let mut nothing: *mut c_void = std::ptr::null_mut();
    // SAFETY: as promised above.
    unsafe { join(op, timeout_ms, &raw mut nothing, err, |()| Ok(std::ptr::null_mut())) }
}

/// Waits for an operation, takes the recording it results in and frees it.
///
/// NULL: `err` may be NULL. The recording is the caller's: free it with `tiro_recording_free`.
/// Returns: as `tiro_op_join`; `TIRO_E_RESULT_TYPE` if the result is of another type: the operation stays.
/// Thread: any. Blocks: up to `timeout_ms` (negative: without limit; 0: not at all).
/// @since 0.1.0
///
/// # Safety
/// `recording` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_op_join_recording(
    op: *mut tiro_op,
    timeout_ms: i64,
    recording: *mut *mut tiro_recording,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { join(op, timeout_ms, recording, err, |result: Recording| recording::new_handle(result)) }
}

/// Waits for an operation, takes the page of recordings it results in and frees it.
///
/// NULL: `err` may be NULL. The page is the caller's: free it with `tiro_page_free`.
/// Returns: as `tiro_op_join`; `TIRO_E_RESULT_TYPE` if the result is of another type: the operation stays.
/// Thread: any. Blocks: up to `timeout_ms` (negative: without limit; 0: not at all).
/// @since 0.1.0
///
/// # Safety
/// `page` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_op_join_page(
    op: *mut tiro_op,
    timeout_ms: i64,
    page: *mut *mut tiro_page,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { join(op, timeout_ms, page, err, |result: RecordingPage| handle::insert(Arc::new(result))) }
}

/// Waits for an operation, takes the transcript it results in and frees it.
///
/// NULL: `err` may be NULL. The transcript is the caller's: free it with `tiro_transcript_free`.
/// Returns: as `tiro_op_join`; `TIRO_E_RESULT_TYPE` if the result is of another type: the operation stays.
/// Thread: any. Blocks: up to `timeout_ms` (negative: without limit; 0: not at all).
/// @since 0.1.0
///
/// # Safety
/// `transcript` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_op_join_transcript(
    op: *mut tiro_op,
    timeout_ms: i64,
    transcript: *mut *mut tiro_transcript,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { join(op, timeout_ms, transcript, err, |result: Transcript| transcript::new_handle(result)) }
}

/// Waits for an operation, takes the document it results in and frees it.
///
/// NULL: `err` may be NULL. The document is the caller's: free it with `tiro_document_free`.
/// Returns: as `tiro_op_join`; `TIRO_E_RESULT_TYPE` if the result is of another type: the operation stays.
/// Thread: any. Blocks: up to `timeout_ms` (negative: without limit; 0: not at all).
/// @since 0.1.0
///
/// # Safety
/// `document` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_op_join_document(
    op: *mut tiro_op,
    timeout_ms: i64,
    document: *mut *mut tiro_document,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { join(op, timeout_ms, document, err, |result: Document| document::new_handle(result)) }
}

/// Waits for an operation, takes the client it results in and frees it.
///
/// NULL: `err` may be NULL. The client is the caller's: free it with `tiro_client_free`.
/// Returns: as `tiro_op_join`; `TIRO_E_RESULT_TYPE` if the result is of another type: the operation stays.
/// Thread: any. Blocks: up to `timeout_ms` (negative: without limit; 0: not at all).
/// @since 0.1.0
///
/// # Safety
/// `client` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_op_join_client(
    op: *mut tiro_op,
    timeout_ms: i64,
    client: *mut *mut tiro_client,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { join(op, timeout_ms, client, err, |result: Client| handle::insert(result)) }
}

/// Waits for an operation, takes the login it results in and frees it.
///
/// NULL: `err` may be NULL. The login is the caller's: free it with `tiro_login_free`.
/// Returns: as `tiro_op_join`; `TIRO_E_RESULT_TYPE` if the result is of another type: the operation stays.
/// Thread: any. Blocks: up to `timeout_ms` (negative: without limit; 0: not at all).
/// @since 0.1.0
///
/// # Safety
/// `login` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_op_join_login(
    op: *mut tiro_op,
    timeout_ms: i64,
    login: *mut *mut tiro_login,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { join(op, timeout_ms, login, err, |result: Login| login::new_handle(result)) }
}

/// Waits for an operation, takes the order it results in and frees it.
///
/// NULL: `err` may be NULL. The order is the caller's: free it with `tiro_order_free`.
/// Returns: as `tiro_op_join`; `TIRO_E_RESULT_TYPE` if the result is of another type: the operation stays.
/// Thread: any. Blocks: up to `timeout_ms` (negative: without limit; 0: not at all).
/// @since 0.1.0
///
/// # Safety
/// `order` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_op_join_order(
    op: *mut tiro_op,
    timeout_ms: i64,
    order: *mut *mut tiro_order,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { join(op, timeout_ms, order, err, |result: Order| order::new_handle(result)) }
}
