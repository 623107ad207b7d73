//! Amounts: whole ten-thousandths, so that no sum is ever off.

use std::fmt;
use std::str::FromStr;

use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Money(pub(crate) i64);

const UNIT: i64 = 10_000;
const CENT: i64 = UNIT / 100;

/// The one member of an object that stands for a number, which is written with all its digits.
pub(super) const NUMBER: &str = "";

impl Money {
    /// What so many milliseconds cost at this price of a minute, to a cent.
    pub(super) fn for_ms(self, ms: i64) -> Self {
        let exact = i128::from(self.0) * i128::from(ms) / 60_000;
        Self(i64::try_from(exact).unwrap_or(i64::MAX / 2)).to_cents()
    }

    /// So many hundredths of it, to a cent.
    pub(super) fn percent(self, hundredths: i64) -> Self {
        Self(self.0 / 100 * hundredths).to_cents()
    }

    fn to_cents(self) -> Self {
        Self((self.0 + CENT / 2).div_euclid(CENT) * CENT)
    }

    /// For an answer.
    pub(super) fn json(self) -> Value {
        json!({ NUMBER: self.to_string() })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.unsigned_abs() / UNIT as u64, self.0.unsigned_abs() % UNIT as u64);
        match part % CENT as u64 {
            0 => write!(f, "{sign}{whole}.{:02}", part / CENT as u64),
            _ => write!(f, "{sign}{whole}.{part:04}"),
        }
    }
}

impl FromStr for Money {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let amount = || {
            let part = format!("{part:0<4}").parse::<i64>().ok()?;
            whole.parse::<i64>().ok()?.checked_mul(UNIT)?.checked_add(part)
        };
        match digits(whole) && digits(part) && part.len() <= 4 {
            true => amount().map(Self),
            false => None,
        }
        .ok_or_else(|| format!("{text:?} is no amount such as 1.25"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn amounts_read_back_and_keep_their_digits() {
        for text in ["0.00", "5.00", "1.25", "0.0725", "922337203685.47"] {
            assert_eq!(money(text).to_string(), text);
        }
        assert_eq!(money("5").to_string(), "5.00");
        assert_eq!(Money(-12_500).to_string(), "-1.25");
        for bad in ["", ".", "1.", ".5", "-1", "1.23456", "1e3", "99999999999999999999"] {
            assert!(bad.parse::<Money>().is_err(), "{bad}");
        }
    }

    #[test]
    fn minutes_cost_to_a_cent() {
        assert_eq!(money("0.07").for_ms(60_000), money("0.07"));
        assert_eq!(money("0.79").for_ms(90_000), money("1.19"), "1.185");
        assert_eq!(money("2.00").percent(50), money("1.00"));
    }
}
