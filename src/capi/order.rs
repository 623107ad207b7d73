//! `tiro_order`: an order as it was when the service was asked.

use std::ffi::c_char;

use super::boundary::{free, read, tiro_status};
use super::error::tiro_error;
use super::handle::{self, Handle, Kind};
use super::text::{self, TextFields, Texts, borrow, borrow_of};
use crate::error::Result;
use crate::order::{Order, Price};

/// An order as it was when the service was asked. Immutable; may be read by any thread.
pub struct tiro_order {
    _opaque: (),
}

impl Handle for tiro_order {
    const KIND: Kind = Kind::Order;
    type Object = OrderObject;
}

pub(super) struct OrderObject {
    order: Order,
    /// The price as one text, with its currency.
    price: String,
    texts: Texts<6>,
    recordings: Vec<OrderedRecording>,
}

/// A recording of an order, and what it costs as one text.
struct OrderedRecording {
    id: String,
    price: String,
    texts: Texts<2>,
}

/// Field of `tiro_order_copy`: the service's id.
pub const TIRO_ORDER_ID: i32 = 0;
/// Field of `tiro_order_copy`: the service's own number or word for the status.
pub const TIRO_ORDER_RAW_STATUS: i32 = 1;
/// Field of `tiro_order_copy`: what it costs, such as `5.00 USD`.
pub const TIRO_ORDER_PRICE: i32 = 2;
/// Field of `tiro_order_copy`: what it costs, the decimal number alone.
pub const TIRO_ORDER_AMOUNT: i32 = 3;
/// Field of `tiro_order_copy`: the currency of what it costs.
pub const TIRO_ORDER_CURRENCY: i32 = 4;
/// Field of `tiro_order_copy`: the service's own description of it.
pub const TIRO_ORDER_RAW: i32 = 5;

impl TextFields<6> for tiro_order {
    fn text(object: &Self::Object, field: i32) -> Option<&str> {
        let price = object.order.price.as_ref();
        Some(match field {
            TIRO_ORDER_ID => &object.order.id,
            TIRO_ORDER_RAW_STATUS => &object.order.raw_status,
            TIRO_ORDER_PRICE => &object.price,
            TIRO_ORDER_AMOUNT => price.map_or("", |price| &price.amount),
            TIRO_ORDER_CURRENCY => price.map_or("", |price| &price.currency),
            TIRO_ORDER_RAW => &object.order.raw,
            _ => return None,
        })
    }

    fn texts(object: &Self::Object) -> &Texts<6> {
        &object.texts
    }
}

pub(super) fn new_handle(order: Order) -> Result<*mut tiro_order> {
    let shown = |price: Option<&Price>| price.map(ToString::to_string).unwrap_or_default();
    let recordings = order.recording_ids.iter().map(|id| {
        let priced = order.recording_prices.iter().find(|priced| priced.id == *id);
        let price = shown(priced.and_then(|priced| priced.price.as_ref()));
        OrderedRecording { id: id.clone(), price, texts: Texts::new() }
    });
    let (recordings, price) = (recordings.collect(), shown(order.price.as_ref()));
    handle::insert(OrderObject { order, price, texts: Texts::new(), recordings })
}

/// One of an order's recordings, by its number.
fn recording_of(object: &OrderObject, index: u64) -> Option<&OrderedRecording> {
    object.recordings.get(usize::try_from(index).ok()?)
}

/// Frees an order and the texts borrowed from it. Nothing happens at the service.
///
/// NULL: `order` may be NULL.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_order_free(order: *mut tiro_order) {
    free(order, |_| ());
}

/// The service's id of an order.
///
/// NULL: `order` and `len` may be NULL. Borrowed until the order is freed; copy with `tiro_order_copy`.
/// Returns: `""` for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_order_id(order: *const tiro_order, len: *mut usize) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(order, TIRO_ORDER_ID, len) }
}

/// The service's own number or word for the status of an order, whose meanings it may not publish.
///
/// NULL: `order` and `len` may be NULL. Borrowed until the order is freed; copy with `tiro_order_copy`.
/// Returns: `""` if the service did not say, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_order_raw_status(order: *const tiro_order, len: *mut usize) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(order, TIRO_ORDER_RAW_STATUS, len) }
}

/// What an order costs, all in all, such as `5.00 USD`: as `confirmed_price` takes it.
///
/// NULL: `order` and `len` may be NULL. Borrowed until the order is freed; copy with `tiro_order_copy`.
/// Returns: `""` if the service did not say, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_order_price(order: *const tiro_order, len: *mut usize) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(order, TIRO_ORDER_PRICE, len) }
}

/// What an order costs: the decimal number alone, such as `5.00`. Not for floating-point numbers.
///
/// NULL: `order` and `len` may be NULL. Borrowed until the order is freed; copy with `tiro_order_copy`.
/// Returns: `""` if the service did not say, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_order_amount(order: *const tiro_order, len: *mut usize) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(order, TIRO_ORDER_AMOUNT, len) }
}

/// The currency of what an order costs, such as `USD`.
///
/// NULL: `order` and `len` may be NULL. Borrowed until the order is freed; copy with `tiro_order_copy`.
/// Returns: `""` if the service did not say, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_order_currency(order: *const tiro_order, len: *mut usize) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(order, TIRO_ORDER_CURRENCY, len) }
}

/// The service's own description of an order, as JSON.
///
/// NULL: `order` and `len` may be NULL. Borrowed until the order is freed; copy with `tiro_order_copy`.
/// Returns: `""` for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_order_raw(order: *const tiro_order, len: *mut usize) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(order, TIRO_ORDER_RAW, len) }
}

/// How many recordings are in an order.
///
/// NULL: `order` may be NULL.
/// Returns: 0 for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_order_recording_count(order: *const tiro_order) -> u64 {
    read(order, 0, |object| object.recordings.len() as u64)
}

/// The service's id of a recording of an order, by its number from 0.
///
/// NULL: `order` and `len` may be NULL. Borrowed until the order is freed.
/// Returns: `""` if there is no such number, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_order_recording_id(
    order: *const tiro_order,
    index: u64,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: as promised above.
    unsafe {
        borrow_of(order, len, |object| {
            let recording = recording_of(object, index)?;
            Some(recording.texts.get(0, &recording.id))
        })
    }
}

/// What a recording of an order costs, by its number from 0, such as `5.00 USD`.
///
/// NULL: `order` and `len` may be NULL. Borrowed until the order is freed.
/// Returns: `""` if the service did not say or there is no such number, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_order_recording_price(
    order: *const tiro_order,
    index: u64,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: as promised above.
    unsafe {
        borrow_of(order, len, |object| {
            let recording = recording_of(object, index)?;
            Some(recording.texts.get(1, &recording.price))
        })
    }
}

/// When an order was paid, in Unix milliseconds.
///
/// NULL: `order` may be NULL.
/// Returns: -1 if it was not or the service does not say, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_order_paid_at_ms(order: *const tiro_order) -> i64 {
    read(order, -1, |object| object.order.paid_at_ms.unwrap_or(-1))
}

/// Copies a text of an order (`TIRO_ORDER_*`) with its NUL into `buf`; `*need` is the size that takes.
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
pub unsafe extern "C" fn tiro_order_copy(
    order: *const tiro_order,
    field_number: i32,
    buf: *mut c_char,
    cap: usize,
    need: *mut usize,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { text::copy(order, field_number, buf, cap, need, err) }
}
