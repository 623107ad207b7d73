//! An insert with its attributes, and what a row of them becomes: words, where they are joined, paragraphs.

use std::borrow::Cow;

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess};
use serde_json::value::RawValue;

use super::Spacing;
use crate::transcript::build::{Mark, Times, TranscriptBuilder};
use crate::transcript::decode::members::{Integer, Members, Object, Text, Tolerant};
use crate::transcript::format::{Format, ParagraphStyle, Set};

#[derive(Debug, Default)]
pub(super) struct Insert<'de> {
    /// Nothing if what is inserted is no text.
    pub(super) text: Option<Cow<'de, str>>,
    pub(super) attributes: Attributes<'de>,
}

#[derive(Debug, Default)]
pub(super) struct Attributes<'de> {
    times: Option<Times>,
    /// All others, and a timestamp that is none: names and JSON.
    others: Vec<(Cow<'de, str>, &'de str)>,
}

impl<'de> Tolerant<'de> for &mut Attributes<'de> {
    type Output = ();

    fn object<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(Text(name)) = map.next_key()? {
            let json = map.next_value::<&'de RawValue>()?.get();
            if name == "timestamp" {
                self.times = times(json);
                if self.times.is_some() {
                    continue;
                }
            }
            self.others.push((name, json));
        }
        Ok(())
    }
}

/// The text of a value, if it is one.
pub(super) struct IfText;

impl<'de> Tolerant<'de> for IfText {
    type Output = Option<Cow<'de, str>>;

    fn text(self, text: Cow<'de, str>) -> Option<Cow<'de, str>> {
        Some(text)
    }
}

fn times(json: &str) -> Option<Times> {
    Members(Timestamp::default()).deserialize(&mut serde_json::Deserializer::from_str(json)).ok()
}

#[derive(Default)]
struct Timestamp {
    start: Option<Integer>,
    end: Option<Integer>,
}

impl<'de> Object<'de> for Timestamp {
    const EXPECTED: &'static str = "a timestamp";
    type Output = Times;

    fn member<M: MapAccess<'de>>(&mut self, name: &str, map: &mut M) -> Result<(), M::Error> {
        match name {
            "start" => self.start = Some(map.next_value()?),
            "end" => self.end = Some(map.next_value()?),
            _ => map.next_value::<IgnoredAny>().map(drop)?,
        }
        Ok(())
    }

    fn end<E: Error>(self) -> Result<Times, E> {
        match (self.start, self.end) {
            (Some(Integer(start_ms)), Some(Integer(end_ms))) => Ok((start_ms, end_ms)),
            _ => Err(E::missing_field("start or end")),
        }
    }
}

/// Puts inserts into the columns, one after the other.
pub(super) struct Inserts<'b> {
    builder: &'b mut TranscriptBuilder,
    spacing: Spacing,
    /// Whether white space came last.
    after_space: bool,
}

impl<'b> Inserts<'b> {
    pub(super) fn new(builder: &'b mut TranscriptBuilder, spacing: Spacing) -> Self {
        Self { builder, spacing, after_space: true }
    }

    /// Ends what came before without a segment of its own.
    pub(super) fn start_segment(&mut self) -> Mark {
        self.end_segment("");
        self.builder.mark()
    }

    pub(super) fn end_segment(&mut self, speaker: &str) {
        self.builder.end_segment(speaker);
        self.after_space = true;
    }

    pub(super) fn go_back(&mut self, mark: Mark) {
        self.builder.go_back(mark);
        self.after_space = true;
    }

    pub(super) fn take(&mut self, insert: Insert<'_>) {
        let Some(text) = &insert.text else { return };
        if is_paragraph_mark(text) {
            self.builder.end_paragraph(paragraph_style(&insert.attributes));
            self.after_space = true;
            return;
        }
        let word = text.trim();
        if !word.is_empty() {
            if self.belongs_to_last(text) {
                self.builder.append_to_last(word, insert.attributes.times);
            } else {
                self.builder.push_word(word, insert.attributes.times, None);
                if !insert.attributes.others.is_empty() {
                    self.builder.format_last(&format(&insert.attributes));
                }
            }
        }
        if let Some(last) = text.chars().next_back() {
            self.after_space = last.is_whitespace();
        }
    }

    fn belongs_to_last(&self, text: &str) -> bool {
        let joined = !self.after_space && !text.starts_with(char::is_whitespace);
        joined && (self.spacing == Spacing::AsGiven || text.starts_with(['.', ',', ';', ':', '!', '?', ')']))
    }
}

/// U+21B5 is how the vendor's documentation draws it.
fn is_paragraph_mark(text: &str) -> bool {
    matches!(text, "\n" | "\r\n" | "\u{21b5}")
}

fn format(attributes: &Attributes<'_>) -> Format {
    let mut format = Format::default();
    for (name, json) in &attributes.others {
        if format.set(name, json) != Set::Done {
            format.other.set(name, json);
        }
    }
    format
}

fn paragraph_style(attributes: &Attributes<'_>) -> ParagraphStyle {
    let mut style = ParagraphStyle::default();
    for (name, json) in &attributes.others {
        if style.set(name, json) != Set::Done {
            style.other.set(name, json);
        }
    }
    style
}
