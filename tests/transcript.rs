//! Properties of the model that hold for any transcript, hostile texts and times included.

#[path = "fuzz/targets/mod.rs"]
mod targets;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use tiro::{
    Align, Attributes, Format, List, Paragraph, ParagraphStyle, Script, Segment, Transcript,
    TranscriptBuilder, Word,
};

fn text() -> impl Strategy<Value = String> {
    let hostile = prop::sample::select(vec![
        "",
        " ",
        "-->",
        "\n\n",
        "\r",
        "\0",
        "\u{feff}",
        "\u{202e}abc",
        "<b>&amp;",
        "\\ud800",
        "\u{fffd}",
        "\u{10ffff}",
        "e\u{301}",
        "ﬁ",
        "\"",
        "{",
        "1e5",
    ]);
    prop_oneof![4 => "\\w{1,8}", 1 => hostile.prop_map(str::to_owned), 1 => ".{0,12}", 1 => Just("x".repeat(10_000))]
}

fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i64>().prop_map(|value| value.to_string()),
        text().prop_map(|value| serde_json::to_string(&value).unwrap()),
        Just("\"\\ud800\"".to_owned()),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(|values| format!("[{}]", values.join(", "))),
            (text(), inner).prop_map(|(name, value)| {
                format!("{{{}: {value}}}", serde_json::to_string(&name).unwrap())
            }),
        ]
    })
}

fn attributes() -> impl Strategy<Value = Attributes> {
    vec((text(), json()), 0..2).prop_map(|entries| {
        let mut attributes = Attributes::default();
        for (name, json) in entries {
            attributes.insert(&name, &json).unwrap();
        }
        attributes
    })
}

fn format() -> impl Strategy<Value = Format> {
    let script = option::of(prop::sample::select(vec![Script::Sub, Script::Super]));
    (any::<[bool; 4]>(), script, text(), text(), attributes()).prop_map(
        |(flags, script, color, class, other)| {
            let [bold, italic, underline, strike] = flags;
            Format { bold, italic, underline, strike, script, color, class, other, ..Format::default() }
        },
    )
}

fn style() -> impl Strategy<Value = ParagraphStyle> {
    let align = prop::sample::select(vec![Align::Left, Align::Center, Align::Right, Align::Justify]);
    let list = option::of(prop::sample::select(vec![List::Bullet, List::Ordered]));
    (any::<bool>(), align, list, 0..=8u8, attributes()).prop_map(
        |(blockquote, align, list, indent, other)| ParagraphStyle { blockquote, align, list, indent, other },
    )
}

fn word(times: impl Strategy<Value = i64> + Clone) -> impl Strategy<Value = Word> {
    let format = prop_oneof![3 => Just(Format::default()), 1 => format()];
    let confidence = option::of(prop_oneof![0.0..=1.0f32, any::<f32>()]);
    (text(), times.clone(), times, confidence, any::<bool>(), format).prop_map(
        |(text, start_ms, end_ms, confidence, estimated, format)| Word {
            text,
            start_ms,
            end_ms,
            confidence,
            estimated,
            format,
        },
    )
}

fn segment(times: impl Strategy<Value = i64> + Clone) -> impl Strategy<Value = Segment> {
    let paragraph = (0..4usize, style()).prop_map(|(words, style)| Paragraph { words, style });
    let speaker = prop::sample::select(vec!["", "A", "B", "\u{202e}"]);
    (speaker, vec(word(times), 0..6), vec(paragraph, 0..3)).prop_map(|(speaker, words, paragraphs)| Segment {
        speaker: speaker.into(),
        words,
        paragraphs,
    })
}

fn transcript(times: impl Strategy<Value = i64> + Clone) -> impl Strategy<Value = Transcript> {
    (text(), text(), option::of(any::<i64>()), vec(segment(times), 0..5)).prop_map(
        |(id, language, length, segments)| {
            let mut builder = Transcript::builder().recording_id(&id).language(&language);
            if let Some(length) = length {
                builder = builder.duration_ms(length);
            }
            segments.iter().fold(builder, TranscriptBuilder::segment).build()
        },
    )
}

/// Far enough from the end of numbers to be moved.
fn real_times() -> impl Strategy<Value = i64> + Clone {
    -100_000..100_000_000i64
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn canonical_json_reads_back_to_an_equal_transcript(transcript in transcript(any::<i64>())) {
        targets::check_model(&transcript);
    }

    #[test]
    fn a_shift_is_undone_by_its_opposite(transcript in transcript(real_times()), by_ms in real_times()) {
        let shifted = transcript.shift(by_ms);
        prop_assert!(shifted.shift(-by_ms) == transcript);
        let moved = shifted.words().zip(transcript.words());
        prop_assert!(moved.into_iter().all(|(a, b)| a.start_ms == b.start_ms + by_ms && a.text == b.text));
    }

    #[test]
    fn two_cuts_that_meet_have_every_word_once(transcript in transcript(real_times()), at in real_times()) {
        let (before, after) = (transcript.cut(i64::MIN..at), transcript.cut(at..i64::MAX));
        prop_assert!(before.words().all(|word| word.start_ms < at) && after.words().all(|word| word.start_ms >= at));
        let mut parts = [before.words().peekable(), after.words().peekable()];
        for word in transcript.words() {
            let part = &mut parts[usize::from(word.start_ms >= at)];
            prop_assert_eq!(part.next().map(|found| (found.text, found.end_ms)), Some((word.text, word.end_ms)));
        }
        prop_assert!(parts.iter_mut().all(|part| part.next().is_none()));
    }

    #[test]
    fn merging_leaves_no_neighbours_of_one_speaker(transcript in transcript(real_times())) {
        let merged = transcript.merge_segments();
        let speakers: Vec<_> = merged.segments().map(|segment| segment.speaker).collect();
        prop_assert!(speakers.windows(2).all(|pair| pair[0] != pair[1]));
        let said = |transcript: &Transcript| -> Vec<(String, String)> {
            transcript.words().map(|w| (w.text.to_owned(), transcript.segment(w.segment).speaker.to_owned())).collect()
        };
        prop_assert_eq!(said(&merged), said(&transcript));
        prop_assert!(merged.merge_segments() == merged);
    }

    #[test]
    fn joined_transcripts_follow_one_another(parts in vec(transcript(0..100_000i64), 0..4), gap_ms in 0..1000i64) {
        let joined = Transcript::join(&parts, &[gap_ms; 4]);
        prop_assert_eq!(joined.word_count(), parts.iter().map(Transcript::word_count).sum::<usize>());
        let mut joined_words = joined.words();
        let mut last_ms = i64::MIN;
        for part in &parts {
            let words: Vec<_> = joined_words.by_ref().take(part.word_count()).collect();
            prop_assert!(words.iter().all(|word| word.start_ms >= last_ms));
            prop_assert!(words.iter().map(|word| word.text).eq(part.words().map(|word| word.text)));
            last_ms = words.iter().map(|word| word.end_ms).max().unwrap_or(last_ms).max(last_ms);
        }
    }

    #[test]
    fn readers_take_any_text(document in prop_oneof![json(), ".{0,40}"]) {
        for (_, check) in targets::ALL {
            check(&document);
        }
    }
}

#[test]
fn the_schema_names_every_member_that_is_written() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../docs/transcript.schema.json")).unwrap();
    let format = Format {
        bold: true,
        italic: true,
        underline: true,
        strike: true,
        script: Some(Script::Sub),
        color: "a".into(),
        background: "a".into(),
        font: "a".into(),
        size: "a".into(),
        class: "a".into(),
        other: one_attribute(),
    };
    let style = ParagraphStyle {
        blockquote: true,
        align: Align::Right,
        list: Some(List::Bullet),
        indent: 1,
        other: one_attribute(),
    };
    let word = Word { confidence: Some(1.0), estimated: true, format, ..Word::default() };
    let segment =
        Segment { words: vec![word], paragraphs: vec![Paragraph { words: 1, style }], ..Segment::default() };
    let written = Transcript::builder().duration_ms(1).segment(&segment).build().to_json();
    let written: serde_json::Value = serde_json::from_str(&written).unwrap();
    let segment = &written["segments"][0];
    for (name, object) in [
        ("", &written),
        ("segment", segment),
        ("word", &segment["words"][0]),
        ("format", &segment["words"][0]["format"]),
        ("paragraph", &segment["paragraphs"][0]),
    ] {
        let described = if name.is_empty() { &schema } else { &schema["$defs"][name] };
        let names =
            |object: &serde_json::Value| object.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(object), names(&described["properties"]), "{name}");
    }
}

fn one_attribute() -> Attributes {
    let mut attributes = Attributes::default();
    attributes.insert("name", "1").unwrap();
    attributes
}
