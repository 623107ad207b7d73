//! TranscribeMe's transcript. What it looks like is not documented, so this reader knows the members that such
//! documents have everywhere, in any letter case, and takes what it finds; `docs/transcript.md` has the list. What is
//! not found stays reachable in the raw document.

mod node;
mod time;

use std::borrow::Cow;

use serde::de::{DeserializeSeed, Deserializer};

use super::document;
use super::members::Any;
use crate::error::Result;
use crate::transcript::build::TranscriptBuilder;
use crate::transcript::{Paragraph, Transcript};
use node::{About, Node, NodeAt, Part, Parts};

impl Transcript {
    /// Reads a transcript of TranscribeMe as well as an undocumented format can be read: any JSON is taken, and there
    /// may be no words in it. The document stays reachable as [`Transcript::raw`].
    pub fn from_transcribeme(document: &str) -> Result<Self> {
        let mut builder = Transcript::builder();
        document::read(document, "JSON", Document(&mut builder))?;
        builder.estimate_times();
        Ok(builder.raw(document.to_owned()).build())
    }
}

struct Document<'b>(&'b mut TranscriptBuilder);

impl<'de> DeserializeSeed<'de> for Document<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<(), D::Error> {
        let mut about = About::default();
        let root = Any(NodeAt { depth: 0, about: &mut about }).deserialize(deserializer)?;
        let builder = self.0;
        builder.set_recording_id(&about.recording_id);
        builder.set_language(&about.language);
        builder.set_duration_ms(about.duration_ms);
        let mut leaves = Vec::new();
        if let Some(root) = &root {
            collect(root, "", Parts::Any, &mut leaves);
        }
        write(builder, &leaves, about.duration_ms);
        Ok(())
    }
}

/// A text with what is known of it. It points into the nodes, as many may have their speaker from one of these.
struct Leaf<'n> {
    part: &'n Part<'n>,
    text: Cow<'n, str>,
    speaker: &'n str,
    /// Whether it is a segment of its own.
    whole: bool,
    /// Whether a new segment begins here.
    first: bool,
}

fn collect<'n>(node: &'n Node<'_>, speaker: &'n str, parts: Parts, leaves: &mut Vec<Leaf<'n>>) {
    let Node { part, children } = node;
    let speaker = if part.speaker.is_empty() { speaker } else { &part.speaker };
    let Some((parts_of, children)) = children.as_deref() else {
        let one_word = parts != Parts::Segments && !part.text.trim().contains(char::is_whitespace);
        let whole = parts != Parts::Words && !one_word;
        leaves.push(Leaf { part, text: Cow::Borrowed(&part.text), speaker, whole, first: false });
        return;
    };
    if part.start_ms.is_some()
        && children.iter().all(|child| child.children.is_none() && child.part.start_ms.is_none())
    {
        let texts: Vec<&str> = children.iter().map(|child| &*child.part.text).collect();
        let text = Cow::Owned(texts.join(" "));
        leaves.push(Leaf { part, text, speaker, whole: true, first: true });
        return;
    }
    let begin = leaves.len();
    leaves.reserve(children.len());
    for child in children {
        collect(child, speaker, *parts_of, leaves);
    }
    if let Some(leaf) = leaves.get_mut(begin) {
        leaf.first = true;
    }
}

fn write(builder: &mut TranscriptBuilder, leaves: &[Leaf<'_>], duration_ms: Option<i64>) {
    let mut speaker = "";
    for (index, leaf) in leaves.iter().enumerate() {
        let Leaf { part, text, whole, first, .. } = leaf;
        let goes_on = !whole && !first && leaf.speaker == speaker;
        if !goes_on {
            builder.end_segment(speaker);
            speaker = leaf.speaker;
        }
        let end_ms = part.start_ms.map(|start_ms| {
            let next_ms = leaves[index + 1..].iter().find_map(|leaf| leaf.part.start_ms).or(duration_ms);
            part.end_ms.or(next_ms.filter(|next_ms| *next_ms >= start_ms)).unwrap_or(start_ms)
        });
        write_words(builder, part, text, part.start_ms.zip(end_ms));
        if *whole {
            let lines = text.lines().map(|line| line.split_whitespace().count()).filter(|words| *words > 0);
            let mut paragraphs: Vec<_> =
                lines.map(|words| Paragraph { words, ..Paragraph::default() }).collect();
            // The last ends with the segment.
            paragraphs.pop();
            builder.divide_open_segment(&paragraphs);
            builder.end_segment(speaker);
        }
    }
    builder.end_segment(speaker);
}

fn write_words(builder: &mut TranscriptBuilder, part: &Part<'_>, text: &str, times: Option<(i64, i64)>) {
    let words = || text.split_whitespace();
    match times {
        Some(times) if part.end_ms.is_some() && words().nth(1).is_none() => {
            words().for_each(|word| builder.push_word(word, Some(times), part.confidence));
        }
        Some(times) => builder.push_spread(times, words(), part.confidence),
        None => words().for_each(|word| builder.push_word(word, None, part.confidence)),
    }
}

#[cfg(test)]
mod tests;
