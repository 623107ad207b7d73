//! The boundary that every function stands behind: no panic leaves, outputs are blank until they are filled, and what
//! comes in is checked before it is used.

use std::ffi::{CStr, OsStr, c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::error::tiro_error;
use super::handle::{self, Handle};
use crate::error::{Error, ErrorKind, Result};
use crate::runtime::{Generation, callbacks};

/// What a fallible function returns: `TIRO_OK` (0), `TIRO_PENDING` (1), or a negative `TIRO_E_*`.
pub type tiro_status = i32;

/// The function did what it says.
pub const TIRO_OK: tiro_status = 0;
/// Not there yet: the time ran out before the operation ended, or nothing waits in the queue. Not an error.
pub const TIRO_PENDING: tiro_status = 1;

/// Ends the use of `user_data`. Called exactly once, on any thread.
pub type tiro_destroy_fn = Option<unsafe extern "C" fn(user_data: *mut c_void)>;

/// Runs the body of a function: a panic becomes `TIRO_E_PANIC`, an error becomes its code and `*err`.
pub(super) fn call(err: *mut *mut tiro_error, body: impl FnOnce() -> Result<tiro_status>) -> tiro_status {
    // SAFETY: `err` is NULL or the caller's variable.
    if let Some(err) = unsafe { err.as_mut() } {
        *err = std::ptr::null_mut();
    }
    let outcome = catch_unwind(AssertUnwindSafe(body))
        .unwrap_or_else(|_| Err(Error::new(ErrorKind::Panic, "tiro panicked in this call")));
    outcome.unwrap_or_else(|error| {
        let code = error.kind().code();
        // SAFETY: as above.
        if let Some(err) = unsafe { err.as_mut() } {
            *err = super::error::new_handle(error);
        }
        code
    })
}

/// Runs the body of a function that cannot fail; a panic gives `otherwise`.
pub(super) fn value<R>(otherwise: R, body: impl FnOnce() -> R) -> R {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(otherwise)
}

/// What a getter gives that has no status: `otherwise` for NULL or a bad handle.
pub(super) fn read<H: Handle, R: Copy>(
    handle: *const H,
    otherwise: R,
    get: impl FnOnce(&H::Object) -> R,
) -> R {
    value(otherwise, || handle::get(handle).map_or(otherwise, |object| get(&object)))
}

/// Runs the body of a `_free`.
pub(super) fn free<H: Handle>(handle: *mut H, end: impl FnOnce(&H::Object)) {
    value((), || {
        if let Ok(Some(object)) = handle::remove(handle) {
            end(&object);
        }
    });
}

/// An output argument, blanked.
///
/// # Safety
/// NULL, or the caller's variable.
pub(super) unsafe fn output<'a, T: Blank>(name: &str, pointer: *mut T) -> Result<&'a mut T> {
    // SAFETY: the caller of this function promises as much.
    let variable = unsafe { pointer.as_mut() };
    let variable = variable.ok_or_else(|| Error::new(ErrorKind::Null, format!("{name} is NULL")))?;
    *variable = T::BLANK;
    Ok(variable)
}

/// Sets an output that may be NULL.
///
/// # Safety
/// NULL, or the caller's variable.
pub(super) unsafe fn set_if_wanted<T>(pointer: *mut T, value: T) {
    // SAFETY: the caller of this function promises as much.
    if let Some(variable) = unsafe { pointer.as_mut() } {
        *variable = value;
    }
}

/// What an output holds before it is filled.
pub(super) trait Blank {
    const BLANK: Self;
}

impl<T> Blank for *mut T {
    const BLANK: Self = std::ptr::null_mut();
}
impl Blank for i32 {
    const BLANK: Self = 0;
}
impl Blank for usize {
    const BLANK: Self = 0;
}

/// A NUL-terminated text of the caller's.
///
/// # Safety
/// NULL, or a NUL-terminated text that lives as long as it is used.
pub(super) unsafe fn bytes_in<'a>(name: &str, text: *const c_char) -> Result<&'a [u8]> {
    if text.is_null() {
        return Err(Error::new(ErrorKind::Null, format!("{name} is NULL")));
    }
    // SAFETY: not NULL, and the caller of this function promises the rest.
    Ok(unsafe { CStr::from_ptr(text) }.to_bytes())
}

/// As [`bytes_in`], UTF-8.
///
/// # Safety
/// As [`bytes_in`].
pub(super) unsafe fn text_in<'a>(name: &str, text: *const c_char) -> Result<&'a str> {
    // SAFETY: the same promise.
    let bytes = unsafe { bytes_in(name, text) }?;
    std::str::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::Utf8, format!("{name} is not UTF-8")))
}

/// As [`text_in`]; NULL is no text.
///
/// # Safety
/// As [`bytes_in`].
pub(super) unsafe fn optional_text_in<'a>(name: &str, text: *const c_char) -> Result<Option<&'a str>> {
    // SAFETY: the same promise.
    if text.is_null() { Ok(None) } else { unsafe { text_in(name, text) }.map(Some) }
}

/// An array of the caller's, which may be NULL if it is empty.
///
/// # Safety
/// `data` is NULL or has `count` elements, that live as long as they are used.
pub(super) unsafe fn slice_in<'a, T>(name: &str, data: *const T, count: usize) -> Result<&'a [T]> {
    if count == 0 {
        return Ok(&[]);
    }
    if data.is_null() {
        return Err(Error::new(ErrorKind::Null, format!("{name} is NULL but its size is not 0")));
    }
    if count.checked_mul(size_of::<T>()).is_none_or(|bytes| isize::try_from(bytes).is_err()) {
        return Err(Error::new(ErrorKind::Argument, format!("no memory has room for {name} of that size")));
    }
    // SAFETY: not NULL, of a size that can be, and the caller of this function promises the rest.
    Ok(unsafe { std::slice::from_raw_parts(data, count) })
}

/// A path in the platform's own bytes.
///
/// # Safety
/// As [`bytes_in`].
pub(super) unsafe fn path_in(name: &str, path: *const c_char) -> Result<PathBuf> {
    // SAFETY: the same promise.
    let bytes = unsafe { bytes_in(name, path) }?;
    Ok(PathBuf::from(os_text(name, bytes)?))
}

/// Bytes as the platform's text: any bytes on Unix, UTF-8 elsewhere.
pub(super) fn os_text<'a>(name: &str, bytes: &'a [u8]) -> Result<&'a OsStr> {
    #[cfg(unix)]
    {
        let _ = name;
        Ok(std::os::unix::ffi::OsStrExt::from_bytes(bytes))
    }
    #[cfg(not(unix))]
    {
        let text = std::str::from_utf8(bytes);
        text.map(OsStr::new).map_err(|_| Error::new(ErrorKind::Utf8, format!("{name} is not UTF-8")))
    }
}

/// Milliseconds as the core takes them: negative is without limit.
pub(super) fn timeout_in(timeout_ms: i64) -> Option<Duration> {
    u64::try_from(timeout_ms).ok().map(Duration::from_millis)
}

/// A function the host gave, its data, and the end of their use. Dropped, it calls `destroy`; the parent's are left
/// alone in a forked child.
pub(super) struct HostCallback<F: Copy> {
    pub(super) function: F,
    data: HostData,
}

impl<F: Copy> HostCallback<F> {
    pub(super) fn new(function: F, data: HostData) -> Arc<Self> {
        Arc::new(Self { function, data })
    }

    pub(super) fn user_data(&self) -> *mut c_void {
        self.data.user_data
    }
}

/// The host's data behind a callback. Made first of all in a function that takes a `destroy`, so that this runs
/// whatever comes.
pub(super) struct HostData {
    user_data: *mut c_void,
    destroy: tiro_destroy_fn,
    generation: Generation,
}

impl HostData {
    pub(super) fn new(user_data: *mut c_void, destroy: tiro_destroy_fn) -> Self {
        Self { user_data, destroy, generation: Generation::now() }
    }
}

// SAFETY: the header says that callbacks and `destroy` are called on the library's threads.
unsafe impl Send for HostData {}
// SAFETY: tiro only passes the pointer on; what it points to is the host's to guard.
unsafe impl Sync for HostData {}

impl Drop for HostData {
    fn drop(&mut self) {
        if let Some(destroy) = self.destroy.take()
            && !self.generation.is_past()
        {
            let user_data = self.user_data;
            // SAFETY: given with `user_data`, for one call.
            callbacks::run(move || unsafe { destroy(user_data) });
        }
    }
}
