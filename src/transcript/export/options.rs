//! What an export is asked for, read once from the options.

use super::text::parts;
use crate::error::{Error, ErrorKind, Result};
use crate::options::{Options, Scope};
use crate::transcript::document::{DocumentOptions, PageSize};

/// Where the names of speakers go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speakers {
    Change,
    Always,
    None,
}

/// Marks of words inside a cue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WordMarks {
    None,
    Timestamps,
    Spans,
}

/// How cues are laid out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LayoutOptions {
    pub(crate) line_chars: u32,
    pub(crate) lines: usize,
    pub(crate) shortest_ms: i64,
    pub(crate) longest_ms: i64,
    pub(crate) gap_ms: i64,
    /// 0: no pause ends a cue.
    pub(crate) pause_ms: i64,
    /// 0: no matter.
    pub(crate) chars_per_second: i64,
}

/// The options of an export. Each format reads those that it has a use for.
#[derive(Clone, Debug)]
pub(crate) struct ExportOptions {
    pub(crate) speakers: Speakers,
    /// A segment begins with its time.
    pub(crate) timestamps: bool,
    /// A row is a word, not a segment.
    pub(crate) rows_of_words: bool,
    pub(crate) escape_formulas: bool,
    pub(crate) word_marks: WordMarks,
    pub(crate) layout: LayoutOptions,
    pub(crate) document: DocumentOptions,
}

impl ExportOptions {
    pub(crate) fn read(options: Option<&Options>) -> Result<Self> {
        let defaults = Options::new();
        let options = options.unwrap_or(&defaults);
        options.check_scope(Scope::Export)?;
        let speakers = match options.text("export_speakers").as_str() {
            "always" => Speakers::Always,
            "none" => Speakers::None,
            _ => Speakers::Change,
        };
        Ok(Self {
            speakers,
            timestamps: options.text("export_timestamps") == "segments",
            rows_of_words: options.text("export_rows") == "words",
            escape_formulas: options.text("spreadsheet_formulas") == "escape",
            word_marks: match options.text("subtitle_words").as_str() {
                "timestamps" => WordMarks::Timestamps,
                "spans" => WordMarks::Spans,
                _ => WordMarks::None,
            },
            layout: LayoutOptions::read(options)?,
            document: document(options, speakers),
        })
    }
}

fn document(options: &Options, speakers: Speakers) -> DocumentOptions {
    DocumentOptions {
        title: Some(options.text("export_title")).filter(|title| !title.is_empty()),
        timestamps: options.text("export_timestamps") == "segments",
        speakers,
        page_size: if options.text("export_page_size") == "letter" { PageSize::Letter } else { PageSize::A4 },
        fonts: options.path("export_font").into_iter().collect(),
        language: None,
    }
}

impl LayoutOptions {
    fn read(options: &Options) -> Result<Self> {
        let layout = Self {
            line_chars: options.integer("subtitle_line_chars") as u32,
            lines: options.integer("subtitle_lines") as usize,
            shortest_ms: options.integer("subtitle_shortest_ms"),
            longest_ms: options.integer("subtitle_longest_ms"),
            gap_ms: options.integer("subtitle_gap_ms"),
            pause_ms: options.integer("subtitle_pause_ms"),
            chars_per_second: options.integer("subtitle_chars_per_second"),
        };
        if layout.shortest_ms > layout.longest_ms {
            let what = format!(
                "subtitle_shortest_ms is {}, more than subtitle_longest_ms, {}",
                layout.shortest_ms, layout.longest_ms
            );
            return Err(Error::new(ErrorKind::Option, what));
        }
        Ok(layout)
    }
}

/// Whether a speaker is named before a segment: by the option, and whether it is the one named last.
#[derive(Debug)]
pub(crate) struct SpeakerNames<'a> {
    rule: Speakers,
    last: &'a str,
}

impl<'a> SpeakerNames<'a> {
    pub(crate) fn new(rule: Speakers) -> Self {
        Self { rule, last: "" }
    }

    /// The name to show before the next segment, if one is.
    pub(crate) fn next(&mut self, speaker: &'a str) -> Option<&'a str> {
        let is_known = parts(speaker).next().is_some();
        let speaker = if is_known { speaker } else { "" };
        let changed = std::mem::replace(&mut self.last, speaker) != speaker;
        let shown = match self.rule {
            Speakers::Change => changed,
            Speakers::Always => true,
            Speakers::None => false,
        };
        (shown && is_known).then_some(speaker)
    }
}
