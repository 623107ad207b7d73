//! Where in a lane somebody may be speaking. Silence and steady noise are told from their level alone and are never
//! shown to the recogniser, which would invent words for them; all the rest is for it to judge.

use std::ops::Range;

use super::loudness::{FRAME_MS, Level, level};

/// Frames to either side whose levels say what is loud here: 15 s.
const AROUND: usize = frames(15_000);
/// Neighbouring frames are judged alike: a second.
const BLOCK: usize = frames(1_000);
/// Speech rises above its own pauses by more than this, in half decibels; steady noise does not.
const LEAST_RANGE: u8 = 12;
/// A word alone in half a minute of background is too small a part of it to count there; it is known by so many frames,
/// 0.2 s, that rise above the background by more than noise ever does.
const LONE_FRAMES: u32 = frames(200) as u32;
const LONE_RANGE: u8 = 20;
/// Above the background by a quarter of the range, but within these, in half decibels.
const MARGIN: Range<u8> = 6..24;
/// Softer than this is nobody, whatever the rest is like.
const FAINTEST: Level = level(-75);

/// How many frames a time is.
pub(super) const fn frames(ms: i64) -> usize {
    (ms / FRAME_MS) as usize
}

/// For each frame whether it may hold speech.
pub(super) fn active_frames(levels: &[Level]) -> Vec<bool> {
    let mut active = Vec::with_capacity(levels.len());
    let mut around = Histogram::default();
    let mut counted = 0..0;
    for block in levels.chunks(BLOCK) {
        let start = active.len();
        let wanted = start.saturating_sub(AROUND)..(start + block.len() + AROUND).min(levels.len());
        levels[counted.end..wanted.end].iter().for_each(|level| around.add(*level));
        levels[counted.start..wanted.start].iter().for_each(|level| around.remove(*level));
        counted = wanted;
        let threshold = around.threshold();
        active.extend(block.iter().map(|level| threshold.is_some_and(|threshold| *level >= threshold)));
    }
    active
}

/// Runs of frames with the wanted answer.
pub(super) fn runs(active: &[bool], wanted: bool) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + active[at..].iter().position(|is| *is == wanted)?;
        let end =
            active[start..].iter().position(|is| *is != wanted).map_or(active.len(), |length| start + length);
        at = end;
        Some(start..end)
    })
}

/// How often each level occurs.
struct Histogram {
    counts: [u32; 256],
    total: u32,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: [0; 256], total: 0 }
    }
}

impl Histogram {
    fn add(&mut self, level: Level) {
        self.counts[usize::from(level)] += 1;
        self.total += 1;
    }

    fn remove(&mut self, level: Level) {
        self.counts[usize::from(level)] -= 1;
        self.total -= 1;
    }

    /// The level that this many percent of the frames stay below.
    fn percentile(&self, percent: u32) -> Level {
        let mut left = (u64::from(self.total) * u64::from(percent) / 100) as u32;
        for (level, count) in self.counts.iter().enumerate() {
            if left < *count {
                return level as Level;
            }
            left -= count;
        }
        Level::MAX
    }

    /// The level that so many frames reach.
    fn loudest(&self, mut frames: u32) -> Level {
        for (level, count) in self.counts.iter().enumerate().rev() {
            if frames <= *count {
                return level as Level;
            }
            frames -= count;
        }
        0
    }

    /// From which level on a frame may be speech; none if nothing here can be.
    fn threshold(&self) -> Option<Level> {
        let background = self.percentile(10);
        let above = |level: Level, least: u8| level.checked_sub(background).filter(|range| *range >= least);
        let range = above(self.percentile(98), LEAST_RANGE)
            .or_else(|| above(self.loudest(LONE_FRAMES), LONE_RANGE))?;
        let margin = (range / 4).clamp(MARGIN.start, MARGIN.end);
        Some(background.saturating_add(margin).max(FAINTEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steady_noise_is_nobody_however_loud() {
        let noise: Vec<Level> = (0..3000u32).map(|i| level(-20) + (i * 7919 % 5) as u8).collect();
        assert!(active_frames(&noise).iter().all(|active| !active));
        assert!(active_frames(&[]).is_empty());
    }

    #[test]
    fn speech_over_noise_is_found_and_its_pauses_too() {
        let mut levels = vec![level(-50); 500];
        levels.extend([level(-25), level(-30), level(-28), level(-22)].repeat(25));
        levels.extend(vec![level(-50); 500]);
        let active = active_frames(&levels);
        let mut speech = runs(&active, true);
        assert_eq!((speech.next(), speech.next()), (Some(500..600), None));
        assert!(runs(&active, false).eq([0..500, 600..1100].into_iter()));
    }

    #[test]
    fn a_word_alone_in_a_minute_is_heard() {
        for background in [level(-90), level(-60)] {
            let mut levels = vec![background; 1500];
            levels.extend([level(-25), level(-30), level(-28), level(-35)].repeat(4));
            levels.extend(vec![background; 1500]);
            assert!(runs(&active_frames(&levels), true).eq(std::iter::once(1500..1516)), "{background}");
        }
    }

    #[test]
    fn somebody_far_from_the_microphone_is_heard_beside_somebody_near() {
        let near = [level(-15), level(-22)].repeat(200);
        let far = [level(-40), level(-46)].repeat(200);
        let levels =
            [vec![level(-65); 200], near, vec![level(-65); 200], far, vec![level(-65); 200]].concat();
        assert_eq!(runs(&active_frames(&levels), true).count(), 2);
    }
}
