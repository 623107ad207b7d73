use std::io::Write;
use std::path::Path;

use super::*;
use crate::transcript::{Segment, Word};

fn transcript() -> Transcript {
    let word = |text: &str, start_ms: i64| Word {
        text: text.into(),
        start_ms,
        end_ms: start_ms + 400,
        confidence: (start_ms == 0).then_some(0.5),
        ..Word::default()
    };
    Transcript::builder()
        .language("en")
        .segment(&Segment {
            speaker: "Ann".into(),
            words: vec![word("Hello", 0), word("there.", 400)],
            ..Segment::default()
        })
        .segment(&Segment { speaker: "Ann".into(), words: vec![word("=1", 900)], ..Segment::default() })
        .segment(&Segment {
            speaker: "B <b>".into(),
            words: vec![word("Bye,", 5000), word("then.", 5400)],
            ..Segment::default()
        })
        .build()
}

fn exported(format: &str, pairs: &[(&str, &str)]) -> String {
    let mut options = Options::new();
    for (key, value) in pairs {
        options.set(key, value).unwrap();
    }
    transcript().to_format(format, Some(&options)).unwrap()
}

#[test]
fn the_table_is_of_different_formats() {
    for (index, format) in EXPORT_FORMATS.iter().enumerate() {
        let others = || EXPORT_FORMATS[..index].iter();
        assert!(others().all(|other| other.name != format.name), "{format:?}");
        assert!(format.suffixes.iter().all(|suffix| others().all(|other| !other.suffixes.contains(suffix))));
        assert!(format.doc.ends_with('.') && format.media_type.contains('/'), "{format:?}");
        transcript().export(format.name, None, &mut Vec::new()).unwrap();
        Transcript::builder().build().export(format.name, None, &mut Vec::new()).unwrap();
    }
}

#[test]
fn a_name_or_a_path_finds_its_format() {
    assert_eq!(ExportFormat::of_path(Path::new("a/b.c.SRT")).unwrap().name, "srt");
    for path in ["a", "a.", ".srt", "a.mp3", ""] {
        let error = ExportFormat::of_path(Path::new(path)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Argument, "{path}");
        assert!(error.hint().contains("srt"), "{error:?}");
    }
    let error = transcript().export("mp3", None, &mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Argument);
}

#[test]
fn options_of_others_are_refused() {
    let export = |key: &str, value: &str| {
        let options = Options::new().with(key, value).unwrap();
        transcript().to_srt(Some(&options)).map_err(|error| error.kind())
    };
    assert_eq!(export("threads", "2"), Err(ErrorKind::Option));
    assert_eq!(export("subtitle_longest_ms", "100"), Err(ErrorKind::Option));
    assert!(export("subtitle_lines", "1").is_ok());
    let client = Options::new().with("subtitle_lines", "1").unwrap();
    assert_eq!(client.check_scope(crate::options::Scope::Call).unwrap_err().kind(), ErrorKind::Option);
}

#[test]
fn plain_text_is_the_text_of_the_transcript() {
    assert_eq!(exported("txt", &[("export_speakers", "none")]), transcript().text().to_owned() + "\n");
    assert_eq!(exported("txt", &[]), "Ann: Hello there.\n=1\nB <b>: Bye, then.\n");
    let times = exported("txt", &[("export_timestamps", "segments"), ("export_speakers", "always")]);
    assert!(times.contains("[00:00:00.900] Ann: =1\n"), "{times}");
}

#[test]
fn what_is_blank_has_no_line_and_no_name() {
    let word = |text: &str, start_ms: i64| Word {
        text: text.into(),
        start_ms,
        end_ms: start_ms + 400,
        ..Word::default()
    };
    let segment = |speaker: &str, words: &[Word]| Segment {
        speaker: speaker.into(),
        words: words.to_vec(),
        ..Segment::default()
    };
    let transcript = Transcript::builder()
        .segment(&segment("Ann", &[word(" ", 0), word("", 500)]))
        .segment(&segment("Ann", &[word("Hello.", 1000), word("\u{a0}", 1500)]))
        .segment(&segment(" ", &[word("hello", 4000)]))
        .build();
    let exported = |format: &str, pairs: &[(&str, &str)]| {
        let mut options = Options::new();
        for (key, value) in pairs {
            options.set(key, value).unwrap();
        }
        transcript.to_format(format, Some(&options)).unwrap()
    };
    let always = [("export_speakers", "always")];
    for options in [&[][..], &always] {
        assert_eq!(exported("txt", options), "Ann: Hello.\nhello\n");
        assert_eq!(exported("md", options), "**Ann:** Hello.\n\nhello\n");
        assert_eq!(exported("labels", options), "1.000\t1.900\tAnn: Hello.\n4.000\t4.400\thello\n");
        let cues = exported("srt", options);
        let texts: Vec<_> = cues.split_terminator("\n\n").filter_map(|cue| cue.lines().nth(2)).collect();
        assert_eq!(texts, ["Ann: Hello.", "hello"]);
    }
    assert_eq!(
        exported("labels", &[("export_rows", "words")]),
        "1.000\t1.400\tHello.\n4.000\t4.400\thello\n"
    );
    assert_eq!(exported("txt", &[("export_timestamps", "segments")]).lines().count(), 2);
}

#[test]
fn a_name_is_marked_as_each_format_does() {
    assert!(exported("md", &[]).ends_with("\n\n**B \\<b\\>:** Bye, then.\n"));
    assert!(exported("srt", &[]).contains("\nAnn: Hello there.\n"));
    assert!(exported("srt", &[]).contains("\n=1\n"));
    assert!(exported("vtt", &[]).contains("\n<v B &lt;b&gt;>Bye, then.</v>\n"));
    assert!(exported("ttml", &[]).contains("<ttm:name type=\"full\">B &lt;b&gt;</ttm:name>"));
    assert!(exported("labels", &[]).ends_with("5.000\t5.800\tB <b>: Bye, then.\n"));
}

#[test]
fn a_file_appears_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.srt");
    transcript().save(&path, None).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), transcript().to_srt(None).unwrap());
    let failing = |out: &mut dyn Write| {
        out.write_all(b"half").unwrap();
        Err(Error::new(ErrorKind::Io, "no more"))
    };
    Sink::from(path.as_path()).fill(failing).unwrap_err();
    Sink::from(folder.path().join("new").as_path()).fill(failing).unwrap_err();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), transcript().to_srt(None).unwrap());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left over");
}

#[test]
fn a_buffer_or_a_writer_that_fails_is_told_of() {
    let mut buffer = b"before".to_vec();
    Sink::from(&mut buffer).fill(|_| Err(Error::new(ErrorKind::Io, "no more"))).unwrap_err();
    assert_eq!(buffer, b"before");

    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let error = transcript().export("vtt", None, &mut Full as &mut dyn Write).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DiskFull);
}

#[cfg(unix)]
#[test]
fn places_that_take_no_file_are_named_errors() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let kind = |path: &Path| transcript().export("srt", None, path).unwrap_err().kind();
    assert_eq!(kind(folder.path()), ErrorKind::NotAFile);
    assert_eq!(kind(Path::new("/dev/null")), ErrorKind::NotAFile);
    assert_eq!(kind(&at("none/a.srt")), ErrorKind::FileNotFound);
    assert_eq!(kind(Path::new("")), ErrorKind::NotAFile);
    assert_eq!(kind(&at("a\0b")), ErrorKind::Utf8);

    std::fs::write(at("plain"), "").unwrap();
    transcript().export("txt", None, at("new").as_path()).unwrap();
    let mode = |name: &str| std::fs::metadata(at(name)).unwrap().permissions().mode();
    assert_eq!(mode("new"), mode("plain"), "that of any new file");

    std::fs::set_permissions(at("plain"), std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink("plain", at("link")).unwrap();
    transcript().export("txt", None, at("link").as_path()).unwrap();
    assert_eq!(mode("plain") & 0o777, 0o640, "that of the file before it");
    let is_link = |name: &str| std::fs::symlink_metadata(at(name)).unwrap().is_symlink();
    assert!(is_link("link"));
    assert_eq!(std::fs::read(at("plain")).unwrap(), std::fs::read(at("new")).unwrap());
}

#[cfg(unix)]
#[test]
fn a_link_to_a_file_that_is_not_there_yet_stays_one() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let is_link = |name: &str| std::fs::symlink_metadata(at(name)).unwrap().is_symlink();
    std::fs::create_dir(at("there")).unwrap();
    symlink("there/a.txt", at("first")).unwrap();
    symlink(at("first"), at("second")).unwrap();
    transcript().export("txt", None, at("second").as_path()).unwrap();
    assert!(is_link("first") && is_link("second"));
    assert_eq!(std::fs::read_to_string(at("there/a.txt")).unwrap(), transcript().to_text(None).unwrap());

    symlink("none/a.txt", at("astray")).unwrap();
    let error = transcript().export("txt", None, at("astray").as_path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::FileNotFound);
    symlink("round", at("round")).unwrap();
    transcript().export("txt", None, at("round").as_path()).unwrap_err();
    assert!(is_link("astray") && is_link("round"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 5, "nothing is left over");
}
