//! Exports of a transcript: into a file, a function of the host's, or a buffer.

use std::ffi::{c_char, c_void};
use std::io;

use super::boundary::{self, TIRO_OK, optional_text_in, output, path_in, text_in, tiro_status};
use super::error::tiro_error;
use super::options::{optional_snapshot, tiro_options};
use super::text::copy_out;
use super::transcript::{tiro_transcript, transcript_of};
use crate::error::{Error, ErrorKind};
use crate::transcript::Sink;

/// Takes `size` bytes of an export; 0 if it took them all, anything else is a failure.
pub type tiro_write_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, data: *const c_void, size: usize) -> i32>;

/// Writes a transcript into a file, in a format of docs/export.md. The file appears whole or not at all: on an error,
/// what was at the path stays. The options are those of scope `export`.
///
/// NULL: `format` NULL: the suffix of the path says it; `call` and `err` may be NULL.
/// Returns: `TIRO_OK`; `TIRO_E_ARGUMENT` for an unknown format or suffix; `TIRO_E_OPTION`, `TIRO_E_FILE_NOT_FOUND`,
/// `TIRO_E_PERMISSION`, `TIRO_E_NOT_A_FILE`, `TIRO_E_DISK_FULL`, `TIRO_E_UNSUPPORTED`, `TIRO_E_UTF8`, `TIRO_E_NULL`,
/// `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no, but for computing and writing.
/// @since 0.1.0
///
/// # Safety
/// `path` and `format` are NULL or NUL-terminated; `err` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_transcript_save(
    transcript: *const tiro_transcript,
    path: *const c_char,
    format: *const c_char,
    call: *const tiro_options,
    err: *mut *mut tiro_error,
) -> tiro_status {
    boundary::call(err, || {
        // SAFETY: as promised above.
        let (path, format) = unsafe { (path_in("path", path)?, optional_text_in("format", format)?) };
        let transcript = transcript_of(transcript)?;
        let options = optional_snapshot(call)?;
        match format {
            Some(format) => transcript.export(format, options.as_ref(), path.as_path())?,
            None => transcript.save(path, options.as_ref())?,
        }
        Ok(TIRO_OK)
    })
}

/// Gives an export of a transcript to a function, piece by piece: in this call, on this thread. On an error it may have
/// got some. The options are those of scope `export`.
///
/// NULL: `call`, `user_data` and `err` may be NULL.
/// Returns: `TIRO_OK`; `TIRO_E_ARGUMENT` for an unknown format; `TIRO_E_IO` if the function fails; `TIRO_E_OPTION`,
/// `TIRO_E_UNSUPPORTED`, `TIRO_E_UTF8`, `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no, but for computing and what the function does.
/// @since 0.1.0
///
/// # Safety
/// `format` is NULL or NUL-terminated; `write` may be called with `user_data`; `err` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_transcript_export(
    transcript: *const tiro_transcript,
    format: *const c_char,
    call: *const tiro_options,
    write: tiro_write_fn,
    user_data: *mut c_void,
    err: *mut *mut tiro_error,
) -> tiro_status {
    boundary::call(err, || {
        // SAFETY: as promised above.
        let format = unsafe { text_in("format", format) }?;
        let write = write.ok_or_else(|| Error::new(ErrorKind::Null, "write is NULL"))?;
        let transcript = transcript_of(transcript)?;
        let options = optional_snapshot(call)?;
        let mut writer = HostWriter { write, user_data };
        transcript.export(format, options.as_ref(), Sink::Writer(&mut writer))?;
        Ok(TIRO_OK)
    })
}

struct HostWriter {
    write: unsafe extern "C" fn(*mut c_void, *const c_void, usize) -> i32,
    user_data: *mut c_void,
}

impl io::Write for HostWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // SAFETY: the host's function with its data and bytes of this size.
        match unsafe { (self.write)(self.user_data, bytes.as_ptr().cast(), bytes.len()) } {
            0 => Ok(bytes.len()),
            failure => Err(io::Error::other(format!("the write callback failed with {failure}"))),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Copies an export of a transcript with a NUL after it into `buf`; `*need` is the size that takes. It is computed at
/// every call, the one that asks for the size as well. The options are those of scope `export`.
///
/// NULL: `call` may be NULL; `buf` may be NULL if `cap` is 0; `err` may be NULL.
/// Returns: `TIRO_OK`; `TIRO_E_BUFFER` if `cap` is too small, with nothing written but `*need`; `TIRO_E_ARGUMENT` for
/// an unknown format; `TIRO_E_OPTION`, `TIRO_E_UNSUPPORTED`, `TIRO_E_UTF8`, `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no, but for computing.
/// @since 0.1.0
///
/// # Safety
/// `format` is NULL or NUL-terminated; `buf` has room for `cap` bytes; `need` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_transcript_export_copy(
    transcript: *const tiro_transcript,
    format: *const c_char,
    call: *const tiro_options,
    buf: *mut c_char,
    cap: usize,
    need: *mut usize,
    err: *mut *mut tiro_error,
) -> tiro_status {
    boundary::call(err, || {
        // SAFETY: as promised above.
        let (need, format) = unsafe { (output("need", need)?, text_in("format", format)?) };
        let transcript = transcript_of(transcript)?;
        let options = optional_snapshot(call)?;
        let mut export = Vec::new();
        transcript.export(format, options.as_ref(), &mut export)?;
        // SAFETY: as promised above.
        unsafe { copy_out(&export, buf, cap, need) }
    })
}
