//! What services can do where a transcription has to be ordered and paid ([`Orders`]).

use super::{Call, ServiceFuture};
use crate::order::Order;

/// A service that charges for each order. It never decides about money: whoever calls [`Orders::place`] has compared the
/// price of that order with what was agreed to.
pub(crate) trait Orders: Send + Sync {
    /// Makes an order of recordings that are uploaded. Costs nothing yet. Sent once at most.
    fn create<'a>(&'a self, call: &'a Call, recording_ids: &'a [String]) -> ServiceFuture<'a, Order>;

    /// An order as it is now, with its price.
    fn order<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, Order>;

    /// The order that a recording is in.
    fn order_of<'a>(&'a self, call: &'a Call, recording_id: &'a str) -> ServiceFuture<'a, OrderOf>;

    /// Sets what the call's `order.*` options (and `language`) say, for every recording of the order, and leaves the rest.
    /// Names are looked up in the service's dictionaries.
    fn edit<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, Order>;

    /// Applies a promotional code, before the order is placed.
    fn apply_promo<'a>(&'a self, call: &'a Call, id: &'a str, code: &'a str) -> ServiceFuture<'a, Order>;

    /// Buys it. Sent once at most: where the answer is lost, the error says so by [`crate::Error::is_retriable`] being
    /// false, and [`Orders::was_placed`] is asked.
    fn place<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, ()>;

    /// Whether an order was placed since it was as `before`; `None`: the wire cannot tell.
    fn was_placed<'a>(&'a self, call: &'a Call, before: &'a Order) -> ServiceFuture<'a, Option<bool>>;

    /// Removes an order that is not placed.
    fn delete<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, ()>;
}

/// What is known of the order of a recording.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum OrderOf {
    /// It is in the order of this id.
    Order(String),
    /// It surely is in none.
    None,
    /// The wire cannot tell.
    Unknown,
}
