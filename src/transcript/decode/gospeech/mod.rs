//! GoSpeech's transcript: inserts with attributes, in segments, after the manner of Quill's Delta. The container's and
//! the speaker's names are not documented, so several are taken; `docs/transcript.md` has the rules.

mod insert;

use std::borrow::Cow;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess};
use serde_json::value::RawValue;

use super::members::{Any, Text, Tolerant};
use super::{document, speaker::speaker};
use crate::error::Result;
use crate::transcript::Transcript;
use crate::transcript::build::{Mark, TranscriptBuilder};
use insert::{IfText, Insert, Inserts};

/// Whether the inserts of a document hold their own spaces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spacing {
    /// They may not: where neither of two neighbours has white space at the joint, they are two words, unless the second
    /// begins with one of `. , ; : ! ? )`, which then belongs to the word before.
    #[default]
    Added,
    /// They do: two neighbours without white space at the joint are one word.
    AsGiven,
}

impl Transcript {
    /// Reads a transcript of GoSpeech. The document stays reachable as [`Transcript::raw`].
    pub fn from_gospeech(document: &str) -> Result<Self> {
        Self::from_gospeech_spaced(document, Spacing::default())
    }

    /// As [`Transcript::from_gospeech`], where it is known whether inserts hold their own spaces.
    pub fn from_gospeech_spaced(document: &str, spacing: Spacing) -> Result<Self> {
        let mut builder = Transcript::builder();
        document::read(document, "a transcript of GoSpeech", Document(&mut builder, spacing))?;
        builder.estimate_times();
        Ok(builder.raw(document.to_owned()).build())
    }
}

struct Document<'b>(&'b mut TranscriptBuilder, Spacing);

impl<'de> DeserializeSeed<'de> for Document<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let read = Any(Root(Inserts::new(self.0, self.1))).deserialize(deserializer)?;
        read.ok_or_else(|| D::Error::custom("no segments, ops or array of them"))
    }
}

const SEGMENTS: &[&str] = &["segments", "ops"];
const INSERTS: &[&str] = &["words", "ops", "inserts", "content", "transcript"];
const SPEAKERS: &[&str] = &["speaker", "speakerName", "speakerId"];

fn rank(names: &[&str], name: &str) -> Option<usize> {
    names.iter().position(|known| *known == name)
}

/// The best so far of several members that may hold the same thing, whatever their order in the document.
#[derive(Debug)]
struct Best {
    rank: usize,
    /// Where its words begin.
    start: Mark,
}

struct Root<'b>(Inserts<'b>);

impl<'de> Tolerant<'de> for Root<'_> {
    /// Nothing if there is no array where one has to be.
    type Output = Option<()>;

    fn object<M: MapAccess<'de>>(mut self, mut map: M) -> Result<Option<()>, M::Error> {
        let mut best: Option<Best> = None;
        while let Some(Text(name)) = map.next_key()? {
            match rank(SEGMENTS, &name) {
                Some(rank) if best.as_ref().is_none_or(|best| rank <= best.rank) => {
                    let (inserts, level) = (&mut self.0, Level::Segments);
                    map.next_value_seed(Any(InsteadOf { best: &mut best, rank, inserts, level }))?;
                }
                _ => map.next_value::<IgnoredAny>().map(drop)?,
            }
        }
        Ok(best.map(drop))
    }

    fn array<S: SeqAccess<'de>>(mut self, elements: S) -> Result<Option<()>, S::Error> {
        read_elements(elements, &mut self.0, Level::Segments).map(Some)
    }
}

fn read_elements<'de, S: SeqAccess<'de>>(
    mut elements: S,
    inserts: &mut Inserts<'_>,
    level: Level,
) -> Result<(), S::Error> {
    while elements.next_element_seed(Any(Element(inserts, level)))?.is_some() {}
    Ok(())
}

/// What the elements of an array may be.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Level {
    /// Segments, or inserts without any.
    Segments,
    /// The inserts of a segment.
    Inserts,
}

/// Reads a member if it is an array, in place of what was read from a worse one.
struct InsteadOf<'r, 'b> {
    best: &'r mut Option<Best>,
    rank: usize,
    inserts: &'r mut Inserts<'b>,
    level: Level,
}

impl<'de> Tolerant<'de> for InsteadOf<'_, '_> {
    type Output = ();

    fn array<S: SeqAccess<'de>>(self, elements: S) -> Result<(), S::Error> {
        let Self { best, rank, inserts, level } = self;
        let start = match best {
            Some(best) => best.start,
            None => inserts.start_segment(),
        };
        inserts.go_back(start);
        *best = Some(Best { rank, start });
        read_elements(elements, inserts, level)
    }
}

/// A segment, if it has an array of inserts; else an insert.
struct Element<'r, 'b>(&'r mut Inserts<'b>, Level);

impl<'de> Tolerant<'de> for Element<'_, '_> {
    type Output = ();

    fn object<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        let Self(inserts, level) = self;
        let mut insert = Insert::default();
        let mut segment = Segment::default();
        while let Some(Text(name)) = map.next_key()? {
            match &*name {
                "insert" => insert.text = map.next_value_seed(Any(IfText))?,
                "attributes" => map.next_value_seed(Any(&mut insert.attributes))?,
                name if level == Level::Segments => segment.member(name, &mut map, inserts)?,
                _ => map.next_value::<IgnoredAny>().map(drop)?,
            }
        }
        match segment.best {
            Some(_) => inserts.end_segment(&segment.speaker),
            None => inserts.take(insert),
        }
        Ok(())
    }
}

#[derive(Default)]
struct Segment<'de> {
    best: Option<Best>,
    speaker: Cow<'de, str>,
    speaker_rank: usize,
}

impl<'de> Segment<'de> {
    fn member<M: MapAccess<'de>>(
        &mut self,
        name: &str,
        map: &mut M,
        inserts: &mut Inserts<'_>,
    ) -> Result<(), M::Error> {
        if let Some(rank) = rank(INSERTS, name) {
            let best = self.best.as_ref();
            if best.is_none_or(|best| rank <= best.rank) {
                let array = InsteadOf { best: &mut self.best, rank, inserts, level: Level::Inserts };
                return map.next_value_seed(Any(array));
            }
        } else if let Some(rank) = rank(SPEAKERS, name) {
            let named = speaker(map.next_value::<&'de RawValue>()?.get());
            if !named.is_empty() && (self.speaker.is_empty() || rank <= self.speaker_rank) {
                (self.speaker, self.speaker_rank) = (named, rank);
            }
            return Ok(());
        }
        map.next_value::<IgnoredAny>().map(drop)
    }
}

#[cfg(test)]
mod tests;
