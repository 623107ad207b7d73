//! Writing canonical JSON: members in one order, what is not known left out.

use std::ops::Range;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{FORMAT, VERSION};
use crate::transcript::format::PLAIN;
use crate::transcript::{Format, ParagraphRef, SegmentRef, Transcript, WordRef};

impl Transcript {
    /// The canonical JSON, without [`Transcript::raw`]. `docs/transcript.md` describes it.
    pub fn to_json(&self) -> String {
        let document = Document {
            format: FORMAT,
            version: VERSION,
            recording_id: self.recording_id(),
            language: self.language(),
            duration_ms: self.duration_ms(),
            segments: Segments(self),
        };
        serde_json::to_string(&document).expect("texts, numbers and JSON have a JSON form")
    }
}

#[derive(serde::Serialize)]
struct Document<'a> {
    format: &'a str,
    version: i64,
    recording_id: &'a str,
    language: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<i64>,
    segments: Segments<'a>,
}

struct Segments<'a>(&'a Transcript);

impl Serialize for Segments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.segments().map(|segment| {
            let SegmentRef { speaker, start_ms, end_ms, words, paragraphs } = segment;
            let marked = self.0.paragraph(paragraphs.end - 1).marked;
            let paragraphs = paragraphs.start..paragraphs.end - usize::from(!marked);
            Segment {
                speaker,
                start_ms,
                end_ms,
                words: Words(self.0, words),
                paragraphs: (!paragraphs.is_empty()).then_some(Paragraphs(self.0, paragraphs)),
            }
        }))
    }
}

#[derive(serde::Serialize)]
struct Segment<'a> {
    speaker: &'a str,
    start_ms: i64,
    end_ms: i64,
    words: Words<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paragraphs: Option<Paragraphs<'a>>,
}

struct Words<'a>(&'a Transcript, Range<usize>);

impl Serialize for Words<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.1.clone().map(|index| Word::from(self.0.word(index))))
    }
}

#[derive(serde::Serialize)]
struct Word<'a> {
    text: &'a str,
    start_ms: i64,
    end_ms: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<f32>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    estimated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'a Format>,
}

impl<'a> From<WordRef<'a>> for Word<'a> {
    fn from(word: WordRef<'a>) -> Self {
        let WordRef { text, start_ms, end_ms, confidence, segment: _, estimated, format } = word;
        let format = (!std::ptr::eq(format, &PLAIN)).then_some(format);
        Self { text, start_ms, end_ms, confidence, estimated, format }
    }
}

struct Paragraphs<'a>(&'a Transcript, Range<usize>);

impl Serialize for Paragraphs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.1.clone().map(|index| MarkedParagraph(self.0.paragraph(index))))
    }
}

struct MarkedParagraph<'a>(ParagraphRef<'a>);

impl Serialize for MarkedParagraph<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("words", &self.0.words.len())?;
        self.0.style.write(&mut map)?;
        map.end()
    }
}
