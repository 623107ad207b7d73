//! How long to wait before another try or look: with chance in it, so that those who were interrupted together do not come
//! back together.

use std::time::{Duration, Instant};

use crate::random::fraction;

const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// On top of what a server asks for, so that not all its clients come back at once.
const AFTER_ASKED: Duration = Duration::from_millis(250);

/// The pause before a request goes out again that was `made` so often: by full jitter, up to a limit that is `first` at
/// first and doubles; or what the server asked for. `None`: it would not end before the deadline.
pub(crate) fn pause(
    first: Duration,
    made: u32,
    asked: Option<Duration>,
    deadline: Instant,
) -> Option<Duration> {
    let pause = match asked {
        Some(asked) => asked.checked_add(up_to(AFTER_ASKED.min(first)))?,
        None => up_to(doubled(first, made.saturating_sub(1), LONGEST_PAUSE)),
    };
    (Instant::now().checked_add(pause)? < deadline).then_some(pause)
}

/// A delay after so many failures in a row: by full jitter, up to a limit that doubles until `longest`; never below
/// `least`.
pub(crate) fn backed_off(failures: u32, least: Duration, longest: Duration) -> Duration {
    up_to(doubled(least, failures, longest)).max(least)
}

/// A delay of at least three quarters and at most five quarters of `delay`.
pub(crate) fn about(delay: Duration) -> Duration {
    delay.mul_f64(0.75 + fraction() / 2.0)
}

fn doubled(first: Duration, times: u32, longest: Duration) -> Duration {
    first.saturating_mul(2_u32.saturating_pow(times)).min(longest)
}

/// Any length up to this one.
fn up_to(limit: Duration) -> Duration {
    limit.mul_f64(fraction())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_stay_within_their_bounds() {
        let (least, longest) = (Duration::from_secs(1), Duration::from_secs(60));
        for failures in 0..100 {
            let delay = backed_off(failures, least, longest);
            assert!(delay >= least && delay <= longest, "{delay:?}");
            let delay = about(least);
            assert!(delay >= Duration::from_millis(749) && delay <= Duration::from_millis(1251), "{delay:?}");
        }
    }

    #[test]
    fn a_pause_grows_within_bounds_and_keeps_the_deadline() {
        let (first, late) = (Duration::from_millis(500), Instant::now() + Duration::from_secs(3600));
        for made in 1..40 {
            let pause = pause(first, made, None, late).unwrap();
            assert!(pause <= LONGEST_PAUSE && pause <= first * (1 << (made - 1).min(16)));
        }
        let asked = Some(Duration::from_secs(60));
        assert!(pause(first, 1, asked, late).unwrap() >= Duration::from_secs(60));
        assert_eq!(pause(first, 1, asked, Instant::now() + Duration::from_secs(59)), None);
        assert_eq!(pause(first, 1, Some(Duration::MAX), late), None);
    }
}
