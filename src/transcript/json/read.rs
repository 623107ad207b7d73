//! Reading canonical JSON, in one pass into the columns. Strict about types; members that are not known are passed
//! over; a known member that comes twice is an error.

use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess};
use serde_json::value::RawValue;

use super::{FORMAT, VERSION};
use crate::error::Result;
use crate::transcript::build::{Times, TranscriptBuilder};
use crate::transcript::decode::document;
use crate::transcript::decode::members::{Array, Elements, Integer, Members, Object, Text};
use crate::transcript::format::{Attributes, Format, ParagraphStyle, Set};
use crate::transcript::{Paragraph, Transcript};

impl Transcript {
    /// Reads canonical JSON. The document stays reachable as [`Transcript::raw`].
    pub fn from_json(document: &str) -> Result<Self> {
        let mut builder = Transcript::builder();
        document::read(document, "the canonical JSON of a transcript", Members(Root::new(&mut builder)))?;
        Ok(builder.raw(document.to_owned()).build())
    }
}

/// Keeps a member that has not come before.
fn once<T, E: Error>(kept: &mut Option<T>, value: T, name: &'static str) -> std::result::Result<(), E> {
    if kept.replace(value).is_some() { Err(E::duplicate_field(name)) } else { Ok(()) }
}

/// Which members of an object have come.
#[derive(Default)]
struct Seen(u16);

impl Seen {
    /// Notes a member that has not come before, if it is a known one.
    fn once<E: Error>(&mut self, known: &'static [&'static str], name: &str) -> Result<(), E> {
        let Some(index) = known.iter().position(|known| *known == name) else { return Ok(()) };
        let (before, member) = (self.0, 1 << index);
        self.0 |= member;
        if before & member == 0 { Ok(()) } else { Err(E::duplicate_field(known[index])) }
    }
}

struct Root<'b> {
    builder: &'b mut TranscriptBuilder,
    format: Option<()>,
    version: Option<()>,
    recording_id: Option<()>,
    language: Option<()>,
    duration: Option<()>,
    segments: Option<()>,
}

impl<'b> Root<'b> {
    fn new(builder: &'b mut TranscriptBuilder) -> Self {
        let (format, version, recording_id) = (None, None, None);
        Self { builder, format, version, recording_id, language: None, duration: None, segments: None }
    }
}

impl<'de> Object<'de> for Root<'_> {
    const EXPECTED: &'static str = "an object";
    type Output = ();

    fn member<M: MapAccess<'de>>(&mut self, name: &str, map: &mut M) -> Result<(), M::Error> {
        match name {
            "format" => {
                once(&mut self.format, (), "format")?;
                if map.next_value::<Text<'_>>()?.0 != FORMAT {
                    return Err(M::Error::custom(format_args!("the format is not {FORMAT}")));
                }
            }
            "version" => {
                once(&mut self.version, (), "version")?;
                let Integer(version) = map.next_value()?;
                if version != VERSION {
                    let message = format_args!("this tiro reads version {VERSION}, not version {version}");
                    return Err(M::Error::custom(message));
                }
            }
            "recording_id" => {
                once(&mut self.recording_id, (), "recording_id")?;
                self.builder.set_recording_id(&map.next_value::<Text<'_>>()?.0);
            }
            "language" => {
                once(&mut self.language, (), "language")?;
                self.builder.set_language(&map.next_value::<Text<'_>>()?.0);
            }
            "duration_ms" => {
                once(&mut self.duration, (), "duration_ms")?;
                let duration: Option<Integer> = map.next_value()?;
                self.builder.set_duration_ms(duration.map(|Integer(duration)| duration));
            }
            "segments" => {
                once(&mut self.segments, (), "segments")?;
                map.next_value_seed(Elements(Segments(self.builder)))?;
            }
            _ => _ = map.next_value::<IgnoredAny>()?,
        }
        Ok(())
    }

    fn end<E: Error>(self) -> Result<(), E> {
        self.format.ok_or_else(|| E::missing_field("format"))?;
        self.version.ok_or_else(|| E::missing_field("version"))?;
        self.segments.ok_or_else(|| E::missing_field("segments"))
    }
}

struct Segments<'b>(&'b mut TranscriptBuilder);

impl<'de> Array<'de> for Segments<'_> {
    const EXPECTED: &'static str = "an array of segments";

    fn element<S: SeqAccess<'de>>(&mut self, elements: &mut S) -> Result<bool, S::Error> {
        let builder = &mut *self.0;
        let (start, end) = (None, None);
        let segment = Segment { builder, speaker: None, start, end, words: None, paragraphs: None };
        Ok(elements.next_element_seed(Members(segment))?.is_some())
    }
}

struct Segment<'b, 'de> {
    builder: &'b mut TranscriptBuilder,
    speaker: Option<Text<'de>>,
    start: Option<()>,
    end: Option<()>,
    words: Option<()>,
    paragraphs: Option<Vec<Paragraph>>,
}

impl<'de> Object<'de> for Segment<'_, 'de> {
    const EXPECTED: &'static str = "a segment";
    type Output = ();

    fn member<M: MapAccess<'de>>(&mut self, name: &str, map: &mut M) -> Result<(), M::Error> {
        match name {
            "speaker" => once(&mut self.speaker, map.next_value()?, "speaker"),
            "words" => {
                once(&mut self.words, (), "words")?;
                map.next_value_seed(Elements(Words(self.builder)))
            }
            "paragraphs" => {
                let mut paragraphs = Vec::new();
                map.next_value_seed(Elements(Paragraphs(&mut paragraphs)))?;
                once(&mut self.paragraphs, paragraphs, "paragraphs")
            }
            // Its times follow from the words.
            "start_ms" => {
                once(&mut self.start, (), "start_ms")?;
                map.next_value::<Integer>().map(drop)
            }
            "end_ms" => {
                once(&mut self.end, (), "end_ms")?;
                map.next_value::<Integer>().map(drop)
            }
            _ => map.next_value::<IgnoredAny>().map(drop),
        }
    }

    fn end<E: Error>(self) -> Result<(), E> {
        self.words.ok_or_else(|| E::missing_field("words"))?;
        if !self.builder.divide_open_segment(&self.paragraphs.unwrap_or_default()) {
            return Err(E::custom("paragraphs have more words than their segment"));
        }
        self.builder.end_segment(&self.speaker.unwrap_or_default().0);
        Ok(())
    }
}

struct Words<'b>(&'b mut TranscriptBuilder);

impl<'de> Array<'de> for Words<'_> {
    const EXPECTED: &'static str = "an array of words";

    fn element<S: SeqAccess<'de>>(&mut self, elements: &mut S) -> Result<bool, S::Error> {
        let Some(word) = elements.next_element_seed(Members(Word::default()))? else { return Ok(false) };
        self.0.push_word(&word.text, Some(word.times), word.confidence);
        if word.estimated {
            self.0.mark_last_estimated();
        }
        if let Some(format) = word.format {
            self.0.format_last(&format);
        }
        Ok(true)
    }
}

#[derive(Default)]
struct Word<'de> {
    text: Option<Text<'de>>,
    start_ms: Option<Integer>,
    end_ms: Option<Integer>,
    confidence: Option<Option<f64>>,
    estimated: Option<bool>,
    format: Option<Box<Format>>,
}

struct ReadWord<'de> {
    text: std::borrow::Cow<'de, str>,
    times: Times,
    confidence: Option<f32>,
    estimated: bool,
    format: Option<Box<Format>>,
}

impl<'de> Object<'de> for Word<'de> {
    const EXPECTED: &'static str = "a word";
    type Output = ReadWord<'de>;

    fn member<M: MapAccess<'de>>(&mut self, name: &str, map: &mut M) -> Result<(), M::Error> {
        match name {
            "text" => once(&mut self.text, map.next_value()?, "text"),
            "start_ms" => once(&mut self.start_ms, map.next_value()?, "start_ms"),
            "end_ms" => once(&mut self.end_ms, map.next_value()?, "end_ms"),
            "confidence" => once(&mut self.confidence, map.next_value()?, "confidence"),
            "estimated" => once(&mut self.estimated, map.next_value()?, "estimated"),
            "format" => {
                let format = map.next_value_seed(Members(FormatOf::default()))?;
                once(&mut self.format, Box::new(format), "format")
            }
            _ => map.next_value::<IgnoredAny>().map(drop),
        }
    }

    fn end<E: Error>(self) -> Result<ReadWord<'de>, E> {
        let confidence = self.confidence.flatten();
        if confidence.is_some_and(|confidence| !(0.0..=1.0).contains(&confidence)) {
            return Err(E::custom("a confidence is not between 0 and 1"));
        }
        let Integer(start_ms) = self.start_ms.ok_or_else(|| E::missing_field("start_ms"))?;
        let Integer(end_ms) = self.end_ms.ok_or_else(|| E::missing_field("end_ms"))?;
        Ok(ReadWord {
            text: self.text.ok_or_else(|| E::missing_field("text"))?.0,
            times: (start_ms, end_ms),
            confidence: confidence.map(|confidence| confidence as f32),
            estimated: self.estimated.unwrap_or(false),
            format: self.format,
        })
    }
}

/// The text of a value, for attributes that are kept as they are.
fn json_of<'de, M: MapAccess<'de>>(map: &mut M) -> Result<&'de str, M::Error> {
    map.next_value::<&'de RawValue>().map(RawValue::get)
}

fn accepted<E: Error>(set: Set, name: &str) -> Result<(), E> {
    if set == Set::WrongType { Err(E::custom(format_args!("`{name}` has a wrong value"))) } else { Ok(()) }
}

#[derive(Default)]
struct FormatOf {
    format: Format,
    seen: Seen,
}

impl<'de> Object<'de> for FormatOf {
    const EXPECTED: &'static str = "a format";
    type Output = Format;

    fn member<M: MapAccess<'de>>(&mut self, name: &str, map: &mut M) -> Result<(), M::Error> {
        self.seen.once(Format::MEMBERS, name)?;
        if name == "other" {
            return map.next_value_seed(Members(Others(&mut self.format.other)));
        }
        let json = json_of(map)?;
        accepted(self.format.set(name, json), name)
    }

    fn end<E: Error>(self) -> Result<Format, E> {
        Ok(self.format)
    }
}

struct Paragraphs<'p>(&'p mut Vec<Paragraph>);

impl<'de> Array<'de> for Paragraphs<'_> {
    const EXPECTED: &'static str = "an array of paragraphs";

    fn element<S: SeqAccess<'de>>(&mut self, elements: &mut S) -> Result<bool, S::Error> {
        let paragraph = elements.next_element_seed(Members(ParagraphOf::default()))?;
        let more = paragraph.is_some();
        self.0.extend(paragraph);
        Ok(more)
    }
}

#[derive(Default)]
struct ParagraphOf {
    words: Option<Integer>,
    style: ParagraphStyle,
    seen: Seen,
}

impl<'de> Object<'de> for ParagraphOf {
    const EXPECTED: &'static str = "a paragraph";
    type Output = Paragraph;

    fn member<M: MapAccess<'de>>(&mut self, name: &str, map: &mut M) -> Result<(), M::Error> {
        self.seen.once(ParagraphStyle::MEMBERS, name)?;
        match name {
            "words" => once(&mut self.words, map.next_value()?, "words"),
            "other" => map.next_value_seed(Members(Others(&mut self.style.other))),
            _ => {
                let json = json_of(map)?;
                accepted(self.style.set(name, json), name)
            }
        }
    }

    fn end<E: Error>(self) -> Result<Paragraph, E> {
        let Integer(words) = self.words.ok_or_else(|| E::missing_field("words"))?;
        let words = usize::try_from(words).map_err(|_| E::custom("a paragraph has less than no words"))?;
        Ok(Paragraph { words, style: self.style })
    }
}

struct Others<'a>(&'a mut Attributes);

impl<'de> Object<'de> for Others<'_> {
    const EXPECTED: &'static str = "an object of other attributes";
    type Output = ();

    fn member<M: MapAccess<'de>>(&mut self, name: &str, map: &mut M) -> Result<(), M::Error> {
        self.0.set(name, json_of(map)?);
        Ok(())
    }

    fn end<E: Error>(self) -> Result<(), E> {
        Ok(())
    }
}
