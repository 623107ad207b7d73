//! The document as a tree of the members that mean something, its texts borrowed from the document.

use std::borrow::Cow;

use serde::de::{IgnoredAny, MapAccess, SeqAccess};
use serde_json::value::RawValue;

use super::time::{Time, Unit};
use crate::transcript::decode::members::{Any, Text, Tolerant, skip_elements, skip_members};
use crate::transcript::decode::speaker::speaker;

/// What is nested deeper is passed over.
const MAX_DEPTH: usize = 48;

/// What an object says of itself.
#[derive(Debug, Default)]
pub(super) struct Part<'de> {
    pub(super) text: Cow<'de, str>,
    pub(super) speaker: Cow<'de, str>,
    pub(super) start_ms: Option<i64>,
    pub(super) end_ms: Option<i64>,
    pub(super) confidence: Option<f32>,
}

/// An object, array or string with a text in it.
#[derive(Debug, Default)]
pub(super) struct Node<'de> {
    pub(super) part: Part<'de>,
    /// In a box, as most nodes are words and have none.
    pub(super) children: Option<Box<Children<'de>>>,
}

pub(super) type Children<'de> = (Parts, Vec<Node<'de>>);

/// What the children of an object are, the better ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Parts {
    Segments,
    Any,
    Words,
}

/// What is said of the whole.
#[derive(Debug, Default)]
pub(super) struct About {
    pub(super) recording_id: String,
    pub(super) language: String,
    pub(super) duration_ms: Option<i64>,
}

/// What a member's name means.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Meaning {
    /// A text of this rank.
    Text(u8),
    Children(Parts),
    /// Either.
    TextOrChildren(u8),
    Speaker,
    Start(Unit),
    End(Unit),
    Duration(Unit),
    Confidence,
    Language,
    RecordingId,
    Nothing,
}

fn meaning(name: &str) -> Meaning {
    use Meaning::*;
    let mut buffer = [0; 20];
    match plain_name(name, &mut buffer) {
        b"text" => Text(0),
        b"word" => Text(1),
        b"value" => Text(2),
        b"transcript" | b"transcription" => TextOrChildren(3),
        b"content" | b"body" => TextOrChildren(4),
        b"utterance" | b"sentence" | b"phrase" | b"caption" => Text(5),
        b"segments" | b"utterances" | b"monologues" | b"paragraphs" | b"sentences" | b"phrases"
        | b"turns" | b"captions" | b"cues" | b"lines" | b"blocks" => Children(Parts::Segments),
        b"result" | b"results" | b"data" | b"document" | b"recording" | b"items" => Children(Parts::Any),
        b"words" | b"tokens" | b"elements" => Children(Parts::Words),
        b"speaker" | b"speakername" | b"speakerlabel" | b"speakerid" => Speaker,
        b"start" | b"starttime" | b"startoffset" | b"begin" | b"begintime" | b"from" | b"timestamp"
        | b"time" | b"offset" => Start(Unit::Seconds),
        b"startms" | b"starttimems" | b"startoffsetms" | b"beginms" | b"timestampms" | b"offsetms" => {
            Start(Unit::Milliseconds)
        }
        b"end" | b"endtime" | b"endoffset" | b"stop" | b"to" => End(Unit::Seconds),
        b"endms" | b"endtimems" | b"endoffsetms" | b"stopms" => End(Unit::Milliseconds),
        b"duration" => Duration(Unit::Seconds),
        b"durationms" => Duration(Unit::Milliseconds),
        b"confidence" | b"probability" | b"score" => Confidence,
        b"language" | b"languagecode" | b"lang" | b"locale" => Language,
        b"recordingid" => RecordingId,
        _ => Nothing,
    }
}

/// The name in small letters and without what joins its words; empty if it is longer than any that is known.
fn plain_name<'b>(name: &str, buffer: &'b mut [u8; 20]) -> &'b [u8] {
    let mut length = 0;
    for byte in name.bytes().filter(|byte| !matches!(byte, b'_' | b'-' | b' ')) {
        let Some(place) = buffer.get_mut(length) else { return &[] };
        *place = byte.to_ascii_lowercase();
        length += 1;
    }
    &buffer[..length]
}

/// Reads a node, if there is a text in it.
pub(super) struct NodeAt<'a> {
    pub(super) depth: usize,
    /// Of the whole, as long as this is the whole or the only thing in it.
    pub(super) about: &'a mut About,
}

impl<'de> Tolerant<'de> for NodeAt<'_> {
    type Output = Option<Node<'de>>;

    fn text(self, text: Cow<'de, str>) -> Option<Node<'de>> {
        let part = Part { text, ..Part::default() };
        (!part.text.trim().is_empty()).then_some(Node { part, children: None })
    }

    fn array<S: SeqAccess<'de>>(self, mut elements: S) -> Result<Option<Node<'de>>, S::Error> {
        if self.depth == MAX_DEPTH {
            return skip_elements(elements).map(|()| None);
        }
        let mut children = Vec::new();
        let mut about = About::default();
        while let Some(child) =
            elements.next_element_seed(Any(NodeAt { depth: self.depth + 1, about: &mut about }))?
        {
            children.extend(child);
        }
        let children = Some((Parts::Any, children)).filter(|(_, children)| !children.is_empty());
        Ok(children.map(|children| Node { children: Some(Box::new(children)), ..Node::default() }))
    }

    fn object<M: MapAccess<'de>>(self, mut map: M) -> Result<Option<Node<'de>>, M::Error> {
        if self.depth == MAX_DEPTH {
            return skip_members(map).map(|()| None);
        }
        let mut node = Node::default();
        let mut text_rank = u8::MAX;
        let mut duration_ms = None;
        while let Some(Text(name)) = map.next_key()? {
            let below = NodeAt { depth: self.depth + 1, about: &mut *self.about };
            match meaning(&name) {
                Meaning::Text(rank) => {
                    let text = map.next_value_seed(Any(IfText))?;
                    node.keep_text(rank, text, &mut text_rank);
                }
                Meaning::TextOrChildren(rank) => match map.next_value_seed(Any(below))? {
                    Some(Node { children: Some(children), .. }) => node.keep_children(Parts::Any, children.1),
                    Some(text) if text.is_text_alone() => {
                        node.keep_text(rank, Some(text.part.text), &mut text_rank);
                    }
                    Some(child) => node.keep_children(Parts::Any, vec![child]),
                    None => {}
                },
                Meaning::Children(parts) => match map.next_value_seed(Any(below))? {
                    Some(Node { children: Some(children), part })
                        if children.0 == Parts::Any && part.speaker.is_empty() =>
                    {
                        node.keep_children(parts, children.1);
                    }
                    Some(child) => node.keep_children(parts, vec![child]),
                    None => {}
                },
                Meaning::Speaker => {
                    let named = speaker(map.next_value::<&'de RawValue>()?.get());
                    if !named.is_empty() {
                        node.part.speaker = named;
                    }
                }
                Meaning::Start(unit) => node.part.start_ms = map.next_value_seed(Any(Time(unit)))?,
                Meaning::End(unit) => node.part.end_ms = map.next_value_seed(Any(Time(unit)))?,
                Meaning::Duration(unit) => duration_ms = map.next_value_seed(Any(Time(unit)))?,
                Meaning::Confidence => node.part.confidence = map.next_value_seed(Any(IfConfidence))?,
                Meaning::Language => {
                    let language = map.next_value_seed(Any(IfText))?;
                    self.about.language = language.unwrap_or_default().into_owned();
                }
                Meaning::RecordingId => {
                    self.about.recording_id = speaker(map.next_value::<&'de RawValue>()?.get()).into_owned();
                }
                Meaning::Nothing => map.next_value::<IgnoredAny>().map(drop)?,
            }
        }
        if let (Some(duration_ms), None) = (duration_ms, node.part.end_ms) {
            node.part.end_ms = node.part.start_ms.and_then(|start_ms| start_ms.checked_add(duration_ms));
        }
        if node.part.start_ms.is_none() {
            self.about.duration_ms = duration_ms.or(self.about.duration_ms);
        }
        Ok((node.children.is_some() || !node.part.text.is_empty()).then_some(node))
    }
}

impl<'de> Node<'de> {
    fn keep_text(&mut self, rank: u8, text: Option<Cow<'de, str>>, best: &mut u8) {
        if let Some(text) = text.filter(|text| rank <= *best && !text.trim().is_empty()) {
            self.part.text = text;
            *best = rank;
        }
    }

    /// Of several, which may well say the same in different detail, the best.
    fn keep_children(&mut self, parts: Parts, children: Vec<Node<'de>>) {
        if self.children.as_ref().is_none_or(|known| parts < known.0) {
            self.children = Some(Box::new((parts, children)));
        }
    }

    fn is_text_alone(&self) -> bool {
        let Part { text: _, speaker, start_ms, end_ms, confidence } = &self.part;
        speaker.is_empty() && start_ms.is_none() && end_ms.is_none() && confidence.is_none()
    }
}

struct IfText;

impl<'de> Tolerant<'de> for IfText {
    type Output = Option<Cow<'de, str>>;

    fn text(self, text: Cow<'de, str>) -> Option<Cow<'de, str>> {
        Some(text)
    }
}

struct IfConfidence;

impl Tolerant<'_> for IfConfidence {
    type Output = Option<f32>;

    fn text(self, text: Cow<'_, str>) -> Option<f32> {
        text.trim().parse().ok().and_then(|number| self.number(number))
    }

    fn number(self, number: f64) -> Option<f32> {
        (0.0..=1.0).contains(&number).then_some(number as f32)
    }
}
