//! What services can do where a transcription has to be ordered and paid ([`Orders`]), and about the account that pays
//! ([`Account`]).

use secrecy::SecretString;

use super::{Call, ServiceFuture};
use crate::document::Document;
use crate::order::{Dictionary, Order};

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

    /// Tells the service what a job remembers: the order of these recordings is placed. From then on, one that is not
    /// begun waits for the service, and for nobody to order it.
    fn remember_placed(&self, _recording_ids: &[String]) {}

    /// Removes an order that is not placed.
    fn delete<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, ()>;

    /// One of the service's lists of what can be ordered; `of` is the entry of another list that it belongs to, such as
    /// the language of accents.
    fn dictionary<'a>(
        &'a self,
        call: &'a Call,
        name: &'a str,
        of: Option<&'a str>,
    ) -> ServiceFuture<'a, Dictionary>;
}

/// What a service has for the account that is charged. Documents are the service's own JSON.
pub(crate) trait Account: Send + Sync {
    /// Makes a new token that signs programs in, which may end the one before. The result is the token alone. Sent once.
    fn regenerate_application_token<'a>(&'a self, call: &'a Call) -> ServiceFuture<'a, Document>;

    /// The billing address.
    fn billing_address<'a>(&'a self, call: &'a Call) -> ServiceFuture<'a, Document>;

    /// Sets the billing address from the service's own JSON.
    fn set_billing_address<'a>(&'a self, call: &'a Call, address: String) -> ServiceFuture<'a, Document>;

    /// The card that is charged.
    fn billing_card<'a>(&'a self, call: &'a Call) -> ServiceFuture<'a, Document>;

    /// A token for the payment gateway's own forms, which take the card. The result is the token alone.
    fn billing_client_token<'a>(&'a self, call: &'a Call) -> ServiceFuture<'a, Document>;

    /// Has the card charged from now on that the payment gateway gave this nonce for.
    fn save_billing_card<'a>(&'a self, call: &'a Call, nonce: SecretString) -> ServiceFuture<'a, Document>;
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
