//! `tiro_source`: what is uploaded.

use std::ffi::{c_char, c_void};
use std::io;
use std::sync::Arc;

use super::boundary::{
    HostData, TIRO_OK, call, free, optional_text_in, output, path_in, slice_in, text_in, tiro_destroy_fn,
    tiro_status,
};
use super::error::tiro_error;
use super::handle::{self, Handle, Kind};
use crate::error::{Error, ErrorKind, Result};
use crate::source::{ReadCallbacks, Source};

/// Bytes to upload. Serves one operation at a time; an operation that uses it keeps what it needs.
pub struct tiro_source {
    _opaque: (),
}

impl Handle for tiro_source {
    const KIND: Kind = Kind::Source;
    type Object = Source;
}

/// Fills `buf` with at most `cap` bytes and returns how many; 0 is the end, a negative number a failure. May block and
/// is not interrupted: an operation that is cancelled meanwhile is done at once, but `destroy` waits for the return.
pub type tiro_read_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, buf: *mut c_void, cap: usize) -> i64>;
/// Goes back to the first byte; 0 if that worked.
pub type tiro_rewind_fn = Option<unsafe extern "C" fn(user_data: *mut c_void) -> i32>;
/// The number of bytes; negative: not known.
pub type tiro_size_fn = Option<unsafe extern "C" fn(user_data: *mut c_void) -> i64>;

/// The name of a source without one.
const NO_NAME: &str = "recording";

/// Makes a source of a file. The file is opened when an operation reads it; a relative path is completed now.
///
/// NULL: `err` may be NULL. Free with `tiro_source_free`.
/// Returns: `TIRO_OK`; `TIRO_E_ARGUMENT` for an empty path; `TIRO_E_NULL`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `path` is NULL or NUL-terminated; `source` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_source_from_path(
    path: *const c_char,
    source: *mut *mut tiro_source,
    err: *mut *mut tiro_error,
) -> tiro_status {
    call(err, || {
        // SAFETY: as promised above.
        let (source, path) = unsafe { (output("source", source)?, path_in("path", path)?) };
        *source = handle::insert(Source::from_path(path)?)?;
        Ok(TIRO_OK)
    })
}

/// Makes a source of bytes in memory. With a `destroy` they are borrowed: they stay where they are, unchanged, until it
/// runs. Without one they are copied.
///
/// NULL: `data` may be NULL if `size` is 0; `user_data`, `destroy`, `name` and `err` may be NULL. `destroy` runs
/// exactly once, also if this fails. Free with `tiro_source_free`.
/// Returns: `TIRO_OK`; `TIRO_E_ARGUMENT` for a size that cannot be; `TIRO_E_UTF8`, `TIRO_E_NULL`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `data` has `size` bytes; `name` is NULL or NUL-terminated; `destroy` may be called with `user_data` on another
/// thread; `source` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_source_from_bytes(
    data: *const c_void,
    size: usize,
    user_data: *mut c_void,
    destroy: tiro_destroy_fn,
    name: *const c_char,
    source: *mut *mut tiro_source,
    err: *mut *mut tiro_error,
) -> tiro_status {
    let host = HostData::new(user_data, destroy);
    call(err, || {
        // SAFETY: as promised above.
        let (source, name) = unsafe { (output("source", source)?, optional_text_in("name", name)?) };
        // SAFETY: as promised above.
        let now = unsafe { slice_in("data", data.cast::<u8>(), size) }?;
        let bytes: crate::source::SharedBytes = match destroy {
            Some(_) => Arc::new(HostBytes { data: data.cast(), size, _host: host }),
            None => Arc::new(now.to_vec()),
        };
        *source = handle::insert(Source::from_bytes(bytes, name.unwrap_or(NO_NAME)))?;
        Ok(TIRO_OK)
    })
}

/// Memory of the host's, until `destroy`.
struct HostBytes {
    data: *const u8,
    size: usize,
    _host: HostData,
}

// SAFETY: the header says that the bytes stay where they are, unchanged, until `destroy` runs.
unsafe impl Send for HostBytes {}
// SAFETY: as above: they are only read.
unsafe impl Sync for HostBytes {}

impl AsRef<[u8]> for HostBytes {
    fn as_ref(&self) -> &[u8] {
        match self.size {
            0 => &[],
            // SAFETY: not NULL, of this size, and unchanged until `destroy` runs.
            size => unsafe { std::slice::from_raw_parts(self.data, size) },
        }
    }
}

/// Makes a source of an open file descriptor, of which a duplicate is kept. A regular file is read from `offset` on, by
/// position: the descriptor's own offset does not move. A pipe or socket is read as it comes, once; `offset` is 0.
///
/// NULL: `name` and `err` may be NULL. Free with `tiro_source_free`.
/// Returns: `TIRO_OK`; `TIRO_E_ARGUMENT` for a bad descriptor or an offset into a pipe; `TIRO_E_NOT_A_FILE` for a
/// directory; `TIRO_E_TOO_MANY_FILES`; `TIRO_E_UNSUPPORTED` on Windows; `TIRO_E_UTF8`, `TIRO_E_NULL`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `name` is NULL or NUL-terminated; `source` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_source_from_fd(
    fd: i32,
    offset: u64,
    name: *const c_char,
    source: *mut *mut tiro_source,
    err: *mut *mut tiro_error,
) -> tiro_status {
    call(err, || {
        // SAFETY: as promised above.
        let (source, name) = unsafe { (output("source", source)?, optional_text_in("name", name)?) };
        *source = handle::insert(source_of_fd(fd, offset, name.unwrap_or(NO_NAME))?)?;
        Ok(TIRO_OK)
    })
}

#[cfg(unix)]
fn source_of_fd(fd: i32, offset: u64, name: &str) -> Result<Source> {
    use std::os::fd::{FromRawFd, OwnedFd};
    // SAFETY: any number may be asked for; a bad one is refused.
    let copy = unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) };
    if copy < 0 {
        let error = io::Error::last_os_error();
        return Err(match error.raw_os_error() {
            Some(libc::EBADF) => Error::new(ErrorKind::Argument, format!("{fd} is no open file descriptor")),
            _ => Error::io("the file descriptor", &error),
        });
    }
    // SAFETY: a descriptor that was made just now and is nobody else's.
    Source::from_fd(unsafe { OwnedFd::from_raw_fd(copy) }, offset, name)
}

#[cfg(not(unix))]
fn source_of_fd(_: i32, _: u64, _: &str) -> Result<Source> {
    Err(Error::new(ErrorKind::Unsupported, "there are no such descriptors here"))
}

/// Makes a source of functions. They are called on the library's threads, one call at a time, with `user_data`.
///
/// NULL: `read` may not be NULL. `rewind` NULL: the source is read once only; `size` NULL: not known; `user_data`,
/// `destroy`, `name` and `err` may be NULL. `destroy` runs exactly once, also if this fails. Free with
/// `tiro_source_free`.
/// Returns: `TIRO_OK`; `TIRO_E_UTF8`, `TIRO_E_NULL`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// The functions may be called with `user_data` on other threads; `name` is NULL or NUL-terminated; `source` and `err`
/// are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_source_from_callbacks(
    read: tiro_read_fn,
    rewind: tiro_rewind_fn,
    size: tiro_size_fn,
    user_data: *mut c_void,
    destroy: tiro_destroy_fn,
    name: *const c_char,
    source: *mut *mut tiro_source,
    err: *mut *mut tiro_error,
) -> tiro_status {
    let host = HostData::new(user_data, destroy);
    call(err, || {
        // SAFETY: as promised above.
        let (source, name) = unsafe { (output("source", source)?, optional_text_in("name", name)?) };
        let read = read.ok_or_else(|| Error::new(ErrorKind::Null, "read is NULL"))?;
        let callbacks = HostReader { read, rewind, size, user_data, _host: host };
        *source = handle::insert(Source::from_callbacks(Box::new(callbacks), name.unwrap_or(NO_NAME)))?;
        Ok(TIRO_OK)
    })
}

struct HostReader {
    read: unsafe extern "C" fn(*mut c_void, *mut c_void, usize) -> i64,
    rewind: tiro_rewind_fn,
    size: tiro_size_fn,
    user_data: *mut c_void,
    _host: HostData,
}

// SAFETY: the header says that the functions are called on the library's threads.
unsafe impl Send for HostReader {}

impl ReadCallbacks for HostReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // SAFETY: the host's function with its data and a buffer of this size.
        let count = unsafe { (self.read)(self.user_data, buffer.as_mut_ptr().cast(), buffer.len()) };
        usize::try_from(count).map_err(|_| io::Error::other(format!("the read callback failed with {count}")))
    }

    fn rewind(&mut self) -> io::Result<()> {
        // SAFETY: the host's function with its data.
        match self.rewind.map(|rewind| unsafe { rewind(self.user_data) }) {
            Some(0) => Ok(()),
            _ => Err(io::Error::other("the rewind callback failed")),
        }
    }

    fn can_rewind(&self) -> bool {
        self.rewind.is_some()
    }

    fn size(&mut self) -> Option<u64> {
        // SAFETY: the host's function with its data.
        self.size.and_then(|size| u64::try_from(unsafe { size(self.user_data) }).ok())
    }
}

/// Makes a source of what stands at a public URL (http or https), for a service that fetches it by itself. tiro does not
/// read it. Elsewhere the operation is `TIRO_E_UNSUPPORTED`.
///
/// NULL: `err` may be NULL. Free with `tiro_source_free`.
/// Returns: `TIRO_OK`; `TIRO_E_ARGUMENT` for a URL that is none, overlong or has a user name; `TIRO_E_UTF8`,
/// `TIRO_E_NULL`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `url` is NULL or NUL-terminated; `source` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_source_from_url(
    url: *const c_char,
    source: *mut *mut tiro_source,
    err: *mut *mut tiro_error,
) -> tiro_status {
    call(err, || {
        // SAFETY: as promised above.
        let (source, url) = unsafe { (output("source", source)?, text_in("url", url)?) };
        *source = handle::insert(Source::from_url(url)?)?;
        Ok(TIRO_OK)
    })
}

/// Frees a source. An operation that is reading it goes on; the source's `destroy` runs when nobody reads it any more.
///
/// NULL: `source` may be NULL.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_source_free(source: *mut tiro_source) {
    free(source, |_| ());
}
