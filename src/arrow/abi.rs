//! The structs of Arrow's C data and C stream interfaces, and their lifetime. Their layout is fixed by Arrow.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::{null, null_mut};

/// `ARROW_FLAG_NULLABLE`
const NULLABLE: i64 = 2;

/// The type of an array: `struct ArrowSchema` of Arrow's C data interface. Dropping it releases it.
#[repr(C)]
#[derive(Debug)]
pub struct ArrowSchema {
    pub(crate) format: *const c_char,
    pub(crate) name: *const c_char,
    metadata: *const c_char,
    pub(crate) flags: i64,
    pub(crate) n_children: i64,
    pub(crate) children: *mut *mut ArrowSchema,
    pub(crate) dictionary: *mut ArrowSchema,
    pub(crate) release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    private_data: *mut c_void,
}

/// An array: `struct ArrowArray` of Arrow's C data interface. Dropping it releases it.
#[repr(C)]
#[derive(Debug)]
pub struct ArrowArray {
    pub(crate) length: i64,
    pub(crate) null_count: i64,
    pub(crate) offset: i64,
    pub(crate) n_buffers: i64,
    pub(crate) n_children: i64,
    pub(crate) buffers: *mut *const c_void,
    pub(crate) children: *mut *mut ArrowArray,
    pub(crate) dictionary: *mut ArrowArray,
    pub(crate) release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    private_data: *mut c_void,
}

/// Arrays one after the other: `struct ArrowArrayStream` of Arrow's C stream interface. Dropping it releases it.
#[repr(C)]
#[derive(Debug)]
pub struct ArrowArrayStream {
    pub(crate) get_schema: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowSchema) -> c_int>,
    pub(crate) get_next: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowArray) -> c_int>,
    pub(crate) get_last_error: Option<unsafe extern "C" fn(*mut ArrowArrayStream) -> *const c_char>,
    pub(crate) release: Option<unsafe extern "C" fn(*mut ArrowArrayStream)>,
    private_data: *mut c_void,
}

// SAFETY: they are made here only, and what they own is immutable and may be freed by any thread.
unsafe impl Send for ArrowSchema {}
// SAFETY: as above.
unsafe impl Send for ArrowArray {}
// SAFETY: as above; its functions want the stream to themselves, as the interface says.
unsafe impl Send for ArrowArrayStream {}

/// Dropped as the interface says: by its own function, unless it was released or moved away.
macro_rules! drop_by_release {
    ($($kind:ty),*) => {$(
        impl Drop for $kind {
            fn drop(&mut self) {
                if let Some(release) = self.release {
                    // SAFETY: not released yet, and nobody else's.
                    unsafe { release(self) }
                }
            }
        }
    )*};
}
drop_by_release!(ArrowSchema, ArrowArray, ArrowArrayStream);

/// The nodes below one, each in a box of its own: whoever reads may move one away, which leaves its `release` unset.
struct Below<T> {
    children: Vec<*mut T>,
    dictionary: *mut T,
}

impl<T> Below<T> {
    fn new(children: Vec<T>, dictionary: Option<T>) -> Self {
        let boxed = |node| Box::into_raw(Box::new(node));
        Self {
            children: children.into_iter().map(boxed).collect(),
            dictionary: dictionary.map_or(null_mut(), boxed),
        }
    }
}

impl<T> Drop for Below<T> {
    fn drop(&mut self) {
        for node in self.children.drain(..).chain(Some(self.dictionary).filter(|node| !node.is_null())) {
            // SAFETY: made of a box in `new`, and freed here only.
            drop(unsafe { Box::from_raw(node) });
        }
    }
}

impl ArrowSchema {
    /// A place that holds no schema.
    #[cfg(feature = "capi")]
    pub(crate) fn released() -> Self {
        Self {
            format: null(),
            name: null(),
            metadata: null(),
            flags: 0,
            n_children: 0,
            children: null_mut(),
            dictionary: null_mut(),
            release: None,
            private_data: null_mut(),
        }
    }

    pub(super) fn new(
        name: &'static CStr,
        format: &'static CStr,
        nullable: bool,
        children: Vec<Self>,
        dictionary: Option<Self>,
    ) -> Self {
        let mut below = Box::new(Below::new(children, dictionary));
        Self {
            format: format.as_ptr(),
            name: name.as_ptr(),
            metadata: null(),
            flags: if nullable { NULLABLE } else { 0 },
            n_children: below.children.len() as i64,
            children: below.children.as_mut_ptr(),
            dictionary: below.dictionary,
            release: Some(release_schema),
            private_data: Box::into_raw(below).cast(),
        }
    }
}

unsafe extern "C" fn release_schema(schema: *mut ArrowSchema) {
    // SAFETY: the interface calls this with a schema that is not released, once.
    unsafe {
        drop(Box::from_raw((*schema).private_data.cast::<Below<ArrowSchema>>()));
        (*schema).release = None;
    }
}

/// Which rows of its buffers an array has.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    pub(super) offset: usize,
    pub(super) len: usize,
    pub(super) nulls: usize,
}

/// What an array needs until its release.
struct ArrayParts<K> {
    buffers: Vec<*const c_void>,
    below: Below<ArrowArray>,
    _keeper: K,
}

impl ArrowArray {
    /// `keeper` is what the buffers belong to: it is kept until the release.
    pub(super) fn new<K>(
        keeper: K,
        rows: Rows,
        buffers: Vec<*const c_void>,
        children: Vec<Self>,
        dictionary: Option<Self>,
    ) -> Self {
        let mut parts =
            Box::new(ArrayParts { buffers, below: Below::new(children, dictionary), _keeper: keeper });
        Self {
            length: rows.len as i64,
            null_count: rows.nulls as i64,
            offset: rows.offset as i64,
            n_buffers: parts.buffers.len() as i64,
            n_children: parts.below.children.len() as i64,
            buffers: parts.buffers.as_mut_ptr(),
            children: parts.below.children.as_mut_ptr(),
            dictionary: parts.below.dictionary,
            release: Some(release_array::<K>),
            private_data: Box::into_raw(parts).cast(),
        }
    }

    /// What a stream gives at its end, and a place that holds no array.
    pub(crate) fn released() -> Self {
        Self {
            length: 0,
            null_count: 0,
            offset: 0,
            n_buffers: 0,
            n_children: 0,
            buffers: null_mut(),
            children: null_mut(),
            dictionary: null_mut(),
            release: None,
            private_data: null_mut(),
        }
    }
}

unsafe extern "C" fn release_array<K>(array: *mut ArrowArray) {
    // SAFETY: the interface calls this with an array that is not released, once.
    unsafe {
        drop(Box::from_raw((*array).private_data.cast::<ArrayParts<K>>()));
        (*array).release = None;
    }
}

/// What a stream gives: one array.
pub(super) trait OneArray: Send + 'static {
    fn schema(&self) -> ArrowSchema;
    fn array(&self) -> ArrowArray;
}

struct StreamParts<T> {
    from: T,
    given: bool,
}

impl ArrowArrayStream {
    pub(super) fn new<T: OneArray>(from: T) -> Self {
        Self {
            get_schema: Some(stream_schema::<T>),
            get_next: Some(stream_next::<T>),
            get_last_error: Some(stream_error),
            release: Some(release_stream::<T>),
            private_data: Box::into_raw(Box::new(StreamParts { from, given: false })).cast(),
        }
    }
}

unsafe extern "C" fn stream_schema<T: OneArray>(
    stream: *mut ArrowArrayStream,
    out: *mut ArrowSchema,
) -> c_int {
    // SAFETY: the interface calls this with a stream that is not released and room for a schema.
    unsafe {
        let parts = &*(*stream).private_data.cast::<StreamParts<T>>();
        out.write(parts.from.schema());
    }
    0
}

unsafe extern "C" fn stream_next<T: OneArray>(stream: *mut ArrowArrayStream, out: *mut ArrowArray) -> c_int {
    // SAFETY: the interface calls this with a stream that is not released, by one thread, and room for an array.
    unsafe {
        let parts = &mut *(*stream).private_data.cast::<StreamParts<T>>();
        out.write(if parts.given { ArrowArray::released() } else { parts.from.array() });
        parts.given = true;
    }
    0
}

/// No call fails.
unsafe extern "C" fn stream_error(_: *mut ArrowArrayStream) -> *const c_char {
    null()
}

unsafe extern "C" fn release_stream<T: OneArray>(stream: *mut ArrowArrayStream) {
    // SAFETY: the interface calls this with a stream that is not released, once.
    unsafe {
        drop(Box::from_raw((*stream).private_data.cast::<StreamParts<T>>()));
        (*stream).release = None;
    }
}
