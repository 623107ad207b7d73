//! The verbs of `tiro_client` that only services with accounts have, but for those of the sign-in. On another service each
//! is `TIRO_E_UNSUPPORTED`.

use std::ffi::{c_char, c_void};

use bytes::Bytes;
use serde::Serialize;

use super::boundary::{TIRO_OK, call as guarded, optional_text_in, output, slice_in, text_in, tiro_status};
use super::client::{start, tiro_client};
use super::document::{self, tiro_document};
use super::error::tiro_error;
use super::handle;
use super::op::tiro_op;
use super::options::tiro_options;
use super::text::copy_out;
use crate::client::Client;
use crate::document::Document;
use crate::error::Result;
use crate::service::endpoint::EndpointState;
use crate::service::remote::{CustomRequest, NewManagedUser};

/// What the verbs do that give a text at once.
///
/// # Safety
/// `buf` is NULL or has room for `cap` bytes; `need` and `err` are NULL or the caller's variables.
pub(super) unsafe fn give_text(
    client: *mut tiro_client,
    buf: *mut c_char,
    cap: usize,
    need: *mut usize,
    err: *mut *mut tiro_error,
    verb: impl FnOnce(&Client) -> Result<String>,
) -> tiro_status {
    guarded(err, || {
        // SAFETY: the caller of this function promises as much.
        let need = unsafe { output("need", need) }?;
        let text = verb(&*handle::get(client)?)?;
        // SAFETY: as above.
        unsafe { copy_out(text.as_bytes(), buf, cap, need) }
    })
}

/// Copies a link to a recording in the service's own web pages, with its NUL, into `buf`; `*need` is the size that takes.
///
/// NULL: `buf` may be NULL if `cap` is 0; `err` may be NULL.
/// Returns: as `tiro_client_logout_url`; `TIRO_E_ARGUMENT` for an empty or overlong id; `TIRO_E_UTF8`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `id` is NULL or NUL-terminated; `buf` has room for `cap` bytes; `need` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_recording_link(
    client: *mut tiro_client,
    id: *const c_char,
    buf: *mut c_char,
    cap: usize,
    need: *mut usize,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { give_text(client, buf, cap, need, err, |client| client.recording_link(text_in("id", id)?)) }
}

/// Copies a link to the list of recordings in the service's own web pages, with its NUL, into `buf`; `*need` is the size
/// that takes.
///
/// NULL: `buf` may be NULL if `cap` is 0; `err` may be NULL.
/// Returns: as `tiro_client_logout_url`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `buf` has room for `cap` bytes; `need` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_worklist_link(
    client: *mut tiro_client,
    buf: *mut c_char,
    cap: usize,
    need: *mut usize,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { give_text(client, buf, cap, need, err, Client::worklist_link) }
}

/// Starts a request of the program's own with this identity's token, for what tiro has no verb for. `target` is a path
/// below the service's API with its query, such as `/api/records/worklist?offset=0`; it names no host. The operation
/// results in a document, whatever the server answers: look at `tiro_document_http_status`. Without data no body is sent.
///
/// NULL: `data` may be NULL if `size` is 0; `content_type` NULL is JSON; `call` and `err` may be NULL. The operation is
/// the caller's: join it or free it. The bytes are copied.
/// Returns: as `tiro_client_sign_in`; `TIRO_E_ARGUMENT` for a size that cannot be; `TIRO_E_UTF8`. The operation:
/// `TIRO_E_ARGUMENT` for a method or target that is none.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `method`, `target` and `content_type` are NULL or NUL-terminated; `data` is NULL or has `size` bytes; `op` and `err`
/// are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_request(
    client: *mut tiro_client,
    method: *const c_char,
    target: *const c_char,
    data: *const c_void,
    size: usize,
    content_type: *const c_char,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe {
        start(client, call, op, err, |client, call| {
            let request = CustomRequest {
                method: text_in("method", method)?.to_owned(),
                path: text_in("target", target)?.to_owned(),
                body: body_in(data, size)?,
                content_type: optional_text_in("content_type", content_type)?.unwrap_or_default().to_owned(),
            };
            client.request(request, call)
        })
    }
}

/// # Safety
/// `data` is NULL or has `size` bytes.
unsafe fn body_in(data: *const c_void, size: usize) -> Result<Option<Bytes>> {
    // SAFETY: the same promise.
    let body = unsafe { slice_in("data", data.cast::<u8>(), size) }?;
    Ok((!data.is_null()).then(|| Bytes::copy_from_slice(body)))
}

/// Gives every endpoint of the service as it is for this client: JSON, an array of objects with `operation`, `method`,
/// `path`, `option` (the key that sets the path), `standing` (`documented`, `assumed`, `unset` or `configured`) and
/// `source` (where the fact comes from).
///
/// NULL: `err` may be NULL. The document is the caller's: free it with `tiro_document_free`.
/// Returns: `TIRO_OK`; `TIRO_E_UNSUPPORTED` if the service has no network; `TIRO_E_FORKED`, `TIRO_E_NULL`,
/// `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `document` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_endpoints(
    client: *mut tiro_client,
    document: *mut *mut tiro_document,
    err: *mut *mut tiro_error,
) -> tiro_status {
    guarded(err, || {
        // SAFETY: as promised above.
        let document = unsafe { output("document", document) }?;
        let endpoints = handle::get(client)?.endpoints()?;
        let rows: Vec<EndpointRow<'_>> = endpoints.iter().map(EndpointRow::of).collect();
        *document = document::new_handle(Document::json_of(&rows))?;
        Ok(TIRO_OK)
    })
}

/// An endpoint as the document of `tiro_client_endpoints` has it.
#[derive(Serialize)]
struct EndpointRow<'a> {
    operation: &'a str,
    method: &'a str,
    path: &'a str,
    option: &'a str,
    standing: &'a str,
    source: &'a str,
}

impl<'a> EndpointRow<'a> {
    fn of(state: &'a EndpointState) -> Self {
        let row = &state.endpoint;
        Self {
            operation: row.operation,
            method: row.method,
            path: &state.path,
            option: row.option,
            standing: state.standing(),
            source: row.source,
        }
    }
}

/// Starts to ask every endpoint that can be asked without creating, changing or spending anything. The operation results
/// in a document, JSON: an object with `service` and `probes`, an array of objects with `operation`, `endpoint`,
/// `standing`, `outcome` (`works`, `fails` or `not probed`), `reason` and `option` (the key that would mend it).
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_sign_in`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_doctor(
    client: *mut tiro_client,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, Client::doctor) }
}

/// Starts to create an account for an end-user, who needs no password, managed by this client's. The operation results
/// in a document, JSON: an object with `id`, `email` and `raw` (the service's own answer).
///
/// NULL: `initials` and `display_name` may be NULL, then the service makes them of the names; `call` and `err` may be
/// NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_sign_in`; `TIRO_E_UNSUPPORTED` if the service has no managed users; `TIRO_E_UTF8`. The
/// operation: `TIRO_E_REJECTED` with what is wrong in `tiro_error_detail`, `TIRO_E_CONFLICT`, and what the service says.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// The texts are NULL or NUL-terminated; `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_create_managed_user(
    client: *mut tiro_client,
    email: *const c_char,
    first_name: *const c_char,
    last_name: *const c_char,
    initials: *const c_char,
    display_name: *const c_char,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe {
        start(client, call, op, err, |client, call| {
            let user = NewManagedUser {
                email: text_in("email", email)?.to_owned(),
                first_name: text_in("first_name", first_name)?.to_owned(),
                last_name: text_in("last_name", last_name)?.to_owned(),
                initials: optional_text_in("initials", initials)?.map(str::to_owned),
                display_name: optional_text_in("display_name", display_name)?.map(str::to_owned),
            };
            client.create_managed_user(user, call)
        })
    }
}

/// Starts to remove the account of an end-user, by the id that its creation gave. The operation has no result: use
/// `tiro_op_join`.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_sign_in`; `TIRO_E_UNSUPPORTED` if the service has no managed users; `TIRO_E_ARGUMENT` for an
/// empty or overlong id; `TIRO_E_UTF8`. The operation: `TIRO_E_NOT_FOUND` and what the service says.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `id` is NULL or NUL-terminated; `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_delete_managed_user(
    client: *mut tiro_client,
    id: *const c_char,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe {
        start(client, call, op, err, |client, call| client.delete_managed_user(text_in("id", id)?, call))
    }
}

/// Makes a client of an end-user's account, by its e-mail address. It shares connections and limits with this one. Does
/// no I/O.
///
/// NULL: `err` may be NULL. The user's client is the caller's: free it with `tiro_client_free`.
/// Returns: `TIRO_OK`; `TIRO_E_UNSUPPORTED` if the service has no managed users; `TIRO_E_ARGUMENT` for an empty address;
/// `TIRO_E_UTF8`, `TIRO_E_FORKED`, `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `email` is NULL or NUL-terminated; `user` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_as_user(
    client: *mut tiro_client,
    email: *const c_char,
    user: *mut *mut tiro_client,
    err: *mut *mut tiro_error,
) -> tiro_status {
    guarded(err, || {
        // SAFETY: as promised above.
        let (user, email) = unsafe { (output("user", user)?, text_in("email", email)?) };
        *user = handle::insert(handle::get(client)?.as_user(email)?)?;
        Ok(TIRO_OK)
    })
}
