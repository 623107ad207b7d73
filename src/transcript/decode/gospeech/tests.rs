//! A test a rule of the reader.

use super::*;
use crate::error::ErrorKind;
use crate::transcript::{Align, Format, List, Script};

fn read(document: &str) -> Transcript {
    let transcript = Transcript::from_gospeech(document).expect(document);
    assert_eq!(transcript.raw(), document);
    transcript
}

fn texts(document: &str) -> Vec<(String, String)> {
    let transcript = read(document);
    let text = |segment: crate::transcript::SegmentRef<'_>| {
        let words: Vec<_> = segment.words.map(|index| transcript.word(index).text).collect();
        (segment.speaker.to_owned(), words.join("|"))
    };
    transcript.segments().map(text).collect()
}

fn pair(speaker: &str, words: &str) -> (String, String) {
    (speaker.to_owned(), words.to_owned())
}

const A: &str = r#"{"insert":"a","attributes":{"timestamp":{"start":0,"end":10}}}"#;
const B: &str = r#"{"attributes":{"timestamp":{"end":30,"start":20}},"insert":"b"}"#;

#[test]
fn an_object_with_segments_is_read() {
    let document =
        format!(r#"{{"id":[1],"segments":[{{"speaker":"A","words":[{A},{B}]}},{{"words":[{A}]}}]}}"#);
    assert_eq!(texts(&document), [pair("A", "a|b"), pair("", "a")]);
}

#[test]
fn an_object_with_ops_is_read() {
    assert_eq!(texts(&format!(r#"{{"ops":[{A},{B}]}}"#)), [pair("", "a|b")]);
}

#[test]
fn an_array_of_segments_is_read() {
    let document = format!(r#"[{{"words":[{A}],"speaker":"A"}},{{"words":[{B}],"speaker":"A"}}]"#);
    assert_eq!(texts(&document), [pair("A", "a"), pair("A", "b")]);
}

#[test]
fn a_bare_array_of_inserts_is_read() {
    assert_eq!(texts(&format!("[{A},{B}]")), [pair("", "a|b")]);
}

#[test]
fn segments_come_before_ops_in_any_order() {
    assert_eq!(texts(&format!(r#"{{"ops":[{B}],"segments":[{{"words":[{A}]}}]}}"#)), [pair("", "a")]);
    assert_eq!(texts(&format!(r#"{{"segments":[{{"words":[{A}]}}],"ops":[{B}]}}"#)), [pair("", "a")]);
    assert_eq!(texts(&format!(r#"{{"ops":[{B}],"segments":null}}"#)), [pair("", "b")]);
}

#[test]
fn the_inserts_of_a_segment_are_the_first_array_of_the_list() {
    for name in INSERTS {
        assert_eq!(texts(&format!(r#"[{{"{name}":[{A}]}}]"#)), [pair("", "a")]);
    }
    for members in [
        format!(r#""transcript":[{B}],"ops":[{A}]"#),
        format!(r#""ops":[{A}],"transcript":[{B}]"#),
        format!(r#""content":[{B},{B}],"ops":[{A}],"words":"many""#),
    ] {
        let document = format!(r#"[{{"speaker":"A",{members}}},{{"speaker":"B","words":[{B}]}}]"#);
        assert_eq!(texts(&document), [pair("A", "a"), pair("B", "b")], "{members}");
    }
}

#[test]
fn a_speaker_is_the_first_of_the_list_that_names_one() {
    for (members, expected) in [
        (r#""speaker":"A""#, "A"),
        (r#""speakerName":"A""#, "A"),
        (r#""speakerId":7"#, "7"),
        (r#""speakerId":7,"speakerName":"A""#, "A"),
        (r#""speaker":null,"speakerId":7"#, "7"),
        (r#""speaker":{"id":7,"name":"A"},"speakerName":"B""#, "A"),
        (r#""speaker":{"id":7}"#, "7"),
        (r#""speaker":{},"speakerId":{}"#, ""),
    ] {
        assert_eq!(texts(&format!(r#"[{{{members},"words":[{A}]}}]"#)), [pair(expected, "a")], "{members}");
    }
}

#[test]
fn order_is_kept_and_segments_are_not_merged_and_times_are_as_given() {
    let document = r#"[{"speaker":"A","words":[{"insert":"late","attributes":{"timestamp":{"start":90,"end":80}}}]},
        {"speaker":"A","words":[{"insert":"early","attributes":{"timestamp":{"start":-5,"end":10}}}]}]"#;
    assert_eq!(texts(document), [pair("A", "late"), pair("A", "early")]);
    let transcript = read(document);
    let times: Vec<_> = transcript.words().map(|word| (word.start_ms, word.end_ms)).collect();
    assert_eq!(times, [(90, 80), (-5, 10)]);
}

#[test]
fn an_insert_that_is_no_text_gives_none() {
    let document =
        format!(r#"[{A},{{"insert":{{"image":"x"}}}},{{"insert":null}},{{"insert":7}},{{}},null,"x",{B}]"#);
    assert_eq!(texts(&document), [pair("", "a|b")]);
}

#[test]
fn every_attribute_of_a_word_is_read() {
    let document = r##"[{"insert":"a","attributes":{"timestamp":{"start":0,"end":1},"class":"ql-font-roboto","font":"roboto",
        "size":"12pt","color":"#e60000","background":"#00e600","bold":true,"italic":true,"underline":true,"strike":true,
        "script":"sub"}},{"insert":"b","attributes":{"class":null,"bold":false,"script":"super"}},{"insert":"c"}]"##;
    let transcript = read(document);
    let all = Format {
        bold: true,
        italic: true,
        underline: true,
        strike: true,
        script: Some(Script::Sub),
        color: "#e60000".into(),
        background: "#00e600".into(),
        font: "roboto".into(),
        size: "12pt".into(),
        class: "ql-font-roboto".into(),
        other: Default::default(),
    };
    assert_eq!(transcript.word(0).format, &all);
    assert_eq!(transcript.word(1).format, &Format { script: Some(Script::Super), ..Format::default() });
    assert_eq!(transcript.word(2).format, &Format::default());
}

#[test]
fn unknown_attributes_and_known_ones_of_a_wrong_type_are_kept_as_they_are() {
    let document = r#"[{"insert":"a","attributes":{"bold":"yes","link":{"to":[1, 2]},"indent":2,
        "timestamp":{"start":"0","end":1}}}]"#;
    let transcript = read(document);
    let word = transcript.word(0);
    let kept: Vec<_> = word.format.other.iter().collect();
    let timestamp = ("timestamp", r#"{"start":"0","end":1}"#);
    assert_eq!(kept, [("bold", "\"yes\""), ("indent", "2"), ("link", r#"{"to":[1, 2]}"#), timestamp]);
    assert!(word.estimated && !word.format.bold);
    assert_eq!(Transcript::from_json(&transcript.to_json()).unwrap(), transcript);
}

#[test]
fn every_paragraph_attribute_is_read_and_each_mark_is_one() {
    let mark =
        |text: &str, attributes: &str| format!(r#"{{"insert":"{text}","attributes":{{{attributes}}}}}"#);
    let document = [
        A.to_owned(),
        mark("↵", r#""blockquote":true,"align":"center","list":"bullet","indent":8"#),
        A.to_owned(),
        mark("\\n", r#""align":"justify","list":"ordered""#),
        A.to_owned(),
        mark("\\r\\n", r#""align":"","bold":true,"indent":9"#),
        mark("\\n", r#""align":"right""#),
        A.to_owned(),
    ];
    let transcript = read(&format!("[{}]", document.join(",")));
    let styles: Vec<_> = transcript.paragraphs().map(|paragraph| paragraph.style.clone()).collect();
    assert_eq!((styles.len(), transcript.segment_count(), transcript.text()), (4, 1, "a\na\na\na"));
    assert!(styles[0].blockquote);
    assert_eq!((styles[0].align, styles[0].list, styles[0].indent), (Align::Center, Some(List::Bullet), 8));
    assert_eq!((styles[1].align, styles[1].list), (Align::Justify, Some(List::Ordered)));
    assert_eq!(styles[2].other.iter().collect::<Vec<_>>(), [("bold", "true"), ("indent", "9")]);
    assert!(!transcript.paragraph(3).marked);
}

#[test]
fn whole_numbers_may_be_written_as_floats() {
    let document = r#"[{"insert":"a","attributes":{"timestamp":{"start":1000.0,"end":2e3}}},
        {"insert":"b","attributes":{"timestamp":{"start":2500.5,"end":1e300}}}]"#;
    let transcript = read(document);
    assert_eq!((transcript.word(0).start_ms, transcript.word(0).end_ms), (1000, 2000));
    assert!(!transcript.word(0).estimated && transcript.word(1).estimated);
}

#[test]
fn a_word_without_a_timestamp_gets_an_estimate() {
    let transcript = read(&format!(r#"[{A},{{"insert":"new"}},{B}]"#));
    let word = transcript.word(1);
    assert_eq!((word.start_ms, word.end_ms, word.estimated), (10, 20, true));
}

fn joined(inserts: &[&str], spacing: Spacing) -> String {
    let inserts: Vec<_> = inserts.iter().map(|text| format!(r#"{{"insert":"{text}"}}"#)).collect();
    let document = format!("[{}]", inserts.join(","));
    let transcript = Transcript::from_gospeech_spaced(&document, spacing).unwrap();
    transcript.words().map(|word| word.text).collect::<Vec<_>>().join("|")
}

#[test]
fn a_space_is_added_where_there_is_none_but_not_before_closing_punctuation() {
    let cases: [(&[&str], &str); 6] = [
        (&["some word", "next"], "some word|next"),
        (&["a ", "b", " c", " d "], "a|b|c|d"),
        (&["a", ",", "b", "!", "?", ")", "(", "c"], "a,|b!?)|(|c"),
        (&["a ", ".", " ,"], "a|.|,"),
        (&["a", " ", ".", "↵", "."], "a|.|."),
        (&["", "a", "", ";"], "a;"),
    ];
    for (inserts, expected) in cases {
        assert_eq!(joined(inserts, Spacing::Added), expected, "{inserts:?}");
    }
}

#[test]
fn the_adding_of_spaces_can_be_switched_off() {
    assert_eq!(joined(&["Hel", "lo ", "wor", "ld", "."], Spacing::AsGiven), "Hello|world.");
}

#[test]
fn punctuation_that_is_joined_makes_its_word_end_later() {
    let document = r#"[{"insert":"a","attributes":{"timestamp":{"start":0,"end":10}}},
        {"insert":".","attributes":{"timestamp":{"start":10,"end":12}}}]"#;
    assert_eq!(read(document).word(0).end_ms, 12);
}

#[test]
fn what_is_no_transcript_is_an_error() {
    for document in
        ["", "null", "7", "\"secret\"", "{}", r#"{"segments":null}"#, "[", "[]x", r#"{"words":[]}"#]
    {
        let error = Transcript::from_gospeech(document).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Document, "{document}");
        assert!(!error.message().contains("secret"));
    }
    assert_eq!(read("[]").word_count(), 0);
}

#[test]
fn hostile_text_is_read_and_the_raw_document_kept() {
    let document = "\u{feff}[{\"insert\":\"\\ud800\\u0000\\u202e x\\r\"}]";
    assert_eq!(read(document).word(0).text, "\u{fffd}\0\u{202e} x");
    let deep =
        format!(r#"[{{"insert":"a","attributes":{{"x":{}{}}}}}]"#, "[".repeat(50_000), "]".repeat(50_000));
    assert_eq!(read(&deep).word_count(), 1);
    let twice = r#"[{"insert":"a","insert":"b","attributes":{"bold":true},"attributes":{"bold":false}}]"#;
    assert_eq!(read(twice).text(), "b");
}
