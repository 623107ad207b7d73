//! `tiro_op`: a running call, the ways to wait for it, and its result.

use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, Ordering};

use super::boundary::{
    Blank, HostCallback, HostData, TIRO_OK, TIRO_PENDING, call, free, output, set_if_wanted, timeout_in,
    tiro_destroy_fn, tiro_status,
};
use super::error::tiro_error;
use super::handle::{self, Handle, Kind};
use super::login::{self, tiro_login};
use super::queue::tiro_queue;
use crate::error::{Error, ErrorKind, Result};
use crate::runtime::sync::Mutex;
use crate::runtime::{Operation, Output, ProgressPhase, Queue, ResultOf};

/// A running call and, once it has ended, its result. For any number of threads at once.
pub struct tiro_op {
    _opaque: (),
}

impl Handle for tiro_op {
    const KIND: Kind = Kind::Op;
    type Object = OpObject;
}

pub(super) struct OpObject {
    pub(super) operation: Operation<Output>,
    queue: Mutex<Option<Queue>>,
    pub(super) freed: AtomicBool,
}

/// Phase of an operation: nothing can be measured yet.
pub const TIRO_PHASE_STARTING: i32 = 0;
/// Phase of an operation: the recording is being sent; progress in bytes.
pub const TIRO_PHASE_UPLOADING: i32 = 1;
/// Phase of an operation: the recording is being transcribed; progress in milliseconds of audio.
pub const TIRO_PHASE_PROCESSING: i32 = 2;
/// Phase of an operation: a model is being fetched or converted; progress in bytes.
pub const TIRO_PHASE_INSTALLING: i32 = 3;
/// Phase of an operation: a person has to log in first; `tiro_op_login` says where. Nothing is measured.
pub const TIRO_PHASE_LOGIN_REQUIRED: i32 = 4;

/// Called once when an operation has ended, on the library's callback thread. `status` is how it ended. The operation
/// is still the program's: it may join or free it here.
pub type tiro_done_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, op: *mut tiro_op, status: tiro_status)>;

impl Blank for u64 {
    const BLANK: Self = 0;
}

pub(super) fn new_handle<T: ResultOf>(operation: Operation<T>) -> Result<*mut tiro_op> {
    handle::insert(OpObject {
        operation: operation.erase(),
        queue: Mutex::default(),
        freed: AtomicBool::new(false),
    })
}

/// The number by which the queue knows the operation of a handle.
pub(super) fn key_of(op: *const tiro_op) -> u64 {
    op.addr() as u64
}

fn status_of(outcome: &Result<Output>) -> tiro_status {
    outcome.as_ref().err().map_or(TIRO_OK, |error| error.kind().code())
}

impl OpObject {
    /// Takes its events back out of its queue.
    pub(super) fn forget_events(&self, op: *const tiro_op) {
        let queue = self.queue.lock().take();
        if let Some(queue) = queue {
            self.operation.leave_queue();
            let _ = queue.purge(key_of(op)); // a forked child has nothing to forget
        }
    }
}

/// Frees an operation. A pending one is cancelled and completes as `TIRO_E_CANCELLED` for whoever still waits for it;
/// its events in a queue are dropped, its callback is still called.
///
/// NULL: `op` may be NULL.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_op_free(op: *mut tiro_op) {
    free(op, |object| {
        object.freed.store(true, Ordering::Release);
        object.operation.cancel();
        object.forget_events(op);
    });
}

/// Frees the handle of an operation that goes on by itself.
///
/// NULL: `err` may be NULL.
/// Returns: `TIRO_OK`; `TIRO_E_FORKED`, `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `err` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_op_detach(op: *mut tiro_op, err: *mut *mut tiro_error) -> tiro_status {
    call(err, || {
        handle::get(op)?.operation.progress()?; // refuses the parent's operation in a forked child
        if let Some(object) = handle::remove(op)? {
            object.forget_events(op);
            object.operation.let_go();
        }
        Ok(TIRO_OK)
    })
}

/// Asks an operation to end. Its connection is closed at once and it completes as `TIRO_E_CANCELLED`, unless it has
/// ended already. The handle stays.
///
/// NULL: `err` may be NULL.
/// Returns: `TIRO_OK`; `TIRO_E_FORKED`, `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `err` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_op_cancel(op: *mut tiro_op, err: *mut *mut tiro_error) -> tiro_status {
    call(err, || {
        let object = handle::get(op)?;
        object.operation.progress()?; // refuses the parent's operation in a forked child
        object.operation.cancel();
        Ok(TIRO_OK)
    })
}

/// Waits until an operation has ended. The operation stays, with its result.
///
/// NULL: `err` may be NULL.
/// Returns: `TIRO_PENDING` if it has not ended in time; else how it ended: `TIRO_OK`, or what it failed with, and
/// `*err` too. Of the wait itself: `TIRO_E_DEADLOCK` inside a callback, `TIRO_E_FORKED`, `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any. Blocks: up to `timeout_ms` (negative: without limit; 0: not at all).
/// @since 0.1.0
///
/// # Safety
/// `err` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_op_wait(
    op: *mut tiro_op,
    timeout_ms: i64,
    err: *mut *mut tiro_error,
) -> tiro_status {
    call(err, || {
        let object = handle::get(op)?;
        match object.operation.wait(timeout_in(timeout_ms)) {
            None => Ok(TIRO_PENDING),
            Some(outcome) => outcome.map(|_| TIRO_OK),
        }
    })
}

/// Says how far an operation is: `*phase` is what it is doing (`TIRO_PHASE_*`, which names the unit), `*done` how much
/// of it is done, `*total` how much there is, 0 if that is not known.
///
/// NULL: `phase`, `done`, `total` and `err` may be NULL.
/// Returns: `TIRO_OK`; `TIRO_E_FORKED`, `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `phase`, `done`, `total` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_op_progress(
    op: *const tiro_op,
    phase: *mut i32,
    done: *mut u64,
    total: *mut u64,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    let give = |number, part, whole| unsafe {
        set_if_wanted(phase, number);
        set_if_wanted(done, part);
        set_if_wanted(total, whole);
    };
    call(err, || {
        give(TIRO_PHASE_STARTING, 0, 0);
        let progress = handle::get(op)?.operation.progress()?;
        let number = match progress.phase {
            ProgressPhase::Starting => TIRO_PHASE_STARTING,
            ProgressPhase::Uploading => TIRO_PHASE_UPLOADING,
            ProgressPhase::Processing => TIRO_PHASE_PROCESSING,
            ProgressPhase::Installing => TIRO_PHASE_INSTALLING,
            ProgressPhase::LoginRequired => TIRO_PHASE_LOGIN_REQUIRED,
        };
        give(number, progress.done, progress.total);
        Ok(TIRO_OK)
    })
}

/// Calls `cb` once when the operation has ended, on the library's callback thread; also if it has ended already. Any
/// number of callbacks may wait for one operation. Freeing the operation does not take a callback back: the data are
/// the program's again when `destroy` runs.
///
/// NULL: `user_data`, `destroy` and `err` may be NULL; `cb` may not. `destroy` runs exactly once, also if this fails.
/// Returns: `TIRO_OK`; `TIRO_E_FORKED`, `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `cb` and `destroy` may be called with `user_data` on another thread; `err` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_op_on_done(
    op: *mut tiro_op,
    cb: tiro_done_fn,
    user_data: *mut c_void,
    destroy: tiro_destroy_fn,
    err: *mut *mut tiro_error,
) -> tiro_status {
    let data = HostData::new(user_data, destroy);
    call(err, || {
        let cb = cb.ok_or_else(|| Error::new(ErrorKind::Null, "cb is NULL"))?;
        let host = HostCallback::new(cb, data);
        let token = op.addr();
        handle::get(op)?.operation.on_done(move |outcome| {
            let op = std::ptr::without_provenance_mut(token);
            // SAFETY: the host's function with the data it was given with.
            unsafe { (host.function)(host.user_data(), op, status_of(&outcome)) };
        })?;
        Ok(TIRO_OK)
    })
}

/// Sends the events of an operation to a queue, each with `tag`; at once those that say what there is already: how far
/// it is, or that it has ended. An operation is attached to one queue, once.
///
/// NULL: `tag` may be NULL, as may `err`. The queue does not own the operation.
/// Returns: `TIRO_OK`; `TIRO_E_STATE` if it is attached already; `TIRO_E_FORKED`, `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `err` is NULL or points to a variable. `tag` is only passed on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_op_attach(
    op: *mut tiro_op,
    queue: *mut tiro_queue,
    tag: *mut c_void,
    err: *mut *mut tiro_error,
) -> tiro_status {
    call(err, || {
        let (object, queue) = (handle::get(op)?, handle::get(queue)?);
        object.operation.progress()?; // refuses the parent's operation in a forked child, before its locks
        let mut attached = object.queue.lock();
        if attached.is_some() {
            return Err(Error::new(ErrorKind::State, "the operation is attached to a queue already"));
        }
        object.operation.attach(&queue, key_of(op), tag.addr())?;
        *attached = Some(Queue::clone(&queue));
        Ok(TIRO_OK)
    })
}

/// Gives the login that an operation waits for, while a person has to log in before it can go on (its phase is
/// `TIRO_PHASE_LOGIN_REQUIRED`): send their browser to its URL, then end it with `tiro_client_receive_login` or
/// `tiro_client_complete_login` of the same client. The operation goes on by itself.
///
/// NULL: `err` may be NULL. The login is the caller's: free it with `tiro_login_free`.
/// Returns: `TIRO_OK`; `TIRO_PENDING`, and no login, if it does not wait for one; `TIRO_E_FORKED`, `TIRO_E_NULL`,
/// `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `login` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_op_login(
    op: *mut tiro_op,
    login: *mut *mut tiro_login,
    err: *mut *mut tiro_error,
) -> tiro_status {
    call(err, || {
        // SAFETY: as promised above.
        let login = unsafe { output("login", login) }?;
        let Some(waited_for) = handle::get(op)?.operation.login()? else { return Ok(TIRO_PENDING) };
        *login = login::new_handle(waited_for)?;
        Ok(TIRO_OK)
    })
}
