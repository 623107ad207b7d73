//! From text to glyphs: which font draws a character, and how the letters of a word go together.

use std::collections::HashMap;
use std::rc::Rc;

use harfrust::{
    Buffer, BufferFlags, Direction, Language, Script, ShapeOptions, ShapePlan, ShaperFont, shape, unicode,
};
use unicode_segmentation::UnicodeSegmentation;

use super::font::Face;
use crate::error::{Error, ErrorKind, Result};
use crate::transcript::document::DocumentOptions;

/// Longer pieces are shaped in parts, so that no work and no memory grows with a hostile word.
const LONGEST_GRAPHEME: usize = 256;
const MOST_CACHED_PIECES: usize = 50_000;

/// The weight of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// A glyph in its place, in thousandths of the font size.
pub(super) struct Glyph {
    pub(super) id: u16,
    pub(super) advance: f32,
    pub(super) x_offset: f32,
    pub(super) y_offset: f32,
}

/// The smallest part of a text that has glyphs of its own. Glyphs run from left to right.
pub(super) struct Cluster {
    pub(super) face: usize,
    pub(super) text: Box<str>,
    pub(super) glyphs: Vec<Glyph>,
    pub(super) advance: f32,
}

/// The fonts of a document, and what was shaped with them.
pub(super) struct Shaper {
    pub(super) faces: Vec<Face>,
    /// The faces of each weight, in the order in which they are asked for a character.
    regular: Vec<usize>,
    bold: Vec<usize>,
    language: Option<Language>,
    plans: HashMap<(usize, bool, Option<[u8; 4]>), ShapePlan>,
    pieces: HashMap<(Weight, bool, Box<str>), Rc<[Cluster]>>,
    /// How many characters no font has.
    pub(super) missing: u64,
}

impl Shaper {
    pub(super) fn new(options: &DocumentOptions, language: &str) -> Result<Self> {
        let mut faces = options.fonts.iter().map(|path| Face::from_file(path)).collect::<Result<Vec<_>>>()?;
        let given = faces.len();
        faces.push(Face::embedded_regular()?);
        faces.push(Face::embedded_bold()?);
        Ok(Self {
            faces,
            regular: (0..=given).collect(),
            // A font is named for its letters, not as the bold of another.
            bold: std::iter::once(given + 1).chain(0..=given).collect(),
            language: Language::new(language).filter(|_| !language.is_empty()),
            plans: HashMap::new(),
            pieces: HashMap::new(),
            missing: 0,
        })
    }

    /// The face whose size decides how far lines are apart.
    pub(super) fn main_face(&self, weight: Weight) -> usize {
        self.order(weight)[0]
    }

    fn order(&self, weight: Weight) -> &[usize] {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// The clusters of a short piece of text of one direction, in reading order.
    pub(super) fn shape(&mut self, text: &str, weight: Weight, rtl: bool) -> Result<Rc<[Cluster]>> {
        let key = (weight, rtl, Box::from(text));
        if let Some(known) = self.pieces.get(&key) {
            return Ok(Rc::clone(known));
        }
        let mut clusters = Vec::new();
        for run in self.runs(text, weight) {
            match run.face {
                Some(face) => self.shape_run(face, run.script, &text[run.range], rtl, &mut clusters)?,
                None => clusters.push(self.replacement(weight, &text[run.range])),
            }
        }
        let clusters: Rc<[Cluster]> = clusters.into();
        if self.pieces.len() >= MOST_CACHED_PIECES {
            self.pieces.clear();
        }
        self.pieces.insert(key, Rc::clone(&clusters));
        Ok(clusters)
    }

    /// The parts that one font draws in one script. What no font has is a part of its own, a grapheme each.
    fn runs(&self, text: &str, weight: Weight) -> Vec<FontRun> {
        let mut runs: Vec<FontRun> = Vec::new();
        for (start, grapheme) in graphemes(text) {
            let range = start..start + grapheme.len();
            let face = self.order(weight).iter().copied().find(|face| covers(&self.faces[*face], grapheme));
            let script = grapheme.chars().find_map(own_script);
            match runs.last_mut() {
                Some(last)
                    if face.is_some()
                        && last.face == face
                        && (script.is_none() || last.script.is_none() || script == last.script) =>
                {
                    last.range.end = range.end;
                    last.script = last.script.or(script);
                }
                _ => runs.push(FontRun { face, script, range }),
            }
        }
        runs
    }

    fn shape_run(
        &mut self,
        face_index: usize,
        script: Option<Script>,
        text: &str,
        rtl: bool,
        clusters: &mut Vec<Cluster>,
    ) -> Result<()> {
        let face = &self.faces[face_index];
        let mut buffer = Buffer::new();
        buffer.push_str(text);
        buffer.set_direction(if rtl { Direction::RightToLeft } else { Direction::LeftToRight });
        buffer.set_script(script);
        buffer.set_language(self.language.clone());
        buffer.set_flags(BufferFlags::REMOVE_DEFAULT_IGNORABLES | BufferFlags::DO_NOT_INSERT_DOTTED_CIRCLE);
        let key = (face_index, rtl, script.map(|script| script.tag().to_be_bytes()));
        let plan = self.plans.entry(key).or_insert_with(|| {
            ShapePlan::new(&face.font, buffer.direction(), script, self.language.as_ref(), &[])
        });
        let font = ShaperFont::new(&face.font);
        shape(&font, &mut buffer, ShapeOptions::new().plan(Some(plan)))
            .map_err(|error| Error::new(ErrorKind::Argument, format!("a font cannot be used: {error}")))?;
        collect(face, face_index, &buffer, text, rtl, clusters);
        Ok(())
    }

    /// What is drawn where no font has the character: U+FFFD, with the character itself behind it.
    fn replacement(&mut self, weight: Weight, text: &str) -> Cluster {
        self.missing += 1;
        let order = self.order(weight);
        let of_face = |face: &usize| Some((*face, self.faces[*face].glyph(char::REPLACEMENT_CHARACTER)?));
        let (face, id) = order.iter().find_map(of_face).unwrap_or((order[0], 0));
        let advance = self.faces[face].width(id);
        let glyphs = vec![Glyph { id, advance, x_offset: 0.0, y_offset: 0.0 }];
        Cluster { face, text: text.into(), glyphs, advance }
    }
}

struct FontRun {
    face: Option<usize>,
    script: Option<Script>,
    range: std::ops::Range<usize>,
}

/// Splits shaped glyphs into clusters. Every byte of the text belongs to one: what has no glyph goes with what is before.
fn collect(
    face: &Face,
    face_index: usize,
    buffer: &Buffer,
    text: &str,
    rtl: bool,
    clusters: &mut Vec<Cluster>,
) {
    let glyphs: Vec<_> = buffer.glyph_infos().iter().zip(buffer.glyph_positions()).collect();
    let mut groups: Vec<_> = glyphs.chunk_by(|a, b| a.0.cluster == b.0.cluster).collect();
    if rtl {
        groups.reverse();
    }
    let mut start = 0;
    for (index, group) in groups.iter().enumerate() {
        let next = groups.get(index + 1).map_or(text.len(), |group| group[0].0.cluster as usize);
        let end = if text.is_char_boundary(next) && next > start { next } else { start };
        let glyphs: Vec<Glyph> = group
            .iter()
            .map(|(info, position)| Glyph {
                id: u16::try_from(info.glyph_id).unwrap_or(0),
                advance: face.thousandths(position.x_advance),
                x_offset: face.thousandths(position.x_offset),
                y_offset: face.thousandths(position.y_offset),
            })
            .collect();
        let advance = glyphs.iter().map(|glyph| glyph.advance).sum();
        clusters.push(Cluster { face: face_index, text: text[start..end].into(), glyphs, advance });
        start = end;
    }
}

/// The graphemes of a text with their starts; an endless one is cut.
pub(super) fn graphemes(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.grapheme_indices(true).flat_map(|(start, grapheme)| {
        let mut rest = grapheme;
        let mut at = start;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let longest = rest.len().min(LONGEST_GRAPHEME);
            let cut = (1..=longest).rev().find(|at| rest.is_char_boundary(*at)).unwrap_or(rest.len());
            let (part, remaining) = rest.split_at(cut);
            let part_start = at;
            at += part.len();
            rest = remaining;
            Some((part_start, part))
        })
    })
}

fn covers(face: &Face, grapheme: &str) -> bool {
    grapheme.chars().all(|character| face.glyph(character).is_some() || is_ignorable(character))
}

/// Characters that draw nothing where a font does not have them: joiners, marks of direction, selectors of variants.
fn is_ignorable(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}'
    )
}

fn own_script(character: char) -> Option<Script> {
    let script = unicode::script(character.into());
    (![Script::COMMON, Script::INHERITED, Script::UNKNOWN].contains(&script)).then_some(script)
}
