//! The objects of a PDF around the pages' content: pages with their numbers, fonts, the tree of headings and paragraphs
//! that a screen reader follows, title and language.

use pdf_writer::types::StructRole;
use pdf_writer::writers::StructTreeRoot;
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, Settings, TextStr};

use super::TIME;
use super::lines::{Span, break_lines};
use super::pages::{Pages, Paper, Role, font_name};
use super::shape::Shaper;
use crate::error::Result;

/// Numbers for objects, one after the other.
struct Refs(i32);

impl Refs {
    fn next(&mut self) -> Ref {
        self.0 += 1;
        Ref::new(self.0)
    }

    fn several(&mut self, count: usize) -> Vec<Ref> {
        (0..count).map(|_| self.next()).collect()
    }
}

pub(super) fn assemble(
    shaper: &mut Shaper,
    pages: &Pages,
    paper: Paper,
    title: &str,
    language: &str,
) -> Result<Vec<u8>> {
    let mut pdf = Pdf::with_settings(Settings { pretty: false });
    let mut refs = Refs(0);
    let (catalog, info, tree, structure) = (refs.next(), refs.next(), refs.next(), refs.next());
    let page_refs = refs.several(pages.contents.len());

    write_pages(&mut pdf, &mut refs, shaper, pages, paper, tree, &page_refs)?;
    let fonts = write_fonts(&mut pdf, &mut refs, shaper)?;
    let mut root = pdf.pages(tree);
    root.count(page_refs.len() as i32).kids(page_refs.iter().copied());
    root.media_box(Rect::new(0.0, 0.0, paper.width, paper.height));
    let mut resources = root.resources();
    resources.fonts().pairs(fonts.iter().map(|(name, id)| (Name(name.as_bytes()), *id)));
    resources.finish();
    root.finish();

    write_structure(&mut pdf, &mut refs, pages, structure, &page_refs);
    pdf.document_info(info).title(TextStr(title)).producer(TextStr("tiro"));
    let mut root = pdf.catalog(catalog);
    root.pages(tree).pair(Name(b"StructTreeRoot"), structure);
    root.mark_info().marked(true);
    root.viewer_preferences().display_doc_title(true);
    if !language.is_empty() {
        root.lang(TextStr(language));
    }
    root.finish();
    Ok(pdf.finish())
}

fn write_pages(
    pdf: &mut Pdf,
    refs: &mut Refs,
    shaper: &mut Shaper,
    pages: &Pages,
    paper: Paper,
    tree: Ref,
    page_refs: &[Ref],
) -> Result<()> {
    for (index, content) in pages.contents.iter().enumerate() {
        let (body, footer) = (refs.next(), refs.next());
        pdf.stream(body, content).filter(Filter::FlateDecode);
        let number = format!("{} / {}", index + 1, page_refs.len());
        let lines = break_lines(shaper, &[Span { text: &number, style: TIME }], paper.text_width())?;
        pdf.stream(footer, &pages.footer(&mut shaper.faces, &lines)).filter(Filter::FlateDecode);
        pdf.page(page_refs[index]).parent(tree).struct_parents(index as i32).contents_array([body, footer]);
    }
    Ok(())
}

fn write_fonts(pdf: &mut Pdf, refs: &mut Refs, shaper: &Shaper) -> Result<Vec<(String, Ref)>> {
    let mut fonts = Vec::new();
    for (index, face) in shaper.faces.iter().enumerate().filter(|(_, face)| face.is_used()) {
        let id = refs.next();
        face.write(pdf, id, &mut || refs.next())?;
        fonts.push((font_name(index), id));
    }
    Ok(fonts)
}

fn write_structure(pdf: &mut Pdf, refs: &mut Refs, pages: &Pages, structure: Ref, page_refs: &[Ref]) {
    let document = refs.next();
    let elements = refs.several(pages.elements.len());
    let parents = refs.several(pages.marks.len());

    let mut root: StructTreeRoot<'_> = pdf.indirect(structure).start();
    root.child(document).parent_tree_next_key(parents.len() as i32);
    let mut tree = root.parent_tree();
    let mut numbers = tree.nums();
    for (page, parent) in parents.iter().enumerate() {
        numbers.insert(page as i32, *parent);
    }
    numbers.finish();
    tree.finish();
    root.finish();

    let mut element = pdf.struct_element(document);
    element.kind(StructRole::Document).parent(structure);
    element.children().items(elements.iter().copied());
    element.finish();
    for (id, described) in elements.iter().zip(&pages.elements) {
        let mut element = pdf.struct_element(*id);
        element.parent(document).kind(match described.role {
            Role::Heading => StructRole::H1,
            Role::Paragraph => StructRole::P,
        });
        let mut children = element.children();
        for (page, number) in &described.parts {
            children.marked_content_ref().page(page_refs[*page]).marked_content_id(*number);
        }
    }
    for (id, marks) in parents.iter().zip(&pages.marks) {
        pdf.indirect(*id).array().items(marks.iter().map(|element| elements[*element]));
    }
}
