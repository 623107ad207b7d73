//! When cues are shown. Each starts with its first word and stays long enough to be read, where there is room. Where words
//! come too fast for that, a cue is put off: in a crowd of short ones, and until the crowd is over.

use super::Cue;
use super::layout::reading_ms;
use crate::transcript::export::options::LayoutOptions;

/// Sets the times of cues that have those of their words.
pub(super) fn set(cues: &mut [Cue], columns: impl Fn(&Cue) -> i64, options: &LayoutOptions) {
    let mut earliest = 0;
    for index in 0..cues.len() {
        let next_ms = cues.get(index + 1).map(|next| next.start_ms);
        let columns = columns(&cues[index]);
        let cue = &mut cues[index];
        cue.start_ms = cue.start_ms.max(earliest);
        let least = cue.start_ms + options.shortest_ms;
        let mut end = cue.end_ms.max(least).max(cue.start_ms + reading_ms(columns, options));
        if let Some(next_ms) = next_ms {
            let limit = next_ms - options.gap_ms;
            if end > limit {
                end = limit.max(least);
            } else if limit - end < options.pause_ms {
                end = limit;
            }
        }
        cue.end_ms = end.min(cue.start_ms + options.longest_ms);
        earliest = cue.end_ms + options.gap_ms;
    }
}
