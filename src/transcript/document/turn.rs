//! What a document shows of a transcript: its title, its language, and one turn after the other.

use std::borrow::Cow;

use super::DocumentOptions;
use crate::transcript::{ParagraphRef, Transcript};

impl DocumentOptions {
    pub(super) fn title<'a>(&'a self, transcript: &'a Transcript) -> Cow<'a, str> {
        let given = self.title.as_deref().unwrap_or(transcript.recording_id());
        printable(if given.trim().is_empty() { "Transcript" } else { given })
    }

    /// A language tag that may stand in any document, or `""`.
    pub(super) fn language(&self, transcript: &Transcript) -> String {
        let given = self.language.as_deref().unwrap_or(transcript.language());
        let tag = given.replace('_', "-");
        let is_tag = tag.len() <= 35
            && tag
                .split('-')
                .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
        if is_tag { tag } else { String::new() }
    }
}

/// One heading and the paragraphs under it.
pub(super) struct Turn<'a> {
    pub(super) speaker: Cow<'a, str>,
    pub(super) time: String,
    pub(super) paragraphs: Vec<String>,
}

impl<'a> Turn<'a> {
    /// The turns of a transcript, one a segment. A speaker who goes on is not named again.
    pub(super) fn all(transcript: &'a Transcript, options: &DocumentOptions) -> impl Iterator<Item = Self> {
        let (speakers, timestamps) = (options.speakers, options.timestamps);
        let mut last_speaker = "";
        (0..transcript.segment_count()).map(move |index| {
            let segment = transcript.segment(index);
            let goes_on = std::mem::replace(&mut last_speaker, segment.speaker) == segment.speaker;
            let speaker = if speakers && !goes_on { segment.speaker } else { "" };
            let time = if timestamps { clock(segment.start_ms) } else { String::new() };
            let paragraphs =
                segment.paragraphs.map(|number| text_of(transcript, &transcript.paragraph(number)));
            Self { speaker: printable(speaker.trim()), time, paragraphs: paragraphs.collect() }
        })
    }
}

fn text_of(transcript: &Transcript, paragraph: &ParagraphRef<'_>) -> String {
    let mut text = String::new();
    for (index, number) in paragraph.words.clone().enumerate() {
        if index > 0 {
            text.push(' ');
        }
        text.push_str(&printable(transcript.word(number).text));
    }
    text
}

/// Hours, minutes and seconds.
fn clock(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Text without line breaks and tabs, which become spaces, and without characters that XML forbids or that only steer
/// a terminal, which become U+FFFD.
fn printable(text: &str) -> Cow<'_, str> {
    let replaced = |character: char| match character {
        '\t' | '\n' | '\x0b' | '\x0c' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        '\u{fffe}' | '\u{ffff}' => Some(char::REPLACEMENT_CHARACTER),
        _ if character.is_control() => Some(char::REPLACEMENT_CHARACTER),
        _ => None,
    };
    if text.chars().all(|character| replaced(character).is_none()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|character| replaced(character).unwrap_or(character)).collect())
}
