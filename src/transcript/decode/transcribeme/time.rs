//! Times as services write them: seconds, milliseconds, or as on a clock.

use std::borrow::Cow;

use crate::transcript::decode::members::Tolerant;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Unit {
    Seconds,
    Milliseconds,
}

impl Unit {
    fn in_ms(self) -> f64 {
        match self {
            Self::Seconds => 1000.0,
            Self::Milliseconds => 1.0,
        }
    }
}

/// A time in milliseconds, where a value without a unit has this one.
pub(super) struct Time(pub(super) Unit);

impl Tolerant<'_> for Time {
    type Output = Option<i64>;

    fn text(self, text: Cow<'_, str>) -> Option<i64> {
        let text = text.trim();
        if text.contains(':') {
            return of_clock(text);
        }
        let (number, unit) = match (text.strip_suffix("ms"), text.strip_suffix('s')) {
            (Some(number), _) => (number, Unit::Milliseconds),
            (None, Some(number)) => (number, Unit::Seconds),
            (None, None) => (text, self.0),
        };
        rounded(number.trim_end().parse::<f64>().ok()? * unit.in_ms())
    }

    fn number(self, number: f64) -> Option<i64> {
        rounded(number * self.0.in_ms())
    }
}

/// Nothing if no 64-bit time is so long.
fn rounded(ms: f64) -> Option<i64> {
    let ms = ms.round();
    // 2^63 itself is the first that does not fit.
    (ms >= i64::MIN as f64 && ms < i64::MAX as f64).then_some(ms as i64)
}

/// `hours:minutes:seconds` or `minutes:seconds`, the seconds with a fraction after a point or a comma.
fn of_clock(text: &str) -> Option<i64> {
    let mut parts = text.rsplit(':');
    let seconds: f64 = parts.next()?.replace(',', ".").parse().ok()?;
    let mut whole = |unit: u32| match parts.next() {
        Some(part) => part.parse::<u32>().ok().map(|count| f64::from(count) * f64::from(unit)),
        None => Some(0.0),
    };
    let (minutes, hours) = (whole(60)?, whole(3600)?);
    if parts.next().is_some() || seconds < 0.0 {
        return None;
    }
    rounded((hours + minutes + seconds) * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_seconds_or_says_otherwise() {
        let of = |text: &'static str| Time(Unit::Seconds).text(text.into());
        for (text, expected) in [
            ("1.5", Some(1500)),
            (" 2 s", Some(2000)),
            ("250ms", Some(250)),
            ("01:02:03.456", Some(3_723_456)),
            ("02:03,5", Some(123_500)),
            ("1:2:3:4", None),
            ("-1:00", None),
            ("0:-5", None),
            ("", None),
            (":", None),
            ("nan", None),
            ("inf", None),
            ("1e300", None),
            ("soon", None),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
        assert_eq!(Time(Unit::Milliseconds).number(7.4), Some(7));
        assert_eq!(Time(Unit::Seconds).number(-0.25), Some(-250));
    }
}
