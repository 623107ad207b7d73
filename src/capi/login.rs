//! `tiro_login`: a login that a person has to go through.

use std::ffi::c_char;

use secrecy::ExposeSecret;

use super::boundary::{free, tiro_status};
use super::error::tiro_error;
use super::handle::{self, Handle, Kind};
use super::text::{self, TextFields, Texts, borrow};
use crate::auth::Login;
use crate::error::Result;

/// A login that a person has to go through in a browser. Immutable; may be read by any thread.
pub struct tiro_login {
    _opaque: (),
}

impl Handle for tiro_login {
    const KIND: Kind = Kind::Login;
    type Object = LoginObject;
}

pub(super) struct LoginObject {
    pub(super) login: Login,
    texts: Texts<3>,
}

/// Field of `tiro_login_copy`: where to send the browser.
pub const TIRO_LOGIN_URL: i32 = 0;
/// Field of `tiro_login_copy`: what the redirect carries back.
pub const TIRO_LOGIN_STATE: i32 = 1;
/// Field of `tiro_login_copy`: what completes the login. A secret.
pub const TIRO_LOGIN_TICKET: i32 = 2;

impl TextFields<3> for tiro_login {
    fn text(object: &Self::Object, field: i32) -> Option<&str> {
        Some(match field {
            TIRO_LOGIN_URL => object.login.url(),
            TIRO_LOGIN_STATE => object.login.state(),
            TIRO_LOGIN_TICKET => object.login.ticket().expose_secret(),
            _ => return None,
        })
    }

    fn texts(object: &Self::Object) -> &Texts<3> {
        &object.texts
    }
}

pub(super) fn new_handle(login: Login) -> Result<*mut tiro_login> {
    handle::insert(LoginObject { login, texts: Texts::new() })
}

/// Frees a login and the texts borrowed from it. The login itself can still be completed with its ticket.
///
/// NULL: `login` may be NULL.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_login_free(login: *mut tiro_login) {
    free(login, |_| ());
}

/// The service's login page for this login: where to send the person's browser.
///
/// NULL: `login` and `len` may be NULL. Borrowed until the login is freed; copy with `tiro_login_copy`.
/// Returns: `""` for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_login_url(login: *const tiro_login, len: *mut usize) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(login, TIRO_LOGIN_URL, len) }
}

/// The random text that the redirect of this login carries back as `state`: by it a web host finds the person's session.
///
/// NULL: `login` and `len` may be NULL. Borrowed until the login is freed; copy with `tiro_login_copy`.
/// Returns: `""` for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_login_state(login: *const tiro_login, len: *mut usize) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(login, TIRO_LOGIN_STATE, len) }
}

/// The ticket that `tiro_client_complete_login` takes, in this process or another with the same options. It is a secret:
/// keep it in the person's session at the server, never in a log or a page.
///
/// NULL: `login` and `len` may be NULL. Borrowed until the login is freed; copy with `tiro_login_copy`.
/// Returns: `""` for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_login_ticket(login: *const tiro_login, len: *mut usize) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(login, TIRO_LOGIN_TICKET, len) }
}

/// Copies a text of a login (`TIRO_LOGIN_*`) with its NUL into `buf`; `*need` is the size that takes.
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
pub unsafe extern "C" fn tiro_login_copy(
    login: *const tiro_login,
    field_number: i32,
    buf: *mut c_char,
    cap: usize,
    need: *mut usize,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { text::copy(login, field_number, buf, cap, need, err) }
}
