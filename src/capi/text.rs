//! Texts that go out: NUL-terminated, borrowed from their owner's handle or copied into the caller's buffer.

use std::ffi::c_char;

use once_cell::race::OnceBox;

use super::boundary::{TIRO_OK, call, output, set_if_wanted, tiro_status, value};
use super::error::tiro_error;
use super::handle::{self, Handle};
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

/// A handle type with texts, told apart by the numbers of its fields.
pub(super) trait TextFields<const N: usize>: Handle {
    /// The text of a field, if there is such a field.
    fn text(object: &Self::Object, field: i32) -> Option<&str>;
    /// The copies that are given out.
    fn texts(object: &Self::Object) -> &Texts<N>;
}

/// Gives a text out, borrowed from its handle; `""` for a bad handle.
///
/// # Safety
/// `len` is NULL or the caller's variable.
pub(super) unsafe fn borrow<H: TextFields<N>, const N: usize>(
    handle: *const H,
    field: i32,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: the same promise.
    unsafe {
        borrow_of(handle, len, |object| {
            let text = H::text(object, field)?;
            Some(H::texts(object).get(field as usize, text))
        })
    }
}

/// Gives out a text that the object of a handle keeps with its NUL; `""` where it has none.
///
/// # Safety
/// `len` is NULL or the caller's variable.
pub(super) unsafe fn borrow_of<H: Handle>(
    handle: *const H,
    len: *mut usize,
    find: impl FnOnce(&H::Object) -> Option<&[u8]>,
) -> *const c_char {
    value(c"".as_ptr(), || {
        let object = handle::get(handle).ok();
        let text = object.as_ref().and_then(|object| find(object)).unwrap_or(b"\0");
        // SAFETY: the caller of this function promises as much.
        unsafe { set_if_wanted(len, text.len() - 1) };
        // It outlives this call in the object of the handle.
        text.as_ptr().cast()
    })
}

/// Copies a text of a handle and its NUL into the caller's buffer.
///
/// # Safety
/// `buf` is NULL or has room for `cap` bytes; `need` and `err` are NULL or the caller's variables.
pub(super) unsafe fn copy<H: TextFields<N>, const N: usize>(
    handle: *const H,
    field: i32,
    buf: *mut c_char,
    cap: usize,
    need: *mut usize,
    err: *mut *mut tiro_error,
) -> tiro_status {
    call(err, || {
        // SAFETY: the caller of this function promises as much.
        let need = unsafe { output("need", need) }?;
        let object = handle::get(handle)?;
        let missing = || Error::new(ErrorKind::Argument, format!("there is no text field {field}"));
        let text = H::text(&object, field).ok_or_else(missing)?;
        // SAFETY: as above.
        unsafe { copy_out(text.as_bytes(), buf, cap, need) }
    })
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
