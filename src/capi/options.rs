//! `tiro_options`: keys and values.

use std::ffi::c_char;

use super::boundary::bytes_in;
use super::boundary::{
    TIRO_OK, call, free, optional_text_in, os_text, output, path_in, text_in, tiro_status, value,
};
use super::error::tiro_error;
use super::handle::{self, Handle, Kind};
use super::text::copy_out;
use crate::error::{Error, ErrorKind, Result};
use crate::options::{OptionType, Options, option_entry};
use crate::runtime::sync::RwLock;

/// Keys and values; docs/options.md lists them. For one thread at a time: a change while another thread uses them is
/// `TIRO_E_STATE`. Whoever takes options takes a copy: they may be freed at once.
pub struct tiro_options {
    _opaque: (),
}

impl Handle for tiro_options {
    const KIND: Kind = Kind::Options;
    type Object = RwLock<Options>;
}

fn in_use() -> Error {
    Error::new(ErrorKind::State, "another thread is using these options")
}

/// A copy of the options behind a handle.
pub(super) fn snapshot(options: *const tiro_options) -> Result<Options> {
    let object = handle::get(options)?;
    let options = object.try_read().ok_or_else(in_use)?;
    Ok(options.clone())
}

/// As [`snapshot`]; NULL is no options.
pub(super) fn optional_snapshot(options: *const tiro_options) -> Result<Option<Options>> {
    if options.is_null() { Ok(None) } else { snapshot(options).map(Some) }
}

fn change(
    options: *mut tiro_options,
    change: impl FnOnce(&mut Options) -> Result<()>,
) -> Result<tiro_status> {
    let object = handle::get(options)?;
    let mut options = object.try_write().ok_or_else(in_use)?;
    change(&mut options)?;
    Ok(TIRO_OK)
}

/// Makes an empty set of options: every default, which is the local service.
///
/// NULL: no pointer is taken. Free with `tiro_options_free`.
/// Returns: NULL only if there are millions of handles.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_options_new() -> *mut tiro_options {
    value(std::ptr::null_mut(), || {
        handle::insert(RwLock::new(Options::new())).unwrap_or(std::ptr::null_mut())
    })
}

/// Frees options. Clients and calls that were given them go on with their copies.
///
/// NULL: `options` may be NULL.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_options_free(options: *mut tiro_options) {
    free(options, |_| ());
}

/// Sets a key (`TIRO_OPT_*`). On an error the options stay as they were.
///
/// NULL: `value` NULL takes back what was set; `err` may be NULL. Texts are copied.
/// Returns: `TIRO_OK`; `TIRO_E_OPTION` for an unknown key, with the nearest one as hint, or for a value it does not
/// take; `TIRO_E_UTF8`, `TIRO_E_STATE`, `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: one at a time. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `key` and `value` are NULL or NUL-terminated; `err` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_options_set(
    options: *mut tiro_options,
    key: *const c_char,
    value: *const c_char,
    err: *mut *mut tiro_error,
) -> tiro_status {
    call(err, || {
        // SAFETY: as promised above.
        let key = unsafe { text_in("key", key) }?;
        if value.is_null() {
            return change(options, |options| options.unset(key));
        }
        let is_path = option_entry(key).is_some_and(|entry| entry.kind == OptionType::Path);
        // SAFETY: as promised above.
        let bytes = unsafe { bytes_in("value", value) }?;
        if is_path {
            return change(options, |options| options.set(key, os_text("value", bytes)?));
        }
        let text =
            std::str::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::Utf8, "value is not UTF-8"))?;
        change(options, |options| options.set(key, text))
    })
}

/// Copies the value in force of a key, as text with its NUL, into `buf`; `*need` is the size that takes.
///
/// NULL: `buf` may be NULL if `cap` is 0; `err` may be NULL.
/// Returns: `TIRO_OK`; `TIRO_E_BUFFER` if `cap` is too small, with nothing written but `*need`; `TIRO_E_OPTION` for an
/// unknown key, and for a secret, which is not given out; `TIRO_E_UTF8`, `TIRO_E_STATE`, `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: one at a time. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `key` is NULL or NUL-terminated; `buf` has room for `cap` bytes; `need` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_options_get(
    options: *const tiro_options,
    key: *const c_char,
    buf: *mut c_char,
    cap: usize,
    need: *mut usize,
    err: *mut *mut tiro_error,
) -> tiro_status {
    call(err, || {
        // SAFETY: as promised above.
        let need = unsafe { output("need", need) }?;
        // SAFETY: as promised above.
        let key = unsafe { text_in("key", key) }?;
        let value = snapshot(options)?.get(key)?;
        // SAFETY: as promised above.
        unsafe { copy_out(value.as_encoded_bytes(), buf, cap, need) }
    })
}

/// Reads a profile of a TOML file: a table of keys and values. Values of `tiro_options_set` and of the environment win
/// over those of the file, whatever the order of the calls. On an error nothing is taken.
///
/// NULL: `profile` NULL is the table `default`; `err` may be NULL.
/// Returns: `TIRO_OK`; `TIRO_E_OPTION` for a file that is no TOML, has no such profile, an unknown key or a bad value;
/// `TIRO_E_FILE_NOT_FOUND` and the other local errors; `TIRO_E_UTF8`, `TIRO_E_STATE`, `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: one at a time. Blocks: for reading a small file.
/// @since 0.1.0
///
/// # Safety
/// `path` and `profile` are NULL or NUL-terminated; `err` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_options_load_file(
    options: *mut tiro_options,
    path: *const c_char,
    profile: *const c_char,
    err: *mut *mut tiro_error,
) -> tiro_status {
    call(err, || {
        // SAFETY: as promised above.
        let (path, profile) = unsafe { (path_in("path", path)?, optional_text_in("profile", profile)?) };
        change(options, |options| options.load_file(&path, profile))
    })
}

/// Reads every `TIRO_*` variable of the environment that is the upper case of a key, with `_` for its dots
/// (`TIRO_GOSPEECH_API_VERSION`); others are logged and passed over. On an error nothing is taken.
/// Nothing may change the environment meanwhile (`setenv`).
///
/// NULL: `err` may be NULL.
/// Returns: `TIRO_OK`; `TIRO_E_OPTION` for a bad value; `TIRO_E_UTF8`, `TIRO_E_STATE`, `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: one at a time. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `err` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_options_load_environment(
    options: *mut tiro_options,
    err: *mut *mut tiro_error,
) -> tiro_status {
    call(err, || change(options, Options::load_environment))
}
