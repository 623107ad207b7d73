//! DOCX: the parts that are always the same lie beside this file as XML; here is what differs from one transcript to the
//! next. The package carries no time and no random id: the same transcript gives the same bytes.

use std::io::{Cursor, Write};

use quick_xml::Writer;
use quick_xml::events::BytesText;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::direction::Directions;
use super::turn::Turn;
use super::{DocumentOptions, PageSize};
use crate::error::{Error, Result};
use crate::transcript::Transcript;

const XML_DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const WORD_NAMESPACE: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const RELATIONSHIP_NAMESPACE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const LANGUAGE_PLACE: &str = "<!--LANGUAGE-->";
/// In twentieths of a point.
const MARGIN: &str = "1304";

/// Writes a transcript as DOCX.
pub(crate) fn docx(transcript: &Transcript, options: &DocumentOptions, out: &mut dyn Write) -> Result<()> {
    let failed = |error: std::io::Error| Error::io("writing the DOCX", &error);
    let package = package(transcript, options).map_err(failed)?;
    out.write_all(&package).map_err(failed)
}

fn package(transcript: &Transcript, options: &DocumentOptions) -> std::io::Result<Vec<u8>> {
    // A DOCX holds its parts' sizes before them, which some readers insist on, so it is built before it is written.
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let language = options.language(transcript);
    part(&mut zip, "[Content_Types].xml", include_str!("content_types.xml"))?;
    part(&mut zip, "_rels/.rels", include_str!("package_rels.xml"))?;
    part(&mut zip, "docProps/core.xml", &core_properties(&options.title(transcript), &language)?)?;
    part(&mut zip, "docProps/app.xml", include_str!("app.xml"))?;
    part(&mut zip, "word/_rels/document.xml.rels", include_str!("document_rels.xml"))?;
    part(&mut zip, "word/settings.xml", include_str!("settings.xml"))?;
    part(&mut zip, "word/styles.xml", &styles(&language))?;
    part(&mut zip, "word/footer1.xml", include_str!("footer.xml"))?;
    start(&mut zip, "word/document.xml")?;
    zip.write_all(XML_DECLARATION.as_bytes())?;
    body(&mut Writer::new(&mut zip), transcript, options)?;
    Ok(zip.finish()?.into_inner())
}

fn start<W: Write + std::io::Seek>(zip: &mut ZipWriter<W>, name: &str) -> std::io::Result<()> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default());
    Ok(zip.start_file(name, options)?)
}

fn part<W: Write + std::io::Seek>(zip: &mut ZipWriter<W>, name: &str, xml: &str) -> std::io::Result<()> {
    start(zip, name)?;
    zip.write_all(xml.as_bytes())
}

fn core_properties(title: &str, language: &str) -> std::io::Result<String> {
    let mut xml = Writer::new(XML_DECLARATION.as_bytes().to_vec());
    xml.create_element("cp:coreProperties")
        .with_attribute((
            "xmlns:cp",
            "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
        ))
        .with_attribute(("xmlns:dc", "http://purl.org/dc/elements/1.1/"))
        .write_inner_content(|xml| {
            xml.create_element("dc:title").write_text_content(BytesText::new(title))?;
            if !language.is_empty() {
                xml.create_element("dc:language").write_text_content(BytesText::new(language))?;
            }
            Ok(())
        })?;
    String::from_utf8(xml.into_inner()).map_err(std::io::Error::other)
}

/// The language is known to be a plain tag.
fn styles(language: &str) -> String {
    let element = match language {
        "" => String::new(),
        tag => format!("<w:lang w:val=\"{tag}\" w:eastAsia=\"{tag}\" w:bidi=\"{tag}\"/>"),
    };
    include_str!("styles.xml").replace(LANGUAGE_PLACE, &element)
}

fn body<W: Write>(
    xml: &mut Writer<W>,
    transcript: &Transcript,
    options: &DocumentOptions,
) -> std::io::Result<()> {
    xml.create_element("w:document")
        .with_attribute(("xmlns:w", WORD_NAMESPACE))
        .with_attribute(("xmlns:r", RELATIONSHIP_NAMESPACE))
        .write_inner_content(|xml| {
            xml.create_element("w:body").write_inner_content(|xml| {
                let title = options.title(transcript);
                paragraph(xml, "Title", &[Run::plain(&title)], Directions::of(&title).base().is_rtl())?;
                for turn in Turn::all(transcript, options) {
                    write_turn(xml, &turn)?;
                }
                section(xml, options.page_size)
            })?;
            Ok(())
        })?;
    Ok(())
}

fn write_turn<W: Write>(xml: &mut Writer<W>, turn: &Turn) -> std::io::Result<()> {
    let is_rtl = |text: &String| Directions::of(text).base().is_rtl();
    let rtl = turn.paragraphs.first().is_some_and(is_rtl);
    let time = Run { text: &turn.time, style: Some("Timestamp") };
    match (turn.speaker.is_empty(), turn.time.is_empty()) {
        (true, true) => {}
        (true, false) => paragraph(xml, "Speaker", &[time], rtl)?,
        (false, true) => paragraph(xml, "Speaker", &[Run::plain(&turn.speaker)], rtl)?,
        (false, false) => {
            let speaker = Run::plain(&turn.speaker);
            paragraph(xml, "Speaker", &[speaker, Run::plain(" "), time], rtl)?;
        }
    }
    for text in &turn.paragraphs {
        paragraph(xml, "BodyText", &[Run::plain(text)], is_rtl(text))?;
    }
    Ok(())
}

struct Run<'a> {
    text: &'a str,
    style: Option<&'static str>,
}

impl<'a> Run<'a> {
    fn plain(text: &'a str) -> Self {
        Self { text, style: None }
    }
}

fn paragraph<W: Write>(xml: &mut Writer<W>, style: &str, runs: &[Run<'_>], rtl: bool) -> std::io::Result<()> {
    xml.create_element("w:p").write_inner_content(|xml| {
        xml.create_element("w:pPr").write_inner_content(|xml| {
            xml.create_element("w:pStyle").with_attribute(("w:val", style)).write_empty()?;
            if rtl {
                xml.create_element("w:bidi").write_empty()?;
            }
            Ok(())
        })?;
        for run in runs {
            for (range, rtl) in Directions::of(run.text).runs() {
                write_run(xml, &run.text[range], run.style, rtl)?;
            }
        }
        Ok(())
    })?;
    Ok(())
}

fn write_run<W: Write>(
    xml: &mut Writer<W>,
    text: &str,
    style: Option<&str>,
    rtl: bool,
) -> std::io::Result<()> {
    xml.create_element("w:r").write_inner_content(|xml| {
        if style.is_some() || rtl {
            xml.create_element("w:rPr").write_inner_content(|xml| {
                if let Some(style) = style {
                    xml.create_element("w:rStyle").with_attribute(("w:val", style)).write_empty()?;
                }
                if rtl {
                    xml.create_element("w:rtl").write_empty()?;
                }
                Ok(())
            })?;
        }
        xml.create_element("w:t")
            .with_attribute(("xml:space", "preserve"))
            .write_text_content(BytesText::new(text))?;
        Ok(())
    })?;
    Ok(())
}

fn section<W: Write>(xml: &mut Writer<W>, page_size: PageSize) -> std::io::Result<()> {
    let (width, height) = match page_size {
        PageSize::A4 => ("11906", "16838"),
        PageSize::Letter => ("12240", "15840"),
    };
    xml.create_element("w:sectPr").write_inner_content(|xml| {
        let footer = xml.create_element("w:footerReference");
        footer.with_attribute(("w:type", "default")).with_attribute(("r:id", "rId3")).write_empty()?;
        let size = xml.create_element("w:pgSz");
        size.with_attribute(("w:w", width)).with_attribute(("w:h", height)).write_empty()?;
        let sides = ["w:top", "w:right", "w:bottom", "w:left"].map(|side| (side, MARGIN));
        let apart = [("w:header", "624"), ("w:footer", "624"), ("w:gutter", "0")];
        xml.create_element("w:pgMar").with_attributes(sides).with_attributes(apart).write_empty()?;
        Ok(())
    })?;
    Ok(())
}
