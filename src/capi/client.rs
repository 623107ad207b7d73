//! `tiro_client`: one identity at one service, and its verbs.

use std::ffi::c_char;

use super::boundary::{TIRO_OK, TIRO_PENDING, call, free, output, path_in, text_in, timeout_in, tiro_status};
use super::error::tiro_error;
use super::handle::{self, Handle, Kind};
use super::op::{self, tiro_op};
use super::options::{optional_snapshot, tiro_options};
use super::source::tiro_source;
use crate::client::{Client, Embedding};
use crate::error::Result;
use crate::options::Options;
use crate::runtime::{Operation, ResultOf};
use crate::source::Source;

/// One identity at one service. For any number of threads at once.
pub struct tiro_client {
    _opaque: (),
}

impl Handle for tiro_client {
    const KIND: Kind = Kind::Client;
    type Object = Client;
}

/// What every verb does around its own part: outputs, handle, options of the call, a handle for the operation.
///
/// # Safety
/// `op` and `err` are NULL or the caller's variables.
pub(super) unsafe fn start<T: ResultOf>(
    client: *mut tiro_client,
    call_options: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
    verb: impl FnOnce(&Client, Option<&Options>) -> Result<Operation<T>>,
) -> tiro_status {
    call(err, || {
        // SAFETY: the caller of this function promises as much.
        let op = unsafe { output("op", op) }?;
        let client = handle::get(client)?;
        let options = optional_snapshot(call_options)?;
        *op = op::new_handle(verb(&client, options.as_ref())?)?;
        Ok(TIRO_OK)
    })
}

/// Makes a client of the service that the options name. Does no I/O and starts no thread.
///
/// NULL: `options` NULL is every default; `err` may be NULL. Free with `tiro_client_free`.
/// Returns: `TIRO_OK`; `TIRO_E_OPTION`, `TIRO_E_UNSUPPORTED` for a service this build is without; `TIRO_E_STATE`,
/// `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `client` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_new(
    options: *const tiro_options,
    client: *mut *mut tiro_client,
    err: *mut *mut tiro_error,
) -> tiro_status {
    call(err, || {
        // SAFETY: as promised above.
        let client = unsafe { output("client", client) }?;
        let options = optional_snapshot(options)?.unwrap_or_default();
        *client = handle::insert(Client::embedded(&options, Embedding::C)?)?;
        Ok(TIRO_OK)
    })
}

/// Frees a client. Its operations go on; `tiro_client_cancel_all` ends them first.
///
/// NULL: `client` may be NULL.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_client_free(client: *mut tiro_client) {
    free(client, |_| ());
}

/// Cancels the operations of this client and waits until they have ended, for a library or module that goes while the
/// process stays. The client and the handles of its operations stay valid. In a callback it cancels without waiting.
///
/// NULL: `err` may be NULL.
/// Returns: `TIRO_OK`; `TIRO_PENDING` if some have not ended in time; `TIRO_E_FORKED`, `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any. Blocks: up to `timeout_ms` (negative: without limit).
/// @since 0.1.0
///
/// # Safety
/// `err` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_cancel_all(
    client: *mut tiro_client,
    timeout_ms: i64,
    err: *mut *mut tiro_error,
) -> tiro_status {
    call(err, || {
        let all_ended = handle::get(client)?.cancel_all(timeout_in(timeout_ms))?;
        Ok(if all_ended { TIRO_OK } else { TIRO_PENDING })
    })
}

/// Starts to upload a recording. The operation results in the recording as the service took it in.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it. The source stays the
/// caller's, too, and may be freed at once.
/// Returns: `TIRO_OK`; `TIRO_E_STATE` if the source is in use; `TIRO_E_OPTION` for an option that is not one of a call;
/// `TIRO_E_FORKED`, `TIRO_E_TOO_MANY_FILES` and other local errors if threads cannot be started; `TIRO_E_NULL`,
/// `TIRO_E_HANDLE`. What the service says comes with the operation.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_upload(
    client: *mut tiro_client,
    source: *mut tiro_source,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, |client, call| client.upload(&*handle::get(source)?, call)) }
}

/// Starts to upload a file, as `tiro_client_upload` with `tiro_source_from_path`.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_upload`; `TIRO_E_ARGUMENT` for an empty path.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `path` is NULL or NUL-terminated; `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_upload_file(
    client: *mut tiro_client,
    path: *const c_char,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe {
        start(client, call, op, err, |client, call| {
            client.upload(&Source::from_path(path_in("path", path)?)?, call)
        })
    }
}

/// Starts to ask for a recording as it is now. The operation results in a recording.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: `TIRO_OK`; `TIRO_E_ARGUMENT` for an empty or overlong id; `TIRO_E_UTF8`, `TIRO_E_OPTION`, `TIRO_E_FORKED`,
/// `TIRO_E_NULL`, `TIRO_E_HANDLE`. The operation: `TIRO_E_NOT_FOUND` and what the service says.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `id` is NULL or NUL-terminated; `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_recording(
    client: *mut tiro_client,
    id: *const c_char,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, |client, call| client.recording(text_in("id", id)?, call)) }
}

/// Starts to list recordings: at most `limit` from number `offset` on, in the service's order (local: newest
/// first). A service may give fewer than `limit`, and has a limit of its own. The operation results in a page.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: `TIRO_OK`; `TIRO_E_ARGUMENT` for a limit of 0; `TIRO_E_OPTION`, `TIRO_E_FORKED`, `TIRO_E_NULL`,
/// `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_recordings(
    client: *mut tiro_client,
    offset: u64,
    limit: u64,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, |client, call| client.recordings(offset, limit, call)) }
}

/// Starts to wait until a recording is ready, at most for the option `wait_timeout_ms`. The operation results in the
/// recording.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_recording`. The operation: `TIRO_E_FAILED`, `TIRO_E_NEEDS_ACTION`, `TIRO_E_TIMEOUT`,
/// `TIRO_E_NOT_FOUND` and what the service says.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `id` is NULL or NUL-terminated; `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_wait(
    client: *mut tiro_client,
    id: *const c_char,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, |client, call| client.wait(text_in("id", id)?, call)) }
}

/// Starts to fetch the transcript of a recording that is ready. The operation results in a transcript.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_recording`. The operation: `TIRO_E_NOT_READY`, `TIRO_E_NOT_FOUND`, `TIRO_E_FAILED` and what
/// the service says.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `id` is NULL or NUL-terminated; `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_transcript(
    client: *mut tiro_client,
    id: *const c_char,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, |client, call| client.transcript(text_in("id", id)?, call)) }
}

/// Starts to delete a recording and its transcript. The operation has no result: use `tiro_op_join`.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_recording`. The operation: `TIRO_E_UNSUPPORTED` if the service deletes none,
/// `TIRO_E_NOT_FOUND` and what the service says.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `id` is NULL or NUL-terminated; `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_delete(
    client: *mut tiro_client,
    id: *const c_char,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, |client, call| client.delete(text_in("id", id)?, call)) }
}

/// Starts to delete every recording, with its transcript and whatever else is kept of it. The operation has no result:
/// use `tiro_op_join`.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: `TIRO_OK`; `TIRO_E_OPTION`, `TIRO_E_FORKED`, `TIRO_E_NULL`, `TIRO_E_HANDLE`. The operation:
/// `TIRO_E_UNSUPPORTED` if the service deletes one by one only, and what the service says.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_purge(
    client: *mut tiro_client,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, Client::purge) }
}

/// Starts the whole job: upload, on a service that charges order and buy (only at a price that `max_price` or
/// `confirmed_price` agrees to), wait, fetch. The operation results in a transcript. Cancelled on the way, it leaves no
/// recognition running on this machine, unless it has a journal: then the job stays, and the recognition goes on
/// (docs/jobs.md).
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it. The source stays the
/// caller's, too, and may be freed at once.
/// Returns: as `tiro_client_upload`. The operation: as those of `tiro_client_upload`, `tiro_client_wait` and
/// `tiro_client_transcript`; `TIRO_E_CONFIRM_REQUIRED`, `TIRO_E_QUOTE_CHANGED`, `TIRO_E_NEEDS_ACTION`,
/// `TIRO_E_SOURCE_CHANGED`, and with a journal `TIRO_E_ARGUMENT` for a source that is read once and has no `job_key`, and
/// `TIRO_E_STORE_NEWER`, `TIRO_E_STORE_CORRUPT`, `TIRO_E_STORE_BUSY`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_transcribe(
    client: *mut tiro_client,
    source: *mut tiro_source,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, |client, call| client.transcribe(&*handle::get(source)?, call)) }
}

/// Starts the whole job for a file, as `tiro_client_transcribe` with `tiro_source_from_path`.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_transcribe`; `TIRO_E_ARGUMENT` for an empty path.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `path` is NULL or NUL-terminated; `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_transcribe_file(
    client: *mut tiro_client,
    path: *const c_char,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe {
        start(client, call, op, err, |client, call| {
            client.transcribe(&Source::from_path(path_in("path", path)?)?, call)
        })
    }
}
