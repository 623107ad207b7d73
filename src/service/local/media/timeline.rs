//! Where samples belong in time: what of a packet is cut off, and how much silence stands in front of it.

/// A difference below this is the container's rounding, in milliseconds.
const TOLERANCE_MS: u64 = 100;
/// A gap longer than this is not filled, in seconds: a position is only a claim.
const MAX_GAP_S: u64 = 60 * 60;

/// The time of a track, in frames of its samples.
pub(super) struct Timeline {
    rate: u64,
    /// Frames handed on so far, silence included.
    position: u64,
    /// Frames yet to be dropped: the encoder put them in front.
    skip: u64,
    /// What the container's times are counted from; `None` before the first packet.
    origin: Option<i64>,
    /// The first packet is at the start, whatever time it bears: a stream that was joined late.
    starts_anywhere: bool,
    /// Where the recording ends, if the container says so.
    end: Option<u64>,
}

/// How to hand on the frames of a packet: `silence` frames first, then `from..to` of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) silence: u64,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// A gap of this many seconds, which is not filled.
pub(super) struct TooLongAGap(pub(super) f64);

impl Timeline {
    pub(super) fn new(rate: u32, delay: u64, starts_anywhere: bool, end: Option<u64>) -> Self {
        Self { rate: u64::from(rate.max(1)), position: 0, skip: delay, origin: None, starts_anywhere, end }
    }

    /// Another stream begins here.
    pub(super) fn restart(&mut self, delay: u64) {
        (self.skip, self.origin, self.starts_anywhere) = (delay, None, true);
    }

    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Whether the declared end is reached.
    pub(super) fn is_over(&self) -> bool {
        self.end.is_some_and(|end| self.position >= end)
    }

    /// Places a packet whose first decoded frame is at `at` and which has `frames`, of which the container wants
    /// `trim_start` and `trim_end` cut off.
    pub(super) fn place(
        &mut self,
        at: i64,
        frames: usize,
        trim_start: u64,
        trim_end: u64,
    ) -> Result<Placed, TooLongAGap> {
        if self.origin.is_none() && self.skip == 0 && at < 0 {
            self.skip = at.unsigned_abs().min(self.rate);
        }
        let expected = signed(self.position).saturating_sub(signed(self.skip));
        let start = if self.starts_anywhere { at.saturating_sub(expected) } else { 0 };
        let origin = *self.origin.get_or_insert(start);
        let ahead = at.saturating_sub(origin).saturating_sub(expected);
        let mut silence = 0;
        if ahead.unsigned_abs() > self.rate * TOLERANCE_MS / 1000 {
            if ahead < 0 {
                // Times that start over: go on from here.
                self.origin = Some(origin.saturating_add(ahead));
            } else {
                silence = ahead.unsigned_abs();
            }
        }
        if silence > self.rate * MAX_GAP_S {
            return Err(TooLongAGap(silence as f64 / self.rate as f64));
        }
        let left = |position| self.end.map_or(u64::MAX, |end| end.saturating_sub(position));
        silence = silence.min(left(self.position));
        let position = self.position + silence;
        let frames = frames as u64;
        let from = self.skip.max(trim_start).min(frames);
        self.skip = self.skip.saturating_sub(frames);
        let to = frames.saturating_sub(trim_end).min(from.saturating_add(left(position))).max(from);
        self.position = position + (to - from);
        Ok(Placed { silence, from: from as usize, to: to as usize })
    }
}

fn signed(frames: u64) -> i64 {
    i64::try_from(frames).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(timeline: &mut Timeline, at: i64, frames: usize) -> (u64, usize, usize) {
        let placed = timeline.place(at, frames, 0, 0).unwrap_or_else(|gap| panic!("a gap of {} s", gap.0));
        (placed.silence, placed.from, placed.to)
    }

    #[test]
    fn the_delay_is_dropped_over_as_many_packets_as_it_takes() {
        let mut timeline = Timeline::new(1000, 25, false, Some(40));
        assert_eq!(placed(&mut timeline, -25, 20), (0, 20, 20));
        assert_eq!(placed(&mut timeline, -5, 20), (0, 5, 20));
        assert_eq!(placed(&mut timeline, 15, 20), (0, 0, 20));
        // The declared end comes in the middle.
        assert_eq!(placed(&mut timeline, 35, 20), (0, 0, 5));
        assert!(timeline.is_over());
    }

    #[test]
    fn times_before_the_start_are_a_delay_too() {
        let mut timeline = Timeline::new(1000, 0, false, None);
        assert_eq!(placed(&mut timeline, -7, 20), (0, 7, 20));
    }

    #[test]
    fn gaps_are_silence_and_rounding_is_not() {
        let mut timeline = Timeline::new(1000, 0, false, None);
        assert_eq!(placed(&mut timeline, 1500, 20), (1500, 0, 20));
        assert_eq!(placed(&mut timeline, 1590, 20), (0, 0, 20));
        assert_eq!(placed(&mut timeline, 1700, 20), (160, 0, 20));
        assert!(timeline.place(4_000_000, 20, 0, 0).is_err());
    }

    #[test]
    fn times_that_start_over_go_on() {
        let mut timeline = Timeline::new(1000, 0, true, None);
        assert_eq!(placed(&mut timeline, 90_000, 500), (0, 0, 500));
        assert_eq!(placed(&mut timeline, 0, 500), (0, 0, 500));
        assert_eq!(placed(&mut timeline, 500, 500), (0, 0, 500));
        assert_eq!(timeline.position(), 1500);
    }
}
