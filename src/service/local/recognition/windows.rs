//! What the recogniser hears at once: windows of at most half a minute, cut at pauses, without the long silences. A
//! window is a row of pieces of one lane; times that are heard in it are mapped back through them.

use std::ops::Range;

use super::activity::{active_frames, frames, runs};
use super::loudness::{FRAME_MS, Level};

/// The longest window. The recogniser takes 30 s; its attention is cut a little shorter, see the engine.
pub(super) const LONGEST_MS: i64 = 29_000;
/// Silence that is longer is left out.
const LONG_PAUSE_MS: i64 = 2_000;
/// What is kept of the silence around speech.
const PAD_MS: i64 = 300;
/// Silence between two pieces of a window.
const GAP_MS: i64 = 200;
/// A pause that a cut can lie in.
const PAUSE_MS: i64 = 160;
/// Where speech without a pause is cut, its windows overlap by this.
const OVERLAP_MS: i64 = 3_000;
/// A cut without a pause lies in the last part of the longest window.
const EARLIEST_CUT_MS: i64 = 15_000;
/// From this length on a pause is as good as a longer one.
const GOOD_PAUSE_MS: i64 = 1_000;

/// A stretch of a lane and where it lies in a window. All in milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) from_ms: i64,
    pub(super) to_ms: i64,
    pub(super) at_ms: i64,
}

impl Piece {
    pub(super) fn length_ms(&self) -> i64 {
        self.to_ms - self.from_ms
    }
}

/// What is heard at once.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Window {
    pub(super) lane: usize,
    pub(super) pieces: Vec<Piece>,
    /// Where speech is cut between the window before and this one: both hear what is around it.
    pub(super) seam_ms: Option<i64>,
}

impl Window {
    pub(super) fn length_ms(&self) -> i64 {
        self.pieces.last().map_or(0, |piece| piece.at_ms + piece.length_ms())
    }

    /// The piece that a time in the window belongs to: the one it lies in, else the nearest.
    pub(super) fn piece_at(&self, ms: i64) -> usize {
        let after = self.pieces.partition_point(|piece| piece.at_ms <= ms);
        let Some(before) = after.checked_sub(1) else { return 0 };
        let behind = ms - (self.pieces[before].at_ms + self.pieces[before].length_ms());
        match self.pieces.get(after) {
            Some(next) if next.at_ms - ms < behind => after,
            _ => before,
        }
    }

    /// The time in the lane of a time in the window, within one of its pieces.
    pub(super) fn in_lane(&self, piece: usize, ms: i64) -> i64 {
        let piece = &self.pieces[piece];
        (piece.from_ms + ms - piece.at_ms).clamp(piece.from_ms, piece.to_ms)
    }
}

/// How a lane is listened to.
pub(super) struct Plan {
    pub(super) windows: Vec<Window>,
    /// For each frame whether it may hold speech.
    pub(super) active: Vec<bool>,
}

/// The windows of a lane, in order.
pub(super) fn plan(lane: usize, levels: &[Level]) -> Plan {
    let active = active_frames(levels);
    let mut windows: Vec<Window> = Vec::new();
    for stretch in stretches(&active) {
        let pauses = pauses(&stretch, &active);
        let mut seam_ms = None;
        let mut rest = stretch;
        loop {
            let Some(cut) = cut(&rest, &pauses, levels) else {
                add(&mut windows, lane, rest, seam_ms);
                break;
            };
            add(&mut windows, lane, rest.start..cut.end_ms, seam_ms);
            seam_ms = cut.seam_ms;
            rest = cut.resume_ms..rest.end;
        }
    }
    Plan { windows, active }
}

/// Stretches of speech with a little silence around, as times.
fn stretches(active: &[bool]) -> Vec<Range<i64>> {
    let end = active.len() as i64 * FRAME_MS;
    let mut stretches: Vec<Range<i64>> = Vec::new();
    for run in runs(active, true) {
        let (start, stop) = (run.start as i64 * FRAME_MS, run.end as i64 * FRAME_MS);
        match stretches.last_mut() {
            Some(last) if start - last.end <= LONG_PAUSE_MS => last.end = stop,
            _ => stretches.push(start..stop),
        }
    }
    for stretch in &mut stretches {
        *stretch = (stretch.start - PAD_MS).max(0)..(stretch.end + PAD_MS).min(end);
    }
    stretches
}

/// Appends a stretch to the last window if it has room, else to a new one.
fn add(windows: &mut Vec<Window>, lane: usize, stretch: Range<i64>, seam_ms: Option<i64>) {
    let length = stretch.end - stretch.start;
    if let Some(last) = windows
        .last_mut()
        .filter(|last| seam_ms.is_none() && last.length_ms() + GAP_MS + length <= LONGEST_MS)
    {
        let at_ms = last.length_ms() + GAP_MS;
        last.pieces.push(Piece { from_ms: stretch.start, to_ms: stretch.end, at_ms });
    } else {
        let pieces = vec![Piece { from_ms: stretch.start, to_ms: stretch.end, at_ms: 0 }];
        windows.push(Window { lane, pieces, seam_ms });
    }
}

/// How a stretch is cut that is too long for a window.
struct Cut {
    end_ms: i64,
    resume_ms: i64,
    seam_ms: Option<i64>,
}

/// A pause that a stretch can be cut in. Costs are lengths of windows in ms: each window takes as long as the longest.
struct Pause {
    middle_ms: i64,
    /// A longer pause is the better cut: one that is shorter by a tenth of a second costs half a second.
    cost: i64,
    /// Of all that follows.
    rest_cost: i64,
}

/// The pauses of a stretch, in order.
fn pauses(stretch: &Range<i64>, active: &[bool]) -> Vec<Pause> {
    let first = frames(stretch.start);
    let pauses = runs(&active[first..frames(stretch.end)], false).filter(|run| run.len() >= frames(PAUSE_MS));
    let mut pauses: Vec<Pause> = pauses
        .map(|run| Pause {
            middle_ms: (first + run.start + run.len() / 2) as i64 * FRAME_MS,
            cost: (GOOD_PAUSE_MS - run.len() as i64 * FRAME_MS).max(0) * 5,
            rest_cost: 0,
        })
        .collect();
    for at in (0..pauses.len()).rev() {
        let (before, after) = pauses.split_at_mut(at + 1);
        before[at].rest_cost = cheapest(before[at].middle_ms..stretch.end, after).0;
    }
    pauses
}

/// What it costs to hear this, and the pause to cut at first; none if there is nothing to cut or no pause in reach.
fn cheapest(rest: Range<i64>, pauses: &[Pause]) -> (i64, Option<&Pause>) {
    let length = rest.end - rest.start;
    if length <= LONGEST_MS {
        return (LONGEST_MS, None);
    }
    let in_reach = pauses.iter().take_while(|pause| pause.middle_ms <= rest.start + LONGEST_MS);
    match in_reach.min_by_key(|pause| pause.cost + pause.rest_cost) {
        Some(pause) => (LONGEST_MS + pause.cost + pause.rest_cost, Some(pause)),
        None => (length * LONGEST_MS / (LONGEST_MS - OVERLAP_MS) + GOOD_PAUSE_MS * 5, None),
    }
}

fn cut(rest: &Range<i64>, pauses: &[Pause], levels: &[Level]) -> Option<Cut> {
    if rest.end - rest.start <= LONGEST_MS {
        return None;
    }
    let passed = pauses.partition_point(|pause| pause.middle_ms <= rest.start);
    if let (_, Some(pause)) = cheapest(rest.clone(), &pauses[passed..]) {
        return Some(Cut { end_ms: pause.middle_ms, resume_ms: pause.middle_ms, seam_ms: None });
    }
    let (first, last) = (frames(rest.start + EARLIEST_CUT_MS), frames(rest.start + LONGEST_MS));
    // Nobody draws breath: the softest tenth of a second will do, and both windows hear what is around it.
    let last = last - frames(OVERLAP_MS / 2);
    let width = frames(100);
    let soft = |at: &usize| levels[*at..*at + width].iter().map(|level| u32::from(*level)).sum::<u32>();
    let softest = (first..last - width).min_by_key(soft).unwrap_or(last);
    let middle = (softest + width / 2) as i64 * FRAME_MS;
    Some(Cut { end_ms: middle + OVERLAP_MS / 2, resume_ms: middle - OVERLAP_MS / 2, seam_ms: Some(middle) })
}

#[cfg(test)]
mod tests {
    use super::super::activity::frames;
    use super::super::loudness::level;
    use super::*;

    const SPEECH: [Level; 4] = [level(-25), level(-30), level(-22), level(-28)];

    /// Speech and silence by turns, of these lengths in milliseconds.
    fn levels(turns: &[i64]) -> Vec<Level> {
        let turn = |(index, length): (usize, &i64)| {
            let count = frames(*length);
            match index % 2 {
                0 => SPEECH.iter().copied().cycle().take(count).collect::<Vec<_>>(),
                _ => vec![level(-70); count],
            }
        };
        turns.iter().enumerate().flat_map(turn).collect()
    }

    fn windows(turns: &[i64]) -> Vec<Window> {
        plan(0, &levels(turns)).windows
    }

    #[test]
    fn nothing_is_heard_of_silence() {
        assert!(windows(&[]).is_empty());
        assert!(windows(&[0, 600_000]).is_empty());
    }

    #[test]
    fn long_silence_is_left_out_and_times_are_found_back() {
        let windows = windows(&[3_000, 60_000, 4_000, 1_000]);
        assert_eq!(windows.len(), 1);
        let pieces = &windows[0].pieces;
        assert_eq!((pieces[0].from_ms, pieces[0].to_ms, pieces[0].at_ms), (0, 3_300, 0));
        assert_eq!((pieces[1].from_ms, pieces[1].to_ms, pieces[1].at_ms), (62_700, 67_300, 3_500));
        assert_eq!(windows[0].in_lane(windows[0].piece_at(4_000), 4_000), 63_200);
        assert_eq!(
            windows[0].in_lane(windows[0].piece_at(3_350), 3_350),
            3_300,
            "just after the first piece"
        );
    }

    #[test]
    fn long_speech_is_cut_at_its_pauses() {
        let windows = windows(&[10_000, 400, 12_000, 900, 10_000, 300, 9_000]);
        assert_eq!(windows.len(), 2);
        assert!(windows.iter().all(|window| window.seam_ms.is_none()));
        let cut = windows[0].pieces[0].to_ms;
        assert!((22_400..23_300).contains(&cut), "in the longest pause: {cut}");
        assert_eq!(windows[1].pieces[0].from_ms, cut);
    }

    #[test]
    fn windows_are_as_few_as_can_be() {
        // The longest pause would make three of them.
        let windows = windows(&[14_000, 1_500, 11_000, 400, 12_000, 300, 14_000, 400]);
        assert_eq!(windows.len(), 2, "{windows:?}");
        let cut = windows[1].pieces[0].from_ms;
        assert!((26_500..26_900).contains(&cut), "{cut}");
    }

    #[test]
    fn speech_without_a_pause_is_heard_twice_around_the_cut() {
        let windows = windows(&[70_000, 1_000]);
        assert!(windows.len() >= 3);
        for pair in windows.windows(2) {
            let (before, after) = (&pair[0].pieces[0], &pair[1].pieces[0]);
            assert_eq!(before.to_ms - after.from_ms, OVERLAP_MS);
            let seam = pair[1].seam_ms.unwrap();
            assert!(after.from_ms < seam && seam < before.to_ms);
        }
    }

    #[test]
    fn every_window_fits_and_all_speech_is_in_one() {
        let mut seed = 7_u64;
        let mut random = move |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        for _ in 0..50 {
            let turns: Vec<i64> = (0..60)
                .map(|turn| if turn % 2 == 0 { 40 + random(20_000) } else { 20 + random(6_000) } as i64)
                .collect();
            let levels = levels(&turns);
            let plan = plan(0, &levels);
            let mut heard = vec![false; levels.len()];
            for window in &plan.windows {
                assert!(window.length_ms() <= LONGEST_MS, "{window:?}");
                for piece in &window.pieces {
                    assert!(piece.from_ms < piece.to_ms);
                    heard[frames(piece.from_ms)..frames(piece.to_ms)].fill(true);
                }
            }
            assert!(heard.iter().zip(&plan.active).all(|(heard, active)| *heard || !active));
        }
    }
}
