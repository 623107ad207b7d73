//! Where decoded samples go: one lane with the average of the channels, or a lane for each.

use super::error::MediaError;
use super::settings::Channels;

/// The most channels that get lanes of their own.
const MAX_LANES: u16 = 8;

/// Samples of one step at the source's rate, in lanes of equal length.
pub(super) struct Lanes {
    lanes: Vec<Vec<f32>>,
    split: bool,
}

impl Lanes {
    pub(super) fn new(channels: Channels, source_channels: u16) -> Result<Self, MediaError> {
        let split = channels == Channels::Split && source_channels > 1;
        if split && source_channels > MAX_LANES {
            return Err(MediaError::unsupported(format!(
                "a recording of {source_channels} channels one by one (at most {MAX_LANES}; mixed it can be)"
            )));
        }
        let count = if split { usize::from(source_channels) } else { 1 };
        Ok(Self { lanes: vec![Vec::new(); count], split })
    }

    pub(super) fn lanes(&self) -> &[Vec<f32>] {
        &self.lanes
    }

    pub(super) fn frames(&self) -> usize {
        self.lanes[0].len()
    }

    pub(super) fn clear(&mut self) {
        self.lanes.iter_mut().for_each(Vec::clear);
    }

    pub(super) fn silence(&mut self, frames: usize) {
        for lane in &mut self.lanes {
            lane.resize(lane.len() + frames, 0.0);
        }
    }

    /// Takes frames whose channels stand side by side.
    pub(super) fn interleaved(&mut self, samples: &[f32], channels: usize) {
        self.frames_of(samples, channels, |sample| *sample);
    }

    /// As [`Lanes::interleaved`], of samples that are yet to be converted.
    pub(super) fn frames_of<T>(&mut self, samples: &[T], channels: usize, convert: impl Fn(&T) -> f32) {
        let channels = channels.max(1);
        let frames = samples.chunks_exact(channels);
        if self.split {
            // A file that changes its channels on the way: the last one stands for those that are gone.
            for (index, lane) in self.lanes.iter_mut().enumerate() {
                let channel = index.min(channels - 1);
                lane.extend(frames.clone().map(|frame| convert(&frame[channel])));
            }
        } else if channels == 1 {
            self.lanes[0].extend(samples.iter().map(convert));
        } else {
            let average = |frame: &[T]| frame.iter().map(&convert).sum::<f32>() / channels as f32;
            self.lanes[0].extend(frames.map(average));
        }
    }
}
