//! Files and buffers of Python's, read piece by piece by a thread of tiro's that attaches for each piece.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyByteArrayMethods, PyBytes, PyMemoryView, PySlice};
use tiro::{ErrorKind, ReadCallbacks};

use crate::attach::{Held, attached};
use crate::error::refused;
use crate::is_awaitable;

/// How much is read at a time: enough that attaching costs nothing beside it.
const CHUNK: usize = 64 << 10;

/// Where a source keeps the exception that its `read()` raised, for the error that the call ends with.
#[derive(Clone, Default)]
pub(crate) struct Failure(Arc<Mutex<Option<Held>>>);

impl Failure {
    pub(crate) fn take(&self) -> Option<Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn set(&self, raised: Held) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(raised);
    }
}

/// A source that is read in pieces of [`CHUNK`], however small the pieces are that are asked for.
pub(super) struct Buffered<R> {
    source: R,
    ahead: Vec<u8>,
    taken: usize,
}

impl<R: ReadCallbacks> Buffered<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source, ahead: Vec::new(), taken: 0 }
    }
}

impl<R: ReadCallbacks> ReadCallbacks for Buffered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.ahead.len() {
            if buffer.len() >= CHUNK {
                return self.source.read(buffer);
            }
            self.taken = 0;
            self.ahead.resize(CHUNK, 0);
            let count = self.source.read(&mut self.ahead);
            self.ahead.truncate(*count.as_ref().unwrap_or(&0));
            count?;
        }
        let ahead = &self.ahead[self.taken..];
        let count = ahead.len().min(buffer.len());
        buffer[..count].copy_from_slice(&ahead[..count]);
        self.taken += count;
        Ok(count)
    }

    fn rewind(&mut self) -> io::Result<()> {
        self.ahead.clear();
        self.taken = 0;
        self.source.rewind()
    }

    fn can_rewind(&self) -> bool {
        self.source.can_rewind()
    }

    fn size(&mut self) -> Option<u64> {
        self.source.size()
    }
}

/// Something with `read()`.
pub(super) struct File {
    file: Held,
    read: &'static str,
    /// Where it stood when it was given, if it can seek.
    start: Option<u64>,
    size: Option<u64>,
    failure: Failure,
}

impl File {
    pub(super) fn new(file: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = file.py();
        let says = |question: &str| -> PyResult<Option<bool>> {
            match file.hasattr(question)? {
                true => file.call_method0(question)?.is_truthy().map(Some),
                false => Ok(None),
            }
        };
        if says("readable")? == Some(false) {
            return Err(refused(py, ErrorKind::Argument, "the file is not open for reading"));
        }
        let seekable = match says("seekable")? {
            Some(seekable) => seekable,
            None => file.hasattr("seek")? && file.hasattr("tell")?,
        };
        let start = if seekable { Some(file.call_method0("tell")?.extract()?) } else { None };
        let size = match start {
            Some(start) if !is_costly_to_measure(file)? => measured(file, start)?,
            _ => None,
        };
        // `read1` gives what is there; `read` would wait until it has all that was asked for.
        let read = if file.hasattr("read1")? { "read1" } else { "read" };
        Ok(Self { file: Held::new(file.clone().unbind()), read, start, size, failure: Failure::default() })
    }

    /// Where the exception will be that a call of the file's raised.
    pub(super) fn failure(&self) -> Failure {
        self.failure.clone()
    }

    fn call<R>(&self, work: impl FnOnce(&Bound<'_, PyAny>) -> Result<R, Trouble>) -> io::Result<R> {
        let called = attached(|py| {
            work(self.file.bind(py)).map_err(|trouble| {
                let message = trouble.message(py);
                self.failure.set(Held::new(trouble.raised.into_value(py).into_any()));
                message
            })
        });
        called.ok_or_else(|| io::Error::other("the interpreter is about to end"))?.map_err(io::Error::other)
    }
}

/// What kept a piece from being read. The exception becomes the error's cause.
struct Trouble {
    raised: PyErr,
    /// What is wrong with what `read()` returned, where it is that.
    told: Option<String>,
}

impl From<PyErr> for Trouble {
    fn from(raised: PyErr) -> Self {
        Self { raised, told: None }
    }
}

impl Trouble {
    fn of_type(told: String) -> Self {
        Self { raised: PyTypeError::new_err(told.clone()), told: Some(told) }
    }

    fn of_value(told: String) -> Self {
        Self { raised: PyValueError::new_err(told.clone()), told: Some(told) }
    }

    /// For an error that is logged and kept in a journal: of an exception of others the type alone, as its text may hold
    /// what is secret, such as a signed address.
    fn message(&self, py: Python<'_>) -> String {
        let raised = || match self.raised.get_type(py).name() {
            Ok(name) => format!("{name} was raised"),
            Err(_) => "an exception was raised".to_owned(),
        };
        self.told.clone().unwrap_or_else(raised)
    }
}

impl ReadCallbacks for File {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.call(|file| {
            let piece = file.call_method1(self.read, (buffer.len(),))?;
            copied(&piece, buffer)
        })
    }

    fn rewind(&mut self) -> io::Result<()> {
        self.call(|file| Ok(file.call_method1("seek", (self.start,)).map(drop)?))
    }

    fn can_rewind(&self) -> bool {
        self.start.is_some()
    }

    fn size(&mut self) -> Option<u64> {
        self.size
    }
}

/// Copies what a `read()` returned.
fn copied(piece: &Bound<'_, PyAny>, buffer: &mut [u8]) -> Result<usize, Trouble> {
    if let Ok(bytes) = piece.cast::<PyBytes>() {
        return fitted(bytes.as_bytes(), buffer);
    }
    if let Ok(array) = piece.cast::<PyByteArray>() {
        return fitted(&array.to_vec(), buffer);
    }
    if piece.is_none() {
        let told = "read() returned None: the file does not wait for its data";
        return Err(Trouble::of_value(told.to_owned()));
    }
    let kind = piece.get_type().name()?;
    if is_awaitable(piece)? {
        let way = "a source's read() is not async: give the path, or read the file yourself";
        return Err(Trouble::of_type(format!("read() returned {kind}, not bytes: {way}")));
    }
    Err(Trouble::of_type(format!("read() returned {kind}, not bytes")))
}

fn fitted(bytes: &[u8], buffer: &mut [u8]) -> Result<usize, Trouble> {
    let (count, asked) = (bytes.len(), buffer.len());
    let room = buffer
        .get_mut(..count)
        .ok_or_else(|| Trouble::of_value(format!("read({asked}) returned {count} bytes")))?;
    room.copy_from_slice(bytes);
    Ok(count)
}

/// Whether seeking to the end means to unpack all there is.
fn is_costly_to_measure(file: &Bound<'_, PyAny>) -> PyResult<bool> {
    for class in file.get_type().mro() {
        let module: String = class.getattr("__module__").and_then(|name| name.extract()).unwrap_or_default();
        if matches!(
            module.as_str(),
            "gzip" | "bz2" | "lzma" | "zipfile" | "_compression" | "compression._common"
        ) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How many bytes there are from `start` on; `None` if the file does not tell.
fn measured(file: &Bound<'_, PyAny>, start: u64) -> PyResult<Option<u64>> {
    if file.call_method1("seek", (0, 2)).is_err() {
        file.call_method1("seek", (start,))?;
        return Ok(None);
    }
    let end: u64 = file.call_method0("tell")?.extract()?;
    file.call_method1("seek", (start,))?;
    // A device says that it ends at 0.
    Ok(end.checked_sub(start).filter(|size| *size > 0))
}

/// A buffer that is not `bytes`: its owner may write to it, so each piece is copied while attached. It cannot be
/// resized meanwhile.
pub(super) struct View {
    view: Held,
    size: usize,
    position: usize,
}

impl View {
    pub(super) fn new(view: &Bound<'_, PyMemoryView>) -> PyResult<Self> {
        let bytes = view.call_method1("cast", ("B",))?;
        let size = bytes.len()?;
        Ok(Self { view: Held::new(bytes.unbind()), size, position: 0 })
    }
}

impl ReadCallbacks for View {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let end = self.size.min(self.position.saturating_add(buffer.len()));
        let mut slice = |py: Python<'_>| -> Result<usize, Trouble> {
            let range = PySlice::new(py, self.position as isize, end as isize, 1);
            let piece = self.view.bind(py).get_item(range)?.call_method0("tobytes")?;
            copied(&piece, buffer)
        };
        let count = attached(|py| slice(py).map_err(|trouble| trouble.message(py)));
        let count = count
            .ok_or_else(|| io::Error::other("the interpreter is about to end"))?
            .map_err(io::Error::other)?;
        self.position += count;
        Ok(count)
    }

    fn rewind(&mut self) -> io::Result<()> {
        self.position = 0;
        Ok(())
    }

    fn can_rewind(&self) -> bool {
        true
    }

    fn size(&mut self) -> Option<u64> {
        Some(self.size as u64)
    }
}
