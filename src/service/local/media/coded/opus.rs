//! Opus, by the reference decoder. Here is all of the crate's contact with it.
//!
//! `opusic-sys` builds libopus itself, so no library of the system's is needed. Pure Rust decoders of Opus are young;
//! this one has decoded hostile packets for a decade.

use std::ffi::c_int;
use std::ptr::NonNull;

use opusic_sys as sys;

use super::super::error::MediaError;

/// The rate that everything is decoded at, whatever the encoder was given.
pub(super) const RATE: u32 = 48_000;
/// The longest packet, 120 ms.
const MAX_FRAMES: usize = 5760;

pub(in super::super) struct Opus {
    decoder: NonNull<sys::OpusMSDecoder>,
    channels: usize,
    /// Linear; the header may ask for it.
    gain: f32,
}

// SAFETY: the decoder is plain memory without ties to a thread, and only reached through `&mut`.
unsafe impl Send for Opus {}

impl Drop for Opus {
    fn drop(&mut self) {
        // SAFETY: made once, freed once.
        unsafe { sys::opus_multistream_decoder_destroy(self.decoder.as_ptr()) };
    }
}

/// The identification header, as it stands in Ogg and in Matroska.
pub(super) struct Head {
    pub(super) channels: u8,
    /// Frames to drop at the start.
    pub(super) pre_skip: u16,
    gain_in_256ths_of_db: i16,
    streams: u8,
    coupled: u8,
    mapping: Vec<u8>,
}

impl Head {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, MediaError> {
        let bad = || MediaError::corrupt("the Opus header is broken");
        let bytes = bytes.strip_prefix(b"OpusHead").ok_or_else(bad)?;
        let [version, channels, skip_low, skip_high, _, _, _, _, gain_low, gain_high, family, rest @ ..] =
            bytes
        else {
            return Err(bad());
        };
        if version >> 4 != 0 || *channels == 0 {
            return Err(bad());
        }
        let (streams, coupled, mapping) = match (family, rest) {
            (0, _) if *channels <= 2 => (1, channels - 1, (0..*channels).collect()),
            (0, _) => return Err(bad()),
            (1 | 2 | 255, [streams, coupled, mapping @ ..]) => {
                let mapping = mapping.get(..usize::from(*channels)).ok_or_else(bad)?;
                (*streams, *coupled, mapping.to_vec())
            }
            (1 | 2 | 255, _) => return Err(bad()),
            _ => return Err(MediaError::unsupported(format!("Opus of channel mapping family {family}"))),
        };
        Ok(Self {
            channels: *channels,
            pre_skip: u16::from_le_bytes([*skip_low, *skip_high]),
            gain_in_256ths_of_db: i16::from_le_bytes([*gain_low, *gain_high]),
            streams,
            coupled,
            mapping,
        })
    }
}

impl Opus {
    pub(super) fn new(head: &Head) -> Result<Self, MediaError> {
        let mut status = sys::OPUS_OK;
        // SAFETY: the mapping has an entry for each channel; the library checks every value.
        let decoder = unsafe {
            sys::opus_multistream_decoder_create(
                RATE as i32,
                c_int::from(head.channels),
                c_int::from(head.streams),
                c_int::from(head.coupled),
                head.mapping.as_ptr(),
                &mut status,
            )
        };
        let decoder = NonNull::new(decoder).filter(|_| status == sys::OPUS_OK);
        let decoder = decoder.ok_or_else(|| MediaError::corrupt("the Opus header is broken"))?;
        let gain = 10f32.powf(f32::from(head.gain_in_256ths_of_db) / (20.0 * 256.0));
        Ok(Self { decoder, channels: usize::from(head.channels), gain })
    }

    pub(super) fn channels(&self) -> usize {
        self.channels
    }

    /// Replaces `out` with the packet's samples, channels side by side.
    pub(super) fn decode(&mut self, packet: &[u8], out: &mut Vec<f32>) -> Result<(), String> {
        let len = i32::try_from(packet.len()).map_err(|_| "an Opus packet of over 2 GiB".to_owned())?;
        // An empty packet would ask for concealment, as long as there is room.
        if len == 0 {
            return Err("an Opus packet without a byte".into());
        }
        out.clear();
        out.resize(MAX_FRAMES * self.channels, 0.0);
        // SAFETY: the decoder is alive; the packet has `len` bytes; the output has room for MAX_FRAMES of each channel.
        let frames = unsafe {
            sys::opus_multistream_decode_float(
                self.decoder.as_ptr(),
                packet.as_ptr(),
                len,
                out.as_mut_ptr(),
                MAX_FRAMES as c_int,
                0,
            )
        };
        let frames = usize::try_from(frames).map_err(|_| format!("an Opus packet is broken ({frames})"))?;
        out.truncate(frames.min(MAX_FRAMES) * self.channels);
        if self.gain != 1.0 {
            out.iter_mut().for_each(|sample| *sample *= self.gain);
        }
        Ok(())
    }
}
