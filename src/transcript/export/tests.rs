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
    assert_eq!(kind(&at("a\0b")), ErrorKind::Io);

    std::fs::write(at("plain"), "").unwrap();
    transcript().export("txt", None, at("new").as_path()).unwrap();
    let mode = |name: &str| std::fs::metadata(at(name)).unwrap().permissions().mode();
    assert_eq!(mode("new"), mode("plain"), "that of any new file");

    std::fs::set_permissions(at("plain"), std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink("plain", at("link")).unwrap();
    transcript().export("txt", None, at("link").as_path()).unwrap();
    assert_eq!(mode("plain") & 0o777, 0o640, "that of the file before it");
    assert!(std::fs::symlink_metadata(at("link")).unwrap().is_symlink());
    assert_eq!(std::fs::read(at("plain")).unwrap(), std::fs::read(at("new")).unwrap());
}
