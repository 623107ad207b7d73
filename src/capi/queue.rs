//! `tiro_queue`: a completion queue.

use std::ffi::c_void;
use std::sync::Arc;
use std::time::Instant;

use super::boundary::{
    HostCallback, HostData, TIRO_OK, TIRO_PENDING, call, free, output, set_if_wanted, timeout_in,
    tiro_destroy_fn, tiro_status,
};
use super::error::tiro_error;
use super::handle::{self, Handle, Kind};
use super::op::tiro_op;
use crate::runtime::{EventKind, Queue};

/// A completion queue. For any number of threads at once.
pub struct tiro_queue {
    _opaque: (),
}

impl Handle for tiro_queue {
    const KIND: Kind = Kind::Queue;
    type Object = Queue;
}

/// Event: the operation has ended. The last event of an operation; a join no longer waits.
pub const TIRO_EVENT_DONE: i32 = 1;
/// Event: the operation is further than before; ask `tiro_op_progress`. At most ten a second, merged.
pub const TIRO_EVENT_PROGRESS: i32 = 2;
/// Event: the service has told something that waits in the operation. Merged: it stands for all that wait.
pub const TIRO_EVENT_SERVICE: i32 = 3;

/// Called when a queue becomes non-empty, on the library's callback thread.
pub type tiro_wakeup_fn = Option<unsafe extern "C" fn(user_data: *mut c_void, queue: *mut tiro_queue)>;

/// Makes an empty queue.
///
/// NULL: `err` may be NULL. Free with `tiro_queue_free`.
/// Returns: `TIRO_OK`; `TIRO_E_NULL`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `queue` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_queue_new(
    queue: *mut *mut tiro_queue,
    err: *mut *mut tiro_error,
) -> tiro_status {
    call(err, || {
        // SAFETY: as promised above.
        let queue = unsafe { output("queue", queue) }?;
        *queue = handle::insert(Queue::new())?;
        Ok(TIRO_OK)
    })
}

/// Frees a queue and closes its file descriptor (take that out of the event loop first). Attached operations go on,
/// their events are dropped; a `tiro_queue_next` that waits returns `TIRO_PENDING`.
///
/// NULL: `queue` may be NULL.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_queue_free(queue: *mut tiro_queue) {
    free(queue, Queue::close);
}

/// Takes the oldest event: `*kind` is `TIRO_EVENT_*` (pass over kinds that you do not know), `*op` the attached handle
/// (not a new one), `*tag` what it was attached with, `*status` how an operation that is done ended.
///
/// NULL: `status` and `err` may be NULL.
/// Returns: `TIRO_OK`; `TIRO_PENDING` if there was none in time, or the queue was freed; `TIRO_E_DEADLOCK` for a wait
/// inside a callback; `TIRO_E_FORKED`, `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any; each event goes to one caller. Blocks: up to `timeout_ms` (negative: without limit; 0: not at all).
/// @since 0.1.0
///
/// # Safety
/// `kind`, `op`, `tag`, `status` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_queue_next(
    queue: *mut tiro_queue,
    timeout_ms: i64,
    kind: *mut i32,
    op: *mut *mut tiro_op,
    tag: *mut *mut c_void,
    status: *mut tiro_status,
    err: *mut *mut tiro_error,
) -> tiro_status {
    call(err, || {
        // All are blanked, also if one of them is NULL.
        // SAFETY: as promised above.
        let (kind, op, tag) = unsafe {
            set_if_wanted(status, TIRO_OK);
            (output("kind", kind), output("op", op), output("tag", tag))
        };
        let (kind, op, tag) = (kind?, op?, tag?);
        let queue = handle::get(queue)?;
        let timeout = timeout_in(timeout_ms);
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        loop {
            let left = match deadline {
                Some(deadline) => Some(deadline.saturating_duration_since(Instant::now())),
                None => timeout,
            };
            let Some(event) = queue.next(left)? else { return Ok(TIRO_PENDING) };
            let handle_of_op: *mut tiro_op = std::ptr::without_provenance_mut(event.key as usize);
            // An event that was on its way while its operation was freed is nobody's any more.
            if handle::get(handle_of_op).is_err() {
                continue;
            }
            *kind = match event.kind {
                EventKind::Done => TIRO_EVENT_DONE,
                EventKind::Progress => TIRO_EVENT_PROGRESS,
                EventKind::Service => TIRO_EVENT_SERVICE,
            };
            *op = handle_of_op;
            *tag = std::ptr::without_provenance_mut(event.tag);
            // SAFETY: as promised above.
            unsafe { set_if_wanted(status, event.failure.map_or(TIRO_OK, |kind| kind.code())) };
            return Ok(TIRO_OK);
        }
    })
}

/// Gives a file descriptor that is readable while events wait (level-triggered), for poll, epoll, kqueue and their
/// like. It is the same at each call and belongs to the queue: never read, write or close it.
///
/// NULL: `err` may be NULL.
/// Returns: `TIRO_OK`; `TIRO_E_TOO_MANY_FILES`; `TIRO_E_UNSUPPORTED` on Windows (use `tiro_queue_set_wakeup`);
/// `TIRO_E_FORKED`, `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `fd` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_queue_fd(
    queue: *mut tiro_queue,
    fd: *mut i32,
    err: *mut *mut tiro_error,
) -> tiro_status {
    call(err, || {
        // SAFETY: as promised above.
        let fd = unsafe { output("fd", fd) }?;
        let queue = handle::get(queue)?;
        #[cfg(unix)]
        {
            *fd = -1;
            *fd = queue.fd()?;
            Ok(TIRO_OK)
        }
        #[cfg(not(unix))]
        {
            let _ = (fd, queue);
            Err(crate::error::Error::new(
                crate::error::ErrorKind::Unsupported,
                "there are no such descriptors here",
            ))
        }
    })
}

/// Calls `cb` on the library's callback thread whenever the queue becomes non-empty, and once now if it is not empty.
/// Replaces an earlier callback, whose `destroy` then runs. The callback should only wake the loop that takes the
/// events.
///
/// NULL: `cb` NULL takes the callback back; `user_data`, `destroy` and `err` may be NULL. `destroy` runs exactly once,
/// also if this fails.
/// Returns: `TIRO_OK`; `TIRO_E_FORKED`, `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `cb` and `destroy` may be called with `user_data` on another thread; `err` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_queue_set_wakeup(
    queue: *mut tiro_queue,
    cb: tiro_wakeup_fn,
    user_data: *mut c_void,
    destroy: tiro_destroy_fn,
    err: *mut *mut tiro_error,
) -> tiro_status {
    let data = HostData::new(user_data, destroy);
    call(err, || {
        let object = handle::get(queue)?;
        let token = queue.addr();
        let wakeup = cb.map(|cb| {
            let host = HostCallback::new(cb, data);
            let wake = move || {
                let queue = std::ptr::without_provenance_mut(token);
                // SAFETY: the host's function with the data it was given with.
                unsafe { (host.function)(host.user_data(), queue) };
            };
            Arc::new(wake) as Arc<dyn Fn() + Send + Sync>
        });
        object.set_wakeup(wakeup)?;
        Ok(TIRO_OK)
    })
}
