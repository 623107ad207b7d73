//! The transcript as a document for people: DOCX and PDF, from one reading of it ([`Turn`]), so that both say the same.
//! What the two formats are made of lives here, with the fonts of the PDF; sinks, format names and the parsing of
//! options do not.

mod direction;
mod docx;
mod pdf;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::path::PathBuf;

use super::{SegmentRef, Transcript};

pub(crate) use docx::docx;
pub(crate) use pdf::pdf;

/// The size of a document's pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum PageSize {
    #[default]
    A4,
    Letter,
}

/// How a document looks, and what it shows of the transcript.
#[derive(Clone, Debug)]
pub(crate) struct DocumentOptions {
    /// Default: the recording's id.
    pub(crate) title: Option<String>,
    /// The time at which somebody begins to speak, above what they say.
    pub(crate) timestamps: bool,
    /// The speaker, above what they say.
    pub(crate) speakers: bool,
    pub(crate) page_size: PageSize,
    /// TrueType or OpenType fonts of the PDF, the first that has a character draws it; after them the embedded font.
    pub(crate) fonts: Vec<PathBuf>,
    /// Default: the transcript's.
    pub(crate) language: Option<String>,
}

impl Default for DocumentOptions {
    fn default() -> Self {
        Self {
            title: None,
            timestamps: true,
            speakers: true,
            page_size: PageSize::default(),
            fonts: Vec::new(),
            language: None,
        }
    }
}

impl DocumentOptions {
    fn title<'a>(&'a self, transcript: &'a Transcript) -> Cow<'a, str> {
        let given = self.title.as_deref().unwrap_or(transcript.recording_id());
        printable(if given.trim().is_empty() { "Transcript" } else { given })
    }

    /// A language tag that may stand in any document, or `""`.
    fn language(&self, transcript: &Transcript) -> String {
        let given = self.language.as_deref().unwrap_or(transcript.language());
        let tag = given.replace('_', "-");
        let is_tag = tag.len() <= 35
            && tag
                .split('-')
                .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
        if is_tag { tag } else { String::new() }
    }
}

/// One heading and the text under it.
struct Turn<'a> {
    speaker: Cow<'a, str>,
    time: String,
    text: String,
}

impl<'a> Turn<'a> {
    /// The turns of a transcript, one a segment. A speaker who goes on is not named again.
    fn all(transcript: &'a Transcript, options: &DocumentOptions) -> impl Iterator<Item = Self> {
        let (speakers, timestamps) = (options.speakers, options.timestamps);
        let mut last_speaker = "";
        (0..transcript.segment_count()).map(move |index| {
            let segment = transcript.segment(index);
            let goes_on = std::mem::replace(&mut last_speaker, segment.speaker) == segment.speaker;
            let speaker = if speakers && !goes_on { segment.speaker } else { "" };
            let time = if timestamps { clock(segment.start_ms) } else { String::new() };
            Self { speaker: printable(speaker.trim()), time, text: text_of(transcript, &segment) }
        })
    }
}

fn text_of(transcript: &Transcript, segment: &SegmentRef<'_>) -> String {
    let mut text = String::new();
    for (index, number) in segment.words.clone().enumerate() {
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
