//! Instants as the wire writes them: ISO 8601, UTC, with seven digits of a second's fraction.

use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

const FORMAT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:7]Z");

/// Now, in tenths of a microsecond since 1970: as fine as the wire writes it.
pub(crate) fn now_ticks() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos() / 100).unwrap_or(i64::MAX)
}

pub(crate) fn now_ms() -> i64 {
    now_ticks() / 10_000
}

/// As the wire writes it.
pub(crate) fn text(ticks: i64) -> String {
    let instant = OffsetDateTime::from_unix_timestamp_nanos(i128::from(ticks) * 100);
    instant.ok().and_then(|instant| instant.format(FORMAT).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_digits_and_a_z() {
        assert_eq!(text(17_152_561_946_356_191), "2024-05-09T12:03:14.6356191Z");
        assert_eq!(text(0), "1970-01-01T00:00:00.0000000Z");
    }
}
