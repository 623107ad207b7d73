//! What can be given to be transcribed: a path; a `RemoteSource`, which is a URL; bytes and other buffers; a file
//! descriptor; a binary file or anything else with `read()`. Here it is decided which it is; how files and buffers are read lies in `callbacks`.

mod callbacks;

use std::path::PathBuf;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyInt, PyMemoryView, PyString};
use tiro::{ErrorKind, SharedBytes, Source};

use crate::attach::Held;
use crate::error::{exception, guarded, refused};
use crate::quoted;
pub(crate) use callbacks::Failure;
use callbacks::{Buffered, File, View};

/// A source, and where it keeps what its `read()` raised.
pub(crate) struct Given {
    pub(crate) source: Source,
    pub(crate) failure: Option<Failure>,
}

impl From<Source> for Given {
    fn from(source: Source) -> Self {
        Self { source, failure: None }
    }
}

/// The source that an object stands for. `name` is the file name that a service is shown, where the object has none.
pub(crate) fn given(object: &Bound<'_, PyAny>, name: Option<&str>) -> PyResult<Given> {
    let py = object.py();
    if object.is_instance_of::<PyString>() || object.hasattr("__fspath__")? {
        if name.is_some() {
            return Err(refused(
                py,
                ErrorKind::Argument,
                "a path brings its own name: open the file to give another",
            ));
        }
        let path: PathBuf = object.extract()?;
        if is_url(&path) && !path.exists() {
            // Not told again: it may be signed.
            let error = tiro::Error::new(ErrorKind::FileNotFound, "a URL is not the path of a file")
                .with_hint("give tiro.RemoteSource(url)");
            return Err(exception(py, &error));
        }
        return Ok(guarded(py, || Source::from_path(path))?.into());
    }
    if let Ok(remote) = object.cast::<RemoteSource>() {
        if name.is_some() {
            return Err(refused(py, ErrorKind::Argument, "a URL brings its own name"));
        }
        return Ok(remote.get().0.clone().into());
    }
    if let Ok(bytes) = object.cast::<PyBytes>() {
        return Ok(Source::from_bytes(Bytes::shared(bytes), name.unwrap_or_default()).into());
    }
    if object.is_instance_of::<PyInt>() && !object.is_instance_of::<PyBool>() {
        return descriptor(py, object.extract()?, name.unwrap_or_default());
    }
    if object.hasattr("read")? {
        return file(object, name);
    }
    let Ok(view) = PyMemoryView::from(object) else {
        let given = object.get_type().name()?;
        let way = if object.hasattr("__iter__")? || object.hasattr("__aiter__")? {
            ": join its pieces, or give an object whose read() hands them out"
        } else {
            ""
        };
        return Err(PyTypeError::new_err(format!(
            "a source is a path, bytes, a binary file, a file descriptor or a RemoteSource, not {given}{way}"
        )));
    };
    let view = View::new(&view)?;
    Ok(Source::from_callbacks(Box::new(Buffered::new(view)), name.unwrap_or_default()).into())
}

/// Whether a path is in truth the URL of something.
fn is_url(path: &std::path::Path) -> bool {
    let text = path.to_string_lossy();
    text.split_once("://").is_some_and(|(scheme, _)| {
        scheme.len() > 1 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

/// What stands at a public URL (http or https), for a service that fetches it by itself. tiro does not read it.
#[pyclass(frozen, module = "tiro")]
pub(crate) struct RemoteSource(Source);

#[pymethods]
impl RemoteSource {
    #[new]
    #[pyo3(signature = (url, /))]
    fn new(py: Python<'_>, url: &str) -> PyResult<Self> {
        guarded(py, || Source::from_url(url)).map(Self)
    }

    /// The file name at the end of the URL.
    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    /// Without the URL, which may hold a secret.
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("<tiro.RemoteSource {}>", quoted(py, self.0.name())?))
    }
}

/// Bytes of Python's, which never change and never move.
struct Bytes {
    start: *const u8,
    len: usize,
    _owner: Held,
}

// SAFETY: the bytes are read only, and are there as long as their owner is held.
unsafe impl Send for Bytes {}
// SAFETY: as above.
unsafe impl Sync for Bytes {}

impl Bytes {
    fn shared(bytes: &Bound<'_, PyBytes>) -> SharedBytes {
        let content = bytes.as_bytes();
        let (start, len) = (content.as_ptr(), content.len());
        std::sync::Arc::new(Self { start, len, _owner: Held::new(bytes.clone().into_any().unbind()) })
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: taken from a slice that lives as long as the owner.
        unsafe { std::slice::from_raw_parts(self.start, self.len) }
    }
}

/// A binary file. One that is nothing but a regular file of the system's is read by its descriptor, without Python.
fn file(file: &Bound<'_, PyAny>, name: Option<&str>) -> PyResult<Given> {
    let py = file.py();
    if file.is_instance(&py.import("io")?.getattr("TextIOBase")?)? {
        return Err(PyTypeError::new_err("the file is open for text: open it with mode 'rb'"));
    }
    let own_name = || -> Option<String> {
        let path: PathBuf = file.getattr("name").ok()?.extract().ok()?;
        Some(path.file_name()?.to_string_lossy().into_owned())
    };
    let name = name.map(str::to_owned).or_else(own_name).unwrap_or_default();
    #[cfg(unix)]
    if let Some(source) = system::regular_file(file, &name)? {
        return Ok(source.into());
    }
    let callbacks = File::new(file)?;
    let failure = callbacks.failure();
    let source = Source::from_callbacks(Box::new(Buffered::new(callbacks)), &name);
    Ok(Given { source, failure: Some(failure) })
}

#[cfg(unix)]
fn descriptor(py: Python<'_>, fd: i32, name: &str) -> PyResult<Given> {
    guarded(py, || system::from_descriptor(fd, name)).map(Given::from)
}

#[cfg(not(unix))]
fn descriptor(py: Python<'_>, _fd: i32, _name: &str) -> PyResult<Given> {
    Err(refused(
        py,
        ErrorKind::Unsupported,
        "a file descriptor cannot be a source on this platform: give the file",
    ))
}

/// Files by their descriptors.
#[cfg(unix)]
mod system {
    use std::fs::File;
    use std::io::Seek;
    use std::os::fd::{BorrowedFd, RawFd};

    use pyo3::prelude::*;
    use tiro::{Error, Source};

    use crate::error::guarded;

    /// From where the descriptor stands now; a duplicate is kept.
    pub(super) fn from_descriptor(fd: RawFd, name: &str) -> tiro::Result<Source> {
        let mut file = duplicate(fd)?;
        let regular = file.metadata().is_ok_and(|metadata| metadata.is_file());
        let at = |error| Error::io("the file descriptor", &error);
        let offset = if regular { file.stream_position().map_err(at)? } else { 0 };
        Source::from_fd(file.into(), offset, name)
    }

    /// A file of Python's own make over a regular file, from where it is being read now. Others may well have a
    /// `fileno()`, but what they read is something else: that of a compressed file is the compressed one's.
    pub(super) fn regular_file(file: &Bound<'_, PyAny>, name: &str) -> PyResult<Option<Source>> {
        let py = file.py();
        let io = py.import("io")?;
        let is_a = |object: &Bound<'_, PyAny>, class: &str| -> PyResult<bool> {
            Ok(object.get_type().is(&io.getattr(class)?))
        };
        let buffered = is_a(file, "BufferedReader")? || is_a(file, "BufferedRandom")?;
        let raw = if buffered { file.getattr("raw")? } else { file.clone() };
        if !is_a(&raw, "FileIO")? || !file.call_method0("readable")?.is_truthy()? {
            return Ok(None);
        }
        if is_a(file, "BufferedRandom")? {
            file.call_method0("flush")?;
        }
        let fd: RawFd = raw.call_method0("fileno")?.extract()?;
        let own = guarded(py, || duplicate(fd))?;
        if !own.metadata().is_ok_and(|metadata| metadata.is_file()) {
            return Ok(None);
        }
        let offset: u64 = file.call_method0("tell")?.extract()?;
        guarded(py, || Source::from_fd(own.into(), offset, name)).map(Some)
    }

    fn duplicate(fd: RawFd) -> tiro::Result<File> {
        if fd < 0 {
            return Err(Error::new(tiro::ErrorKind::Argument, "a file descriptor is not negative"));
        }
        // SAFETY: borrowed for this call only; a number that is no open descriptor makes it fail.
        let borrowed = unsafe { BorrowedFd::borrow_raw(fd) };
        let own = borrowed.try_clone_to_owned();
        own.map(File::from).map_err(|error| Error::io("the file descriptor", &error))
    }
}
