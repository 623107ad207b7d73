//! A track of a container, whatever the container: packets decoded and laid out in time.
//!
//! A packet that cannot be decoded, and a gap in the times, become silence of the same length, which keeps the times of
//! all that follows right.

use super::coded::{Codec, Coded, Demuxer, Spec, Step};
use super::error::MediaError;
use super::lanes::Lanes;
use super::timeline::{Placed, Timeline, TooLongAGap};
use super::{Format, Progress, check_format};

/// Packets that may fail before one decodes.
const MAX_FAILURES: u32 = 64;
/// The longest packet that is believed when it cannot be decoded, in seconds.
const MAX_PACKET_S: u64 = 1;

/// A track of a container, chosen to be decoded.
pub(super) struct Chosen {
    pub(super) codec: Codec,
    pub(super) name: &'static str,
    pub(super) track: Option<u32>,
    /// What to drop at the start, and how much of it makes a second.
    pub(super) delay: (u64, u64),
    /// Units of the container's time in `seconds`.
    pub(super) per_second: u64,
    pub(super) seconds: u64,
}

/// What is special about a container.
pub(super) trait Container: Demuxer {
    const NAME: &'static str;
    /// Whether the first packet is the start, whatever time it bears.
    const STARTS_ANYWHERE: bool = false;

    /// The track to decode, from what the headers say. Asked again when the tracks have been replaced.
    fn choose(&self) -> Result<Chosen, MediaError>;

    /// Where the track ends, in its units, if the container says so.
    fn end(&self) -> Option<u64> {
        None
    }

    /// Asked when there are no more packets: whether more were declared.
    fn check_end(&self, _seconds: f64) -> Result<(), MediaError> {
        Ok(())
    }
}

/// The decoder of a container's track.
pub(super) struct Packets<C> {
    coded: Coded<C>,
    format: Format,
    timeline: Timeline,
    per_second: u64,
    seconds: u64,
    /// How the packet that is decoded already is to be handed on.
    held: Option<Placed>,
    lost: u64,
    why: Option<String>,
    ended: bool,
}

impl<C: Container> Packets<C> {
    /// Reads up to the first samples.
    pub(super) fn open(demuxer: C, keep_going: &mut dyn FnMut() -> bool) -> Result<Self, MediaError> {
        let chosen = demuxer.choose()?;
        let end = demuxer.end();
        let mut coded = Coded::new(demuxer, chosen.codec, chosen.track);
        let (mut failures, mut why) = (0, None);
        let (at, trims) = loop {
            if !keep_going() {
                return Err(MediaError::Stopped);
            }
            match coded.next()? {
                Step::Decoded { at, trim_start, trim_end } if coded.frames() > 0 => {
                    break (at, (trim_start, trim_end));
                }
                Step::Decoded { .. } => failures += 1,
                Step::Damaged { why: reason, .. } => {
                    why.get_or_insert(reason);
                    failures += 1;
                }
                Step::Foreign | Step::Restarted | Step::Continued { .. } => {}
                Step::Starved => failures = MAX_FAILURES,
                Step::End => {
                    coded.demuxer.check_end(0.0)?;
                    return Err(match why {
                        None => MediaError::NoAudio,
                        Some(why) => undecodable(C::NAME, &why),
                    });
                }
            }
            if failures >= MAX_FAILURES {
                return Err(undecodable(
                    C::NAME,
                    why.as_deref().unwrap_or("there is no audio in its packets"),
                ));
            }
        };
        // The packets decide: a header may say twice the rate of what is decoded.
        let Spec { rate, channels } = coded.spec;
        let format =
            Format { codec: chosen.name, rate, channels: u16::try_from(channels).unwrap_or(u16::MAX) };
        check_format(format)?;
        let mut packets = Self {
            coded,
            format,
            timeline: Timeline::new(rate, 0, C::STARTS_ANYWHERE, None),
            per_second: chosen.per_second,
            seconds: chosen.seconds,
            held: None,
            lost: 0,
            why,
            ended: false,
        };
        let delay = packets.delay_in_frames(chosen.delay);
        let end = end.map(|end| packets.to_frames(signed(end)).unsigned_abs());
        packets.timeline = Timeline::new(rate, delay, C::STARTS_ANYWHERE, end);
        packets.hold(at, trims)?;
        Ok(packets)
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// Appends the next samples.
    pub(super) fn next(&mut self, out: &mut Lanes) -> Result<Progress, MediaError> {
        if let Some(placed) = &mut self.held {
            if placed.silence > 0 {
                // A second at a time: a gap may be long.
                let frames = placed.silence.min(u64::from(self.format.rate));
                placed.silence -= frames;
                out.silence(frames as usize);
                return Ok(Progress::More);
            }
            let channels = self.coded.spec.channels;
            out.interleaved(&self.coded.samples[placed.from * channels..placed.to * channels], channels);
            self.held = None;
            return Ok(Progress::More);
        }
        if self.ended || self.timeline.is_over() {
            return self.finish();
        }
        match self.coded.next()? {
            Step::Decoded { at, trim_start, trim_end } => self.hold(at, (trim_start, trim_end))?,
            Step::Continued { trim_end } => {
                let trim_end = self.to_frames(signed(trim_end)).unsigned_abs();
                self.held = Some(self.timeline.place_more(self.coded.frames(), trim_end));
            }
            Step::Damaged { at, length, why } => {
                let longest = u64::from(self.format.rate) * MAX_PACKET_S;
                let frames = self.to_frames(signed(length)).unsigned_abs().min(longest) as usize;
                self.why.get_or_insert(why);
                self.coded.samples.clear();
                self.coded.samples.resize(frames * self.coded.spec.channels, 0.0);
                self.lost += frames as u64;
                self.hold(at, (0, 0))?;
            }
            Step::Foreign => {}
            Step::Restarted => self.restart()?,
            Step::Starved => {
                return Err(MediaError::corrupt(format!(
                    "no packet of {} can be found after {:.1} s of audio",
                    C::NAME,
                    self.timeline.position() as f64 / f64::from(self.format.rate)
                )));
            }
            Step::End => {
                self.ended = true;
                self.coded
                    .demuxer
                    .check_end(self.timeline.position() as f64 / f64::from(self.format.rate))?;
            }
        }
        Ok(Progress::More)
    }

    /// Places the packet that has just been decoded.
    fn hold(&mut self, at: i64, (trim_start, trim_end): (u64, u64)) -> Result<(), MediaError> {
        if self.coded.spec.rate != self.format.rate {
            return Err(MediaError::unsupported(format!(
                "a recording whose rate changes from {} to {} Hz on the way",
                self.format.rate, self.coded.spec.rate
            )));
        }
        let in_frames = |frames| self.to_frames(signed(frames)).unsigned_abs();
        let (trim_start, trim_end) = (in_frames(trim_start), in_frames(trim_end));
        let (at, frames) = (self.to_frames(at), self.coded.frames());
        let placed = self.timeline.place(at, frames, trim_start, trim_end);
        self.held = Some(placed.map_err(|TooLongAGap(seconds)| {
            MediaError::corrupt(format!(
                "{seconds:.0} s of audio are missing after {:.1} s",
                self.timeline.position() as f64 / f64::from(self.format.rate)
            ))
        })?);
        Ok(())
    }

    fn restart(&mut self) -> Result<(), MediaError> {
        let chosen = self.coded.demuxer.choose()?;
        (self.per_second, self.seconds) = (chosen.per_second, chosen.seconds);
        self.coded.replace(chosen.codec, chosen.track);
        let delay = self.delay_in_frames(chosen.delay);
        self.timeline.restart(delay);
        Ok(())
    }

    fn delay_in_frames(&self, (delay, per_second): (u64, u64)) -> u64 {
        let frames = u128::from(delay) * u128::from(self.format.rate) / u128::from(per_second.max(1));
        u64::try_from(frames).unwrap_or(u64::MAX)
    }

    /// From the container's units.
    fn to_frames(&self, time: i64) -> i64 {
        let scaled = i128::from(time) * i128::from(self.format.rate) * i128::from(self.seconds.max(1));
        i64::try_from(scaled / i128::from(self.per_second.max(1))).unwrap_or(if time < 0 {
            i64::MIN
        } else {
            i64::MAX
        })
    }

    fn finish(&self) -> Result<Progress, MediaError> {
        if self.lost * 2 > self.timeline.position() {
            return Err(undecodable(C::NAME, self.why.as_deref().unwrap_or("its packets are broken")));
        }
        Ok(Progress::End)
    }
}

fn undecodable(container: &str, why: &str) -> MediaError {
    MediaError::corrupt(format!("most of the audio in the {container} cannot be decoded ({why})"))
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
