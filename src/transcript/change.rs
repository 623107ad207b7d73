//! Changes, each of which gives a new transcript and leaves the old one as it is.

use std::ops::Range;
use std::sync::Arc;

use super::build::TranscriptBuilder;
use super::columns::Columns;
use super::{Transcript, WordRef};

impl Transcript {
    /// With other names of the speakers; the new name of each is asked for once. Segments stay as they are, also where
    /// two speakers become one.
    #[must_use]
    pub fn rename_speakers(&self, new_name: impl FnMut(&str) -> String) -> Self {
        let names: Vec<String> = self.speakers().map(new_name).collect();
        let numbers = &self.columns().segments.speaker;
        let mut builder = self.builder_alike();
        for index in 0..self.segment_count() {
            builder.copy_words(self, index, 0, |_| true);
            builder.end_segment(&names[numbers[index] as usize]);
        }
        builder.build()
    }

    /// All words later by so much, or earlier if it is negative. The length of the media stays as it is.
    #[must_use]
    pub fn shift(&self, by_ms: i64) -> Self {
        let mut builder = self.builder_alike();
        builder.copy_segments(self, by_ms);
        builder.build()
    }

    /// The words that begin in the range, so that of two ranges that meet each word is in one. Times stay those of the
    /// media; [`Transcript::shift`] moves them.
    #[must_use]
    pub fn cut(&self, range_ms: Range<i64>) -> Self {
        let mut builder = self.builder_alike();
        for (index, segment) in self.segments().enumerate() {
            builder.copy_words(self, index, 0, |word| range_ms.contains(&word.start_ms));
            builder.end_segment(segment.speaker);
        }
        builder.build()
    }

    /// Neighbouring segments of one speaker as one. Where no mark ends a paragraph, it goes on in the next segment.
    #[must_use]
    pub fn merge_segments(&self) -> Self {
        let mut builder = self.builder_alike();
        let mut segments = self.segments().enumerate().peekable();
        while let Some((index, segment)) = segments.next() {
            builder.copy_words(self, index, 0, |_| true);
            if segments.peek().is_none_or(|(_, next)| next.speaker != segment.speaker) {
                builder.end_segment(segment.speaker);
            }
        }
        builder.build()
    }

    /// Transcripts one after the other. Each begins where the media before it ends, or its last word if its length is not
    /// known, and after the gap of that place; gaps that are not given are nothing. Recording and language are kept if
    /// they are the same in all. There is no raw document.
    pub fn join<'a>(parts: impl IntoIterator<Item = &'a Transcript>, gaps_ms: &[i64]) -> Self {
        let mut builder = Transcript::builder();
        let mut gaps_ms = gaps_ms.iter();
        let mut end_ms = 0;
        for (number, part) in parts.into_iter().enumerate() {
            if number == 0 {
                builder = builder.recording_id(part.recording_id()).language(part.language());
            } else {
                end_ms = i64::saturating_add(end_ms, gaps_ms.next().copied().unwrap_or(0));
                builder.keep_common(part);
            }
            builder.copy_segments(part, end_ms);
            let last_ms = part.segments().map(|segment| segment.end_ms).max().unwrap_or(0);
            let length_ms = part.duration_ms().unwrap_or(0).max(last_ms).max(0);
            end_ms = end_ms.saturating_add(length_ms);
            builder.set_duration_ms(part.duration_ms().map(|_| end_ms));
        }
        builder.build()
    }

    /// A builder with everything but the words.
    fn builder_alike(&self) -> TranscriptBuilder {
        let Columns { recording_id, language, duration_ms, raw, .. } = self.columns();
        let mut builder =
            Transcript::builder().recording_id(recording_id).language(language).shared_raw(Arc::clone(raw));
        builder.set_duration_ms(*duration_ms);
        builder
    }
}

impl TranscriptBuilder {
    fn copy_segments(&mut self, from: &Transcript, by_ms: i64) {
        for (index, segment) in from.segments().enumerate() {
            self.copy_words(from, index, by_ms, |_| true);
            self.end_segment(segment.speaker);
        }
    }

    /// The words of a segment that are to be kept, with their paragraphs.
    fn copy_words(
        &mut self,
        from: &Transcript,
        segment: usize,
        by_ms: i64,
        keep: impl Fn(&WordRef<'_>) -> bool,
    ) {
        for paragraph in from.segment(segment).paragraphs.map(|index| from.paragraph(index)) {
            for word in paragraph.words.map(|index| from.word(index)).filter(&keep) {
                let times = (word.start_ms.saturating_add(by_ms), word.end_ms.saturating_add(by_ms));
                self.push_word(word.text, Some(times), word.confidence);
                if word.estimated {
                    self.mark_last_estimated();
                }
                self.format_last(word.format);
            }
            if paragraph.marked {
                self.end_paragraph(paragraph.style.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::{Paragraph, Segment, Word};

    fn segment(speaker: &str, words: &[(&str, i64)], marked: usize) -> Segment {
        let word = |(text, start_ms): &(&str, i64)| Word {
            text: (*text).into(),
            start_ms: *start_ms,
            end_ms: *start_ms + 50,
            ..Word::default()
        };
        let paragraphs = vec![Paragraph { words: marked, ..Paragraph::default() }];
        Segment { speaker: speaker.into(), words: words.iter().map(word).collect(), paragraphs }
    }

    fn sample() -> Transcript {
        Transcript::builder()
            .recording_id("r")
            .language("en")
            .raw("raw".into())
            .segment(&segment("A", &[("a", 0), ("b", 100)], 1))
            .segment(&segment("A", &[("c", 200)], 1))
            .segment(&segment("B", &[("d", 300)], 0))
            .segment(&segment("A", &[("e", 400)], 0))
            .build()
    }

    fn speakers(transcript: &Transcript) -> String {
        transcript.segments().map(|segment| segment.speaker).collect()
    }

    fn starts(transcript: &Transcript) -> Vec<i64> {
        transcript.words().map(|word| word.start_ms).collect()
    }

    #[test]
    fn speakers_are_renamed_and_may_become_one() {
        let renamed = sample().rename_speakers(|name| if name == "B" { "A".into() } else { name.into() });
        assert_eq!((speakers(&renamed).as_str(), renamed.text()), ("AAAA", sample().text()));
        assert_eq!(renamed.speakers().collect::<Vec<_>>(), ["A"]);
        assert_eq!(renamed.raw(), "raw");
        assert_eq!(sample().rename_speakers(str::to_owned), sample());
    }

    #[test]
    fn a_shift_goes_both_ways_and_stops_at_the_end_of_numbers() {
        assert_eq!(starts(&sample().shift(-100)), [-100, 0, 100, 200, 300]);
        assert_eq!(sample().shift(7).shift(-7), sample());
        assert_eq!(starts(&sample().shift(i64::MAX))[4], i64::MAX);
    }

    #[test]
    fn a_cut_has_the_words_that_begin_in_it() {
        let cut = sample().cut(100..301);
        assert_eq!((starts(&cut), speakers(&cut).as_str()), (vec![100, 200, 300], "AAB"));
        assert_eq!(cut.text(), "b\nc\nd");
        let reversed = Range { start: 5, end: 0 };
        assert_eq!(sample().cut(reversed).segment_count(), 0);
    }

    #[test]
    fn neighbours_of_one_speaker_are_merged_and_marks_stay() {
        let merged = sample().merge_segments();
        assert_eq!((speakers(&merged).as_str(), merged.text()), ("ABA", "a\nb c\nd\ne"));
        let paragraphs: Vec<_> = merged.paragraphs().map(|p| (p.words, p.marked)).collect();
        assert_eq!(paragraphs, [(0..1, true), (1..3, true), (3..4, false), (4..5, false)]);
        assert_eq!(merged.merge_segments(), merged);
    }

    #[test]
    fn transcripts_are_joined_end_to_end() {
        let long =
            Transcript::builder().language("en").duration_ms(1000).segment(&segment("C", &[("f", 0)], 0));
        let long = long.build();
        let joined = Transcript::join([&sample(), &long, &long], &[5]);
        assert_eq!(starts(&joined), [0, 100, 200, 300, 400, 455, 1455]);
        assert_eq!((joined.recording_id(), joined.language(), joined.raw()), ("", "en", ""));
        assert_eq!(joined.duration_ms(), Some(2455));
        assert_eq!(Transcript::join([&long, &sample()], &[]).duration_ms(), None);
        assert_eq!(Transcript::join([], &[]), Transcript::builder().build());
    }
}
