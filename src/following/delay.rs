//! Delays with chance in them, so that those who were interrupted together do not come back together.

use std::time::Duration;

use crate::random::fraction;

/// A delay of at least three quarters and at most five quarters of `delay`.
pub(crate) fn jittered(delay: Duration) -> Duration {
    delay.mul_f64(0.75 + fraction() / 2.0)
}

/// A delay after so many failures in a row: by full jitter, up to a limit that doubles until `longest`; never below
/// `least`.
pub(crate) fn backed_off(failures: u32, least: Duration, longest: Duration) -> Duration {
    let limit = least.saturating_mul(2_u32.saturating_pow(failures)).min(longest);
    limit.mul_f64(fraction()).max(least)
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
            let delay = jittered(least);
            assert!(delay >= Duration::from_millis(749) && delay <= Duration::from_millis(1251), "{delay:?}");
        }
    }
}
