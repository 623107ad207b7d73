//! The choice of the track, and what the index says of it.

use super::super::error::MediaError;
use super::boxes::{Fields, find, inner, path};
use super::edits::{self, Edits};
use super::entry::Entry;
use super::fragment::Defaults;
use super::table::Table;

/// An audio track that can be decoded.
pub(super) struct Track {
    pub(super) id: u32,
    pub(super) timescale: u32,
    pub(super) entry: Entry,
    pub(super) table: Table,
    pub(super) edits: Edits,
    /// Of its fragments, if there are any.
    pub(super) defaults: Option<Defaults>,
}

/// What the index says of all tracks.
struct Movie<'a> {
    /// Units of time in a second.
    scale: u32,
    note: Option<Edits>,
    /// The content of `mvex`: that fragments follow.
    extends: Option<&'a [u8]>,
}

/// A film in thirty languages has no more; each takes a look at all of its tables.
const MOST_TRACKS: usize = 64;

impl Track {
    /// The first enabled audio track of an index that can be decoded, else the first that can.
    pub(super) fn choose(moov: &[u8]) -> Result<Self, MediaError> {
        let movie = Movie {
            scale: find(moov, b"mvhd").and_then(timescale).unwrap_or(1),
            note: edits::from_note(moov),
            extends: find(moov, b"mvex"),
        };
        let mut tracks = 0;
        let mut refused = None;
        let mut spare = None;
        for trak in inner(moov).filter(|inner| &inner.kind == b"trak") {
            let Some(mdia) = find(trak.content, b"mdia") else { continue };
            let handler = find(mdia, b"hdlr").and_then(|hdlr| hdlr.get(8..12));
            if handler != Some(b"soun") {
                continue;
            }
            tracks += 1;
            if tracks > MOST_TRACKS {
                return Err(MediaError::corrupt(format!(
                    "its MP4 index has over {MOST_TRACKS} tracks of sound"
                )));
            }
            match read(trak.content, mdia, &movie) {
                Ok((true, track)) => return Ok(track),
                Ok((false, track)) => drop(spare.get_or_insert(track)),
                Err(error) => drop(refused.get_or_insert(error)),
            }
        }
        spare.ok_or_else(|| refused.unwrap_or(MediaError::NoAudio))
    }
}

/// The track, and whether it is enabled.
fn read(trak: &[u8], mdia: &[u8], movie: &Movie<'_>) -> Result<(bool, Track), MediaError> {
    let bad = |what: &str| MediaError::corrupt(format!("the MP4 index is broken ({what})"));
    let (enabled, id) = find(trak, b"tkhd").and_then(header).ok_or_else(|| bad("tkhd"))?;
    let timescale = find(mdia, b"mdhd").and_then(timescale).filter(|scale| *scale > 0);
    let timescale = timescale.ok_or_else(|| bad("mdhd"))?;
    let stbl = path(mdia, &[b"minf", b"stbl"]).ok_or_else(|| bad("stbl"))?;
    let entry = Entry::read(find(stbl, b"stsd").ok_or_else(|| bad("stsd"))?)?;
    entry.fit()?;
    let table = Table::read(stbl, entry.frame_bytes())?;
    let edits = Edits::read(trak, movie.note, movie.scale, timescale);
    let defaults = movie.extends.and_then(|mvex| Defaults::read(mvex, id));
    // In a fragmented file the list was written before the length was known.
    let edits = Edits { end: edits.end.filter(|_| defaults.is_none()), ..edits };
    Ok((enabled, Track { id, timescale, entry, table, edits, defaults }))
}

/// Whether a track is enabled, and its number.
fn header(tkhd: &[u8]) -> Option<(bool, u32)> {
    let mut fields = Fields(tkhd);
    let head = fields.u32()?;
    fields.skip(if head >> 24 == 0 { 8 } else { 16 })?;
    Some((head & 1 != 0, fields.u32()?))
}

/// Units of time in a second, from a header of the movie or of a track.
fn timescale(header: &[u8]) -> Option<u32> {
    let mut fields = Fields(header);
    let version = fields.u8()?;
    fields.skip(if version == 0 { 3 + 8 } else { 3 + 16 })?;
    fields.u32()
}
