//! Tools of the tests: recordings made in code, and the tone that they must decode to.

mod channels;
mod containers;
mod damage;
mod formats;
mod fuzz;
mod hostile;
#[cfg(unix)]
mod measure;
mod memory;
mod rates;

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use super::{Channels, Decoder, Limits, MediaError, MediaInput, RawFormat, Settings};

const TONE_HZ: f64 = 440.0;
const TONE_LEVEL: f64 = 0.5;

// Half a second or less of the same tone, from an ordinary encoder.
const FLAC_MONO: &[u8] = include_bytes!("../../../../tests/data/tone-16k-mono.flac");
const FLAC_STEREO: &[u8] = include_bytes!("../../../../tests/data/tone-44k-stereo.flac");
const MP3_XING: &[u8] = include_bytes!("../../../../tests/data/tone-44k-stereo-xing.mp3");
const MP3_PLAIN: &[u8] = include_bytes!("../../../../tests/data/tone-16k-mono-plain.mp3");

const VORBIS_MONO: &[u8] = include_bytes!("../../../../tests/data/tone-48k-mono-vorbis.ogg");
const VORBIS_STEREO: &[u8] = include_bytes!("../../../../tests/data/tone-44k-stereo-vorbis.ogg");
const OPUS_OGG: &[u8] = include_bytes!("../../../../tests/data/tone-48k-mono-opus.ogg");
const OPUS_WEBM: &[u8] = include_bytes!("../../../../tests/data/tone-48k-mono-opus.webm");
const AAC_M4A: &[u8] = include_bytes!("../../../../tests/data/tone-44k-mono-aac.m4a");
const AAC_INDEX_LAST: &[u8] = include_bytes!("../../../../tests/data/tone-44k-mono-aac-index-last.m4a");
const AAC_FRAGMENTS: &[u8] = include_bytes!("../../../../tests/data/tone-44k-mono-aac-fragments.mp4");
const AAC_ADTS: &[u8] = include_bytes!("../../../../tests/data/tone-44k-mono-aac.aac");
const AAC_VIDEO: &[u8] = include_bytes!("../../../../tests/data/tone-44k-mono-aac-video.mp4");
const AAC_MKV: &[u8] = include_bytes!("../../../../tests/data/tone-44k-mono-aac-video.mkv");
const ALAC: &[u8] = include_bytes!("../../../../tests/data/tone-16k-mono-alac.m4a");
const PCM_MOV: &[u8] = include_bytes!("../../../../tests/data/tone-16k-mono-pcm.mov");
const AC3_MP4: &[u8] = include_bytes!("../../../../tests/data/tone-48k-mono-ac3.mp4");
const SPEEX_OGG: &[u8] = include_bytes!("../../../../tests/data/tone-16k-mono-speex.ogg");
const AIFF: &[u8] = include_bytes!("../../../../tests/data/tone-16k-mono.aiff");

/// Every file that is not WAV, FLAC or MP3 and decodes.
const CONTAINERS: &[(&str, &[u8])] = &[
    ("Vorbis", VORBIS_MONO),
    ("stereo Vorbis", VORBIS_STEREO),
    ("Opus in Ogg", OPUS_OGG),
    ("Opus in WebM", OPUS_WEBM),
    ("AAC in M4A", AAC_M4A),
    ("AAC in M4A, index last", AAC_INDEX_LAST),
    ("AAC in fragments", AAC_FRAGMENTS),
    ("AAC in ADTS", AAC_ADTS),
    ("AAC beside video in MP4", AAC_VIDEO),
    ("AAC beside video in Matroska", AAC_MKV),
    ("ALAC", ALAC),
    ("PCM in MOV", PCM_MOV),
    ("AIFF", AIFF),
];

/// A whole recording, decoded.
#[derive(Clone, Debug, PartialEq)]
struct Decoded {
    /// The first lane.
    samples: Vec<f32>,
    lanes: Vec<Vec<f32>>,
    duration_ms: i64,
    codec: &'static str,
    source_rate: u32,
    source_channels: u16,
}

fn decode(
    input: Box<dyn MediaInput>,
    hint: Option<&str>,
    settings: &Settings,
    keep_going: &mut dyn FnMut() -> bool,
) -> Result<Decoded, MediaError> {
    let mut decoder = Decoder::open(input, hint, settings, keep_going)?;
    let mut lanes = vec![Vec::new(); decoder.lanes()];
    while decoder.next_chunk(&mut lanes)? {
        if !keep_going() {
            return Err(MediaError::Stopped);
        }
        assert!(lanes.iter().all(|lane| lane.len() == lanes[0].len()));
    }
    Ok(Decoded {
        samples: lanes[0].clone(),
        lanes,
        duration_ms: decoder.duration_ms(),
        codec: decoder.codec(),
        source_rate: decoder.source_rate(),
        source_channels: decoder.source_channels(),
    })
}

fn run(bytes: impl Into<Vec<u8>>, hint: Option<&str>) -> Result<Decoded, MediaError> {
    run_reader(Cursor::new(bytes.into()), hint)
}

/// By way of a reader that cannot seek. A minute is enough for every file of the tests.
fn run_reader(reader: impl Read + Send + 'static, hint: Option<&str>) -> Result<Decoded, MediaError> {
    decode(pipe(reader), hint, &limited(60_000), &mut || true)
}

/// By way of one that can.
fn run_file(bytes: impl Into<Vec<u8>>) -> Result<Decoded, MediaError> {
    decode(Box::new(File(Cursor::new(bytes.into()))), None, &limited(60_000), &mut || true)
}

fn limited(max_duration_ms: i64) -> Settings {
    Settings { limits: Limits { max_duration_ms }, ..Settings::default() }
}

/// A reader that cannot seek.
struct Pipe<R>(R);

impl<R: Read> Read for Pipe<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf)
    }
}

impl<R: Read + Send> MediaInput for Pipe<R> {}

fn pipe(reader: impl Read + Send + 'static) -> Box<dyn MediaInput> {
    Box::new(Pipe(reader))
}

/// A reader that can.
struct File(Cursor<Vec<u8>>);

impl Read for File {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf)
    }
}

impl MediaInput for File {
    fn seekable_len(&mut self) -> Option<u64> {
        Some(self.0.get_ref().len() as u64)
    }

    fn seek_to(&mut self, position: u64) -> io::Result<()> {
        self.0.seek(SeekFrom::Start(position)).map(drop)
    }
}

fn tone(rate: u32, n: usize) -> f64 {
    TONE_LEVEL * (std::f64::consts::TAU * TONE_HZ * n as f64 / f64::from(rate)).sin()
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Sample {
    Int(u16),
    Float(u16),
    MuLaw,
    ALaw,
}

impl Sample {
    fn tag(self) -> u16 {
        match self {
            Self::Int(_) => 1,
            Self::Float(_) => 3,
            Self::ALaw => 6,
            Self::MuLaw => 7,
        }
    }

    fn bits(self) -> u16 {
        match self {
            Self::Int(bits) | Self::Float(bits) => bits,
            Self::MuLaw | Self::ALaw => 8,
        }
    }

    fn put(self, value: f64, out: &mut Vec<u8>) {
        match self {
            Self::Int(8) => out.push((value * 127.0 + 128.0).round() as u8),
            Self::Int(bits) => {
                let scaled = (value * 2f64.powi(i32::from(bits) - 1)).round() as i64;
                out.extend_from_slice(&scaled.to_le_bytes()[..usize::from(bits / 8)]);
            }
            Self::Float(32) => out.extend_from_slice(&(value as f32).to_le_bytes()),
            Self::Float(_) => out.extend_from_slice(&value.to_le_bytes()),
            Self::MuLaw => out.push(mu_law(value)),
            Self::ALaw => out.push(a_law(value)),
        }
    }
}

/// G.711 as its tables define it: the segment is the position of the top bit.
fn mu_law(value: f64) -> u8 {
    let biased = ((value.abs() * 32_768.0) as u32).min(32_635) + 132;
    let segment = biased.ilog2() - 7;
    let code = segment << 4 | (biased >> (segment + 3) & 0xf);
    !(code as u8 | if value < 0.0 { 0x80 } else { 0 })
}

fn a_law(value: f64) -> u8 {
    let level = ((value.abs() * 32_768.0) as u32).min(32_767);
    let segment = (level >> 7).checked_ilog2().unwrap_or(0);
    let code = segment << 4 | (level >> if segment < 2 { 4 } else { segment + 3 } & 0xf);
    (code as u8 | if value < 0.0 { 0 } else { 0x80 }) ^ 0x55
}

/// A WAV header with any claim in it, in front of `data`.
fn wav_with(tag: u16, bits: u16, rate: u32, channels: u16, claim: u32, data: &[u8]) -> Vec<u8> {
    let block = channels * bits.div_ceil(8);
    let mut out = b"RIFF".to_vec();
    out.extend_from_slice(&claim.wrapping_add(36).to_le_bytes());
    out.extend_from_slice(b"WAVEfmt \x10\0\0\0");
    out.extend_from_slice(&tag.to_le_bytes());
    out.extend_from_slice(&channels.to_le_bytes());
    out.extend_from_slice(&rate.to_le_bytes());
    out.extend_from_slice(&rate.wrapping_mul(u32::from(block)).to_le_bytes());
    out.extend_from_slice(&block.to_le_bytes());
    out.extend_from_slice(&bits.to_le_bytes());
    out.extend_from_slice(b"data");
    out.extend_from_slice(&claim.to_le_bytes());
    out.extend_from_slice(data);
    out
}

/// `frames` of the tone, alike on every channel.
fn wav(sample: Sample, rate: u32, channels: u16, frames: usize) -> Vec<u8> {
    let mut data = Vec::new();
    for n in 0..frames {
        for _ in 0..channels {
            sample.put(tone(rate, n), &mut data);
        }
    }
    let claim = data.len() as u32;
    wav_with(sample.tag(), sample.bits(), rate, channels, claim, &data)
}

/// Compares with the tone at 16 kHz, sample by sample, which checks level, pitch and phase at once.
/// The filter rings where the tone is cut on and off, so `edge` samples are left out on both sides.
fn assert_tone(samples: &[f32], edge: usize, tolerance: f64, what: &str) {
    let mut worst = 0.0f64;
    for (n, sample) in samples.iter().enumerate().skip(edge) {
        if n + edge < samples.len() {
            worst = worst.max((f64::from(*sample) - tone(16_000, n)).abs());
        }
    }
    assert!(worst < tolerance, "{what}: off by {worst}");
}

/// A reader that hands out a few bytes at a time and cannot seek, as a pipe does.
struct Drip<R> {
    inner: R,
    step: usize,
}

impl<R: Read> Read for Drip<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.step.min(buf.len());
        self.inner.read(&mut buf[..n])
    }
}

/// A reader that fails with `kind` after its bytes.
struct Fails {
    bytes: Cursor<Vec<u8>>,
    kind: io::ErrorKind,
}

impl Read for Fails {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self.bytes.read(buf)? {
            0 => Err(io::Error::new(self.kind, "the line went dead")),
            n => Ok(n),
        }
    }
}

/// The samples and the error of a recording that breaks off.
fn drain(input: impl Read + Send + 'static) -> (Vec<f32>, Result<(), MediaError>) {
    let mut lanes = [Vec::new()];
    let result =
        Decoder::open(pipe(input), None, &Settings::default(), &mut || true).and_then(|mut decoder| {
            while decoder.next_chunk(&mut lanes)? {}
            Ok(())
        });
    (std::mem::take(&mut lanes[0]), result)
}
