//! Orders, on services that charge: what is bought, and for how much. Money is decimal text with its currency, never a
//! floating-point number.

use serde::{Deserialize, Serialize};

/// An amount of money: a decimal number as the service wrote it, and its currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Such as `5.00`: digits, perhaps a point and a sign.
    pub amount: String,
    /// Such as `USD`; `""`: the service did not say.
    pub currency: String,
}

/// An order as it was when the service was asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// The service's id.
    pub id: String,
    /// The service's own number or word for its status, whose meanings are not published; `""`: it did not say.
    pub raw_status: String,
    /// What it costs, all in all; `None`: the service did not say.
    pub price: Option<Price>,
    /// The recordings in it.
    pub recording_ids: Vec<String>,
    /// When it was paid, in Unix milliseconds, if it was; `None` also where the service does not say.
    pub paid_at_ms: Option<i64>,
    /// The service's own description of it, as JSON.
    pub raw: String,
}
