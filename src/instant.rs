//! Instants as the services write them, as Unix milliseconds.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// This machine's wall clock, in Unix milliseconds.
pub(crate) fn now_ms() -> i64 {
    unix_ms(SystemTime::now())
}

/// An instant in Unix milliseconds.
pub(crate) fn unix_ms(instant: SystemTime) -> i64 {
    let ms = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    match instant.duration_since(UNIX_EPOCH) {
        Ok(since) => ms(since),
        Err(before) => -ms(before.duration()),
    }
}

/// An ISO 8601 instant with up to nine fractional digits and `Z` or a numeric offset; without either it is UTC.
pub(crate) fn iso_ms(text: &str) -> Option<i64> {
    let parse = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
    let instant = parse(text).or_else(|| parse(&format!("{text}Z")))?;
    i64::try_from(instant.unix_timestamp_nanos().div_euclid(1_000_000)).ok()
}

#[cfg(test)]
mod tests {
    use super::iso_ms;

    #[test]
    fn instants_of_every_precision_and_offset() {
        for (text, ms) in [
            ("2024-05-09T12:03:14.6356191Z", 1_715_256_194_635),
            ("2024-05-09T12:03:14Z", 1_715_256_194_000),
            ("2024-05-09T15:03:14.635+03:00", 1_715_256_194_635),
            ("2024-05-09T12:03:14.635619123Z", 1_715_256_194_635),
            ("2024-05-09T12:03:14.6", 1_715_256_194_600),
            ("1969-12-31T23:59:59.999Z", -1),
        ] {
            assert_eq!(iso_ms(text), Some(ms), "{text}");
        }
        for bad in ["", "yesterday", "2024-05-09", "2024-13-09T12:03:14Z", "2024-05-09T12:03:14.Z"] {
            assert_eq!(iso_ms(bad), None, "{bad}");
        }
    }
}
