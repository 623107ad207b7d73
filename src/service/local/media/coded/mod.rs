//! Packets and their decoders, for all compressed formats. A demuxer hands out packets, a [`Codec`] makes samples of
//! them, and [`Coded`] joins the two. Here is all of the crate's contact with the codec libraries. What must not be here:
//! files, and what becomes of the samples.

mod codec;
mod library;
mod mpa;
mod opus;
mod vorbis;

use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::packet::Packet;

pub(super) use codec::{Codec, Fitted, Spec};
pub(super) use library::{Library, OpenError};
pub(super) use mpa::Mpa;

use super::error::MediaError;

/// What a demuxer comes to next.
pub(super) enum Demuxed {
    Packet(Packet),
    /// Nothing yet, though the input went on.
    Busy,
    /// The tracks were replaced by others, as in joined files.
    Restarted,
    /// No packet within the byte budget; asking again goes on from there.
    Starved,
    /// There are no more packets.
    End,
}

/// A source of packets.
pub(super) trait Demuxer: Send {
    fn next(&mut self) -> Result<Demuxed, MediaError>;
}

/// What became of one step through the packets. Times and lengths are in the track's own units.
#[derive(Debug)]
pub(super) enum Step {
    /// A packet was decoded; its samples are in [`Coded::samples`].
    Decoded {
        at: i64,
        trim_start: u64,
        trim_end: u64,
    },
    /// More of the last packet was decoded: one of hours is not decoded at once.
    Continued {
        trim_end: u64,
    },
    /// A packet was found and cannot be decoded.
    Damaged {
        at: i64,
        length: u64,
        why: String,
    },
    /// Something else than this track went by.
    Foreign,
    Restarted,
    Starved,
    End,
}

/// A demuxer and a decoder.
pub(super) struct Coded<D> {
    pub(super) demuxer: D,
    codec: Codec,
    /// What is left of the last packet, from a byte on.
    rest: Option<(Packet, usize)>,
    /// The track that is decoded; `None`: there is but one.
    track: Option<u32>,
    /// Samples of the last [`Step::Decoded`], channels side by side.
    pub(super) samples: Vec<f32>,
    pub(super) spec: Spec,
    /// Bytes of all the packets so far.
    pub(super) packet_bytes: u64,
    pub(super) packets: u64,
}

impl<D: Demuxer> Coded<D> {
    pub(super) fn new(demuxer: D, codec: Codec, track: Option<u32>) -> Self {
        let spec = Spec::default();
        Self { demuxer, codec, rest: None, track, samples: Vec::new(), spec, packet_bytes: 0, packets: 0 }
    }

    /// Goes on with another track and decoder.
    pub(super) fn replace(&mut self, codec: Codec, track: Option<u32>) {
        (self.codec, self.track) = (codec, track);
    }

    /// Frames of the last [`Step::Decoded`].
    pub(super) fn frames(&self) -> usize {
        self.samples.len() / self.spec.channels.max(1)
    }

    pub(super) fn next(&mut self) -> Result<Step, MediaError> {
        if let Some((packet, from)) = self.rest.take() {
            return self.decode(packet, from);
        }
        let packet = match self.demuxer.next()? {
            Demuxed::Packet(packet) => packet,
            Demuxed::Busy => return Ok(Step::Foreign),
            Demuxed::Restarted => return Ok(Step::Restarted),
            Demuxed::Starved => return Ok(Step::Starved),
            Demuxed::End => return Ok(Step::End),
        };
        if self.track.is_some_and(|track| track != packet.track_id) {
            return Ok(Step::Foreign);
        }
        self.packets += 1;
        self.packet_bytes += packet.data.len() as u64;
        self.decode(packet, 0)
    }

    /// Decodes a packet, or of one that can be cut the next second.
    fn decode(&mut self, packet: Packet, from: usize) -> Result<Step, MediaError> {
        let to = packet.data.len().min(from.saturating_add(self.codec.most_bytes()));
        let is_last = to == packet.data.len();
        let at = packet.pts.get();
        Ok(match self.codec.decode(&packet, from..to, &mut self.samples)? {
            Ok(spec) => {
                self.spec = spec;
                let (trim_start, trim_end) =
                    (packet.trim_start.get(), if is_last { packet.trim_end.get() } else { 0 });
                if !is_last {
                    self.rest = Some((packet, to));
                }
                match from {
                    0 => Step::Decoded { at, trim_start, trim_end },
                    _ => Step::Continued { trim_end },
                }
            }
            Err(why) => Step::Damaged { at, length: packet.block_dur().get(), why },
        })
    }
}

/// Runs library code so that a panic on a hostile file is an error of that file.
fn contain<T>(run: impl FnOnce() -> T) -> Result<T, MediaError> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|_| MediaError::corrupt("its content makes the decoder fail"))
}
