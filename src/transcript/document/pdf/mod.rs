//! PDF: text is shaped, broken into lines, set on pages, and written with the fonts cut down to the glyphs that are used.
//! What is copied or searched is the transcript's own text, whatever the glyphs. No date and no random id is written: the
//! same transcript gives the same bytes. Here is the order of the work and the document's frame.

mod font;
mod lines;
mod objects;
mod pages;
mod shape;

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use self::lines::{Span, Style, break_lines};
use self::pages::{Pages, Paper, Paragraph, Role};
use self::shape::{Shaper, Weight};
use super::DocumentOptions;
use super::turn::Turn;
use crate::error::{Error, Result};
use crate::transcript::Transcript;

const TITLE: Style = Style { weight: Weight::Bold, size: 18.0, gray: 0.0 };
const SPEAKER: Style = Style { weight: Weight::Bold, size: 10.5, gray: 0.0 };
const TIME: Style = Style { weight: Weight::Regular, size: 8.5, gray: 0.35 };
const TEXT: Style = Style { weight: Weight::Regular, size: 10.5, gray: 0.0 };

/// Writes a transcript as PDF.
pub(crate) fn pdf(transcript: &Transcript, options: &DocumentOptions, out: &mut dyn Write) -> Result<()> {
    let language = options.language(transcript);
    let title = options.title(transcript);
    let paper = Paper::from(options.page_size);
    let mut shaper = Shaper::new(options, &language)?;
    let mut pages = Pages::new(paper);

    let spans = [Span { text: &title, style: TITLE }];
    let lines = break_lines(&mut shaper, &spans, paper.text_width())?;
    pages.place(&mut shaper.faces, &[Paragraph { role: Role::Heading, space_before: 0.0, lines }]);
    for turn in Turn::all(transcript, options) {
        let paragraphs = paragraphs(&mut shaper, &turn, paper)?;
        pages.place(&mut shaper.faces, &paragraphs);
    }
    pages.finish();
    if shaper.missing > 0 {
        crate::log::warn!(
            "document",
            "{} characters are in none of the PDF's fonts and are drawn as U+FFFD; name a font that has them",
            shaper.missing
        );
    }

    let document = objects::assemble(&mut shaper, &pages, paper, &title, &language)?;
    out.write_all(&document).map_err(|error| Error::io("writing the PDF", &error))
}

fn paragraphs(shaper: &mut Shaper, turn: &Turn, paper: Paper) -> Result<Vec<Paragraph>> {
    let mut heading = Vec::new();
    if !turn.speaker.is_empty() {
        heading.push(Span { text: &turn.speaker, style: SPEAKER });
    }
    if !turn.speaker.is_empty() && !turn.time.is_empty() {
        heading.push(Span { text: " ", style: TIME });
    }
    if !turn.time.is_empty() {
        heading.push(Span { text: &turn.time, style: TIME });
    }
    let mut paragraphs = Vec::new();
    if !heading.is_empty() {
        let lines = break_lines(shaper, &heading, paper.text_width())?;
        paragraphs.push(Paragraph { role: Role::Paragraph, space_before: 12.0, lines });
    }
    for text in &turn.paragraphs {
        let follows_heading = paragraphs.len() == 1 && !heading.is_empty();
        let space_before = if follows_heading { 2.0 } else { 8.0 };
        let lines = break_lines(shaper, &[Span { text, style: TEXT }], paper.text_width())?;
        paragraphs.push(Paragraph { role: Role::Paragraph, space_before, lines });
    }
    Ok(paragraphs)
}

fn compressed(data: &[u8]) -> Vec<u8> {
    // Writing into memory does not fail.
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).and_then(|()| encoder.finish()).unwrap_or_default()
}
