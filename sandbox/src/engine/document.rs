//! The transcript as the vendor writes it: segments of words, each an insert with attributes.

use serde::Serialize;
use serde_json::{Map, Value, json};
use tiro::{Align, Format, ParagraphStyle, Segment, Transcript, Word};

/// The vendor's document of a transcript.
pub(crate) fn of_transcript(transcript: &Transcript) -> String {
    let mut segments = Vec::new();
    for segment in transcript.segments() {
        let mut inserts = Vec::new();
        for number in segment.paragraphs.clone() {
            let paragraph = transcript.paragraph(number);
            inserts.extend(paragraph.words.map(|number| word(transcript, number)));
            if paragraph.marked {
                inserts.push(json!({ "insert": "\n", "attributes": style(paragraph.style) }));
            }
        }
        let mut written = Map::new();
        if !segment.speaker.is_empty() {
            written.insert("speaker".into(), segment.speaker.into());
        }
        written.insert("words".into(), inserts.into());
        segments.push(Value::from(written));
    }
    json!({ "segments": segments }).to_string()
}

/// The vendor's document of a text, a line a segment of two speakers in turn; half a second a word.
pub(super) fn of_text(text: &str) -> String {
    let mut builder = Transcript::builder();
    let mut start_ms = 0;
    for (number, line) in text.lines().filter(|line| !line.trim().is_empty()).enumerate() {
        let words = line.split_whitespace().map(|text| {
            let word =
                Word { text: text.to_owned(), start_ms, end_ms: start_ms + WORD_MS, ..Word::default() };
            start_ms += WORD_MS;
            word
        });
        builder = builder.segment(&Segment {
            speaker: format!("Speaker {}", number % 2 + 1),
            words: words.collect(),
            ..Segment::default()
        });
    }
    of_transcript(&builder.build())
}

const WORD_MS: i64 = 500;

pub(crate) fn count_words(document: &str) -> i64 {
    Transcript::from_gospeech(document).map_or(0, |read| i64::try_from(read.word_count()).unwrap_or(i64::MAX))
}

fn word(transcript: &Transcript, number: usize) -> Value {
    let word = transcript.word(number);
    let mut attributes = attributes(word.format);
    if !word.estimated {
        attributes.insert("timestamp".into(), json!({ "start": word.start_ms, "end": word.end_ms }));
    }
    json!({ "insert": word.text, "attributes": attributes })
}

/// What is set of a format, by the names of the vendor, which are tiro's.
fn attributes(format: &Format) -> Map<String, Value> {
    let mut attributes = object(format);
    if let Some(Value::Object(other)) = attributes.remove("other") {
        attributes.extend(other);
    }
    attributes
}

fn style(style: &ParagraphStyle) -> Map<String, Value> {
    let mut attributes = Map::new();
    if style.blockquote {
        attributes.insert("blockquote".into(), true.into());
    }
    if style.align != Align::Left {
        attributes.insert("align".into(), style.align.name().into());
    }
    if let Some(list) = style.list {
        attributes.insert("list".into(), list.name().into());
    }
    if style.indent > 0 {
        attributes.insert("indent".into(), style.indent.into());
    }
    attributes.extend(object(&style.other));
    attributes
}

fn object(value: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(object)) => object,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_reads_back_to_the_same_transcript() {
        for document in [of_text("Hello there.\nGood day!"), include_str!("every_attribute.json").to_owned()]
        {
            let read = Transcript::from_gospeech(&document).unwrap();
            assert_eq!(Transcript::from_gospeech(&of_transcript(&read)).unwrap(), read);
        }
    }

    #[test]
    fn a_line_is_a_segment_of_its_own_speaker() {
        let read = Transcript::from_gospeech(&of_text("One two\n\nthree")).unwrap();
        assert_eq!(read.text(), "One two\nthree");
        assert_eq!(read.speakers().collect::<Vec<_>>(), ["Speaker 1", "Speaker 2"]);
        assert_eq!(read.word(2).start_ms, 1000);
    }
}
