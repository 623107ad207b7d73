//! Orders, on services that charge: what is bought, and for how much. Money is decimal text with its currency, never a
//! floating-point number. Whether a price was agreed to is decided in one place, [`agreed`].

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::{Error, ErrorKind, Result, excerpt};
use crate::options::Options;

/// An amount of money: a decimal number as the service wrote it, and its currency. Two are equal that are the same amount of the
/// same currency, however written.
///
/// ```
/// let price: tiro::Price = "5.00 USD".parse()?;
/// assert_eq!((price.amount.as_str(), price.currency.as_str()), ("5.00", "USD"));
/// # Ok::<(), tiro::Error>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Price {
    /// Such as `5.00`: digits, perhaps a point and a sign.
    pub amount: String,
    /// Such as `USD`; `""`: the service did not say.
    pub currency: String,
}

impl Price {
    /// Which of two prices is the higher; `None` where they are of different currencies.
    pub fn compare(&self, other: &Self) -> Result<Option<Ordering>> {
        let (own, others) = (self.decimal()?, other.decimal()?);
        let comparable = self.currency.eq_ignore_ascii_case(&other.currency);
        Ok(comparable.then(|| own.cmp(&others)))
    }

    fn decimal(&self) -> Result<Decimal> {
        decimal(&self.amount)
    }
}

impl PartialEq for Price {
    fn eq(&self, other: &Self) -> bool {
        match self.compare(other) {
            Ok(order) => order == Some(Ordering::Equal),
            // One that was not made from text may hold anything.
            Err(_) => (&self.amount, &self.currency) == (&other.amount, &other.currency),
        }
    }
}

impl Eq for Price {}

/// Only within one currency.
impl PartialOrd for Price {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match self == other {
            true => Some(Ordering::Equal),
            false => self.compare(other).ok().flatten(),
        }
    }
}

/// `5.00 USD`, or the amount alone where the currency is not known.
impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.amount)?;
        match self.currency.as_str() {
            "" => Ok(()),
            currency => write!(f, " {currency}"),
        }
    }
}

/// `5.00 USD`, `USD 5.00`, or an amount alone, which is only comparable where the service names no currency either.
impl FromStr for Price {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let is_currency = |word: &str| word.len() <= 8 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
        let (amount, currency) = match words[..] {
            [amount] => (amount, ""),
            [amount, currency] if is_currency(currency) => (amount, currency),
            [currency, amount] if is_currency(currency) => (amount, currency),
            _ => return Err(no_price(text)),
        };
        decimal(amount).map_err(|_| no_price(text))?;
        Ok(Self { amount: amount.to_owned(), currency: currency.to_owned() })
    }
}

fn no_price(text: &str) -> Error {
    let shown = excerpt(text);
    Error::new(ErrorKind::Argument, format!("{shown:?} is no price")).with_hint("such as 5.00 USD")
}

/// Digits with perhaps a sign, a point and an exponent, as exactly as they stand.
fn decimal(text: &str) -> Result<Decimal> {
    let is_number = !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E'));
    let parsed = match text.contains(['e', 'E']) {
        true => Decimal::from_scientific(text),
        false => Decimal::from_str_exact(text),
    };
    match parsed {
        Ok(decimal) if is_number => Ok(decimal),
        _ => {
            let shown = excerpt(text);
            Err(Error::new(ErrorKind::Protocol, format!("{shown:?} is no amount of money"))
                .with_retriable(false))
        }
    }
}

/// An amount as a service wrote it, without an exponent.
pub(crate) fn amount(text: &str) -> Result<String> {
    let decimal = decimal(text)?;
    Ok(if text.contains(['e', 'E', '+']) { decimal.to_string() } else { text.to_owned() })
}

/// What is left of an amount after another one is taken away.
pub(crate) fn less(amount: &str, taken: &str) -> Result<String> {
    let difference = decimal(amount)?.checked_sub(decimal(taken)?);
    let too_large = || Error::new(ErrorKind::Protocol, "the amounts are too large to be money");
    difference.map(|difference| difference.to_string()).ok_or_else(too_large)
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
    /// What each recording costs, in the same order, as far as the service said.
    #[serde(default)]
    pub recording_prices: Vec<RecordingPrice>,
    /// When it was paid, in Unix milliseconds, if it was; `None` also where the service does not say.
    pub paid_at_ms: Option<i64>,
    /// The service's own description of it, as JSON.
    pub raw: String,
}

/// What one recording of an order costs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordingPrice {
    /// The recording's id.
    pub id: String,
    /// `None`: the service did not say.
    pub price: Option<Price>,
}

/// What an order would cost if it were placed now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    /// The order's id.
    pub order_id: String,
    /// What has to be confirmed; `None`: the service does not say, and nothing can be agreed to.
    pub price: Option<Price>,
    /// What each recording costs.
    pub recordings: Vec<RecordingPrice>,
}

impl From<&Order> for Quote {
    fn from(order: &Order) -> Self {
        Self {
            order_id: order.id.clone(),
            price: order.price.clone(),
            recordings: order.recording_prices.clone(),
        }
    }
}

/// One of a service's own lists of what can be ordered: kinds of transcription, languages, ...
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dictionary {
    /// By tiro's word for it, such as `types`.
    pub name: String,
    /// What there is to choose from.
    pub entries: Vec<DictionaryEntry>,
    /// The service's own answer, as JSON.
    pub raw: String,
}

/// One entry of a [`Dictionary`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DictionaryEntry {
    /// The service's id; a number as its digits.
    pub id: String,
    /// The service's name for it, or `""`.
    pub name: String,
    /// What it is, or `""`.
    pub description: String,
    /// Whether the service takes it where nothing is chosen; `None`: it does not say.
    pub is_default: Option<bool>,
}

/// Whether somebody has agreed to what an order costs: by `confirmed_price`, which has to be exactly it, else by
/// `max_price`. Nothing is placed without this, whoever asks.
pub(crate) fn agreed(order: &Order, call: &Options) -> Result<()> {
    let given = |key: &str| match call.text(key).as_str() {
        "" => Ok(None),
        text => text.parse::<Price>().map(Some).map_err(|error| {
            Error::new(ErrorKind::Option, format!("{key}: {error}")).with_hint(error.hint())
        }),
    };
    let (confirmed, most) = (given("confirmed_price")?, given("max_price")?);
    let Some(price) = &order.price else {
        let what = format!("the service does not say what order {} costs", order.id);
        return Err(unconfirmed(order, what)
            .with_hint("nothing can be agreed to; look at the order in the service's own pages"));
    };
    if let Some(confirmed) = confirmed {
        return match price.compare(&confirmed)? {
            Some(Ordering::Equal) => Ok(()),
            _ => Err(changed(order, price, &confirmed)),
        };
    }
    let Some(most) = most else {
        let what = format!("order {} costs {price}, and nobody has agreed to that", order.id);
        return Err(unconfirmed(order, what).with_hint("confirm it with confirmed_price, or set max_price"));
    };
    match price.compare(&most)? {
        Some(Ordering::Less | Ordering::Equal) => Ok(()),
        Some(Ordering::Greater) => {
            let what = format!("order {} costs {price}, more than max_price ({most})", order.id);
            Err(unconfirmed(order, what).with_hint("confirm it with confirmed_price"))
        }
        None => {
            let what = format!("order {} costs {price}, which max_price ({most}) says nothing of", order.id);
            Err(unconfirmed(order, what).with_hint("prices are compared within one currency only"))
        }
    }
}

fn unconfirmed(order: &Order, what: String) -> Error {
    let price = order.price.as_ref();
    let detail = json!({
        "order_id": order.id,
        "amount": price.map(|price| &price.amount),
        "currency": price.map(|price| &price.currency),
    });
    Error::new(ErrorKind::ConfirmRequired, what).with_detail(detail.to_string())
}

fn changed(order: &Order, now: &Price, confirmed: &Price) -> Error {
    let what = format!("order {} costs {now} now, not the {confirmed} that were agreed to", order.id);
    let detail = json!({ "order_id": order.id, "confirmed": confirmed.to_string(), "now": now.to_string() });
    Error::new(ErrorKind::QuoteChanged, what)
        .with_detail(detail.to_string())
        .with_hint("have the new price confirmed")
}

#[cfg(test)]
mod tests;
