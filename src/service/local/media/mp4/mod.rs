//! MP4, M4A and MOV: the audio track's packets, by the index at either end of the file or in its fragments.
//!
//! Read here and not by the codec library, whose reader knows no edit lists (every AAC file then starts late), reads all
//! of the video, searches its tables from the start for each packet, and needs the index first or a seek. What lives here:
//! boxes, tables and sample entries. What must not: decoding.

mod boxes;
mod edits;
mod entry;
mod fragment;
mod table;
mod track;

use std::collections::VecDeque;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, Timestamp};

use super::coded::{Demuxed, Demuxer};
use super::error::MediaError;
use super::input::{Input, MediaInput};
use super::packets::{Chosen, Container, Packets};
use boxes::Head;
use table::{Located, Sample};
use track::Track;

/// The largest index that is read; one of three hours of film takes 20 MB.
const MAX_INDEX: u64 = 256 << 20;
/// The largest index of a fragment.
const MAX_FRAGMENT: u64 = 16 << 20;
/// The largest packet of audio; uncompressed samples are cut to less.
const MAX_PACKET: u64 = 1 << 20;
/// How much of a gap is passed over in one step where the input cannot seek.
const SKIP_STEP: u64 = 1 << 20;
/// A recording in fragments whose first has a later time, in seconds, was joined late.
const JOINED_LATE: u64 = 10;
/// The most that is put aside of an input that cannot seek.
const MAX_SPOOL: u64 = 16 << 30;

pub(in super::super) struct Mp4 {
    input: Input,
    track: Track,
    /// Samples of the fragment at hand.
    fragment: VecDeque<Located>,
    /// Where the next box begins that may be a fragment; `None`: nowhere.
    next_box: Option<u64>,
    /// The sample that is waited for while the input goes towards it.
    pending: Option<Located>,
    /// Where the times of the next fragment begin, if it does not say.
    fragment_time: u64,
    /// The time of fragments that is the recording's beginning; `None` before the first.
    fragment_origin: Option<u64>,
    /// A box said that there is more than was found.
    cut: bool,
}

impl Mp4 {
    /// The input starts with a box.
    pub(in super::super) fn open(
        mut input: Input,
        spool_dir: &Path,
        keep_going: &mut dyn FnMut() -> bool,
    ) -> Result<Packets<Self>, MediaError> {
        let mut media_at = None;
        let moov = loop {
            if !keep_going() {
                return Err(MediaError::Stopped);
            }
            let at = input.position();
            let Some(head) = Head::read(&mut input)? else {
                return Err(match media_at {
                    Some(_) => no_index(),
                    None => MediaError::corrupt("the MP4 holds neither an index nor audio"),
                });
            };
            match &head.kind {
                b"moov" => break head.content(&mut input, MAX_INDEX, "index")?,
                b"mdat" => {
                    media_at.get_or_insert(at);
                    if input.len().is_none() {
                        input = spool(input, spool_dir, keep_going)?;
                        continue_after(&mut input, &head, keep_going)?;
                        continue;
                    }
                }
                _ => {}
            }
            continue_after(&mut input, &head, keep_going)?;
        };
        let next_box = media_at.unwrap_or(input.position());
        let track = Track::choose(&moov)?;
        drop(moov);
        let mp4 = Self {
            input,
            track,
            fragment: VecDeque::new(),
            next_box: Some(next_box),
            pending: None,
            fragment_time: 0,
            fragment_origin: None,
            cut: false,
        };
        Packets::open(mp4, keep_going)
    }

    /// Where the next sample is; `None`: there are no more.
    fn locate(&mut self) -> Result<Option<Located>, MediaError> {
        if let Some(located) = self.pending.take() {
            return Ok(Some(located));
        }
        if let Some(located) = self.track.table.next()? {
            self.fragment_time = located.sample.at + u64::from(located.sample.length);
            return Ok(Some(located));
        }
        Ok(self.fragment.pop_front())
    }

    /// Reads boxes up to the next fragment. False at the end of the file.
    fn next_fragment(&mut self) -> Result<bool, MediaError> {
        let Some((defaults, start)) = self.track.defaults.zip(self.next_box) else { return Ok(false) };
        if !self.go_to(start)? {
            return Ok(true);
        }
        let Some(head) = Head::read(&mut self.input)? else { return Ok(false) };
        let Some(end) = head.end else { return Ok(false) };
        self.next_box = Some(end);
        if &head.kind == b"moof" {
            let content = head.content(&mut self.input, MAX_FRAGMENT, "fragment")?;
            self.fragment = fragment::samples(&content, start, defaults, self.fragment_time)?;
            if let Some(last) = self.fragment.back() {
                self.fragment_time = last.sample.at + u64::from(last.sample.length);
            }
            self.count_from_the_origin();
            // The samples follow, and behind them the next box; from a pipe there is no way back to see where.
            if let Some(Head { kind: [b'm', b'd', b'a', b't'], end }) = Head::read(&mut self.input)? {
                self.next_box = end;
            }
        }
        Ok(true)
    }

    /// A stream that was joined late begins with its first fragment, whatever that one's time. A short time before the
    /// first sound is silence beside a picture, and stays.
    fn count_from_the_origin(&mut self) {
        let Some(first) = self.fragment.front().map(|first| first.sample.at) else { return };
        let is_late = first > u64::from(self.track.timescale) * JOINED_LATE && self.track.table.length() == 0;
        let origin = *self.fragment_origin.get_or_insert(if is_late { first } else { 0 });
        for located in &mut self.fragment {
            located.sample.at = located.sample.at.saturating_sub(origin);
        }
    }

    /// Moves towards `position`. False if it is not reached yet, or cannot be: then `cut` is set.
    fn go_to(&mut self, position: u64) -> Result<bool, MediaError> {
        let here = self.input.position();
        if self.input.len().is_none() && position > here + SKIP_STEP {
            self.cut |= !self.input.skip(SKIP_STEP, &mut || true)?;
            return Ok(false);
        }
        if position < here && self.input.len().is_none() {
            return Err(MediaError::unsupported(
                "an MP4 whose audio is not in order from a source that cannot seek (as a file it can be)",
            ));
        }
        let reached = match self.input.seek(position, &mut || true) {
            Err(MediaError::Read(error)) if error.kind() == std::io::ErrorKind::InvalidInput => {
                return Err(MediaError::corrupt("its MP4 index refers to what stands before its media"));
            }
            reached => reached?,
        };
        self.cut |= !reached;
        Ok(reached)
    }

    fn read_sample(&mut self, located: Located) -> Result<Demuxed, MediaError> {
        let Located { offset, size, sample: Sample { at, length } } = located;
        if size > MAX_PACKET {
            return Err(MediaError::corrupt(format!("its MP4 index has a packet of {size} bytes")));
        }
        if !self.go_to(offset)? {
            self.pending = Some(located);
            return Ok(if self.cut { Demuxed::End } else { Demuxed::Busy });
        }
        let data = self.input.take(size as usize)?;
        if (data.len() as u64) < size {
            self.cut = true;
            return Ok(Demuxed::End);
        }
        let at = i64::try_from(at).unwrap_or(i64::MAX).saturating_add(self.track.edits.shift);
        let length = Duration::new(u64::from(length));
        Ok(Demuxed::Packet(Packet::new(self.track.id, Timestamp::new(at), length, data)))
    }
}

impl Demuxer for Mp4 {
    fn next(&mut self) -> Result<Demuxed, MediaError> {
        if let Some(located) = self.locate()? {
            return self.read_sample(located);
        }
        Ok(if self.next_fragment()? && !self.cut { Demuxed::Busy } else { Demuxed::End })
    }
}

impl Container for Mp4 {
    const NAME: &'static str = "MP4";

    fn choose(&self) -> Result<Chosen, MediaError> {
        let timescale = u64::from(self.track.timescale);
        let (codec, name, delay) = self.track.entry.fit()?;
        let delay = match self.track.edits.skip {
            Some(skip) => (skip, timescale),
            None => delay,
        };
        Ok(Chosen { codec, name, track: None, delay, per_second: timescale, seconds: 1 })
    }

    fn end(&self) -> Option<u64> {
        self.track.edits.end
    }

    fn check_end(&self, seconds: f64) -> Result<(), MediaError> {
        let declared = self.track.table.length() as f64 / f64::from(self.track.timescale.max(1));
        match self.cut {
            true if declared > 0.0 => Err(MediaError::truncated(format!(
                "decoded {seconds:.1} s of {declared:.1} s that its MP4 index declares"
            ))),
            true => Err(MediaError::truncated(format!(
                "it ends inside a fragment, after {seconds:.1} s of audio"
            ))),
            false => Ok(()),
        }
    }
}

fn no_index() -> MediaError {
    MediaError::truncated("the MP4 has no index: its recorder did not finish it, or it was cut")
}

/// Goes on behind the content of a box. One that reaches beyond the end of the file was cut, and the index with it.
fn continue_after(
    input: &mut Input,
    head: &Head,
    keep_going: &mut dyn FnMut() -> bool,
) -> Result<(), MediaError> {
    let reached = match head.end {
        Some(end) => input.seek(end, keep_going)?,
        None => {
            input.seek(input.len().unwrap_or(u64::MAX), keep_going)?;
            true
        }
    };
    if reached { Ok(()) } else { Err(no_index()) }
}

/// The rest of an input in a file without a name, as one that can seek. What was read before is not needed again.
fn spool(
    mut input: Input,
    spool_dir: &Path,
    keep_going: &mut dyn FnMut() -> bool,
) -> Result<Input, MediaError> {
    let start = input.position();
    let mut file = tempfile::tempfile_in(spool_dir).map_err(MediaError::Spool)?;
    let mut buffer = vec![0; 256 << 10];
    let mut len = 0;
    loop {
        if !keep_going() {
            return Err(MediaError::Stopped);
        }
        let count = input.read(&mut buffer).map_err(MediaError::Read)?;
        if count == 0 {
            break;
        }
        len += count as u64;
        if len > MAX_SPOOL {
            return Err(MediaError::unsupported(format!(
                "an MP4 of over {} GiB with its index last from a source that cannot seek (as a file it can be)",
                MAX_SPOOL >> 30
            )));
        }
        file.write_all(&buffer[..count]).map_err(MediaError::Spool)?;
    }
    file.seek(SeekFrom::Start(0)).map_err(MediaError::Spool)?;
    Ok(Input::starting_at(Box::new(Spooled { file, start, len }), start))
}

/// Part of an input in a file, at the positions it had in the input.
struct Spooled {
    file: std::fs::File,
    start: u64,
    len: u64,
}

impl Read for Spooled {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        self.file.read(buf)
    }
}

impl MediaInput for Spooled {
    fn seekable_len(&mut self) -> Option<u64> {
        Some(self.start + self.len)
    }

    fn seek_to(&mut self, position: u64) -> std::io::Result<()> {
        // What stands before the spooled part was read and is gone; nothing refers to it but a broken index.
        let Some(within) = position.checked_sub(self.start) else {
            return Err(std::io::ErrorKind::InvalidInput.into());
        };
        self.file.seek(SeekFrom::Start(within)).map(drop)
    }
}
