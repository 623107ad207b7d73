//! `tiro_service_event`: what a service tells without being asked, and how it is taken out of its operation.

use std::ffi::c_char;

use super::boundary::{TIRO_OK, TIRO_PENDING, call as guarded, free, output, read, timeout_in, tiro_status};
use super::client::{start, tiro_client};
use super::error::tiro_error;
use super::handle::{self, Handle, Kind};
use super::op::tiro_op;
use super::options::tiro_options;
use super::recording::{self, tiro_recording};
use super::text::{self, TextFields, Texts, borrow};
use crate::events::{Events, ServiceEvent};

/// What a service has told: that a recording has changed, that an export is complete. Immutable; may be read by any
/// thread.
pub struct tiro_service_event {
    _opaque: (),
}

impl Handle for tiro_service_event {
    const KIND: Kind = Kind::ServiceEvent;
    type Object = EventObject;
}

pub(super) struct EventObject {
    event: ServiceEvent,
    texts: Texts<2>,
}

/// Field of `tiro_service_event_copy`: the recording that it is about.
pub const TIRO_SERVICE_EVENT_TEXT_RECORDING_ID: i32 = 0;
/// Field of `tiro_service_event_copy`: what the service sent.
pub const TIRO_SERVICE_EVENT_TEXT_DETAIL: i32 = 1;

impl TextFields<2> for tiro_service_event {
    fn text(object: &Self::Object, field: i32) -> Option<&str> {
        Some(match field {
            TIRO_SERVICE_EVENT_TEXT_RECORDING_ID => &object.event.recording_id,
            TIRO_SERVICE_EVENT_TEXT_DETAIL => &object.event.detail,
            _ => return None,
        })
    }

    fn texts(object: &Self::Object) -> &Texts<2> {
        &object.texts
    }
}

/// Starts to listen to what the service tells of the recordings: pushed where it can, else found by asking. Not
/// what there is already, but what changes once it listens: start it before an upload. The operation has events, which `tiro_op_take_event` gives, and no result; it goes on until it is cancelled or freed, or
/// no event can follow. Attached to a queue, it sends `TIRO_EVENT_SERVICE` when events wait. At most 1024 of them do, and 4 MiB:
/// an event that the list has changed stands for those that found no room.
///
/// NULL: `call` and `err` may be NULL. The operation is the caller's: join it or free it.
/// Returns: `TIRO_OK`; `TIRO_E_OPTION`, `TIRO_E_FORKED`, `TIRO_E_NULL`, `TIRO_E_HANDLE`. The operation:
/// `TIRO_E_UNSUPPORTED` if the service tells nothing, `TIRO_E_ACCOUNT_DELETED` and what the service says.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `op` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_events(
    client: *mut tiro_client,
    call: *const tiro_options,
    op: *mut *mut tiro_op,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { start(client, call, op, err, |client, call| client.events(call).map(Events::into_operation)) }
}

/// Takes the oldest event out of an operation of `tiro_client_events`, waiting for one if there is none. After
/// `TIRO_EVENT_SERVICE`, take events with a timeout of 0 until there is none.
///
/// NULL: `err` may be NULL. The event is the caller's: free it with `tiro_service_event_free`.
/// Returns: `TIRO_OK`; `TIRO_PENDING` if there was none in time; once the operation has ended and all its events are
/// taken, what it ended with (`TIRO_E_CANCELLED` if it was no error). Of the wait itself: `TIRO_E_DEADLOCK` inside a
/// callback, `TIRO_E_FORKED`, `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any; each event goes to one caller. Blocks: up to `timeout_ms` (negative: without limit; 0: not at all).
/// @since 0.1.0
///
/// # Safety
/// `event` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_op_take_event(
    op: *mut tiro_op,
    timeout_ms: i64,
    event: *mut *mut tiro_service_event,
    err: *mut *mut tiro_error,
) -> tiro_status {
    guarded(err, || {
        // SAFETY: as promised above.
        let out = unsafe { output("event", event) }?;
        let taken = handle::get(op)?.operation.next_event(timeout_in(timeout_ms))?;
        let Some(event) = taken else { return Ok(TIRO_PENDING) };
        *out = handle::insert(EventObject { event, texts: Texts::new() })?;
        Ok(TIRO_OK)
    })
}

/// Frees an event and the texts borrowed from it.
///
/// NULL: `event` may be NULL.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_service_event_free(event: *mut tiro_service_event) {
    free(event, |_| ());
}

/// What an event tells: `TIRO_SERVICE_EVENT_*`. Pass over kinds that you do not know.
///
/// NULL: `event` may be NULL.
/// Returns: 0 for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_service_event_kind(event: *const tiro_service_event) -> i32 {
    read(event, 0, |object| object.event.kind as i32)
}

/// The id of the recording that an event is about.
///
/// NULL: `event` and `len` may be NULL. Borrowed until the event is freed; copy with `tiro_service_event_copy`.
/// Returns: `""` if it is about none, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_service_event_recording_id(
    event: *const tiro_service_event,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(event, TIRO_SERVICE_EVENT_TEXT_RECORDING_ID, len) }
}

/// What the service sent, as JSON.
///
/// NULL: `event` and `len` may be NULL. Borrowed until the event is freed; copy with `tiro_service_event_copy`.
/// Returns: `""` if the event was found by asking, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_service_event_detail(
    event: *const tiro_service_event,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(event, TIRO_SERVICE_EVENT_TEXT_DETAIL, len) }
}

/// Gives the recording of an event, as it is known by then; an event need not have one.
///
/// NULL: `err` may be NULL. The recording is the caller's: free it with `tiro_recording_free`.
/// Returns: `TIRO_OK`; `TIRO_PENDING`, and no recording, if the event has none; `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `recording` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_service_event_recording(
    event: *const tiro_service_event,
    recording: *mut *mut tiro_recording,
    err: *mut *mut tiro_error,
) -> tiro_status {
    guarded(err, || {
        // SAFETY: as promised above.
        let out = unsafe { output("recording", recording) }?;
        let Some(known) = handle::get(event)?.event.recording.clone() else { return Ok(TIRO_PENDING) };
        *out = recording::new_handle(known)?;
        Ok(TIRO_OK)
    })
}

/// Copies a text of an event (`TIRO_SERVICE_EVENT_TEXT_RECORDING_ID`, `TIRO_SERVICE_EVENT_TEXT_DETAIL`) with its NUL into `buf`;
/// `*need` is the size that takes.
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
pub unsafe extern "C" fn tiro_service_event_copy(
    event: *const tiro_service_event,
    field_number: i32,
    buf: *mut c_char,
    cap: usize,
    need: *mut usize,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { text::copy(event, field_number, buf, cap, need, err) }
}
