//! What is fuzzed: a file a reader, and a folder of its name in `tests/fuzz/corpus`, which `tests/corpus.rs` replays as
//! ordinary tests. A target takes any text and may not panic.

mod canonical;
mod gospeech;
mod srt;
mod transcribeme;
mod vtt;

use tiro::Transcript;

/// What a target is called, and what it does with a document.
type Target = (&'static str, fn(&str));

pub const ALL: &[Target] = &[
    ("canonical", canonical::check),
    ("gospeech", gospeech::check),
    ("srt", srt::check),
    ("transcribeme", transcribeme::check),
    ("vtt", vtt::check),
];

/// What holds for every transcript, wherever it comes from.
pub fn check_model(transcript: &Transcript) {
    let written = transcript.to_json();
    let again = Transcript::from_json(&written).expect("what is written is read");
    assert!(again == *transcript, "the canonical JSON says the same");
    assert!(again.to_json() == written, "and is written the same");

    let mut words = 0;
    let mut paragraphs = 0;
    for (index, segment) in transcript.segments().enumerate() {
        assert_eq!((segment.words.start, segment.paragraphs.start), (words, paragraphs));
        assert!(!segment.words.is_empty() && !segment.paragraphs.is_empty());
        for paragraph in segment.paragraphs.clone().map(|number| transcript.paragraph(number)) {
            assert_eq!((paragraph.segment, paragraph.words.start), (index, words));
            assert!(!paragraph.words.is_empty());
            words = paragraph.words.end;
        }
        assert_eq!(segment.words.end, words);
        paragraphs = segment.paragraphs.end;
        for word in segment.words.map(|number| transcript.word(number)) {
            assert!(
                word.segment == index && segment.start_ms <= word.start_ms && word.end_ms <= segment.end_ms
            );
            assert!(word.confidence.is_none_or(|confidence| (0.0..=1.0).contains(&confidence)));
        }
    }
    assert_eq!((words, paragraphs), (transcript.word_count(), transcript.paragraph_count()));

    let merged = transcript.merge_segments();
    assert!(merged.words().map(|word| word.text).eq(transcript.words().map(|word| word.text)));
    let middle = transcript.words().nth(words / 2).map_or(0, |word| word.start_ms);
    let parts = [transcript.cut(i64::MIN..middle), transcript.cut(middle..i64::MAX)];
    let late = transcript.words().filter(|word| word.start_ms == i64::MAX).count();
    assert_eq!(parts[0].word_count() + parts[1].word_count() + late, words);
    assert_eq!(Transcript::join(&parts, &[1]).word_count() + late, words);
    assert_eq!(transcript.shift(i64::MAX).shift(i64::MIN).word_count(), words);
    assert_eq!(transcript.rename_speakers(|_| "one".into()).speakers().count(), usize::from(words > 0));

    assert_eq!(transcript.word_view().len(), words);
    if let Some(word) = transcript.words().next() {
        let found = transcript.find(word.text);
        assert!(found.windows(2).all(|pair| pair[0].words.end <= pair[1].words.start + 1));
        assert!(!found.is_empty() || !word.text.bytes().any(|byte| byte.is_ascii_alphanumeric()));
    }
}

/// What holds for every transcript out of subtitles: words in one piece, one after the other inside of their cue.
pub fn check_cues(transcript: &Transcript) {
    for segment in transcript.segments() {
        let mut earliest = segment.start_ms;
        for word in segment.words.map(|number| transcript.word(number)) {
            assert!(
                !word.text.is_empty() && word.text.trim() == word.text && !word.text.contains([' ', '\n'])
            );
            assert!(earliest <= word.start_ms && word.start_ms <= word.end_ms);
            earliest = word.end_ms;
        }
    }
}

/// The characters of all words, as subtitles show them.
pub fn said(transcript: &Transcript) -> String {
    let shown = |c: char| if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') { '\u{fffd}' } else { c };
    transcript.text().chars().filter(|c| !c.is_whitespace()).map(shown).collect()
}

/// The same in the wide forms that SubRip's writer takes for what it cannot escape.
pub fn said_in_wide_forms(transcript: &Transcript) -> String {
    let wide = |c| match c {
        '<' => '＜',
        '>' => '＞',
        '{' => '｛',
        '\\' => '＼',
        ':' => '：',
        _ => c,
    };
    said(transcript).chars().map(wide).collect()
}
