//! When a request is repeated, and how long to wait before: full jitter, and what the server asks for.

use std::time::{Duration, Instant, SystemTime};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

use crate::error::{Error, ErrorKind};
use crate::random::fraction;

/// Bound of the first pause; it doubles from one to the next.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// On top of what a server asks for, so that not all its clients come back at once.
const AFTER_ASKED: Duration = Duration::from_millis(250);

/// The answers that say: not now.
pub(super) fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

/// The failures that another try may not have.
pub(super) fn may_pass(error: &Error) -> bool {
    error.is_retriable()
        && matches!(error.kind(), ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Protocol)
}

/// What the server asks to wait: seconds, or a date by its own clock.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds.min(u32::MAX.into())));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    let now = server_time(headers).unwrap_or_else(SystemTime::now);
    Some(until.duration_since(now).unwrap_or_default())
}

/// The server's clock as of its answer.
pub(super) fn server_time(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()
}

/// The pause before a repetition; `None`: it would not end before the deadline.
pub(super) fn pause(
    first: Duration,
    made: u32,
    asked: Option<Duration>,
    deadline: Instant,
) -> Option<Duration> {
    let bound = first.saturating_mul(1 << made.saturating_sub(1).min(16)).min(LONGEST_PAUSE);
    let pause = match asked {
        Some(asked) => asked.checked_add(jittered(AFTER_ASKED.min(first)))?,
        None => jittered(bound),
    };
    (Instant::now().checked_add(pause)? < deadline).then_some(pause)
}

/// Any length up to this one.
fn jittered(bound: Duration) -> Duration {
    bound.mul_f64(fraction())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (reqwest::header::HeaderName::from_static(name), value.parse().unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn a_server_may_ask_in_seconds_or_by_a_date_of_its_own_clock() {
        assert_eq!(retry_after(&headers(&[("retry-after", " 7 ")])), Some(Duration::from_secs(7)));
        let by_date = headers(&[
            ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT"),
        ]);
        assert_eq!(retry_after(&by_date), Some(Duration::from_secs(30)));
        let past = headers(&[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")]);
        assert_eq!(retry_after(&past), Some(Duration::ZERO));
        for nonsense in ["-1", "soon", "", "1.5"] {
            assert_eq!(retry_after(&headers(&[("retry-after", nonsense)])), None, "{nonsense}");
        }
    }

    #[test]
    fn a_pause_grows_within_bounds_and_keeps_the_deadline() {
        let late = Instant::now() + Duration::from_secs(3600);
        for made in 1..40 {
            let pause = pause(FIRST_PAUSE, made, None, late).unwrap();
            assert!(pause <= LONGEST_PAUSE && pause <= FIRST_PAUSE * (1 << (made - 1).min(16)));
        }
        let asked = Some(Duration::from_secs(60));
        assert!(pause(FIRST_PAUSE, 1, asked, late).unwrap() >= Duration::from_secs(60));
        assert_eq!(pause(FIRST_PAUSE, 1, asked, Instant::now() + Duration::from_secs(59)), None);
        assert_eq!(pause(FIRST_PAUSE, 1, Some(Duration::MAX), late), None);
    }
}
