//! How loud a lane of sound is, 50 times a second: what tells speech from pauses without listening to it.

use super::super::media::RATE;

/// Length of a frame, in milliseconds.
pub(super) const FRAME_MS: i64 = 20;
/// Samples of a frame.
pub(super) const FRAME: usize = RATE as usize / 1000 * FRAME_MS as usize;

/// Half decibels above the least level, -100 dB of full scale.
pub(super) type Level = u8;
const LEAST_DB: f32 = -100.0;

/// The level of a number of decibels below full scale.
pub(super) const fn level(db: i32) -> Level {
    ((db - LEAST_DB as i32) * 2) as Level
}

/// Measures a lane as it is decoded.
#[derive(Default)]
pub(super) struct Meter {
    levels: Vec<Level>,
    energy: f32,
    counted: usize,
    last: f32,
}

impl Meter {
    pub(super) fn push(&mut self, samples: &[f32]) {
        for &sample in samples {
            // Speech differs from hum and rumble by its high frequencies.
            let bright = sample - 0.9 * self.last;
            self.last = sample;
            self.energy += bright * bright;
            self.counted += 1;
            if self.counted == FRAME {
                self.end_frame();
            }
        }
    }

    /// One level a frame; the last frame may be a part of one.
    pub(super) fn finish(mut self) -> Vec<Level> {
        if self.counted > 0 {
            self.end_frame();
        }
        self.levels
    }

    fn end_frame(&mut self) {
        let mean = self.energy / self.counted as f32;
        let db = 10.0 * mean.max(1e-12).log10();
        self.levels.push(((db - LEAST_DB) * 2.0).round().clamp(0.0, 255.0) as Level);
        (self.energy, self.counted) = (0.0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_least_and_a_full_tone_is_near_full_scale() {
        let mut meter = Meter::default();
        meter.push(&vec![0.0; FRAME * 2]);
        let tone = (0..FRAME * 2).map(|i| (i as f32 * std::f32::consts::TAU * 4000.0 / RATE as f32).sin());
        meter.push(&tone.collect::<Vec<_>>());
        meter.push(&[0.5; 10]);
        let levels = meter.finish();
        assert_eq!(levels.len(), 5);
        assert_eq!(&levels[..2], [0, 0]);
        assert!(levels[3] > level(-3) && levels[3] < level(3), "{levels:?}");
    }
}
