//! The verbs of `tiro_client` that fetch a transcript as a file.

use std::ffi::c_char;

use super::boundary::{path_in, text_in, tiro_status};
use super::client::{start, tiro_client};
use super::error::tiro_error;
use super::op::tiro_op;
use super::options::tiro_options;

/// Starts to fetch the transcript of a recording in a format (docs/export.md). A format that the service writes itself
/// comes from there, any other is written here. `call` takes no option of the scope `export`: for those, fetch the
/// transcript and use `tiro_transcript_export`. A file that the service has to make first is waited for, at most
/// `wait_timeout_ms` and never more than 10 minutes. The operation results in a document.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: `TIRO_OK`; `TIRO_E_ARGUMENT` for an unknown format, an empty or overlong id; `TIRO_E_UTF8`, `TIRO_E_OPTION`,
/// `TIRO_E_FORKED`, `TIRO_E_NULL`, `TIRO_E_HANDLE`. The operation: as that of `tiro_client_transcript`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `id` and `format` are NULL or NUL-terminated; `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_export(
    client: *mut tiro_client,
    id: *const c_char,
    format: *const c_char,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe {
        start(client, call, op, err, |client, call| {
            client.export(text_in("id", id)?, text_in("format", format)?, call)
        })
    }
}

/// As `tiro_client_export`, into a file that appears whole or not at all; a relative path is completed now. The operation
/// has no other result: use `tiro_op_join`.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_export`; `TIRO_E_IO` if the path cannot be completed. The operation: the local errors, too.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `id`, `format` and `path` are NULL or NUL-terminated; `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_export_to_path(
    client: *mut tiro_client,
    id: *const c_char,
    format: *const c_char,
    path: *const c_char,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe {
        start(client, call, op, err, |client, call| {
            let (id, format) = (text_in("id", id)?, text_in("format", format)?);
            client.export_to_path(id, format, path_in("path", path)?, call)
        })
    }
}
