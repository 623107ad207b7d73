//! The sample table: where each packet is, how long it is and when it is heard.

use super::super::error::MediaError;
use super::boxes::{Fields, find};

/// Frames of uncompressed sound that make one packet.
const PCM_FRAMES: u32 = 1024;

/// When a packet is heard, in the track's units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sample {
    pub(super) at: u64,
    pub(super) length: u32,
}

/// A packet and where it is in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Located {
    pub(super) offset: u64,
    pub(super) size: u64,
    pub(super) sample: Sample,
}

#[derive(Debug, Default)]
enum Sizes {
    #[default]
    None,
    /// All alike, so many of them.
    Fixed(u32, u32),
    Each(Vec<u32>),
}

/// A run of samples of one length.
#[derive(Clone, Copy, Debug)]
struct Run {
    count: u32,
    length: u32,
}

/// From a chunk on, so many samples in each.
#[derive(Clone, Copy, Debug)]
struct Group {
    first_chunk: u32,
    samples: u32,
}

/// The packets of a track, gone through once.
#[derive(Debug, Default)]
pub(super) struct Table {
    sizes: Sizes,
    runs: Vec<Run>,
    groups: Vec<Group>,
    chunks: Vec<u64>,
    /// Bytes of a frame, where samples are single frames of uncompressed sound.
    frame_bytes: Option<u32>,
    length: u64,
    // Where the walk is.
    sample: u32,
    run: usize,
    in_run: u32,
    group: usize,
    chunk: usize,
    in_chunk: u32,
    offset: u64,
    at: u64,
}

impl Table {
    /// From the content of `stbl`. `frame_bytes`: of uncompressed sound.
    pub(super) fn read(stbl: &[u8], frame_bytes: Option<u32>) -> Result<Self, MediaError> {
        let bad = |name: &str| MediaError::corrupt(format!("the MP4 index is broken ({name})"));
        let mut table = Self { frame_bytes, ..Self::default() };
        if let Some(stts) = find(stbl, b"stts") {
            table.runs = pairs(stts).ok_or_else(|| bad("stts"))?;
        }
        if let Some(stsc) = find(stbl, b"stsc") {
            table.groups = groups(stsc).ok_or_else(|| bad("stsc"))?;
        }
        if let Some(stsz) = find(stbl, b"stsz") {
            table.sizes = sizes(stsz).ok_or_else(|| bad("stsz"))?;
        }
        if let Some(stco) = find(stbl, b"stco") {
            table.chunks = words(stco, 4).ok_or_else(|| bad("stco"))?;
        } else if let Some(co64) = find(stbl, b"co64") {
            table.chunks = words(co64, 8).ok_or_else(|| bad("co64"))?;
        }
        table.length = table
            .runs
            .iter()
            .fold(0u64, |sum, run| sum.saturating_add(u64::from(run.count) * u64::from(run.length)));
        Ok(table)
    }

    /// The length of all samples, in the track's units.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    fn count(&self) -> u32 {
        match &self.sizes {
            Sizes::None => 0,
            Sizes::Fixed(_, count) => *count,
            Sizes::Each(sizes) => u32::try_from(sizes.len()).unwrap_or(u32::MAX),
        }
    }

    /// The next packet; `None` after the last.
    pub(super) fn next(&mut self) -> Result<Option<Located>, MediaError> {
        if self.sample >= self.count() {
            return Ok(None);
        }
        let bad = || MediaError::corrupt("the MP4 index contradicts itself");
        if self.in_chunk == 0 {
            self.offset = *self.chunks.get(self.chunk).ok_or_else(bad)?;
            let starts_here = |group: &&Group| (group.first_chunk as usize) <= self.chunk + 1;
            if self.groups.get(self.group + 1).filter(starts_here).is_some() {
                self.group += 1;
            }
        }
        let in_group = self.groups.get(self.group).map_or(0, |group| group.samples);
        let left_in_chunk = in_group.checked_sub(self.in_chunk).filter(|left| *left > 0).ok_or_else(bad)?;
        let batch = match self.frame_bytes {
            Some(_) => left_in_chunk.min(PCM_FRAMES).min(self.count() - self.sample),
            None => 1,
        };
        let size = match (&self.sizes, self.frame_bytes) {
            (_, Some(bytes)) => u64::from(bytes) * u64::from(batch),
            (Sizes::Fixed(size, _), None) => u64::from(*size),
            (Sizes::Each(sizes), None) => u64::from(sizes.get(self.sample as usize).copied().unwrap_or(0)),
            (Sizes::None, None) => 0,
        };
        let length = self.take_time(batch);
        let located = Located { offset: self.offset, size, sample: Sample { at: self.at, length } };
        self.at = self.at.saturating_add(u64::from(length));
        self.offset = self.offset.saturating_add(size);
        self.sample += batch;
        self.in_chunk += batch;
        if self.in_chunk >= in_group {
            (self.in_chunk, self.chunk) = (0, self.chunk + 1);
        }
        Ok(Some(located))
    }

    /// How long the next `samples` are. What the table does not tell is as long as the last it tells.
    fn take_time(&mut self, samples: u32) -> u32 {
        let mut length = 0u32;
        for _ in 0..samples {
            while self.run + 1 < self.runs.len() && self.in_run >= self.runs[self.run].count {
                (self.run, self.in_run) = (self.run + 1, 0);
            }
            self.in_run = self.in_run.saturating_add(1);
            length = length.saturating_add(self.runs.get(self.run).map_or(0, |run| run.length));
        }
        length
    }
}

/// The number of entries of a table and its entries, as many as its bytes hold.
fn entries(content: &[u8]) -> Option<(usize, Fields<'_>)> {
    let mut fields = Fields(content);
    fields.skip(4)?;
    Some((fields.u32()? as usize, fields))
}

fn pairs(stts: &[u8]) -> Option<Vec<Run>> {
    let (count, mut fields) = entries(stts)?;
    let count = count.min(fields.0.len() / 8);
    (0..count).map(|_| Some(Run { count: fields.u32()?, length: fields.u32()? })).collect()
}

fn groups(stsc: &[u8]) -> Option<Vec<Group>> {
    let (count, mut fields) = entries(stsc)?;
    let count = count.min(fields.0.len() / 12);
    (0..count)
        .map(|_| {
            let group = Group { first_chunk: fields.u32()?, samples: fields.u32()? };
            fields.skip(4)?;
            Some(group)
        })
        .collect()
}

fn sizes(stsz: &[u8]) -> Option<Sizes> {
    let mut fields = Fields(stsz);
    fields.skip(4)?;
    let (fixed, count) = (fields.u32()?, fields.u32()?);
    if fixed != 0 {
        return Some(Sizes::Fixed(fixed, count));
    }
    let count = (count as usize).min(fields.0.len() / 4);
    (0..count).map(|_| fields.u32()).collect::<Option<_>>().map(Sizes::Each)
}

fn words(content: &[u8], width: usize) -> Option<Vec<u64>> {
    let (count, mut fields) = entries(content)?;
    let count = count.min(fields.0.len() / width);
    (0..count).map(|_| if width == 4 { fields.u32().map(u64::from) } else { fields.u64() }).collect()
}
