//! `tiro_document`: bytes with their media type, which is also how less frequent results cross, as JSON.

use std::ffi::{c_char, c_void};

use super::boundary::{call, free, output, read, set_if_wanted, tiro_status, value};
use super::error::tiro_error;
use super::handle::{self, Handle, Kind};
use super::text::{TextFields, Texts, borrow, copy_out};
use crate::document::Document;
use crate::error::{Error, ErrorKind, Result};

/// Bytes with their media type: an export, an answer of the service, or JSON of tiro's own. Immutable; may be read by
/// any thread.
pub struct tiro_document {
    _opaque: (),
}

impl Handle for tiro_document {
    const KIND: Kind = Kind::Document;
    type Object = DocumentObject;
}

pub(super) struct DocumentObject {
    document: Document,
    texts: Texts<3>,
}

/// Field of `tiro_document_copy`: the bytes, as text.
pub const TIRO_DOCUMENT_TEXT: i32 = 0;
/// Field of `tiro_document_copy`: the media type.
pub const TIRO_DOCUMENT_CONTENT_TYPE: i32 = 1;
/// Field of `tiro_document_copy`: the file name that the service suggests.
pub const TIRO_DOCUMENT_NAME: i32 = 2;
/// Field of `tiro_document_copy`: the bytes, whatever they are.
pub const TIRO_DOCUMENT_BYTES: i32 = 3;

impl TextFields<3> for tiro_document {
    fn text(object: &Self::Object, field: i32) -> Option<&str> {
        Some(match field {
            TIRO_DOCUMENT_TEXT => object.document.text().unwrap_or_default(),
            TIRO_DOCUMENT_CONTENT_TYPE => object.document.content_type(),
            TIRO_DOCUMENT_NAME => object.document.name(),
            _ => return None,
        })
    }

    fn texts(object: &Self::Object) -> &Texts<3> {
        &object.texts
    }
}

pub(super) fn new_handle(document: Document) -> Result<*mut tiro_document> {
    handle::insert(DocumentObject { document, texts: Texts::new() })
}

/// Frees a document, and the bytes and texts borrowed from it.
///
/// NULL: `document` may be NULL.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_document_free(document: *mut tiro_document) {
    free(document, |_| ());
}

/// The bytes of a document; no NUL follows them.
///
/// NULL: `document` and `len` may be NULL. Borrowed until the document is freed; copy with `tiro_document_copy`.
/// Returns: NULL, and a length of 0, for NULL or a bad handle. Otherwise never NULL.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_document_bytes(
    document: *const tiro_document,
    len: *mut usize,
) -> *const c_void {
    value(std::ptr::null(), || {
        // SAFETY: as promised above.
        unsafe { set_if_wanted(len, 0) };
        let Ok(object) = handle::get(document) else { return std::ptr::null() };
        let bytes = object.document.bytes();
        // SAFETY: as promised above.
        unsafe { set_if_wanted(len, bytes.len()) };
        // They outlive this call in the object of the handle.
        bytes.as_ptr().cast()
    })
}

/// The bytes of a document as a NUL-terminated text.
///
/// NULL: `document` and `len` may be NULL. Borrowed until the document is freed; copy with `tiro_document_copy`.
/// Returns: `""` if they are not UTF-8, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_document_text(
    document: *const tiro_document,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(document, TIRO_DOCUMENT_TEXT, len) }
}

/// The media type of a document.
///
/// NULL: `document` and `len` may be NULL. Borrowed until the document is freed; copy with `tiro_document_copy`.
/// Returns: `""` if the service did not say, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_document_content_type(
    document: *const tiro_document,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(document, TIRO_DOCUMENT_CONTENT_TYPE, len) }
}

/// The file name that the service suggests for a document, without any folder. Not to be trusted further.
///
/// NULL: `document` and `len` may be NULL. Borrowed until the document is freed; copy with `tiro_document_copy`.
/// Returns: `""` if there is none, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_document_name(
    document: *const tiro_document,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(document, TIRO_DOCUMENT_NAME, len) }
}

/// The HTTP status that a document came with.
///
/// NULL: `document` may be NULL.
/// Returns: 0 if it did not come from a server, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_document_http_status(document: *const tiro_document) -> i32 {
    read(document, 0, |object| i32::from(object.document.http_status()))
}

/// Copies a field of a document (`TIRO_DOCUMENT_*`) with a NUL after it into `buf`; `*need` is the size that takes.
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
pub unsafe extern "C" fn tiro_document_copy(
    document: *const tiro_document,
    field_number: i32,
    buf: *mut c_char,
    cap: usize,
    need: *mut usize,
    err: *mut *mut tiro_error,
) -> tiro_status {
    call(err, || {
        // SAFETY: as promised above.
        let need = unsafe { output("need", need) }?;
        let object = handle::get(document)?;
        let bytes = match field_number {
            TIRO_DOCUMENT_BYTES => object.document.bytes(),
            field => {
                let missing = || Error::new(ErrorKind::Argument, format!("a document has no field {field}"));
                tiro_document::text(&object, field).ok_or_else(missing)?.as_bytes()
            }
        };
        // SAFETY: as promised above.
        unsafe { copy_out(bytes, buf, cap, need) }
    })
}
