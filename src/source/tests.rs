//! Reading by position, and the rule that a source gives what it declared.

use std::io::{self, Read, Write};
use std::sync::Arc;

use super::{ReadCallbacks, Source, SourceReader};

fn open(source: &Source) -> SourceReader {
    source.claim().unwrap().open().unwrap()
}

fn ten_bytes() -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"0123456789").unwrap();
    file
}

fn sources(file: &tempfile::NamedTempFile) -> Vec<Source> {
    let mut sources = vec![
        Source::from_path(file.path()).unwrap(),
        Source::from_bytes(Arc::new(b"0123456789".to_vec()), "bytes"),
    ];
    #[cfg(unix)]
    sources.push(Source::from_fd(std::fs::File::open(file.path()).unwrap().into(), 0, "fd").unwrap());
    sources
}

#[test]
fn files_and_bytes_are_read_by_position() {
    let file = ten_bytes();
    for source in sources(&file) {
        let mut reader = open(&source);
        let mut piece = [0; 3];
        assert!(reader.can_seek());
        for (position, expected) in [(7, b"789"), (0, b"012"), (4, b"456")] {
            reader.seek_to(position).unwrap();
            reader.read_exact(&mut piece).unwrap();
            assert_eq!(&piece, expected);
        }
        reader.seek_to(10).unwrap();
        assert_eq!(reader.read(&mut piece).unwrap(), 0);
        assert!(reader.seek_to(11).is_err());
        reader.check_size().unwrap();
        assert_eq!(reader.position(), 10);
    }
}

#[cfg(unix)]
#[test]
fn a_descriptor_is_counted_from_its_offset() {
    let file = ten_bytes();
    let source = Source::from_fd(std::fs::File::open(file.path()).unwrap().into(), 4, "fd").unwrap();
    let mut reader = open(&source);
    reader.seek_to(2).unwrap();
    let mut rest = String::new();
    reader.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "6789");
    reader.check_size().unwrap();
}

#[test]
fn a_source_that_changed_behind_what_was_read_is_found_out() {
    for length in [5, 15] {
        let file = ten_bytes();
        for source in sources(&file).into_iter().filter(|source| source.name() != "bytes") {
            file.as_file().set_len(10).unwrap();
            let mut reader = open(&source);
            reader.read_exact(&mut [0; 3]).unwrap();
            file.as_file().set_len(length).unwrap();
            assert!(reader.check_size().is_err(), "{} of {length} bytes", source.name());
        }
    }
}

#[test]
fn an_empty_source_is_as_long_as_it_says() {
    let mut reader = open(&Source::from_bytes(Arc::new(Vec::new()), "nothing"));
    reader.check_size().unwrap();
    assert_eq!(reader.position(), 0);
}

#[test]
fn callbacks_do_not_seek() {
    struct Nothing;
    impl ReadCallbacks for Nothing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Ok(0)
        }
        fn rewind(&mut self) -> io::Result<()> {
            Ok(())
        }
        fn can_rewind(&self) -> bool {
            true
        }
        fn size(&mut self) -> Option<u64> {
            None
        }
    }
    let mut reader = open(&Source::from_callbacks(Box::new(Nothing), "callbacks"));
    assert!(!reader.can_seek());
    assert!(reader.seek_to(0).is_err());
}
