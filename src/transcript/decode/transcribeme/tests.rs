use super::*;
use crate::error::ErrorKind;

/// Segments as `speaker: word@start-end word`, with `~` before times that are an estimate.
fn read(document: &str) -> Vec<String> {
    let transcript = Transcript::from_transcribeme(document).expect(document);
    assert_eq!(transcript.raw(), document);
    let word = |index| {
        let word = transcript.word(index);
        let mark = if word.estimated { "~" } else { "" };
        format!(" {}@{mark}{}-{}", word.text, word.start_ms, word.end_ms)
    };
    transcript
        .segments()
        .map(|s| format!("{}:{}", s.speaker, s.words.map(word).collect::<String>()))
        .collect()
}

#[test]
fn utterances_are_segments_and_their_times_are_shared_by_the_words() {
    let document = r#"{"RecordingId":"r","Language":"en","Duration":60,"Utterances":[
        {"Speaker":"S1","Start":1,"End":2,"Text":"Yes, of"},{"Speaker":"S1","Start":"00:00:30","Text":"Good."},
        {"Speaker":"S2","Start":40.0,"Text":"one two"}]}"#;
    let expected = [
        "S1: Yes,@~1000-1625 of@~1625-2000",
        "S1: Good.@~30000-40000",
        "S2: one@~40000-50000 two@~50000-60000",
    ];
    assert_eq!(read(document), expected);
    let transcript = Transcript::from_transcribeme(document).unwrap();
    assert_eq!((transcript.recording_id(), transcript.language()), ("r", "en"));
    assert_eq!(transcript.duration_ms(), Some(60_000));
}

#[test]
fn words_make_segments_by_speaker() {
    let document = r#"{"words":[{"word":"a","start_ms":0,"end_ms":5,"confidence":0.5,"speaker":"A"},
        {"word":"b","start_ms":5,"end_ms":9,"speaker":"A"},{"word":"c","start_ms":9,"end_ms":"12ms","speaker":{"name":"B"}}]}"#;
    assert_eq!(read(document), ["A: a@0-5 b@5-9", "B: c@9-12"]);
    assert_eq!(Transcript::from_transcribeme(document).unwrap().word(0).confidence, Some(0.5));
}

#[test]
fn what_is_said_in_more_detail_is_taken_once() {
    let document = r#"{"text":"a b","words":[{"text":"a"},{"text":"b"}],
        "segments":[{"text":"a b","words":[{"text":"a","start":0,"end":1},{"text":"b","start":1,"end":2}],"speaker":1}]}"#;
    assert_eq!(read(document), ["1: a@0-1000 b@1000-2000"]);
    assert_eq!(read(r#"{"segments":[],"words":[{"text":"a"}]}"#), [": a@~0-0"]);
}

#[test]
fn words_without_times_share_those_of_their_segment() {
    let document = r#"{"results":{"segments":[{"start":1,"end":3,"words":[{"text":"a"},{"text":"b"}]}]}}"#;
    assert_eq!(read(document), [": a@~1000-2000 b@~2000-3000"]);
}

#[test]
fn a_plain_text_is_a_segment_with_a_paragraph_a_line() {
    for document in
        [r#""a b\n\nc\n""#, r#"{"transcription":"a b\r\nc"}"#, r#"{"Data":{"Transcript":{"Text":"a b\nc"}}}"#]
    {
        assert_eq!(read(document), [": a@~0-0 b@~0-0 c@~0-0"], "{document}");
        assert_eq!(Transcript::from_transcribeme(document).unwrap().text(), "a b\nc");
    }
}

#[test]
fn any_json_is_taken_and_nothing_else() {
    for document in ["null", "7", "{}", "[]", r#"{"text":7,"words":{"text":null}}"#, r#"[[[{"text":" "}]]]"#]
    {
        assert!(read(document).is_empty(), "{document}");
    }
    for document in ["", "plain text", "[", "[]]"] {
        assert_eq!(Transcript::from_transcribeme(document).unwrap_err().kind(), ErrorKind::Document);
    }
}

#[test]
fn what_is_nested_too_deep_is_passed_over() {
    let nested = |depth: usize| format!("[{}\"a\"{}]", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(read(&nested(40)).len(), 1);
    assert_eq!(read(&nested(100_000)).len(), 0);
    let objects = format!("{}\"a\"{}", "{\"data\":".repeat(10_000), "}".repeat(10_000));
    assert_eq!(read(&objects).len(), 0);
}

#[test]
fn a_long_name_takes_the_room_of_one() {
    let name = r"\u00e9".repeat(100_000);
    let words = vec![r#"{"text":"a"}"#; 50_000].join(",");
    let turns = vec![r#"{"text":"a b"}"#; 50_000].join(",");
    for parts in [format!(r#""words":[{words}]"#), format!(r#""segments":[{turns}]"#)] {
        let document = format!(r#"{{"speaker":"{name}",{parts}}}"#);
        let transcript = Transcript::from_transcribeme(&document).unwrap();
        assert!(transcript.word_count() >= 50_000);
        assert_eq!(transcript.speakers().collect::<Vec<_>>(), ["é".repeat(1000)]);
        let places = transcript.segment_view().iter().map(|segment| segment.speaker);
        assert_eq!(places.collect::<std::collections::HashSet<_>>().len(), 1, "all point at one name");
        assert!(transcript.raw().contains(&name));
    }
}

#[test]
fn odd_values_are_no_reason_to_fail() {
    let document = r#"{"segments":[null,7,"x y",{"text":"a","start":{},"end":[],"speaker":[],"confidence":"high"},
        {"text":"\ud800","start":-1,"start":2,"end":1}],"segments":null}"#;
    assert_eq!(read(document), [": x@~2000-2000 y@~2000-2000", ": a@~2000-2000", ": \u{fffd}@2000-1000"]);
}
