//! The fonts of a PDF: which glyphs of each are used and what they mean, and the objects that embed them.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use harfrust::font::Blob;
use harfrust::{Font, GlyphId, ShaperFont};
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, Str};
use subsetter::GlyphRemapper;

use super::compressed;
use crate::error::{Error, ErrorKind, Result};

static REGULAR: &[u8] = include_bytes!("../fonts/NotoSans-Regular-subset.ttf");
static BOLD: &[u8] = include_bytes!("../fonts/NotoSans-Bold-subset.ttf");

/// The largest fonts there are, those of all Chinese characters, have about 30 MB.
const LARGEST_FONT: u64 = 128 << 20;
const IDENTITY: SystemInfo<'_> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// A font, and what the document uses of it.
pub(super) struct Face {
    data: Blob,
    pub(super) font: Font,
    path: PathBuf,
    codes: GlyphRemapper,
    meanings: BTreeMap<u16, Box<str>>,
}

impl Face {
    pub(super) fn embedded_regular() -> Result<Self> {
        Self::new(Blob::Static(REGULAR), Path::new("NotoSans-Regular"))
    }

    pub(super) fn embedded_bold() -> Result<Self> {
        Self::new(Blob::Static(BOLD), Path::new("NotoSans-Bold"))
    }

    pub(super) fn from_file(path: &Path) -> Result<Self> {
        let (file, size) = crate::source::open_regular(path)?;
        if size > LARGEST_FONT {
            return Err(unusable(path));
        }
        let mut data = Vec::new();
        let read = file.take(LARGEST_FONT).read_to_end(&mut data);
        read.map_err(|error| Error::io(path.display(), &error))?;
        Self::new(Blob::from(data), path)
    }

    fn new(data: Blob, path: &Path) -> Result<Self> {
        let font = Font::new(data.clone(), 0).ok_or_else(|| unusable(path))?;
        // The outlines are wanted last, when the document is done: look at them now.
        subsetter::subset(&data, 0, &GlyphRemapper::new()).map_err(|_| unusable(path))?;
        let path = path.to_owned();
        Ok(Self { data, font, path, codes: GlyphRemapper::new(), meanings: BTreeMap::new() })
    }

    pub(super) fn glyph(&self, character: char) -> Option<u16> {
        let glyph = ShaperFont::new(&self.font).nominal_glyph(character.into())?;
        u16::try_from(glyph.to_u32()).ok().filter(|glyph| *glyph != 0)
    }

    /// From font units to thousandths of the font size.
    pub(super) fn thousandths(&self, units: i32) -> f32 {
        units as f32 * 1000.0 / f32::from(self.font.units_per_em())
    }

    /// The advance without shaping, as the PDF's widths have it.
    pub(super) fn width(&self, glyph: u16) -> f32 {
        self.thousandths(ShaperFont::new(&self.font).glyph_h_advance(GlyphId::from(glyph)))
    }

    /// Above and below the base line, in thousandths; both positive.
    pub(super) fn ascent_and_descent(&self) -> (f32, f32) {
        let line = self.font.metrics().h_line();
        let scale = 1000.0 / f32::from(self.font.units_per_em());
        let (ascent, descent) = line.map_or((1000.0, 300.0), |line| {
            (line.ascender.to_f64() as f32 * scale, -line.descender.to_f64() as f32 * scale)
        });
        (ascent.clamp(500.0, 3000.0), descent.clamp(0.0, 3000.0))
    }

    /// The code under which a glyph is shown.
    pub(super) fn code(&mut self, glyph: u16) -> u16 {
        self.codes.remap(glyph)
    }

    /// Whether a reader finds this text behind this glyph; the first text that asks decides.
    pub(super) fn means(&mut self, glyph: u16, text: &str) -> bool {
        let code = self.code(glyph);
        if let Some(meaning) = self.meanings.get(&code) {
            return **meaning == *text;
        }
        let stands_for_any = glyph == 0 || self.glyph(char::REPLACEMENT_CHARACTER) == Some(glyph);
        let meaning = if stands_for_any { "\u{fffd}" } else { text };
        self.meanings.insert(code, meaning.into());
        meaning == text
    }

    pub(super) fn is_used(&self) -> bool {
        self.codes.num_gids() > 1 || !self.meanings.is_empty()
    }

    /// Writes the font under `id`, cut down to the glyphs that were used.
    pub(super) fn write(&self, pdf: &mut Pdf, id: Ref, next_ref: &mut impl FnMut() -> Ref) -> Result<()> {
        let subset = subsetter::subset(&self.data, 0, &self.codes).map_err(|_| unusable(&self.path))?;
        let name = self.name();
        let (descendant, descriptor, unicode, file) = (next_ref(), next_ref(), next_ref(), next_ref());
        let cff = subset.starts_with(b"OTTO").then(|| table(&subset, b"CFF ")).flatten();
        let base_font = Name(name.as_bytes());

        pdf.type0_font(id)
            .base_font(base_font)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(descendant)
            .to_unicode(unicode);

        let mut cid_font = pdf.cid_font(descendant);
        cid_font.base_font(base_font).system_info(IDENTITY).font_descriptor(descriptor).default_width(0.0);
        cid_font.subtype(if cff.is_some() { CidFontType::Type0 } else { CidFontType::Type2 });
        if cff.is_none() {
            cid_font.cid_to_gid_map_predefined(Name(b"Identity"));
        }
        let widths = self.codes.remapped_gids().map(|glyph| self.width(glyph));
        cid_font.widths().consecutive(0, widths);
        cid_font.finish();

        self.write_descriptor(pdf, descriptor, base_font, file, cff.is_some());

        let mut cmap = UnicodeCmap::new(Name(b"Unicode"), IDENTITY);
        for (code, text) in &self.meanings {
            cmap.pair_with_multiple(*code, text.chars());
        }
        let cmap = compressed(&cmap.finish());
        pdf.cmap(unicode, &cmap).filter(Filter::FlateDecode);

        let program = compressed(cff.unwrap_or(&subset));
        let mut stream = pdf.stream(file, &program);
        stream.filter(Filter::FlateDecode);
        match cff {
            Some(_) => stream.pair(Name(b"Subtype"), Name(b"CIDFontType0C")),
            None => stream.pair(Name(b"Length1"), subset.len() as i32),
        };
        Ok(())
    }

    fn write_descriptor(&self, pdf: &mut Pdf, id: Ref, name: Name<'_>, file: Ref, is_cff: bool) {
        let metrics = self.font.metrics();
        let scale = 1000.0 / f64::from(self.font.units_per_em());
        let scaled = |value: f64| (value * scale) as f32;
        let bounds = metrics.bounds;
        let (ascent, descent) = self.ascent_and_descent();
        let cap_height = metrics.cap_height.map_or(ascent, |height| scaled(height.to_f64()));
        let corners =
            [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(|corner| scaled(corner.to_f64()));
        let mut descriptor = pdf.font_descriptor(id);
        descriptor
            .name(name)
            .flags(FontFlags::SYMBOLIC)
            .bbox(Rect::new(corners[0], corners[1], corners[2], corners[3]))
            .italic_angle(0.0)
            .ascent(ascent)
            .descent(-descent)
            .cap_height(cap_height)
            .stem_v(80.0);
        if is_cff {
            descriptor.font_file3(file);
        } else {
            descriptor.font_file2(file);
        }
    }

    /// The font's name after six letters that differ from subset to subset, as PDF asks for.
    fn name(&self) -> String {
        let used = self.codes.remapped_gids();
        let mut hash =
            used.fold(7u64, |hash, glyph| hash.wrapping_mul(1_000_003).wrapping_add(u64::from(glyph)));
        let mut name = String::new();
        for _ in 0..6 {
            name.push(char::from(b'A' + (hash % 26) as u8));
            hash /= 26;
        }
        name.push('+');
        let stem = self.path.file_stem().unwrap_or_default().to_string_lossy();
        let allowed = stem.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(100);
        let before = name.len();
        name.extend(allowed);
        if name.len() == before {
            name.push_str("Font");
        }
        name
    }
}

fn unusable(path: &Path) -> Error {
    let shown = path.display();
    Error::new(ErrorKind::Argument, format!("{shown} is not a TrueType or OpenType font that a PDF can hold"))
}

/// A table of an OpenType font.
fn table<'a>(font: &'a [u8], tag: &[u8; 4]) -> Option<&'a [u8]> {
    let count = usize::from(u16::from_be_bytes(font.get(4..6)?.try_into().ok()?));
    let records = font.get(12..)?.chunks_exact(16).take(count);
    let record = records.into_iter().find(|record| record.starts_with(tag))?;
    let number = |at: usize| Some(u32::from_be_bytes(record.get(at..at + 4)?.try_into().ok()?) as usize);
    font.get(number(8)?..)?.get(..number(12)?)
}
