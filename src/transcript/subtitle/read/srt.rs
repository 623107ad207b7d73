//! SubRip: a cue is what stands between two lines of times, whatever numbers and blank lines there are.

use super::cue_text::srt_runs;
use super::{ARROW, Lines, ReadCue, Timing, bad_time};
use crate::error::{Error, ErrorKind, Result};

pub(super) fn read(text: &str) -> Result<Vec<ReadCue>> {
    let mut cues = Vec::new();
    let mut open = None;
    let mut lines: Vec<(usize, &str)> = Vec::new();
    for (number, line) in Lines::new(text) {
        match Timing::of(line) {
            Timing::Cue(time) => {
                if lines.last().is_some_and(|(_, line)| is_index(line)) {
                    lines.pop();
                }
                close(open.replace(time), &lines, &mut cues)?;
                lines.clear();
            }
            Timing::OutOfRange => return Err(bad_time(number)),
            Timing::Other if line.contains(ARROW) && begins_cue(&lines, open.is_some()) => {
                return Err(bad_time(number));
            }
            Timing::Other => lines.push((number, line)),
        }
    }
    close(open, &lines, &mut cues)?;
    Ok(cues)
}

fn is_index(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether times have to come next: at the start, and after a blank line and a number.
fn begins_cue(lines: &[(usize, &str)], is_open: bool) -> bool {
    match lines {
        [] => !is_open,
        [(_, index)] => !is_open && (is_index(index) || index.trim().is_empty()),
        [.., (_, blank), (_, index)] => is_index(index) && blank.trim().is_empty(),
    }
}

fn close(open: Option<std::ops::Range<i64>>, lines: &[(usize, &str)], cues: &mut Vec<ReadCue>) -> Result<()> {
    let Some(time) = open else {
        return match lines.iter().find(|(_, line)| !line.trim().is_empty()) {
            Some((number, _)) => {
                let message = format!("line {number} of the subtitles belongs to no cue: is this SubRip?");
                Err(Error::new(ErrorKind::Document, message))
            }
            None => Ok(()),
        };
    };
    let text: Vec<&str> = lines.iter().map(|(_, line)| *line).collect();
    cues.push(ReadCue { time, runs: srt_runs(&text.join("\n")) });
    Ok(())
}
