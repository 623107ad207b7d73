//! The sample entry: which codec a track has, and the header that its decoder wants.

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::*;

use super::super::coded::{Codec, Fitted, Spec};
use super::super::error::MediaError;
use super::super::pcm::Encoding;
use super::boxes::{Fields, find, inner};

const CONTAINER: &str = "MP4";

/// What a track's packets are.
pub(super) enum Entry {
    Coded(Box<AudioCodecParameters>),
    Pcm(Encoding, Spec),
}

/// The fields in front of the boxes of an audio sample entry.
struct Sound<'a> {
    version: u16,
    channels: u16,
    bits: u16,
    rate: u32,
    /// Of the second version's own fields: bits and flags of uncompressed sound.
    pcm_flags: u32,
    boxes: &'a [u8],
}

impl Entry {
    /// From the content of `stsd`. The first entry counts.
    pub(super) fn read(stsd: &[u8]) -> Result<Self, MediaError> {
        let bad = || MediaError::corrupt("the MP4 index does not describe its audio (stsd)");
        let first = stsd.get(8..).and_then(|entries| inner(entries).next()).ok_or_else(bad)?;
        let sound = sound(first.content).ok_or_else(bad)?;
        let coded = |codec, extra: Vec<u8>| {
            let mut params = AudioCodecParameters::new();
            params.for_codec(codec).with_sample_rate(sound.rate).with_extra_data(extra.into());
            params.with_channels(Channels::Discrete(sound.channels));
            Ok(Self::Coded(Box::new(params)))
        };
        let pcm = |encoding| {
            let spec = Spec { rate: sound.rate, channels: usize::from(sound.channels) };
            Ok(Self::Pcm(encoding, spec))
        };
        match &first.kind {
            b"mp4a" => elementary(&sound),
            b".mp3" | b"ms\0\x55" => coded(CODEC_ID_MP3, Vec::new()),
            b"alac" => {
                // QuickTime wraps the header once more.
                let outer = find(sound.boxes, b"wave").unwrap_or(sound.boxes);
                let cookie = find(outer, b"alac").and_then(|alac| alac.get(4..)).ok_or_else(bad)?;
                coded(CODEC_ID_ALAC, cookie.to_vec())
            }
            b"Opus" => {
                coded(CODEC_ID_OPUS, opus_head(find(sound.boxes, b"dOps").ok_or_else(bad)?).ok_or_else(bad)?)
            }
            b"fLaC" => {
                let info =
                    find(sound.boxes, b"dfLa").and_then(|blocks| blocks.get(8..8 + 34)).ok_or_else(bad)?;
                coded(CODEC_ID_FLAC, info.to_vec())
            }
            b"sowt" => pcm(if sound.bits == 8 { Encoding::S8 } else { Encoding::S16 }),
            b"twos" => pcm(if sound.bits == 8 { Encoding::S8 } else { Encoding::S16Be }),
            b"raw " => pcm(if sound.bits == 16 { Encoding::S16Be } else { Encoding::U8 }),
            b"ulaw" => pcm(Encoding::MuLaw),
            b"alaw" => pcm(Encoding::ALaw),
            b"in24" => pcm(if is_little(&sound) { Encoding::S24 } else { Encoding::S24Be }),
            b"in32" => pcm(if is_little(&sound) { Encoding::S32 } else { Encoding::S32Be }),
            b"fl32" => pcm(if is_little(&sound) { Encoding::F32 } else { Encoding::F32Be }),
            b"fl64" => pcm(if is_little(&sound) { Encoding::F64 } else { Encoding::F64Be }),
            b"lpcm" | b"ipcm" | b"fpcm" => uncompressed(&first.kind, &sound).map_or_else(
                || {
                    Err(MediaError::unsupported(format!(
                        "uncompressed audio of {} bits in {CONTAINER}",
                        sound.bits
                    )))
                },
                pcm,
            ),
            other => Err(MediaError::unsupported(format!("{} in {CONTAINER}", name_of(*other)))),
        }
    }

    /// A decoder, its name, and what it drops at the start of how much a second.
    pub(super) fn fit(&self) -> Result<(Codec, &'static str, (u64, u64)), MediaError> {
        let Fitted { codec, name, spec, delay } = match self {
            Self::Coded(params) => Codec::fit(params, CONTAINER)?,
            Self::Pcm(encoding, spec) => Codec::pcm(*encoding, *spec)?,
        };
        Ok((codec, name, (delay, u64::from(spec.rate))))
    }

    /// Bytes of a frame of uncompressed sound.
    pub(super) fn frame_bytes(&self) -> Option<u32> {
        match self {
            Self::Coded(_) => None,
            Self::Pcm(encoding, spec) => {
                Some(u32::from(encoding.bytes()) * u32::try_from(spec.channels.clamp(1, 64)).unwrap_or(1))
            }
        }
    }
}

fn sound(entry: &[u8]) -> Option<Sound<'_>> {
    let mut fields = Fields(entry);
    fields.skip(8)?;
    let version = fields.u16()?;
    fields.skip(6)?;
    let (channels, bits) = (fields.u16()?, fields.u16()?);
    fields.skip(4)?;
    let rate = fields.u32()? >> 16;
    let mut sound = Sound { version, channels, bits, rate, pcm_flags: 0, boxes: fields.0 };
    match version {
        1 => {
            // Files of QuickTime's have four more fields; others say version 1 and have none.
            let mut longer = fields;
            if inner(fields.0).next().is_none_or(|inner| !inner.kind.iter().all(u8::is_ascii_graphic)) {
                longer.skip(16)?;
            }
            sound.boxes = longer.0;
        }
        2 => {
            fields.skip(4)?;
            sound.rate = f64::from_bits(fields.u64()?).clamp(0.0, f64::from(u32::MAX)) as u32;
            sound.channels = u16::try_from(fields.u32()?).ok()?;
            fields.skip(4)?;
            sound.bits = u16::try_from(fields.u32()?).ok()?;
            sound.pcm_flags = fields.u32()?;
            fields.skip(8)?;
            sound.boxes = fields.0;
        }
        _ => {}
    }
    Some(sound)
}

/// Whether a box says that the bytes of a sample stand in little-endian order.
fn is_little(sound: &Sound<'_>) -> bool {
    let outer = find(sound.boxes, b"wave").unwrap_or(sound.boxes);
    find(outer, b"enda").is_some_and(|enda| enda.last() == Some(&1))
}

fn uncompressed(kind: &[u8; 4], sound: &Sound<'_>) -> Option<Encoding> {
    let (float, big, bits) = match (kind, sound.version) {
        (b"lpcm", 2) => (sound.pcm_flags & 1 != 0, sound.pcm_flags & 2 != 0, u32::from(sound.bits)),
        (b"lpcm", _) => (false, true, u32::from(sound.bits)),
        _ => {
            let config = find(sound.boxes, b"pcmC")?;
            (kind == b"fpcm", config.get(4)? & 1 == 0, u32::from(*config.get(5)?))
        }
    };
    Some(match (float, bits, big) {
        (false, 8, _) => Encoding::S8,
        (false, 16, false) => Encoding::S16,
        (false, 16, true) => Encoding::S16Be,
        (false, 24, false) => Encoding::S24,
        (false, 24, true) => Encoding::S24Be,
        (false, 32, false) => Encoding::S32,
        (false, 32, true) => Encoding::S32Be,
        (true, 32, false) => Encoding::F32,
        (true, 32, true) => Encoding::F32Be,
        (true, 64, false) => Encoding::F64,
        (true, 64, true) => Encoding::F64Be,
        _ => return None,
    })
}

/// `mp4a`, whose codec stands in an elementary stream descriptor.
fn elementary(sound: &Sound<'_>) -> Result<Entry, MediaError> {
    let bad = || MediaError::corrupt("the MP4 index does not describe its audio (esds)");
    let outer = find(sound.boxes, b"wave").unwrap_or(sound.boxes);
    let esds = find(outer, b"esds").or_else(|| find(sound.boxes, b"esds")).ok_or_else(bad)?;
    let (object, specific) = esds.get(4..).and_then(descriptors).ok_or_else(bad)?;
    let mut params = AudioCodecParameters::new();
    match object {
        0x40 | 0x66..=0x68 => {
            let core = AacCore::parse(specific).ok_or_else(bad)?;
            params.for_codec(CODEC_ID_AAC).with_sample_rate(core.rate);
            params.with_channels(Channels::Discrete(core.channels)).with_extra_data(core.config()?.into());
        }
        0x69 | 0x6b => {
            params.for_codec(CODEC_ID_MP3).with_sample_rate(sound.rate);
            params.with_channels(Channels::Discrete(sound.channels));
        }
        other => {
            let name = match other {
                0xa5 => "AC-3".to_owned(),
                0xa6 => "E-AC-3".to_owned(),
                0xa9..=0xac => "DTS".to_owned(),
                0xdd => "Vorbis".to_owned(),
                0xe1 => "QCELP".to_owned(),
                _ => format!("a codec tiro does not know (MPEG-4 object 0x{other:02x})"),
            };
            return Err(MediaError::unsupported(format!("{name} in {CONTAINER}")));
        }
    }
    Ok(Entry::Coded(Box::new(params)))
}

/// The object type and the decoder's own header out of the nested descriptors.
fn descriptors(mut bytes: &[u8]) -> Option<(u8, &[u8])> {
    let mut object = None;
    loop {
        let (tag, rest) = bytes.split_first()?;
        let (len, content) = descriptor_len(rest)?;
        match tag {
            3 => {
                let flags = *content.get(2)?;
                let mut skip = 3;
                skip += if flags & 0x80 != 0 { 2 } else { 0 };
                skip += if flags & 0x40 != 0 { 1 + usize::from(*content.get(3)?) } else { 0 };
                skip += if flags & 0x20 != 0 { 2 } else { 0 };
                bytes = content.get(skip..)?;
            }
            4 => {
                object = Some(*content.first()?);
                bytes = content.get(13..)?;
                // MP3 has nothing further.
                if bytes.first() != Some(&5) {
                    return object.map(|object| (object, &[][..]));
                }
            }
            5 => return Some((object?, &content[..len.min(content.len())])),
            _ => bytes = content.get(len..)?,
        }
    }
}

fn descriptor_len(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut len = 0;
    for index in 0..4 {
        let byte = *bytes.get(index)?;
        len = len << 7 | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((len, &bytes[index + 1..]));
        }
    }
    None
}

/// The part of an AAC stream that every decoder knows. High efficiency AAC is this at half the rate and, beside it, hints
/// from which the upper half of the spectrum is guessed: of speech at 16 kHz nothing is lost without them.
struct AacCore {
    object: u8,
    rate: u32,
    rate_index: u8,
    channels: u16,
    channel_config: u8,
    short_frames: bool,
}

const AAC_RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

impl AacCore {
    fn parse(config: &[u8]) -> Option<Self> {
        let mut bits = Bits { bytes: config, at: 0 };
        let mut object = bits.object()?;
        let (rate_index, rate) = bits.rate()?;
        let channel_config = bits.take(4)? as u8;
        if object == 5 || object == 29 {
            bits.rate()?;
            object = bits.object()?;
        }
        let short_frames = bits.take(1).unwrap_or(0) == 1;
        let channels = match channel_config {
            7 => 8,
            11 => 7,
            12 | 14 => 8,
            config => u16::from(config),
        };
        Some(Self { object, rate, rate_index, channels, channel_config, short_frames })
    }

    /// A header of the plain form.
    fn config(&self) -> Result<Vec<u8>, MediaError> {
        let refused = |what: String| Err(MediaError::unsupported(format!("{what} in {CONTAINER}")));
        match (self.object, self.channel_config) {
            (2, 1 | 2) if self.short_frames => refused("AAC with frames of 960 samples".into()),
            (2, 1 | 2) if self.rate_index < 13 => {
                let packed =
                    2u16 << 11 | u16::from(self.rate_index) << 7 | u16::from(self.channel_config) << 3;
                Ok(packed.to_be_bytes().to_vec())
            }
            (2, 1 | 2) => refused(format!("AAC at {} Hz", self.rate)),
            (2, 0) => refused("AAC with channels of its own order".into()),
            (2, _) => refused(format!("AAC of {} channels", self.channels)),
            (1, _) => refused("AAC Main".into()),
            (3, _) => refused("AAC SSR".into()),
            (4, _) => refused("AAC LTP".into()),
            (23, _) => refused("AAC-LD".into()),
            (39, _) => refused("AAC-ELD".into()),
            (42, _) => refused("xHE-AAC".into()),
            (object, _) => refused(format!("MPEG-4 audio of object type {object}")),
        }
    }
}

/// Bits from the highest of each byte down.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, width: usize) -> Option<u32> {
        let mut value = 0;
        for _ in 0..width {
            let byte = *self.bytes.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }

    fn object(&mut self) -> Option<u8> {
        match self.take(5)? {
            31 => self.take(6).map(|more| 32 + more as u8),
            object => Some(object as u8),
        }
    }

    fn rate(&mut self) -> Option<(u8, u32)> {
        match self.take(4)? {
            15 => {
                let rate = self.take(24)?;
                let index = AAC_RATES.iter().position(|known| *known == rate);
                Some((index.map_or(15, |index| index as u8), rate))
            }
            index => Some((index as u8, *AAC_RATES.get(index as usize)?)),
        }
    }
}

/// The identification header as Ogg has it, whose numbers stand the other way round here.
fn opus_head(config: &[u8]) -> Option<Vec<u8>> {
    let mut fields = Fields(config);
    let (_, channels) = (fields.u8()?, fields.u8()?);
    let (skip, rate, gain) = (fields.u16()?, fields.u32()?, fields.u16()?);
    let mut head = b"OpusHead\x01".to_vec();
    head.push(channels);
    head.extend_from_slice(&skip.to_le_bytes());
    head.extend_from_slice(&rate.to_le_bytes());
    head.extend_from_slice(&gain.to_le_bytes());
    head.extend_from_slice(fields.0);
    Some(head)
}

fn name_of(kind: [u8; 4]) -> String {
    match &kind {
        b"ac-3" => "AC-3".into(),
        b"ec-3" => "E-AC-3".into(),
        b"ac-4" => "AC-4".into(),
        b"samr" => "AMR".into(),
        b"sawb" => "AMR-WB".into(),
        b"sevc" => "EVRC".into(),
        b"sqcp" => "QCELP".into(),
        b"dtsc" | b"dtsh" | b"dtsl" | b"dtse" => "DTS".into(),
        b"mlpa" => "TrueHD".into(),
        b"ima4" => "IMA ADPCM".into(),
        b"agsm" => "GSM 6.10".into(),
        b"QDM2" | b"QDMC" => "QDesign audio".into(),
        b"MAC3" | b"MAC6" => "MACE".into(),
        b"enca" => "encrypted audio".into(),
        b"iamf" => "IAMF".into(),
        other => format!("a codec tiro does not know ({})", other.escape_ascii()),
    }
}
