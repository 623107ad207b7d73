//! What a document shows of a transcript: its title, its language, and one turn after the other.

use super::DocumentOptions;
use crate::transcript::export::options::SpeakerNames;
use crate::transcript::export::text::{parts, plain, push_escaped, push_line, shown_segments};
use crate::transcript::{ParagraphRef, Transcript};

impl DocumentOptions {
    pub(super) fn title(&self, transcript: &Transcript) -> String {
        let title = line(self.title.as_deref().unwrap_or(transcript.recording_id()));
        if title.is_empty() { "Transcript".into() } else { title }
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
pub(super) struct Turn {
    pub(super) speaker: String,
    pub(super) time: String,
    pub(super) paragraphs: Vec<String>,
}

impl Turn {
    /// The turns of a transcript, one a segment that has something to show.
    pub(super) fn all(transcript: &Transcript, options: &DocumentOptions) -> impl Iterator<Item = Self> {
        let timestamps = options.timestamps;
        let mut names = SpeakerNames::new(options.speakers);
        shown_segments(transcript).map(move |(_, segment)| {
            let speaker = names.next(segment.speaker).map(line).unwrap_or_default();
            let time = if timestamps { clock(segment.start_ms) } else { String::new() };
            let paragraphs =
                segment.paragraphs.map(|number| text_of(transcript, &transcript.paragraph(number)));
            Self { speaker, time, paragraphs: paragraphs.filter(|text| !text.is_empty()).collect() }
        })
    }
}

fn text_of(transcript: &Transcript, paragraph: &ParagraphRef<'_>) -> String {
    let mut text = String::new();
    for part in paragraph.words.clone().flat_map(|number| parts(transcript.word(number).text)) {
        if !text.is_empty() {
            text.push(' ');
        }
        push_escaped(&mut text, part, plain);
    }
    text
}

fn line(text: &str) -> String {
    let mut line = String::new();
    push_line(&mut line, text, plain);
    line
}

/// Hours, minutes and seconds.
fn clock(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
