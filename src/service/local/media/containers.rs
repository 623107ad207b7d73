//! Ogg, Matroska (WebM) and ADTS: the library reads their packets; which track counts and what the headers declare is
//! seen here.

use symphonia::core::codecs::CodecParameters;
use symphonia::core::errors::Error as CodecError;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackFlags};
use symphonia::core::io::MediaSourceStream;
use symphonia::default::formats::{AdtsReader, MkvReader, OggReader};

use super::coded::{Codec, Demuxed, Demuxer, Fitted, Library};
use super::error::MediaError;
use super::input::Input;
use super::packets::{Chosen, Container, Packets};

/// Bytes that may pass without a packet. Comments of Ogg hold pictures, attachments of Matroska fonts, and a frame of
/// video may take megabytes.
const BUDGET: u64 = 32 << 20;
/// Bytes that may pass without an ADTS frame, which has 8 kB at most.
const ADTS_BUDGET: u64 = 1 << 20;

/// How much earlier than declared the last packet may begin: it may be a picture that stands for long.
const MISSING_S: f64 = 5.0;
const MISSING_SHARE: f64 = 0.02;

/// Ogg: Vorbis, Opus and FLAC.
pub(super) struct Ogg(Library);

impl Ogg {
    /// The input starts with `OggS`.
    pub(super) fn open(
        mut input: Input,
        keep_going: &mut dyn FnMut() -> bool,
    ) -> Result<Packets<Self>, MediaError> {
        // The library passes over what it does not know; the first packet has the name.
        let first = input.peek(28 + 255 + 8).map_err(MediaError::Read)?;
        let segments = first.get(26).map_or(0, |count| usize::from(*count));
        let packet = first.get(27 + segments..).unwrap_or_default();
        for (magic, name) in [(&b"Speex   "[..], "Speex"), (b"PCM     ", "PCM"), (b"CELT    ", "CELT")] {
            if packet.starts_with(magic) {
                return Err(MediaError::unsupported(format!("{name} in {}", Self::NAME)));
            }
        }
        let demuxer = open(input, BUDGET, Self::NAME, |stream| {
            OggReader::try_new(stream, FormatOptions::default()).map(|reader| Box::new(reader) as _)
        })?;
        Packets::open(Self(demuxer), keep_going)
    }
}

impl Demuxer for Ogg {
    fn next(&mut self) -> Result<Demuxed, MediaError> {
        self.0.next()
    }
}

impl Container for Ogg {
    const NAME: &'static str = "Ogg";
    const STARTS_ANYWHERE: bool = true;

    fn choose(&self) -> Result<Chosen, MediaError> {
        choose(self.0.reader(), Self::NAME)
    }
}

/// Matroska and WebM.
pub(super) struct Matroska {
    demuxer: Library,
    /// Where the file ends by its own header.
    declared: Option<u64>,
    /// Seconds that the header declares.
    declared_s: Option<f64>,
    /// Where the last packet of any track begins, in seconds.
    furthest_s: f64,
}

impl Matroska {
    /// The input starts with an EBML header.
    pub(super) fn open(
        mut input: Input,
        keep_going: &mut dyn FnMut() -> bool,
    ) -> Result<Packets<Self>, MediaError> {
        let declared = declared_end(input.peek(128).map_err(MediaError::Read)?);
        let demuxer = open(input, BUDGET, Self::NAME, |stream| {
            MkvReader::try_new(stream, FormatOptions::default()).map(|reader| Box::new(reader) as _)
        })?;
        let info = demuxer.reader().media_info();
        let seconds = info.time_base.zip(info.duration).map(|(base, duration)| {
            duration.get() as f64 * f64::from(base.numer.get()) / f64::from(base.denom.get())
        });
        Packets::open(Self { demuxer, declared, declared_s: seconds, furthest_s: 0.0 }, keep_going)
    }
}

impl Demuxer for Matroska {
    fn next(&mut self) -> Result<Demuxed, MediaError> {
        let next = self.demuxer.next()?;
        if let Demuxed::Packet(packet) = &next
            && let Some(base) = self
                .demuxer
                .reader()
                .tracks()
                .iter()
                .find_map(|track| track.time_base.filter(|_| track.id == packet.track_id))
        {
            let scale = f64::from(base.numer.get()) / f64::from(base.denom.get());
            self.furthest_s = self.furthest_s.max(packet.pts.get() as f64 * scale);
        }
        Ok(next)
    }
}

impl Container for Matroska {
    const NAME: &'static str = "Matroska or WebM";

    fn choose(&self) -> Result<Chosen, MediaError> {
        choose(self.demuxer.reader(), Self::NAME)
    }

    fn check_end(&self, seconds: f64) -> Result<(), MediaError> {
        // The library takes some damage for the end.
        let missing = self.declared_s.unwrap_or(0.0) - self.furthest_s;
        if missing > MISSING_S + MISSING_SHARE * self.declared_s.unwrap_or(0.0) {
            return Err(MediaError::truncated(format!("its last {missing:.1} s declared are not there")));
        }
        let read = self.demuxer.bytes_read();
        match self.declared.filter(|declared| read < *declared) {
            Some(declared) => Err(MediaError::truncated(format!(
                "it has {read} of {declared} bytes declared, {seconds:.1} s of audio"
            ))),
            None => Ok(()),
        }
    }
}

/// The end of the segment, from the first bytes of the file, unless it was written live.
fn declared_end(head: &[u8]) -> Option<u64> {
    let mut at = 0;
    let header = element(head, &mut at)?;
    at = at.checked_add(usize::try_from(header?).ok()?)?;
    let segment = element(head, &mut at)??;
    segment.checked_add(at as u64)
}

/// The size of the element at `at`, which moves on to its content; inside `None` where the size is not known.
#[expect(clippy::option_option, reason = "cut short, or of unknown size")]
fn element(bytes: &[u8], at: &mut usize) -> Option<Option<u64>> {
    *at += bytes.get(*at)?.leading_zeros() as usize + 1;
    let first = *bytes.get(*at)?;
    let more = first.leading_zeros() as usize;
    let rest = bytes.get(*at + 1..*at + 1 + more)?;
    *at += 1 + more;
    let marker = 0x80u8.checked_shr(more as u32)?;
    let value = rest.iter().fold(u64::from(first & !marker), |sum, byte| sum << 8 | u64::from(*byte));
    let unknown = (1u64 << (7 * (more + 1))) - 1;
    Some(Some(value).filter(|value| *value != unknown))
}

/// A bare stream of AAC.
pub(super) struct Adts(Library);

impl Adts {
    pub(super) fn open(
        input: Input,
        keep_going: &mut dyn FnMut() -> bool,
    ) -> Result<Packets<Self>, MediaError> {
        let demuxer = open(input, ADTS_BUDGET, Self::NAME, |stream| {
            AdtsReader::try_new(stream, FormatOptions::default()).map(|reader| Box::new(reader) as _)
        })?;
        Packets::open(Self(demuxer), keep_going)
    }
}

impl Demuxer for Adts {
    fn next(&mut self) -> Result<Demuxed, MediaError> {
        self.0.next()
    }
}

impl Container for Adts {
    const NAME: &'static str = "ADTS";
    const STARTS_ANYWHERE: bool = true;

    fn choose(&self) -> Result<Chosen, MediaError> {
        choose(self.0.reader(), Self::NAME)
    }
}

fn open(
    input: Input,
    budget: u64,
    name: &str,
    build: impl FnOnce(MediaSourceStream<'static>) -> Result<Box<dyn FormatReader>, CodecError>,
) -> Result<Library, MediaError> {
    let opened = Library::open(Vec::new(), input, budget, |stream| build(stream).map(|reader| (reader, ())));
    opened.map(|(demuxer, ())| demuxer).map_err(|error| error.in_container(name))
}

/// The default audio track, or the first that can be decoded.
fn choose(reader: &dyn FormatReader, container: &str) -> Result<Chosen, MediaError> {
    let mut tracks: Vec<&Track> = reader.tracks().iter().collect();
    tracks.sort_by_key(|track| !track.flags.contains(TrackFlags::DEFAULT));
    let mut refused = None;
    for track in &tracks {
        let Some(CodecParameters::Audio(params)) = &track.codec_params else { continue };
        match Codec::fit(params, container) {
            Ok(Fitted { codec, name, spec, delay }) => {
                let base =
                    track.time_base.map(|base| (u64::from(base.denom.get()), u64::from(base.numer.get())));
                let (per_second, seconds) = base.unwrap_or((u64::from(spec.rate.max(1)), 1));
                let delay = (delay, u64::from(spec.rate));
                return Ok(Chosen { codec, name, track: Some(track.id), delay, per_second, seconds });
            }
            Err(error) => drop(refused.get_or_insert(error)),
        }
    }
    Err(refused.unwrap_or_else(|| match tracks.iter().any(|track| track.codec_params.is_none()) {
        true => MediaError::unsupported(format!("a codec tiro does not know in {container}")),
        false => MediaError::NoAudio,
    }))
}
