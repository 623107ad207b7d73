//! What both documents must hold. With `TIRO_DOCUMENT_SAMPLES` set to a folder, the samples are written there, each with
//! the text that a reader has to find in it, for programs that know the formats better than these tests.

use std::io::Read;
use std::path::PathBuf;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::turn::Turn;
use super::*;
use crate::error::{ErrorKind, Result};
use crate::options::Options;
use crate::transcript::export::options::ExportOptions;
use crate::transcript::{Paragraph, Segment, Transcript, Word};

type Writer = fn(&Transcript, &DocumentOptions, &mut dyn std::io::Write) -> Result<()>;

fn written(write: Writer, transcript: &Transcript, options: &DocumentOptions) -> Vec<u8> {
    let mut out = Vec::new();
    write(transcript, options, &mut out).unwrap();
    out
}

fn transcript(title: &str, language: &str, turns: &[(&str, &str)]) -> Transcript {
    let mut builder = Transcript::builder().recording_id(title).language(language);
    let mut start_ms = 0;
    for (speaker, text) in turns {
        let mut words = Vec::new();
        for text in text.split(' ') {
            words.push(Word { text: text.into(), start_ms, end_ms: start_ms + 300, ..Word::default() });
            start_ms += 350;
        }
        builder = builder.segment(&Segment { speaker: (*speaker).into(), words, ..Segment::default() });
    }
    builder.build()
}

const ENGLISH: &str = "It was the best of times, it was the worst of times; it was the age of wisdom, it was the age of \
    foolishness. Office affluent flight, “quoted” – and a naïve café, for €12.50 or £9.";

fn plain() -> Transcript {
    let (greek, cyrillic) =
        ("Ἐν ἀρχῇ ἦν ὁ λόγος, καὶ ο κόσμος ήταν μικρός.", "Съешь же ещё этих мягких булок, да выпей чаю.");
    let vietnamese = "Tiếng Việt có dấu; cafe\u{301} mit losem Akzent, Ełk, İstanbul, Þór.";
    let turns = [
        ("Interviewer", ENGLISH),
        ("Ωμέγα", greek),
        ("Анна", cyrillic),
        ("Anna", vietnamese),
        ("Anna", ENGLISH),
    ];
    transcript("A walk through the town", "en-GB", &turns)
}

/// A segment whose marks divide it, as a service's editor leaves them.
fn divided() -> Transcript {
    let word = |text: &str| Word { text: text.into(), ..Word::default() };
    let words = ["One", "two.", "Three.", "שלום", "עולם."].map(word).to_vec();
    let paragraphs = vec![paragraph_of(2), paragraph_of(1)];
    let segment = Segment { speaker: "Anna".into(), words, paragraphs };
    Transcript::builder().recording_id("Three paragraphs").segment(&segment).build()
}

fn paragraph_of(words: usize) -> Paragraph {
    Paragraph { words, ..Paragraph::default() }
}

fn right_to_left() -> Transcript {
    let turns = [
        (
            "דנה",
            "שלום עולם, זה 123 ניסיון של English בתוך המשפט, ועוד כמה מילים כדי שהשורה תישבר לשתי שורות לפחות.",
        ),
        ("سلمى", "مرحبا بالعالم، هذه تجربة لا إله فيها 45 كلمة."),
        ("Sam", "In English with שלום and مرحبا inside."),
    ];
    transcript("שיחה", "he", &turns)
}

fn hostile() -> Transcript {
    let long = "x".repeat(10_000);
    let marks = format!("a{}", "\u{301}".repeat(5_000));
    let text = format!(
        "NUL:\0 bell:\x07 esc:\x1b[31m tab:\tline:\nreturn:\rnel:\u{85}sep:\u{2028} <b>&amp; ]]> --> \u{fffe}\u{ffff} {long} {marks} \
         \u{301}alone \u{200b} \u{202e}override\u{202c} \u{2067}isolate \u{feff}bom soft\u{ad}hyphen 👩‍👩‍👧 🇪🇺 {spaces} end.",
        spaces = " ".repeat(500),
    );
    let mut builder = Transcript::builder().recording_id("<&\0\u{202e}>").language("x\"/><y");
    let words =
        |text: &str| vec![Word { text: text.into(), start_ms: -5, end_ms: i64::MAX, ..Word::default() }];
    for text in [
        text.as_str(),
        "",
        " ",
        "\u{200b}",
        "\u{301}",
        "\n",
        &long,
        &"﷽".repeat(300),
        &"\u{2067}".repeat(300),
    ] {
        let speaker = if text.len() > 100 { &long } else { text };
        builder =
            builder.segment(&Segment { speaker: speaker.into(), words: words(text), ..Segment::default() });
    }
    builder.build()
}

fn many(words: usize) -> Transcript {
    let mut builder = Transcript::builder().recording_id("A long day").language("en");
    // After a dash a line may end, and a reader then sees two words.
    let vocabulary: Vec<&str> = ENGLISH.split(' ').filter(|word| *word != "–").collect();
    let mut seed = 1u32;
    for segment in 0..words / 25 {
        let segment_words = (0..25i64).map(|index| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let text = format!("{}{}", vocabulary[seed as usize / 7 % vocabulary.len()], seed % 97);
            let start_ms = (segment as i64 * 25 + index) * 360;
            Word { text, start_ms, end_ms: start_ms + 300, ..Word::default() }
        });
        let speaker = ["Anna", "Bo", "Cleo"][segment % 3].into();
        builder = builder.segment(&Segment { speaker, words: segment_words.collect(), ..Segment::default() });
    }
    builder.build()
}

fn samples() -> Vec<(&'static str, Transcript)> {
    let empty = Transcript::builder().build();
    vec![
        ("plain", plain()),
        ("divided", divided()),
        ("right_to_left", right_to_left()),
        ("hostile", hostile()),
        ("empty", empty),
        ("many", many(5_000)),
    ]
}

/// Every paragraph that a reader has to find.
fn expected(transcript: &Transcript, options: &DocumentOptions) -> String {
    let mut text = options.title(transcript);
    for turn in Turn::all(transcript, options) {
        let parts = [&*turn.speaker, &turn.time].into_iter().filter(|part| !part.is_empty());
        let heading = parts.collect::<Vec<_>>().join(" ");
        if !heading.is_empty() {
            text = text + "\n" + &heading;
        }
        for paragraph in turn.paragraphs {
            text = text + "\n" + &paragraph;
        }
    }
    text
}

fn part(docx: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(docx)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The text of a well-formed document, a line a paragraph.
fn text_of_xml(xml: &str) -> String {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut text = String::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => return text.trim_end_matches('\n').to_owned(),
            Event::Text(part) => text.push_str(&part.xml10_content()),
            Event::GeneralRef(reference) => {
                let named = quick_xml::escape::resolve_predefined_entity(&reference);
                match reference.resolve_char_ref().unwrap() {
                    Some(character) => text.push(character),
                    None => text.push_str(named.unwrap()),
                }
            }
            Event::End(element) if element.name().as_ref() == "w:p" => text.push('\n'),
            _ => {}
        }
    }
}

#[test]
fn a_docx_holds_the_text_in_well_formed_parts() {
    for (name, transcript) in samples() {
        let options = DocumentOptions::default();
        let docx = written(docx, &transcript, &options);
        let document = part(&docx, "word/document.xml");
        assert_eq!(
            text_of_xml(document.split_once("?>\n").unwrap().1),
            expected(&transcript, &options),
            "{name}"
        );
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&docx)).unwrap();
        for index in 0..archive.len() {
            let mut xml = String::new();
            archive.by_index(index).unwrap().read_to_string(&mut xml).unwrap();
            text_of_xml(&xml);
        }
    }
}

#[test]
fn the_paragraphs_of_a_segment_stay_apart() {
    let found = expected(&divided(), &DocumentOptions::default());
    assert_eq!(found, "Three paragraphs\nAnna 00:00:00\nOne two.\nThree.\nשלום עולם.");
    let document = part(&written(docx, &divided(), &DocumentOptions::default()), "word/document.xml");
    assert_eq!(document.matches("<w:pStyle w:val=\"BodyText\"/>").count(), 3);
    assert_eq!(
        document.matches("<w:pStyle w:val=\"BodyText\"/><w:bidi/>").count(),
        1,
        "each has its direction"
    );
}

#[test]
fn a_docx_says_title_language_and_direction() {
    let docx = |transcript| written(docx, &transcript, &DocumentOptions::default());
    let english = docx(plain());
    let properties = part(&english, "docProps/core.xml");
    assert!(
        properties.contains("<dc:title>A walk through the town</dc:title><dc:language>en-GB</dc:language>")
    );
    assert!(part(&english, "word/styles.xml").contains("<w:lang w:val=\"en-GB\""));
    assert!(!part(&english, "word/document.xml").contains("w:rtl"));
    let hebrew = part(&docx(right_to_left()), "word/document.xml");
    assert!(hebrew.contains("<w:pStyle w:val=\"BodyText\"/><w:bidi/>") && hebrew.contains("<w:rtl/>"));
    assert!(!part(&docx(hostile()), "docProps/core.xml").contains("language"), "not a language tag");
}

/// The offsets of the cross-reference table lead to the objects, and the objects are all there.
fn check_objects(pdf: &[u8]) {
    let find = |needle: &[u8]| pdf.windows(needle.len()).rposition(|window| window == needle).unwrap();
    let number = |bytes: &[u8]| std::str::from_utf8(bytes).unwrap().trim().parse::<usize>().unwrap();
    assert!(pdf.starts_with(b"%PDF-1.7"));
    let start = find(b"startxref") + 9;
    let table = number(&pdf[start..find(b"%%EOF")]);
    let entries = std::str::from_utf8(&pdf[table..find(b"trailer")]).unwrap();
    for (index, entry) in
        entries.lines().skip(2).enumerate().filter(|(_, entry)| entry.ends_with("n") || entry.ends_with("n "))
    {
        let object = format!("{index} 0 obj");
        assert!(pdf[number(&entry.as_bytes()[..10])..].starts_with(object.as_bytes()), "{object}");
    }
}

#[test]
fn a_pdf_has_its_objects_where_it_says() {
    for (_, transcript) in samples() {
        for page_size in [PageSize::A4, PageSize::Letter] {
            check_objects(&written(pdf, &transcript, &DocumentOptions { page_size, ..Default::default() }));
        }
    }
}

#[test]
fn the_same_transcript_gives_the_same_bytes() {
    for (name, transcript) in samples() {
        for write in [docx as Writer, pdf] {
            let options = DocumentOptions::default();
            assert!(written(write, &transcript, &options) == written(write, &transcript, &options), "{name}");
        }
    }
}

#[test]
fn speakers_are_named_as_asked() {
    let turns = [("Anna", "One"), ("Anna", "two"), (" ", "three"), ("Anna", "four")];
    let transcript = transcript("r", "en", &turns);
    let read = |rule: &str| {
        let options = Options::new().with("export_speakers", rule).unwrap();
        ExportOptions::read(Some(&options)).unwrap().document
    };
    for (rule, named) in [("change", 2), ("always", 3), ("none", 0)] {
        let document = part(&written(docx, &transcript, &read(rule)), "word/document.xml");
        assert_eq!(document.matches(">Anna</w:t>").count(), named, "{rule}");
        assert_eq!(document.matches("<w:pStyle w:val=\"Speaker\"/>").count(), named, "{rule}");
    }
    assert!(written(pdf, &transcript, &read("always")) != written(pdf, &transcript, &read("change")));
}

#[test]
fn white_space_is_one_space_and_what_is_blank_is_left_out() {
    let word = |text: &str| Word { text: text.into(), ..Word::default() };
    let segment = |speaker: &str, words: &[&str], paragraphs: &[usize]| Segment {
        speaker: speaker.into(),
        words: words.iter().copied().map(word).collect(),
        paragraphs: paragraphs.iter().copied().map(paragraph_of).collect(),
    };
    let transcript = Transcript::builder()
        .recording_id(" A\n title ")
        .segment(&segment("Anna", &["", " "], &[]))
        .segment(&segment("Anna \t B", &["a\n\nb", "", "c\u{a0}d", "\t", "", " e\0 "], &[3, 2]))
        .build();
    let options = DocumentOptions { timestamps: false, ..Default::default() };
    let document = part(&written(docx, &transcript, &options), "word/document.xml");
    let found = text_of_xml(document.split_once("?>\n").unwrap().1);
    assert_eq!(found, "A title\nAnna B\na b c\u{a0}d\ne\u{fffd}");
    check_objects(&written(pdf, &transcript, &options));
}

#[test]
fn what_is_not_wanted_is_left_out() {
    let options = DocumentOptions {
        title: Some("Minutes".into()),
        timestamps: false,
        speakers: Speakers::None,
        language: Some("de_AT".into()),
        ..Default::default()
    };
    let docx = written(docx, &transcript("r1", "en", &[("Anna", "Guten Tag"), ("Bo", "Servus")]), &options);
    let document = part(&docx, "word/document.xml");
    assert_eq!(text_of_xml(document.split_once("?>\n").unwrap().1), "Minutes\nGuten Tag\nServus");
    assert!(part(&docx, "docProps/core.xml").contains("<dc:language>de-AT</dc:language>"));
}

#[test]
fn a_font_that_is_none_is_a_clear_error_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("font.ttf");
    std::fs::write(&path, b"not a font").unwrap();
    let mut cut = include_bytes!("fonts/NotoSans-Bold-subset.ttf").to_vec();
    cut.truncate(5_000);
    let short = folder.path().join("short.ttf");
    std::fs::write(&short, cut).unwrap();
    let absent = folder.path().join("absent.ttf");
    let cases = [
        (path, ErrorKind::Argument),
        (short, ErrorKind::Argument),
        (absent, ErrorKind::FileNotFound),
        (folder.path().to_owned(), ErrorKind::NotAFile),
    ];
    for (path, kind) in cases {
        let options = DocumentOptions { fonts: vec![path], ..Default::default() };
        let mut out = Vec::new();
        assert_eq!(pdf(&plain(), &options, &mut out).unwrap_err().kind(), kind);
        assert!(out.is_empty());
    }
}

#[test]
fn a_sink_that_fails_is_an_error() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    for write in [docx as Writer, pdf] {
        let error = write(&plain(), &DocumentOptions::default(), &mut Full).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DiskFull);
    }
}

#[test]
fn language_tags_are_checked() {
    let language =
        |tag: &str| DocumentOptions::default().language(&Transcript::builder().language(tag).build());
    assert_eq!(language("pt_BR"), "pt-BR");
    for bad in ["", "-", "en--GB", "e\"n", "abcdefghi", "日本"] {
        assert_eq!(language(bad), "", "{bad}");
    }
}

#[test]
fn samples_for_other_programs() {
    let Some(folder) = std::env::var_os("TIRO_DOCUMENT_SAMPLES").map(PathBuf::from) else { return };
    let fonts = std::env::var_os("TIRO_DOCUMENT_FONTS").map(|fonts| std::env::split_paths(&fonts).collect());
    let options = DocumentOptions { fonts: fonts.unwrap_or_default(), ..Default::default() };
    for (name, transcript) in samples().into_iter().chain([("large", many(100_000))]) {
        let file = |suffix: &str| folder.join(format!("{name}.{suffix}"));
        let started = std::time::Instant::now();
        std::fs::write(file("docx"), written(docx, &transcript, &options)).unwrap();
        let docx_done = started.elapsed();
        std::fs::write(file("pdf"), written(pdf, &transcript, &options)).unwrap();
        println!("{name}: DOCX {docx_done:?}, PDF {:?}", started.elapsed() - docx_done);
        std::fs::write(file("txt"), expected(&transcript, &options)).unwrap();
    }
}

/// Numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

#[test]
fn any_characters_make_a_document() {
    let mut numbers = Numbers(1);
    for _ in 0..40 {
        let text: String = (0..200)
            .map(|_| {
                let block =
                    [0x80, 0x600, 0xe00, 0x2100, 0x3000, 0x1_1000, 0x1_fb00, 0x11_0000][numbers.below(8)];
                char::from_u32(numbers.below(block) as u32).unwrap_or(' ')
            })
            .collect();
        let transcript = transcript("any", "", &[(&text, &text)]);
        let options = DocumentOptions::default();
        let docx = written(docx, &transcript, &options);
        let document = part(&docx, "word/document.xml");
        assert_eq!(text_of_xml(document.split_once("?>\n").unwrap().1), expected(&transcript, &options));
        check_objects(&written(pdf, &transcript, &options));
    }
}

#[test]
fn a_damaged_font_is_an_error_or_a_document() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("font.ttf");
    let font = include_bytes!("fonts/NotoSans-Regular-subset.ttf");
    let options = DocumentOptions { fonts: vec![path.clone()], ..Default::default() };
    let transcript = plain();
    let mut numbers = Numbers(2);
    let rounds = std::env::var("TIRO_TEST_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(100);
    for _ in 0..rounds {
        let mut damaged = font.to_vec();
        for _ in 0..1 + numbers.below(20) {
            // Most damage where the tables are described, some anywhere.
            let limit = [400, 20_000, damaged.len()][numbers.below(3)];
            let at = numbers.below(limit);
            damaged[at] = numbers.below(256) as u8;
        }
        std::fs::write(&path, damaged).unwrap();
        let mut out = Vec::new();
        match pdf(&transcript, &options, &mut out) {
            Ok(()) => check_objects(&out),
            Err(error) => assert_eq!((error.kind(), out.len()), (ErrorKind::Argument, 0)),
        }
    }
}
