//! The canonical JSON of a transcript: what tiro itself writes and reads back to an equal one. `docs/transcript.md`
//! describes it. The reader is strict about types and passes over members that it does not know.

use std::borrow::Cow;

use serde::{Deserialize, Serialize, Serializer};

use super::{Segment, SegmentRef, Transcript, Word, WordRef};
use crate::error::{Error, ErrorKind, Result};

const FORMAT: &str = "tiro.transcript";
const VERSION: u32 = 1;

impl Transcript {
    /// The canonical JSON: one line, without [`Transcript::raw`].
    pub fn to_json(&self) -> String {
        let document = Written {
            format: FORMAT,
            version: VERSION,
            recording_id: self.recording_id(),
            language: self.language(),
            duration_ms: self.duration_ms(),
            segments: WrittenSegments(self),
        };
        serde_json::to_string(&document).expect("texts and numbers have a JSON form")
    }

    /// Reads canonical JSON. The document stays reachable as [`Transcript::raw`].
    pub fn from_json(document: &str) -> Result<Self> {
        let read: Read<'_> = serde_json::from_str(document).map_err(|error| {
            Error::new(ErrorKind::Document, format!("not the canonical JSON of a transcript: {error}"))
        })?;
        if read.format != FORMAT || read.version != VERSION {
            let message = format!(
                "this tiro reads {FORMAT} version {VERSION}, not {:?} version {}",
                read.format, read.version
            );
            return Err(Error::new(ErrorKind::Document, message));
        }
        let mut builder = Transcript::builder().recording_id(&read.recording_id).language(&read.language);
        if let Some(duration) = read.duration_ms {
            builder = builder.duration_ms(duration);
        }
        for segment in &read.segments {
            let words = segment.words.iter().map(|word| Word {
                text: word.text.clone().into_owned(),
                start_ms: word.start_ms,
                end_ms: word.end_ms,
                confidence: word.confidence,
            });
            builder = builder
                .segment(&Segment { speaker: segment.speaker.clone().into_owned(), words: words.collect() });
        }
        Ok(builder.raw(document.to_owned()).build())
    }
}

#[derive(Serialize)]
struct Written<'a> {
    format: &'a str,
    version: u32,
    recording_id: &'a str,
    language: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<i64>,
    segments: WrittenSegments<'a>,
}

struct WrittenSegments<'a>(&'a Transcript);

impl Serialize for WrittenSegments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let transcript = self.0;
        serializer.collect_seq((0..transcript.segment_count()).map(|index| {
            let SegmentRef { speaker, start_ms, end_ms, words } = transcript.segment(index);
            WrittenSegment { speaker, start_ms, end_ms, words: WrittenWords(transcript, words) }
        }))
    }
}

#[derive(Serialize)]
struct WrittenSegment<'a> {
    speaker: &'a str,
    start_ms: i64,
    end_ms: i64,
    words: WrittenWords<'a>,
}

struct WrittenWords<'a>(&'a Transcript, std::ops::Range<usize>);

impl Serialize for WrittenWords<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.1.clone().map(|index| WrittenWord::from(self.0.word(index))))
    }
}

#[derive(Serialize)]
struct WrittenWord<'a> {
    text: &'a str,
    start_ms: i64,
    end_ms: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<f32>,
}

impl<'a> From<WordRef<'a>> for WrittenWord<'a> {
    fn from(word: WordRef<'a>) -> Self {
        Self { text: word.text, start_ms: word.start_ms, end_ms: word.end_ms, confidence: word.confidence }
    }
}

#[derive(Deserialize)]
struct Read<'a> {
    #[serde(borrow)]
    format: Cow<'a, str>,
    version: u32,
    #[serde(default, borrow)]
    recording_id: Cow<'a, str>,
    #[serde(default, borrow)]
    language: Cow<'a, str>,
    duration_ms: Option<i64>,
    #[serde(borrow)]
    segments: Vec<ReadSegment<'a>>,
}

#[derive(Deserialize)]
struct ReadSegment<'a> {
    #[serde(default, borrow)]
    speaker: Cow<'a, str>,
    #[serde(borrow)]
    words: Vec<ReadWord<'a>>,
}

#[derive(Deserialize)]
struct ReadWord<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
    start_ms: i64,
    end_ms: i64,
    confidence: Option<f32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let word = |text: &str, confidence| Word { text: text.into(), start_ms: -1, end_ms: 5, confidence };
        let words = vec![word("\"Ĝis\"\0\n", Some(0.1)), word("", None)];
        let transcript = Transcript::builder()
            .recording_id("r")
            .language("eo")
            .duration_ms(9)
            .segment(&Segment { speaker: "A".into(), words })
            .build();
        let again = Transcript::from_json(&transcript.to_json()).unwrap();
        assert!(again.words().eq(transcript.words()));
        assert_eq!(again.segment(0), transcript.segment(0));
        assert_eq!((again.recording_id(), again.language(), again.duration_ms()), ("r", "eo", Some(9)));
        assert_eq!(again.to_json(), transcript.to_json());
    }

    #[test]
    fn a_wrong_type_or_version_is_an_error() {
        let start = r#"{"format":"tiro.transcript","version":1,"more":{},"segments":"#;
        for (rest, good) in [
            (r#"[]}"#, true),
            (r#"[{"words":[{"text":"a","start_ms":0,"end_ms":1,"x":[]}]}]}"#, true),
            (r#"[{"words":[{"text":"a","start_ms":0.5,"end_ms":1}]}]}"#, false),
            (r#"[{"words":[{"text":"a","start_ms":"0","end_ms":1}]}]}"#, false),
            (r#"{}}"#, false),
            (r#"[]"#, false),
        ] {
            let outcome = Transcript::from_json(&format!("{start}{rest}"));
            assert_eq!(outcome.is_ok(), good, "{rest}");
            assert!(outcome.err().is_none_or(|error| error.kind() == ErrorKind::Document));
        }
        let newer = r#"{"format":"tiro.transcript","version":2,"segments":[]}"#;
        assert!(Transcript::from_json(newer).unwrap_err().message().contains("version 2"));
    }
}
