//! The bridge to the codec library's readers: bytes in, packets out, and every failure sorted into its kind.
//!
//! The library sees a plain stream that cannot seek, so it never estimates lengths or jumps.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use symphonia::core::errors::Error as CodecError;
use symphonia::core::formats::FormatReader;
use symphonia::core::io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions};

use super::super::error::MediaError;
use super::super::input::Input;
use super::{Demuxed, Demuxer, contain};

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

/// Why [`Library::open`] came to nothing.
pub(in super::super) enum OpenError {
    /// There is not one whole packet, for this reason.
    NoPacket(String),
    Failed(MediaError),
}

impl OpenError {
    /// For a container where no packet means that it is damaged.
    pub(in super::super) fn in_container(self, container: &str) -> MediaError {
        match self {
            Self::Failed(error) => error,
            Self::NoPacket(why) => {
                MediaError::corrupt(format!("no audio can be found in the {container} ({why})"))
            }
        }
    }
}

/// A packet reader of the library's.
pub(in super::super) struct Library {
    reader: Box<dyn FormatReader>,
    link: SharedLink,
    budget: u64,
}

impl Library {
    /// `head` is what the library reads before the rest of `input`; `budget` is how many bytes may
    /// pass without a packet.
    pub(in super::super) fn open<T>(
        head: Vec<u8>,
        input: Input,
        budget: u64,
        build: impl FnOnce(MediaSourceStream<'static>) -> Result<(Box<dyn FormatReader>, T), CodecError>,
    ) -> Result<(Self, T), OpenError> {
        let link = SharedLink::default();
        link.lock().budget = budget;
        let source = Source { head: io::Cursor::new(head), input: Mutex::new(input), link: link.clone() };
        let opened =
            contain(|| build(MediaSourceStream::new(Box::new(source), MediaSourceStreamOptions::default())))
                .map_err(OpenError::Failed)?;
        match opened {
            Ok((reader, with)) => Ok((Self { reader, link, budget }, with)),
            Err(error) => {
                let mut link = link.lock();
                Err(match (link.failed.take(), error) {
                    (Some(error), _) => OpenError::Failed(MediaError::Read(error)),
                    (None, _) if link.starved => {
                        OpenError::NoPacket(format!("none in its first {} MiB", budget >> 20))
                    }
                    (None, CodecError::IoError(_)) => OpenError::NoPacket("it ends before that".into()),
                    (None, CodecError::Unsupported(what)) => OpenError::Failed(MediaError::unsupported(what)),
                    (None, error) => OpenError::NoPacket(error.to_string()),
                })
            }
        }
    }

    pub(in super::super) fn reader(&self) -> &dyn FormatReader {
        self.reader.as_ref()
    }

    /// The demuxer's view of the stream: frames in all, encoder delay and padding.
    pub(in super::super) fn lengths(&self) -> (Option<u64>, u64, u64) {
        self.reader.tracks().first().map_or((None, 0, 0), |track| {
            (track.num_frames, u64::from(track.delay.unwrap_or(0)), u64::from(track.padding.unwrap_or(0)))
        })
    }

    /// Bytes read from the input so far.
    pub(in super::super) fn bytes_read(&self) -> u64 {
        self.link.lock().read
    }

    /// Sorts out what it means that there was no packet.
    fn without_packet(&mut self, error: Option<CodecError>) -> Result<Demuxed, MediaError> {
        let mut link = self.link.lock();
        // First of all: the library may have taken the input's failure for the end.
        if let Some(error) = link.failed.take() {
            return Err(MediaError::Read(error));
        }
        if link.starved {
            return Ok(Demuxed::Starved);
        }
        match error {
            None => Ok(Demuxed::End),
            Some(CodecError::ResetRequired) => Ok(Demuxed::Restarted),
            Some(CodecError::IoError(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Ok(Demuxed::End)
            }
            Some(error) => Err(MediaError::corrupt(error.to_string())),
        }
    }
}

impl Demuxer for Library {
    fn next(&mut self) -> Result<Demuxed, MediaError> {
        {
            let mut link = self.link.lock();
            link.budget = self.budget;
            link.starved = false;
        }
        let reader = &mut self.reader;
        match contain(|| reader.next_packet())? {
            Ok(Some(packet)) => Ok(Demuxed::Packet(packet)),
            outcome => self.without_packet(outcome.err()),
        }
    }
}
