//! Fragments: an index of their own in front of each piece of a recording that was written as it came.

use std::collections::VecDeque;

use super::super::error::MediaError;
use super::boxes::{Fields, inner};
use super::table::{Located, Sample};

/// The most samples of one fragment; one of ten seconds has five hundred.
const MAX_SAMPLES: usize = 1 << 20;

/// What holds for a track's fragments unless they say otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Defaults {
    pub(super) track: u32,
    pub(super) length: u32,
    pub(super) size: u32,
}

impl Defaults {
    /// From the content of `mvex`.
    pub(super) fn read(mvex: &[u8], track: u32) -> Option<Self> {
        inner(mvex).filter(|inner| &inner.kind == b"trex").find_map(|trex| {
            let mut fields = Fields(trex.content);
            fields.skip(4)?;
            let found = fields.u32().filter(|id| *id == track)?;
            fields.skip(4)?;
            Some(Self { track: found, length: fields.u32()?, size: fields.u32()? })
        })
    }
}

/// A run's place and times while it is read.
struct Run {
    base: u64,
    offset: u64,
    at: u64,
}

/// The track's samples in a fragment: `moof` is its content, which stands at `start`; `time` is where the fragment before
/// it ended.
pub(super) fn samples(
    moof: &[u8],
    start: u64,
    defaults: Defaults,
    time: u64,
) -> Result<VecDeque<Located>, MediaError> {
    let mut found = VecDeque::new();
    let mut run = Run { base: start, offset: start, at: time };
    for traf in inner(moof).filter(|inner| &inner.kind == b"traf") {
        let mut own = None;
        for part in inner(traf.content) {
            match (&part.kind, own) {
                (b"tfhd", _) => match header(part.content, defaults, start) {
                    Some((id, of_track, base)) if id == defaults.track => {
                        own = Some(of_track);
                        (run.base, run.offset) = (base, base);
                    }
                    _ => break,
                },
                (b"tfdt", Some(_)) => {
                    let mut fields = Fields(part.content);
                    let version = fields.u8().unwrap_or(0);
                    run.at = fields.skip(3).and_then(|()| fields.by_version(version)).unwrap_or(run.at);
                }
                (b"trun", Some(of_track)) => {
                    read_run(part.content, of_track, &mut run, &mut found)
                        .ok_or_else(|| MediaError::corrupt("an MP4 fragment is broken"))?;
                }
                _ => {}
            }
        }
    }
    Ok(found)
}

/// The track of a fragment, what holds in it, and what its offsets count from.
fn header(tfhd: &[u8], defaults: Defaults, start: u64) -> Option<(u32, Defaults, u64)> {
    let mut fields = Fields(tfhd);
    let flags = fields.u32()?;
    let id = fields.u32()?;
    let base = if flags & 0x1 != 0 { fields.u64()? } else { start };
    if flags & 0x2 != 0 {
        fields.skip(4)?;
    }
    let length = if flags & 0x8 != 0 { fields.u32()? } else { defaults.length };
    let size = if flags & 0x10 != 0 { fields.u32()? } else { defaults.size };
    Some((id, Defaults { track: id, length, size }, base))
}

fn read_run(trun: &[u8], of_track: Defaults, run: &mut Run, found: &mut VecDeque<Located>) -> Option<()> {
    let mut fields = Fields(trun);
    let flags = fields.u32()?;
    let count = fields.u32()?;
    if flags & 0x1 != 0 {
        let offset = i64::from(fields.u32()?.cast_signed());
        run.offset = run.base.checked_add_signed(offset)?;
    }
    if flags & 0x4 != 0 {
        fields.skip(4)?;
    }
    for _ in 0..count {
        let length = if flags & 0x100 != 0 { fields.u32()? } else { of_track.length };
        let size = if flags & 0x200 != 0 { fields.u32()? } else { of_track.size };
        for other in [0x400, 0x800] {
            if flags & other != 0 {
                fields.skip(4)?;
            }
        }
        if found.len() >= MAX_SAMPLES {
            return None;
        }
        let sample = Sample { at: run.at, length };
        found.push_back(Located { offset: run.offset, size: u64::from(size), sample });
        run.offset = run.offset.checked_add(u64::from(size))?;
        run.at = run.at.checked_add(u64::from(length))?;
    }
    Some(())
}
