//! Exports of a transcript: the one table of formats, what they are asked for, and where they go. The text formats and the
//! tables are written here; cues are laid out and written in `subtitle`, documents in `document`. The same transcript and
//! options give the same bytes, wherever they are asked for. Nothing here knows a service.

pub(crate) mod options;
mod prose;
pub(crate) mod sink;
mod table;
pub(crate) mod text;

use std::io::Write;
use std::path::Path;

use self::options::ExportOptions;
pub(crate) use self::sink::Replacement;
pub use self::sink::Sink;
use super::{Transcript, document, subtitle};
use crate::error::{Error, ErrorKind, Result, excerpt};
use crate::options::Options;

/// One row of [`EXPORT_FORMATS`].
#[derive(Clone, Copy)]
pub struct ExportFormat {
    /// What it is asked for by.
    pub name: &'static str,
    /// The endings of file names that mean it, without the dot.
    pub suffixes: &'static [&'static str],
    /// Its media type.
    pub media_type: &'static str,
    /// What it is.
    pub doc: &'static str,
    write: fn(&Transcript, &ExportOptions, &mut dyn Write) -> Result<()>,
}

impl std::fmt::Debug for ExportFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ExportFormat({})", self.name)
    }
}

/// Every format of an export.
#[rustfmt::skip]
pub const EXPORT_FORMATS: &[ExportFormat] = &[
    ExportFormat { name: "txt", suffixes: &["txt"], media_type: "text/plain", write: prose::text,
        doc: "Plain text, a line a segment." },
    ExportFormat { name: "md", suffixes: &["md", "markdown"], media_type: "text/markdown", write: prose::markdown,
        doc: "Markdown, a paragraph a segment." },
    ExportFormat { name: "srt", suffixes: &["srt"], media_type: "application/x-subrip", write: subtitle::srt,
        doc: "SubRip subtitles." },
    ExportFormat { name: "vtt", suffixes: &["vtt", "webvtt"], media_type: "text/vtt", write: subtitle::vtt,
        doc: "WebVTT subtitles, with the speakers as voices." },
    ExportFormat { name: "ttml", suffixes: &["ttml", "dfxp"], media_type: "application/ttml+xml", write: subtitle::ttml,
        doc: "TTML subtitles of the IMSC 1.1 text profile." },
    ExportFormat { name: "csv", suffixes: &["csv"], media_type: "text/csv", write: table::csv,
        doc: "A table, a row a segment or a word, as RFC 4180 has it." },
    ExportFormat { name: "tsv", suffixes: &["tsv", "tab"], media_type: "text/tab-separated-values", write: table::tsv,
        doc: "The same with tabs." },
    ExportFormat { name: "json", suffixes: &["json"], media_type: "application/json", write: json,
        doc: "The canonical JSON, which reads back to an equal transcript." },
    ExportFormat { name: "docx", suffixes: &["docx"], write: docx,
        media_type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        doc: "A document of Word, LibreOffice and others." },
    ExportFormat { name: "pdf", suffixes: &["pdf"], media_type: "application/pdf", write: pdf,
        doc: "Pages, with their fonts embedded." },
    ExportFormat { name: "labels", suffixes: &[], media_type: "text/plain", write: table::labels,
        doc: "Labels of Audacity, one a segment or a word." },
];

fn json(transcript: &Transcript, _: &ExportOptions, out: &mut dyn Write) -> Result<()> {
    out.write_all(transcript.to_json().as_bytes()).map_err(|error| sink::failed(&error))
}

fn docx(transcript: &Transcript, options: &ExportOptions, out: &mut dyn Write) -> Result<()> {
    document::docx(transcript, &options.document, out)
}

fn pdf(transcript: &Transcript, options: &ExportOptions, out: &mut dyn Write) -> Result<()> {
    document::pdf(transcript, &options.document, out)
}

impl ExportFormat {
    /// The format of a name.
    pub fn named(name: &str) -> Result<&'static Self> {
        EXPORT_FORMATS.iter().find(|format| format.name == name).ok_or_else(|| {
            let names: Vec<_> = EXPORT_FORMATS.iter().map(|format| format.name).collect();
            let shown = excerpt(name);
            Error::new(ErrorKind::Argument, format!("there is no export format {shown:?}"))
                .with_hint(format!("there is {}", names.join(", ")))
        })
    }

    /// The format that a file's name means.
    pub fn of_path(path: &Path) -> Result<&'static Self> {
        let suffix = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let format = EXPORT_FORMATS.iter().find(|format| format.suffixes.contains(&&*suffix));
        format.ok_or_else(|| {
            let suffixes: Vec<_> =
                EXPORT_FORMATS.iter().flat_map(|format| format.suffixes).copied().collect();
            Error::new(ErrorKind::Argument, format!("the name of {} means no export format", path.display()))
                .with_hint(format!("name a format, or end the name in one of: {}", suffixes.join(", ")))
        })
    }
}

impl Transcript {
    /// Writes this transcript in a format of [`EXPORT_FORMATS`]. The options are those of scope `export`.
    ///
    /// ```
    /// # let transcript = tiro::Transcript::builder().build();
    /// let mut subtitles = Vec::new();
    /// transcript.export("srt", None, &mut subtitles)?;
    /// # Ok::<(), tiro::Error>(())
    /// ```
    pub fn export<'a>(
        &self,
        format: &str,
        options: Option<&Options>,
        sink: impl Into<Sink<'a>>,
    ) -> Result<()> {
        let format = ExportFormat::named(format)?;
        let options = ExportOptions::read(options)?;
        sink.into().fill(|out| (format.write)(self, &options, out))
    }

    /// Writes this transcript into a file, in the format that its name means. The file appears whole or not at all.
    pub fn save(&self, path: impl AsRef<Path>, options: Option<&Options>) -> Result<()> {
        let path = path.as_ref();
        self.export(ExportFormat::of_path(path)?.name, options, path)
    }

    /// As plain text. Without options and speakers: [`Transcript::text`].
    pub fn to_text(&self, options: Option<&Options>) -> Result<String> {
        self.to_format("txt", options)
    }

    /// As SubRip subtitles.
    pub fn to_srt(&self, options: Option<&Options>) -> Result<String> {
        self.to_format("srt", options)
    }

    /// As WebVTT subtitles.
    pub fn to_vtt(&self, options: Option<&Options>) -> Result<String> {
        self.to_format("vtt", options)
    }

    /// In a format that is text.
    pub(in crate::transcript) fn to_format(&self, format: &str, options: Option<&Options>) -> Result<String> {
        let mut buffer = Vec::new();
        self.export(format, options, &mut buffer)?;
        String::from_utf8(buffer)
            .map_err(|_| Error::new(ErrorKind::Argument, format!("the format {format} is not text")))
    }
}

#[cfg(test)]
mod tests;
