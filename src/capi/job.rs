//! The verbs of `tiro_client` about jobs: whole transcriptions that are remembered step by step (docs/jobs.md).

use std::ffi::c_char;

use super::boundary::{text_in, tiro_status};
use super::client::{start, tiro_client};
use super::error::tiro_error;
use super::handle;
use super::op::tiro_op;
use super::options::tiro_options;
use super::source::tiro_source;
use crate::client::Client;

/// Starts to list the jobs that the journal (option `journal`) has of this client's identity, the newest first; without a
/// journal those of this client that stopped on the way. The operation results in a document, JSON: an array of objects
/// with `id`, `key`, `service`, `name`, `path`, `state` (`running`, `stopped`, `needs_action`, `confirm_required`, `ready`
/// or `failed`), `step`, `recording_id`, `order_id`, `quote` (an object with `amount` and `currency`, or null), `error`,
/// `message`, `hint`, `created_at_ms` and `changed_at_ms`.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: `TIRO_OK`; `TIRO_E_OPTION`, `TIRO_E_STATE`, `TIRO_E_FORKED`, `TIRO_E_NULL`, `TIRO_E_HANDLE`. The operation:
/// `TIRO_E_STORE_CORRUPT`, `TIRO_E_STORE_NEWER`, `TIRO_E_STORE_BUSY` and the local errors, all of the journal.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_jobs(
    client: *mut tiro_client,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, Client::jobs) }
}

/// Starts to go on with a job that stopped, by its id (`tiro_error_job_id`, `tiro_client_jobs`). What is wanted stays as it
/// was; the call may agree to a price (`confirmed_price`, `max_price`) or say what became of a step whose outcome nobody
/// knows (`settle`). A `max_price` that the job was begun with still holds: this may buy. The operation results in a
/// transcript.
///
/// NULL: `source` may be NULL unless the upload is not done and the job was not begun with a path; `call` and `err` may be
/// NULL. The operation is the caller's: join it or free it. The source stays the caller's, too.
/// Returns: as `tiro_client_transcribe`; `TIRO_E_ARGUMENT` for an empty or overlong id; `TIRO_E_UTF8`. The operation: as
/// that of `tiro_client_transcribe`; `TIRO_E_NOT_FOUND` for a job that the journal does not have, `TIRO_E_SOURCE_CHANGED`,
/// `TIRO_E_CONFIRM_REQUIRED`, `TIRO_E_QUOTE_CHANGED`, `TIRO_E_NEEDS_ACTION`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `id` is NULL or NUL-terminated; `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_resume(
    client: *mut tiro_client,
    id: *const c_char,
    source: *mut tiro_source,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe {
        start(client, call, op, err, |client, call| {
            let source = if source.is_null() { None } else { Some(handle::get(source)?) };
            client.resume(text_in("id", id)?, source.as_deref(), call)
        })
    }
}

/// Starts to go on with every job of this client's identity that nobody works on, side by side, until their transcripts
/// can be fetched. One that cannot go on keeps no other from it. A `max_price` that a job was begun with still holds: this
/// may buy. The operation results in a document, JSON: an array of
/// objects with `job` (as `tiro_client_jobs` has it), `error` (such as `TIRO_E_CONFIRM_REQUIRED`, or empty), `message`,
/// `hint` and `detail`.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_jobs`. The operation: as that of `tiro_client_jobs`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_resume_all(
    client: *mut tiro_client,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, Client::resume_all) }
}

/// Starts to forget a job that nobody works on. What the service has of it stays there. The operation has no result: use
/// `tiro_op_join`.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_jobs`; `TIRO_E_ARGUMENT` for an empty or overlong id; `TIRO_E_UTF8`. The operation: as that of
/// `tiro_client_jobs`; `TIRO_E_NOT_FOUND`, `TIRO_E_STATE` for a job that is running.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `id` is NULL or NUL-terminated; `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_forget(
    client: *mut tiro_client,
    id: *const c_char,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, |client, call| client.forget(text_in("id", id)?, call)) }
}
