//! From lines to pages: what stands on which page, and the content streams.

use pdf_writer::types::ArtifactType;
use pdf_writer::{Content, Finish, Name, Str, TextStr};

use super::font::Face;
use super::lines::{Fragment, Line};
use super::shape::Cluster;
use crate::transcript::document::PageSize;

/// Around the text, in points.
const MARGIN: f32 = 65.0;
const FOOTER_BASE_LINE: f32 = 34.0;

/// The sides of a page in points.
#[derive(Clone, Copy)]
pub(super) struct Paper {
    pub(super) width: f32,
    pub(super) height: f32,
}

impl From<PageSize> for Paper {
    fn from(size: PageSize) -> Self {
        match size {
            PageSize::A4 => Self { width: 595.28, height: 841.89 },
            PageSize::Letter => Self { width: 612.0, height: 792.0 },
        }
    }
}

impl Paper {
    pub(super) fn text_width(self) -> f32 {
        self.width - 2.0 * MARGIN
    }

    fn text_height(self) -> f32 {
        self.height - 2.0 * MARGIN
    }
}

/// The part that a paragraph plays, by its name in PDF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Heading,
    Paragraph,
}

/// A paragraph as the structure tree has it: on which pages it stands, and under which number on each.
pub(super) struct Element {
    pub(super) role: Role,
    pub(super) parts: Vec<(usize, i32)>,
}

/// The pages so far.
pub(super) struct Pages {
    paper: Paper,
    /// The finished content of each page.
    pub(super) contents: Vec<Vec<u8>>,
    /// The element of each marked part of each page.
    pub(super) marks: Vec<Vec<usize>>,
    pub(super) elements: Vec<Element>,
    content: Content,
    /// Down from the upper margin.
    used: f32,
}

impl Pages {
    pub(super) fn new(paper: Paper) -> Self {
        let (contents, marks, elements) = (Vec::new(), vec![Vec::new()], Vec::new());
        Self { paper, contents, marks, elements, content: Content::new(), used: 0.0 }
    }

    /// Sets paragraphs that belong together: the first ones stand on the page on which the last one begins.
    pub(super) fn place(&mut self, faces: &mut [Face], paragraphs: &[Paragraph]) {
        if let Some((last, before)) = paragraphs.split_last() {
            let height = |lines: &[Line]| lines.iter().map(|line| line.height).sum::<f32>();
            let together: f32 = before.iter().map(|p| p.space_before + height(&p.lines)).sum();
            let begins = last.space_before + height(&last.lines[..last.lines.len().min(2)]);
            if self.used > 0.0 && self.used + together + begins > self.paper.text_height() {
                self.end_page();
            }
        }
        for paragraph in paragraphs {
            self.place_paragraph(faces, paragraph);
        }
    }

    fn place_paragraph(&mut self, faces: &mut [Face], paragraph: &Paragraph) {
        if paragraph.lines.is_empty() {
            return;
        }
        if self.used > 0.0 {
            self.used += paragraph.space_before;
        }
        let element = self.elements.len();
        self.elements.push(Element { role: paragraph.role, parts: Vec::new() });
        let mut lines = &paragraph.lines[..];
        while !lines.is_empty() {
            let mut fitting = self.fitting(lines);
            // The last line does not begin a page alone.
            if fitting + 1 == lines.len() && fitting > 2 {
                fitting -= 1;
            }
            if fitting == 0 && self.used > 0.0 {
                self.end_page();
                continue;
            }
            let (now, later) = lines.split_at(fitting.max(1));
            self.show(faces, element, now);
            lines = later;
            if !lines.is_empty() {
                self.end_page();
            }
        }
    }

    fn fitting(&self, lines: &[Line]) -> usize {
        let mut room = self.paper.text_height() - self.used;
        let fits = |line: &&Line| {
            room -= line.height;
            room >= 0.0
        };
        lines.iter().take_while(fits).count()
    }

    fn show(&mut self, faces: &mut [Face], element: usize, lines: &[Line]) {
        let page = self.contents.len();
        let number = self.marks[page].len() as i32;
        self.marks[page].push(element);
        self.elements[element].parts.push((page, number));
        let name = self.elements[element].role.name();
        let mut mark = self.content.begin_marked_content_with_properties(name);
        mark.properties().identify(number);
        mark.finish();
        self.content.begin_text();
        let mut writer = TextWriter::new(&mut self.content, faces);
        for line in lines {
            let y = self.paper.height - MARGIN - self.used - line.ascent;
            writer.line(line, MARGIN + line.x, y);
            self.used += line.height;
        }
        self.content.end_text();
        self.content.end_marked_content();
    }

    fn end_page(&mut self) {
        let content = std::mem::replace(&mut self.content, Content::new());
        self.contents.push(super::compressed(&content.finish()));
        self.marks.push(Vec::new());
        self.used = 0.0;
    }

    /// Ends the last page.
    pub(super) fn finish(&mut self) {
        let content = std::mem::replace(&mut self.content, Content::new());
        self.contents.push(super::compressed(&content.finish()));
    }

    /// The content that shows a page's number.
    pub(super) fn footer(&self, faces: &mut [Face], lines: &[Line]) -> Vec<u8> {
        let mut content = Content::new();
        let mut mark = content.begin_marked_content_with_properties(Name(b"Artifact"));
        mark.properties().artifact().kind(ArtifactType::Pagination);
        mark.finish();
        content.begin_text();
        let mut writer = TextWriter::new(&mut content, faces);
        for line in lines {
            let width: f32 = line.fragments.iter().map(Fragment::width).sum();
            writer.line(line, (self.paper.width - width) / 2.0, FOOTER_BASE_LINE);
        }
        content.end_text();
        content.end_marked_content();
        super::compressed(&content.finish())
    }
}

/// Lines to be set.
pub(super) struct Paragraph {
    pub(super) role: Role,
    pub(super) space_before: f32,
    pub(super) lines: Vec<Line>,
}

impl Role {
    fn name(self) -> Name<'static> {
        match self {
            Self::Heading => Name(b"H1"),
            Self::Paragraph => Name(b"P"),
        }
    }
}

/// Shows lines inside of one text object.
struct TextWriter<'a> {
    content: &'a mut Content,
    faces: &'a mut [Face],
    font: Option<(usize, f32)>,
    gray: f32,
    rise: f32,
    /// What is not yet written: codes, each run of them after a shift in thousandths.
    pending: Vec<(f32, Vec<u8>)>,
    /// Where the next glyph has to stand, and where the reader of the PDF would put it; in points.
    wanted: f32,
    actual: f32,
}

impl<'a> TextWriter<'a> {
    fn new(content: &'a mut Content, faces: &'a mut [Face]) -> Self {
        let (font, gray, rise, pending) = (None, 0.0, 0.0, Vec::new());
        content.set_fill_gray(gray);
        Self { content, faces, font, gray, rise, pending, wanted: 0.0, actual: 0.0 }
    }

    fn line(&mut self, line: &Line, x: f32, y: f32) {
        self.content.set_text_matrix([1.0, 0.0, 0.0, 1.0, x, y]);
        (self.wanted, self.actual) = (0.0, 0.0);
        for fragment in &line.fragments {
            if fragment.style.gray != self.gray {
                self.flush();
                self.gray = fragment.style.gray;
                self.content.set_fill_gray(self.gray);
            }
            for cluster in fragment.visible() {
                self.cluster(cluster, fragment.style.size);
            }
        }
        self.flush();
        self.set_rise(0.0);
    }

    fn cluster(&mut self, cluster: &Cluster, size: f32) {
        if self.font != Some((cluster.face, size)) {
            self.flush();
            self.font = Some((cluster.face, size));
            self.content.set_font(Name(font_name(cluster.face).as_bytes()), size);
        }
        let says_it = self.glyphs_say(cluster);
        if !says_it {
            self.flush();
            let mut mark = self.content.begin_marked_content_with_properties(Name(b"Span"));
            mark.properties().actual_text(TextStr(&cluster.text));
        }
        for glyph in &cluster.glyphs {
            self.set_rise(glyph.y_offset * size / 1000.0);
            let shift = (self.actual - self.wanted) * 1000.0 / size - glyph.x_offset;
            let face = &mut self.faces[cluster.face];
            let code = face.code(glyph.id).to_be_bytes();
            let natural = face.width(glyph.id);
            match self.pending.last_mut() {
                Some((_, codes)) if shift.abs() < 0.5 => codes.extend(code),
                _ => {
                    let shift = if shift.abs() < 0.5 { 0.0 } else { shift };
                    self.actual -= shift * size / 1000.0;
                    self.pending.push((shift, code.to_vec()));
                }
            }
            self.actual += natural * size / 1000.0;
            self.wanted += glyph.advance * size / 1000.0;
        }
        if !says_it {
            self.flush();
            self.content.end_marked_content();
        }
    }

    /// Whether a reader that looks the glyphs up finds the cluster's own text.
    fn glyphs_say(&mut self, cluster: &Cluster) -> bool {
        let face = &mut self.faces[cluster.face];
        if let [glyph] = &cluster.glyphs[..] {
            return face.means(glyph.id, &cluster.text);
        }
        let spelt = cluster.text.chars().count() == cluster.glyphs.len()
            && cluster.text.chars().zip(&cluster.glyphs).all(|(c, glyph)| face.glyph(c) == Some(glyph.id));
        let mut buffer = [0; 4];
        let mut meant = |(character, glyph): (char, &super::shape::Glyph)| {
            face.means(glyph.id, character.encode_utf8(&mut buffer))
        };
        spelt && cluster.text.chars().zip(&cluster.glyphs).all(&mut meant)
    }

    fn set_rise(&mut self, rise: f32) {
        if rise != self.rise {
            self.flush();
            self.rise = rise;
            self.content.set_rise(rise);
        }
    }

    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let mut shown = self.content.show_positioned();
        let mut items = shown.items();
        for (shift, codes) in self.pending.drain(..) {
            if shift != 0.0 {
                items.adjust(shift);
            }
            items.show(Str(&codes));
        }
    }
}

/// The name of a face among a page's resources.
pub(super) fn font_name(face: usize) -> String {
    format!("F{face}")
}
