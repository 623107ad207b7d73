//! Where samples belong in time: what of a packet is cut off, and how much silence stands in front of it.

/// A difference below this is the container's rounding, in milliseconds.
const TOLERANCE_MS: u64 = 100;
/// A gap longer than this is not filled, in seconds: a position is only a claim.
const MAX_GAP_S: u64 = 60 * 60;
/// How much silence in all may stand in for what is missing: an hour, and so many times the sound that is there.
const MOST_SILENCE: u64 = 10;
/// A packet that is later than this, in seconds, is not merely late.
const MOST_DEBT: u64 = 5;

/// The time of a track, in frames of its samples.
pub(super) struct Timeline {
    rate: u64,
    /// Frames handed on so far, silence included.
    position: u64,
    /// Frames yet to be dropped: the encoder put them in front.
    skip: u64,
    /// What the container's times are counted from; `None` before the first packet.
    origin: Option<i64>,
    /// The time of the packet before.
    last_at: Option<i64>,
    /// Of the frames handed on, how many are silence that the times asked for.
    filled: u64,
    /// Silence that was perhaps put in for a packet that was only late. Times may fall back by so much and still count
    /// from the same origin: what comes late another time is then silence no second time.
    debt: u64,
    /// Frames that came in time since.
    in_time: u64,
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

/// A gap, or gaps in all, of this many seconds, which are not filled.
pub(super) struct TooLongAGap(pub(super) f64);

/// Whether so much silence among so much of everything would be a recording of nothing.
pub(super) fn is_mostly_silence(silence: u64, of: u64, rate: u64) -> bool {
    let sound = of.saturating_sub(silence);
    silence > (MAX_GAP_S * rate).saturating_add(sound.saturating_mul(MOST_SILENCE))
}

impl Timeline {
    pub(super) fn new(rate: u32, delay: u64, starts_anywhere: bool, end: Option<u64>) -> Self {
        Self {
            rate: u64::from(rate.max(1)),
            position: 0,
            skip: delay,
            origin: None,
            last_at: None,
            filled: 0,
            debt: 0,
            in_time: 0,
            starts_anywhere,
            end,
        }
    }

    /// Another stream begins here.
    pub(super) fn restart(&mut self, delay: u64) {
        (self.skip, self.origin, self.starts_anywhere) = (delay, None, true);
        (self.last_at, self.debt) = (None, 0);
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
        // Packets that share a time are one after the other, as those that a container puts into one block.
        let shares_time = self.last_at.replace(at) == Some(at);
        let mut silence = if shares_time { 0 } else { self.missing(ahead, frames as u64) };
        if silence > self.rate * MAX_GAP_S {
            return Err(TooLongAGap(silence as f64 / self.rate as f64));
        }
        let left = |position| self.end.map_or(u64::MAX, |end| end.saturating_sub(position));
        silence = silence.min(left(self.position));
        let position = self.position + silence;
        self.filled += silence;
        if is_mostly_silence(self.filled, position, self.rate) {
            return Err(TooLongAGap(self.filled as f64 / self.rate as f64));
        }
        let frames = frames as u64;
        let from = self.skip.max(trim_start).min(frames);
        self.skip = self.skip.saturating_sub(frames);
        let to = frames.saturating_sub(trim_end).min(from.saturating_add(left(position))).max(from);
        self.position = position + (to - from);
        Ok(Placed { silence, from: from as usize, to: to as usize })
    }

    /// How much is missing in front of a packet whose time is so far ahead of what was expected.
    fn missing(&mut self, ahead: i64, frames: u64) -> u64 {
        let tolerance = self.rate * TOLERANCE_MS / 1000;
        let apart = ahead.unsigned_abs();
        if apart <= tolerance {
            self.in_time += frames;
            if self.in_time > self.rate {
                // It was a gap.
                self.debt = 0;
            }
            return 0;
        }
        self.in_time = 0;
        if ahead > 0 {
            self.debt = self.debt.saturating_add(apart).min(self.rate.saturating_mul(MOST_DEBT));
            return apart;
        }
        if apart > tolerance.saturating_add(self.debt) {
            // Times that start over: go on from here.
            self.origin = self.origin.map(|origin| origin.saturating_add(ahead));
            self.debt = 0;
        }
        0
    }

    /// Places more of the packet that was placed last.
    pub(super) fn place_more(&mut self, frames: usize, trim_end: u64) -> Placed {
        let left = self.end.map_or(u64::MAX, |end| end.saturating_sub(self.position));
        let frames = frames as u64;
        let from = self.skip.min(frames);
        self.skip -= from;
        let to = frames.saturating_sub(trim_end).min(from.saturating_add(left)).max(from);
        self.position += to - from;
        Placed { silence: 0, from: from as usize, to: to as usize }
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
    fn packets_that_come_late_and_then_at_once_shift_nothing_for_good() {
        let mut timeline = Timeline::new(1000, 0, false, None);
        let mut late = 0;
        let mut sound = 0;
        for stall in 0..50 {
            // A second of packets of 20 ms: the first after half a second of nothing, the rest of that half second at
            // once, and then each in its time.
            for packet in 0..50 {
                let sent = stall * 1000 + packet * 20;
                let at = if packet < 25 { stall * 1000 + 500 + packet } else { sent };
                let (silence, from, to) = placed(&mut timeline, at, 20);
                assert_eq!((from, to), (0, 20), "no sound is lost");
                late += silence;
                sound += 20;
            }
        }
        assert!(late <= 600, "{late} ms of silence: the longest stall, not the sum of all");
        assert_eq!(timeline.position(), sound + late);
    }

    #[test]
    fn packets_of_one_time_follow_one_another() {
        let mut timeline = Timeline::new(1000, 0, false, None);
        for block in 0..20 {
            for _ in 0..8 {
                assert_eq!(placed(&mut timeline, block * 160, 20), (0, 0, 20));
            }
        }
        assert_eq!(placed(&mut timeline, 4_200, 20), (1_000, 0, 20), "a gap is one still");
    }

    #[test]
    fn a_recording_of_gaps_is_none() {
        let mut timeline = Timeline::new(1000, 0, false, None);
        let hour = 60 * 60 * 1000;
        placed(&mut timeline, 0, 20);
        placed(&mut timeline, hour - 1000, 20);
        assert!(timeline.place(2 * hour - 2000, 20, 0, 0).is_err());
        // With speech between them gaps are pauses.
        let mut timeline = Timeline::new(1000, 0, false, None);
        for turn in 0..10 {
            for packet in 0..360 {
                placed(&mut timeline, turn * hour + packet * 1000, 1000);
            }
        }
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
