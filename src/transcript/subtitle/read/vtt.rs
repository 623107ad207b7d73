//! WebVTT: blocks after its header. Those without times (notes, styles, regions) are passed over.

use std::iter::Peekable;

use super::cue_text::vtt_runs;
use super::{ARROW, Lines, ReadCue, Timing, bad_time};
use crate::error::{Error, ErrorKind, Result};

pub(super) fn read(text: &str) -> Result<Vec<ReadCue>> {
    let mut lines = Lines::new(text).peekable();
    let is_header = |line: &str| {
        line.strip_prefix("WEBVTT").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
    };
    if !lines.next().is_some_and(|(_, line)| is_header(line)) {
        return Err(Error::new(ErrorKind::Document, "line 1 of the subtitles is not that of a WebVTT file"));
    }
    skip_block(&mut lines);
    let mut cues = Vec::new();
    while let Some((number, line)) = lines.next() {
        let (number, line) = match lines.peek() {
            _ if line.is_empty() => continue,
            _ if line.contains(ARROW) => (number, line),
            // The line before the times is the cue's identifier.
            Some((number, next)) if next.contains(ARROW) => {
                let times = (*number, *next);
                lines.next();
                times
            }
            _ => {
                skip_block(&mut lines);
                continue;
            }
        };
        let Timing::Cue(time) = Timing::of(line) else { return Err(bad_time(number)) };
        let mut text = String::new();
        while let Some((_, line)) = lines.next_if(|(_, line)| is_inside(line)) {
            text.push_str(line);
            text.push('\n');
        }
        cues.push(ReadCue { time, runs: vtt_runs(&text) });
    }
    Ok(cues)
}

/// Whether a block goes on: a blank line ends it, and so does the next cue's line of times.
fn is_inside(line: &str) -> bool {
    !line.is_empty() && !line.contains(ARROW)
}

fn skip_block(lines: &mut Peekable<Lines<'_>>) {
    while lines.next_if(|(_, line)| is_inside(line)).is_some() {}
}
