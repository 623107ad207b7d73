//! The handle table. A handle is a token `{slot, generation, kind}` of this one table, never an address: a stale, wrong
//! or made-up one is found out by a look-up. The bits are set so that following the token as an address faults.
//!
//! ```text
//! bits 63..60  0111: no canonical address on x86-64
//!      59..56  kind
//!      55      1: not a user address where the top byte is ignored (aarch64)
//!      54..24  generation of the slot
//!      23..0   slot
//! ```
//!
//! In a forked child the slots of the parent stay readable, without waiting for locks that nobody will release; what
//! the child makes goes into slots that the parent never used.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use once_cell::race::OnceBox;

use crate::error::{Error, ErrorKind, Result};
use crate::runtime::PerProcess;
use crate::runtime::sync::{Mutex, RwLock};

#[cfg(not(target_pointer_width = "64"))]
compile_error!("handles of the C ABI need 64-bit pointers");

const TAG: u64 = 0b0111 << 60 | 1 << 55;
const TAG_MASK: u64 = 0b1111 << 60 | 1 << 55;
const KIND_SHIFT: u32 = 56;
const KIND_MASK: u8 = 0b1111;
const GENERATION_SHIFT: u32 = 24;
const LAST_GENERATION: u32 = (1 << 31) - 1;
const SLOT_MASK: u64 = (1 << GENERATION_SHIFT) - 1;
/// Slots of the first chunk; each further one has twice as many.
const FIRST_CHUNK: u32 = 64;
const CHUNKS: usize = 18;
const SLOTS: u32 = FIRST_CHUNK * ((1 << CHUNKS) - 1);

/// Handles of any kind.
pub const TIRO_HANDLE_ANY: i32 = 0;
/// Handles of `tiro_options`.
pub const TIRO_HANDLE_OPTIONS: i32 = 1;
/// Handles of `tiro_client`.
pub const TIRO_HANDLE_CLIENT: i32 = 2;
/// Handles of `tiro_op`.
pub const TIRO_HANDLE_OP: i32 = 3;
/// Handles of `tiro_queue`.
pub const TIRO_HANDLE_QUEUE: i32 = 4;
/// Handles of `tiro_source`.
pub const TIRO_HANDLE_SOURCE: i32 = 5;
/// Handles of `tiro_error`.
pub const TIRO_HANDLE_ERROR: i32 = 6;
/// Handles of `tiro_recording`.
pub const TIRO_HANDLE_RECORDING: i32 = 7;
/// Handles of `tiro_page`.
pub const TIRO_HANDLE_PAGE: i32 = 8;
/// Handles of `tiro_transcript`.
pub const TIRO_HANDLE_TRANSCRIPT: i32 = 9;
/// Handles of `tiro_login`.
pub const TIRO_HANDLE_LOGIN: i32 = 10;
/// Handles of `tiro_document`.
pub const TIRO_HANDLE_DOCUMENT: i32 = 11;
/// Handles of `tiro_service_event`.
pub const TIRO_HANDLE_SERVICE_EVENT: i32 = 12;
/// Handles of `tiro_order`.
pub const TIRO_HANDLE_ORDER: i32 = 13;

/// Declares [`Kind`] and [`KINDS`] from one list.
macro_rules! handle_kinds {
    ($($kind:ident = $number:ident, $name:literal;)+) => {
        /// What a handle is one of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum Kind { $($kind = $number as u8,)+ }

        /// Every kind, with what its type is called after `tiro_`.
        pub(super) const KINDS: &[(Kind, &str)] = &[$((Kind::$kind, $name),)+];
    };
}

// The numbers stand above, where the header's generator sees them.
handle_kinds! {
    Options = TIRO_HANDLE_OPTIONS, "options";
    Client = TIRO_HANDLE_CLIENT, "client";
    Op = TIRO_HANDLE_OP, "op";
    Queue = TIRO_HANDLE_QUEUE, "queue";
    Source = TIRO_HANDLE_SOURCE, "source";
    Error = TIRO_HANDLE_ERROR, "error";
    Recording = TIRO_HANDLE_RECORDING, "recording";
    Page = TIRO_HANDLE_PAGE, "page";
    Transcript = TIRO_HANDLE_TRANSCRIPT, "transcript";
    Login = TIRO_HANDLE_LOGIN, "login";
    Document = TIRO_HANDLE_DOCUMENT, "document";
    ServiceEvent = TIRO_HANDLE_SERVICE_EVENT, "service_event";
    Order = TIRO_HANDLE_ORDER, "order";
}

/// One more than the largest kind: they are numbered from 1 without a gap.
const KIND_NUMBERS: usize = KINDS.len() + 1;

const _: () = {
    assert!(KIND_NUMBERS <= KIND_MASK as usize + 1, "a kind has four bits of a token");
    let mut index = 0;
    while index < KINDS.len() {
        assert!(KINDS[index].0 as usize == index + 1, "a kind is counted by its number");
        index += 1;
    }
};

/// An opaque type of the header, and what stands behind its handles.
pub(super) trait Handle {
    const KIND: Kind;
    type Object: Send + Sync + 'static;
}

#[derive(Default)]
struct Slot {
    generation: u32,
    /// Of the object, if there is one.
    kind: u8,
    object: Option<Arc<dyn Any + Send + Sync>>,
}

type Chunk = Box<[RwLock<Slot>]>;

static TABLE: Table = Table::new();

struct Table {
    /// All slots ever made, over all forked ancestors. Made without a lock, never freed.
    chunks: [OnceBox<Chunk>; CHUNKS],
    /// The first slot that was never used; plain memory, so that a forked child goes on from there.
    unused: AtomicU32,
    own: PerProcess<Own>,
}

/// What belongs to this process alone.
struct Own {
    /// Slots below are the parent's.
    first: u32,
    free: Mutex<Vec<u32>>,
    live: [AtomicI64; KIND_NUMBERS],
}

/// Puts an object into the table; the result is its handle.
pub(super) fn insert<H: Handle>(object: H::Object) -> Result<*mut H> {
    TABLE.insert(object)
}

/// The object of a handle, kept alive by the result, whoever frees the handle meanwhile.
pub(super) fn get<H: Handle>(handle: *const H) -> Result<Arc<H::Object>> {
    TABLE.get(handle)
}

/// Takes a handle out of the table; of several calls one gets the object. The parent's objects are left alone in a
/// forked child: the handle ends, nothing of it is run or freed.
pub(super) fn remove<H: Handle>(handle: *const H) -> Result<Option<Arc<H::Object>>> {
    TABLE.remove(handle)
}

/// How many handles of a kind, or of any, this process has.
pub(super) fn live(kind: i32) -> i64 {
    TABLE.live(kind)
}

fn token<H>(index: u32, generation: u32, kind: Kind) -> *mut H {
    let bits =
        TAG | (kind as u64) << KIND_SHIFT | u64::from(generation) << GENERATION_SHIFT | u64::from(index);
    std::ptr::without_provenance_mut(bits as usize)
}

/// The slot and generation of a handle of this type, if it looks like one.
fn parse<H: Handle>(handle: *const H) -> Result<(u32, u32)> {
    let bits = handle.addr() as u64;
    if bits == 0 {
        return Err(Error::new(ErrorKind::Null, format!("the {:?} handle is NULL", H::KIND)));
    }
    let kind = (bits >> KIND_SHIFT) as u8 & KIND_MASK;
    if bits & TAG_MASK != TAG || kind != H::KIND as u8 {
        return Err(Error::new(ErrorKind::Handle, format!("this is no {:?} handle", H::KIND)));
    }
    let generation = (bits >> GENERATION_SHIFT) as u32 & LAST_GENERATION;
    Ok(((bits & SLOT_MASK) as u32, generation))
}

fn stale<H: Handle>() -> Error {
    Error::new(ErrorKind::Handle, format!("this {:?} handle was freed", H::KIND))
}

impl Slot {
    /// Refuses a slot that is by now, or still, somebody else's.
    fn check<H: Handle>(&self, generation: u32) -> Result<()> {
        match self.generation == generation && self.kind == H::KIND as u8 {
            true => Ok(()),
            false => Err(stale::<H>()),
        }
    }
}

impl Table {
    const fn new() -> Self {
        Self { chunks: [const { OnceBox::new() }; CHUNKS], unused: AtomicU32::new(0), own: PerProcess::new() }
    }

    fn own(&'static self) -> &'static Own {
        self.own.get_or_init(|| Own {
            first: self.unused.load(Ordering::Acquire),
            free: Mutex::default(),
            live: [const { AtomicI64::new(0) }; KIND_NUMBERS],
        })
    }

    fn slot(&self, index: u32) -> Option<&RwLock<Slot>> {
        if index >= SLOTS {
            return None;
        }
        let chunk = (index / FIRST_CHUNK + 1).ilog2();
        let first = FIRST_CHUNK * ((1 << chunk) - 1);
        let make = || {
            let slots = (0..FIRST_CHUNK << chunk).map(|_| RwLock::new(Slot::default()));
            Box::new(slots.collect())
        };
        self.chunks[chunk as usize].get_or_init(make).get((index - first) as usize)
    }

    /// The slot of a handle that was given out once.
    fn used_slot<H: Handle>(&self, index: u32) -> Result<&RwLock<Slot>> {
        if index >= self.unused.load(Ordering::Acquire) {
            return Err(stale::<H>());
        }
        self.slot(index).ok_or_else(stale::<H>)
    }

    fn insert<H: Handle>(&'static self, object: H::Object) -> Result<*mut H> {
        let own = self.own();
        let mut free = own.free.lock();
        let index = match free.pop() {
            Some(index) => index,
            None => {
                let index = self.unused.load(Ordering::Acquire);
                if index >= SLOTS {
                    return Err(Error::new(ErrorKind::State, "there are too many handles"));
                }
                self.unused.store(index + 1, Ordering::Release);
                index
            }
        };
        drop(free);
        let mut slot = self.used_slot::<H>(index)?.write();
        slot.generation += 1;
        slot.kind = H::KIND as u8;
        slot.object = Some(Arc::new(object));
        own.live[H::KIND as usize].fetch_add(1, Ordering::Relaxed);
        Ok(token(index, slot.generation, H::KIND))
    }

    fn get<H: Handle>(&'static self, handle: *const H) -> Result<Arc<H::Object>> {
        let (index, generation) = parse(handle)?;
        let lock = self.used_slot::<H>(index)?;
        let slot = if index < self.own().first {
            let forked =
                || Error::new(ErrorKind::Forked, "the parent process was changing this handle as it forked");
            lock.try_read().ok_or_else(forked)?
        } else {
            lock.read()
        };
        slot.check::<H>(generation)?;
        let object = slot.object.clone().ok_or_else(stale::<H>)?;
        object.downcast().map_err(|_| stale::<H>())
    }

    fn remove<H: Handle>(&'static self, handle: *const H) -> Result<Option<Arc<H::Object>>> {
        let (index, generation) = parse(handle)?;
        let lock = self.used_slot::<H>(index)?;
        let own = self.own();
        if index < own.first {
            if let Some(mut slot) = lock.try_write() {
                slot.check::<H>(generation)?;
                std::mem::forget(slot.object.take().ok_or_else(stale::<H>)?);
            }
            return Ok(None);
        }
        let mut slot = lock.write();
        slot.check::<H>(generation)?;
        let object = slot.object.take().ok_or_else(stale::<H>)?;
        drop(slot);
        own.live[H::KIND as usize].fetch_sub(1, Ordering::Relaxed);
        // A slot whose generations are used up is not used again: a token never comes to mean something else.
        if generation < LAST_GENERATION {
            own.free.lock().push(index);
        }
        Ok(object.downcast().ok())
    }

    fn live(&'static self, kind: i32) -> i64 {
        let live = &self.own().live;
        match (kind, usize::try_from(kind)) {
            (TIRO_HANDLE_ANY, _) => live.iter().map(|count| count.load(Ordering::Relaxed)).sum(),
            (_, Ok(kind)) => live.get(kind).map_or(0, |count| count.load(Ordering::Relaxed)),
            (_, Err(_)) => 0,
        }
    }
}

#[cfg(test)]
mod tests;
