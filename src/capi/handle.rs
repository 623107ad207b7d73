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
const GENERATION_SHIFT: u32 = 24;
const LAST_GENERATION: u32 = (1 << 31) - 1;
const SLOT_MASK: u64 = (1 << GENERATION_SHIFT) - 1;
/// Slots of the first chunk; each further one has twice as many.
const FIRST_CHUNK: u32 = 64;
const CHUNKS: usize = 18;
const SLOTS: u32 = FIRST_CHUNK * ((1 << CHUNKS) - 1);

/// What a handle is one of. The numbers are `TIRO_HANDLE_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    Options = 1,
    Client = 2,
    Op = 3,
    Queue = 4,
    Source = 5,
    Error = 6,
    Recording = 7,
    Page = 8,
    Transcript = 9,
}

/// One more than the largest kind.
const KINDS: usize = 10;

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

/// All slots ever made, over all forked ancestors. Made without a lock, never freed.
static SLOTS_BY_CHUNK: [OnceBox<Chunk>; CHUNKS] = [const { OnceBox::new() }; CHUNKS];
/// The first slot that was never used; plain memory, so that a forked child goes on from there.
static UNUSED: AtomicU32 = AtomicU32::new(0);
static OWN: PerProcess<Own> = PerProcess::new(Own::new);

/// What belongs to this process alone.
struct Own {
    /// Slots below are the parent's.
    first: u32,
    free: Mutex<Vec<u32>>,
    live: [AtomicI64; KINDS],
}

impl Own {
    fn new() -> Self {
        let live = [const { AtomicI64::new(0) }; KINDS];
        Self { first: UNUSED.load(Ordering::Acquire), free: Mutex::default(), live }
    }
}

fn slot(index: u32) -> Option<&'static RwLock<Slot>> {
    if index >= SLOTS {
        return None;
    }
    let chunk = (index / FIRST_CHUNK + 1).ilog2();
    let first = FIRST_CHUNK * ((1 << chunk) - 1);
    let make = || {
        let slots = (0..FIRST_CHUNK << chunk).map(|_| RwLock::new(Slot::default()));
        Box::new(slots.collect())
    };
    SLOTS_BY_CHUNK[chunk as usize].get_or_init(make).get((index - first) as usize)
}

/// Puts an object into the table; the result is its handle.
pub(super) fn insert<H: Handle>(object: H::Object) -> Result<*mut H> {
    let own = OWN.get();
    let mut free = own.free.lock();
    let index = match free.pop() {
        Some(index) => index,
        None => {
            let index = UNUSED.load(Ordering::Acquire);
            if index >= SLOTS {
                return Err(Error::new(ErrorKind::State, "there are too many handles"));
            }
            UNUSED.store(index + 1, Ordering::Release);
            index
        }
    };
    drop(free);
    let slot = slot(index).expect("an index that was just given out");
    let mut slot = slot.write();
    slot.generation += 1;
    slot.kind = H::KIND as u8;
    slot.object = Some(Arc::new(object));
    own.live[H::KIND as usize].fetch_add(1, Ordering::Relaxed);
    Ok(token(index, slot.generation, H::KIND))
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
    let kind = (bits >> KIND_SHIFT) as u8 & 0x0f;
    if bits & TAG_MASK != TAG || kind != H::KIND as u8 {
        return Err(Error::new(ErrorKind::Handle, format!("this is no {:?} handle", H::KIND)));
    }
    let generation = (bits >> GENERATION_SHIFT) as u32 & LAST_GENERATION;
    Ok(((bits & SLOT_MASK) as u32, generation))
}

fn stale<H: Handle>() -> Error {
    Error::new(ErrorKind::Handle, format!("this {:?} handle was freed", H::KIND))
}

/// The object of a handle, kept alive by the result, whoever frees the handle meanwhile.
pub(super) fn get<H: Handle>(handle: *const H) -> Result<Arc<H::Object>> {
    let (index, generation) = parse(handle)?;
    if index >= UNUSED.load(Ordering::Acquire) {
        return Err(stale::<H>());
    }
    let slot = slot(index).ok_or_else(stale::<H>)?;
    let slot = if index < OWN.get().first {
        let forked =
            || Error::new(ErrorKind::Forked, "the parent process was changing this handle as it forked");
        slot.try_read().ok_or_else(forked)?
    } else {
        slot.read()
    };
    if slot.generation != generation || slot.kind != H::KIND as u8 {
        return Err(stale::<H>());
    }
    let object = slot.object.clone().ok_or_else(stale::<H>)?;
    object.downcast().map_err(|_| stale::<H>())
}

/// Takes a handle out of the table; of several calls one gets the object. The parent's objects are left alone in a
/// forked child: the handle ends, nothing of it is run or freed.
pub(super) fn remove<H: Handle>(handle: *const H) -> Result<Option<Arc<H::Object>>> {
    let (index, generation) = parse(handle)?;
    if index >= UNUSED.load(Ordering::Acquire) {
        return Err(stale::<H>());
    }
    let own = OWN.get();
    let inherited = index < own.first;
    let lock = slot(index).ok_or_else(stale::<H>)?;
    let mut slot = if inherited {
        match lock.try_write() {
            Some(slot) => slot,
            None => return Ok(None),
        }
    } else {
        lock.write()
    };
    if slot.generation != generation || slot.kind != H::KIND as u8 {
        return Err(stale::<H>());
    }
    let object = slot.object.take().ok_or_else(stale::<H>)?;
    drop(slot);
    if inherited {
        std::mem::forget(object);
        return Ok(None);
    }
    own.live[H::KIND as usize].fetch_sub(1, Ordering::Relaxed);
    // A slot whose generations are used up is not used again: a token never comes to mean something else.
    if generation < LAST_GENERATION {
        own.free.lock().push(index);
    }
    Ok(object.downcast().ok())
}

/// How many handles of a kind this process has; 0: of any kind.
pub(super) fn live(kind: i32) -> i64 {
    let live = &OWN.get().live;
    match usize::try_from(kind) {
        Ok(0) => live.iter().map(|count| count.load(Ordering::Relaxed)).sum(),
        Ok(kind) => live.get(kind).map_or(0, |count| count.load(Ordering::Relaxed)),
        Err(_) => 0,
    }
}

#[cfg(test)]
mod tests;
