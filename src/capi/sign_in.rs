//! The verbs of `tiro_client` by which somebody signs in and out. On a service without accounts each is
//! `TIRO_E_UNSUPPORTED`.

use std::ffi::c_char;

use secrecy::SecretString;

use super::boundary::{text_in, tiro_status};
use super::client::{start, tiro_client};
use super::error::tiro_error;
use super::handle;
use super::login::tiro_login;
use super::op::tiro_op;
use super::options::tiro_options;
use super::remote::give_text;
use crate::client::Client;

/// Starts to get an access token. Never needed, as any verb does so; it finds out early that credentials are wrong. The
/// operation has no result: use `tiro_op_join`.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: `TIRO_OK`; `TIRO_E_UNSUPPORTED` if the service has no accounts; `TIRO_E_OPTION`, `TIRO_E_FORKED`,
/// `TIRO_E_NULL`, `TIRO_E_HANDLE`. The operation: `TIRO_E_AUTH`, `TIRO_E_LOGIN_REQUIRED` and what the service says.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_sign_in(
    client: *mut tiro_client,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, Client::sign_in) }
}

/// Starts to end this identity's tokens: here always, at the service if it can be reached. The operation has no result:
/// use `tiro_op_join`.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_sign_in`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_sign_out(
    client: *mut tiro_client,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, Client::sign_out) }
}

/// Begins the login of a person (authorization code with PKCE), who is sent back to the option `redirect_uri`. The
/// operation results in a login, which says where to send their browser and holds the ticket that ends it.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_sign_in`. The operation: `TIRO_E_OPTION` if the client has no `redirect_uri`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_login_begin(
    client: *mut tiro_client,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, Client::login_begin) }
}

/// Ends a login with its ticket and the whole URL that the browser was redirected to. The operation results in a new
/// client, that person's; this one stays as it is. An operation of this client that waits for the login
/// (`tiro_op_login`) goes on as that person.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: as `tiro_client_sign_in`; `TIRO_E_UTF8`. The operation: `TIRO_E_ARGUMENT` for a ticket or URL that is none,
/// `TIRO_E_AUTH` if the redirect is not that of this login, or says that it failed, `TIRO_E_LOGIN_REQUIRED` if it took too
/// long, and what the service says.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `ticket` and `redirect_url` are NULL or NUL-terminated; `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_complete_login(
    client: *mut tiro_client,
    ticket: *const c_char,
    redirect_url: *const c_char,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe {
        start(client, call, op, err, |client, call| {
            let ticket = SecretString::from(text_in("ticket", ticket)?);
            client.complete_login(&ticket, text_in("redirect_url", redirect_url)?, call)
        })
    }
}

/// Waits for the browser of a login on this machine, and then ends the login as `tiro_client_complete_login` does: the
/// option `redirect_uri` names a loopback address with a port, where it listens for at most `login_timeout_ms`, from when
/// this returns: so the browser may be sent there next. The operation results in a new client, that person's.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it. The login stays the caller's,
/// too, and may be freed at once.
/// Returns: as `tiro_client_sign_in`; `TIRO_E_OPTION` if the address is not one of this machine or has no port,
/// `TIRO_E_IO` if it cannot be listened at. The operation: `TIRO_E_LOGIN_REQUIRED` if nobody came, and those of
/// `tiro_client_complete_login`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_receive_login(
    client: *mut tiro_client,
    login: *const tiro_login,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe {
        start(client, call, op, err, |client, call| client.receive_login(&handle::get(login)?.login, call))
    }
}

/// Copies the URL of the service's logout page, where a person's browser is sent, with its NUL into `buf`; `*need` is
/// the size that takes. `tiro_client_sign_out` ends the tokens.
///
/// NULL: `buf` may be NULL if `cap` is 0; `err` may be NULL.
/// Returns: `TIRO_OK`; `TIRO_E_BUFFER` if `cap` is too small, with nothing written but `*need`; `TIRO_E_UNSUPPORTED`,
/// `TIRO_E_ENDPOINT_UNSET`, `TIRO_E_OPTION`, `TIRO_E_FORKED`, `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `buf` has room for `cap` bytes; `need` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_logout_url(
    client: *mut tiro_client,
    buf: *mut c_char,
    cap: usize,
    need: *mut usize,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { give_text(client, buf, cap, need, err, Client::logout_url) }
}
