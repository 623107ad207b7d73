//! Texts that go out: NUL-terminated, borrowed from their owner's handle or copied into the caller's buffer.

use std::ffi::c_char;

use once_cell::race::OnceBox;

use super::boundary::{TIRO_OK, set_if_wanted, tiro_status};
use crate::error::{Error, ErrorKind, Result};

/// The NUL-terminated copies of an object's texts, made when first asked for. Without a lock: a fork in the middle
/// must not leave one locked.
pub(super) struct Texts<const N: usize>([OnceBox<Vec<u8>>; N]);

impl<const N: usize> Texts<N> {
    pub(super) fn new() -> Self {
        Self([const { OnceBox::new() }; N])
    }

    /// The text of a field, kept as long as this is.
    pub(super) fn get(&self, field: usize, text: &str) -> &[u8] {
        self.0[field].get_or_init(|| {
            let mut bytes = Vec::with_capacity(text.len() + 1);
            bytes.extend_from_slice(text.as_bytes());
            bytes.push(0);
            Box::new(bytes)
        })
    }
}

/// Gives a borrowed text out; `None` (a bad handle) is `""`.
///
/// # Safety
/// `len` is NULL or the caller's variable.
pub(super) unsafe fn borrowed(text: Option<&[u8]>, len: *mut usize) -> *const c_char {
    let text = text.unwrap_or(b"\0");
    // SAFETY: the caller of this function promises as much.
    unsafe { set_if_wanted(len, text.len() - 1) };
    text.as_ptr().cast()
}

/// Copies a text and its NUL into the caller's buffer.
///
/// # Safety
/// `buf` is NULL or has room for `cap` bytes.
pub(super) unsafe fn copy_out(
    text: &[u8],
    buf: *mut c_char,
    cap: usize,
    need: &mut usize,
) -> Result<tiro_status> {
    *need = text.len() + 1;
    if buf.is_null() && cap > 0 {
        return Err(Error::new(ErrorKind::Null, "buf is NULL but cap is not 0"));
    }
    if cap < *need {
        return Err(Error::new(
            ErrorKind::Buffer,
            format!("the text needs {need} bytes, the buffer has {cap}"),
        ));
    }
    // SAFETY: there is room for the text and its NUL, and a buffer of the caller's does not lie in our text.
    unsafe {
        std::ptr::copy_nonoverlapping(text.as_ptr(), buf.cast(), text.len());
        *buf.add(text.len()) = 0;
    }
    Ok(TIRO_OK)
}

/// The error for a field number that an object does not have.
pub(super) fn no_field(field: i32) -> Error {
    Error::new(ErrorKind::Argument, format!("there is no text field {field}"))
}
