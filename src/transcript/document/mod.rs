//! The transcript as a document for people: DOCX and PDF, from one reading of it ([`turn::Turn`]), so that both say the
//! same. What the two formats are made of lives here, with the fonts of the PDF; sinks, format names and the parsing of
//! options do not. Without the feature `documents` both are there and say that this build cannot.

#[cfg(feature = "documents")]
mod direction;
#[cfg(feature = "documents")]
mod docx;
#[cfg(feature = "documents")]
mod pdf;
#[cfg(all(test, feature = "documents"))]
mod tests;
#[cfg(feature = "documents")]
mod turn;

use std::path::PathBuf;

use super::export::options::Speakers;
#[cfg(feature = "documents")]
pub(crate) use {docx::docx, pdf::pdf};
#[cfg(not(feature = "documents"))]
pub(crate) use {unsupported as docx, unsupported as pdf};

/// The size of a document's pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum PageSize {
    #[default]
    A4,
    Letter,
}

/// How a document looks, and what it shows of the transcript.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "documents"), allow(dead_code, reason = "read by the writers alone"))]
pub(crate) struct DocumentOptions {
    /// Default: the recording's id.
    pub(crate) title: Option<String>,
    /// The time at which somebody begins to speak, above what they say.
    pub(crate) timestamps: bool,
    /// The speaker, above what they say.
    pub(crate) speakers: Speakers,
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
            speakers: Speakers::Change,
            page_size: PageSize::default(),
            fonts: Vec::new(),
            language: None,
        }
    }
}

/// Stands for both exporters in a build without them.
#[cfg(not(feature = "documents"))]
pub(crate) fn unsupported(
    _: &super::Transcript,
    _: &DocumentOptions,
    _: &mut dyn std::io::Write,
) -> crate::error::Result<()> {
    let message = "this build of tiro writes no DOCX and no PDF";
    Err(crate::error::Error::new(crate::error::ErrorKind::Unsupported, message)
        .with_hint("build it with the feature `documents`"))
}
