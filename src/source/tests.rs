//! Reading by position, and the rule that a source gives what it declared.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{ReadCallbacks, Source, SourceReader, read_error};
use crate::error::ErrorKind;

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

#[cfg(unix)]
#[test]
fn a_pipe_that_stays_silent_is_given_up_when_nobody_waits() {
    let (reader, writer) = io::pipe().unwrap();
    let mut reader = open(&Source::from_fd(reader.into(), 0, "call").unwrap());
    let stop = Arc::new(AtomicBool::new(false));
    reader.stop_with(stop.clone());
    let reading = std::thread::spawn(move || reader.read(&mut [0; 10]).map_err(|error| read_error(&error)));
    stop.store(true, Ordering::Release);
    assert_eq!(reading.join().unwrap().unwrap_err().kind(), ErrorKind::Source);
    drop(writer);
}

#[cfg(unix)]
#[test]
fn a_pipe_that_does_not_block_is_waited_for() {
    let (reader, mut writer) = io::pipe().unwrap();
    // SAFETY: the descriptor is open.
    unsafe { libc::fcntl(std::os::fd::AsRawFd::as_raw_fd(&reader), libc::F_SETFL, libc::O_NONBLOCK) };
    let mut reader = open(&Source::from_fd(reader.into(), 0, "call").unwrap());
    let writing = std::thread::spawn(move || {
        for piece in [b"01", b"23"] {
            std::thread::sleep(std::time::Duration::from_millis(150));
            writer.write_all(piece).unwrap();
        }
    });
    let mut read = Vec::new();
    reader.read_to_end(&mut read).unwrap();
    assert_eq!(read, b"0123");
    writing.join().unwrap();
}
