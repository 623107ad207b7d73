//! Subtitles read back: SubRip and WebVTT, as tolerantly as players are, but never silently without a cue that is there. A
//! cue becomes a segment for each of its voices; its words share its time by their lengths, as an estimate, but for those
//! that have a timestamp of their own.

mod cue_text;
mod srt;
mod vtt;

use std::ops::Range;

use crate::error::{Error, ErrorKind, Result};
use crate::transcript::{Transcript, TranscriptBuilder};

impl Transcript {
    /// Reads SubRip subtitles (UTF-8): a segment a cue. What cannot be read is an [`ErrorKind::Document`] that names the
    /// line; the document stays reachable as [`Transcript::raw`].
    pub fn from_srt(document: impl AsRef<[u8]>) -> Result<Self> {
        let bytes = document.as_ref();
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let line = Lines::new(&String::from_utf8_lossy(&bytes[..error.valid_up_to()])).count().max(1);
            Error::new(ErrorKind::Utf8, format!("line {line} of the subtitles is not UTF-8"))
        })?;
        Ok(transcript(srt::read(text)?, text))
    }

    /// Reads WebVTT subtitles: a segment a cue, or one for each voice in it. What cannot be read is an
    /// [`ErrorKind::Document`] that names the line; the document stays reachable as [`Transcript::raw`].
    pub fn from_vtt(document: impl AsRef<[u8]>) -> Result<Self> {
        // As the standard has it, bytes that are no UTF-8 are U+FFFD.
        let text = String::from_utf8_lossy(document.as_ref());
        Ok(transcript(vtt::read(&text)?, &text))
    }
}

/// A cue as it was read.
#[derive(Debug)]
struct ReadCue {
    time: Range<i64>,
    runs: Vec<Run>,
}

/// Words of one voice.
#[derive(Debug, Default)]
struct Run {
    speaker: String,
    words: Vec<ReadWord>,
}

#[derive(Debug)]
struct ReadWord {
    text: String,
    /// A timestamp of its own.
    start_ms: Option<i64>,
}

/// When a word is said.
struct WordTime {
    time: Range<i64>,
    /// It shares what the subtitles say with other words.
    estimated: bool,
}

fn transcript(cues: Vec<ReadCue>, raw: &str) -> Transcript {
    let mut builder = Transcript::builder().raw(raw.to_owned());
    for cue in &cues {
        cue.write(&mut builder);
    }
    builder.build()
}

impl ReadCue {
    fn write(&self, builder: &mut TranscriptBuilder) {
        let mut times = self.word_times().into_iter();
        for run in &self.runs {
            for (word, at) in run.words.iter().zip(times.by_ref()) {
                builder.push_word(&word.text, Some((at.time.start, at.time.end)), None);
                if at.estimated {
                    builder.mark_last_estimated();
                }
            }
            builder.end_segment(&run.speaker);
        }
    }

    /// Between two timestamps, the time is shared by the lengths of the words.
    fn word_times(&self) -> Vec<WordTime> {
        let words: Vec<&ReadWord> = self.runs.iter().flat_map(|run| &run.words).collect();
        let mut times = Vec::with_capacity(words.len());
        let stamp =
            |word: &ReadWord, after: i64| word.start_ms.filter(|at| *at > after && *at < self.time.end);
        let mut start = self.time.start;
        if let Some(at) = words.first().and_then(|word| stamp(word, start)) {
            start = at;
        }
        let mut first = 0;
        while first < words.len() {
            let mut later = words[first + 1..].iter().enumerate();
            let next = later.find_map(|(index, word)| Some((first + 1 + index, stamp(word, start)?)));
            let (next, end) = next.unwrap_or((words.len(), self.time.end));
            share(&words[first..next], start..end, &mut times);
            (start, first) = (end, next);
        }
        times
    }
}

fn share(words: &[&ReadWord], time: Range<i64>, times: &mut Vec<WordTime>) {
    let length = |word: &&ReadWord| word.text.chars().count() as i128;
    let total = words.iter().map(length).sum::<i128>().max(1);
    let lasts = i128::from(time.end - time.start);
    let mut before = 0;
    for word in words {
        let after = before + length(word);
        let at = |chars: i128| time.start + (lasts * chars / total) as i64;
        times.push(WordTime { time: at(before)..at(after), estimated: words.len() > 1 });
        before = after;
    }
}

/// The lines of a text with their numbers from 1: they end with LF, CR LF or CR. A BOM before the first is left out.
struct Lines<'a> {
    rest: Option<&'a str>,
    number: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self { rest: Some(text.strip_prefix('\u{feff}').unwrap_or(text)), number: 0 }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.rest?;
        self.number += 1;
        let (line, rest) = match text.find(['\n', '\r']) {
            Some(end) => {
                let length = if text[end..].starts_with("\r\n") { 2 } else { 1 };
                (&text[..end], Some(&text[end + length..]))
            }
            None => (text, None),
        };
        self.rest = rest;
        Some((self.number, line))
    }
}

const ARROW: &str = "-->";

/// What a line with an arrow says.
enum Timing {
    Cue(Range<i64>),
    /// It has the form of times, which are none.
    OutOfRange,
    Other,
}

impl Timing {
    /// `[hours:]minutes:seconds[.,]fraction --> ...`, with anything after it.
    fn of(line: &str) -> Self {
        let Some((start, rest)) = line.split_once(ARROW) else { return Self::Other };
        let end = rest.split_whitespace().next().unwrap_or_default();
        match (time(start.trim()), time(end)) {
            (Some(Ok(start)), Some(Ok(end))) => Self::Cue(start..end.max(start)),
            (Some(_), Some(_)) => Self::OutOfRange,
            _ => Self::Other,
        }
    }
}

struct OutOfRange;

/// A time in milliseconds; `None`: it has not the form of one.
fn time(text: &str) -> Option<Result<i64, OutOfRange>> {
    let (whole, fraction) = match text.split_once(['.', ',']) {
        Some((whole, fraction)) => (whole, fraction),
        None => (text, ""),
    };
    let parts: Vec<&str> = whole.splitn(4, ':').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let has_form = (2..=3).contains(&parts.len()) && parts.iter().all(is_number);
    if !has_form || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds =
        parts.iter().try_fold(0i64, |sum, part| sum.checked_mul(60)?.checked_add(part.parse().ok()?));
    let fraction =
        fraction.bytes().chain(*b"000").take(3).fold(0, |sum, byte| sum * 10 + i64::from(byte - b'0'));
    let time_ms = seconds.and_then(|seconds| seconds.checked_mul(1000)?.checked_add(fraction));
    Some(time_ms.ok_or(OutOfRange))
}

fn bad_time(line: usize) -> Error {
    Error::new(ErrorKind::Document, format!("line {line} of the subtitles: these are not the times of a cue"))
}
