//! The bridge to the codec library, for the compressed formats: bytes in, packets through, mono
//! samples out, and every failure sorted into its kind.
//!
//! The library sees a plain stream that cannot seek, so it never estimates lengths or jumps.

use std::io::{self, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::errors::Error as CodecError;
use symphonia::core::formats::FormatReader;
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};

use super::error::MediaError;
use super::input::Input;

/// What the bridge remembers on both of its sides.
#[derive(Default)]
struct Link {
    /// The input's own error. The library is told only that there was one, because it retries some
    /// kinds and takes others for the end of the file.
    failed: Option<io::Error>,
    /// An error was passed: nothing is read any more.
    closed: bool,
    /// Bytes that may still be read in search of the next packet.
    budget: u64,
    /// The budget ran out.
    starved: bool,
    /// Bytes handed over so far.
    read: u64,
}

#[derive(Clone, Default)]
struct SharedLink(Arc<Mutex<Link>>);

impl SharedLink {
    fn lock(&self) -> MutexGuard<'_, Link> {
        // A panic inside the library is caught and leaves plain data behind: still good.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The input as the library's byte source: first `head`, then the rest.
struct Source {
    head: io::Cursor<Vec<u8>>,
    /// The library wants its sources shareable between threads, which readers seldom are.
    input: Mutex<Input>,
    link: SharedLink,
}

impl Read for Source {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.head.read(buf)?;
        if n > 0 || buf.is_empty() {
            return Ok(n);
        }
        let mut link = self.link.lock();
        if link.closed {
            return Err(io::Error::other("the input failed before"));
        }
        let room = buf.len().min(usize::try_from(link.budget).unwrap_or(usize::MAX));
        if room == 0 {
            link.starved = true;
            return Err(io::Error::other("no packet within reach"));
        }
        let input = self.input.get_mut().unwrap_or_else(PoisonError::into_inner);
        match input.read(&mut buf[..room]) {
            Ok(n) => {
                link.budget -= n as u64;
                link.read += n as u64;
                Ok(n)
            }
            Err(error) => {
                link.failed = Some(error);
                link.closed = true;
                Err(io::Error::other("the input failed"))
            }
        }
    }
}

impl Seek for Source {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

impl MediaSource for Source {
    fn is_seekable(&self) -> bool {
        false
    }

    fn byte_len(&self) -> Option<u64> {
        None
    }
}

/// What became of one step through the packets. Times and lengths are sample frames of the source.
#[derive(Debug)]
pub(super) enum Step {
    /// A packet was decoded; its samples are in [`Coded::mono`].
    Decoded { at: i64 },
    /// A packet was found and cannot be decoded.
    Damaged { at: i64, frames: u64, why: String },
    /// No packet within the byte budget; asking again goes on from there.
    Starved,
    /// There are no more packets.
    End,
}

/// A packet reader and its decoder.
pub(super) struct Coded {
    reader: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    link: SharedLink,
    budget: u64,
    interleaved: Vec<f32>,
    /// Samples of the last [`Step::Decoded`], averaged over the channels.
    pub(super) mono: Vec<f32>,
    /// Bytes of all the packets so far.
    pub(super) packet_bytes: u64,
    pub(super) packets: u64,
}

type Opened = (Box<dyn FormatReader>, Box<dyn AudioDecoder>);

/// Why [`Coded::open`] came to nothing.
pub(super) enum OpenError {
    /// There is not one whole packet, for this reason.
    NoPacket(String),
    Failed(MediaError),
}

impl Coded {
    /// `head` is what the library reads before the rest of `input`; `budget` is how many bytes may
    /// pass without a packet.
    pub(super) fn open(
        head: Vec<u8>,
        input: Input,
        budget: u64,
        build: impl FnOnce(MediaSourceStream<'static>) -> Result<Opened, CodecError>,
    ) -> Result<Self, OpenError> {
        let link = SharedLink::default();
        link.lock().budget = budget;
        let source = Source { head: io::Cursor::new(head), input: Mutex::new(input), link: link.clone() };
        let opened =
            contain(|| build(MediaSourceStream::new(Box::new(source), MediaSourceStreamOptions::default())))
                .map_err(OpenError::Failed)?;
        match opened {
            Ok((reader, decoder)) => Ok(Self {
                reader,
                decoder,
                link,
                budget,
                interleaved: Vec::new(),
                mono: Vec::new(),
                packet_bytes: 0,
                packets: 0,
            }),
            Err(error) => {
                let mut link = link.lock();
                Err(match (link.failed.take(), error) {
                    (Some(error), _) => OpenError::Failed(MediaError::Read(error)),
                    (None, CodecError::IoError(_)) if link.starved => {
                        OpenError::NoPacket(format!("none in its first {} MiB", budget >> 20))
                    }
                    (None, CodecError::IoError(_)) => OpenError::NoPacket("it ends before that".into()),
                    (None, CodecError::Unsupported(what)) => OpenError::Failed(MediaError::unsupported(what)),
                    (None, error) => OpenError::NoPacket(error.to_string()),
                })
            }
        }
    }

    /// The demuxer's view of the stream: frames in all, encoder delay and padding.
    pub(super) fn lengths(&self) -> (Option<u64>, u64, u64) {
        self.reader.tracks().first().map_or((None, 0, 0), |track| {
            (track.num_frames, u64::from(track.delay.unwrap_or(0)), u64::from(track.padding.unwrap_or(0)))
        })
    }

    /// Bytes read from the input so far.
    pub(super) fn bytes_read(&self) -> u64 {
        self.link.lock().read
    }

    pub(super) fn next(&mut self) -> Result<Step, MediaError> {
        {
            let mut link = self.link.lock();
            link.budget = self.budget;
            link.starved = false;
        }
        let reader = &mut self.reader;
        let packet = match contain(|| reader.next_packet())? {
            Ok(Some(packet)) => packet,
            outcome => return self.without_packet(outcome.err()),
        };
        self.packets += 1;
        self.packet_bytes += packet.data.len() as u64;
        let at = packet.pts.get();
        let frames = packet.block_dur().get();
        let (decoder, interleaved, mono) = (&mut self.decoder, &mut self.interleaved, &mut self.mono);
        let decoded = contain(|| {
            decoder.decode(&packet).map(|samples| {
                let channels = samples.num_planes().max(1);
                samples.copy_to_vec_interleaved(interleaved);
                mono.clear();
                mono.extend(
                    interleaved
                        .chunks_exact(channels)
                        .map(|frame| frame.iter().sum::<f32>() / channels as f32),
                );
            })
        })?;
        Ok(match decoded {
            Ok(()) => Step::Decoded { at },
            Err(error) => Step::Damaged { at, frames, why: error.to_string() },
        })
    }

    /// Sorts out what it means that there was no packet.
    fn without_packet(&mut self, error: Option<CodecError>) -> Result<Step, MediaError> {
        let mut link = self.link.lock();
        // First of all: the library may have taken the input's failure for the end.
        if let Some(error) = link.failed.take() {
            return Err(MediaError::Read(error));
        }
        if link.starved {
            return Ok(Step::Starved);
        }
        match error {
            None => Ok(Step::End),
            Some(CodecError::IoError(error)) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Step::End),
            Some(error) => Err(MediaError::corrupt(error.to_string())),
        }
    }
}

/// Runs library code so that a panic on a hostile file is an error of that file.
fn contain<T>(run: impl FnOnce() -> T) -> Result<T, MediaError> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|_| MediaError::corrupt("its content makes the decoder fail"))
}
