//! MP3, by the library's decoder, which is made for one rate and number of channels and fails on frames of any other.
//! Joined files have them.

use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as CodecError;
use symphonia::core::packet::Packet;
use symphonia::default::codecs::MpaDecoder;

use super::super::error::MediaError;
use super::codec::Spec;
use super::contain;

/// So many frames of another rate in a row are no damage.
const ANOTHER_RATE: u32 = 8;

pub(in super::super) struct Mpa {
    params: AudioCodecParameters,
    decoder: MpaDecoder,
    /// What the decoder is made for, once it has seen a frame.
    made_for: Option<Spec>,
    /// The rate of what was decoded.
    rate: Option<u32>,
    /// Frames of other rates since the last one of this.
    others: u32,
}

impl Mpa {
    pub(in super::super) fn new(params: &AudioCodecParameters) -> Result<Self, CodecError> {
        let decoder = decoder(params)?;
        Ok(Self { params: params.clone(), decoder, made_for: None, rate: None, others: 0 })
    }

    /// The decoder, made ready for a packet's frame. One of another rate is the inner error, several in a row the outer.
    pub(super) fn ready_for(
        &mut self,
        packet: &Packet,
    ) -> Result<Result<&mut dyn AudioDecoder, String>, MediaError> {
        let Some(spec) = spec_of(&packet.data) else { return Ok(Err("no MP3 frame".into())) };
        if let Some(rate) = self.rate.filter(|rate| *rate != spec.rate) {
            self.others += 1;
            if self.others >= ANOTHER_RATE {
                let (from, to) = (rate, spec.rate);
                let what = format!("a recording whose rate changes from {from} to {to} Hz on the way");
                return Err(MediaError::unsupported(what));
            }
            return Ok(Err(format!("a frame at {} Hz", spec.rate)));
        }
        self.others = 0;
        if self.made_for.is_some_and(|made_for| made_for != spec) {
            match contain(|| decoder(&self.params))? {
                Ok(decoder) => self.decoder = decoder,
                Err(error) => return Ok(Err(error.to_string())),
            }
        }
        self.made_for = Some(spec);
        Ok(Ok(&mut self.decoder))
    }

    /// A frame of the last packet's kind was decoded.
    pub(super) fn decoded(&mut self) {
        self.rate = self.made_for.map(|spec| spec.rate);
    }
}

/// Delay and padding are cut off elsewhere: the library would also cut what stands behind the declared end.
fn decoder(params: &AudioCodecParameters) -> Result<MpaDecoder, CodecError> {
    MpaDecoder::try_new(params, &AudioDecoderOptions::default().gapless(false))
}

/// What the header of a frame says.
fn spec_of(frame: &[u8]) -> Option<Spec> {
    let [0xff, second, third, fourth, ..] = frame else { return None };
    let halved = match second >> 3 & 3 {
        3 => 0,
        2 => 1,
        0 => 2,
        _ => return None,
    };
    let rate: u32 = [44_100, 48_000, 32_000].get(usize::from(third >> 2 & 3)).copied()?;
    let channels = if fourth >> 6 == 3 { 1 } else { 2 };
    Some(Spec { rate: rate >> halved, channels })
}
