//! The canonical JSON of a transcript: what tiro itself writes (`write`) and reads back to an equal one (`read`). Its
//! schema is `docs/transcript.schema.json`. Documents of services are none of its business.

mod read;
mod write;

/// What a document says that it is.
const FORMAT: &str = "tiro.transcript";

/// Raised when a reader of the version before would misread a document.
const VERSION: i64 = 1;

#[cfg(test)]
mod tests {
    use crate::error::ErrorKind;
    use crate::transcript::{Align, Format, Paragraph, ParagraphStyle, Segment, Transcript, Word};

    fn sample() -> Transcript {
        let mut format = Format { bold: true, color: "#e60000".into(), ..Format::default() };
        format.other.insert("link", r#"{"to": ["x"]}"#).unwrap();
        let words = vec![
            Word {
                text: "\"Ĝis\"\0\n".into(),
                start_ms: -1,
                end_ms: 5,
                confidence: Some(0.1),
                ..Word::default()
            },
            Word { text: "more".into(), start_ms: 5, end_ms: 9, estimated: true, format, ..Word::default() },
        ];
        let style = ParagraphStyle { align: Align::Center, indent: 2, ..ParagraphStyle::default() };
        let paragraphs = vec![Paragraph { words: 1, style }];
        Transcript::builder()
            .recording_id("r")
            .language("eo")
            .duration_ms(9)
            .segment(&Segment { speaker: "A".into(), words, paragraphs })
            .build()
    }

    #[test]
    fn the_document_is_as_the_docs_have_it() {
        let expected = concat!(
            r#"{"format":"tiro.transcript","version":1,"recording_id":"r","language":"eo","duration_ms":9,"segments":["#,
            r#"{"speaker":"A","start_ms":-1,"end_ms":9,"words":["#,
            r#"{"text":"\"Ĝis\"\u0000\n","start_ms":-1,"end_ms":5,"confidence":0.1},"#,
            r##"{"text":"more","start_ms":5,"end_ms":9,"estimated":true,"format":{"bold":true,"color":"#e60000","##,
            r#""other":{"link":{"to": ["x"]}}}}],"#,
            r#""paragraphs":[{"words":1,"align":"center","indent":2}]}]}"#,
        );
        assert_eq!(sample().to_json(), expected);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let again = Transcript::from_json(&sample().to_json()).unwrap();
        assert_eq!(again, sample());
        assert_eq!(again.to_json(), sample().to_json());
        assert_eq!(again.raw(), sample().to_json());
        let empty = Transcript::builder().build();
        assert_eq!(Transcript::from_json(&empty.to_json()).unwrap(), empty);
    }

    fn outcome(segments: &str) -> Result<Transcript, String> {
        let document =
            format!(r#"{{"format":"tiro.transcript","version":1,"more":{{}},"segments":{segments}}}"#);
        Transcript::from_json(&document).map_err(|error| {
            assert_eq!(error.kind(), ErrorKind::Document);
            error.message().to_owned()
        })
    }

    #[test]
    fn members_that_are_not_known_are_passed_over() {
        let words =
            r#"[{"words":[{"text":"a","start_ms":0,"end_ms":1.0,"x":[],"format":{"y":{}}}],"z":null}]"#;
        assert_eq!(outcome(words).unwrap().word(0).end_ms, 1);
        assert!(outcome("[]").is_ok());
    }

    #[test]
    fn a_wrong_type_is_an_error_that_names_no_speech() {
        for segments in [
            r#"[{"words":[{"text":"a","start_ms":0.5,"end_ms":1}]}]"#,
            r#"[{"words":[{"text":"a","start_ms":"secret","end_ms":1}]}]"#,
            r#"[{"words":[{"text":"a","start_ms":1e300,"end_ms":1}]}]"#,
            r#"[{"words":[{"text":"a","start_ms":0}]}]"#,
            r#"[{"words":[{"text":"a","start_ms":0,"end_ms":1,"end_ms":2}]}]"#,
            r#"[{"words":[{"text":1,"start_ms":0,"end_ms":1}]}]"#,
            r#"[{"words":[["a",0,1]]}]"#,
            r#"[{"words":[{"text":"a","start_ms":0,"end_ms":1,"confidence":1.5}]}]"#,
            r#"[{"words":[{"text":"a","start_ms":0,"end_ms":1,"format":{"bold":1}}]}]"#,
            r#"[{"words":[],"paragraphs":[{"align":"secret"}]}]"#,
            r#"[{"words":[],"paragraphs":[{"words":-1}]}]"#,
            r#"[{"words":[],"paragraphs":[{"words":1}]}]"#,
            r#"[{"words":[],"words":[]}]"#,
            r#"[{"speaker":"A"}]"#,
            r#"[{"words":"secret"}]"#,
            r#"["secret"]"#,
            r#"{}"#,
            r#"[] , "secret"#,
        ] {
            let message = outcome(segments).expect_err(segments);
            assert!(!message.contains("secret"), "{message}");
            assert!(message.contains(" at line 1 column "), "{message}");
        }
    }

    #[test]
    fn a_known_member_comes_once() {
        let formatted = |members: &str| {
            outcome(&format!(
                r#"[{{"words":[{{"text":"a","start_ms":0,"end_ms":1,"format":{{"x":1,{members},"x":2}}}}]}}]"#
            ))
        };
        let paragraph = |members: &str| {
            outcome(&format!(
                r#"[{{"words":[{{"text":"a","start_ms":0,"end_ms":1}}],"paragraphs":[{{"words":1,{members}}}]}}]"#
            ))
        };
        let segment = |members: &str| outcome(&format!(r#"[{{"words":[],{members}}}]"#));
        let check = |read: &dyn Fn(&str) -> Result<Transcript, String>, name: &str, value: &str| {
            let member = format!(r#""{name}":{value}"#);
            assert!(read(&member).is_ok(), "{member}");
            let message = read(&format!("{member},{member}")).expect_err(&member);
            assert!(message.contains(&format!("duplicate field `{name}`")), "{message}");
        };
        for name in Format::MEMBERS.iter().chain(ParagraphStyle::MEMBERS) {
            let value = if *name == "other" { "{}" } else { "null" };
            check(if Format::MEMBERS.contains(name) { &formatted } else { &paragraph }, name, value);
        }
        check(&paragraph, "other", "{}");
        for name in ["start_ms", "end_ms"] {
            check(&segment, name, "0");
        }
        check(&segment, "speaker", "\"A\"");
    }

    #[test]
    fn an_indent_that_is_too_deep_is_the_deepest() {
        let style = ParagraphStyle { indent: 200, ..ParagraphStyle::default() };
        let words = vec![Word { text: "a".into(), ..Word::default() }];
        let segment =
            Segment { words, paragraphs: vec![Paragraph { words: 1, style }], ..Segment::default() };
        let transcript = Transcript::builder().segment(&segment).build();
        assert_eq!(transcript.paragraph(0).style.indent, 8);
        assert_eq!(Transcript::from_json(&transcript.to_json()).unwrap(), transcript);
        assert_eq!(transcript.merge_segments().paragraph(0).style.indent, 8);
    }

    #[test]
    fn another_format_or_version_is_an_error() {
        for (document, says) in [
            (r#"{"format":"tiro.transcript","version":2,"segments":{}}"#, "version 2"),
            (r#"{"format":"x","version":1,"segments":[]}"#, "format"),
            (r#"{"version":1,"segments":[]}"#, "`format`"),
            (r#"{"format":"tiro.transcript","segments":[]}"#, "`version`"),
            (r#"{"format":"tiro.transcript","version":1}"#, "`segments`"),
            ("", "EOF"),
            ("[]", "an object"),
        ] {
            let error = Transcript::from_json(document).unwrap_err();
            assert!(error.message().contains(says), "{}", error.message());
        }
    }
}
