//! The verbs of `tiro_client` about the account that is charged. On a service that charges nobody each is
//! `TIRO_E_UNSUPPORTED`.

use std::ffi::c_char;

use secrecy::SecretString;

use super::boundary::{text_in, tiro_status};
use super::client::{start, tiro_client};
use super::error::tiro_error;
use super::op::tiro_op;
use super::options::tiro_options;
use crate::client::Client;

/// Starts to make a new token that signs programs in (`application_token`); it may end the one before. tiro never does so
/// by itself. The operation results in a document, the token alone as text: a secret.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: `TIRO_OK`; `TIRO_E_UNSUPPORTED` if the service charges nobody; `TIRO_E_OPTION`, `TIRO_E_FORKED`,
/// `TIRO_E_NULL`, `TIRO_E_HANDLE`. What the service says comes with the operation.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_regenerate_application_token(
    client: *mut tiro_client,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, Client::regenerate_application_token) }
}

/// Starts to ask for the billing address. The operation results in a document, the service's own JSON.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_regenerate_application_token`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_billing_address(
    client: *mut tiro_client,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, Client::billing_address) }
}

/// Starts to set the billing address, from an object of the service's own JSON. The operation results in a document, what
/// the service answers.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_regenerate_application_token`; `TIRO_E_ARGUMENT` for what is no JSON object or overlong;
/// `TIRO_E_UTF8`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `address` is NULL or NUL-terminated; `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_set_billing_address(
    client: *mut tiro_client,
    address: *const c_char,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe {
        start(client, call, op, err, |client, call| {
            client.set_billing_address(text_in("address", address)?, call)
        })
    }
}

/// Starts to ask for the card that is charged. The operation results in a document, the service's own JSON: its last
/// digits and its end.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_regenerate_application_token`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_billing_card(
    client: *mut tiro_client,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, Client::billing_card) }
}

/// Starts to ask for a token for the payment gateway's own forms, which take a person's card. The operation results in a
/// document, the token alone as text: a secret.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_regenerate_application_token`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_billing_client_token(
    client: *mut tiro_client,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, Client::billing_client_token) }
}

/// Starts to have a card charged from now on, by the nonce that the payment gateway's own forms gave for it. A card's
/// number never goes through tiro. The operation results in a document, what the service answers.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_regenerate_application_token`; `TIRO_E_ARGUMENT` for an empty or overlong nonce;
/// `TIRO_E_UTF8`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `nonce` is NULL or NUL-terminated; `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_save_billing_card(
    client: *mut tiro_client,
    nonce: *const c_char,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe {
        start(client, call, op, err, |client, call| {
            client.save_billing_card(&SecretString::from(text_in("nonce", nonce)?), call)
        })
    }
}
