//! The verbs of `tiro_client` about orders. On a service that charges nobody each is `TIRO_E_UNSUPPORTED`.

use std::ffi::c_char;

use super::boundary::{optional_text_in, slice_in, text_in, tiro_status};
use super::client::{start, tiro_client};
use super::error::tiro_error;
use super::op::tiro_op;
use super::options::tiro_options;
use crate::error::{Error, ErrorKind, Result};

/// Starts to make an order of recordings that are uploaded: `count` ids in an array. Costs nothing yet. The operation
/// results in an order.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it. The ids are copied.
/// Returns: `TIRO_OK`; `TIRO_E_UNSUPPORTED` if the service charges nobody; `TIRO_E_ARGUMENT` for no recordings, more
/// than 10000, or an empty or overlong id; `TIRO_E_OPTION`, `TIRO_E_FORKED`, `TIRO_E_UTF8`, `TIRO_E_NULL` also for one of
/// the ids, `TIRO_E_HANDLE`. What the service says comes with the operation.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `recording_ids` is NULL or has `count` texts, each NULL or NUL-terminated; `op` and `err` are NULL or point to
/// variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_create_order(
    client: *mut tiro_client,
    recording_ids: *const *const c_char,
    count: usize,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe {
        start(client, call, op, err, |client, call| {
            client.create_order(&texts_in("recording_ids", recording_ids, count)?, call)
        })
    }
}

/// # Safety
/// `texts` is NULL or has `count` texts, each NULL or NUL-terminated, that live as long as they are used.
unsafe fn texts_in<'a>(name: &str, texts: *const *const c_char, count: usize) -> Result<Vec<&'a str>> {
    if texts.is_null() {
        return Err(Error::new(ErrorKind::Null, format!("{name} is NULL")));
    }
    // SAFETY: the same promise.
    let texts = unsafe { slice_in(name, texts, count) }?;
    // SAFETY: as above.
    texts.iter().map(|text| unsafe { text_in(name, *text) }).collect()
}

/// Starts to ask for an order as it is now. The operation results in an order.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: `TIRO_OK`; `TIRO_E_UNSUPPORTED` if the service charges nobody; `TIRO_E_ARGUMENT` for an empty or overlong id;
/// `TIRO_E_OPTION`, `TIRO_E_FORKED`, `TIRO_E_UTF8`, `TIRO_E_NULL`, `TIRO_E_HANDLE`. The operation: `TIRO_E_NOT_FOUND` and
/// what the service says.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `id` is NULL or NUL-terminated; `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_order(
    client: *mut tiro_client,
    id: *const c_char,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, |client, call| client.order(text_in("id", id)?, call)) }
}

/// Starts to ask what an order would cost if it were placed now. The operation results in a document, JSON: an object
/// with `order_id`, `price` (an object with `amount`, decimal text, and `currency`; null: the service does not say) and
/// `recordings` (an array of objects with `id` and `price`).
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_order`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `id` is NULL or NUL-terminated; `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_quote(
    client: *mut tiro_client,
    id: *const c_char,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, |client, call| client.quote(text_in("id", id)?, call)) }
}

/// Starts to set what is bought for every recording of an order, as the options `order.*` and `language` of this call say.
/// What they do not say stays as it is. The operation results in the order as it is then.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_order`. The operation also: `TIRO_E_OPTION` for a name that the service's lists do not have,
/// with the names that they have.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `id` is NULL or NUL-terminated; `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_edit_settings(
    client: *mut tiro_client,
    id: *const c_char,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, |client, call| client.edit_settings(text_in("id", id)?, call)) }
}

/// Starts to apply a promotional code to an order that is not placed. The operation results in the order as it is then.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_order`; `TIRO_E_ARGUMENT` for an empty or overlong code, too. The operation also:
/// `TIRO_E_REJECTED` for a code that the service does not take.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `id` and `code` are NULL or NUL-terminated; `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_apply_promo(
    client: *mut tiro_client,
    id: *const c_char,
    code: *const c_char,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe {
        start(client, call, op, err, |client, call| {
            client.apply_promo(text_in("id", id)?, text_in("code", code)?, call)
        })
    }
}

/// Starts to buy an order: spends money. Only at a price that `confirmed_price` or `max_price` agrees to, given for this
/// call or for the client (set, a profile, the environment), which is compared with what the order costs at this moment.
/// The request is never sent twice. The operation results in the order as it is then.
///
/// NULL: `call` NULL agrees to what the client's own options do, to nothing if they have neither; `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_order`. The operation also: `TIRO_E_CONFIRM_REQUIRED` with `order_id`, `amount` and `currency`
/// in `tiro_error_detail`, `TIRO_E_QUOTE_CHANGED` with `order_id`, `confirmed` and `now`: nothing was bought;
/// `TIRO_E_NEEDS_ACTION` if it is not known whether it was bought, and the hint says what to look at; `TIRO_E_OPTION` for
/// a price that is none.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `id` is NULL or NUL-terminated; `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_place(
    client: *mut tiro_client,
    id: *const c_char,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, |client, call| client.place(text_in("id", id)?, call)) }
}

/// Starts to remove an order that is not placed. The operation has no result: use `tiro_op_join`.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_order`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `id` is NULL or NUL-terminated; `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_delete_order(
    client: *mut tiro_client,
    id: *const c_char,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, |client, call| client.delete_order(text_in("id", id)?, call)) }
}

/// Starts to ask for one of the service's lists of what can be ordered: `types`, `speakers`, `outputs`, `turnarounds`,
/// `languages`, `accents`, `domains`, `recording_statuses` or `currencies`. Asked for once in a client's life. The operation
/// results in a document, JSON: an object with `name`, `entries` (an array of objects with `id`, `name`, `description` and
/// `is_default`, null where the service does not say) and `raw` (the service's own answer).
///
/// NULL: `of` is the id of the entry of another list that this one belongs to, the language of `accents`, and may be NULL
/// elsewhere; `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_order`. The operation: `TIRO_E_ARGUMENT` for a list that there is not.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `dictionary` and `of` are NULL or NUL-terminated; `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_dictionary(
    client: *mut tiro_client,
    dictionary: *const c_char,
    of: *const c_char,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe {
        start(client, call, op, err, |client, call| {
            client.dictionary(text_in("dictionary", dictionary)?, optional_text_in("of", of)?, call)
        })
    }
}
