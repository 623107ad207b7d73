//! How a transcript is built: word by word into the columns, paragraphs and segments closed over what came before.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::Transcript;
use super::columns::{Columns, range_of};
use super::format::{Format, ParagraphStyle};

/// A word to build a transcript from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Word {
    /// The word with its punctuation, without spaces around it.
    pub text: String,
    /// Start in milliseconds from the start of the media.
    pub start_ms: i64,
    /// End in milliseconds from the start of the media.
    pub end_ms: i64,
    /// How sure the service is, 0 to 1, if it says so.
    pub confidence: Option<f32>,
    /// Whether start and end are an estimate, because the service or the subtitles give none.
    pub estimated: bool,
    /// How it is set.
    pub format: Format,
}

/// A run of words of one speaker.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Segment {
    /// The speaker; `""`: not known.
    pub speaker: String,
    /// Its words in order of time.
    pub words: Vec<Word>,
    /// The paragraphs that end with a mark, from the first word on. Words after them are one more, without a mark. One
    /// that counts more words than are left is left out, with those after it.
    pub paragraphs: Vec<Paragraph>,
}

/// A paragraph of a [`Segment`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Paragraph {
    /// How many words it has. One without words is left out.
    pub words: usize,
    /// How it is set.
    pub style: ParagraphStyle,
}

/// Builds a [`Transcript`] segment by segment.
#[derive(Debug, Default)]
pub struct TranscriptBuilder {
    columns: Columns,
    speaker_numbers: HashMap<String, i32>,
    format_numbers: HashMap<Format, u32>,
    /// The words whose times are still to be estimated.
    untimed: Vec<usize>,
}

/// How far a builder has come, to go back to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mark {
    words: usize,
    paragraphs: usize,
    segments: usize,
    speakers: usize,
}

/// Start and end in milliseconds.
pub(super) type Times = (i64, i64);

impl TranscriptBuilder {
    /// The recording it is of.
    pub fn recording_id(mut self, id: &str) -> Self {
        self.set_recording_id(id);
        self
    }

    /// Language code.
    pub fn language(mut self, language: &str) -> Self {
        self.set_language(language);
        self
    }

    /// Length of the media in milliseconds.
    pub fn duration_ms(mut self, duration: i64) -> Self {
        self.set_duration_ms(Some(duration));
        self
    }

    /// The service's own document.
    pub fn raw(self, raw: String) -> Self {
        self.shared_raw(Arc::new(raw))
    }

    pub(super) fn shared_raw(mut self, raw: Arc<String>) -> Self {
        self.columns.raw = raw;
        self
    }

    /// Appends a segment. One without words is left out.
    pub fn segment(mut self, segment: &Segment) -> Self {
        for word in &segment.words {
            self.push_word(&word.text, Some((word.start_ms, word.end_ms)), word.confidence);
            if word.estimated {
                self.mark_last_estimated();
            }
            self.format_last(&word.format);
        }
        self.divide_open_segment(&segment.paragraphs);
        self.end_segment(&segment.speaker);
        self
    }

    /// The transcript.
    pub fn build(mut self) -> Transcript {
        self.end_segment("");
        let Columns { words, segments, .. } = &mut self.columns;
        for index in 0..segments.speaker.len() {
            let range = range_of(&segments.end_word, index);
            segments.start_ms.push(words.start_ms[range.clone()].iter().copied().min().unwrap_or(0));
            segments.end_ms.push(words.end_ms[range].iter().copied().max().unwrap_or(0));
        }
        Transcript::of(self.columns)
    }
}

/// For the decoders, which read word by word.
impl TranscriptBuilder {
    pub(super) fn set_recording_id(&mut self, id: &str) {
        self.columns.recording_id = id.to_owned();
    }

    pub(super) fn set_language(&mut self, language: &str) {
        self.columns.language = language.to_owned();
    }

    pub(super) fn set_duration_ms(&mut self, duration: Option<i64>) {
        self.columns.duration_ms = duration;
    }

    /// Forgets the recording and the language if they are not those of this transcript.
    pub(super) fn keep_common(&mut self, other: &Transcript) {
        let Columns { recording_id, language, .. } = &mut self.columns;
        if recording_id != other.recording_id() {
            recording_id.clear();
        }
        if language != other.language() {
            language.clear();
        }
    }

    /// Appends a word to the segment that is open. Without times it gets them from [`Self::estimate_times`].
    pub(super) fn push_word(&mut self, text: &str, times: Option<Times>, confidence: Option<f32>) {
        let words = &mut self.columns.words;
        if times.is_none() {
            self.untimed.push(words.len());
        }
        let (start_ms, end_ms) = times.unwrap_or((0, 0));
        let confidence = confidence.filter(|confidence| !confidence.is_nan());
        words.text.push(text);
        words.start_ms.push(start_ms);
        words.end_ms.push(end_ms);
        words.estimated.push(times.is_none());
        words.confidence.push(confidence.map_or(f32::NAN, |confidence| confidence.clamp(0.0, 1.0)));
        words.confidence_given.push(confidence.is_some());
    }

    /// Says that the times of the last word are an estimate.
    pub(super) fn mark_last_estimated(&mut self) {
        self.columns.words.estimated.replace_last(true);
    }

    /// Makes the last word of the open segment longer; with times, it ends where they do.
    pub(super) fn append_to_last(&mut self, text: &str, times: Option<Times>) {
        let words = &mut self.columns.words;
        words.text.append_to_last(text);
        let last = words.len() - 1;
        if let (false, Some((_, end_ms))) = (words.estimated.get(last), times) {
            words.end_ms[last] = words.end_ms[last].max(end_ms);
        }
    }

    /// Sets the format of the last word.
    pub(super) fn format_last(&mut self, format: &Format) {
        if format.is_plain() {
            return;
        }
        let number = match self.format_numbers.get(format) {
            Some(number) => *number,
            None => {
                if self.columns.formats.is_empty() {
                    self.columns.formats.push(Format::default());
                }
                let number = self.columns.formats.len() as u32;
                self.columns.formats.push(format.clone());
                self.format_numbers.insert(format.clone(), number);
                number
            }
        };
        let words = &mut self.columns.words;
        words.format.resize(words.len(), 0);
        if let Some(last) = words.format.last_mut() {
            *last = number;
        }
    }

    /// Whether the open paragraph has no word yet.
    pub(super) fn at_paragraph_start(&self) -> bool {
        self.columns.paragraphs.end_word.last().map_or(0, |end| *end as usize) == self.columns.words.len()
    }

    fn open_words(&self) -> Range<usize> {
        let first = self.columns.segments.end_word.last().map_or(0, |end| *end as usize);
        first..self.columns.words.len()
    }

    /// Puts paragraphs over the words of the open segment. False: they have more words than the segment.
    pub(super) fn divide_open_segment(&mut self, paragraphs: &[Paragraph]) -> bool {
        let open = self.open_words();
        let mut end = open.start;
        for paragraph in paragraphs.iter().filter(|paragraph| paragraph.words > 0) {
            end = end.saturating_add(paragraph.words);
            if end > open.end {
                return false;
            }
            self.columns.paragraphs.end_word.push(end as u64);
            self.columns.paragraphs.style.push(Some(paragraph.style.clone().clamped()));
        }
        true
    }

    /// Ends the open paragraph with a mark. One without words is left out.
    pub(super) fn end_paragraph(&mut self, style: ParagraphStyle) {
        self.close_paragraph(Some(style.clamped()));
    }

    fn close_paragraph(&mut self, style: Option<ParagraphStyle>) {
        if !self.at_paragraph_start() {
            self.columns.paragraphs.end_word.push(self.columns.words.len() as u64);
            self.columns.paragraphs.style.push(style);
        }
    }

    /// Ends the open segment. One without words is left out.
    pub(super) fn end_segment(&mut self, speaker: &str) {
        let open = self.open_words();
        if open.is_empty() {
            return;
        }
        self.close_paragraph(None);
        let speaker = self.speaker_number(speaker);
        let Columns { words, segments, paragraphs, .. } = &mut self.columns;
        words.segment.resize(open.end, segments.speaker.len() as u32);
        words.speaker.resize(open.end, speaker);
        segments.speaker.push(speaker);
        segments.end_word.push(open.end as u64);
        segments.end_paragraph.push(paragraphs.end_word.len() as u64);
    }

    fn speaker_number(&mut self, speaker: &str) -> i32 {
        if let Some(number) = self.speaker_numbers.get(speaker) {
            return *number;
        }
        let number = self.columns.speakers.len() as i32;
        self.columns.speakers.push(speaker);
        self.speaker_numbers.insert(speaker.to_owned(), number);
        number
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            words: self.columns.words.len(),
            paragraphs: self.columns.paragraphs.end_word.len(),
            segments: self.columns.segments.speaker.len(),
            speakers: self.columns.speakers.len(),
        }
    }

    /// Forgets what came after the mark.
    pub(super) fn go_back(&mut self, mark: Mark) {
        if self.mark() == mark {
            return;
        }
        let Columns { words, segments, paragraphs, speakers, .. } = &mut self.columns;
        words.truncate(mark.words);
        self.untimed.truncate(self.untimed.partition_point(|index| *index < mark.words));
        paragraphs.end_word.truncate(mark.paragraphs);
        paragraphs.style.truncate(mark.paragraphs);
        segments.speaker.truncate(mark.segments);
        segments.end_word.truncate(mark.segments);
        segments.end_paragraph.truncate(mark.segments);
        if speakers.len() > mark.speakers {
            speakers.truncate(mark.speakers);
            self.speaker_numbers.retain(|_, number| (*number as usize) < mark.speakers);
        }
    }

    /// Gives words without times their share of the gap between their neighbours that have some.
    pub(super) fn estimate_times(&mut self) {
        let words = &mut self.columns.words;
        for run in self.untimed.chunk_by(|a, b| a + 1 == *b) {
            let (first, end) = (run[0], run[0] + run.len());
            let before = first.checked_sub(1).map(|index| words.end_ms[index]);
            let after = words.start_ms.get(end).copied();
            let from = before.or(after).unwrap_or(0);
            let lengths = run.iter().map(|index| words.text.get(*index).len()).collect();
            let shares = spread((from, after.unwrap_or(from)), lengths);
            for (index, (start_ms, end_ms)) in run.iter().zip(shares) {
                words.start_ms[*index] = start_ms;
                words.end_ms[*index] = end_ms;
            }
        }
        self.untimed.clear();
    }

    /// Appends words that are spoken somewhere between two times: each gets its share of them.
    pub(super) fn push_spread<'t>(
        &mut self,
        times: Times,
        texts: impl Iterator<Item = &'t str> + Clone,
        confidence: Option<f32>,
    ) {
        let shares = spread(times, texts.clone().map(str::len).collect());
        for (text, share) in texts.zip(shares) {
            self.push_word(text, Some(share), confidence);
            self.mark_last_estimated();
        }
    }
}

/// Times one after the other, each in proportion to a length.
fn spread((start_ms, end_ms): Times, lengths: Vec<usize>) -> impl Iterator<Item = Times> {
    let whole = lengths.iter().map(|length| *length as i128 + 1).sum::<i128>();
    let gap = (i128::from(end_ms) - i128::from(start_ms)).max(0);
    // Between two 64-bit times, hence one itself.
    let at = move |passed: i128| (i128::from(start_ms) + gap * passed / whole) as i64;
    let mut passed = 0;
    lengths.into_iter().map(move |length| {
        let start = at(passed);
        passed += length as i128 + 1;
        (start, at(passed))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(transcript: &Transcript) -> Vec<(i64, i64)> {
        transcript.words().map(|word| (word.start_ms, word.end_ms)).collect()
    }

    #[test]
    fn words_without_times_share_the_gap_by_their_length() {
        let mut builder = TranscriptBuilder::default();
        builder.push_word("a", None, None);
        builder.push_word("b", Some((100, 200)), None);
        builder.push_word("c", None, None);
        builder.push_word("ddddd", None, None);
        builder.push_word("e", Some((1000, 1100)), None);
        builder.push_word("f", None, None);
        builder.estimate_times();
        let transcript = builder.build();
        let expected = [(100, 100), (100, 200), (200, 400), (400, 1000), (1000, 1100), (1100, 1100)];
        assert_eq!(times(&transcript), expected);
        let estimated: Vec<bool> = transcript.words().map(|word| word.estimated).collect();
        assert_eq!(estimated, [true, false, true, true, false, true]);
    }

    #[test]
    fn an_estimate_of_a_backwards_gap_takes_no_time() {
        let mut builder = TranscriptBuilder::default();
        builder.push_word("a", Some((i64::MIN, i64::MAX)), None);
        builder.push_word("b", None, None);
        builder.push_word("c", Some((i64::MIN, 0)), None);
        builder.estimate_times();
        assert_eq!(times(&builder.build())[1], (i64::MAX, i64::MAX));
    }

    #[test]
    fn going_back_forgets_words_segments_and_speakers() {
        let mut builder = TranscriptBuilder::default();
        builder.push_word("a", Some((0, 1)), Some(1.0));
        builder.end_segment("A");
        let mark = builder.mark();
        builder.push_word("b", None, None);
        builder.format_last(&Format { bold: true, ..Format::default() });
        builder.end_paragraph(ParagraphStyle::default());
        builder.end_segment("B");
        builder.push_word("c", None, None);
        builder.go_back(mark);
        builder.push_word("d", Some((1, 2)), None);
        builder.end_segment("C");
        let transcript = builder.build();
        assert_eq!(transcript.text(), "a\nd");
        assert_eq!(transcript.speakers().collect::<Vec<_>>(), ["A", "C"]);
        assert_eq!(transcript.word(1).format, &Format::default());
        assert_eq!(transcript.segment(1).speaker, "C");
    }

    #[test]
    fn a_confidence_is_between_nothing_and_one() {
        let given = [Some(-1.0), Some(f32::INFINITY), Some(f32::NAN), None, Some(0.25)];
        let word = |confidence| Word { confidence, ..Word::default() };
        let transcript = Transcript::from_words(given.map(word));
        let kept: Vec<_> = transcript.words().map(|word| word.confidence).collect();
        assert_eq!(kept, [Some(0.0), Some(1.0), None, None, Some(0.25)]);
    }

    #[test]
    fn paragraphs_are_counted_from_the_first_word() {
        let words = vec![Word::default(); 4];
        let paragraph = |words, indent| {
            let style = ParagraphStyle { indent, ..ParagraphStyle::default() };
            Paragraph { words, style }
        };
        let paragraphs = vec![paragraph(2, 1), paragraph(0, 2), paragraph(1, 3)];
        let segment = Segment { words, paragraphs, ..Segment::default() };
        let transcript = Transcript::builder().segment(&segment).segment(&segment).build();
        let found: Vec<_> =
            transcript.paragraphs().map(|p| (p.segment, p.words, p.style.indent, p.marked)).collect();
        let expected = [
            (0, 0..2, 1, true),
            (0, 2..3, 3, true),
            (0, 3..4, 0, false),
            (1, 4..6, 1, true),
            (1, 6..7, 3, true),
            (1, 7..8, 0, false),
        ];
        assert_eq!(found, expected);
        assert_eq!(transcript.segment(1).paragraphs, 3..6);
    }
}
