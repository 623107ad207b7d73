//! From one packet to samples: which decoder takes a track, and what a codec that has none is called.

use std::ops::Range;

use symphonia::core::codecs::audio::well_known::*;
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as CodecError;
use symphonia::core::packet::Packet;
use symphonia::default::codecs::{AacDecoder, AlacDecoder, FlacDecoder, VorbisDecoder};

use super::super::error::MediaError;
use super::super::lanes::Lanes;
use super::super::pcm::{Encoding, tame};
use super::super::settings::Channels;
use super::contain;
use super::mpa::Mpa;
use super::opus::{self, Opus};
use super::vorbis;

/// The longest frame of an ALAC file that is believed; the usual one has 4096 samples a channel.
const MAX_ALAC_FRAME: u32 = 1 << 16;

/// What decodes the packets of a track.
pub(in super::super) enum Codec {
    Library(Box<dyn AudioDecoder>),
    Mpa(Box<Mpa>),
    Opus(Box<Opus>),
    Pcm(Pcm),
}

pub(in super::super) struct Pcm {
    encoding: Encoding,
    rate: u32,
    channels: usize,
    samples: Lanes,
}

/// Rate and channels of decoded samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Spec {
    pub(in super::super) rate: u32,
    pub(in super::super) channels: usize,
}

/// A decoder that fits a track.
pub(in super::super) struct Fitted {
    pub(in super::super) codec: Codec,
    pub(in super::super) name: &'static str,
    /// What the headers say of the samples; the packets decide.
    pub(in super::super) spec: Spec,
    /// Frames that the encoder put in front of the recording, where the codec's own header says so.
    pub(in super::super) delay: u64,
}

impl Codec {
    /// The decoder for a track in a `container`, which is named when there is none.
    pub(in super::super) fn fit(
        params: &AudioCodecParameters,
        container: &str,
    ) -> Result<Fitted, MediaError> {
        let extra = params.extra_data.as_deref().unwrap_or_default();
        let channels = params.channels.as_ref().map_or(0, |channels| channels.count());
        let spec = Spec { rate: params.sample_rate.unwrap_or(0), channels };
        let library = |name, decoder| Ok(Fitted { codec: Codec::Library(decoder), name, spec, delay: 0 });
        let options = AudioDecoderOptions::default().gapless(false);
        let refused = |name: &str, error: CodecError| match error {
            CodecError::Unsupported(what) => {
                MediaError::unsupported(format!("{name} of this kind in {container} ({what})"))
            }
            error => MediaError::corrupt(format!("its {name} header is broken ({error})")),
        };
        match params.codec {
            CODEC_ID_OPUS => {
                let head = opus::Head::parse(extra)?;
                let spec = Spec { rate: opus::RATE, channels: usize::from(head.channels) };
                let codec = Codec::Opus(Box::new(Opus::new(&head)?));
                Ok(Fitted { codec, name: "opus", spec, delay: u64::from(head.pre_skip) })
            }
            CODEC_ID_VORBIS => {
                vorbis::check(extra)?;
                let decoder = contain(|| VorbisDecoder::try_new(params, &options))?;
                library("vorbis", Box::new(decoder.map_err(|error| refused("Vorbis", error))?))
            }
            CODEC_ID_AAC => {
                if channels > 2 {
                    return Err(MediaError::unsupported(format!(
                        "AAC of {channels} channels in {container}"
                    )));
                }
                let decoder = contain(|| AacDecoder::try_new(params, &options))?;
                library("aac", Box::new(decoder.map_err(|error| refused("AAC", error))?))
            }
            CODEC_ID_ALAC => {
                let frame = extra.first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes));
                if frame == 0 || frame > MAX_ALAC_FRAME {
                    return Err(MediaError::corrupt("its ALAC header is broken"));
                }
                let decoder = contain(|| AlacDecoder::try_new(params, &options))?;
                library("alac", Box::new(decoder.map_err(|error| refused("ALAC", error))?))
            }
            CODEC_ID_FLAC => {
                let decoder = contain(|| FlacDecoder::try_new(params, &AudioDecoderOptions::default()))?;
                library("flac", Box::new(decoder.map_err(|error| refused("FLAC", error))?))
            }
            CODEC_ID_MP3 => {
                let decoder = contain(|| Mpa::new(params))?.map_err(|error| refused("MP3", error))?;
                Ok(Fitted { codec: Self::mpa(decoder), name: "mp3", spec, delay: 0 })
            }
            other => match pcm_encoding(other) {
                Some(encoding) => Self::pcm(encoding, spec),
                None => Err(MediaError::unsupported(format!("{} in {container}", name_of(other)))),
            },
        }
    }

    /// The decoder of uncompressed samples.
    pub(in super::super) fn pcm(encoding: Encoding, spec: Spec) -> Result<Fitted, MediaError> {
        let samples = Lanes::new(Channels::Mix, 1)?;
        let pcm = Pcm { encoding, rate: spec.rate, channels: spec.channels.max(1), samples };
        Ok(Fitted { codec: Codec::Pcm(pcm), name: encoding.codec(), spec, delay: 0 })
    }

    pub(in super::super) fn library(decoder: Box<dyn AudioDecoder>) -> Self {
        Self::Library(decoder)
    }

    pub(in super::super) fn mpa(decoder: Mpa) -> Self {
        Self::Mpa(Box::new(decoder))
    }

    /// How much of a packet is decoded at once: of samples a second, else all of it.
    pub(super) fn most_bytes(&self) -> usize {
        match self {
            Self::Pcm(Pcm { encoding, rate, channels, .. }) => usize::from(encoding.bytes())
                .saturating_mul(*channels)
                .saturating_mul((*rate).max(1) as usize),
            _ => usize::MAX,
        }
    }

    /// Replaces `out` with the samples of a packet, channels side by side. A packet that cannot be decoded is the inner
    /// error. `part`: the bytes to decode, which are all of them but of one that is cut.
    pub(super) fn decode(
        &mut self,
        packet: &Packet,
        part: Range<usize>,
        out: &mut Vec<f32>,
    ) -> Result<Result<Spec, String>, MediaError> {
        match self {
            Self::Opus(opus) => {
                let spec = Spec { rate: opus::RATE, channels: opus.channels() };
                Ok(opus.decode(&packet.data, out).map(|()| spec))
            }
            Self::Pcm(Pcm { encoding, rate, channels, samples }) => {
                samples.clear();
                encoding.convert(&packet.data[part], 1, samples);
                out.clear();
                out.extend_from_slice(&samples.lanes()[0]);
                Ok(Ok(Spec { rate: *rate, channels: *channels }))
            }
            Self::Mpa(mpa) => {
                let decoded = match mpa.ready_for(packet)? {
                    Ok(decoder) => decode_by(decoder, packet, out)?,
                    Err(why) => Err(why),
                };
                if decoded.is_ok() {
                    mpa.decoded();
                }
                Ok(decoded)
            }
            Self::Library(decoder) => decode_by(decoder.as_mut(), packet, out),
        }
    }
}

fn decode_by(
    decoder: &mut dyn AudioDecoder,
    packet: &Packet,
    out: &mut Vec<f32>,
) -> Result<Result<Spec, String>, MediaError> {
    contain(|| {
        let samples = decoder.decode(packet).map_err(|error| error.to_string())?;
        samples.copy_to_vec_interleaved(out);
        out.iter_mut().for_each(|sample| *sample = tame(*sample));
        let spec = samples.spec();
        Ok(Spec { rate: spec.rate(), channels: samples.num_planes().max(1) })
    })
}

fn pcm_encoding(codec: AudioCodecId) -> Option<Encoding> {
    Some(match codec {
        CODEC_ID_PCM_U8 => Encoding::U8,
        CODEC_ID_PCM_S16LE => Encoding::S16,
        CODEC_ID_PCM_S16BE => Encoding::S16Be,
        CODEC_ID_PCM_S24LE => Encoding::S24,
        CODEC_ID_PCM_S24BE => Encoding::S24Be,
        CODEC_ID_PCM_S32LE => Encoding::S32,
        CODEC_ID_PCM_S32BE => Encoding::S32Be,
        CODEC_ID_PCM_F32LE => Encoding::F32,
        CODEC_ID_PCM_F64LE => Encoding::F64,
        _ => return None,
    })
}

fn name_of(codec: AudioCodecId) -> &'static str {
    match codec {
        CODEC_ID_AC3 => "AC-3",
        CODEC_ID_EAC3 => "E-AC-3",
        CODEC_ID_TRUEHD => "TrueHD",
        CODEC_ID_DCA => "DTS",
        CODEC_ID_SPEEX => "Speex",
        CODEC_ID_MP1 => "MPEG audio layer I",
        CODEC_ID_MP2 => "MPEG audio layer II",
        CODEC_ID_MUSEPACK => "Musepack",
        CODEC_ID_TTA => "True Audio",
        CODEC_ID_WAVPACK => "WavPack",
        CODEC_ID_ATRAC1 | CODEC_ID_ATRAC3 => "ATRAC",
        CODEC_ID_RA10 | CODEC_ID_RA20 | CODEC_ID_COOK | CODEC_ID_SIPR | CODEC_ID_RALF => "RealAudio",
        _ => "a codec tiro does not know",
    }
}
