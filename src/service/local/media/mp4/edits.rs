//! Edit lists: what of a track is heard, and when. Encoders tell their delay and padding by them.

use super::boxes::{Fields, find, inner};

/// What the edits of a track come to, in its own units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Edits {
    /// Added to each packet's time, so that what is heard first is at 0 or, after a pause, later.
    pub(super) shift: i64,
    /// What is decoded and not heard at the start, where the file says so.
    pub(super) skip: Option<u64>,
    /// Where the track ends, counted from the start of the recording.
    pub(super) end: Option<u64>,
}

impl Edits {
    /// From the content of `trak` and, where it has no list, from Apple's note on gapless playing in the index.
    pub(super) fn read(trak: &[u8], note: Option<Self>, movie_scale: u32, track_scale: u32) -> Self {
        let list = find(trak, b"edts").and_then(|edts| find(edts, b"elst"));
        list.and_then(|list| from_list(list, movie_scale, track_scale)).or(note).unwrap_or_default()
    }
}

fn from_list(elst: &[u8], movie_scale: u32, track_scale: u32) -> Option<Edits> {
    let mut fields = Fields(elst);
    let version = fields.u8()?;
    fields.skip(3)?;
    let count = fields.u32()?;
    let to_track = |time: u64| {
        u64::try_from(u128::from(time) * u128::from(track_scale) / u128::from(movie_scale.max(1))).ok()
    };
    let mut pause = 0u64;
    let mut first: Option<(u64, u64)> = None;
    let mut parts = 0;
    for _ in 0..count {
        let (Some(length), Some(start)) = (fields.by_version(version), fields.by_version(version)) else {
            break;
        };
        fields.skip(4)?;
        let empty = start == if version == 0 { u64::from(u32::MAX) } else { u64::MAX };
        match first {
            None if empty => pause = pause.saturating_add(length),
            None => first = Some((start, length)),
            Some(_) => {}
        }
        parts += u32::from(!empty);
    }
    let (start, length) = first?;
    let pause = to_track(pause)?;
    let end = pause.checked_add(to_track(length)?).filter(|_| parts == 1 && length > 0);
    let start = i64::try_from(start).ok()?;
    Some(Edits {
        shift: i64::try_from(pause).ok()?.checked_sub(start)?,
        skip: Some(start.unsigned_abs()),
        end,
    })
}

/// ` 00000000 00000840 000001CA 00000000003F31F6 …`: nothing, delay, padding, length, in hexadecimal.
pub(super) fn from_note(moov: &[u8]) -> Option<Edits> {
    let at = moov.windows(8).position(|window| window == b"iTunSMPB")?;
    let data = inner(&moov[at + 8..]).find(|inner| &inner.kind == b"data")?.content;
    let text = std::str::from_utf8(data.get(8..)?).ok()?;
    let mut numbers = text.split_ascii_whitespace().map(|number| u64::from_str_radix(number, 16).ok());
    let (_, delay, _, length) = (numbers.next()??, numbers.next()??, numbers.next()??, numbers.next()??);
    let shift = i64::try_from(delay).ok()?.checked_neg()?;
    Some(Edits { shift, skip: Some(delay), end: Some(length).filter(|length| *length > 0) })
}
